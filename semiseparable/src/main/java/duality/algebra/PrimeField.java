package duality.algebra;

import duality.errors.Fault;
import duality.errors.ValueException;

/**
 * The integers modulo the Mersenne prime {@code p = 2⁶¹ − 1}. Elements are canonical: {@code 0 ≤ a < p}.
 *
 * <p>This is the field of random identity testing: a non-zero polynomial of degree d vanishes at a
 * uniformly random point with probability at most d/p (Schwartz 1980, Zippel 1979). The static methods
 * are the same arithmetic on plain {@code long}s, for inner loops.
 */
public enum PrimeField implements Field<Long> {
    /** The only instance. */
    INSTANCE;

    /** {@code p = 2⁶¹ − 1}. */
    public static final long MODULUS = (1L << 61) - 1;

    /** {@code a + b mod p} of canonical elements. */
    public static long sum(long a, long b) {
        long s = a + b - MODULUS;
        return s + (MODULUS & (s >> 63));
    }

    /** {@code a · b mod p} of canonical elements, by 2⁶¹ ≡ 1. */
    public static long product(long a, long b) {
        long low = a * b;
        long high = Math.multiplyHigh(a, b);
        // a·b = high·2⁶⁴ + low = (high·8 + ⌊low/2⁶¹⌋)·2⁶¹ + low mod 2⁶¹, and 2⁶¹ ≡ 1.
        return sum(low & MODULUS, (high << 3) | (low >>> 61));
    }

    /**
     * {@code aⁿ mod p} for {@code n ≥ 0}.
     *
     * @throws ValueException with {@link Fault#OUT_OF_DOMAIN} if {@code n < 0}
     */
    public static long power(long a, long n) {
        if (n < 0) {
            throw new ValueException(Fault.OUT_OF_DOMAIN, a + "^" + n + ": the exponent must not be negative");
        }
        long result = 1;
        long square = a;
        for (long rest = n; rest != 0; rest >>>= 1) {
            if ((rest & 1) != 0) {
                result = product(result, square);
            }
            square = product(square, square);
        }
        return result;
    }

    @Override
    public Long zero() {
        return 0L;
    }

    @Override
    public Long one() {
        return 1L;
    }

    @Override
    public Long add(Long a, Long b) {
        return sum(a, b);
    }

    @Override
    public Long negate(Long a) {
        return a == 0 ? 0 : MODULUS - a;
    }

    @Override
    public Long multiply(Long a, Long b) {
        return product(a, b);
    }

    @Override
    public boolean equal(Long a, Long b) {
        return a.longValue() == b.longValue();
    }

    @Override
    public Long integer(long n) {
        return Math.floorMod(n, MODULUS);
    }

    /** {@code aᵖ⁻²}, by Fermat's little theorem. */
    @Override
    public Long invert(Long a) {
        if (a == 0) {
            throw new ValueException(Fault.SINGULAR, "inverse of 0 modulo 2^61 - 1");
        }
        return power(a, MODULUS - 2);
    }
}
