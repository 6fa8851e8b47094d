package duality.algebra;

/**
 * A commutative ring in which every element but zero has an inverse.
 *
 * @param <E> the type of the elements
 */
public interface Field<E> extends Ring<E> {
    /**
     * {@code 1/a}.
     *
     * @throws duality.errors.ValueException with {@link duality.errors.Fault#SINGULAR} if {@code a = 0}
     */
    E invert(E a);

    /** {@code a / b}. */
    default E divide(E a, E b) {
        return multiply(a, invert(b));
    }
}
