package duality.contraction;

import duality.algebra.Blocks;

/**
 * A matrix that multiplies by an algorithm of its own. A contraction uses it where it sums over one of the
 * matrix's indices and the other factor lacks the other index; elsewhere it writes the matrix out. What
 * {@code toString} says of it appears in printed plans.
 *
 * @param <M> the type of blocks that hold the numbers
 */
public non-sealed interface MatrixOperand<M> extends Operand<M> {
    /** The number of rows. */
    int rows();

    /** The number of columns. */
    int columns();

    /** This matrix times {@code x (columns×K)}, {@code rows×K}. */
    M multiply(Blocks<M> k, M x);

    /** The transpose of this matrix times {@code x (rows×K)}, {@code columns×K}. */
    M multiplyTransposed(Blocks<M> k, M x);

    /** Every entry, {@code rows×columns}. */
    M dense(Blocks<M> k);

    /** The additions and multiplications in {@link #multiply} or {@link #multiplyTransposed} by K columns. */
    long multiplyFlops(long width);

    /** The additions and multiplications in {@link #dense}. */
    long denseFlops();

    @Override
    default long[] shape() {
        return new long[] {rows(), columns()};
    }
}
