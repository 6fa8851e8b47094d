package duality.proofs.symbolic;

import duality.errors.Fault;
import duality.errors.ValueException;

/** Integer arithmetic in {@code long} that refuses to wrap around. */
final class Exact {
    private Exact() {}

    static long sum(long a, long b) {
        long sum = a + b;
        if (((a ^ sum) & (b ^ sum)) < 0) {
            throw overflow(a, "+", b);
        }
        return sum;
    }

    static long product(long a, long b) {
        long product = a * b;
        if (Math.multiplyHigh(a, b) != product >> 63) {
            throw overflow(a, "·", b);
        }
        return product;
    }

    private static ValueException overflow(long a, String operation, long b) {
        return new ValueException(Fault.OVERFLOW, "coefficient " + a + " " + operation + " " + b + " exceeds 64 bits");
    }
}
