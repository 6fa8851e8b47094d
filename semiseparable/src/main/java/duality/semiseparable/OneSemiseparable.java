package duality.semiseparable;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.ejml.data.DMatrixRMaj;

/**
 * {@code 1SS(a)}: lower triangular with {@code a_j a_{j−1} … a_{i+1}} at row j and column i, ones on the diagonal
 * (Dao and Gu 2024, equation 6). {@code y = 1SS(a) x} is {@code y_t = a_t y_{t−1} + x_t}; cost O(T), exact resets,
 * entry by entry backward stable.
 *
 * @param a the factors, copied both ways; the first one multiplies nothing
 * @param properties replaced by those it has
 */
public record OneSemiseparable(double[] a, Set<Property> properties) implements StructuredMatrix {
    /** Copies what is given, and checks it. */
    public OneSemiseparable {
        a = Checks.finite("a", a.clone());
        EnumSet<Property> known = EnumSet.of(Property.LOWER);
        if (Arrays.stream(a).skip(1).allMatch(x -> x == 0)) {
            known = EnumSet.allOf(Property.class); // the identity
        }
        properties = Property.set(known);
    }

    /** With no properties but those of its shape. */
    public OneSemiseparable(double... a) {
        this(a, Set.of());
    }

    /** A copy. */
    @Override
    public double[] a() {
        return a.clone();
    }

    @Override
    public int rows() {
        return a.length;
    }

    @Override
    public int columns() {
        return a.length;
    }

    @Override
    public DMatrixRMaj multiply(DMatrixRMaj x) {
        Checks.requireProduct(this, x);
        DMatrixRMaj y = x.copy();
        for (int i = x.numCols; i < y.getNumElements(); i++) {
            y.data[i] += a[i / x.numCols] * y.data[i - x.numCols];
        }
        return y;
    }

    @Override
    public DMatrixRMaj multiplyTransposed(DMatrixRMaj x) {
        Checks.requireProduct(this, x);
        DMatrixRMaj y = x.copy();
        for (int i = y.getNumElements() - x.numCols - 1; i >= 0; i--) {
            y.data[i] += a[i / x.numCols + 1] * y.data[i + x.numCols];
        }
        return y;
    }

    @Override
    public StructuredMatrix transpose() {
        return new Transpose(this, Property.ofTranspose(properties));
    }

    @Override
    public double get(int row, int column) {
        Checks.requireEntry(this, row, column);
        double product = row < column ? 0 : 1;
        for (int t = column + 1; t <= row; t++) {
            product *= a[t];
        }
        return product;
    }

    /** The bidiagonal inverse: ones, and {@code −a_t} below them (Dao and Gu 2024, Remark 11). Exact. */
    Banded bidiagonalInverse() {
        double[] below = new double[a.length];
        double[] ones = new double[a.length];
        Arrays.setAll(below, t -> -a[t]);
        Arrays.fill(ones, 1);
        return new Banded(a.length, a.length, 1, below, ones);
    }

    @Override
    public long parameterCount() {
        return a.length;
    }

    @Override
    public long multiplyCost() {
        return 2L * a.length;
    }
}
