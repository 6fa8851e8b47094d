package duality.tensor;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the elements of a {@link Tensor} are. */
public enum DType {
    /** IEEE 754 binary64. */
    FLOAT64("float64", 8, 0x1p-53, "<f8", "F64"),
    /** IEEE 754 binary32. */
    FLOAT32("float32", 4, 0x1p-24, "<f4", "F32"),
    /** The upper half of a binary32: its exponent range with 8 bits of precision. NumPy has no such type. */
    BFLOAT16("bfloat16", 2, 0x1p-8, null, "BF16"),
    /** IEEE 754 binary16. */
    FLOAT16("float16", 2, 0x1p-11, "<f2", "F16"),
    /** Two's complement, 32 bits. */
    INT32("int32", 4, 0, "<i4", "I32"),
    /** Two's complement, 64 bits. */
    INT64("int64", 8, 0, "<i8", "I64");

    private final String text;
    private final int byteSize;
    private final double unitRoundoff;
    private final @Nullable String npyDescr;
    private final String safetensorsName;

    DType(String text, int byteSize, double unitRoundoff, @Nullable String npyDescr, String safetensorsName) {
        this.text = text;
        this.byteSize = byteSize;
        this.unitRoundoff = unitRoundoff;
        this.npyDescr = npyDescr;
        this.safetensorsName = safetensorsName;
    }

    /** Bytes in an element. */
    public int byteSize() {
        return byteSize;
    }

    /** Whether elements round, overflow to infinity and may be NaN; the others are integers and exact. */
    public boolean isFloatingPoint() {
        return unitRoundoff > 0;
    }

    /** The largest relative error of rounding to this type, subnormals aside; 0 for integers. */
    public double unitRoundoff() {
        return unitRoundoff;
    }

    /** The name that Python's libraries use, such as {@code float64}. */
    @Override
    public String toString() {
        return text;
    }

    /** The type as in a header of {@code .npy}, absent where NumPy has none. */
    Optional<String> npyDescr() {
        return Optional.ofNullable(npyDescr);
    }

    String safetensorsName() {
        return safetensorsName;
    }

    static Optional<DType> find(Function<DType, Optional<String>> name, String wanted) {
        return Arrays.stream(values())
                .filter(dtype -> name.apply(dtype).filter(wanted::equals).isPresent())
                .findFirst();
    }

    /** The names that {@link #find} knows, for messages. */
    static String names(Function<DType, Optional<String>> name) {
        return Arrays.stream(values())
                .flatMap(dtype -> name.apply(dtype).stream())
                .collect(Collectors.joining(", "));
    }

    /** The value of an element whose sign-extended bits are given. Integers beyond 2<sup>53</sup> round to nearest. */
    double decode(long bits) {
        return switch (this) {
            case FLOAT64 -> Double.longBitsToDouble(bits);
            case FLOAT32 -> Float.intBitsToFloat((int) bits);
            case BFLOAT16 -> Float.intBitsToFloat((int) bits << 16);
            case FLOAT16 -> Float.float16ToFloat((short) bits);
            case INT32, INT64 -> (double) bits;
        };
    }

    /** The bits of the floating-point element nearest to a value, ties to even: one rounding, whatever the type. */
    long encode(double value) {
        return switch (this) {
            case FLOAT64 -> Double.doubleToRawLongBits(value);
            case FLOAT32 -> Float.floatToRawIntBits((float) value);
            case BFLOAT16 -> upperHalf(roundToOdd(value));
            case FLOAT16 -> Float.floatToFloat16(roundToOdd(value));
            case INT32, INT64 -> throw new IllegalStateException(this + " has no rounding");
        };
    }

    private static int upperHalf(float value) {
        int bits = Float.floatToRawIntBits(value);
        return Float.isNaN(value) ? (bits >> 16) | 0x40 : (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16;
    }

    /**
     * A float whose last bit remembers whether anything was lost, so that rounding it to nearest in two bits or more
     * less gives what rounding the double gives (Boldo and Melquiond, "Emulation of FMA and correctly rounded sums:
     * proved algorithms using rounding to odd", 2008).
     */
    private static float roundToOdd(double value) {
        float nearest = (float) value;
        if (nearest == value || Double.isNaN(value)) {
            return nearest;
        }
        int towardsZero = Float.floatToRawIntBits(nearest) - (Math.abs((double) nearest) > Math.abs(value) ? 1 : 0);
        return Float.intBitsToFloat(towardsZero | 1);
    }

    /** A double that rounds to every smaller type as the integer itself does; exact up to 2<sup>53</sup>. */
    static double roundToOdd(long value) {
        long lost = value & 0x7FF;
        return (double) (Math.abs(value) < 1L << 53 || lost == 0 ? value : (value - lost) | 0x800);
    }
}
