package duality.proofs;

import duality.algebra.Blocks;
import duality.algebra.RingMatrix;
import duality.proofs.symbolic.Dual;
import duality.proofs.symbolic.DualNumbers;
import duality.proofs.symbolic.Polynomial;
import duality.proofs.symbolic.Polynomials;
import duality.semiseparable.CumProdSum;
import duality.ssd.BlockDecomposition;
import duality.ssd.BlockGradient;
import duality.ssd.Cuts;
import duality.ssd.ScalarSsm;
import duality.ssd.SsdHead;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;

/**
 * One head with its step sizes, decays, skip and gate, and the gradient of everything in it, at all rates and gates.
 *
 * <p>The functions of single numbers in it (bias, softplus and limit in one, exp, silu) are variables for their values
 * and others for their slopes. Nothing more of them enters but {@code exp' = exp}: the decay of a chunk is a product of
 * decays, never the exponential of a sum. So the claims are identities of polynomials.
 */
final class HeadTheorems {
    private static final int LENGTH = 3;
    private static final int STATE_SIZE = 2;
    private static final int HEAD_DIM = 2;

    private HeadTheorems() {}

    static List<Theorem<?>> all() {
        return List.of(head());
    }

    /**
     * A head: what the scan has and what surrounds it.
     *
     * @param decay {@code exp(dt A) (T×1)}
     */
    private record Head<M>(SsdHead<M> surroundings, M decay, M b, M c, M initialState) {
        ScalarSsm<M> scan(Blocks<M> k) {
            return ScalarSsm.of(k, decay, b, c, surroundings.inputs(k), initialState);
        }
    }

    /** The outputs, and by name the gradients of {@code Σ y·dy + Σ h_T·dh_T}. */
    private record Computed<M>(M y, M finalState, SequencedMap<String, M> gradients) {}

    /** The program that ships, with places for mistakes. */
    private static class Program {
        <M> Computed<M> run(Blocks<M> k, Cuts cuts, Head<M> head, M dy, M dFinalState) {
            BlockDecomposition blocks = new BlockDecomposition(cuts, CumProdSum.RECURRENT);
            ScalarSsm.Result<M> scan = blocks.run(k, head.scan(k));
            SsdHead<M> surroundings = head.surroundings;
            BlockGradient.Result<M> inner =
                    new BlockGradient(blocks).run(k, head.scan(k), surroundings.scanGradient(k, dy), dFinalState);
            SsdHead.Gradient<M> outer = gradient(k, surroundings, scan.y(), dy, inner);
            SequencedMap<String, M> gradients = new LinkedHashMap<>();
            gradients.put("x", outer.x());
            gradients.put("dt", outer.dt());
            gradients.put("A", outer.rate());
            gradients.put("D", outer.skip());
            gradients.put("z", Objects.requireNonNull(outer.z()));
            gradients.put("B", inner.b());
            gradients.put("C", inner.c());
            gradients.put("h", inner.initialState());
            return new Computed<>(outputs(k, surroundings, scan.y()), scan.finalState(), gradients);
        }

        <M> M outputs(Blocks<M> k, SsdHead<M> head, M scan) {
            return head.outputs(k, scan);
        }

        <M> SsdHead.Gradient<M> gradient(Blocks<M> k, SsdHead<M> head, M scan, M dy, BlockGradient.Result<M> inner) {
            return given(k, head).gradient(k, scan, dy, inner);
        }

        @SuppressWarnings("unused") // by those who override
        <M> SsdHead<M> given(Blocks<M> k, SsdHead<M> head) {
            return head;
        }
    }

    private static Theorem<Program> head() {
        return Theorem.about(new Program(), "head")
                .from("Dao and Gu 2024, Sections 6 and 7, and its differentiation")
                .states(
                        "one head with step sizes, decays, skip and gate, and the gradients of x, dt, A, B, C, D, z and the initial state "
                                + "by the chain rule around the block gradient, at every rate and gate",
                        "y = (\\mathrm{scan}(e^{A \\Delta}, B, C, \\Delta \\circ x, h) + x\\, \\mathrm{diag}(D)) \\circ \\mathrm{silu}(z)")
                .of(SsdHead.class, BlockGradient.class, BlockDecomposition.class)
                .by(new Proof<>(
                        Method.POLYNOMIAL_IDENTITY,
                        "the definition entry by entry over dual numbers over Z[inputs, values and slopes of the functions], seeded in one "
                                + "entry after the other",
                        List.of(
                                new Quantifier("entries", "all, over every commutative ring", "variables"),
                                new Quantifier(
                                        "step sizes, decays, gates",
                                        "all functions",
                                        "values and slopes are variables; of exp that it is its own derivative"),
                                new Quantifier("T, N, P", "≤ " + LENGTH + ", " + STATE_SIZE + ", " + HEAD_DIM, "each"),
                                new Quantifier("Q", "≤ T", "each; all T by gradient, which has the scan")),
                        HeadTheorems::prove))
                .refuting("head: the skip outside the gate", new Program() {
                    @Override
                    <M> M outputs(Blocks<M> k, SsdHead<M> head, M scan) {
                        M gated = k.hadamard(
                                scan, Objects.requireNonNull(head.gate()).value());
                        M skipped = k.subtract(
                                new SsdHead<>(head.dt(), head.dtSlope(), head.rate(), head.x(), head.skip(), null)
                                        .outputs(k, scan),
                                scan);
                        return k.add(gated, skipped);
                    }
                })
                .refuting("head: the decay's part left out of the step sizes' gradient", new Program() {
                    @Override
                    <M> SsdHead<M> given(Blocks<M> k, SsdHead<M> head) {
                        return new SsdHead<>(
                                head.dt(), head.dtSlope(), k.zeros(1, 1), head.x(), head.skip(), head.gate());
                    }
                })
                .refuting("head: the slope of softplus and limit left out", new Program() {
                    @Override
                    <M> SsdHead<M> given(Blocks<M> k, SsdHead<M> head) {
                        return new SsdHead<>(
                                head.dt(),
                                k.ones(k.rows(head.dt()), 1),
                                head.rate(),
                                head.x(),
                                head.skip(),
                                head.gate());
                    }
                })
                .refuting("head: silu for its slope", new Program() {
                    @Override
                    <M> SsdHead<M> given(Blocks<M> k, SsdHead<M> head) {
                        M silu = Objects.requireNonNull(head.gate()).value();
                        return new SsdHead<>(
                                head.dt(),
                                head.dtSlope(),
                                head.rate(),
                                head.x(),
                                head.skip(),
                                new SsdHead.Gate<>(silu, silu));
                    }
                })
                .refuting("head: the inputs' gradient without the step sizes", new Program() {
                    @Override
                    <M> SsdHead.Gradient<M> gradient(
                            Blocks<M> k, SsdHead<M> head, M scan, M dy, BlockGradient.Result<M> inner) {
                        SsdHead.Gradient<M> right = super.gradient(k, head, scan, dy, inner);
                        return new SsdHead.Gradient<>(inner.x(), right.dt(), right.rate(), right.skip(), right.z());
                    }
                })
                .refuting("head: the rate's gradient without the step sizes", new Program() {
                    @Override
                    <M> SsdHead.Gradient<M> gradient(
                            Blocks<M> k, SsdHead<M> head, M scan, M dy, BlockGradient.Result<M> inner) {
                        SsdHead.Gradient<M> right = super.gradient(k, head, scan, dy, inner);
                        M sum = k.multiplyTransposeLeft(k.ones(k.rows(scan), 1), inner.logDecay());
                        return new SsdHead.Gradient<>(right.x(), right.dt(), sum, right.skip(), right.z());
                    }
                })
                .refuting("head: the gate's gradient without the skip", new Program() {
                    @Override
                    <M> SsdHead.Gradient<M> gradient(
                            Blocks<M> k, SsdHead<M> head, M scan, M dy, BlockGradient.Result<M> inner) {
                        SsdHead.Gradient<M> right = super.gradient(k, head, scan, dy, inner);
                        M z = k.hadamard(
                                k.hadamard(
                                        dy, Objects.requireNonNull(head.gate()).slope()),
                                scan);
                        return new SsdHead.Gradient<>(right.x(), right.dt(), right.rate(), right.skip(), z);
                    }
                })
                .rounded("γ_k m with the k of SsdCheck; held by the laws of backends")
                .build();
    }

    private static Evidence prove(Program program) {
        Polynomials ring = new Polynomials();
        ExactWorld<Polynomial> w = ExactWorld.polynomials(ring);
        for (Shape shape : Shape.upTo(LENGTH, STATE_SIZE, HEAD_DIM)) {
            w.enter(shape.toString());
            int length = shape.time();
            SsdHead<RingMatrix<Polynomial>> surroundings = new SsdHead<>(
                    w.matrix("dt", length, 1),
                    w.matrix("dt'", length, 1),
                    w.matrix("A", 1, 1),
                    w.matrix("x", length, shape.headDim()),
                    w.matrix("D", 1, shape.headDim()),
                    new SsdHead.Gate<>(
                            w.matrix("silu", length, shape.headDim()), w.matrix("silu'", length, shape.headDim())));
            Head<RingMatrix<Polynomial>> head = new Head<>(
                    surroundings,
                    w.scalars("a", length, 1),
                    w.matrix("B", length, shape.stateSize()),
                    w.matrix("C", length, shape.stateSize()),
                    w.matrix("h", shape.stateSize(), shape.headDim()));
            RingMatrix<Polynomial> dy = w.matrix("dy", length, shape.headDim());
            RingMatrix<Polynomial> dFinal = w.matrix("dh", shape.stateSize(), shape.headDim());
            Definition definition = new Definition(ring, head, "", 0, 0);
            SequencedMap<String, RingMatrix<Polynomial>> expected = new LinkedHashMap<>();
            for (String name : List.of("x", "dt", "A", "D", "z", "B", "C", "h")) {
                RingMatrix<Polynomial> like = definition.like(name);
                expected.put(
                        name,
                        RingMatrix.of(
                                like.rows(),
                                like.columns(),
                                (i, j) -> new Definition(ring, head, name, i, j).derivative(dy, dFinal)));
            }
            for (int chunk = 1; chunk <= Math.max(1, length); chunk++) {
                Computed<RingMatrix<Polynomial>> actual = program.run(w.k(), Cuts.every(chunk), head, dy, dFinal);
                String where = "Q=" + chunk + " ";
                w.equal(where + "y", actual.y, definition.values(definition.y, length, shape.headDim()));
                w.equal(
                        where + "h",
                        actual.finalState,
                        definition.values(definition.state, shape.stateSize(), shape.headDim()));
                expected.forEach((name, gradient) ->
                        w.equal(where + "d" + name, Objects.requireNonNull(actual.gradients.get(name)), gradient));
            }
        }
        return new Evidence(w.identities(), w.terms(), 0, w.lines());
    }

    /** The head as its equations say, entry by entry, with the derivative by one entry of one input. */
    private static final class Definition {
        private final Polynomials ring;
        private final DualNumbers<Polynomial> dual;
        private final Head<RingMatrix<Polynomial>> head;
        private final String by;
        private final int row;
        private final int column;
        private final List<Dual<Polynomial>> y = new ArrayList<>();
        private final List<Dual<Polynomial>> state = new ArrayList<>();

        Definition(Polynomials ring, Head<RingMatrix<Polynomial>> head, String by, int row, int column) {
            this.ring = ring;
            this.head = head;
            this.by = by;
            this.row = row;
            this.column = column;
            dual = new DualNumbers<>(ring);
            run();
        }

        /** The matrix of an input, or one of its shape where only the values of a function of it are known. */
        RingMatrix<Polynomial> like(String name) {
            return switch (name) {
                case "x", "z" -> head.surroundings.x();
                case "dt" -> head.surroundings.dt();
                case "A" -> head.surroundings.rate();
                case "D" -> head.surroundings.skip();
                case "B" -> head.b;
                case "C" -> head.c;
                default -> head.initialState;
            };
        }

        private Polynomial seed(String name, int i, int j) {
            return by.equals(name) && row == i && column == j ? ring.one() : ring.zero();
        }

        private Dual<Polynomial> input(String name, int i, int j) {
            return new Dual<>(like(name).get(i, j), seed(name, i, j));
        }

        private Dual<Polynomial> function(
                RingMatrix<Polynomial> value, RingMatrix<Polynomial> slope, String of, int i, int j) {
            return new Dual<>(value.get(i, j), ring.multiply(slope.get(i, j), seed(of, i, j)));
        }

        private void run() {
            SsdHead<RingMatrix<Polynomial>> around = head.surroundings;
            SsdHead.Gate<RingMatrix<Polynomial>> gate = Objects.requireNonNull(around.gate());
            int p = around.x().columns();
            int n = head.b.columns();
            for (int i = 0; i < n * p; i++) {
                state.add(input("h", i / p, i % p));
            }
            for (int t = 0; t < around.x().rows(); t++) {
                Dual<Polynomial> dt = function(around.dt(), around.dtSlope(), "dt", t, 0);
                Dual<Polynomial> exponent = dual.multiply(dt, input("A", 0, 0));
                Polynomial exponential = head.decay.get(t, 0);
                Dual<Polynomial> decay = new Dual<>(exponential, ring.multiply(exponential, exponent.derivative()));
                for (int c = 0; c < p; c++) {
                    Dual<Polynomial> x = input("x", t, c);
                    Dual<Polynomial> out = dual.multiply(input("D", 0, c), x);
                    for (int m = 0; m < n; m++) {
                        Dual<Polynomial> added = dual.multiply(dual.multiply(dt, x), input("B", t, m));
                        state.set(m * p + c, dual.add(dual.multiply(decay, state.get(m * p + c)), added));
                        out = dual.add(out, dual.multiply(input("C", t, m), state.get(m * p + c)));
                    }
                    y.add(dual.multiply(out, function(gate.value(), gate.slope(), "z", t, c)));
                }
            }
        }

        RingMatrix<Polynomial> values(List<Dual<Polynomial>> entries, int rows, int columns) {
            return RingMatrix.of(
                    rows, columns, (i, j) -> entries.get(i * columns + j).value());
        }

        Polynomial derivative(RingMatrix<Polynomial> dy, RingMatrix<Polynomial> dFinal) {
            return ring.add(inner(y, dy), inner(state, dFinal));
        }

        private Polynomial inner(List<Dual<Polynomial>> entries, RingMatrix<Polynomial> weights) {
            Polynomial sum = ring.zero();
            for (int i = 0; i < entries.size(); i++) {
                Polynomial weight = weights.get(i / weights.columns(), i % weights.columns());
                sum = ring.add(sum, ring.multiply(entries.get(i).derivative(), weight));
            }
            return sum;
        }
    }
}
