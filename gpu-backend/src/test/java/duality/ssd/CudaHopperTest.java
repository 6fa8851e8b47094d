package duality.ssd;

import static org.assertj.core.api.Assertions.assertThat;

import duality.gpu.ssd.CudaSsdBackend;
import duality.sma.HeadPattern;
import duality.ssd.Cases.Shape;
import duality.tensor.DType;
import duality.tensor.Tensor;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Forward in bfloat16 and float32 and gradients in bfloat16 on the sizes that Hopper's own kernels take: sequences that
 * are chained and such that are scanned, one tile of channels or several, every way to share B and C. Elsewhere the
 * portable kernels are tested.
 */
class CudaHopperTest {
    private static final CudaSsdBackend CUDA = new CudaSsdBackend();

    private final Cases cases = new Cases(12);

    @BeforeEach
    void onAGpu() {
        Gpu.assumePresent();
    }

    /** Throws if a handle of the driver was not given back. */
    @AfterAll
    static void giveTheDeviceBack() {
        CUDA.release();
    }

    private static void assertFollowsTheDefinition(SsdInputs in) {
        assertFollowsTheDefinition(in, Precision.BFLOAT16);
        assertFollowsTheDefinition(in, Precision.FLOAT32);
    }

    private static void assertFollowsTheDefinition(SsdInputs in, Precision precision) {
        SsdOptions options = SsdOptions.defaults().with(precision);
        SsdOutputs outputs = CUDA.forward(in, options);
        SsdCheck check = new SsdCheck(in, precision);
        assertThat(check.forward(outputs)).as("%s", precision).allMatch(SsdCheck.Comparison::passes);
        SsdOutputs expected = SsdBackends.CPU.forward(in.in(precision), SsdOptions.defaults());
        near(precision, "y", outputs.y(), expected.y());
        near(precision, "final_states", outputs.finalStates(), expected.finalStates());
        for (int run = 0; run < 3; run++) { // a launch, then graphs
            SsdOutputs again = CUDA.forward(in, options);
            assertThat(again.y().contentEquals(outputs.y())).isTrue();
            assertThat(again.finalStates().contentEquals(outputs.finalStates())).isTrue();
        }
    }

    /** The same without a gate and with one skip a head. */
    private SsdInputs plainer(SsdInputs in) {
        SequencedMap<String, Tensor> arrays = in.arrays();
        arrays.remove("z");
        arrays.computeIfPresent("D", (name, skip) -> cases.normal(in.heads()));
        return SsdInputs.of(arrays)
                .dtSoftplus(in.dtSoftplus())
                .dtLimit(in.dtMin(), in.dtMax())
                .build();
    }

    private void assertGradientsFollowTheDefinition(SsdInputs in) {
        Tensor dy =
                cases.normal(in.batch(), in.time(), in.heads(), in.headDim()).to(DType.BFLOAT16);
        Tensor dFinal = cases.normal(in.sequences().size(), in.heads(), in.headDim(), in.stateSize());
        SsdOptions options = SsdOptions.defaults().with(Precision.BFLOAT16);
        SsdGradients gradients = CUDA.backward(in, dy, dFinal, options);
        SsdCheck check = new SsdCheck(in, Precision.BFLOAT16);
        assertThat(check.backward(gradients, dy, dFinal)).allMatch(SsdCheck.Comparison::passes);
        SsdBackends.CPU
                .backward(in.in(Precision.BFLOAT16), dy, dFinal, SsdOptions.defaults())
                .arrays()
                .forEach((name, expected) -> near(Precision.BFLOAT16, "grad_" + name, gradients.of(name), expected));
        for (int run = 0; run < 3; run++) {
            CUDA.backward(in, dy, dFinal, options)
                    .arrays()
                    .forEach((name, again) -> assertThat(again.contentEquals(gradients.of(name)))
                            .as(name)
                            .isTrue());
        }
    }

    private static void near(Precision precision, String name, Tensor actual, Tensor expected) {
        assertThat(Gpu.relativeError(actual, expected))
                .as("%s in %s", name, precision)
                .isLessThan(Gpu.tolerance(precision, name, expected));
    }

    static Stream<Shape> shapes() {
        return Stream.of(
                Shape.of(HeadPattern.MULTI_INPUT, 1, 64, 2, 1, 64, 128),
                Shape.of(HeadPattern.MULTI_INPUT, 1, 1, 2, 1, 64, 64),
                Shape.of(HeadPattern.GROUPED, 1, 2000, 4, 1, 64, 128), // scanned
                Shape.of(HeadPattern.GROUPED, 2, 1500, 3, 1, 64, 64), // an odd number of tiles
                Shape.of(HeadPattern.MULTI_HEAD, 1, 1100, 3, 1, 64, 128), // nothing is shared
                Shape.of(HeadPattern.GROUPED, 1, 900, 6, 2, 32, 40), // threes share
                Shape.of(HeadPattern.GROUPED, 180, 150, 2, 1, 64, 128), // chained
                Shape.of(HeadPattern.GROUPED, 70, 190, 8, 2, 64, 64),
                Shape.of(HeadPattern.MULTI_CONTRACT, 1, 700, 4, 1, 128, 64), // two tiles a head
                Shape.of(HeadPattern.MULTI_EXPAND, 2, 129, 4, 1, 104, 8),
                new Shape(2, 270, 12, 3, 2, 6, 24, 24));
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void takesItsShapes(Shape shape) {
        assertFollowsTheDefinition(cases.bare(shape).build());
        assertFollowsTheDefinition(cases.full(shape, null));
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void gradientsTakeItsShapes(Shape shape) {
        assertGradientsFollowTheDefinition(cases.bare(shape).build());
        assertGradientsFollowTheDefinition(plainer(cases.full(shape, null)));
        assertGradientsFollowTheDefinition(cases.full(shape, null));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 30})
    void gradientsTakePackedSequences(int heads) {
        int[] offsets = {0, 0, 5, 5, 69, 133, 134, 1000, 1000};
        assertGradientsFollowTheDefinition(
                cases.full(Shape.of(HeadPattern.GROUPED, 1, 1000, heads, 1, 64, 128), offsets));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 30})
    void takesPackedSequences(int heads) {
        int[] offsets = {0, 0, 5, 5, 69, 133, 134, 1000, 1000};
        assertFollowsTheDefinition(cases.full(Shape.of(HeadPattern.GROUPED, 1, 1000, heads, 1, 64, 128), offsets));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1e-9, -3, -60, -200, -1e5, Double.NEGATIVE_INFINITY})
    void takesEveryRate(double rate) {
        SsdInputs in = cases.full(Shape.of(HeadPattern.GROUPED, 1, 1200, 2, 1, 64, 128), null);
        SsdInputs changed = in.map((name, array) -> name.equals("A") ? Tensor.of(new double[] {rate, -1}, 2) : array);
        assertFollowsTheDefinition(changed);
        assertGradientsFollowTheDefinition(changed);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 1e-30, 1e4})
    void takesEveryStepSize(double step) {
        SsdInputs in =
                cases.bare(Shape.of(HeadPattern.GROUPED, 1, 700, 2, 1, 64, 128)).build();
        Tensor dt = cases.uniform(0, 1, 1, 700, 2);
        for (long i = 0; i < dt.size(); i += 3) {
            dt.setDouble(i, step);
        }
        SsdInputs changed = in.map((name, array) -> name.equals("dt") ? dt : array);
        assertFollowsTheDefinition(changed);
        assertGradientsFollowTheDefinition(changed);
    }
}
