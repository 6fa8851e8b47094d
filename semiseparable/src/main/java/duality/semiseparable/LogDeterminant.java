package duality.semiseparable;

/**
 * A determinant as {@code sign · exp(logAbsolute)}, which neither overflows nor underflows.
 *
 * @param sign −1, 0 or 1
 * @param logAbsolute the natural logarithm of the absolute value, −∞ where the sign is 0
 */
public record LogDeterminant(int sign, double logAbsolute) {
    /** The determinant of the identity. */
    static final LogDeterminant ONE = new LogDeterminant(1, 0);

    /** The determinant of a product: that of this factor times {@code pivot}. */
    LogDeterminant times(double pivot) {
        return new LogDeterminant(sign * (int) Math.signum(pivot), logAbsolute + Math.log(Math.abs(pivot)));
    }

    LogDeterminant times(LogDeterminant other) {
        return new LogDeterminant(sign * other.sign, logAbsolute + other.logAbsolute);
    }

    LogDeterminant inverse() {
        return new LogDeterminant(sign, -logAbsolute);
    }

    /** The determinant itself, which may overflow. */
    public double value() {
        return sign == 0 ? 0 : sign * Math.exp(logAbsolute);
    }
}
