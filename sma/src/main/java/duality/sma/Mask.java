package duality.sma;

import duality.algebra.Blocks;
import duality.algebra.EjmlBlocks;
import duality.algebra.FloatingBlocks;
import duality.contraction.MatrixOperand;
import duality.figures.Figure;
import duality.semiseparable.StructuredMatrix;

/**
 * A mask L (T×T) of structured masked attention: a matrix with a sub-quadratic multiplication of its own (Dao and Gu
 * 2024, Definition 4.2). It multiplies over every ring its entries are in; {@link #structured} is the same matrix in
 * the algebra of {@code duality.semiseparable}.
 *
 * @param <M> the type of blocks that hold the numbers
 */
public interface Mask<M> extends MatrixOperand<M> {
    /** T. */
    int length();

    /**
     * The semiseparable rank: the largest rank of a block {@code L[i:, :i+1]} on or below the diagonal, at most ⌈T/2⌉.
     * It is reached where the numbers are in general position, and never exceeded.
     */
    int rank();

    /** The mask in double precision, by its generators. */
    StructuredMatrix structured(FloatingBlocks<M> k);

    @Override
    default int rows() {
        return length();
    }

    @Override
    default int columns() {
        return length();
    }

    @Override
    default M dense(Blocks<M> k) {
        return multiply(k, k.identity(length()));
    }

    @Override
    default long denseFlops() {
        return multiplyFlops(length());
    }

    /** The entries as a picture, with the cost of a multiplication and the rank. */
    default Figure figure(FloatingBlocks<M> k) {
        return addTo(new Figure(toString()), toString(), k);
    }

    /** {@link #figure} as a further panel of another figure. */
    default Figure addTo(Figure figure, String heading, FloatingBlocks<M> k) {
        int length = length();
        return figure.heatMap(
                heading,
                EjmlBlocks.INSTANCE.of(length, length, k.toArray(dense(k))),
                "rank %d; %d FLOPs a column".formatted(rank(), multiplyFlops(1)));
    }

    /** The largest rank that a block on or below the diagonal of a matrix {@code T×T} can have, ⌈T/2⌉. */
    static int largestRank(int length) {
        return Math.ceilDiv(length, 2);
    }
}
