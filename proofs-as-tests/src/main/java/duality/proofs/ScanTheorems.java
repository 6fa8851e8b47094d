package duality.proofs;

import duality.algebra.Blocks;
import duality.semiseparable.AffineMap;
import duality.semiseparable.CumProdSum;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;

/** Multiplication by a one-semiseparable matrix (Dao and Gu 2024, Appendix B). */
final class ScanTheorems {
    private static final int LONGEST = 12;
    private static final String SOURCE = "Dao and Gu 2024, Appendix B";
    private static final Quantifier ANY_WIDTH = new Quantifier("b", "all, of any width", "letters of a free algebra");

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
        theorems.add(cumulativeSum());
        return theorems;
    }

    private static Theorem<Composition> composition() {
        return Theorem.<Composition>about(
                        new Composition() {
                            @Override
                            public <M> AffineMap<M> compose(Blocks<M> k, AffineMap<M> later, AffineMap<M> earlier) {
                                return later.after(k, earlier);
                            }
                        },
                        "state-passing")
                .from(SOURCE)
                .states(
                        "composition of scalar steps means doing one after the other; it is associative with identity (1, 0), "
                                + "so that any bracketing of a scan of any length is the recurrence",
                        "(a_2, b_2) \\circ (a_1, b_1) = (a_2 a_1,\\; a_2 b_1 + b_2)")
                .of(AffineMap.class)
                .by(Proof.induction(
                        ScanTheorems::composes,
                        "a scan of n + 1 maps is one of n maps and one more",
                        Shape.upTo(0),
                        ANY_WIDTH,
                        new Quantifier("T, bracketing", "all", "induction: the operation is associative")))
                .refuting("scan operator: the earlier map applied last", new Composition() {
                    @Override
                    public <M> AffineMap<M> compose(Blocks<M> k, AffineMap<M> later, AffineMap<M> earlier) {
                        return earlier.after(k, later);
                    }
                })
                .refuting("scan operator: the earlier offset not decayed", new Composition() {
                    @Override
                    public <M> AffineMap<M> compose(Blocks<M> k, AffineMap<M> later, AffineMap<M> earlier) {
                        return new AffineMap<>(
                                k.hadamard(later.factor(), earlier.factor()), k.add(earlier.offset(), later.offset()));
                    }
                })
                .refuting("scan operator: the factor of the later map alone", new Composition() {
                    @Override
                    public <M> AffineMap<M> compose(Blocks<M> k, AffineMap<M> later, AffineMap<M> earlier) {
                        return new AffineMap<>(
                                later.factor(), later.after(k, earlier).offset());
                    }
                })
                .rounded(ScanTheorems::composes, List.of(new Shape(0, 1, 3)))
                .build();
    }

    private static <M> void composes(Composition program, World<M> w, Shape shape) {
        Blocks<M> k = w.k();
        AffineMap<M> first = map(w, 1, shape.headDim());
        AffineMap<M> second = map(w, 2, shape.headDim());
        AffineMap<M> third = map(w, 3, shape.headDim());
        AffineMap<M> both = program.compose(k, second, first);
        M state = w.matrix("h", 1, shape.headDim());
        w.equal("(2∘1)(h)", apply(k, both, state), apply(k, second, apply(k, first, state)));
        equal(
                w,
                "(3∘2)∘1",
                program.compose(k, program.compose(k, third, second), first),
                program.compose(k, third, both));
        AffineMap<M> identity = AffineMap.identity(k, shape.headDim());
        equal(w, "1∘id", program.compose(k, first, identity), first);
        equal(w, "id∘1", program.compose(k, identity, first), first);
    }

    private static <M> AffineMap<M> map(World<M> w, int index, int width) {
        return new AffineMap<>(w.scalars("a" + index, 1, 1), w.matrix("b" + index, 1, width));
    }

    private static <M> M apply(Blocks<M> k, AffineMap<M> map, M state) {
        return k.add(k.scale(map.factor(), state), map.offset());
    }

    private static <M> void equal(World<M> w, String where, AffineMap<M> actual, AffineMap<M> expected) {
        w.equal(where + " factor", actual.factor(), expected.factor());
        w.equal(where + " offset", actual.offset(), expected.offset());
    }

    private static Theorem<Scan> scan(CumProdSum algorithm) {
        String name = algorithm.name().toLowerCase(Locale.ROOT).replace('_', ' ');
        Scan shipped = new Scan() {
            @Override
            public <M> M multiply(Blocks<M> k, M a, M b) {
                return algorithm.multiply(k, a, b);
            }
        };
        return Theorem.about(shipped, "cumprodsum-" + name.replace(' ', '-'))
                .from(SOURCE)
                .states(
                        "the " + name + " algorithm multiplies by the matrix 1SS(a)",
                        "y = \\mathrm{1SS}(a)\\, b \\iff y_t = a_t y_{t-1} + b_t")
                .of(CumProdSum.class)
                .by(Proof.letters(
                        ScanTheorems::multiplies,
                        Shape.upTo(LONGEST),
                        ANY_WIDTH,
                        new Quantifier(
                                "T", "≤ " + LONGEST, "each; all T by state-passing, of which this is one bracketing")))
                .refuting(mutants(name, shipped))
                .rounded(ScanTheorems::multiplies, List.of(new Shape(31, 1, 2)))
                .build();
    }

    private static SequencedMap<String, Scan> mutants(String name, Scan right) {
        SequencedMap<String, Scan> mutants = new LinkedHashMap<>();
        mutants.put(name + " scan: factors one step late", new Scan() {
            @Override
            public <M> M multiply(Blocks<M> k, M a, M b) {
                return right.multiply(
                        k, k.rows(a) == 0 ? a : k.stackRows(List.of(k.ones(1, 1), k.rows(a, 0, k.rows(a) - 1))), b);
            }
        });
        mutants.put(name + " scan: the first factor applied too", new Scan() {
            @Override
            public <M> M multiply(Blocks<M> k, M a, M b) {
                return k.rows(a) == 0
                        ? b
                        : right.multiply(
                                k, a, k.stackRows(List.of(k.scale(k.row(a, 0), k.row(b, 0)), k.rows(b, 1, k.rows(b)))));
            }
        });
        mutants.put(name + " scan: exclusive for inclusive", new Scan() {
            @Override
            public <M> M multiply(Blocks<M> k, M a, M b) {
                return k.subtract(right.multiply(k, a, b), b);
            }
        });
        return mutants;
    }

    /** Against the matrix itself: {@code y_j = Σ_{i≤j} a_j … a_{i+1} b_i}, written out. */
    private static <M> void multiplies(Scan program, World<M> w, Shape shape) {
        Blocks<M> k = w.k();
        int length = shape.time();
        M a = w.scalars("a", length, 1);
        M b = w.matrix("b", length, shape.headDim());
        List<M> rows = new ArrayList<>();
        rows.add(k.zeros(0, shape.headDim()));
        for (int j = 0; j < length; j++) {
            M sum = k.zeros(1, shape.headDim());
            for (int i = 0; i <= j; i++) {
                M term = k.row(b, i);
                for (int t = i + 1; t <= j; t++) {
                    term = k.scale(k.row(a, t), term);
                }
                sum = k.add(sum, term);
            }
            rows.add(sum);
        }
        w.equal("y", program.multiply(k, a, b), k.stackRows(rows));
    }

    private static Theorem<Scan> cumulativeSum() {
        return Theorem.<Scan>about(
                        new Scan() {
                            @Override
                            public <M> M multiply(Blocks<M> k, M a, M b) {
                                return CumProdSum.RECURRENT.multiply(k, k.ones(k.rows(a), 1), b);
                            }
                        },
                        "cumsum")
                .from("Dao and Gu 2024, Section 3.2.2")
                .states(
                        "with factors of one, cumprodsum is the cumulative sum",
                        "\\mathrm{1SS}(1)\\, b = \\mathrm{cumsum}(b)")
                .of(CumProdSum.class)
                .by(Proof.letters(
                        ScanTheorems::sums,
                        Shape.upTo(LONGEST),
                        ANY_WIDTH,
                        new Quantifier("T", "≤ " + LONGEST, "each")))
                .refuting("cumsum: decays kept", new Scan() {
                    @Override
                    public <M> M multiply(Blocks<M> k, M a, M b) {
                        return CumProdSum.RECURRENT.multiply(k, a, b);
                    }
                })
                .rounded(ScanTheorems::sums, List.of(new Shape(20, 1, 2)))
                .build();
    }

    private static <M> void sums(Scan program, World<M> w, Shape shape) {
        Blocks<M> k = w.k();
        M b = w.matrix("b", shape.time(), shape.headDim());
        List<M> rows = new ArrayList<>();
        rows.add(k.zeros(0, shape.headDim()));
        for (int t = 0; t < shape.time(); t++) {
            rows.add(t == 0 ? k.row(b, 0) : k.add(rows.getLast(), k.row(b, t)));
        }
        w.equal("y", program.multiply(k, w.scalars("a", shape.time(), 1), b), k.stackRows(rows));
    }
}
