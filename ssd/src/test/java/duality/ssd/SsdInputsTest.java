package duality.ssd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import duality.errors.Fault;
import duality.errors.InvalidInputException;
import duality.errors.ValueException;
import duality.sma.HeadPattern;
import duality.tensor.DType;
import duality.tensor.Tensor;
import java.util.SequencedMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Bad input gets an error with a code, both shapes, or the index and the value. */
class SsdInputsTest {
    private static SsdInputs good(int @org.jspecify.annotations.Nullable [] packed) {
        return new Cases(3).full(Cases.Shape.of(HeadPattern.GROUPED, packed == null ? 2 : 1, 6, 4, 2, 3, 5), packed);
    }

    private static void assertRefused(Consumer<SequencedMap<String, Tensor>> change, Fault fault, String... shown) {
        SequencedMap<String, Tensor> arrays = good(null).arrays();
        change.accept(arrays);
        assertThatThrownBy(() -> SsdInputs.of(arrays).build())
                .isInstanceOfSatisfying(
                        InvalidInputException.class, e -> assertThat(e.fault()).isEqualTo(fault))
                .message()
                .contains(shown);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "x; 2, 6, 12; WRONG_RANK",
                "x; 2, 6, 3, 3; SHAPE_MISMATCH",
                "dt; 2, 6, 3; SHAPE_MISMATCH",
                "dt; 2, 5, 4; SHAPE_MISMATCH",
                "B; 1, 6, 2, 5; SHAPE_MISMATCH",
                "B; 2, 6, 3, 5; SHAPE_MISMATCH",
                "C; 2, 6, 2, 4; SHAPE_MISMATCH",
                "C; 2, 6, 0, 5; SHAPE_MISMATCH",
                "D; 4, 2; SHAPE_MISMATCH",
                "D; 3; SHAPE_MISMATCH",
                "z; 2, 6, 4, 4; SHAPE_MISMATCH",
                "dt_bias; 5; SHAPE_MISMATCH",
                "initial_states; 2, 4, 5, 3; SHAPE_MISMATCH",
                "initial_states; 3, 4, 3, 5; SHAPE_MISMATCH"
            })
    void aWrongShapeIsShownBesideWhatWouldFit(String name, String shape, Fault fault) {
        long[] lengths = java.util.Arrays.stream(shape.split(",", -1))
                .mapToLong(length -> Long.parseLong(length.strip()))
                .toArray();
        assertRefused(
                arrays -> arrays.put(name, Tensor.zeros(DType.FLOAT64, lengths)),
                fault,
                name + ": ",
                "[" + shape + "]");
    }

    @ParameterizedTest
    @CsvSource({"x, NaN", "x, Infinity", "dt, NaN", "B, -Infinity", "C, NaN", "D, NaN", "z, Infinity", "dt_bias, NaN"})
    void whatIsNotFiniteIsReportedWithItsIndex(String name, double value) {
        assertRefused(arrays -> set(arrays, name, 3, value), Fault.NOT_FINITE, name + "[", "= " + value);
    }

    private static void set(SequencedMap<String, Tensor> arrays, String name, long index, double value) {
        Tensor changed = java.util.Objects.requireNonNull(arrays.get(name)).to(DType.FLOAT64);
        changed.setDouble(index, value);
        arrays.put(name, changed);
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT64", "FLOAT32", "BFLOAT16", "FLOAT16"})
    void everyTypeIsLookedThrough(DType type) {
        int time = 1_100_003; // more than a task, and no whole number of words
        Tensor dt = Tensor.zeros(DType.FLOAT32, 1, time, 1);
        Tensor ones = Tensor.zeros(DType.BFLOAT16, 1, time, 1, 1);
        Tensor x = Tensor.zeros(type, 1, time, 1, 1);
        SsdInputs.Builder builder = SsdInputs.builder(x, dt, Tensor.of(new double[] {-1}, 1), ones, ones);
        double largest = switch (type) {
            case FLOAT64 -> Double.MAX_VALUE;
            case FLOAT32 -> Float.MAX_VALUE;
            case BFLOAT16 -> 0x1.FEp127;
            default -> 65504;
        };
        for (int i = 0; i < time; i += 3) {
            x.setDouble(i, i % 2 == 0 ? largest : -largest);
        }
        builder.build();
        for (int index : new int[] {0, 1, 2, 3, 524_287, 524_288, time - 3, time - 2, time - 1}) {
            double kept = x.getDouble(index);
            for (double value : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
                x.setDouble(index, value);
                assertThatThrownBy(builder::build)
                        .isInstanceOf(ValueException.class)
                        .hasMessage("x[0, " + index + ", 0, 0] = " + value + ": must be finite");
            }
            x.setDouble(index, kept);
        }
    }

    @Test
    void theIndexHasOneNumberForEachAxis() {
        assertRefused(arrays -> set(arrays, "x", 2 * 12 + 7, Double.NaN), Fault.NOT_FINITE, "x[0, 2, 2, 1] = NaN");
    }

    @Test
    void ratesAreNegative() {
        assertRefused(arrays -> set(arrays, "A", 2, 0.5), Fault.OUT_OF_DOMAIN, "A[2] = 0.5");
        assertRefused(arrays -> set(arrays, "A", 2, Double.NaN), Fault.NOT_FINITE, "A[2] = NaN");
    }

    @Test
    void integersAreNoActivations() {
        assertRefused(arrays -> arrays.put("D", Tensor.zeros(DType.INT32, 4)), Fault.WRONG_TYPE, "D: int32[4]");
    }

    @Test
    void whatIsMissingIsNamed() {
        assertRefused(arrays -> arrays.remove("C"), Fault.WRONG_ARGUMENTS, "no array C", "x, dt");
    }

    @ParameterizedTest
    @CsvSource({"-1, 2", "3, 2", "NaN, 1", "0, NaN", "Infinity, Infinity"})
    void theLimitIsAnInterval(double min, double max) {
        assertThatThrownBy(() ->
                        SsdInputs.of(good(null).arrays()).dtLimit(min, max).build())
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("dt_limit (" + min + ", " + max + ")");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {"1, 6", "0, 4, 3, 6", "0, 3", "0, 7", "0, -1, 6"})
    void packedSequencesCoverTheTimeAxis(String offsets) {
        int[] values = java.util.Arrays.stream(offsets.split(",", -1))
                .mapToInt(offset -> Integer.parseInt(offset.strip()))
                .toArray();
        SequencedMap<String, Tensor> arrays = good(new int[] {0, 6}).arrays();
        arrays.put("cu_seqlens", Tensor.of(values, values.length));
        assertThatThrownBy(() -> SsdInputs.of(arrays).build())
                .isInstanceOfSatisfying(
                        InvalidInputException.class, e -> assertThat(e.fault()).isEqualTo(Fault.BAD_OFFSETS))
                .hasMessageContaining("cu_seqlens[");
    }

    @Test
    void packedSequencesNeedABatchOfOneAndIntegers() {
        assertRefused(
                arrays -> arrays.put("cu_seqlens", Tensor.of(new int[] {0, 6}, 2)), Fault.SHAPE_MISMATCH, "batch of 1");
        assertRefused(
                arrays -> arrays.put("cu_seqlens", Tensor.of(new double[] {0, 6}, 2)),
                Fault.WRONG_TYPE,
                "int32 or int64");
    }

    @Test
    void arraysRoundTrip() {
        SsdInputs in = good(new int[] {0, 2, 6});
        assertThat(in.sequences()).hasSize(2);
        assertThat(SsdInputs.of(in.arrays()).build().arrays()).isEqualTo(in.arrays());
    }

    @ParameterizedTest
    @CsvSource({"0", "-4"})
    void chunksHaveAtLeastOneStep(int chunkLength) {
        assertThatThrownBy(() -> SsdOptions.defaults().withChunkLength(chunkLength))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("chunk length " + chunkLength);
    }

    @Test
    void cutsIncreaseInsideTheSequence() {
        assertThat(Cuts.at(2, 5).boundaries(9)).containsExactly(0, 2, 5, 9);
        assertThat(Cuts.every(4).boundaries(9)).containsExactly(0, 4, 8, 9);
        assertThat(Cuts.every(4).boundaries(0)).containsExactly(0);
        assertThat(Cuts.at().boundaries(3)).containsExactly(0, 3);
        for (int[] places : new int[][] {{0}, {9}, {4, 4}, {5, 3}}) {
            assertThatThrownBy(() -> Cuts.at(places).boundaries(9))
                    .isInstanceOf(InvalidInputException.class)
                    .hasMessageContaining(java.util.Arrays.toString(places));
        }
    }
}
