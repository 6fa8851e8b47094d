package duality.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Conversion rounds once, to nearest, ties to even: compared with a search among all values of the type. */
class RoundingProperties {
    private static final Oracle FLOAT16 = new Oracle(5, 10);
    private static final Oracle BFLOAT16 = new Oracle(8, 7);

    /** All non-negative values of a 16-bit format, from the definition of IEEE 754, with their bits. */
    private static final class Oracle {
        private final NavigableMap<BigDecimal, Integer> bits = new TreeMap<>();
        private final int infinity;

        Oracle(int exponentBits, int fractionBits) {
            int bias = (1 << (exponentBits - 1)) - 1;
            infinity = ((1 << exponentBits) - 1) << fractionBits;
            // The pattern of infinity stands for the power of two that would follow the largest number: what rounds
            // there overflows.
            for (int pattern = 0; pattern <= infinity; pattern++) {
                int exponent = pattern >> fractionBits;
                int fraction = pattern & ((1 << fractionBits) - 1);
                int significand = exponent == 0 ? fraction : fraction | (1 << fractionBits);
                double value = Math.scalb((double) significand, Math.max(exponent, 1) - bias - fractionBits);
                bits.put(new BigDecimal(value), pattern);
            }
        }

        int nearest(double value) {
            int sign = Double.doubleToRawLongBits(value) < 0 ? 0x8000 : 0;
            return sign | (Double.isInfinite(value) ? infinity : nearest(new BigDecimal(value).abs()));
        }

        int nearest(BigDecimal magnitude) {
            Map.Entry<BigDecimal, Integer> below = bits.floorEntry(magnitude);
            Map.Entry<BigDecimal, Integer> above = bits.ceilingEntry(magnitude);
            if (above == null) {
                return infinity;
            }
            int side =
                    magnitude.subtract(below.getKey()).compareTo(above.getKey().subtract(magnitude));
            boolean down = side < 0 || (side == 0 && below.getValue() % 2 == 0);
            return down ? below.getValue() : above.getValue();
        }
    }

    @Provide
    Arbitrary<Double> doubles() {
        Arbitrary<Double> any = Arbitraries.longs().map(Double::longBitsToDouble);
        // Next to a tie of float16 or bfloat16, where rounding twice goes wrong.
        Arbitrary<Double> nearTies = Combinators.combine(
                        Arbitraries.integers().map(Float::intBitsToFloat),
                        Arbitraries.of(41, 44),
                        Arbitraries.longs().between(-1, 1))
                .as((value, tie, step) -> {
                    long upper = Double.doubleToLongBits(value) & (-1L << tie);
                    return Double.longBitsToDouble((upper | (1L << tie)) + step);
                });
        Arbitrary<Double> small = Arbitraries.longs().map(value -> value * 0x1p-76);
        return Arbitraries.oneOf(any, nearTies, small).filter(value -> !Double.isNaN(value));
    }

    @Property(tries = 5000)
    void a_double_becomes_the_nearest_float16(@ForAll("doubles") double value) {
        assertThat(stored(DType.FLOAT16, value)).isEqualTo(FLOAT16.nearest(value));
    }

    @Property(tries = 5000)
    void a_double_becomes_the_nearest_bfloat16(@ForAll("doubles") double value) {
        assertThat(stored(DType.BFLOAT16, value)).isEqualTo(BFLOAT16.nearest(value));
    }

    @Property(tries = 5000)
    void a_long_becomes_the_nearest_value(@ForAll long value, @ForAll("nearTies") long nearTie) {
        for (long integer : new long[] {value, nearTie}) {
            int sign = integer < 0 ? 0x8000 : 0;
            BigDecimal magnitude = BigDecimal.valueOf(integer).abs();
            assertThat(stored(DType.FLOAT16, integer)).isEqualTo(sign | FLOAT16.nearest(magnitude));
            assertThat(stored(DType.BFLOAT16, integer)).isEqualTo(sign | BFLOAT16.nearest(magnitude));
            Tensor exact = Tensor.of(new long[] {integer});
            assertThat(exact.to(DType.FLOAT32).getDouble(0)).isEqualTo((float) integer);
            assertThat(exact.to(DType.FLOAT64).getDouble(0)).isEqualTo((double) integer);
        }
    }

    /** Next to a tie of float32 or bfloat16. */
    @Provide
    Arbitrary<Long> nearTies() {
        return Combinators.combine(
                        Arbitraries.longs(),
                        Arbitraries.of(24, 8),
                        Arbitraries.longs().between(-1, 1))
                .as((value, precision, step) -> {
                    int drop = 64 - precision - Long.numberOfLeadingZeros(Math.abs(value));
                    return drop <= 0 ? value : ((value >> drop << drop) | (1L << (drop - 1))) + step;
                });
    }

    @Example
    void every_16_bit_value_survives_conversion_to_float64_and_back() {
        for (DType dtype : new DType[] {DType.FLOAT16, DType.BFLOAT16}) {
            Tensor all = Tensor.zeros(dtype, 1 << 16);
            for (int bits = 0; bits < 1 << 16; bits++) {
                all.setBits(bits, bits);
            }
            Tensor wide = all.to(DType.FLOAT64);
            Tensor back = wide.to(dtype);
            for (int bits = 0; bits < 1 << 16; bits++) {
                if (Double.isNaN(wide.getDouble(bits))) {
                    assertThat(back.getDouble(bits)).isNaN();
                } else {
                    assertThat(back.bits(bits)).isEqualTo(all.bits(bits));
                }
            }
        }
    }

    @Property
    void nan_stays_nan_whatever_its_bits(@ForAll DType dtype, @ForAll long payload) {
        if (dtype.isFloatingPoint()) {
            double nan = Double.longBitsToDouble(payload | 0x7FF0000000000001L);
            Tensor tensor = Tensor.zeros(dtype);
            tensor.setDouble(0, nan);
            assertThat(tensor.getDouble(0)).isNaN();
        }
    }

    @Example
    void rounding_twice_would_differ() {
        double aboveTie = 1 + 0x1p-11 + 0x1p-40;
        assertThat(Float.float16ToFloat(Float.floatToFloat16((float) aboveTie))).isEqualTo(1);
        Tensor half = Tensor.zeros(DType.FLOAT16);
        half.setDouble(0, aboveTie);
        assertThat(half.getDouble(0)).isEqualTo(1 + 0x1p-10);
    }

    private static int stored(DType dtype, double value) {
        Tensor tensor = Tensor.zeros(dtype);
        tensor.setDouble(0, value);
        return (int) tensor.bits(0) & 0xFFFF;
    }

    private static int stored(DType dtype, long value) {
        Tensor tensor = Tensor.zeros(dtype);
        tensor.setLong(0, value);
        return (int) tensor.bits(0) & 0xFFFF;
    }
}
