package duality.semiseparable;

import duality.algebra.EjmlBlocks;
import duality.errors.Fault;
import duality.errors.ShapeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.ejml.data.DMatrixRMaj;

/**
 * An entrywise product with no closed type, kept as its factors.
 *
 * <p>With a factor of low rank, {@code (Σ_k u_k v_kᵀ) ∘ B = Σ_k diag(u_k) B diag(v_k)}: structured masked attention,
 * one multiplication by the mask for each feature (Dao and Gu 2024, section 4). Without one a multiplication costs
 * O(n²), and two dense matrices.
 *
 * @param factors at least one, of equal shapes
 * @param properties what is known
 */
public record Hadamard(List<StructuredMatrix> factors, Set<Property> properties) implements StructuredMatrix {
    /** Copies what is given, and checks it. */
    public Hadamard {
        factors = List.copyOf(factors);
        if (factors.isEmpty()) {
            throw new ShapeException(Fault.WRONG_ARGUMENTS, "a Hadamard product of nothing has no shape");
        }
        for (StructuredMatrix factor : factors) {
            Checks.requireSameShape("Hadamard product", factors.getFirst(), factor);
        }
        properties =
                Checks.properties(factors.getFirst().rows(), factors.getFirst().columns(), properties);
    }

    @Override
    public int rows() {
        return factors.getFirst().rows();
    }

    @Override
    public int columns() {
        return factors.getFirst().columns();
    }

    private Optional<LowRank> lowRank() {
        return factors.stream()
                .filter(LowRank.class::isInstance)
                .map(LowRank.class::cast)
                .findFirst();
    }

    /** The product of the factors but one. */
    private StructuredMatrix without(StructuredMatrix factor) {
        List<StructuredMatrix> rest = new ArrayList<>(factors);
        rest.remove(factor);
        return rest.size() == 1 ? rest.getFirst() : new Hadamard(rest, Set.of());
    }

    @Override
    public DMatrixRMaj multiply(DMatrixRMaj x) {
        Checks.requireProduct(this, x);
        EjmlBlocks k = EjmlBlocks.INSTANCE;
        Optional<LowRank> features = lowRank();
        if (features.isEmpty() || factors.size() == 1) {
            return k.multiply(toDense(), x);
        }
        DMatrixRMaj left = features.get().left();
        DMatrixRMaj right = features.get().right();
        StructuredMatrix mask = without(features.get());
        DMatrixRMaj y = new DMatrixRMaj(rows(), x.numCols);
        for (int f = 0; f < left.numCols; f++) {
            DMatrixRMaj masked = mask.multiply(k.scaleRows(k.block(right, 0, columns(), f, f + 1), x));
            y = k.add(y, k.scaleRows(k.block(left, 0, rows(), f, f + 1), masked));
        }
        return y;
    }

    @Override
    public Hadamard transpose() {
        return new Hadamard(
                factors.stream().map(StructuredMatrix::transpose).toList(), Property.ofTranspose(properties));
    }

    @Override
    public double get(int row, int column) {
        return factors.stream().mapToDouble(factor -> factor.get(row, column)).reduce(1, (a, b) -> a * b);
    }

    @Override
    public DMatrixRMaj toDense() {
        return factors.stream()
                .map(StructuredMatrix::toDense)
                .reduce(EjmlBlocks.INSTANCE::hadamard)
                .orElseThrow();
    }

    @Override
    public long parameterCount() {
        return factors.stream().mapToLong(StructuredMatrix::parameterCount).sum();
    }

    @Override
    public long multiplyCost() {
        Optional<LowRank> features = lowRank();
        return features.isEmpty() || factors.size() == 1
                ? 2L * rows() * columns()
                : features.get().rank() * (without(features.get()).multiplyCost() + 2L * rows() + columns());
    }
}
