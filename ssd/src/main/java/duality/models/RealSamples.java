package duality.models;

import duality.algebra.EjmlBlocks;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;

/** Random parameters in double precision: numbers in (−1, 1), gates and exponents in (0, 1). */
public final class RealSamples implements Samples<DMatrixRMaj> {
    private final SplittableRandom random;

    /** The samples of a seed. */
    public RealSamples(long seed) {
        random = new SplittableRandom(seed);
    }

    @Override
    public EjmlBlocks blocks() {
        return EjmlBlocks.INSTANCE;
    }

    @Override
    public DMatrixRMaj numbers(int rows, int columns) {
        return filled(rows, columns, () -> random.nextDouble(-1, 1));
    }

    @Override
    public DMatrixRMaj gates(int rows, int columns) {
        return filled(rows, columns, random::nextDouble);
    }

    @Override
    public DMatrixRMaj exponents(int rows, int columns) {
        return gates(rows, columns);
    }

    @Override
    public DMatrixRMaj exp(DMatrixRMaj exponents) {
        return mapped(exponents.numRows, exponents.numCols, i -> Math.exp(exponents.get(i)));
    }

    @Override
    public DMatrixRMaj half() {
        return filled(1, 1, () -> 0.5);
    }

    @Override
    public Angles<DMatrixRMaj> angles(int length) {
        double theta = Math.PI / (2 * length);
        return new Angles<>(mapped(length, 1, j -> Math.cos(j * theta)), mapped(length, 1, j -> Math.sin(j * theta)));
    }

    private static DMatrixRMaj filled(int rows, int columns, DoubleSupplier entry) {
        return mapped(rows, columns, i -> entry.getAsDouble());
    }

    private static DMatrixRMaj mapped(int rows, int columns, IntToDoubleFunction entry) {
        DMatrixRMaj result = EjmlBlocks.INSTANCE.zeros(rows, columns);
        result.data = IntStream.range(0, rows * columns).mapToDouble(entry).toArray();
        return result;
    }
}
