package duality.proofs.symbolic;

import duality.algebra.Ring;
import duality.errors.Fault;
import duality.errors.ValueException;

/**
 * Numbers that carry a bound on their rounding error, derived from the expression that computed them. A
 * program of sums and products run over this ring says how far the same program in any floating-point
 * format may be from the exact result (Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed.,
 * lemmas 3.1 and 3.3).
 *
 * <p>Let {@code γ_k = ku/(1 − ku)}, let z be what exact arithmetic gives and ẑ what a format with unit
 * roundoff u gives. Every element (v, m, k) has
 *
 * <pre>  |z| ≤ m  and  |ẑ − z| ≤ γ_k · m,</pre>
 *
 * by induction. <em>Inputs</em>: m = |v|, k = 0. <em>Sums</em> (m₁ + m₂, max(k₁, k₂) + 1), since γ_k (1 +
 * u) + u ≤ γ_{k+1}. <em>Products</em> (m₁m₂ + λ, k₁ + k₂ + 1), since (1 + γ_{k₁})(1 + γ_{k₂}) ≤ 1 +
 * γ_{k₁+k₂}; a product that underflows gradually errs by at most u times the smallest normal number,
 * which {@code λ = 2⁻¹²⁶} pays for in every format that has binary32's exponents or more (binary32,
 * bfloat16, binary64). Overflow, and hardware that flushes subnormal numbers to zero, are not covered.
 *
 * <p>Three operations do not round, so they cost no depth: x + 0 and x·0 where m = 0 says that zero is
 * what was computed, whatever the depth; and x·(±1) where k = 0 says that ±1 was an input.
 *
 * <p>Fusing a product with a sum rounds less, and summing in any order passes no term through more
 * roundings than the last of n − 1 sums in sequence, so the bound of the definition holds for such
 * kernels too.
 *
 * <p>An interpretation of the ring operations rather than a ring: the axioms hold for values where
 * nothing rounds, and they do not hold for magnitude and depth, which tell (a + b)c from ac + bc.
 */
public enum RunningErrors implements Ring<Approximation> {
    /** The only instance. */
    INSTANCE;

    private static final double UNDERFLOW = Float.MIN_NORMAL;

    /**
     * An exact input.
     *
     * @throws ValueException with {@link Fault#NOT_FINITE} if it is NaN or infinite
     */
    public Approximation exact(double value) {
        if (!Double.isFinite(value)) {
            throw new ValueException(Fault.NOT_FINITE, "input " + value + " of an error bound");
        }
        return new Approximation(value, Math.abs(value), 0);
    }

    /**
     * {@code γ_k · m}: how far the expression, computed with this unit roundoff, may be from its exact
     * value. Two computations may differ by the sum of their bounds; in particular a result in single
     * precision may differ from {@code value} by {@code bound(a, 0x1p-24) + bound(a, 0x1p-53)}.
     *
     * @throws ValueException with {@link Fault#OUT_OF_DOMAIN} if the roundoff is not in (0, 1), or so
     *     large that {@code ku ≥ 1} and nothing can be said
     */
    public double bound(Approximation a, double unitRoundoff) {
        if (!(unitRoundoff > 0 && unitRoundoff < 1 && a.depth() * unitRoundoff < 1)) {
            throw new ValueException(
                    Fault.OUT_OF_DOMAIN,
                    "unit roundoff " + unitRoundoff + " at depth " + a.depth() + ": their product must be below 1");
        }
        // The magnitude was rounded at most twice for each step of depth, and so are these few operations.
        double rounding = 1 + gamma(2.0 * a.depth() + 8, 0x1p-53);
        return gamma(a.depth(), unitRoundoff) * a.magnitude() * rounding;
    }

    private static double gamma(double k, double unitRoundoff) {
        return k * unitRoundoff / (1 - k * unitRoundoff);
    }

    @Override
    public Approximation zero() {
        return exact(0);
    }

    @Override
    public Approximation one() {
        return exact(1);
    }

    @Override
    public Approximation integer(long n) {
        double nearest = (double) n;
        // Casting back saturates, so that 2⁶³ would pass for the largest long.
        if ((long) nearest != n || nearest == 0x1p63) {
            throw new ValueException(Fault.OUT_OF_DOMAIN, "integer " + n + " is not a number in double precision");
        }
        return exact(nearest);
    }

    @Override
    public Approximation add(Approximation a, Approximation b) {
        if (a.magnitude() == 0 || b.magnitude() == 0) {
            return a.magnitude() == 0 ? b : a;
        }
        return new Approximation(
                a.value() + b.value(), a.magnitude() + b.magnitude(), deeper(Math.max(a.depth(), b.depth()), 0));
    }

    @Override
    public Approximation negate(Approximation a) {
        return new Approximation(-a.value(), a.magnitude(), a.depth());
    }

    @Override
    public Approximation multiply(Approximation a, Approximation b) {
        if (a.magnitude() == 0 || b.magnitude() == 0) {
            return zero();
        }
        if (isUnit(a)) {
            return a.value() > 0 ? b : negate(b);
        }
        if (isUnit(b)) {
            return b.value() > 0 ? a : negate(a);
        }
        return new Approximation(
                a.value() * b.value(), a.magnitude() * b.magnitude() + UNDERFLOW, deeper(a.depth(), b.depth()));
    }

    /** Equality of values; the bounds are not compared. */
    @Override
    public boolean equal(Approximation a, Approximation b) {
        return a.value() == b.value();
    }

    private static boolean isUnit(Approximation a) {
        return a.depth() == 0 && a.magnitude() == 1;
    }

    private static int deeper(int depthA, int depthB) {
        long depth = (long) depthA + depthB + 1;
        if (depth > Integer.MAX_VALUE) {
            throw new ValueException(Fault.OVERFLOW, "depth " + depth + " of an error bound exceeds 32 bits");
        }
        return (int) depth;
    }
}
