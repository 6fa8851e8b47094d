package duality.semiseparable;

import duality.algebra.EjmlBlocks;
import java.util.Set;
import org.ejml.data.DMatrixRMaj;

/**
 * A matrix by its entries.
 *
 * @param a the entries, copied both ways
 * @param properties what is promised
 */
public record Dense(DMatrixRMaj a, Set<Property> properties) implements StructuredMatrix {
    /** Copies what is given, and checks it. */
    public Dense {
        a = Checks.finite("A", a.copy());
        properties = Checks.properties(a.numRows, a.numCols, properties);
    }

    /** With no properties but those of its shape. */
    public Dense(DMatrixRMaj a) {
        this(a, Set.of());
    }

    /** A copy. */
    @Override
    public DMatrixRMaj a() {
        return a.copy();
    }

    @Override
    public int rows() {
        return a.numRows;
    }

    @Override
    public int columns() {
        return a.numCols;
    }

    @Override
    public DMatrixRMaj multiply(DMatrixRMaj x) {
        Checks.requireProduct(this, x);
        return EjmlBlocks.INSTANCE.multiply(a, x);
    }

    @Override
    public DMatrixRMaj multiplyTransposed(DMatrixRMaj x) {
        return EjmlBlocks.INSTANCE.multiplyTransposeLeft(a, x);
    }

    @Override
    public Dense transpose() {
        return new Dense(EjmlBlocks.INSTANCE.transpose(a), Property.ofTranspose(properties));
    }

    @Override
    public double get(int row, int column) {
        Checks.requireEntry(this, row, column);
        return a.get(row, column);
    }

    @Override
    public DMatrixRMaj toDense() {
        return a.copy();
    }

    @Override
    public long parameterCount() {
        return (long) rows() * columns();
    }

    @Override
    public long multiplyCost() {
        return 2 * parameterCount();
    }
}
