package duality.ssd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import duality.errors.ShapeException;
import duality.errors.UnsupportedRequestException;
import duality.gpu.ssd.CudaSsdBackend;
import duality.sma.HeadPattern;
import duality.ssd.Cases.Shape;
import duality.ssd.SsdOptions.Algorithm;
import duality.tensor.DType;
import duality.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The laws of the operator on a GPU, in every precision, against the definition in float64. */
class CudaOperatorTest {
    private static final CudaSsdBackend CUDA = new CudaSsdBackend();

    private final Cases cases = new Cases(11);

    @BeforeEach
    void onAGpu() {
        Gpu.assumePresent();
    }

    /** Throws if a handle of the driver was not given back. */
    @AfterAll
    static void giveTheDeviceBack() {
        CUDA.release();
    }

    private static SsdOptions in(Precision precision) {
        return SsdOptions.defaults().with(precision);
    }

    /** Every result is near the definition's in norm, and every entry is within its derived bound. */
    private static void assertFollowsTheDefinition(SsdInputs in, Tensor dy, Tensor dFinal, SsdOptions options) {
        Precision precision = options.precision();
        SsdOutputs outputs = CUDA.forward(in, options);
        SsdGradients gradients = CUDA.backward(in, dy, dFinal, options);
        SsdCheck check = new SsdCheck(in, precision);
        assertThat(check.forward(outputs)).allMatch(SsdCheck.Comparison::passes);
        assertThat(check.backward(gradients, dy, dFinal)).allMatch(SsdCheck.Comparison::passes);
        SequencedMap<String, Tensor> actual = new LinkedHashMap<>();
        actual.put("y", outputs.y());
        actual.put("final_states", outputs.finalStates());
        gradients.arrays().forEach((name, tensor) -> actual.put("grad_" + name, tensor));
        Gpu.definition(in, dy, dFinal, precision).forEach((name, expected) -> {
            Tensor tensor = Objects.requireNonNull(actual.get(name), name);
            assertThat(tensor.shape()).as(name).isEqualTo(expected.shape());
            assertThat(Gpu.relativeError(tensor, expected))
                    .as(name)
                    .isLessThan(Gpu.tolerance(precision, name, expected));
        });
    }

    private void assertFollowsTheDefinition(SsdInputs in, SsdOptions options) {
        assertFollowsTheDefinition(in, gradient(in), states(in), options);
    }

    private Tensor gradient(SsdInputs in) {
        return cases.normal(in.batch(), in.time(), in.heads(), in.headDim());
    }

    private Tensor states(SsdInputs in) {
        return cases.normal(in.sequences().size(), in.heads(), in.headDim(), in.stateSize());
    }

    static Stream<Arguments> fixtures() {
        return IntStream.range(0, 20)
                .boxed()
                .flatMap(number -> Stream.of(Precision.values()).map(precision -> Arguments.of(number, precision)));
    }

    @ParameterizedTest
    @MethodSource("fixtures")
    void reproducesTheFixtures(int number, Precision precision) {
        Fixture fixture = Fixture.load(number);
        assertFollowsTheDefinition(
                fixture.inputs(), fixture.array("dy"), fixture.array("dfinal_states"), in(precision));
        if (precision == Precision.FLOAT64) {
            Gpu.results(CUDA, fixture.inputs(), fixture.array("dy"), fixture.array("dfinal_states"), in(precision))
                    .forEach((name, actual) -> {
                        if (fixture.arrays().containsKey(name)) {
                            assertThat(Gpu.relativeError(actual, fixture.array(name)))
                                    .as(name)
                                    .isLessThan(1e-10);
                        }
                    });
        }
    }

    /** Lengths around the chunk's, sizes that are no multiples of anything and more than a tile, every sharing. */
    static Stream<Arguments> shapes() {
        List<Shape> shapes = List.of(
                Shape.of(HeadPattern.MULTI_INPUT, 1, 1, 3, 1, 5, 7),
                Shape.of(HeadPattern.GROUPED, 2, 63, 4, 2, 8, 16),
                Shape.of(HeadPattern.GROUPED, 2, 64, 6, 3, 64, 64),
                Shape.of(HeadPattern.MULTI_CONTRACT, 1, 65, 4, 1, 33, 130),
                Shape.of(HeadPattern.MULTI_EXPAND, 3, 129, 4, 1, 100, 3),
                Shape.of(HeadPattern.MULTI_HEAD, 1, 200, 2, 1, 64, 128),
                Shape.of(HeadPattern.MULTI_INPUT, 1, 150, 24, 1, 1, 1),
                new Shape(2, 70, 12, 3, 2, 6, 20, 24));
        return shapes.stream()
                .flatMap(shape -> Stream.of(Precision.values()).map(precision -> Arguments.of(shape, precision)));
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void takesEveryShape(Shape shape, Precision precision) {
        assertFollowsTheDefinition(cases.full(shape, null), in(precision));
        assertFollowsTheDefinition(cases.bare(shape).build(), in(precision));
    }

    @ParameterizedTest
    @EnumSource
    void takesPackedSequences(Precision precision) {
        int[] offsets = {0, 0, 5, 5, 69, 133, 134, 200, 200};
        assertFollowsTheDefinition(
                cases.full(Shape.of(HeadPattern.GROUPED, 1, 200, 4, 2, 16, 24), offsets), in(precision));
    }

    @ParameterizedTest
    @EnumSource
    void takesASkipForEveryHead(Precision precision) {
        Shape shape = Shape.of(HeadPattern.GROUPED, 2, 90, 4, 2, 70, 24);
        assertFollowsTheDefinition(cases.bare(shape).skip(cases.normal(4)).build(), in(precision));
        assertFollowsTheDefinition(
                cases.bare(shape).gate(cases.normal(2, 90, 4, 70)).build(), in(precision));
    }

    private SsdInputs withRates(double... rates) {
        Shape shape = Shape.of(HeadPattern.GROUPED, 1, 150, rates.length, 1, 16, 24);
        return cases.full(shape, null).map((name, array) -> name.equals("A") ? Tensor.of(rates, rates.length) : array);
    }

    @ParameterizedTest
    @EnumSource
    void takesEveryRate(Precision precision) {
        // No decay at all, almost none, decays that underflow in one step or in a few, and resets.
        assertFollowsTheDefinition(withRates(0, -1e-9, -60, -200, -1e5, Double.NEGATIVE_INFINITY), in(precision));
    }

    @ParameterizedTest
    @EnumSource
    void takesHugeAndTinySteps(Precision precision) {
        Shape shape = Shape.of(HeadPattern.MULTI_INPUT, 1, 100, 2, 1, 8, 12);
        SsdInputs bare = cases.bare(shape).build();
        SsdInputs in = SsdInputs.of(bare.arrays())
                .dtSoftplus(true)
                .dtBias(Tensor.of(new double[] {900, -40}, 2))
                .build();
        assertFollowsTheDefinition(in, in(precision));
        assertFollowsTheDefinition(
                SsdInputs.of(bare.arrays()).dtLimit(0.5, 0.75).build(), in(precision));
    }

    @Test
    void resetsAndPaddingAreExact() {
        SsdInputs in = SsdInputs.builder(
                        Tensor.of(new double[] {2, 3, 5, 7}, 1, 4, 1, 1),
                        Tensor.of(new double[] {1, 1, 0, 0.5}, 1, 4, 1),
                        Tensor.of(new double[] {Double.NEGATIVE_INFINITY}, 1),
                        Tensor.of(new double[] {1, 1, 1, 1}, 1, 4, 1, 1),
                        Tensor.of(new double[] {1, 1, 1, 1}, 1, 4, 1, 1))
                .build();
        for (Algorithm algorithm : Algorithm.values()) {
            for (int chunkLength : new int[] {1, 2, 3, 9}) {
                SsdOptions options = SsdOptions.defaults().with(algorithm).withChunkLength(chunkLength);
                assertThat(CUDA.forward(in, options).y().toDoubleArray()).containsExactly(2, 3, 3, 3.5);
                SsdGradients gradients =
                        CUDA.backward(in, Tensor.of(new double[] {1, 1, 0, 1}, 1, 4, 1, 1), null, options);
                assertThat(gradients.of("x").toDoubleArray()).containsExactly(1, 1, 0, 0.5);
                assertThat(gradients.of("A").toDoubleArray()).containsExactly(0);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 16, 50, 63, 64, 1000})
    void everyChunkLengthGivesTheSame(int chunkLength) {
        SsdInputs in = cases.full(Shape.of(HeadPattern.GROUPED, 2, 130, 4, 2, 16, 24), null);
        for (Precision precision : Precision.values()) {
            assertFollowsTheDefinition(in, in(precision).withChunkLength(chunkLength));
        }
    }

    @Test
    void everyAlgorithmGivesTheSame() {
        SsdInputs in = cases.full(Shape.of(HeadPattern.GROUPED, 2, 60, 4, 2, 16, 24), null);
        for (Algorithm algorithm : Algorithm.values()) {
            assertFollowsTheDefinition(in, SsdOptions.defaults().with(algorithm));
        }
        SsdInputs longer =
                cases.bare(Shape.of(HeadPattern.GROUPED, 1, 65, 2, 1, 4, 4)).build();
        assertThatThrownBy(() -> CUDA.forward(longer, SsdOptions.defaults().with(Algorithm.QUADRATIC)))
                .isInstanceOf(UnsupportedRequestException.class)
                .hasMessageContaining("65 steps");
    }

    /** In many slabs, into memory that is there or not, and into wider types. */
    @ParameterizedTest
    @EnumSource
    void intoGivesTheSame(Precision precision) {
        SsdInputs in = cases.bare(Shape.of(HeadPattern.GROUPED, 2, 3000, 48, 1, 64, 16))
                .build();
        SsdOptions options = in(precision);
        SsdInputs stored = in.in(precision);
        SsdOutputs outputs = CUDA.forward(stored, options);
        for (DType type : new DType[] {precision.activations(), DType.FLOAT64}) {
            SsdOutputs into = new SsdOutputs(
                    Tensor.zeros(type, outputs.y().shape()),
                    Tensor.zeros(type, outputs.finalStates().shape()));
            CUDA.forward(in, options, into);
            assertThat(into.y().contentEquals(outputs.y().to(type))).isTrue();
            assertThat(into.finalStates().contentEquals(outputs.finalStates().to(type)))
                    .isTrue();
        }
    }

    /** With everything else fixed, y and the final states are linear in x and the initial states. */
    @Test
    void backwardIsTheAdjointOfForward() {
        SsdInputs in = cases.full(Shape.of(HeadPattern.GROUPED, 2, 150, 6, 3, 20, 30), null);
        Tensor dy = gradient(in);
        Tensor dFinal = states(in);
        SequencedMap<String, Tensor> results = Gpu.results(CUDA, in, dy, dFinal, in(Precision.FLOAT64));
        double outputs = inner(dy, get(results, "y")) + inner(dFinal, get(results, "final_states"));
        double inputs = inner(get(results, "grad_x"), in.x())
                + inner(get(results, "grad_initial_states"), Objects.requireNonNull(in.initialStates()));
        assertThat(inputs).isCloseTo(outputs, within(1e-12 * (norm(dy) * norm(get(results, "y")))));
    }

    private static Tensor get(Map<String, Tensor> results, String name) {
        return Objects.requireNonNull(results.get(name), name);
    }

    private static double inner(Tensor a, Tensor b) {
        double sum = 0;
        for (long i = 0; i < a.size(); i++) {
            sum += a.getDouble(i) * b.getDouble(i);
        }
        return sum;
    }

    private static double norm(Tensor a) {
        return Math.sqrt(inner(a, a));
    }

    /** Every gradient, along a random direction. A central difference of step h errs by h² and by u / h. */
    @Test
    void gradientsAreTheLimitsOfDifferences() {
        Shape shape = Shape.of(HeadPattern.GROUPED, 1, 80, 4, 2, 6, 9);
        SsdInputs in = SsdInputs.of(cases.full(shape, null).arrays())
                .dtSoftplus(true)
                .build(); // no limit, which is not smooth
        Tensor dy = gradient(in);
        Tensor dFinal = states(in);
        SequencedMap<String, Tensor> results = Gpu.results(CUDA, in, dy, dFinal, in(Precision.FLOAT64));
        double step = 1e-5;
        in.arrays().forEach((name, array) -> {
            Tensor direction = cases.normal(array.shape());
            double slope = (value(moved(in, name, direction, step), dy, dFinal)
                            - value(moved(in, name, direction, -step), dy, dFinal))
                    / (2 * step);
            double expected = inner(get(results, "grad_" + name), direction);
            double scale = norm(get(results, "grad_" + name)) * norm(direction);
            assertThat(slope).as(name).isCloseTo(expected, within(1e-6 * scale));
        });
    }

    private static double value(SsdInputs in, Tensor dy, Tensor dFinal) {
        SsdOutputs outputs = CUDA.forward(in, in(Precision.FLOAT64));
        return inner(dy, outputs.y()) + inner(dFinal, outputs.finalStates());
    }

    private static SsdInputs moved(SsdInputs in, String name, Tensor direction, double step) {
        return in.map((other, array) -> {
            if (!other.equals(name)) {
                return array;
            }
            Tensor moved = array.to(DType.FLOAT64);
            for (long i = 0; i < moved.size(); i++) {
                moved.setDouble(i, moved.getDouble(i) + step * direction.getDouble(i));
            }
            return moved;
        });
    }

    @ParameterizedTest
    @EnumSource
    void theSameInputsGiveTheSameBits(Precision precision) {
        SsdInputs in = cases.full(Shape.of(HeadPattern.GROUPED, 2, 300, 16, 2, 32, 48), null);
        Tensor dy = gradient(in);
        SequencedMap<String, Tensor> first = Gpu.results(CUDA, in, dy, null, in(precision));
        for (int run = 0; run < 3; run++) { // launches, then graphs
            Gpu.results(CUDA, in, dy, null, in(precision))
                    .forEach((name, tensor) -> assertThat(tensor.contentEquals(get(first, name)))
                            .as(name)
                            .isTrue());
        }
        CUDA.release();
        Gpu.results(CUDA, in, dy, null, in(precision))
                .forEach((name, tensor) -> assertThat(tensor.contentEquals(get(first, name)))
                        .as(name)
                        .isTrue());
    }

    @ParameterizedTest
    @EnumSource
    void aGradientOfTheFinalStatesIsForgottenAfterItsCall(Precision precision) {
        SsdInputs in =
                cases.bare(Shape.of(HeadPattern.GROUPED, 1, 70, 2, 1, 8, 8)).build();
        Tensor dy = gradient(in);
        Tensor before = CUDA.backward(in, dy, null, in(precision)).of("B");
        CUDA.backward(in, dy, states(in), in(precision));
        assertThat(CUDA.backward(in, dy, null, in(precision)).of("B").contentEquals(before))
                .isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void stepsGiveTheWhole(Precision precision) {
        SsdInputs whole = cases.full(Shape.of(HeadPattern.GROUPED, 3, 20, 6, 2, 10, 24), null);
        Tensor states = Objects.requireNonNull(whole.initialStates());
        SsdCheck check = new SsdCheck(whole, precision);
        Tensor y = Tensor.zeros(precision.activations(), 3, 20, 6, 10);
        for (int t = 0; t < 20; t++) {
            SsdOutputs step = CUDA.step(Cases.slice(whole, t, t + 1, states), in(precision));
            states = step.finalStates();
            for (int batch = 0; batch < 3; batch++) {
                y.writeDoubles((batch * 20L + t) * 60, step.y().readDoubles(batch * 60L, 60));
            }
        }
        assertThat(check.forward(new SsdOutputs(y, states))).allMatch(SsdCheck.Comparison::passes);
    }

    @Test
    void aStepTakesOneToken() {
        SsdInputs two =
                cases.bare(Shape.of(HeadPattern.MULTI_INPUT, 1, 2, 2, 1, 3, 4)).build();
        assertThatThrownBy(() -> CUDA.step(two, SsdOptions.defaults()))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("[1, 2, 2, 3]");
    }

    /** Axes of length 0, alone and together. */
    @ParameterizedTest
    @ValueSource(strings = {"batch", "time", "heads", "headDim", "stateSize"})
    void nothingIsComputedFromNothing(String axis) {
        int heads = axis.equals("heads") ? 0 : 4;
        Shape shape = new Shape(
                axis.equals("batch") ? 0 : 2,
                axis.equals("time") ? 0 : 70,
                heads,
                axis.equals("heads") ? 3 : 4,
                2,
                2,
                axis.equals("headDim") ? 0 : 5,
                axis.equals("stateSize") ? 0 : 6);
        SsdInputs in = cases.full(shape, null);
        assertFollowsTheDefinition(in, in(Precision.FLOAT64));
        assertFollowsTheDefinition(in, in(Precision.BFLOAT16));
    }

    /** A gradient in bfloat16 is taken as it is; a wider one is not rounded to bfloat16. Sizes of one set of kernels. */
    @Test
    void gradientsOfOutputsKeepTheirPrecision() {
        SsdInputs in = cases.full(Shape.of(HeadPattern.GROUPED, 1, 100, 4, 2, 9, 15), null);
        Tensor dy = gradient(in);
        Tensor rounded = dy.to(DType.BFLOAT16);
        SsdOptions options = in(Precision.BFLOAT16);
        assertThat(CUDA.backward(in, rounded, null, options)
                        .of("dt")
                        .contentEquals(CUDA.backward(in, rounded.to(DType.FLOAT64), null, options)
                                .of("dt")))
                .isTrue();
        assertFollowsTheDefinition(in, rounded, states(in), options);
    }
}
