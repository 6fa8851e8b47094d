package duality.contraction;

/** Arithmetic of costs: never negative, and too large is {@link Long#MAX_VALUE}. */
public final class Cost {
    private Cost() {}

    /** {@code a + b}. */
    public static long plus(long a, long b) {
        long sum = a + b;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }

    /** {@code a · b}. */
    public static long times(long a, long b) {
        return Math.multiplyHigh(a, b) != 0 || a * b < 0 ? Long.MAX_VALUE : a * b;
    }
}
