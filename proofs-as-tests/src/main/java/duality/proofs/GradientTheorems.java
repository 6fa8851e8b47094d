package duality.proofs;

import duality.algebra.Blocks;
import duality.algebra.RingBlocks;
import duality.algebra.RingMatrix;
import duality.proofs.symbolic.Dual;
import duality.proofs.symbolic.DualNumbers;
import duality.proofs.symbolic.Polynomial;
import duality.proofs.symbolic.Polynomials;
import duality.semiseparable.CumProdSum;
import duality.ssd.BlockDecomposition;
import duality.ssd.BlockGradient;
import duality.ssd.Cuts;
import duality.ssd.Recurrence;
import duality.ssd.ScalarSsm;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.UnaryOperator;

/** The block gradient is the derivative of the definition. */
final class GradientTheorems {
    private static final int LENGTH = 4;
    private static final int STATE_SIZE = 2;
    private static final int HEAD_DIM = 2;

    private GradientTheorems() {}

    /** A program for the gradient of {@code Σ y·dy + Σ h·dh}. */
    interface GradientProgram {
        <M> BlockGradient.Result<M> run(Blocks<M> k, Cuts cuts, ScalarSsm<M> ssm, M dy, M dFinalState);
    }

    static List<Theorem<?>> all() {
        return List.of(Theorem.<GradientProgram>about(new Shipped(), "gradient")
                .from("differentiation of Dao and Gu 2024, Theorem 6.1")
                .states(
                        "the block gradient is the derivative of the recurrence by every decay, B, C, x and initial state",
                        "\\mathrm{d}(\\log a, B, C, x, h) = \\nabla \\left( \\sum y \\cdot \\mathrm{d}y "
                                + "+ \\sum h_T \\cdot \\mathrm{d}h_T \\right)")
                .of(BlockGradient.class, Recurrence.class)
                .by(new Proof<>(
                        Method.POLYNOMIAL_IDENTITY,
                        "the recurrence over dual numbers over Z[a, B, C, x, h, dy, dh], seeded in one input after the other",
                        List.of(
                                new Quantifier("entries", "all, over every commutative ring", "variables"),
                                new Quantifier("T, N, P", "≤ " + LENGTH + ", " + STATE_SIZE + ", " + HEAD_DIM, "each"),
                                new Quantifier("Q", "≤ T", "each; all T by the chain rule, since dh is free")),
                        GradientTheorems::prove))
                .refuting(mutants())
                .rounded("the block gradient over running errors bounds it in double and single precision: "
                        + "the gradient's floating-point property in the test suite")
                .build());
    }

    private static class Shipped implements GradientProgram {
        @Override
        public <M> BlockGradient.Result<M> run(Blocks<M> k, Cuts cuts, ScalarSsm<M> ssm, M dy, M dFinalState) {
            return new BlockGradient(new BlockDecomposition(cuts, CumProdSum.RECURRENT)).run(k, ssm, dy, dFinalState);
        }
    }

    private static Evidence prove(GradientProgram program) {
        Polynomials ring = new Polynomials();
        ExactWorld<Polynomial> w = ExactWorld.polynomials(ring);
        for (Shape shape : Shape.upTo(LENGTH, STATE_SIZE, HEAD_DIM)) {
            w.enter(shape.toString());
            ScalarSsm<RingMatrix<Polynomial>> ssm = w.ssm(shape);
            RingMatrix<Polynomial> dy = w.matrix("dy", shape.time(), shape.headDim());
            RingMatrix<Polynomial> dFinal = w.matrix("dh", shape.stateSize(), shape.headDim());
            BlockGradient.Result<RingMatrix<Polynomial>> expected = derivative(ring, ssm, dy, dFinal);
            for (int chunk = 1; chunk <= Math.max(1, shape.time()); chunk++) {
                String where = "Q=" + chunk + " ";
                BlockGradient.Result<RingMatrix<Polynomial>> actual =
                        program.run(w.k(), Cuts.every(chunk), ssm, dy, dFinal);
                w.equal(where + "dx", actual.x(), expected.x());
                w.equal(where + "dB", actual.b(), expected.b());
                w.equal(where + "dC", actual.c(), expected.c());
                w.equal(where + "dh", actual.initialState(), expected.initialState());
                w.equal(where + "dlog(a)", actual.logDecay(), expected.logDecay());
            }
        }
        return new Evidence(w.identities(), w.terms(), 0, w.lines());
    }

    /** Every partial derivative of the definition, one run of it over dual numbers for each. */
    private static BlockGradient.Result<RingMatrix<Polynomial>> derivative(
            Polynomials ring,
            ScalarSsm<RingMatrix<Polynomial>> ssm,
            RingMatrix<Polynomial> dy,
            RingMatrix<Polynomial> dFinal) {
        UnaryOperator<RingMatrix<Polynomial>> by = of ->
                RingMatrix.of(of.rows(), of.columns(), (i, j) -> derivativeBy(ring, ssm, dy, dFinal, of.get(i, j)));
        RingMatrix<Polynomial> byDecay = by.apply(ssm.decay());
        return new BlockGradient.Result<>(
                new RingBlocks<>(ring).hadamard(ssm.decay(), byDecay),
                by.apply(ssm.b()),
                by.apply(ssm.c()),
                by.apply(ssm.x()),
                by.apply(ssm.initialState()));
    }

    private static Polynomial derivativeBy(
            Polynomials ring,
            ScalarSsm<RingMatrix<Polynomial>> ssm,
            RingMatrix<Polynomial> dy,
            RingMatrix<Polynomial> dFinal,
            Polynomial variable) {
        DualNumbers<Polynomial> dual = new DualNumbers<>(ring);
        RingBlocks<Dual<Polynomial>> k = new RingBlocks<>(dual);
        ScalarSsm.Result<RingMatrix<Dual<Polynomial>>> result = new Recurrence()
                .run(
                        k,
                        ScalarSsm.of(
                                k,
                                seeded(dual, ssm.decay(), variable),
                                seeded(dual, ssm.b(), variable),
                                seeded(dual, ssm.c(), variable),
                                seeded(dual, ssm.x(), variable),
                                seeded(dual, ssm.initialState(), variable)));
        return ring.add(inner(ring, result.y(), dy), inner(ring, result.finalState(), dFinal));
    }

    private static RingMatrix<Dual<Polynomial>> seeded(
            DualNumbers<Polynomial> dual, RingMatrix<Polynomial> matrix, Polynomial variable) {
        return RingMatrix.of(
                matrix.rows(),
                matrix.columns(),
                (i, j) ->
                        matrix.get(i, j).equals(variable) ? dual.variable(variable) : dual.constant(matrix.get(i, j)));
    }

    private static Polynomial inner(
            Polynomials ring, RingMatrix<Dual<Polynomial>> result, RingMatrix<Polynomial> weights) {
        Polynomial sum = ring.zero();
        for (int i = 0; i < result.rows(); i++) {
            for (int j = 0; j < result.columns(); j++) {
                sum = ring.add(sum, ring.multiply(result.get(i, j).derivative(), weights.get(i, j)));
            }
        }
        return sum;
    }

    private static SequencedMap<String, GradientProgram> mutants() {
        SequencedMap<String, GradientProgram> mutants = new LinkedHashMap<>();
        mutants.put("gradient: the final state's gradient forgotten", new Shipped() {
            @Override
            public <M> BlockGradient.Result<M> run(Blocks<M> k, Cuts cuts, ScalarSsm<M> ssm, M dy, M dFinalState) {
                return super.run(k, cuts, ssm, dy, k.zeros(k.rows(dFinalState), k.columns(dFinalState)));
            }
        });
        mutants.put("gradient: dB and dC swapped", new Shipped() {
            @Override
            public <M> BlockGradient.Result<M> run(Blocks<M> k, Cuts cuts, ScalarSsm<M> ssm, M dy, M dFinalState) {
                BlockGradient.Result<M> g = super.run(k, cuts, ssm, dy, dFinalState);
                return new BlockGradient.Result<>(g.logDecay(), g.c(), g.b(), g.x(), g.initialState());
            }
        });
        mutants.put("gradient: the initial state's gradient not decayed", new Shipped() {
            @Override
            public <M> BlockGradient.Result<M> run(Blocks<M> k, Cuts cuts, ScalarSsm<M> ssm, M dy, M dFinalState) {
                BlockGradient.Result<M> g = super.run(k, cuts, ssm, dy, dFinalState);
                M undecayed = k.add(dFinalState, k.multiplyTransposeLeft(ssm.c(), dy));
                return new BlockGradient.Result<>(g.logDecay(), g.b(), g.c(), g.x(), undecayed);
            }
        });
        mutants.put("gradient: the decay's gradient by a in place of log a", new Shipped() {
            @Override
            public <M> BlockGradient.Result<M> run(Blocks<M> k, Cuts cuts, ScalarSsm<M> ssm, M dy, M dFinalState) {
                BlockGradient.Result<M> g = super.run(k, cuts, ssm, dy, dFinalState);
                return new BlockGradient.Result<>(
                        k.hadamard(ssm.decay(), g.logDecay()), g.b(), g.c(), g.x(), g.initialState());
            }
        });
        mutants.put("gradient: paths that start in the initial state left out of the decay's gradient", new Shipped() {
            @Override
            public <M> BlockGradient.Result<M> run(Blocks<M> k, Cuts cuts, ScalarSsm<M> ssm, M dy, M dFinalState) {
                BlockGradient.Result<M> g = super.run(k, cuts, ssm, dy, dFinalState);
                M zero = k.zeros(k.rows(ssm.initialState()), k.columns(ssm.initialState()));
                M partial = super.run(k, cuts, ssm.slice(k, 0, ssm.length(k), zero), dy, dFinalState)
                        .logDecay();
                return new BlockGradient.Result<>(partial, g.b(), g.c(), g.x(), g.initialState());
            }
        });
        return mutants;
    }
}
