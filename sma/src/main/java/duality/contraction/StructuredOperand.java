package duality.contraction;

import duality.algebra.Blocks;
import duality.semiseparable.StructuredMatrix;
import org.ejml.data.DMatrixRMaj;

/**
 * A {@link StructuredMatrix} in a contraction: it multiplies by its own algorithm and the planner knows what that
 * costs.
 *
 * @param matrix the matrix
 */
public record StructuredOperand(StructuredMatrix matrix) implements MatrixOperand<DMatrixRMaj> {
    @Override
    public int rows() {
        return matrix.rows();
    }

    @Override
    public int columns() {
        return matrix.columns();
    }

    @Override
    public DMatrixRMaj multiply(Blocks<DMatrixRMaj> k, DMatrixRMaj x) {
        return matrix.multiply(x);
    }

    @Override
    public DMatrixRMaj multiplyTransposed(Blocks<DMatrixRMaj> k, DMatrixRMaj x) {
        return matrix.multiplyTransposed(x);
    }

    @Override
    public DMatrixRMaj dense(Blocks<DMatrixRMaj> k) {
        return matrix.toDense();
    }

    @Override
    public long multiplyFlops(long width) {
        return Cost.times(matrix.multiplyCost(), width);
    }

    @Override
    public long denseFlops() {
        return multiplyFlops(columns());
    }

    /** Such as {@code Toeplitz 5x5}. */
    @Override
    public String toString() {
        return matrix.getClass().getSimpleName() + " " + rows() + "x" + columns();
    }
}
