package duality.contraction;

import duality.algebra.Blocks;

/**
 * A structured matrix that cuts into chunks of its rows and columns: dense blocks on the diagonal, and a
 * product of three factors for all blocks below it. See {@link ChunkedContraction}.
 *
 * @param <M> the type of blocks that hold the numbers
 */
public interface ChunkedOperand<M> extends MatrixOperand<M> {
    /**
     * A square matrix, with C chunks of length Q. The entry at row q of chunk c and column r of chunk d is
     * {@code diagonal(c,q,r)} if c = d and {@code left(c,q) · centre(c,d) · right(d,r)} if c &gt; d.
     *
     * @param count C
     * @param diagonal {@code (C·Q)×Q}
     * @param left {@code (C·Q)×1}
     * @param centre {@code C×C}, zero on the diagonal
     * @param right {@code (C·Q)×1}
     * @param <M> the type of blocks
     */
    record Chunks<M>(int count, M diagonal, M left, MatrixOperand<M> centre, M right) {}

    /** The matrix in chunks; the last one is filled up with any entries. */
    Chunks<M> cut(Blocks<M> k, int chunkLength);
}
