package duality.semiseparable;

import duality.errors.Fault;
import duality.errors.ShapeException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.ejml.data.DMatrixRMaj;

/**
 * A matrix with few diagonals. Diagonal {@code k} holds the entries {@code (i, i + k − lower)}: from the lowest
 * one up, each indexed by its row. A negative {@code lower} says that the lowest diagonal lies above the main one.
 *
 * @param rows the number of rows
 * @param columns the number of columns
 * @param lower the lower bandwidth: the lowest diagonal is {@code lower} below the main one
 * @param diagonals {@code (lower + upper + 1)×rows}, copied both ways; what lies outside the matrix is ignored
 * @param properties what is promised; symmetric and triangular are found out
 */
public record Banded(int rows, int columns, int lower, double[][] diagonals, Set<Property> properties)
        implements StructuredMatrix {
    /** Copies what is given, and checks it. */
    public Banded {
        Checks.requireSize(rows, columns);
        int first = Math.max(-lower, Math.min(1 - rows, 0));
        int last = Math.min(diagonals.length - lower, Math.max(columns, 1));
        double[][] kept = new double[Math.max(0, last - first)][];
        for (int k = 0; k < kept.length; k++) {
            double[] diagonal = diagonals[k + first + lower];
            if (diagonal.length != rows) {
                throw new ShapeException(
                        Fault.SHAPE_MISMATCH,
                        "diagonal %d of %d rows has %d entries".formatted(k + first, rows, diagonal.length));
            }
            kept[k] = new double[rows];
            int from = Math.clamp(-(k + first), 0, rows);
            int to = Math.clamp((long) columns - (k + first), from, rows);
            System.arraycopy(diagonal, from, kept[k], from, to - from);
            Checks.finite("diagonal " + (k + first), kept[k]);
        }
        diagonals = kept;
        lower = kept.length == 0 ? 0 : -first;
        EnumSet<Property> known = EnumSet.noneOf(Property.class);
        if (isZero(kept, lower + 1, kept.length)) {
            known.add(Property.LOWER);
        }
        if (isZero(kept, 0, lower)) {
            known.add(Property.UPPER);
        }
        if (rows == columns && isSymmetric(kept, lower, rows)) {
            known.add(Property.SYMMETRIC);
        }
        properties = Checks.properties(rows, columns, properties, known);
    }

    /** With no properties but those of its shape. */
    public Banded(int rows, int columns, int lower, double[]... diagonals) {
        this(rows, columns, lower, diagonals, Set.of());
    }

    private static boolean isZero(double[][] diagonals, int from, int to) {
        return Arrays.stream(diagonals, Math.clamp(from, 0, diagonals.length), Math.clamp(to, 0, diagonals.length))
                .flatMapToDouble(Arrays::stream)
                .allMatch(x -> x == 0);
    }

    private static boolean isSymmetric(double[][] diagonals, int lower, int n) {
        for (int k = 0; k < diagonals.length; k++) {
            int mirror = 2 * lower - k;
            int offset = k - lower;
            for (int i = Math.max(0, -offset); i < Math.min(n, n - offset); i++) {
                double other = mirror < 0 || mirror >= diagonals.length ? 0 : diagonals[mirror][i + offset];
                if (diagonals[k][i] != other) {
                    return false;
                }
            }
        }
        return true;
    }

    /** The diagonal matrix as a banded one, {@code rows×columns} with ones on the diagonal {@code offset} above. */
    static Banded selector(int rows, int columns, int offset) {
        double[] ones = new double[rows];
        Arrays.fill(ones, 1);
        return new Banded(rows, columns, -offset, ones);
    }

    /** A copy. */
    @Override
    public double[][] diagonals() {
        return Arrays.stream(diagonals).map(double[]::clone).toArray(double[][]::new);
    }

    /** The upper bandwidth: the highest diagonal is so far above the main one. */
    public int upper() {
        return diagonals.length - 1 - lower;
    }

    @Override
    public DMatrixRMaj multiply(DMatrixRMaj x) {
        Checks.requireProduct(this, x);
        DMatrixRMaj y = new DMatrixRMaj(rows, x.numCols);
        for (int i = 0; i < rows; i++) {
            for (int j = Math.max(0, i - lower); j <= Math.min(columns - 1, i + upper()); j++) {
                double entry = diagonals[j - i + lower][i];
                for (int c = 0; c < x.numCols; c++) {
                    y.data[i * x.numCols + c] += entry * x.data[j * x.numCols + c];
                }
            }
        }
        return y;
    }

    @Override
    public Banded transpose() {
        double[][] flipped = new double[diagonals.length][columns];
        for (int k = 0; k < diagonals.length; k++) {
            int offset = k - lower;
            for (int i = Math.max(0, -offset); i < Math.min(rows, columns - offset); i++) {
                flipped[diagonals.length - 1 - k][i + offset] = diagonals[k][i];
            }
        }
        return new Banded(columns, rows, upper(), flipped, Property.ofTranspose(properties));
    }

    @Override
    public double get(int row, int column) {
        Checks.requireEntry(this, row, column);
        int k = column - row + lower;
        return k < 0 || k >= diagonals.length ? 0 : diagonals[k][row];
    }

    @Override
    public long parameterCount() {
        return (long) diagonals.length * rows;
    }

    @Override
    public long multiplyCost() {
        return 2 * parameterCount();
    }
}
