package duality.algebra;

/**
 * A ring with identity: the operations, as an object separate from its elements.
 *
 * <p>Addition is associative and commutative with {@link #zero()} and {@link #negate}; multiplication
 * is associative with {@link #one()} and distributes over addition from both sides. Multiplication
 * need not commute; algorithms keep the order of their factors unless they say otherwise. Elements are
 * immutable.
 *
 * @param <E> the type of the elements
 */
public interface Ring<E> {
    /** The neutral element of addition. */
    E zero();

    /** The neutral element of multiplication. */
    E one();

    /** {@code a + b}. */
    E add(E a, E b);

    /** {@code −a}. */
    E negate(E a);

    /** {@code a · b}, in this order. */
    E multiply(E a, E b);

    /** Whether two elements are equal in the ring (not whether their representations are). */
    boolean equal(E a, E b);

    /** {@code a − b}. */
    default E subtract(E a, E b) {
        return add(a, negate(b));
    }

    /** Whether {@code a = 0}. */
    default boolean isZero(E a) {
        return equal(a, zero());
    }

    /** The image of an integer, {@code n · 1}, by doubling. */
    default E integer(long n) {
        E sum = zero();
        for (int bit = Long.SIZE - Long.numberOfLeadingZeros(Math.abs(n)) - 1; bit >= 0; bit--) {
            sum = add(sum, sum);
            if ((Math.abs(n) >>> bit & 1) != 0) {
                sum = n > 0 ? add(sum, one()) : subtract(sum, one());
            }
        }
        return sum;
    }
}
