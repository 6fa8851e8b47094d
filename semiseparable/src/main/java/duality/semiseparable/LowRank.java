package duality.semiseparable;

import duality.algebra.EjmlBlocks;
import duality.errors.ShapeException;
import java.util.Set;
import org.ejml.data.DMatrixRMaj;

/**
 * {@code left · rightᵀ}.
 *
 * @param left {@code rows×rank}, copied both ways
 * @param right {@code columns×rank}, copied both ways
 * @param properties what is promised
 */
public record LowRank(DMatrixRMaj left, DMatrixRMaj right, Set<Property> properties) implements StructuredMatrix {
    /** Copies what is given, and checks it. */
    public LowRank {
        if (left.numCols != right.numCols) {
            throw ShapeException.mismatch("left and right", Checks.shape(left), Checks.shape(right));
        }
        left = Checks.finite("left", left.copy());
        right = Checks.finite("right", right.copy());
        properties = Checks.properties(left.numRows, right.numRows, properties);
    }

    /** With no properties but those of its shape. */
    public LowRank(DMatrixRMaj left, DMatrixRMaj right) {
        this(left, right, Set.of());
    }

    /** A copy. */
    @Override
    public DMatrixRMaj left() {
        return left.copy();
    }

    /** A copy. */
    @Override
    public DMatrixRMaj right() {
        return right.copy();
    }

    /** The number of columns of the factors. */
    public int rank() {
        return left.numCols;
    }

    @Override
    public int rows() {
        return left.numRows;
    }

    @Override
    public int columns() {
        return right.numRows;
    }

    @Override
    public DMatrixRMaj multiply(DMatrixRMaj x) {
        Checks.requireProduct(this, x);
        return EjmlBlocks.INSTANCE.multiply(left, EjmlBlocks.INSTANCE.multiplyTransposeLeft(right, x));
    }

    @Override
    public LowRank transpose() {
        return new LowRank(right, left, Property.ofTranspose(properties));
    }

    @Override
    public double get(int row, int column) {
        Checks.requireEntry(this, row, column);
        double sum = 0;
        for (int k = 0; k < rank(); k++) {
            sum += left.get(row, k) * right.get(column, k);
        }
        return sum;
    }

    @Override
    public long parameterCount() {
        return ((long) rows() + columns()) * rank();
    }

    @Override
    public long multiplyCost() {
        return 2 * parameterCount();
    }
}
