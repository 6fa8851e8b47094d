package duality.ssd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import duality.errors.Fault;
import duality.errors.ShapeException;
import duality.errors.ValueException;
import duality.semiseparable.CumProdSum;
import duality.sma.HeadPattern;
import duality.ssd.Cases.Shape;
import duality.ssd.SsdOptions.Algorithm;
import duality.tensor.DType;
import duality.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The laws of the operator on tensors. */
class SsdOperatorTest {
    private static final SsdOptions RECURRENT = SsdOptions.defaults().with(Algorithm.RECURRENT);
    private static final SsdOptions BLOCK =
            SsdOptions.defaults().with(Algorithm.BLOCK).withChunkLength(8);

    private final Cases cases = new Cases(7);

    private static void assertPasses(List<SsdCheck.Comparison> comparisons) {
        assertThat(comparisons).isNotEmpty().allMatch(SsdCheck.Comparison::passes);
    }

    private static void assertSameBits(Tensor actual, Tensor expected) {
        assertThat(actual.contentEquals(expected)).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void everyHeadPatternIsMultiHeadWithCopies(HeadPattern pattern) {
        SsdInputs shared = cases.full(Shape.of(pattern, 2, 19, 6, 3, 4, 5), null);
        var arrays = shared.arrays();
        arrays.replaceAll((name, array) -> name.equals("x") || name.equals("B") || name.equals("C")
                ? copiesForHeads(array, shared.heads())
                : array);
        SsdInputs copied = SsdInputs.of(arrays)
                .dtSoftplus(shared.dtSoftplus())
                .dtLimit(shared.dtMin(), shared.dtMax())
                .build();
        for (SsdBackend backend : SsdBackends.available()) {
            assertSameBits(
                    backend.forward(shared, BLOCK).y(),
                    backend.forward(copied, BLOCK).y());
            Tensor dy = cases.normal(2, 19, 6, 4);
            SsdGradients ofShared = backend.backward(shared, dy, null, BLOCK);
            SsdGradients ofCopied = backend.backward(copied, dy, null, BLOCK);
            assertSameBits(ofShared.of("dt"), ofCopied.of("dt"));
            for (String name : List.of("x", "B", "C")) {
                double[] sums = sumsOverCopies(ofCopied.of(name), ofShared.of(name));
                assertThat(ofShared.of(name).toDoubleArray()).as(name).isEqualTo(sums);
            }
        }
    }

    private static Tensor copiesForHeads(Tensor array, int heads) {
        long[] shape = array.shape();
        int copies = (int) (heads / shape[2]);
        shape[2] = heads;
        Tensor copied = Tensor.zeros(array.dtype(), shape);
        int width = (int) shape[3];
        for (long row = 0; row < copied.size() / width; row++) {
            copied.writeDoubles(row * width, array.readDoubles(row / copies * width, width));
        }
        return copied;
    }

    private static double[] sumsOverCopies(Tensor copied, Tensor shared) {
        double[] sums = new double[(int) shared.size()];
        int width = (int) shared.length(3);
        int copies = (int) (copied.length(2) / shared.length(2));
        for (int i = 0; i < copied.size(); i++) {
            sums[i / width / copies * width + i % width] += copied.getDouble(i);
        }
        return sums;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 16, 40})
    void stepsAndResumedRunsGiveTheBitsOfTheWhole(int cut) {
        SsdInputs whole = cases.full(Shape.of(HeadPattern.GROUPED, 2, 41, 4, 2, 3, 5), null);
        SsdOutputs expected = SsdBackends.REFERENCE.forward(whole, RECURRENT);
        SsdOutputs first = SsdBackends.REFERENCE.forward(Cases.slice(whole, 0, cut, whole.initialStates()), RECURRENT);
        SsdOutputs rest = SsdBackends.REFERENCE.forward(Cases.slice(whole, cut, 41, first.finalStates()), RECURRENT);
        assertSameBits(rest.finalStates(), expected.finalStates());
        assertSameBits(first.y(), Cases.timeSlice(expected.y(), 0, cut));
        assertSameBits(rest.y(), Cases.timeSlice(expected.y(), cut, 41));
        SsdOutputs step =
                SsdBackends.CPU.step(Cases.slice(whole, cut, cut + 1, first.finalStates()), SsdOptions.defaults());
        assertSameBits(step.y(), Cases.timeSlice(expected.y(), cut, cut + 1));
    }

    @Test
    void aStepTakesOneToken() {
        SsdInputs two =
                cases.bare(Shape.of(HeadPattern.MULTI_INPUT, 1, 2, 2, 1, 3, 4)).build();
        assertThatThrownBy(() -> SsdBackends.CPU.step(two, BLOCK))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("[1, 2, 2, 3]");
    }

    @Test
    void packedSequencesAreIndependent() {
        int[] offsets = {0, 5, 5, 6, 30};
        SsdInputs packed = cases.full(Shape.of(HeadPattern.GROUPED, 1, 30, 4, 2, 3, 5), offsets);
        Tensor states = java.util.Objects.requireNonNull(packed.initialStates());
        SsdOutputs together = SsdBackends.CPU.forward(packed, BLOCK);
        for (int i = 0; i + 1 < offsets.length; i++) {
            Tensor state = Tensor.of(states.readDoubles(i * 60L, 60), 1, 4, 3, 5);
            SsdOutputs alone = SsdBackends.CPU.forward(Cases.slice(packed, offsets[i], offsets[i + 1], state), BLOCK);
            assertSameBits(alone.y(), Cases.timeSlice(together.y(), offsets[i], offsets[i + 1]));
            assertThat(alone.finalStates().toDoubleArray())
                    .isEqualTo(together.finalStates().readDoubles(i * 60L, 60));
        }
    }

    @Test
    void threadsDoNotChangeBits() {
        SsdInputs in = cases.full(Shape.of(HeadPattern.GROUPED, 3, 70, 8, 2, 5, 6), null);
        Tensor dy = cases.normal(3, 70, 8, 5);
        assertSameBits(
                SsdBackends.CPU.forward(in, BLOCK).y(),
                SsdBackends.REFERENCE.forward(in, BLOCK).y());
        SsdGradients parallel = SsdBackends.CPU.backward(in, dy, null, BLOCK);
        SsdBackends.REFERENCE
                .backward(in, dy, null, BLOCK)
                .arrays()
                .forEach((name, sequential) -> assertSameBits(parallel.of(name), sequential));
    }

    @Test
    void nothingIsComputedFromAnEmptySequence() {
        SsdInputs empty = cases.full(Shape.of(HeadPattern.GROUPED, 2, 0, 4, 2, 3, 5), null);
        for (Algorithm algorithm : Algorithm.values()) {
            SsdOptions options = SsdOptions.defaults().with(algorithm);
            SsdOutputs outputs = SsdBackends.CPU.forward(empty, options);
            assertThat(outputs.y().shape()).containsExactly(2, 0, 4, 3);
            assertSameBits(outputs.finalStates(), java.util.Objects.requireNonNull(empty.initialStates()));
            Tensor dFinal = cases.normal(2, 4, 3, 5);
            SsdGradients gradients = SsdBackends.CPU.backward(empty, outputs.y(), dFinal, options);
            assertSameBits(gradients.of("initial_states"), dFinal);
            assertThat(gradients.of("A").toDoubleArray()).containsOnly(0);
        }
    }

    /** An infinite rate forgets the past exactly, and a step of length zero neither decays nor adds. */
    @Test
    void resetsAndPaddingAreExact() {
        double[] x = {2, 3, 5, 7};
        double[] dt = {1, 1, 0, 0.5};
        SsdInputs in = SsdInputs.builder(
                        Tensor.of(x, 1, 4, 1, 1),
                        Tensor.of(dt, 1, 4, 1),
                        Tensor.of(new double[] {Double.NEGATIVE_INFINITY}, 1),
                        Tensor.of(new double[] {1, 1, 1, 1}, 1, 4, 1, 1),
                        Tensor.of(new double[] {1, 1, 1, 1}, 1, 4, 1, 1))
                .build();
        for (Algorithm algorithm : Algorithm.values()) {
            for (int chunkLength : new int[] {1, 2, 3, 9}) {
                SsdOptions options = SsdOptions.defaults().with(algorithm).withChunkLength(chunkLength);
                assertThat(SsdBackends.CPU.forward(in, options).y().toDoubleArray())
                        .containsExactly(2, 3, 3, 3.5);
                SsdGradients gradients =
                        SsdBackends.CPU.backward(in, Tensor.of(new double[] {1, 1, 0, 1}, 1, 4, 1, 1), null, options);
                assertThat(gradients.of("x").toDoubleArray()).containsExactly(1, 1, 0, 0.5);
                assertThat(gradients.of("A").toDoubleArray()).containsExactly(0);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyScanServesStepThree(CumProdSum scan) {
        SsdInputs in = cases.full(Shape.of(HeadPattern.GROUPED, 2, 45, 4, 2, 3, 5), null);
        SsdCheck check = new SsdCheck(in, Precision.FLOAT64);
        assertPasses(check.forward(SsdBackends.CPU.forward(in, BLOCK.with(scan))));
        Tensor dy = cases.normal(2, 45, 4, 3);
        assertPasses(check.backward(SsdBackends.CPU.backward(in, dy, null, BLOCK.with(scan)), dy, null));
    }

    @ParameterizedTest
    @EnumSource
    void everyPrecisionIsWithinItsBound(Precision precision) {
        SsdInputs in = cases.full(Shape.of(HeadPattern.GROUPED, 1, 100, 4, 2, 8, 16), null);
        Tensor dy = cases.normal(1, 100, 4, 8);
        Tensor dFinal = cases.normal(1, 4, 8, 16);
        SsdCheck check = new SsdCheck(in, precision);
        for (Algorithm algorithm : Algorithm.values()) {
            SsdOptions options = SsdOptions.defaults().with(algorithm).with(precision);
            SsdOutputs outputs = SsdBackends.CPU.forward(in, options);
            assertThat(outputs.y().dtype()).isEqualTo(precision.activations());
            assertPasses(check.forward(outputs));
            assertPasses(check.backward(SsdBackends.CPU.backward(in, dy, dFinal, options), dy, dFinal));
        }
    }

    /** The bound is of use only if it refuses what is wrong: an error of a thousandth of the outputs' size. */
    @Test
    void aWrongResultIsOutsideTheBound() {
        SsdInputs in = cases.full(Shape.of(HeadPattern.GROUPED, 1, 100, 4, 2, 8, 16), null);
        for (Precision precision : List.of(Precision.FLOAT64, Precision.FLOAT32)) {
            SsdOutputs outputs =
                    SsdBackends.CPU.forward(in, SsdOptions.defaults().with(precision));
            outputs.y().setDouble(77, outputs.y().getDouble(77) + 1e-2);
            SsdCheck.Comparison y = new SsdCheck(in, precision).forward(outputs).getFirst();
            assertThat(y.passes()).isFalse();
            assertThat(y.worstIndex()).containsExactly(0L, 2L, 1L, 5L);
        }
        SsdOutputs broken = SsdBackends.CPU.forward(in, SsdOptions.defaults());
        broken.y().setDouble(3, Double.NaN);
        assertThat(new SsdCheck(in, Precision.FLOAT64)
                        .forward(broken)
                        .getFirst()
                        .passes())
                .isFalse();
    }

    @Test
    void gradientsOfTheWrongShapeAreRefused() {
        SsdInputs in =
                cases.bare(Shape.of(HeadPattern.MULTI_INPUT, 1, 4, 2, 1, 3, 5)).build();
        assertThatThrownBy(() -> SsdBackends.CPU.backward(in, cases.normal(1, 4, 2, 5), null, BLOCK))
                .isInstanceOfSatisfying(
                        ShapeException.class, e -> assertThat(e.fault()).isEqualTo(Fault.SHAPE_MISMATCH))
                .hasMessageContaining("[1, 4, 2, 5]")
                .hasMessageContaining("[1, 4, 2, 3]");
        assertThatThrownBy(() -> SsdBackends.CPU.backward(
                        in, cases.normal(1, 4, 2, 3), Tensor.of(new double[30], 1, 2, 5, 3), BLOCK))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("dfinal_states: float64[1, 2, 5, 3]");
        Tensor dy = cases.normal(1, 4, 2, 3);
        dy.setDouble(7, Double.NaN);
        assertThatThrownBy(() -> SsdBackends.CPU.backward(in, dy, null, BLOCK))
                .isInstanceOf(ValueException.class)
                .hasMessageContaining("dy[0, 1, 0, 1] = NaN");
    }

    @Test
    void inputsOfAnyFloatingPointTypeAreTaken() {
        SsdInputs in =
                cases.bare(Shape.of(HeadPattern.MULTI_INPUT, 1, 9, 2, 1, 3, 5)).build();
        SsdInputs narrow = in.map((name, array) -> array.to(DType.FLOAT16));
        SsdInputs widened = narrow.map((name, array) -> array.to(DType.FLOAT64));
        assertSameBits(
                SsdBackends.CPU.forward(narrow, BLOCK).y(),
                SsdBackends.CPU.forward(widened, BLOCK).y());
    }
}
