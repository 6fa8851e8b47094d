package duality.semiseparable;

import duality.algebra.EjmlBlocks;
import duality.errors.Fault;
import duality.errors.ShapeException;
import java.util.List;
import java.util.Set;
import org.ejml.data.DMatrixRMaj;

/**
 * A sum with no closed type, kept as its terms.
 *
 * @param terms at least one, of equal shapes
 * @param properties what is known
 */
public record Sum(List<StructuredMatrix> terms, Set<Property> properties) implements StructuredMatrix {
    /** Copies what is given, and checks it. */
    public Sum {
        terms = List.copyOf(terms);
        if (terms.isEmpty()) {
            throw new ShapeException(Fault.WRONG_ARGUMENTS, "a sum of nothing has no shape");
        }
        for (StructuredMatrix term : terms) {
            Checks.requireSameShape("sum", terms.getFirst(), term);
        }
        properties = Checks.properties(terms.getFirst().rows(), terms.getFirst().columns(), properties);
    }

    @Override
    public int rows() {
        return terms.getFirst().rows();
    }

    @Override
    public int columns() {
        return terms.getFirst().columns();
    }

    @Override
    public DMatrixRMaj multiply(DMatrixRMaj x) {
        return terms.stream()
                .map(term -> term.multiply(x))
                .reduce(EjmlBlocks.INSTANCE::add)
                .orElseThrow();
    }

    @Override
    public Sum transpose() {
        return new Sum(terms.stream().map(StructuredMatrix::transpose).toList(), Property.ofTranspose(properties));
    }

    @Override
    public double get(int row, int column) {
        return terms.stream().mapToDouble(term -> term.get(row, column)).sum();
    }

    @Override
    public DMatrixRMaj toDense() {
        return terms.stream()
                .map(StructuredMatrix::toDense)
                .reduce(EjmlBlocks.INSTANCE::add)
                .orElseThrow();
    }

    @Override
    public long parameterCount() {
        return terms.stream().mapToLong(StructuredMatrix::parameterCount).sum();
    }

    @Override
    public long multiplyCost() {
        return terms.stream().mapToLong(StructuredMatrix::multiplyCost).sum();
    }
}
