package duality.semiseparable;

import duality.algebra.EjmlBlocks;
import java.util.Set;
import org.ejml.data.DMatrixRMaj;

/**
 * The transpose of a type that is not closed under transposition: of {@link OneSemiseparable} or {@link
 * Hierarchical}; every other type transposes its generators.
 *
 * @param of the matrix transposed
 * @param properties what is known
 */
public record Transpose(StructuredMatrix of, Set<Property> properties) implements StructuredMatrix {
    /** Checks what is given. */
    public Transpose {
        properties = Checks.properties(of.columns(), of.rows(), properties);
    }

    @Override
    public int rows() {
        return of.columns();
    }

    @Override
    public int columns() {
        return of.rows();
    }

    @Override
    public DMatrixRMaj multiply(DMatrixRMaj x) {
        Checks.requireProduct(this, x);
        return of.multiplyTransposed(x);
    }

    @Override
    public DMatrixRMaj multiplyTransposed(DMatrixRMaj x) {
        return of.multiply(x);
    }

    @Override
    public StructuredMatrix transpose() {
        return Algebra.with(of, Property.ofTranspose(properties));
    }

    @Override
    public double get(int row, int column) {
        Checks.requireEntry(this, row, column);
        return of.get(column, row);
    }

    @Override
    public DMatrixRMaj toDense() {
        return EjmlBlocks.INSTANCE.transpose(of.toDense());
    }

    @Override
    public long parameterCount() {
        return of.parameterCount();
    }

    @Override
    public long multiplyCost() {
        return of.multiplyCost();
    }
}
