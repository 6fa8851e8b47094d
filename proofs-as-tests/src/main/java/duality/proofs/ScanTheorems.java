package duality.proofs;

import duality.algebra.Blocks;
import duality.algebra.RingBlocks;
import duality.algebra.RingMatrix;
import duality.proofs.symbolic.FreeAlgebra;
import duality.proofs.symbolic.Polynomial;
import duality.semiseparable.AffineMap;
import duality.semiseparable.CumProdSum;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;

/** Theorems about multiplication by a one-semiseparable matrix. */
final class ScanTheorems {
    private static final int LONGEST = 12;

    private ScanTheorems() {}

    /** A program for 1SS(a)·b. */
    interface Scan {
        <M> M multiply(Blocks<M> k, M a, M b);
    }

    /** A program that composes two affine maps, the later one first. */
    interface Composition {
        <M> AffineMap<M> compose(Blocks<M> k, AffineMap<M> later, AffineMap<M> earlier);
    }

    static List<Theorem<?>> all() {
        List<Theorem<?>> theorems = new ArrayList<>();
        theorems.add(composition());
        for (CumProdSum algorithm : CumProdSum.values()) {
            theorems.add(scan(algorithm));
        }
        return theorems;
    }

    private static Theorem<Composition> composition() {
        SequencedMap<String, Composition> mutants = new LinkedHashMap<>();
        mutants.put("the earlier map applied last", new Composition() {
            @Override
            public <M> AffineMap<M> compose(Blocks<M> k, AffineMap<M> later, AffineMap<M> earlier) {
                return earlier.after(k, later);
            }
        });
        mutants.put("the earlier offset not decayed", new Composition() {
            @Override
            public <M> AffineMap<M> compose(Blocks<M> k, AffineMap<M> later, AffineMap<M> earlier) {
                return new AffineMap<>(
                        k.hadamard(later.factor(), earlier.factor()), k.add(earlier.offset(), later.offset()));
            }
        });
        return new Theorem<>(
                "state-passing",
                "Dao and Gu 2024, Appendix B",
                "(a₂, b₂) ∘ (a₁, b₁) = (a₂a₁, a₂b₁ + b₂) means doing one step after the other; it is associative, "
                        + "with identity (1, 0)",
                Method.DIMENSION_FREE,
                "all states of all shapes (letters of a free algebra)",
                new Composition() {
                    @Override
                    public <M> AffineMap<M> compose(Blocks<M> k, AffineMap<M> later, AffineMap<M> earlier) {
                        return later.after(k, earlier);
                    }
                },
                ScanTheorems::proveComposition,
                mutants);
    }

    private static Evidence proveComposition(Composition program) {
        FreeAlgebra ring = new FreeAlgebra();
        RingBlocks<Polynomial> k = new RingBlocks<>(ring);
        Comparisons equal = new Comparisons(ring);
        AffineMap<RingMatrix<Polynomial>> first = map(ring, 1);
        AffineMap<RingMatrix<Polynomial>> second = map(ring, 2);
        AffineMap<RingMatrix<Polynomial>> third = map(ring, 3);
        AffineMap<RingMatrix<Polynomial>> both = program.compose(k, second, first);
        RingMatrix<Polynomial> state = RingMatrix.of(1, 1, (i, j) -> ring.letter("h"));
        equal.require("(2∘1)(h)", "state", apply(k, both, state), apply(k, second, apply(k, first, state)));
        requireEqual(
                equal,
                "(3∘2)∘1",
                program.compose(k, program.compose(k, third, second), first),
                program.compose(k, third, both));
        AffineMap<RingMatrix<Polynomial>> identity = AffineMap.identity(k, 1);
        requireEqual(equal, "1∘id", program.compose(k, first, identity), first);
        requireEqual(equal, "id∘1", program.compose(k, identity, first), first);
        return equal.evidence();
    }

    private static AffineMap<RingMatrix<Polynomial>> map(FreeAlgebra ring, int index) {
        return new AffineMap<>(
                RingMatrix.of(1, 1, (i, j) -> ring.variable("a", index)),
                RingMatrix.of(1, 1, (i, j) -> ring.letter("b", index)));
    }

    private static RingMatrix<Polynomial> apply(
            RingBlocks<Polynomial> k, AffineMap<RingMatrix<Polynomial>> map, RingMatrix<Polynomial> state) {
        return k.add(k.scale(map.factor(), state), map.offset());
    }

    private static void requireEqual(
            Comparisons equal,
            String where,
            AffineMap<RingMatrix<Polynomial>> actual,
            AffineMap<RingMatrix<Polynomial>> expected) {
        equal.require(where, "factor", actual.factor(), expected.factor());
        equal.require(where, "offset", actual.offset(), expected.offset());
    }

    private static Theorem<Scan> scan(CumProdSum algorithm) {
        SequencedMap<String, Scan> mutants = new LinkedHashMap<>();
        mutants.put("factors one step late", new Scan() {
            @Override
            public <M> M multiply(Blocks<M> k, M a, M b) {
                return algorithm.multiply(k, shifted(k, a), b);
            }
        });
        mutants.put("the first factor applied too", new Scan() {
            @Override
            public <M> M multiply(Blocks<M> k, M a, M b) {
                return k.rows(a) == 0
                        ? b
                        : algorithm.multiply(
                                k, a, k.stackRows(List.of(k.scale(k.row(a, 0), k.row(b, 0)), k.rows(b, 1, k.rows(b)))));
            }
        });
        return new Theorem<>(
                "cumprodsum-" + algorithm.name().toLowerCase(Locale.ROOT).replace('_', '-'),
                "Dao and Gu 2024, Appendix B",
                "the " + algorithm.name().toLowerCase(Locale.ROOT).replace('_', ' ')
                        + " algorithm multiplies by the matrix 1SS(a)",
                Method.DIMENSION_FREE,
                "inputs of all widths (letters of a free algebra), T ≤ " + LONGEST,
                new Scan() {
                    @Override
                    public <M> M multiply(Blocks<M> k, M a, M b) {
                        return algorithm.multiply(k, a, b);
                    }
                },
                ScanTheorems::proveScan,
                mutants);
    }

    private static <M> M shifted(Blocks<M> k, M a) {
        return k.rows(a) == 0 ? a : k.stackRows(List.of(k.ones(1, 1), k.rows(a, 0, k.rows(a) - 1)));
    }

    /** Against the matrix itself: {@code y_j = Σ_{i≤j} a_j … a_{i+1} b_i}, written out. */
    private static Evidence proveScan(Scan program) {
        FreeAlgebra ring = new FreeAlgebra();
        RingBlocks<Polynomial> k = new RingBlocks<>(ring);
        Comparisons equal = new Comparisons(ring);
        for (int length = 0; length <= LONGEST; length++) {
            RingMatrix<Polynomial> a = RingMatrix.of(length, 1, (t, j) -> ring.variable("a", t));
            RingMatrix<Polynomial> b = RingMatrix.of(length, 1, (t, j) -> ring.letter("b", t));
            RingMatrix<Polynomial> y = RingMatrix.of(length, 1, (j, column) -> {
                Polynomial sum = ring.zero();
                for (int i = 0; i <= j; i++) {
                    Polynomial term = b.get(i, 0);
                    for (int t = i + 1; t <= j; t++) {
                        term = ring.multiply(a.get(t, 0), term);
                    }
                    sum = ring.add(sum, term);
                }
                return sum;
            });
            equal.require("T=" + length, "y", program.multiply(k, a, b), y);
        }
        return equal.evidence();
    }
}
