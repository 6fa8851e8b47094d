package duality.proofs;

import static org.assertj.core.api.Assertions.assertThat;

import duality.algebra.EjmlBlocks;
import duality.algebra.FloatBlocks;
import duality.algebra.FloatingBlocks;
import duality.algebra.RingBlocks;
import duality.algebra.RingMatrix;
import duality.proofs.symbolic.Approximation;
import duality.proofs.symbolic.RunningErrors;
import duality.semiseparable.CumProdSum;
import duality.ssd.BlockDecomposition;
import duality.ssd.BlockGradient;
import duality.ssd.QuadraticDual;
import duality.ssd.Recurrence;
import duality.ssd.ScalarSsm;
import duality.ssd.SsdAlgorithm;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * In floating point the three forms differ, by no more than the sum of their error bounds. The bound of an
 * algorithm comes from running that algorithm over {@link RunningErrors}.
 */
class FloatingPointProperties {
    private static final RingBlocks<Approximation> BOUNDS = new RingBlocks<>(RunningErrors.INSTANCE);
    private static final RandomModel.Maker<RingMatrix<Approximation>> EXACT = (rows, columns, values) ->
            RingMatrix.of(rows, columns, (i, j) -> RunningErrors.INSTANCE.exact(values[i * columns + j]));

    @Provide
    Arbitrary<RandomModel> models() {
        return RandomModel.any();
    }

    @Property(tries = 300)
    void formsAgreeWithinTheirBounds(@ForAll("models") RandomModel model, @ForAll CumProdSum scan) {
        ScalarSsm<RingMatrix<Approximation>> exact = model.ssm(BOUNDS, EXACT);
        ScalarSsm.Result<RingMatrix<Approximation>> definition = new Recurrence().run(BOUNDS, exact);
        List<SsdAlgorithm> algorithms =
                List.of(new Recurrence(), new QuadraticDual(), new BlockDecomposition(model.cuts(), scan));
        for (SsdAlgorithm algorithm : algorithms) {
            ScalarSsm.Result<RingMatrix<Approximation>> bound = algorithm.run(BOUNDS, exact);
            requireWithin(EjmlBlocks.INSTANCE, model, algorithm, bound, definition);
            requireWithin(FloatBlocks.INSTANCE, model, algorithm, bound, definition);
        }
    }

    private static <M> void requireWithin(
            FloatingBlocks<M> k,
            RandomModel model,
            SsdAlgorithm algorithm,
            ScalarSsm.Result<RingMatrix<Approximation>> bound,
            ScalarSsm.Result<RingMatrix<Approximation>> definition) {
        ScalarSsm.Result<M> actual = algorithm.run(k, model.ssm(k, k::of));
        requireWithin(k, "y", actual.y(), bound.y(), definition.y());
        requireWithin(k, "h", actual.finalState(), bound.finalState(), definition.finalState());
    }

    @Property(tries = 200)
    void gradientsAgreeWithinTheirBounds(@ForAll("models") RandomModel model, @ForAll CumProdSum scan) {
        BlockGradient stepwise = new BlockGradient(new BlockDecomposition(1));
        BlockGradient blockwise = new BlockGradient(new BlockDecomposition(model.cuts(), scan));
        ScalarSsm<RingMatrix<Approximation>> exact = model.ssm(BOUNDS, EXACT);
        BlockGradient.Result<RingMatrix<Approximation>> definition =
                stepwise.run(BOUNDS, exact, model.dy(EXACT), model.dFinalState(EXACT));
        BlockGradient.Result<RingMatrix<Approximation>> bound =
                blockwise.run(BOUNDS, exact, model.dy(EXACT), model.dFinalState(EXACT));
        requireWithin(EjmlBlocks.INSTANCE, model, blockwise, bound, definition);
        requireWithin(FloatBlocks.INSTANCE, model, blockwise, bound, definition);
    }

    private static <M> void requireWithin(
            FloatingBlocks<M> k,
            RandomModel model,
            BlockGradient gradient,
            BlockGradient.Result<RingMatrix<Approximation>> bound,
            BlockGradient.Result<RingMatrix<Approximation>> definition) {
        BlockGradient.Result<M> actual =
                gradient.run(k, model.ssm(k, k::of), model.dy(k::of), model.dFinalState(k::of));
        requireWithin(k, "dlog(a)", actual.logDecay(), bound.logDecay(), definition.logDecay());
        requireWithin(k, "dB", actual.b(), bound.b(), definition.b());
        requireWithin(k, "dC", actual.c(), bound.c(), definition.c());
        requireWithin(k, "dx", actual.x(), bound.x(), definition.x());
        requireWithin(k, "dh", actual.initialState(), bound.initialState(), definition.initialState());
    }

    private static <M> void requireWithin(
            FloatingBlocks<M> k,
            String name,
            M actual,
            RingMatrix<Approximation> bound,
            RingMatrix<Approximation> definition) {
        double[] values = k.toArray(actual);
        assertThat(values).as(name).hasSize(definition.rows() * definition.columns());
        for (int i = 0; i < values.length; i++) {
            int row = i / definition.columns();
            int column = i % definition.columns();
            double expected = definition.get(row, column).value();
            double allowed = RunningErrors.INSTANCE.bound(bound.get(row, column), k.unitRoundoff())
                    + RunningErrors.INSTANCE.bound(definition.get(row, column), 0x1p-53);
            assertThat(Math.abs(values[i] - expected))
                    .as("%s[%d,%d] = %s, %s by the definition", name, row, column, values[i], expected)
                    .isLessThanOrEqualTo(allowed);
        }
    }
}
