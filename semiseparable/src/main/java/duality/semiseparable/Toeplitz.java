package duality.semiseparable;

import duality.errors.Fault;
import duality.errors.ShapeException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.apache.commons.math3.transform.DftNormalization;
import org.apache.commons.math3.transform.FastFourierTransformer;
import org.apache.commons.math3.transform.TransformType;
import org.ejml.data.DMatrixRMaj;

/**
 * A matrix that is constant along its diagonals, {@code A_ij = t_{i−j}}.
 *
 * <p>Multiplies by the fast Fourier transform of a circulant matrix in which it is a block, as large as the next
 * power of two above {@code rows + columns − 1}, two columns at a time as real and imaginary part. Cost O(n log n); the error
 * is O(u log n) times {@code ‖t‖₂ ‖x‖₂} (Higham, Accuracy and Stability, section 24.1): small against the largest
 * entries, not entry by entry.
 */
public final class Toeplitz implements StructuredMatrix {
    private final int rows;
    private final int columns;
    private final double[] lags;
    private final Set<Property> properties;
    private final double[][] spectrum;

    /**
     * Copies its arguments.
     *
     * @param lags {@code t_{1−columns} … t_{rows−1}}: the last column from right to left along the first row, then
     *     down the first column
     * @param claims what is promised; symmetric and triangular are found out
     */
    public Toeplitz(int rows, int columns, double[] lags, Set<Property> claims) {
        Checks.requireSize(rows, columns);
        if (lags.length != Math.max(0, rows + columns - 1)) {
            throw new ShapeException(
                    Fault.SHAPE_MISMATCH,
                    "a %dx%d Toeplitz matrix has %d diagonals, not %d"
                            .formatted(rows, columns, Math.max(0, rows + columns - 1), lags.length));
        }
        this.rows = rows;
        this.columns = columns;
        this.lags = Checks.finite("t", lags.clone());
        EnumSet<Property> known = EnumSet.noneOf(Property.class);
        boolean empty = rows == 0 || columns == 0;
        if (empty || isZero(0, columns - 1)) {
            known.add(Property.LOWER);
        }
        if (empty || isZero(columns, lags.length)) {
            known.add(Property.UPPER);
        }
        if (rows == columns && isSymmetric()) {
            known.add(Property.SYMMETRIC);
        }
        properties = Checks.properties(rows, columns, claims, known);
        // At least as long as the diagonals, and as the vectors of a matrix without rows or columns.
        int size = Integer.highestOneBit(Math.max(1, lags.length)) * 2;
        double[][] circulant = new double[2][size];
        for (int k = 0; k < lags.length; k++) {
            circulant[0][Math.floorMod(k - columns + 1, size)] = lags[k];
        }
        transform(circulant, TransformType.FORWARD);
        spectrum = circulant;
    }

    /** With no properties but those of its shape. */
    public Toeplitz(int rows, int columns, double... lags) {
        this(rows, columns, lags, Set.of());
    }

    /** The matrix with this first column and first row, which begin with the same entry. */
    public static Toeplitz of(double[] firstColumn, double[] firstRow) {
        if (firstColumn.length == 0 || firstRow.length == 0 || firstColumn[0] != firstRow[0]) {
            throw new ShapeException(
                    Fault.WRONG_ARGUMENTS, "the first column and the first row have their first entry in common");
        }
        double[] lags = new double[firstColumn.length + firstRow.length - 1];
        for (int j = 0; j < firstRow.length; j++) {
            lags[firstRow.length - 1 - j] = firstRow[j];
        }
        System.arraycopy(firstColumn, 0, lags, firstRow.length - 1, firstColumn.length);
        return new Toeplitz(firstColumn.length, firstRow.length, lags);
    }

    private boolean isZero(int from, int to) {
        return Arrays.stream(lags, from, to).allMatch(x -> x == 0);
    }

    private boolean isSymmetric() {
        for (int k = 0; k < lags.length; k++) {
            if (lags[k] != lags[lags.length - 1 - k]) {
                return false;
            }
        }
        return true;
    }

    private static void transform(double[][] values, TransformType direction) {
        FastFourierTransformer.transformInPlace(values, DftNormalization.STANDARD, direction);
    }

    /** {@code t_{1−columns} … t_{rows−1}}. */
    public double[] lags() {
        return lags.clone();
    }

    @Override
    public int rows() {
        return rows;
    }

    @Override
    public int columns() {
        return columns;
    }

    @Override
    public Set<Property> properties() {
        return properties;
    }

    @Override
    public DMatrixRMaj multiply(DMatrixRMaj x) {
        Checks.requireProduct(this, x);
        DMatrixRMaj y = new DMatrixRMaj(rows, x.numCols);
        for (int c = 0; c < x.numCols; c += 2) {
            int width = Math.min(2, x.numCols - c);
            double[][] z = new double[2][spectrum[0].length];
            for (int j = 0; j < columns; j++) {
                for (int part = 0; part < width; part++) {
                    z[part][j] = x.get(j, c + part);
                }
            }
            transform(z, TransformType.FORWARD);
            for (int k = 0; k < z[0].length; k++) {
                double real = z[0][k] * spectrum[0][k] - z[1][k] * spectrum[1][k];
                z[1][k] = z[0][k] * spectrum[1][k] + z[1][k] * spectrum[0][k];
                z[0][k] = real;
            }
            transform(z, TransformType.INVERSE);
            for (int i = 0; i < rows; i++) {
                for (int part = 0; part < width; part++) {
                    y.set(i, c + part, z[part][i]);
                }
            }
        }
        return y;
    }

    @Override
    public Toeplitz transpose() {
        double[] reversed = new double[lags.length];
        Arrays.setAll(reversed, k -> lags[lags.length - 1 - k]);
        return new Toeplitz(columns, rows, reversed, Property.ofTranspose(properties));
    }

    @Override
    public double get(int row, int column) {
        Checks.requireEntry(this, row, column);
        return lags[row - column + columns - 1];
    }

    @Override
    public DMatrixRMaj toDense() {
        DMatrixRMaj a = new DMatrixRMaj(rows, columns);
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                a.set(i, j, get(i, j));
            }
        }
        return a;
    }

    @Override
    public long parameterCount() {
        return lags.length;
    }

    @Override
    public long multiplyCost() {
        long size = spectrum[0].length;
        return 10 * size * Long.numberOfTrailingZeros(size) + 6 * size;
    }
}
