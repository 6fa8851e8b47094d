package duality.proofs.symbolic;

import duality.algebra.Field;
import duality.algebra.PrimeField;
import java.util.SplittableRandom;

/**
 * A random point over the prime field, which counts what it risks. A program run here computes the values of rational
 * functions of its inputs at that point, together with bounds on their degrees. Each equality that it decides is right
 * unless a numerator that is not identically zero vanishes at the point, which has probability at most degree/p
 * (Schwartz 1980, Zippel 1979); the sum over all decisions is {@link #risk}.
 *
 * <p>An instance is one point, for one thread.
 */
public final class RandomPoint implements Field<RandomPoint.Value> {
    private static final PrimeField FIELD = PrimeField.INSTANCE;

    private final SplittableRandom random;
    private double degrees;

    /**
     * The value of a rational function.
     *
     * @param value modulo p
     * @param degree at least the degree of the numerator
     * @param denominator at least that of the denominator
     */
    public record Value(long value, double degree, double denominator) {
        @Override
        public String toString() {
            return Long.toString(value);
        }
    }

    /** The point of a seed. */
    public RandomPoint(long seed) {
        random = new SplittableRandom(seed);
    }

    /** The value of one more variable. */
    public Value variable() {
        return new Value(random.nextLong(PrimeField.MODULUS), 1, 0);
    }

    /** A bound on the probability that any decision so far was wrong. */
    public double risk() {
        return Math.min(1, degrees / PrimeField.MODULUS);
    }

    @Override
    public Value zero() {
        return new Value(0, 0, 0);
    }

    @Override
    public Value one() {
        return new Value(1, 0, 0);
    }

    @Override
    public Value add(Value a, Value b) {
        return new Value(PrimeField.sum(a.value, b.value), crossDegree(a, b), commonDenominator(a, b));
    }

    private static double crossDegree(Value a, Value b) {
        return Math.max(a.degree + b.denominator, b.degree + a.denominator);
    }

    private static double commonDenominator(Value a, Value b) {
        return a.denominator + b.denominator;
    }

    @Override
    public Value negate(Value a) {
        return new Value(FIELD.negate(a.value), a.degree, a.denominator);
    }

    @Override
    public Value multiply(Value a, Value b) {
        boolean constantZero = (a.value == 0 && a.degree == 0) || (b.value == 0 && b.degree == 0);
        return constantZero
                ? zero()
                : new Value(PrimeField.product(a.value, b.value), a.degree + b.degree, a.denominator + b.denominator);
    }

    @Override
    public boolean equal(Value a, Value b) {
        degrees += crossDegree(a, b);
        return a.value == b.value;
    }

    @Override
    public Value integer(long n) {
        return new Value(FIELD.integer(n), 0, 0);
    }

    @Override
    public Value invert(Value a) {
        return new Value(FIELD.invert(a.value), a.denominator, a.degree);
    }
}
