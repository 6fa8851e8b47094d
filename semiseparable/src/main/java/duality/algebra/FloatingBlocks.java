package duality.algebra;

/**
 * Block operations in floating point: blocks can be made from numbers and read back, and the rounding
 * of one operation is known.
 *
 * @param <M> the type of a block
 */
public interface FloatingBlocks<M> extends Blocks<M> {
    /** A {@code rows×columns} block of the given entries, row-major, each rounded to this precision. */
    M of(int rows, int columns, double[] rowMajor);

    /** The entries, row-major, in an array that the caller may keep. */
    double[] toArray(M a);

    /** The unit roundoff u: one operation has a relative error of at most u. */
    double unitRoundoff();
}
