package duality.contraction;

import duality.algebra.Ring;
import duality.algebra.RingBlocks;
import duality.algebra.RingMatrix;

/**
 * Arrays over a ring, exactly. The orders of a contraction agree if the ring is commutative.
 *
 * @param blocks the operations on matrices over the ring
 * @param <E> the type of the elements
 */
public record RingOperations<E>(RingBlocks<E> blocks) implements ArrayOperations<RingMatrix<E>> {
    /** Arrays over the given ring. */
    public RingOperations(Ring<E> ring) {
        this(new RingBlocks<>(ring));
    }

    @Override
    public RingMatrix<E> gather(RingMatrix<E> a, int[] lengths, int[] strides) {
        int[] positions = Strides.positions(lengths, strides);
        return RingMatrix.of(
                1, positions.length, (i, j) -> a.get(positions[j] / a.columns(), positions[j] % a.columns()));
    }
}
