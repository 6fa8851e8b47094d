package duality.algebra;

/**
 * Block operations over any ring, commutative or not.
 *
 * @param ring the ring of the entries
 * @param <E> the type of the entries
 */
public record RingBlocks<E>(Ring<E> ring) implements ExactBlocks<E> {}
