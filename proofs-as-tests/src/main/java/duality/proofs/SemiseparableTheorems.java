package duality.proofs;

import duality.algebra.Blocks;
import duality.algebra.CountingRing;
import duality.algebra.FieldBlocks;
import duality.algebra.PrimeField;
import duality.algebra.RingBlocks;
import duality.algebra.RingMatrix;
import duality.models.LinearRecurrence;
import duality.models.Step;
import duality.proofs.symbolic.Dual;
import duality.proofs.symbolic.DualNumbers;
import duality.semiseparable.ExactRealisation;
import duality.semiseparable.GeneratorAlgebra;
import duality.semiseparable.Generators;
import duality.semiseparable.RankProfile;
import duality.ssd.Cuts;
import duality.ssd.QuadraticDual;
import duality.ssd.Recurrence;
import duality.ssd.ScalarSsm;
import duality.ssd.SsdAlgorithm;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** State space models are semiseparable matrices (Dao and Gu 2024, Sections 2 and 3, Appendix C.1). */
final class SemiseparableTheorems {
    private static final int LENGTH = 8;
    private static final Quantifier ANY_SIZE =
            new Quantifier("sizes of A, B, C, x", "all", "each is a letter of a free algebra");

    private SemiseparableTheorems() {}

    static List<Theorem<?>> all() {
        return List.of(
                definition31(),
                stateSpace(),
                composition(),
                isSemiseparable(),
                hasRealisation(),
                parameters(),
                cost(),
                scalarCase(),
                bidiagonalInverse());
    }

    // ---- Definition 3.1

    /** The semiseparable order of a lower triangular matrix. */
    interface Order {
        <E> int of(FieldBlocks<E> k, RingMatrix<E> m);
    }

    private static Order largestRank(int rowsBelow, boolean middleOnly) {
        return new Order() {
            @Override
            public <E> int of(FieldBlocks<E> k, RingMatrix<E> m) {
                int n = m.rows();
                int order = 0;
                for (int i = 0; i + rowsBelow < n; i++) {
                    if (!middleOnly || i == n / 2) {
                        order = Math.max(order, k.rank(k.block(m, i + rowsBelow, n, 0, i + 1)));
                    }
                }
                return order;
            }
        };
    }

    private static Theorem<Order> definition31() {
        return Theorem.about(largestRank(0, false), "definition-3.1")
                .from("Dao and Gu 2024, Definition 3.1")
                .states(
                        "to test a matrix for semiseparability it is enough to look at the T maximal blocks on and below the diagonal",
                        "\\max_{j \\ge i'} \\mathrm{rank}\\, M_{j:j',\\, i:i'} = \\max_i \\mathrm{rank}\\, M_{i:,\\, :i}")
                .of(RankProfile.class)
                .by(Proof.randomPoints(
                        SemiseparableTheorems::isTheLargest,
                        List.of(new Shape(1, 1, 1), new Shape(4, 1, 1), new Shape(6, 1, 1), new Shape(6, 2, 1)),
                        new Quantifier(
                                "blocks",
                                "all contiguous ones on or below the diagonal",
                                "each; a submatrix has no larger rank"),
                        new Quantifier("M", "generic, and with a reset halfway", "random points")))
                .refuting("order: the middle block alone", largestRank(0, true))
                .refuting("order: blocks strictly below the diagonal", largestRank(1, false))
                .rounded("a rank, nothing to round")
                .build();
    }

    private static <E> void isTheLargest(Order program, FieldWorld<E> w, Shape shape) {
        FieldBlocks<E> k = w.k();
        Generators<RingMatrix<E>> lower = Structures.lower(w, "", shape);
        RingMatrix<E> m = Structures.written(k, lower);
        int n = m.rows();
        // With a reset halfway, the block there has rank one at most.
        RingMatrix<E> reset =
                RingMatrix.of(n, n, (i, j) -> i >= n / 2 && j < n / 2 ? w.ring().zero() : m.get(i, j));
        for (RingMatrix<E> matrix : List.of(m, reset)) {
            int largest = 0;
            for (int top = 0; top < n; top++) {
                for (int bottom = top + 1; bottom <= n; bottom++) {
                    for (int right = 1; right <= top + 1; right++) {
                        for (int left = 0; left < right; left++) {
                            largest = Math.max(largest, k.rank(k.block(matrix, top, bottom, left, right)));
                        }
                    }
                }
            }
            w.same("order", program.of(k, matrix), largest);
        }
    }

    // ---- Theorem 3.5

    /** Makes the model of transitions, inputs and outputs. */
    interface Model {
        <M> LinearRecurrence<M> of(Blocks<M> k, List<M> a, List<M> b, List<M> c);
    }

    /** A step of a wrong model. */
    private interface WrongStep extends Model {
        @Override
        default <M> LinearRecurrence<M> of(Blocks<M> k, List<M> a, List<M> b, List<M> c) {
            return LinearRecurrence.of(IntStream.range(0, a.size())
                    .mapToObj(t -> step(k, a, b, c, t))
                    .toList());
        }

        <M> Step<M> step(Blocks<M> k, List<M> a, List<M> b, List<M> c, int t);
    }

    private static final Model SHIPPED = new WrongStep() {
        @Override
        public <M> Step<M> step(Blocks<M> k, List<M> a, List<M> b, List<M> c, int t) {
            return Step.of(k, a.get(t), b.get(t), c.get(t));
        }
    };

    private static <M> List<M> symbols(World<M> w, String name, int count, int rows, int columns) {
        return IntStream.range(0, count)
                .mapToObj(t -> w.matrix(name + t, rows, columns))
                .toList();
    }

    private static Theorem<Model> stateSpace() {
        return Theorem.about(SHIPPED, "state-space")
                .from("Dao and Gu 2024, Definition 2.2, equation 3, Definition 3.2 and Theorem 3.5")
                .states(
                        "a state space model is multiplication by the sequentially semiseparable matrix of its "
                                + "transitions, inputs and outputs, in the recurrent, quadratic and block form and by its generators",
                        "h_t = A_t h_{t-1} + B_t x_t,\\; y_t = C_t^\\top h_t \\iff y = M x,\\; "
                                + "M_{ji} = C_j^\\top A_j \\cdots A_{i+1} B_i \\;(j \\ge i)")
                .of(LinearRecurrence.class, Step.class, Generators.class)
                .by(Proof.letters(
                        SemiseparableTheorems::isEquation3,
                        Shape.upTo(LENGTH),
                        ANY_SIZE,
                        new Quantifier("T", "≤ " + LENGTH, "each; all T by state-space-composition"),
                        new Quantifier("cuts", "chunks of 1, 2, 3", "each")))
                .by(Proof.polynomials(
                        SemiseparableTheorems::isEquation3,
                        Shape.upTo(4, 2, 1),
                        new Quantifier("entries", "all", "variables; T ≤ 4, N ≤ 2")))
                .refuting("state space: the output reads the state before the update", new WrongStep() {
                    @Override
                    public <M> Step<M> step(Blocks<M> k, List<M> a, List<M> b, List<M> c, int t) {
                        return Step.readingBefore(k, a.get(t), b.get(t), c.get(t), k.zeros(1, k.columns(b.get(t))));
                    }
                })
                .refuting("state space: the input passes through its own transition", new WrongStep() {
                    @Override
                    public <M> Step<M> step(Blocks<M> k, List<M> a, List<M> b, List<M> c, int t) {
                        return Step.of(k, a.get(t), k.multiply(a.get(t), b.get(t)), c.get(t));
                    }
                })
                .refuting("state space: the transition of the step before", new WrongStep() {
                    @Override
                    public <M> Step<M> step(Blocks<M> k, List<M> a, List<M> b, List<M> c, int t) {
                        return Step.of(k, a.get(Math.max(0, t - 1)), b.get(t), c.get(t));
                    }
                })
                .refuting("state space: transitions transposed", new WrongStep() {
                    @Override
                    public <M> Step<M> step(Blocks<M> k, List<M> a, List<M> b, List<M> c, int t) {
                        return Step.of(k, k.transpose(a.get(t)), b.get(t), c.get(t));
                    }
                })
                .refuting("state space: no direct term", new WrongStep() {
                    @Override
                    public <M> Step<M> step(Blocks<M> k, List<M> a, List<M> b, List<M> c, int t) {
                        Step<M> right = Step.of(k, a.get(t), b.get(t), c.get(t));
                        return new Step<>(
                                right.transition(), right.input(), right.readout(), k.zeros(1, k.columns(b.get(t))));
                    }
                })
                .rounded(SemiseparableTheorems::isEquation3, List.of(new Shape(12, 3, 1)))
                .build();
    }

    private static <M> void isEquation3(Model program, World<M> w, Shape shape) {
        Blocks<M> k = w.k();
        int length = shape.time();
        int n = shape.stateSize();
        List<M> a = symbols(w, "A", length, n, n);
        List<M> b = symbols(w, "B", length, n, 1);
        List<M> c = symbols(w, "C", length, 1, n);
        M x = w.matrix("x", length, shape.headDim());
        M m = Structures.equation3(k, a, b, c);
        LinearRecurrence<M> model = program.of(k, a, b, c);
        M y = k.multiply(m, x);
        w.equal("recurrence", model.recurrent(k, x), y);
        w.equal("matrix", model.matrix(k), m);
        w.equal("generators", model.generators(k).multiply(k, x), y);
        for (int chunk = 1; chunk <= 3; chunk++) {
            w.equal("chunks of " + chunk, model.block(k, x, Cuts.every(chunk)), y);
        }
    }

    // ---- Induction over chunks, for general transitions

    /** Composes a step with the one after it. */
    interface Composition {
        <M> Step<M> then(Blocks<M> k, Step<M> first, Step<M> second);
    }

    private static Theorem<Composition> composition() {
        return Theorem.<Composition>about(
                        new Composition() {
                            @Override
                            public <M> Step<M> then(Blocks<M> k, Step<M> first, Step<M> second) {
                                return first.then(k, second);
                            }
                        },
                        "state-space-composition")
                .from("Dao and Gu 2024, Section 3.4 and equation 5")
                .states(
                        "two steps compose to one that does both, and composition is associative; so a sequence of any length "
                                + "may be cut anywhere, and its chunks composed in any order",
                        "(A_2, B_2, P_2, D_2) \\circ (A_1, B_1, P_1, D_1) = \\left(A_2 A_1,\\; [A_2 B_1 \\; B_2],\\; "
                                + "[P_1 ; P_2 A_1],\\; [D_1 \\; 0 ; P_2 B_1 \\; D_2]\\right)")
                .of(Step.class)
                .by(Proof.induction(
                        SemiseparableTheorems::composes,
                        "a stretch of n + 1 steps is a stretch of n steps and one more; both may be stretches",
                        Shape.upTo(0),
                        new Quantifier("T, cuts", "all", "induction: composition is associative and is the recurrence"),
                        ANY_SIZE))
                .refuting("composition: the first input not carried through the second transition", new Composition() {
                    @Override
                    public <M> Step<M> then(Blocks<M> k, Step<M> first, Step<M> second) {
                        Step<M> right = first.then(k, second);
                        return new Step<>(
                                right.transition(),
                                k.beside(first.input(), second.input()),
                                right.readout(),
                                right.direct());
                    }
                })
                .refuting("composition: the later step first", new Composition() {
                    @Override
                    public <M> Step<M> then(Blocks<M> k, Step<M> first, Step<M> second) {
                        return second.then(k, first);
                    }
                })
                .refuting("composition: transitions in the wrong order", new Composition() {
                    @Override
                    public <M> Step<M> then(Blocks<M> k, Step<M> first, Step<M> second) {
                        Step<M> right = first.then(k, second);
                        return new Step<>(
                                k.multiply(first.transition(), second.transition()),
                                right.input(),
                                right.readout(),
                                right.direct());
                    }
                })
                .refuting("composition: the lower left block missing", new Composition() {
                    @Override
                    public <M> Step<M> then(Blocks<M> k, Step<M> first, Step<M> second) {
                        Step<M> right = first.then(k, second);
                        M corner = k.multiply(second.readout(), first.input());
                        M without = k.beside(k.negate(corner), k.zeros(k.rows(corner), k.columns(second.direct())));
                        M missing = k.stackRows(List.of(k.zeros(k.rows(first.direct()), k.columns(without)), without));
                        return new Step<>(
                                right.transition(), right.input(), right.readout(), k.add(right.direct(), missing));
                    }
                })
                .rounded(SemiseparableTheorems::composes, List.of(new Shape(0, 3, 2)))
                .build();
    }

    private static <M> void composes(Composition program, World<M> w, Shape shape) {
        Blocks<M> k = w.k();
        List<Step<M>> steps = new ArrayList<>();
        List<M> x = new ArrayList<>();
        int n = shape.stateSize();
        for (int t = 0; t < 3; t++) {
            steps.add(Step.readingBefore(
                    k,
                    w.matrix("A" + t, n, n),
                    w.matrix("B" + t, n, 1),
                    w.matrix("P" + t, 1, n),
                    w.matrix("D" + t, 1, 1)));
            x.add(w.matrix("x" + t, 1, shape.headDim()));
        }
        M h = w.matrix("h", n, shape.headDim());
        Step<M> both = program.then(k, steps.get(0), steps.get(1));
        M inputs = k.stackRows(x.subList(0, 2));
        M middle = steps.get(0).update(k, h, x.get(0));
        w.equal(
                "outputs of two steps",
                both.read(k, h, inputs),
                k.stackRows(
                        List.of(steps.get(0).read(k, h, x.get(0)), steps.get(1).read(k, middle, x.get(1)))));
        w.equal("state after two steps", both.update(k, h, inputs), steps.get(1).update(k, middle, x.get(1)));
        Step<M> left = program.then(k, both, steps.get(2));
        Step<M> right = program.then(k, steps.get(0), program.then(k, steps.get(1), steps.get(2)));
        w.equal("transition of three", left.transition(), right.transition());
        w.equal("input of three", left.input(), right.input());
        w.equal("readout of three", left.readout(), right.readout());
        w.equal("direct term of three", left.direct(), right.direct());
    }

    // ---- Lemma 3.3

    /** The three factors of the block of rows from j on and columns up to and with i ≤ j. */
    interface Factors {
        <M> List<M> of(Blocks<M> k, LinearRecurrence<M> model, List<M> c, int j, int i);
    }

    private static class ByComposition implements Factors {
        @Override
        public <M> List<M> of(Blocks<M> k, LinearRecurrence<M> model, List<M> c, int j, int i) {
            int length = model.length(k);
            M left = j + 1 == length
                    ? c.get(j)
                    : k.stackRows(List.of(c.get(j), model.span(k, j + 1, length).readout()));
            M right = model.span(k, 0, i + 1).input();
            return List.of(left, i == j ? k.identity(k.rows(right)) : centre(k, model, j, i), right);
        }

        <M> M centre(Blocks<M> k, LinearRecurrence<M> model, int j, int i) {
            return model.span(k, i + 1, j + 1).transition();
        }
    }

    private static Theorem<Factors> isSemiseparable() {
        return Theorem.about((Factors) new ByComposition(), "lemma-3.3")
                .from("Dao and Gu 2024, Definition 3.1 and Lemma 3.3")
                .states(
                        "every block on or below the diagonal of the matrix of a state space model factors through a state, "
                                + "so its rank is at most N",
                        "M_{j:,\\, :i} = \\left[C_{j'}^\\top A_{j':j}\\right]_{j' \\ge j} A_{j:i} "
                                + "\\left[A_{i:i'} B_{i'}\\right]_{i' \\le i}")
                .of(LinearRecurrence.class, Step.class)
                .by(Proof.letters(
                        SemiseparableTheorems::blocksFactor,
                        Shape.upTo(6),
                        ANY_SIZE,
                        new Quantifier("T, i ≤ j", "T ≤ 6, every block", "each")))
                .by(Proof.polynomials(
                        SemiseparableTheorems::blocksFactor,
                        Shape.upTo(4, 2, 1),
                        new Quantifier("entries", "all", "variables; T ≤ 4, N ≤ 2")))
                .refuting("factors: centre one step short", new ByComposition() {
                    @Override
                    <M> M centre(Blocks<M> k, LinearRecurrence<M> model, int j, int i) {
                        return j == i + 1
                                ? k.identity(k.rows(model.step(k, j).transition()))
                                : super.centre(k, model, j - 1, i);
                    }
                })
                .refuting("factors: left and right of strictly lower blocks", new ByComposition() {
                    @Override
                    public <M> List<M> of(Blocks<M> k, LinearRecurrence<M> model, List<M> c, int j, int i) {
                        List<M> right = super.of(k, model, c, j, i);
                        M left = model.span(k, j, model.length(k)).readout();
                        return List.of(left, right.get(1), right.get(2));
                    }
                })
                .rounded(SemiseparableTheorems::blocksFactor, List.of(new Shape(9, 3, 1)))
                .build();
    }

    private static <M> void blocksFactor(Factors program, World<M> w, Shape shape) {
        Blocks<M> k = w.k();
        int length = shape.time();
        int n = shape.stateSize();
        List<M> a = symbols(w, "A", length, n, n);
        List<M> b = symbols(w, "B", length, n, 1);
        List<M> c = symbols(w, "C", length, 1, n);
        M m = Structures.equation3(k, a, b, c);
        LinearRecurrence<M> model = SHIPPED.of(k, a, b, c);
        for (int j = 0; j < length; j++) {
            for (int i = 0; i <= j; i++) {
                List<M> factors = program.of(k, model, c, j, i);
                w.equal(
                        "M[%d:, :%d]".formatted(j, i + 1),
                        k.multiply(factors.get(0), k.multiply(factors.get(1), factors.get(2))),
                        k.block(m, j, length, 0, i + 1));
            }
        }
    }

    // ---- Proposition 3.4

    /** Finds generators of a matrix cut into blocks of one row and one column. */
    interface Realisation {
        <E> Generators<RingMatrix<E>> of(FieldBlocks<E> k, RingMatrix<E> dense, List<Integer> sizes);
    }

    private static Theorem<Realisation> hasRealisation() {
        return Theorem.<Realisation>about(
                        new Realisation() {
                            @Override
                            public <E> Generators<RingMatrix<E>> of(
                                    FieldBlocks<E> k, RingMatrix<E> dense, List<Integer> sizes) {
                                return ExactRealisation.ofDense(k, dense, sizes, sizes);
                            }
                        },
                        "proposition-3.4")
                .from("Dao and Gu 2024, Proposition 3.4")
                .states(
                        "every N-semiseparable matrix has a state space model of state size N: the construction by echelon "
                                + "forms finds one of the least sizes",
                        "\\max_i \\mathrm{rank}\\, M_{i:,\\,:i} \\le N \\implies \\exists A, B, C:\\; "
                                + "M_{ji} = C_j^\\top A_{j:i} B_i")
                .of(ExactRealisation.class, RankProfile.class)
                .by(Proof.rationals(
                        SemiseparableTheorems::realises,
                        List.of(
                                new Shape(1, 1, 1),
                                new Shape(2, 1, 1),
                                new Shape(4, 1, 1),
                                new Shape(6, 2, 1),
                                new Shape(7, 3, 2)),
                        new Quantifier("M", "random of each rank", "the construction uses the axioms of a field alone"),
                        new Quantifier("M", "all 1024 lower triangular 4×4 matrices of 0 and 1", "each")))
                .by(Proof.randomPoints(
                        SemiseparableTheorems::realises,
                        List.of(new Shape(5, 1, 1), new Shape(9, 2, 1)),
                        new Quantifier("M", "generic of rank N", "random points")))
                .refuting("realisation: pivots dropped after the first", new Realisation() {
                    @Override
                    public <E> Generators<RingMatrix<E>> of(
                            FieldBlocks<E> k, RingMatrix<E> dense, List<Integer> sizes) {
                        Generators<RingMatrix<E>> right = ExactRealisation.ofDense(k, dense, sizes, sizes);
                        return new Generators<>(
                                right.d(),
                                right.p().stream().map(p -> firstColumn(k, p)).toList(),
                                right.r().stream()
                                        .map(r -> firstRow(k, firstColumn(k, r)))
                                        .toList(),
                                right.q().stream().map(q -> firstRow(k, q)).toList(),
                                right.u(),
                                right.w(),
                                right.v());
                    }
                })
                .refuting("realisation: transitions left out", new Realisation() {
                    @Override
                    public <E> Generators<RingMatrix<E>> of(
                            FieldBlocks<E> k, RingMatrix<E> dense, List<Integer> sizes) {
                        Generators<RingMatrix<E>> right = ExactRealisation.ofDense(k, dense, sizes, sizes);
                        List<RingMatrix<E>> none = right.r().stream()
                                .map(r -> k.zeros(r.rows(), r.columns()))
                                .toList();
                        return new Generators<>(right.d(), right.p(), none, right.q(), right.u(), right.w(), right.v());
                    }
                })
                .rounded("by singular values: compression-from-dense")
                .build();
    }

    private static <E> RingMatrix<E> firstColumn(FieldBlocks<E> k, RingMatrix<E> a) {
        return k.block(a, 0, a.rows(), 0, Math.min(1, a.columns()));
    }

    private static <E> RingMatrix<E> firstRow(FieldBlocks<E> k, RingMatrix<E> a) {
        return k.rows(a, 0, Math.min(1, a.rows()));
    }

    private static <E> void realises(Realisation program, FieldWorld<E> w, Shape shape) {
        FieldBlocks<E> k = w.k();
        Generators<RingMatrix<E>> some = Structures.generators(w, "", shape);
        List<Integer> sizes = Collections.nCopies(shape.time(), shape.headDim());
        realises(program, w, Structures.written(k, some), sizes);
        if (shape.time() == 4) {
            for (int bits = 0; bits < 1 << 10; bits++) {
                int chosen = bits;
                RingMatrix<E> m = RingMatrix.of(
                        4, 4, (j, i) -> w.ring().integer(i <= j ? chosen >> (j * (j + 1) / 2 + i) & 1 : 0));
                realises(program, w, m, List.of(1, 1, 1, 1));
            }
        }
    }

    private static <E> void realises(Realisation program, FieldWorld<E> w, RingMatrix<E> m, List<Integer> sizes) {
        FieldBlocks<E> k = w.k();
        Generators<RingMatrix<E>> found = program.of(k, m, sizes);
        w.equal("the matrix of the realisation", Structures.written(k, found), m);
        RankProfile least = RankProfile.ofDense(k, m, sizes, sizes);
        w.same("lower state sizes", found.lowerRanks(k), least.lower());
        w.same("upper state sizes", found.upperRanks(k), least.upper());
        Generators<RingMatrix<E>> lower = GeneratorAlgebra.lower(k, found);
        GeneratorAlgebra.StateSpace<RingMatrix<E>> model = GeneratorAlgebra.toStateSpace(k, lower);
        w.equal(
                "the state space model of the lower half",
                Structures.written(k, GeneratorAlgebra.fromStateSpace(k, model.a(), model.b(), model.c(), model.d())),
                Structures.written(k, lower));
    }

    // ---- Proposition 3.6

    private static Theorem<Model> parameters() {
        return Theorem.about(SHIPPED, "parameters")
                .from("Dao and Gu 2024, Proposition 3.6")
                .states(
                        "the N-semiseparable T×T matrices form a variety of dimension 2NT − N(2N − 1) for T ≥ 2N, that is, O(NT) parameters "
                                + "although the generators have O(N²T): the rank of the derivative at a random point",
                        "\\dim \\{ M : N\\text{-semiseparable} \\} = 2 N T - N (2 N - 1)")
                .of(LinearRecurrence.class)
                .by(new Proof<>(
                        Method.RANDOM_IDENTITY,
                        "the rank, modulo p = 2⁶¹ − 1, of the derivative of the entries by the generators, by dual numbers, at a random point",
                        List.of(
                                new Quantifier("T, N", "2N ≤ T ≤ 7, N ≤ 2", "each"),
                                new Quantifier("M", "generic", "a rank at a random point is the generic one")),
                        SemiseparableTheorems::countParameters))
                .refuting("state space: one input and one output vector for all steps", new WrongStep() {
                    @Override
                    public <M> Step<M> step(Blocks<M> k, List<M> a, List<M> b, List<M> c, int t) {
                        return Step.of(k, a.get(t), b.getFirst(), c.getFirst());
                    }
                })
                .rounded("a count, nothing to round")
                .build();
    }

    private static Evidence countParameters(Model program) {
        PrimeField field = PrimeField.INSTANCE;
        FieldBlocks<Long> k = new FieldBlocks<>(field);
        DualNumbers<Long> numbers = new DualNumbers<>(field);
        RingBlocks<Dual<Long>> dual = new RingBlocks<>(numbers);
        List<String> lines = new ArrayList<>();
        long ranks = 0;
        for (int n = 1; n <= 2; n++) {
            for (int length = 2 * n; length <= 7; length++) {
                int size = n;
                int perStep = n * n + 2 * n;
                SplittableRandom random = new SplittableRandom(n);
                List<Long> point = random.longs((long) length * perStep, 0, PrimeField.MODULUS)
                        .boxed()
                        .toList();
                List<RingMatrix<Long>> derivatives = new ArrayList<>();
                for (int by = 0; by < point.size(); by++) {
                    int seeded = by;
                    RingMatrix<Dual<Long>> all = RingMatrix.of(
                            1,
                            point.size(),
                            (i, j) -> j == seeded ? numbers.variable(point.get(j)) : numbers.constant(point.get(j)));
                    List<RingMatrix<Dual<Long>>> a = parts(dual, all, length, perStep, 0, size, size);
                    List<RingMatrix<Dual<Long>>> b = parts(dual, all, length, perStep, size * size, size, 1);
                    List<RingMatrix<Dual<Long>>> c = parts(dual, all, length, perStep, size * size + size, 1, size);
                    RingMatrix<Dual<Long>> m = program.of(dual, a, b, c).matrix(dual);
                    derivatives.add(RingMatrix.of(
                            1,
                            length * length,
                            (i, j) -> m.get(j / m.columns(), j % m.columns()).derivative()));
                }
                int dimension = k.rank(k.stackRows(derivatives));
                int expected = 2 * n * length - n * (2 * n - 1);
                if (dimension != expected) {
                    throw new Refutation(
                            "T=%d N=%d: the derivative has rank %d, not %d".formatted(length, n, dimension, expected));
                }
                ranks++;
                lines.add("T=%d N=%d: %d generators, dimension %d".formatted(length, n, point.size(), dimension));
            }
        }
        // Each rank is of a matrix of polynomials of degree < T + 1 with fewer than 60 rows.
        return new Evidence(ranks, ranks, ranks * 60.0 * 8 / PrimeField.MODULUS, lines);
    }

    private static <E> List<RingMatrix<E>> parts(
            RingBlocks<E> k, RingMatrix<E> all, int length, int perStep, int from, int rows, int columns) {
        return IntStream.range(0, length)
                .mapToObj(t -> k.reshape(
                        k.block(all, 0, 1, t * perStep + from, t * perStep + from + rows * columns), rows, columns))
                .toList();
    }

    // ---- Theorem 3.7

    private static Theorem<SsdAlgorithm> cost() {
        return Theorem.<SsdAlgorithm>about(new Recurrence(), "theorem-3.7")
                .from("Dao and Gu 2024, Theorem 3.7")
                .states(
                        "the recurrence multiplies by a semiseparable matrix in 3TNP multiplications and as many additions: O(TN) a channel",
                        "\\#(\\cdot) = \\#(+) = 3 T N P")
                .of(Recurrence.class)
                .by(new Proof<>(
                        Method.INDUCTION,
                        "the operations of the ring are counted; each step adds the same number, and T only counts steps",
                        List.of(
                                new Quantifier("T", "all", "the count of a step does not depend on T or the values"),
                                new Quantifier("N, P", "≤ 5", "each")),
                        SemiseparableTheorems::countOperations))
                .refuting("cost: the quadratic form in place of the recurrence", new QuadraticDual())
                .rounded("a count, nothing to round")
                .build();
    }

    private static Evidence countOperations(SsdAlgorithm program) {
        List<String> lines = new ArrayList<>();
        long counts = 0;
        for (int length = 0; length <= 12; length++) {
            for (int n = 1; n <= 5; n++) {
                for (int p = 1; p <= 5; p++) {
                    CountingRing<Long> ring = new CountingRing<>(PrimeField.INSTANCE);
                    RingBlocks<Long> k = new RingBlocks<>(ring);
                    program.run(
                            k,
                            ScalarSsm.of(
                                    k,
                                    k.ones(length, 1),
                                    k.ones(length, n),
                                    k.ones(length, n),
                                    k.ones(length, p),
                                    k.ones(n, p)));
                    long expected = 3L * length * n * p;
                    if (ring.multiplications() != expected || ring.additions() != expected) {
                        throw new Refutation("T=%d N=%d P=%d: %d multiplications and %d additions, not %d of each"
                                .formatted(length, n, p, ring.multiplications(), ring.additions(), expected));
                    }
                    counts += 2;
                    if (n == 5 && p == 5) {
                        lines.add(
                                "T=%d N=5 P=5: %d multiplications, %d additions".formatted(length, expected, expected));
                    }
                }
            }
        }
        return new Evidence(counts, counts, 0, lines);
    }

    // ---- The scalar case

    /** Makes a matrix from factors a and the vectors b and c. */
    interface ScalarMatrix {
        <M> M of(Blocks<M> k, M a, M b, M c);
    }

    private static Theorem<ScalarMatrix> scalarCase() {
        return Theorem.<ScalarMatrix>about(
                        new ScalarMatrix() {
                            @Override
                            public <M> M of(Blocks<M> k, M a, M b, M c) {
                                return ScalarSsm.of(k, a, b, c, b, k.zeros(1, 1))
                                        .matrix(k);
                            }
                        },
                        "scalar-case")
                .from("Dao and Gu 2024, equations 6 and 7")
                .states(
                        "a model of state size one is a one-semiseparable matrix scaled on both sides",
                        "\\mathrm{SSS}(a, b, c) = \\mathrm{diag}(c) \\cdot \\mathrm{1SS}(a) \\cdot \\mathrm{diag}(b)")
                .of(ScalarSsm.class)
                .by(Proof.letters(
                        SemiseparableTheorems::isScaledOneSemiseparable,
                        Shape.upTo(12),
                        new Quantifier("b, c", "all, of any sizes", "letters"),
                        new Quantifier("T", "≤ 12", "each")))
                .refuting("1SS: b and c swapped", new ScalarMatrix() {
                    @Override
                    public <M> M of(Blocks<M> k, M a, M b, M c) {
                        return ScalarSsm.of(k, a, c, b, b, k.zeros(1, 1)).matrix(k);
                    }
                })
                .refuting("1SS: factors include the column's own", new ScalarMatrix() {
                    @Override
                    public <M> M of(Blocks<M> k, M a, M b, M c) {
                        return ScalarSsm.of(k, a, k.scaleRows(a, b), c, b, k.zeros(1, 1))
                                .matrix(k);
                    }
                })
                .rounded(SemiseparableTheorems::isScaledOneSemiseparable, Shape.upTo(12))
                .build();
    }

    private static <M> void isScaledOneSemiseparable(ScalarMatrix program, World<M> w, Shape shape) {
        Blocks<M> k = w.k();
        int length = shape.time();
        M a = w.scalars("a", length, 1);
        M b = w.matrix("b", length, 1);
        M c = w.matrix("c", length, 1);
        List<M> rows = new ArrayList<>();
        rows.add(k.zeros(0, length));
        for (int j = 0; j < length; j++) {
            List<M> row = new ArrayList<>();
            for (int i = 0; i < length; i++) {
                M entry = k.row(c, j);
                for (int t = j; t > i; t--) {
                    entry = k.multiply(entry, k.row(a, t));
                }
                row.add(i > j ? k.zeros(1, 1) : k.multiply(entry, k.row(b, i)));
            }
            rows.add(k.stackColumns(row));
        }
        w.equal("M", program.of(k, a, b, c), k.stackRows(rows));
    }

    // ---- Remark 11

    /** The inverse of 1SS(a) by generators. */
    interface Inverse {
        <M> Generators<M> of(Blocks<M> k, M a);
    }

    private static Theorem<Inverse> bidiagonalInverse() {
        return Theorem.<Inverse>about(
                        new Inverse() {
                            @Override
                            public <M> Generators<M> of(Blocks<M> k, M a) {
                                return GeneratorAlgebra.oneSemiseparableInverse(k, a);
                            }
                        },
                        "remark-11")
                .from("Dao and Gu 2024, Remark 11")
                .states(
                        "the inverse of 1SS(a) is bidiagonal, ones and −a_t below them",
                        "\\mathrm{1SS}(a)^{-1} = I - \\mathrm{subdiag}(a_1, \\ldots, a_{T-1})")
                .of(GeneratorAlgebra.class, Generators.class)
                .by(Proof.letters(
                        SemiseparableTheorems::inverts,
                        Shape.upTo(10),
                        new Quantifier("a", "all, even blocks that do not commute", "letters"),
                        new Quantifier("T", "≤ 10", "each")))
                .refuting("inverse of 1SS: the sign", new Inverse() {
                    @Override
                    public <M> Generators<M> of(Blocks<M> k, M a) {
                        return GeneratorAlgebra.oneSemiseparableInverse(k, k.negate(a));
                    }
                })
                .refuting("inverse of 1SS: 1SS of −a", new Inverse() {
                    @Override
                    public <M> Generators<M> of(Blocks<M> k, M a) {
                        return GeneratorAlgebra.oneSemiseparable(k, k.negate(a));
                    }
                })
                .rounded(SemiseparableTheorems::inverts, Shape.upTo(10))
                .build();
    }

    private static <M> void inverts(Inverse program, World<M> w, Shape shape) {
        Blocks<M> k = w.k();
        M a = w.matrix("a", shape.time(), 1);
        M inverse = Structures.written(k, program.of(k, a));
        M matrix = k.oneSemiseparable(a);
        w.equal("1SS⁻¹ 1SS", k.multiply(inverse, matrix), k.identity(shape.time()));
        w.equal("1SS 1SS⁻¹", k.multiply(matrix, inverse), k.identity(shape.time()));
    }
}
