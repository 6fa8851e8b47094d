package duality.semiseparable;

import duality.errors.Fault;
import duality.errors.ShapeException;
import java.util.List;
import java.util.Set;
import org.ejml.data.DMatrixRMaj;

/**
 * A product with no closed type, kept as its factors. One entry costs one multiplication by a vector.
 *
 * @param factors at least one, from left to right
 * @param properties what is known
 */
public record Product(List<StructuredMatrix> factors, Set<Property> properties) implements StructuredMatrix {
    /** Copies what is given, and checks it. */
    public Product {
        factors = List.copyOf(factors);
        if (factors.isEmpty()) {
            throw new ShapeException(Fault.WRONG_ARGUMENTS, "a product of nothing has no shape");
        }
        for (int i = 1; i < factors.size(); i++) {
            Checks.requireProduct(factors.get(i - 1), factors.get(i));
        }
        properties =
                Checks.properties(factors.getFirst().rows(), factors.getLast().columns(), properties);
    }

    @Override
    public int rows() {
        return factors.getFirst().rows();
    }

    @Override
    public int columns() {
        return factors.getLast().columns();
    }

    @Override
    public DMatrixRMaj multiply(DMatrixRMaj x) {
        DMatrixRMaj y = x;
        for (StructuredMatrix factor : factors.reversed()) {
            y = factor.multiply(y);
        }
        return y;
    }

    @Override
    public Product transpose() {
        return new Product(
                factors.reversed().stream().map(StructuredMatrix::transpose).toList(),
                Property.ofTranspose(properties));
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
        return factors.stream().mapToLong(StructuredMatrix::parameterCount).sum();
    }

    @Override
    public long multiplyCost() {
        return factors.stream().mapToLong(StructuredMatrix::multiplyCost).sum();
    }
}
