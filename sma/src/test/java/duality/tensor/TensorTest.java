package duality.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import duality.errors.Fault;
import duality.errors.InvalidInputException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class TensorTest {
    private final Tensor matrix = Tensor.of(new double[] {0, 1, 2, 3, 4, 5}, 2, 3);

    @Test
    void positions_are_row_major() {
        for (int row = 0; row < 2; row++) {
            for (int column = 0; column < 3; column++) {
                assertThat(matrix.offset(row, column)).isEqualTo(row * 3 + column);
                assertThat(matrix.getDoubleAt(row, column)).isEqualTo(row * 3 + column);
            }
        }
        matrix.setDoubleAt(-1, 1, 0);
        matrix.setLongAt(-2, 1, 1);
        assertThat(matrix.toDoubleArray()).containsExactly(0, 1, 2, -1, -2, 5);
        assertThat(matrix.getLongAt(1, 1)).isEqualTo(-2);
    }

    @Test
    void shapes_may_be_scalar_or_empty() {
        Tensor scalar = Tensor.of(new long[] {7});
        assertThat(scalar).hasToString("int64[]");
        assertThat(scalar.size()).isEqualTo(1);
        assertThat(scalar.getLongAt()).isEqualTo(7);
        Tensor empty = Tensor.zeros(DType.BFLOAT16, 2, 0, 3);
        assertThat(empty).hasToString("bfloat16[2, 0, 3]");
        assertThat(empty.size()).isZero();
        assertThat(empty.toDoubleArray()).isEmpty();
        assertThat(empty.to(DType.INT32)).hasToString("int32[2, 0, 3]");
        assertThat(empty.rank()).isEqualTo(3);
        assertThat(empty.length(2)).isEqualTo(3);
    }

    @Test
    void a_shape_is_copied_in_and_out() {
        long[] shape = {2, 3};
        Tensor tensor = Tensor.zeros(DType.INT32, shape);
        shape[0] = 9;
        tensor.shape()[1] = 9;
        assertThat(tensor.shape()).containsExactly(2, 3);
    }

    @Test
    void reshape_shares_memory() {
        matrix.reshape(3, 2).setDoubleAt(9, 0, 1);
        assertThat(matrix.getDouble(1)).isEqualTo(9);
    }

    @ParameterizedTest
    @EnumSource
    void parts_are_read_and_written_in_every_type(DType dtype) {
        Tensor tensor = Tensor.zeros(dtype, 4, 2);
        tensor.writeDoubles(3, new double[] {1, -2, 3});
        assertThat(tensor.readDoubles(2, 5)).containsExactly(0, 1, -2, 3, 0);
        assertThat(tensor.readDoubles(8, 0)).isEmpty();
        assertThat(tensor.segment().byteSize()).isEqualTo(8L * dtype.byteSize());
    }

    @Test
    void memory_needs_no_alignment_and_may_be_read_only() {
        MemorySegment odd = MemorySegment.ofArray(new byte[17]).asSlice(1);
        Tensor tensor = Tensor.wrap(DType.FLOAT64, odd, 2);
        tensor.writeDoubles(0, new double[] {1.5, -2.5});
        Tensor view = Tensor.wrap(DType.FLOAT64, odd.asReadOnly(), 2);
        assertThat(view.isReadOnly()).isTrue();
        assertThat(view.toDoubleArray()).containsExactly(1.5, -2.5);
        assertThat(view.to(DType.FLOAT64).isReadOnly()).isFalse();
        assertThat(odd.get(ValueLayout.JAVA_BYTE, 7)).isEqualTo((byte) 0x3F);
    }

    @Test
    void copies_between_equal_types_keep_bits_and_may_overlap() {
        Tensor nan = Tensor.zeros(DType.FLOAT32, 2);
        nan.setBits(0, 0x7F800001);
        assertThat(nan.to(DType.FLOAT32).contentEquals(nan)).isTrue();
        MemorySegment memory = Arena.ofAuto().allocate(12);
        Tensor target = Tensor.wrap(DType.INT32, memory.asSlice(4, 8), 2);
        Tensor source = Tensor.wrap(DType.INT32, memory.asSlice(0, 8), 2);
        source.setLong(0, 1);
        source.setLong(1, 2);
        source.copyTo(target);
        assertThat(target.toDoubleArray()).containsExactly(1, 2);
    }

    @Test
    void integers_stay_exact_beyond_the_range_of_double() {
        Tensor large = Tensor.of(new long[] {Long.MAX_VALUE - 1}, 1);
        assertThat(large.getLong(0)).isEqualTo(Long.MAX_VALUE - 1);
        assertThat(large.getDouble(0)).isEqualTo(0x1p63);
        Tensor integers = Tensor.of(new double[] {-0x1p63, -0.0}, 2).to(DType.INT64);
        assertThat(integers.getLong(0)).isEqualTo(Long.MIN_VALUE);
        assertThat(integers.getLong(1)).isZero();
    }

    @Test
    void content_equality_sees_type_shape_and_bits() {
        assertThat(matrix.contentEquals(matrix.to(DType.FLOAT64))).isTrue();
        assertThat(matrix.contentEquals(matrix.reshape(3, 2))).isFalse();
        assertThat(matrix.contentEquals(matrix.to(DType.INT64))).isFalse();
        assertThat(Tensor.of(new double[] {0.0}).contentEquals(Tensor.of(new double[] {-0.0})))
                .isFalse();
    }

    static Stream<Arguments> faults() {
        Tensor matrix = Tensor.zeros(DType.FLOAT64, 2, 3);
        Tensor integers = Tensor.zeros(DType.INT32, 4);
        Tensor readOnly =
                Tensor.wrap(DType.INT64, MemorySegment.ofArray(new long[1]).asReadOnly(), 1);
        MemorySegment shared = MemorySegment.ofArray(new byte[8]);
        return Stream.of(
                fault(() -> matrix.offset(1), Fault.WRONG_RANK, "[1] of float64[2, 3]: 1 numbers vs 2 axes"),
                fault(() -> matrix.getDoubleAt(1, 3), Fault.OUT_OF_RANGE, "[1, 3] of float64[2, 3]: 3 on axis 1"),
                fault(() -> matrix.setDoubleAt(0, -1, 0), Fault.OUT_OF_RANGE, "-1 on axis 0 must be at least 0"),
                fault(() -> matrix.getDouble(6), Fault.OUT_OF_RANGE, "flat index 6 of float64[2, 3]"),
                fault(() -> matrix.setLong(-1, 0), Fault.OUT_OF_RANGE, "flat index -1"),
                fault(() -> matrix.readDoubles(4, 3), Fault.OUT_OF_RANGE, "3 elements from flat index 4"),
                fault(() -> matrix.readDoubles(0, -1), Fault.OUT_OF_RANGE, "-1 elements"),
                fault(() -> matrix.readDoubles(Long.MAX_VALUE, 3), Fault.OUT_OF_RANGE, "9223372036854775807"),
                fault(() -> matrix.writeDoubles(-1, new double[1]), Fault.OUT_OF_RANGE, "flat index -1"),
                fault(() -> matrix.length(2), Fault.OUT_OF_RANGE, "axis 2 of float64[2, 3]"),
                fault(() -> matrix.reshape(4), Fault.SHAPE_MISMATCH, "float64[2, 3] vs float64[4]"),
                fault(() -> matrix.copyTo(integers), Fault.SHAPE_MISMATCH, "float64[2, 3] vs int32[4]"),
                fault(() -> Tensor.of(new int[3], 2, 2), Fault.SHAPE_MISMATCH, "3 values vs int32[2, 2]"),
                fault(
                        () -> Tensor.wrap(DType.FLOAT32, shared, 3),
                        Fault.SHAPE_MISMATCH,
                        "8 bytes vs 12 bytes for float32[3]"),
                fault(() -> Tensor.zeros(DType.INT32, 2, -1), Fault.OUT_OF_RANGE, "int32[2, -1]: length -1"),
                fault(() -> Tensor.zeros(DType.INT64, 1L << 31, 1L << 29), Fault.OVERFLOW, "2147483648, 536870912"),
                fault(() -> Tensor.zeros(DType.INT32, 0, 1L << 62), Fault.OVERFLOW, "4611686018427387904"),
                fault(() -> integers.setDouble(2, 0.5), Fault.OUT_OF_DOMAIN, "element 2 of int32[4]: 0.5"),
                fault(() -> integers.setDouble(2, Double.NaN), Fault.NOT_FINITE, "element 2 of int32[4]: NaN"),
                fault(() -> integers.setDouble(1, 0x1p31), Fault.OVERFLOW, "2147483648"),
                fault(() -> integers.setDouble(1, 0x1p63), Fault.OVERFLOW, "9.223372"),
                fault(() -> integers.setLong(1, 1L << 31), Fault.OVERFLOW, "element 1 of int32[4]: 2147483648"),
                fault(
                        () -> integers.writeDoubles(1, new double[] {1, 2.5}),
                        Fault.OUT_OF_DOMAIN,
                        "element 2 of int32[4]: 2.5"),
                fault(
                        () -> Tensor.of(new float[] {1, 1.5f}, 2).to(DType.INT64),
                        Fault.OUT_OF_DOMAIN,
                        "element 1 of int64[2]: 1.5"),
                fault(
                        () -> Tensor.of(new double[] {1.5}).getLong(0),
                        Fault.OUT_OF_DOMAIN,
                        "element 0 of float64[]: 1.5"),
                fault(() -> readOnly.setLong(0, 1), Fault.UNAVAILABLE, "int64[1], which is read-only"),
                fault(() -> Tensor.of(new long[1], 1).copyTo(readOnly), Fault.UNAVAILABLE, "read-only"),
                fault(
                        () -> Tensor.wrap(DType.INT32, shared.asSlice(4), 1)
                                .copyTo(Tensor.wrap(DType.FLOAT64, shared, 1)),
                        Fault.WRONG_ARGUMENTS,
                        "int32[1] to float64[1] in the same memory"),
                fault(() -> new ReadLimits(-1), Fault.OUT_OF_DOMAIN, "inflatedBytes -1"));
    }

    private static Arguments fault(ThrowingCallable call, Fault fault, String words) {
        return Arguments.of(words, call, fault);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    void bad_input_is_reported_with_its_value(String words, ThrowingCallable call, Fault fault) {
        InvalidInputException thrown = catchThrowableOfType(InvalidInputException.class, call);
        assertThat(thrown).isNotNull().hasMessageContaining(words);
        assertThat(thrown.fault()).isEqualTo(fault);
    }

    @Test
    void types_describe_themselves() {
        assertThat(DType.values())
                .extracting(DType::toString)
                .containsExactly("float64", "float32", "bfloat16", "float16", "int32", "int64");
        for (DType dtype : DType.values()) {
            if (dtype.isFloatingPoint()) {
                Tensor one = Tensor.zeros(dtype);
                one.setDouble(0, 1 + dtype.unitRoundoff());
                assertThat(one.getDouble(0))
                        .as("tie below %s's next to 1", dtype)
                        .isEqualTo(1);
                one.setDouble(0, 1 + 2 * dtype.unitRoundoff());
                assertThat(one.getDouble(0)).as("%s's next to 1", dtype).isEqualTo(1 + 2 * dtype.unitRoundoff());
            } else {
                assertThat(dtype.unitRoundoff()).isZero();
            }
        }
    }
}
