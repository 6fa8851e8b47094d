package duality.proofs.symbolic;

import duality.algebra.Field;
import duality.errors.Fault;
import duality.errors.ValueException;
import java.util.SplittableRandom;

/**
 * The integers modulo a prime p, with exponentials by a second prime: {@code exp(x) = gˣ mod p}, where x is known
 * modulo a prime q that divides p − 1 and g is of order q. A formal variable is a random residue modulo p together with
 * an independent one modulo q, so that sums and products are homomorphisms on both sides and {@code exp(x + y) =
 * exp(x) exp(y)}. An exponential itself has no residue modulo q: towers of exponentials are refused.
 *
 * <p>{@code p = 2⁵⁰ − 161} and {@code q = (p − 1)/2} are both prime.
 *
 * <p>What a false pass costs: an expression {@code Σ P_i(x) exp(f_i(x))} that is not zero is zero here at a random point
 * with probability at most degree/q, if its exponents f_i are linear with small coefficients, since the {@code
 * exp(x_j)} are then independent random elements of a group of order q and the expression is a polynomial in them and
 * in the x_j. In the other direction nothing is random: what is not zero here is not identically zero over the reals.
 */
public enum ExponentialField implements Field<ExponentialField.Element> {
    /** The only instance. */
    INSTANCE;

    /** {@code p = 2⁵⁰ − 161}. */
    public static final long MODULUS = (1L << 50) - 161;

    /** {@code q = (p − 1)/2}, the order of the exponentials. */
    public static final long ORDER = (MODULUS - 1) / 2;

    private static final long BASE = 4; // a square other than 1 generates the group of order q

    /**
     * A residue modulo p and, unless it comes from an exponential or a quotient, the same formal number modulo q.
     *
     * @param value modulo p, from 0 to p − 1
     * @param exponent modulo q, or −1 where there is none
     */
    public record Element(long value, long exponent) {
        @Override
        public String toString() {
            return Long.toString(value);
        }
    }

    /** The value of a formal variable. */
    public Element variable(SplittableRandom random) {
        return new Element(random.nextLong(MODULUS), random.nextLong(ORDER));
    }

    /**
     * {@code gˣ}.
     *
     * @throws ValueException with {@link Fault#OUT_OF_DOMAIN} if x is made from an exponential or a quotient
     */
    public Element exp(Element x) {
        if (x.exponent < 0) {
            throw new ValueException(Fault.OUT_OF_DOMAIN, "exp of what has no residue modulo q: " + x);
        }
        return new Element(power(BASE, x.exponent), -1);
    }

    @Override
    public Element zero() {
        return new Element(0, 0);
    }

    @Override
    public Element one() {
        return new Element(1, 1);
    }

    @Override
    public Element add(Element a, Element b) {
        return new Element((a.value + b.value) % MODULUS, known(a, b) ? (a.exponent + b.exponent) % ORDER : -1);
    }

    @Override
    public Element negate(Element a) {
        return new Element((MODULUS - a.value) % MODULUS, a.exponent < 0 ? -1 : (ORDER - a.exponent) % ORDER);
    }

    @Override
    public Element multiply(Element a, Element b) {
        return new Element(
                product(a.value, b.value, MODULUS), known(a, b) ? product(a.exponent, b.exponent, ORDER) : -1);
    }

    /** Equality modulo p; the residues modulo q only serve exponentials. */
    @Override
    public boolean equal(Element a, Element b) {
        return a.value == b.value;
    }

    @Override
    public Element integer(long n) {
        return new Element(Math.floorMod(n, MODULUS), Math.floorMod(n, ORDER));
    }

    @Override
    public Element invert(Element a) {
        if (a.value == 0) {
            throw new ValueException(Fault.SINGULAR, "inverse of 0 modulo 2^50 - 161");
        }
        return new Element(power(a.value, MODULUS - 2), -1);
    }

    private static boolean known(Element a, Element b) {
        return a.exponent >= 0 && b.exponent >= 0;
    }

    /**
     * {@code a b mod m} for {@code m ≤ 2⁵⁰}: the quotient in floating point is off by at most one, and the remainder
     * then fits a {@code long} though the product does not.
     */
    private static long product(long a, long b, long m) {
        long quotient = (long) ((double) a * (double) b / (double) m);
        long remainder = a * b - quotient * m;
        return remainder < 0 ? remainder + m : remainder >= m ? remainder - m : remainder;
    }

    private static long power(long a, long n) {
        long result = 1;
        long square = a;
        for (long rest = n; rest != 0; rest >>>= 1) {
            if ((rest & 1) != 0) {
                result = product(result, square, MODULUS);
            }
            square = product(square, square, MODULUS);
        }
        return result;
    }
}
