package duality.semiseparable;

import duality.algebra.EjmlBlocks;
import duality.semiseparable.Lifting.Partition;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.ejml.data.DMatrixRMaj;
import org.jspecify.annotations.Nullable;

/**
 * A two-sided block semiseparable matrix by its {@link Generators}, with ragged blocks and ranks. The blocks are
 * values, see {@link duality.algebra.Blocks}: nobody changes them once they are given.
 */
public final class Semiseparable implements StructuredMatrix {
    private static final EjmlBlocks K = EjmlBlocks.INSTANCE;

    private final Generators<DMatrixRMaj> generators;
    private final Partition partition;
    private final Set<Property> properties;
    private @Nullable ScalarGenerators scalar;

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

    /** With no properties but those of its shape. */
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

    /**
     * The same matrix in flat arrays, where all blocks are scalars and no rank exceeds {@link
     * ScalarGenerators#MAX_RANK}: an object for every scalar would cost more than the arithmetic.
     */
    Optional<ScalarGenerators> scalar() {
        if (scalar == null && hasScalarBlocks()) {
            scalar = ScalarGenerators.from(generators); // a race computes the same value twice
        }
        return Optional.ofNullable(scalar);
    }

    private boolean hasScalarBlocks() {
        for (int i = 0; i < generators.blocks(); i++) {
            if (generators.d().get(i).numRows != 1
                    || generators.d().get(i).numCols != 1
                    || generators.p().get(i).numCols > ScalarGenerators.MAX_RANK
                    || generators.u().get(i).numCols > ScalarGenerators.MAX_RANK) {
                return false;
            }
        }
        return generators.blocks() > 0;
    }

    /** A function of columns applied to every column. */
    static DMatrixRMaj columnwise(DMatrixRMaj x, UnaryOperator<double[]> of) {
        DMatrixRMaj y = new DMatrixRMaj(x.numRows, x.numCols);
        double[] column = new double[x.numRows];
        for (int j = 0; j < x.numCols; j++) {
            for (int i = 0; i < x.numRows; i++) {
                column[i] = x.get(i, j);
            }
            double[] result = of.apply(column);
            for (int i = 0; i < x.numRows; i++) {
                y.set(i, j, result[i]);
            }
        }
        return y;
    }

    @Override
    public DMatrixRMaj multiply(DMatrixRMaj x) {
        Checks.requireProduct(this, x);
        return scalar().map(flat -> columnwise(x, flat::multiply)).orElseGet(() -> generators.multiply(K, x));
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
