package duality.figures;

import duality.errors.Fault;
import duality.errors.ValueException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * An axis of a {@link Plot}.
 *
 * @param title what it measures, with its unit
 * @param scale how numbers become places
 */
public record Axis(String title, Scale scale) {
    /** How numbers become places. */
    public enum Scale {
        /** As they are, from 0 on. */
        LINEAR,
        /** By powers of two, which are marked. */
        BINARY,
        /** By powers of ten, which are marked. */
        DECIMAL;

        private double place(double value) {
            return switch (this) {
                case LINEAR -> value;
                case BINARY -> StrictMath.log(value) / StrictMath.log(2);
                case DECIMAL -> StrictMath.log10(value);
            };
        }
    }

    /** An axis from 0 on. */
    public static Axis linear(String title) {
        return new Axis(title, Scale.LINEAR);
    }

    /** An axis of lengths: by powers of two. */
    public static Axis binary(String title) {
        return new Axis(title, Scale.BINARY);
    }

    /** An axis by powers of ten. */
    public static Axis decimal(String title) {
        return new Axis(title, Scale.DECIMAL);
    }

    /** A mark on an axis. */
    record Tick(double value, String label) {}

    /** What of an axis is shown, chosen by the numbers on it. */
    record Range(Axis axis, double least, double most, List<Tick> ticks) {
        /** From 0 at the beginning of the axis to 1 at its end. */
        double place(double value) {
            return (axis.scale.place(value) - axis.scale.place(least))
                    / (axis.scale.place(most) - axis.scale.place(least));
        }
    }

    /**
     * The range of some numbers.
     *
     * @param room how much further than the largest number a linear axis goes, as a factor
     * @throws ValueException if one is not finite, or not positive and the scale is by powers; the message names it
     */
    Range range(double[] values, double room) {
        double least = Double.POSITIVE_INFINITY;
        double most = 0;
        for (int i = 0; i < values.length; i++) {
            if (!Double.isFinite(values[i]) || values[i] < 0 || (values[i] == 0 && scale != Scale.LINEAR)) {
                throw new ValueException(
                        Double.isFinite(values[i]) ? Fault.OUT_OF_DOMAIN : Fault.NOT_FINITE,
                        "number %d on the axis of %s is %s".formatted(i, title, values[i]));
            }
            least = Math.min(least, values[i]);
            most = Math.max(most, values[i]);
        }
        return switch (scale) {
            case LINEAR -> linear(most * room);
            case BINARY -> powers(2, values.length == 0 ? 1 : least, most);
            case DECIMAL -> powers(10, values.length == 0 ? 1 : least, most);
        };
    }

    /** Ticks at multiples of 1, 2 or 5 times a power of ten, about five of them. */
    private Range linear(double most) {
        double raw = Math.max(most, 1e-300) / 5;
        double power = StrictMath.pow(10, Math.floor(StrictMath.log10(raw)));
        double step = power * (raw <= power ? 1 : raw <= 2 * power ? 2 : raw <= 5 * power ? 5 : 10);
        List<Tick> ticks = new ArrayList<>();
        for (int i = 0; i * step <= most * (1 + 1e-9); i++) {
            ticks.add(new Tick(i * step, label(i * step)));
        }
        return new Range(this, 0, Math.max(most, step), ticks);
    }

    private Range powers(int base, double least, double most) {
        int from = (int) Math.floor(scale.place(least) + 1e-9);
        int to = Math.max(from + 1, (int) Math.ceil(scale.place(most) - 1e-9));
        int stride = Math.ceilDiv(to - from, 8);
        List<Tick> ticks = new ArrayList<>();
        for (int i = from; i <= to; i += stride) {
            double value = StrictMath.pow(base, i);
            ticks.add(new Tick(value, label(value)));
        }
        return new Range(this, StrictMath.pow(base, from), StrictMath.pow(base, to), ticks);
    }

    /** A number as on an axis: 0.5, 2048, 10⁻⁷. */
    static String label(double value) {
        if (value == 0) {
            return "0";
        }
        int exponent = (int) Math.floor(StrictMath.log10(value) + 1e-9);
        double leading = value / StrictMath.pow(10, exponent);
        if (exponent >= -3 && exponent < 6) {
            return exponent >= 0 ? Svg.number(value) : String.format(Locale.ROOT, "%." + -exponent + "f", value);
        }
        String digits = Integer.toString(exponent)
                .chars()
                .mapToObj(digit -> String.valueOf("⁻⁰¹²³⁴⁵⁶⁷⁸⁹".charAt(digit == '-' ? 0 : digit - '0' + 1)))
                .reduce("", String::concat);
        return (Math.abs(leading - 1) < 1e-6 ? "" : Svg.number(leading) + "·") + "10" + digits;
    }
}
