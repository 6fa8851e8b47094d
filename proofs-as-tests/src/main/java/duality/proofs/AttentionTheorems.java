package duality.proofs;

import duality.algebra.Blocks;
import duality.algebra.FieldBlocks;
import duality.algebra.PrimeField;
import duality.algebra.RingBlocks;
import duality.algebra.RingMatrix;
import duality.contraction.Contraction;
import duality.contraction.MatrixOperand;
import duality.contraction.NdArray;
import duality.contraction.Operand;
import duality.contraction.Plan;
import duality.contraction.RingOperations;
import duality.models.Autoregression;
import duality.models.DiagonalDecay;
import duality.models.ExactSamples;
import duality.models.Samples;
import duality.models.ScalarDecay;
import duality.models.Zoo;
import duality.proofs.symbolic.ExponentialField;
import duality.proofs.symbolic.Polynomial;
import duality.proofs.symbolic.Polynomials;
import duality.semiseparable.GeneratorAlgebra;
import duality.semiseparable.Generators;
import duality.sma.OneSemiseparableMask;
import duality.ssd.BlockDecomposition;
import duality.ssd.ScalarSsm;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/** Structured masked attention (Dao and Gu 2024, Sections 4 and 5, Appendix C; arXiv 2510.04944). */
final class AttentionTheorems {
    private static final Quantifier ANY_ENTRY =
            new Quantifier("entries", "all, over every commutative ring", "variables; equal canonical forms");

    private AttentionTheorems() {}

    static List<Theorem<?>> all() {
        return List.of(
                contractionOrders(),
                linearAttention(),
                structuredMasks(),
                autoregression(),
                masksAbsorb(),
                sumOfDualities(),
                noFiniteDual(),
                normalised(),
                featureMaps(),
                toeplitzDecay());
    }

    // ---- Equation 12

    /** Contracts q (T×N), k (S×N), v (S×P) and the mask (T×S), by all orders that are to be tried. */
    interface Attention {
        List<NdArray<RingMatrix<Polynomial>>> run(
                RingOperations<Polynomial> operations, List<Operand<RingMatrix<Polynomial>>> operands);
    }

    private static Attention allOrdersOf(String subscripts) {
        return (operations, operands) -> Contraction.allOrders(subscripts, operands).stream()
                .map(plan -> plan.execute(operations, operands))
                .toList();
    }

    private static Attention unmasked(String subscripts) {
        return (operations, operands) -> allOrdersOf(subscripts).run(operations, operands.subList(0, 3));
    }

    private static final String EQUATION_12 = "TN,SN,SP,TS->TP";

    private static Theorem<Attention> contractionOrders() {
        return Theorem.about(allOrdersOf(EQUATION_12), "contraction-orders")
                .from("Dao and Gu 2024, equations 9 (corrected), 10, 11 and 12")
                .states(
                        "masked attention is one contraction of four arrays; the quadratic order, the linear order and all 13 others give the same",
                        "Y = \\mathrm{contract}(TN, SN, SP, TS \\to TP)(Q, K, V, L),\\quad "
                                + "Y_{tp} = \\sum_{s,n} Q_{tn} K_{sn} V_{sp} L_{ts}")
                .of(Contraction.class, Plan.class)
                .by(new Proof<>(
                        Method.POLYNOMIAL_IDENTITY,
                        "over Z[Q, K, V, L], every order of pairwise steps, against the sum written out",
                        List.of(
                                ANY_ENTRY,
                                new Quantifier("T, S, N, P", "≤ 3, 3, 2, 2", "each"),
                                new Quantifier("orders", "all 15", "each")),
                        program -> attend(program, Mask.FREE)))
                .refuting("contraction: mask transposed", allOrdersOf("TN,SN,SP,ST->TP"))
                .refuting("contraction: as printed in equation 9, Y = G V without the mask", unmasked("TN,SN,SP->TP"))
                .refuting("contraction: values summed over the queries' time", allOrdersOf("TN,SN,TP,TS->TP"))
                .refuting("contraction: keys for queries", allOrdersOf("SN,TN,SP,TS->TP"))
                .rounded("each plan within its running error bounds: matrix and duality bound two of them")
                .build();
    }

    private static Theorem<Attention> structuredMasks() {
        return Theorem.<Attention>about(
                        (operations, operands) -> {
                            List<NdArray<RingMatrix<Polynomial>>> results =
                                    new ArrayList<>(allOrdersOf(EQUATION_12).run(operations, operands));
                            results.add(Contraction.contract(
                                    operations,
                                    EQUATION_12,
                                    operands.get(0),
                                    operands.get(1),
                                    operands.get(2),
                                    operands.get(3)));
                            return results;
                        },
                        "structured-masked-attention")
                .from("Dao and Gu 2024, Definition 4.2")
                .states(
                        "attention with any mask that multiplies by an algorithm of its own is attention with the mask written out, "
                                + "in every order; so too with the one-semiseparable mask and its recurrence",
                        "Y = \\mathrm{contract}(TN, TPN \\to TP)(Q, L \\cdot \\mathrm{contract}(SP, SN \\to SPN)(V, K))")
                .of(Contraction.class, MatrixOperand.class, OneSemiseparableMask.class)
                .by(new Proof<>(
                        Method.POLYNOMIAL_IDENTITY,
                        "over Z[Q, K, V, L]: a mask of free entries behind a multiplication, and 1SS(a), against the sum written out",
                        List.of(
                                new Quantifier(
                                        "L",
                                        "all T×S masks",
                                        "its entries are variables and only its multiplication is used"),
                                ANY_ENTRY,
                                new Quantifier("T, S, N, P", "≤ 3, 3, 2, 2", "each")),
                        program -> {
                            Evidence free = attend(program, Mask.BEHIND_A_MULTIPLICATION);
                            Evidence scalar = attend(program, Mask.ONE_SEMISEPARABLE);
                            List<String> lines = new ArrayList<>(free.lines());
                            lines.addAll(scalar.lines());
                            return new Evidence(
                                    free.identities() + scalar.identities(), free.terms() + scalar.terms(), 0, lines);
                        }))
                .refuting("masked attention: multiplication by the transposed mask", allOrdersOf("TN,SN,SP,ST->TP"))
                .refuting("masked attention: no mask", unmasked("TN,SN,SP->TP"))
                .rounded("as for duality, whose mask it is")
                .build();
    }

    private enum Mask {
        FREE,
        BEHIND_A_MULTIPLICATION,
        ONE_SEMISEPARABLE
    }

    private static Evidence attend(Attention program, Mask mask) {
        Polynomials ring = new Polynomials();
        RingOperations<Polynomial> operations = new RingOperations<>(ring);
        ExactWorld<Polynomial> w = ExactWorld.polynomials(ring);
        for (int t = 1; t <= 3; t++) {
            for (int s = 1; s <= 3; s++) {
                for (int n = 1; n <= 2; n++) {
                    for (int p = 1; p <= 2; p++) {
                        if (mask == Mask.ONE_SEMISEPARABLE && t != s) {
                            continue;
                        }
                        w.enter("T=%d S=%d N=%d P=%d".formatted(t, s, n, p));
                        RingMatrix<Polynomial> q = w.matrix("Q", t, n);
                        RingMatrix<Polynomial> keys = w.matrix("K", s, n);
                        RingMatrix<Polynomial> v = w.matrix("V", s, p);
                        RingMatrix<Polynomial> a = w.matrix("a", t, 1);
                        RingMatrix<Polynomial> l =
                                mask == Mask.ONE_SEMISEPARABLE ? w.k().oneSemiseparable(a) : w.matrix("L", t, s);
                        Operand<RingMatrix<Polynomial>> operand = switch (mask) {
                            case FREE -> NdArray.of(w.k(), l, t, s);
                            case BEHIND_A_MULTIPLICATION -> new Hidden<>(w.k(), l);
                            case ONE_SEMISEPARABLE -> OneSemiseparableMask.of(w.k(), a);
                        };
                        RingMatrix<Polynomial> expected = RingMatrix.of(t, p, (i, c) -> {
                            Polynomial sum = ring.zero();
                            for (int j = 0; j < l.columns(); j++) {
                                for (int m = 0; m < q.columns(); m++) {
                                    sum = ring.add(
                                            sum,
                                            ring.multiply(
                                                    ring.multiply(q.get(i, m), keys.get(j, m)),
                                                    ring.multiply(v.get(j, c), l.get(i, j))));
                                }
                            }
                            return sum;
                        });
                        List<Operand<RingMatrix<Polynomial>>> operands = List.of(
                                NdArray.of(w.k(), q, t, n),
                                NdArray.of(w.k(), keys, s, n),
                                NdArray.of(w.k(), v, s, p),
                                operand);
                        for (NdArray<RingMatrix<Polynomial>> y : program.run(operations, operands)) {
                            w.equal("Y", w.k().reshape(y.entries(), t, p), expected);
                        }
                    }
                }
            }
        }
        return new Evidence(w.identities(), w.terms(), 0, w.lines());
    }

    /** A mask that only multiplies. */
    private record Hidden<M>(Blocks<M> blocks, M mask) implements MatrixOperand<M> {
        @Override
        public int rows() {
            return blocks.rows(mask);
        }

        @Override
        public int columns() {
            return blocks.columns(mask);
        }

        @Override
        public M multiply(Blocks<M> k, M x) {
            return k.multiply(mask, x);
        }

        @Override
        public M multiplyTransposed(Blocks<M> k, M x) {
            return k.multiplyTransposeLeft(mask, x);
        }

        @Override
        public M dense(Blocks<M> k) {
            return mask;
        }

        @Override
        public long multiplyFlops(long width) {
            return 2L * width * rows();
        }

        @Override
        public long denseFlops() {
            return 0;
        }
    }

    // ---- Proposition 4.1

    /** Attention on queries, keys and values of one sequence. */
    interface Causal {
        <M> M run(Blocks<M> k, M q, M keys, M v);
    }

    private static Causal linear(boolean swapped, boolean strict) {
        return new Causal() {
            @Override
            public <M> M run(Blocks<M> k, M q, M keys, M v) {
                M ones = k.ones(k.rows(q), 1);
                M y = (swapped ? new ScalarDecay<>(ones, keys, q) : new ScalarDecay<>(ones, q, keys)).recurrent(k, v);
                return strict ? k.subtract(y, k.scaleRows(k.rowSums(k.hadamard(q, keys)), v)) : y;
            }
        };
    }

    private static Theorem<Causal> linearAttention() {
        return Theorem.about(linear(false, false), "linear-attention")
                .from("Dao and Gu 2024, Proposition 4.1")
                .states(
                        "causal linear attention is a recurrence on S, linear in T",
                        "Y = (L \\circ Q K^\\top) V,\\; L = \\mathrm{1SS}(1) \\iff S_t = S_{t-1} + k_t v_t^\\top,\\; y_t = S_t^\\top q_t")
                .of(ScalarDecay.class)
                .by(Proof.letters(
                        AttentionTheorems::isCausalAttention,
                        Shape.upTo(10),
                        new Quantifier("N, P", "all", "rows of Q, K, V are letters"),
                        new Quantifier("T", "≤ 10", "each; all T by state-space-composition")))
                .by(Proof.polynomials(
                        AttentionTheorems::isCausalAttention,
                        Shape.upTo(5, 2, 2),
                        ANY_ENTRY,
                        new Quantifier("T, N, P", "≤ 5, 2, 2", "each")))
                .refuting("linear attention: queries and keys swapped", linear(true, false))
                .refuting("linear attention: the current token not seen", linear(false, true))
                .refuting("linear attention: no causal mask", new Causal() {
                    @Override
                    public <M> M run(Blocks<M> k, M q, M keys, M v) {
                        return k.multiply(k.multiplyTransposeRight(q, keys), v);
                    }
                })
                .rounded(AttentionTheorems::isCausalAttention, List.of(new Shape(20, 3, 2)))
                .build();
    }

    private static <M> void isCausalAttention(Causal program, World<M> w, Shape shape) {
        Blocks<M> k = w.k();
        int length = shape.time();
        M q = w.matrix("q", length, shape.stateSize());
        M keys = w.matrix("k", length, shape.stateSize());
        M v = w.matrix("v", length, shape.headDim());
        List<M> rows = new ArrayList<>();
        rows.add(k.zeros(0, shape.headDim()));
        for (int t = 0; t < length; t++) {
            M sum = k.zeros(1, shape.headDim());
            for (int s = 0; s <= t; s++) {
                M score = k.multiply(k.row(q, t), k.transpose(k.row(keys, s)));
                sum = k.add(sum, k.multiply(score, k.row(v, s)));
            }
            rows.add(sum);
        }
        w.equal("y", program.run(k, q, keys, v), k.stackRows(rows));
    }

    // ---- Theorem 5.2 and C.3

    /** The mask of an autoregression. */
    interface RecurrentMask {
        <E> RingMatrix<E> of(FieldBlocks<E> k, RingMatrix<E> gain, RingMatrix<E> coefficients);
    }

    private static Theorem<RecurrentMask> autoregression() {
        return Theorem.<RecurrentMask>about(
                        new RecurrentMask() {
                            @Override
                            public <E> RingMatrix<E> of(
                                    FieldBlocks<E> k, RingMatrix<E> gain, RingMatrix<E> coefficients) {
                                return new Autoregression<>(gain, coefficients).matrix(k);
                            }
                        },
                        "autoregression")
                .from(
                        "Dao and Gu 2024, Theorems 5.2 and C.3 (corrected: the order is max(k, 1), and nothing need be invertible)")
                .states(
                        "kernel attention that decodes by a recurrence of order k has a semiseparable mask of order max(k, 1), whether or "
                                + "not the recurrence can be inverted",
                        "y_t = \\mu_t x_t + \\sum_{d=1}^k \\ell_{t,d}\\, y_{t-d} \\implies "
                                + "\\max_i \\mathrm{rank}\\, L_{i:,\\,:i} = \\max(k, 1)")
                .of(Autoregression.class)
                .by(Proof.lettersWithInverses(
                        AttentionTheorems::solvesTheRecurrence,
                        orders(6),
                        new Quantifier("μ, ℓ, x", "all, even blocks that do not commute", "letters"),
                        new Quantifier("T, k", "T ≤ 6, k ≤ 3", "each")))
                .by(Proof.randomPoints(
                        AttentionTheorems::hasTheOrder,
                        List.of(new Shape(8, 0, 1), new Shape(8, 1, 1), new Shape(9, 2, 1), new Shape(10, 3, 1)),
                        new Quantifier("μ, ℓ", "generic, and with gains of zero", "ranks at random points"),
                        new Quantifier("k", "≤ 3", "each")))
                .refuting("autoregression: as printed in Theorem C.3, dividing by the recurrence", new RecurrentMask() {
                    @Override
                    public <E> RingMatrix<E> of(FieldBlocks<E> k, RingMatrix<E> gain, RingMatrix<E> coefficients) {
                        RingMatrix<E> mask = new Autoregression<>(gain, coefficients).matrix(k);
                        return k.inverse(k.inverse(mask));
                    }
                })
                .refuting("autoregression: coefficients one step late", new RecurrentMask() {
                    @Override
                    public <E> RingMatrix<E> of(FieldBlocks<E> k, RingMatrix<E> gain, RingMatrix<E> coefficients) {
                        if (coefficients.rows() == 0) {
                            return k.zeros(0, 0);
                        }
                        RingMatrix<E> late = k.stackRows(List.of(
                                k.zeros(1, coefficients.columns()), k.rows(coefficients, 0, coefficients.rows() - 1)));
                        return new Autoregression<>(gain, late).matrix(k);
                    }
                })
                .refuting("autoregression: gains left out", new RecurrentMask() {
                    @Override
                    public <E> RingMatrix<E> of(FieldBlocks<E> k, RingMatrix<E> gain, RingMatrix<E> coefficients) {
                        return new Autoregression<>(k.ones(gain.rows(), 1), coefficients).matrix(k);
                    }
                })
                .rounded("a recurrence: running error bounds as for state-space")
                .build();
    }

    private static List<Shape> orders(int longest) {
        List<Shape> shapes = new ArrayList<>();
        for (int length = 0; length <= longest; length++) {
            for (int order = 0; order <= 3; order++) {
                shapes.add(new Shape(length, order, 1));
            }
        }
        return shapes;
    }

    /** Here N is the order k. */
    private static <E> void solvesTheRecurrence(RecurrentMask program, FieldWorld<E> w, Shape shape) {
        solvesTheRecurrence(program, w, shape, w.matrix("mu", shape.time(), 1));
    }

    private static <E> void solvesTheRecurrence(
            RecurrentMask program, FieldWorld<E> w, Shape shape, RingMatrix<E> gain) {
        FieldBlocks<E> k = w.k();
        int length = shape.time();
        RingMatrix<E> coefficients = shape.stateSize() * length == 0
                ? k.zeros(length, shape.stateSize())
                : w.matrix("l", length, shape.stateSize());
        RingMatrix<E> x = w.matrix("x", length, 1);
        List<RingMatrix<E>> y = new ArrayList<>();
        y.add(k.zeros(0, 1));
        for (int t = 0; t < length; t++) {
            RingMatrix<E> next = k.multiply(k.row(gain, t), k.row(x, t));
            for (int d = 1; d <= Math.min(shape.stateSize(), t); d++) {
                next = k.add(next, k.multiply(k.entry(coefficients, t, d - 1), y.get(t - d + 1)));
            }
            y.add(next);
        }
        w.equal("L x", k.multiply(program.of(k, gain, coefficients), x), k.stackRows(y));
    }

    private static <E> void hasTheOrder(RecurrentMask program, FieldWorld<E> w, Shape shape) {
        FieldBlocks<E> k = w.k();
        int length = shape.time();
        int order = shape.stateSize();
        RingMatrix<E> gain = w.matrix("mu", length, 1);
        RingMatrix<E> coefficients = order == 0 ? k.zeros(length, 0) : w.matrix("l", length, order);
        w.same("order of the mask", order(k, program.of(k, gain, coefficients)), Math.max(order, 1));
        RingMatrix<E> some = k.stackRows(List.of(k.row(gain, 0), k.zeros(1, 1), k.rows(gain, 2, length)));
        solvesTheRecurrence(program, w, shape, some);
        w.same("order with a gain of zero", order(k, program.of(k, some, coefficients)), Math.max(order, 1));
    }

    private static <E> int order(FieldBlocks<E> k, RingMatrix<E> mask) {
        int n = mask.rows();
        int order = 0;
        for (int i = 0; i < n; i++) {
            order = Math.max(order, k.rank(k.block(mask, i, n, 0, i + 1)));
        }
        return order;
    }

    // ---- Masks absorb

    /** Attention under a mask, as one matrix by generators. */
    interface Absorption {
        <M> Generators<M> of(Blocks<M> k, Generators<M> mask, Generators<M> attention);
    }

    private static Theorem<Absorption> masksAbsorb() {
        return Theorem.<Absorption>about(
                        new Absorption() {
                            @Override
                            public <M> Generators<M> of(Blocks<M> k, Generators<M> mask, Generators<M> attention) {
                                return GeneratorAlgebra.hadamard(k, mask, attention);
                            }
                        },
                        "masks-absorb")
                .from("Dao and Gu 2024, Section 5.3 and Appendix C.1")
                .states(
                        "attention of state size P under an N-semiseparable mask is a state space model of state size NP: a general mask is a larger state expansion",
                        "(N\\text{-SS}) \\circ (P\\text{-SS}) \\subseteq NP\\text{-SS}")
                .of(GeneratorAlgebra.class, ScalarDecay.class)
                .by(Proof.polynomials(
                        AttentionTheorems::absorbs,
                        List.of(
                                new Shape(1, 1, 1),
                                new Shape(2, 1, 1),
                                new Shape(3, 2, 1),
                                new Shape(4, 2, 2),
                                new Shape(4, 1, 3)),
                        ANY_ENTRY,
                        new Quantifier("T, N, P", "≤ 4; NP ≤ 4", "the shapes listed")))
                .refuting("absorption: sum for product", new Absorption() {
                    @Override
                    public <M> Generators<M> of(Blocks<M> k, Generators<M> mask, Generators<M> attention) {
                        return GeneratorAlgebra.add(k, mask, attention);
                    }
                })
                .rounded("as for hadamard")
                .build();
    }

    private static <M> void absorbs(Absorption program, World<M> w, Shape shape) {
        Blocks<M> k = w.k();
        int length = shape.time();
        int maskRank = shape.stateSize();
        int features = shape.headDim();
        Generators<M> mask = GeneratorAlgebra.lower(k, Structures.generators(w, "L", new Shape(length, maskRank, 1)));
        M q = w.matrix("q", length, features);
        M keys = w.matrix("k", length, features);
        Generators<M> attention = new ScalarDecay<>(k.ones(length, 1), q, keys).generators(k);
        Generators<M> both = program.of(k, mask, attention);
        w.equal(
                "L ∘ QKᵀ",
                Structures.written(k, both),
                k.hadamard(Structures.written(k, mask), k.multiplyTransposeRight(q, keys)));
        List<Integer> expected = new ArrayList<>(Collections.nCopies(length, maskRank * features));
        expected.set(0, 0);
        w.same("state sizes", both.lowerRanks(k), expected);
    }

    // ---- Sums of dualities

    /** A diagonal model by other means. */
    interface Diagonal {
        <M> M run(Blocks<M> k, M decay, M q, M keys, M x);
    }

    /** The sum over the first channels of SSD with a state of size one. */
    private static Diagonal sum(boolean all, boolean sharedDecay) {
        return new Diagonal() {
            @Override
            public <M> M run(Blocks<M> k, M decay, M q, M keys, M x) {
                int length = k.rows(decay);
                M y = k.zeros(length, k.columns(x));
                for (int n = 0; n < (all ? k.columns(decay) : 1); n++) {
                    int own = sharedDecay ? 0 : n;
                    ScalarSsm<M> term = ScalarSsm.of(
                            k,
                            k.block(decay, 0, length, own, own + 1),
                            k.block(keys, 0, length, n, n + 1),
                            k.block(q, 0, length, n, n + 1),
                            x,
                            k.zeros(1, k.columns(x)));
                    y = k.add(y, new BlockDecomposition(2).run(k, term).y());
                }
                return y;
            }
        };
    }

    private static Theorem<Diagonal> sumOfDualities() {
        return Theorem.about(sum(true, false), "sum-of-dualities")
                .from("On Structured State-Space Duality, arXiv 2510.04944")
                .states(
                        "a state space model with diagonal transitions is a sum of N attentions with one-semiseparable masks, each by the SSD algorithm",
                        "M = \\sum_{n=1}^N \\mathrm{1SS}(a_n) \\circ (q_n k_n^\\top)")
                .of(DiagonalDecay.class, BlockDecomposition.class)
                .by(Proof.letters(
                        AttentionTheorems::isDiagonalModel,
                        Shape.upTo(6, 3, 1),
                        new Quantifier("P", "all", "rows of x are letters; a, q, k are central"),
                        new Quantifier("T, N", "≤ 6, 3", "each")))
                .refuting("sum of dualities: the first term alone", sum(false, false))
                .refuting("sum of dualities: one decay for all", sum(true, true))
                .rounded(AttentionTheorems::isDiagonalModel, List.of(new Shape(14, 3, 2)))
                .build();
    }

    private static <M> void isDiagonalModel(Diagonal program, World<M> w, Shape shape) {
        Blocks<M> k = w.k();
        M decay = w.scalars("a", shape.time(), shape.stateSize());
        M q = w.scalars("q", shape.time(), shape.stateSize());
        M keys = w.scalars("k", shape.time(), shape.stateSize());
        M x = w.matrix("x", shape.time(), shape.headDim());
        DiagonalDecay<M> model = new DiagonalDecay<>(decay, q, keys);
        M expected = model.recurrent(k, x);
        w.equal("y", program.run(k, decay, q, keys, x), expected);
        w.equal("closed form", k.multiply(model.closedForm(k), x), expected);
    }

    // ---- Softmax

    /** Attention weights of scores. */
    interface Weights {
        RingMatrix<ExponentialField.Element> of(RingMatrix<ExponentialField.Element> scores);
    }

    private static Theorem<Weights> noFiniteDual() {
        ExponentialField field = ExponentialField.INSTANCE;
        RingBlocks<ExponentialField.Element> k = new RingBlocks<>(field);
        Weights exp = scores -> RingMatrix.of(scores.rows(), scores.columns(), (i, j) -> field.exp(scores.get(i, j)));
        return Theorem.<Weights>about(exp, "softmax-has-no-finite-dual")
                .from("On Structured State-Space Duality, arXiv 2510.04944")
                .states(
                        "the off-diagonal ranks of softmax attention are T/2, even with one feature: no state of bounded size computes it",
                        "\\mathrm{rank}\\, \\exp(Q K^\\top)_{T/2:,\\, :T/2} = T/2")
                .of(ExponentialField.class)
                .by(new Proof<>(
                        Method.RANDOM_IDENTITY,
                        "exponentials modulo p = 2⁵⁰ − 161 with exponents modulo (p − 1)/2, by elimination; a minor that is not zero there "
                                + "is not zero over the reals, so a rank that is found is certain",
                        List.of(
                                new Quantifier("T", "8, 16, 32, 64", "each"),
                                new Quantifier(
                                        "Q, K", "generic", "one point decides: ranks are largest at generic ones")),
                        program -> {
                            FieldBlocks<ExponentialField.Element> ranks = new FieldBlocks<>(field);
                            List<String> lines = new ArrayList<>();
                            for (int length = 8; length <= 64; length *= 2) {
                                SplittableRandom random = new SplittableRandom(length);
                                RingMatrix<ExponentialField.Element> q =
                                        RingMatrix.of(length, 1, (i, j) -> field.variable(random));
                                RingMatrix<ExponentialField.Element> keys =
                                        RingMatrix.of(length, 1, (i, j) -> field.variable(random));
                                RingMatrix<ExponentialField.Element> weights =
                                        program.of(k.multiplyTransposeRight(q, keys));
                                int rank = ranks.rank(k.block(weights, length / 2, length, 0, length / 2));
                                if (rank != length / 2) {
                                    throw new Refutation("T=%d: rank %d, not %d".formatted(length, rank, length / 2));
                                }
                                lines.add("T=%d: rank %d".formatted(length, rank));
                            }
                            return new Evidence(4, 4, 0, lines);
                        }))
                .refuting("softmax: a linear kernel", scores -> scores)
                .refuting(
                        "softmax: the Taylor kernel 1 + u + u²",
                        scores -> RingMatrix.of(
                                scores.rows(),
                                scores.columns(),
                                (i, j) -> field.add(
                                        field.one(),
                                        field.add(
                                                scores.get(i, j), field.multiply(scores.get(i, j), scores.get(i, j))))))
                .rounded("a rank over the reals; in double precision rounding hides small singular values")
                .build();
    }

    // ---- Normalisation

    private static Theorem<Causal> normalised() {
        Causal shipped = new Causal() {
            @Override
            public <M> M run(Blocks<M> k, M q, M keys, M v) {
                M ones = k.ones(k.rows(q), 1);
                return new ScalarDecay<>(ones, q, keys).block(k, k.beside(v, ones), duality.ssd.Cuts.every(3));
            }
        };
        UnaryOperator<Causal> wrong = right -> new Causal() {
            @Override
            public <M> M run(Blocks<M> k, M q, M keys, M v) {
                M y = right.run(k, q, keys, v);
                int width = k.columns(v);
                M strict = k.subtract(k.block(y, 0, k.rows(y), width, width + 1), k.rowSums(k.hadamard(q, keys)));
                return k.beside(k.block(y, 0, k.rows(y), 0, width), strict);
            }
        };
        return Theorem.about(shipped, "normalised-attention")
                .from("Dao and Gu 2024, Section 4.1 and Appendix B (normalisation)")
                .states(
                        "a column of ones beside the values gives the denominators: the rows of the weights, divided by them, sum to one",
                        "M [V \\; 1] = [M V \\; M 1],\\quad y_t = \\frac{(M V)_t}{(M 1)_t}")
                .of(ScalarDecay.class)
                .by(Proof.polynomials(
                        AttentionTheorems::normalises,
                        Shape.upTo(5, 2, 2),
                        ANY_ENTRY,
                        new Quantifier("T, N, P", "≤ 5, 2, 2", "each")))
                .refuting("normalisation: the current token left out of the denominator", wrong.apply(shipped))
                .rounded("the quotient of two results, each within its bounds; features must not be negative")
                .build();
    }

    private static <M> void normalises(Causal program, World<M> w, Shape shape) {
        Blocks<M> k = w.k();
        int length = shape.time();
        M q = w.matrix("q", length, shape.stateSize());
        M keys = w.matrix("k", length, shape.stateSize());
        M v = w.matrix("v", length, shape.headDim());
        M weights = k.hadamard(k.oneSemiseparable(k.ones(length, 1)), k.multiplyTransposeRight(q, keys));
        M y = program.run(k, q, keys, v);
        w.equal("numerators", k.block(y, 0, length, 0, shape.headDim()), k.multiply(weights, v));
        w.equal("denominators", k.block(y, 0, length, shape.headDim(), shape.headDim() + 1), k.rowSums(weights));
    }

    // ---- Feature maps

    /** A model by its name, on random parameters. */
    interface Features {
        <M> Zoo.Example<M> example(Zoo model, Samples<M> samples, int length);
    }

    /** One model in another's place. */
    private static Features with(Zoo wrong, Zoo instead) {
        return new Features() {
            @Override
            public <M> Zoo.Example<M> example(Zoo model, Samples<M> samples, int length) {
                return (model == wrong ? instead : model).example(samples, length);
            }
        };
    }

    private static Theorem<Features> featureMaps() {
        return Theorem.about(with(Zoo.BASED, Zoo.BASED), "feature-maps")
                .from("Dao and Gu 2024, Tables 6 and 7; Arora et al. 2024, Choromanski et al. 2020, Qin et al. 2022")
                .states(
                        "features are kernels: those of Taylor give the exponential's second-order polynomial, positive ones a hyperbolic "
                                + "cosine, and cosines beside sines the cosine of the distance",
                        "\\phi(q) \\cdot \\phi(k) = 1 + u + u^2 / 2,\\; \\sum_j \\cosh(w_j \\cdot (q + k)),\\; "
                                + "u \\cos(\\pi (t - s) / 2T),\\quad u = q \\cdot k")
                .of(Zoo.class)
                .by(new Proof<>(
                        Method.RANDOM_IDENTITY,
                        "the models that ship, on random parameters modulo p = 2⁶¹ − 1 with stand-ins for exp, cos and sin that obey their "
                                + "addition theorems, against the kernels of the same parameters",
                        List.of(
                                new Quantifier("queries, keys", "generic, two features", "144 random points"),
                                new Quantifier(
                                        "exp, cos, sin",
                                        "all homomorphisms and points of the circle",
                                        "only the addition theorems are used")),
                        AttentionTheorems::areKernels))
                .refuting("features: Taylor's without the square", with(Zoo.BASED, Zoo.LINEAR_ATTENTION))
                .refuting("features: positive ones without exponentials", with(Zoo.PERFORMER, Zoo.BASED))
                .refuting("features: cosines without sines", with(Zoo.COSFORMER, Zoo.LINEAR_ATTENTION))
                .rounded("a kernel of features is a sum of products of them, within running error bounds")
                .build();
    }

    private static Evidence areKernels(Features program) {
        int length = 12;
        RingBlocks<Long> k = new RingBlocks<>(PrimeField.INSTANCE);
        // The same samples once more, in the order in which the models draw them.
        ExactSamples samples = new ExactSamples(5);
        RingMatrix<Long> q = samples.numbers(length, 2);
        RingMatrix<Long> u = k.multiplyTransposeRight(q, samples.numbers(length, 2));
        RingMatrix<Long> taylor = k.add(k.add(k.ones(length, length), u), k.scale(samples.half(), k.hadamard(u, u)));
        requireScores("Taylor", program.example(Zoo.BASED, new ExactSamples(5), length), taylor);
        samples = new ExactSamples(5);
        RingMatrix<Long> projection = samples.exponents(2, 2);
        RingMatrix<Long> wq = k.multiply(samples.exponents(length, 2), projection);
        RingMatrix<Long> wk = k.multiply(samples.exponents(length, 2), projection);
        RingMatrix<Long> cosh = k.zeros(length, length);
        for (int j = 0; j < 2; j++) {
            RingMatrix<Long> sum = k.add(
                    k.multiply(k.block(wq, 0, length, j, j + 1), k.ones(1, length)),
                    k.multiply(k.ones(length, 1), k.transpose(k.block(wk, 0, length, j, j + 1))));
            cosh = k.add(cosh, k.add(samples.exp(sum), samples.exp(k.negate(sum))));
        }
        requireScores(
                "positive", program.example(Zoo.PERFORMER, new ExactSamples(5), length), k.scale(samples.half(), cosh));
        samples = new ExactSamples(5);
        RingMatrix<Long> cosines = samples.angles(length).cosines();
        RingMatrix<Long> scores = k.multiplyTransposeRight(samples.numbers(length, 2), samples.numbers(length, 2));
        RingMatrix<Long> distances = RingMatrix.of(
                length, length, (t, s) -> s > t ? 0 : PrimeField.product(cosines.get(t - s, 0), scores.get(t, s)));
        requireEntries(
                "cosine",
                program.example(Zoo.COSFORMER, new ExactSamples(5), length)
                        .model()
                        .matrix(k),
                distances);
        // Degree at most 4 + 2T in the entries and the point of the circle.
        return new Evidence(
                3,
                3L * length * length,
                3.0 * length * length * 28 / PrimeField.MODULUS,
                List.of("T=12: three kernels"));
    }

    private static void requireScores(String kernel, Zoo.Example<RingMatrix<Long>> example, RingMatrix<Long> expected) {
        RingMatrix<Long> scores = example.scores();
        if (scores == null) {
            throw new Refutation(kernel + " kernel: no scores");
        }
        requireEntries(kernel, scores, expected);
    }

    private static void requireEntries(String kernel, RingMatrix<Long> actual, RingMatrix<Long> expected) {
        for (int i = 0; i < expected.rows(); i++) {
            for (int j = 0; j < expected.columns(); j++) {
                if (actual.get(i, j).longValue() != expected.get(i, j)) {
                    throw new Refutation("%s kernel[%d,%d] = %d, not %d"
                            .formatted(kernel, i, j, actual.get(i, j), expected.get(i, j)));
                }
            }
        }
    }

    // ---- Toeplitz masks

    /** The mask of a constant decay γ. */
    interface ConstantDecay {
        <M> M mask(Blocks<M> k, M gamma, int length);
    }

    private static Theorem<ConstantDecay> toeplitzDecay() {
        return Theorem.<ConstantDecay>about(
                        new ConstantDecay() {
                            @Override
                            public <M> M mask(Blocks<M> k, M gamma, int length) {
                                return k.oneSemiseparable(k.multiply(k.ones(length, 1), gamma));
                            }
                        },
                        "decay-mask")
                .from("Dao and Gu 2024, Section 4.3 (RetNet's mask)")
                .states(
                        "the one-semiseparable mask of a constant decay is the Toeplitz mask of its powers",
                        "\\mathrm{1SS}(\\gamma, \\ldots, \\gamma)_{ji} = \\gamma^{j-i}")
                .of(OneSemiseparableMask.class)
                .by(Proof.letters(
                        AttentionTheorems::isToeplitz,
                        Shape.upTo(12),
                        new Quantifier("γ", "all", "a symbol"),
                        new Quantifier("T", "≤ 12", "each")))
                .refuting("decay mask: one power too many", new ConstantDecay() {
                    @Override
                    public <M> M mask(Blocks<M> k, M gamma, int length) {
                        return k.scale(gamma, k.oneSemiseparable(k.multiply(k.ones(length, 1), gamma)));
                    }
                })
                .refuting("decay mask: upper triangular", new ConstantDecay() {
                    @Override
                    public <M> M mask(Blocks<M> k, M gamma, int length) {
                        return k.transpose(k.oneSemiseparable(k.multiply(k.ones(length, 1), gamma)));
                    }
                })
                .rounded(AttentionTheorems::isToeplitz, Shape.upTo(12))
                .build();
    }

    private static <M> void isToeplitz(ConstantDecay program, World<M> w, Shape shape) {
        Blocks<M> k = w.k();
        int length = shape.time();
        M gamma = w.scalars("g", 1, 1);
        List<M> powers = new ArrayList<>(List.of(k.ones(1, 1)));
        for (int t = 1; t < length; t++) {
            powers.add(k.multiply(powers.getLast(), gamma));
        }
        List<M> rows = new ArrayList<>();
        rows.add(k.zeros(0, length));
        for (int j = 0; j < length; j++) {
            List<M> row = new ArrayList<>();
            for (int i = 0; i < length; i++) {
                row.add(i > j ? k.zeros(1, 1) : powers.get(j - i));
            }
            rows.add(k.stackColumns(row));
        }
        w.equal("mask", program.mask(k, gamma, length), k.stackRows(rows));
    }
}
