package duality.semiseparable;

import duality.algebra.EjmlBlocks;
import duality.semiseparable.Lifting.Partition;
import java.util.List;
import java.util.Set;
import org.ejml.data.DMatrixRMaj;

/**
 * A two-sided block semiseparable matrix by its {@link Generators}, with ragged blocks and ranks. The blocks are
 * values, see {@link duality.algebra.Blocks}: nobody changes them once they are given.
 */
public final class Semiseparable implements StructuredMatrix {
    private static final EjmlBlocks K = EjmlBlocks.INSTANCE;

    private final Generators<DMatrixRMaj> generators;
    private final Partition partition;
    private final Set<Property> properties;

    /** A matrix with promises. */
    public Semiseparable(Generators<DMatrixRMaj> g, Set<Property> promises) {
        List<List<DMatrixRMaj>> lists = List.of(g.d(), g.p(), g.r(), g.q(), g.u(), g.w(), g.v());
        for (int i = 0; i < g.blocks(); i++) {
            for (int name = 0; name < lists.size(); name++) {
                Checks.finite(
                        "DPRQUWV".charAt(name) + "[" + i + "]", lists.get(name).get(i));
            }
        }
        generators = Generators.of(K, g.d(), g.p(), g.r(), g.q(), g.u(), g.w(), g.v());
        partition = Partition.of(g);
        properties = Checks.properties(partition.rows(), partition.columns(), promises);
    }

    public Semiseparable(Generators<DMatrixRMaj> generators) {
        this(generators, Set.of());
    }

    /** The generators. */
    public Generators<DMatrixRMaj> generators() {
        return generators;
    }

    /** Where the blocks begin. */
    Partition partition() {
        return partition;
    }

    @Override
    public int rows() {
        return partition.rows();
    }

    @Override
    public int columns() {
        return partition.columns();
    }

    @Override
    public Set<Property> properties() {
        return properties;
    }

    @Override
    public DMatrixRMaj multiply(DMatrixRMaj x) {
        Checks.requireProduct(this, x);
        return generators.multiply(K, x);
    }

    @Override
    public Semiseparable transpose() {
        return new Semiseparable(generators.transpose(K), Property.ofTranspose(properties));
    }

    @Override
    public double get(int row, int column) {
        Checks.requireEntry(this, row, column);
        return GeneratorAlgebra.entry(K, generators, row, column).get(0, 0);
    }

    @Override
    public long parameterCount() {
        long sum = 0;
        for (List<DMatrixRMaj> list : List.of(
                generators.d(),
                generators.p(),
                generators.r(),
                generators.q(),
                generators.u(),
                generators.w(),
                generators.v())) {
            sum += list.stream().mapToLong(DMatrixRMaj::getNumElements).sum();
        }
        return sum;
    }

    @Override
    public long multiplyCost() {
        return 2 * parameterCount();
    }
}
