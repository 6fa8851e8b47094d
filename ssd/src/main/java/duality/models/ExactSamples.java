package duality.models;

import duality.algebra.PrimeField;
import duality.algebra.RingBlocks;
import duality.algebra.RingMatrix;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Random parameters in the prime field, with stand-ins for the functions of analysis that obey the same identities:
 *
 * <ul>
 *   <li>exp(x) is gˣ for an element g of order 1321, a divisor of p − 1. The identity {@code exp(x + y) = exp(x) exp(y)}
 *       holds, so whatever a rank is at most for every homomorphism holds here too. In the other direction: a minor of
 *       a matrix of exponentials that is not zero here cannot be identically zero over the reals, since then its
 *       exponents would cancel formally, and here as well. So ranks found here are reached over the reals.
 *   <li>Angles are multiples of a random point of the circle c² + s² = 1, by the addition theorems.
 * </ul>
 */
public final class ExactSamples implements Samples<RingMatrix<Long>> {
    /** The order of g, a prime divisor of p − 1 = 2⁶¹ − 2. */
    static final long ORDER = 1321;

    private static final PrimeField FIELD = PrimeField.INSTANCE;
    private static final RingBlocks<Long> OPS = new RingBlocks<>(FIELD);
    private static final long BASE = PrimeField.power(37, (PrimeField.MODULUS - 1) / ORDER);

    private final SplittableRandom random;

    /** The samples of a seed. */
    public ExactSamples(long seed) {
        random = new SplittableRandom(seed);
    }

    @Override
    public RingBlocks<Long> blocks() {
        return OPS;
    }

    @Override
    public RingMatrix<Long> numbers(int rows, int columns) {
        return RingMatrix.of(rows, columns, (i, j) -> random.nextLong(1, PrimeField.MODULUS));
    }

    @Override
    public RingMatrix<Long> gates(int rows, int columns) {
        return numbers(rows, columns);
    }

    @Override
    public RingMatrix<Long> exponents(int rows, int columns) {
        return RingMatrix.of(rows, columns, (i, j) -> random.nextLong(1, ORDER));
    }

    /** {@code gˣ} of integers that have not been reduced modulo p; those above p/2 stand for negative ones. */
    @Override
    public RingMatrix<Long> exp(RingMatrix<Long> exponents) {
        return RingMatrix.of(exponents.rows(), exponents.columns(), (i, j) -> {
            long x = exponents.get(i, j);
            long signed = x > PrimeField.MODULUS / 2 ? x - PrimeField.MODULUS : x;
            return PrimeField.power(BASE, Math.floorMod(signed, ORDER));
        });
    }

    @Override
    public RingMatrix<Long> half() {
        return RingMatrix.of(1, 1, (i, j) -> FIELD.invert(2L));
    }

    @Override
    public Angles<RingMatrix<Long>> angles(int length) {
        long u = random.nextLong(1, PrimeField.MODULUS);
        long square = PrimeField.product(u, u);
        long norm = FIELD.invert(PrimeField.sum(1, square)); // −1 has no square root modulo p ≡ 3 (mod 4)
        long c = PrimeField.product(FIELD.subtract(1L, square), norm);
        long s = PrimeField.product(PrimeField.sum(u, u), norm);
        List<Long> cosines = new ArrayList<>();
        List<Long> sines = new ArrayList<>();
        long cosine = 1;
        long sine = 0;
        for (int j = 0; j < length; j++) {
            cosines.add(cosine);
            sines.add(sine);
            long next = FIELD.subtract(PrimeField.product(cosine, c), PrimeField.product(sine, s));
            sine = PrimeField.sum(PrimeField.product(sine, c), PrimeField.product(cosine, s));
            cosine = next;
        }
        return new Angles<>(RingMatrix.of(length, 1, cosines), RingMatrix.of(length, 1, sines));
    }
}
