package duality.contraction;

/**
 * What a contraction multiplies: an array with an entry for each position, or a matrix that has a fast
 * multiplication instead.
 *
 * @param <M> the type of blocks that hold the numbers
 */
public sealed interface Operand<M> permits NdArray, MatrixOperand {
    /** The lengths of the axes, in an array that the caller may keep. */
    long[] shape();
}
