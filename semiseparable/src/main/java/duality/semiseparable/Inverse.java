package duality.semiseparable;

import java.util.Set;
import org.ejml.data.DMatrixRMaj;

/**
 * An inverse that multiplies by solving, as stably as the matrix inverted solves. One entry costs one solve; each
 * multiplication factorises anew.
 *
 * @param of the matrix inverted, square; that it is singular shows when it solves
 * @param properties what is known
 */
public record Inverse(StructuredMatrix of, Set<Property> properties) implements StructuredMatrix {
    /** Checks what is given. */
    public Inverse {
        Checks.requireSquare("inverse", of);
        properties = Checks.properties(of.rows(), of.columns(), properties);
    }

    @Override
    public int rows() {
        return of.rows();
    }

    @Override
    public int columns() {
        return of.columns();
    }

    @Override
    public DMatrixRMaj multiply(DMatrixRMaj x) {
        Checks.requireProduct(this, x);
        return of.solve(x).x();
    }

    @Override
    public Inverse transpose() {
        return new Inverse(of.transpose(), Property.ofTranspose(properties));
    }

    @Override
    public double get(int row, int column) {
        Checks.requireEntry(this, row, column);
        double[] unit = new double[columns()];
        unit[column] = 1;
        return multiply(unit)[row];
    }

    @Override
    public long parameterCount() {
        return of.parameterCount();
    }

    /** That of the matrix inverted, a lower bound: solving costs more by a factor that depends on the method. */
    @Override
    public long multiplyCost() {
        return of.multiplyCost();
    }
}
