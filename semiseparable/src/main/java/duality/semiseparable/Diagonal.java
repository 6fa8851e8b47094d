package duality.semiseparable;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.ejml.data.DMatrixRMaj;

/**
 * {@code diag(d)}.
 *
 * @param d the diagonal, copied both ways
 * @param properties replaced by those it has
 */
public record Diagonal(double[] d, Set<Property> properties) implements StructuredMatrix {
    /** Copies what is given, and checks it. */
    public Diagonal {
        d = Checks.finite("d", d.clone());
        EnumSet<Property> known = EnumSet.of(Property.SYMMETRIC, Property.LOWER, Property.UPPER);
        if (Arrays.stream(d).allMatch(x -> x > 0)) {
            known.add(Property.POSITIVE_DEFINITE);
        }
        if (Arrays.stream(d).allMatch(x -> Math.abs(x) == 1)) {
            known.add(Property.ORTHOGONAL);
        }
        properties = Property.set(known);
    }

    /** With no properties but those of its shape. */
    public Diagonal(double... d) {
        this(d, Set.of());
    }

    /** A copy. */
    @Override
    public double[] d() {
        return d.clone();
    }

    @Override
    public int rows() {
        return d.length;
    }

    @Override
    public int columns() {
        return d.length;
    }

    @Override
    public DMatrixRMaj multiply(DMatrixRMaj x) {
        Checks.requireProduct(this, x);
        DMatrixRMaj y = new DMatrixRMaj(x.numRows, x.numCols);
        for (int i = 0; i < y.getNumElements(); i++) {
            y.data[i] = d[i / x.numCols] * x.data[i];
        }
        return y;
    }

    @Override
    public Diagonal transpose() {
        return this;
    }

    @Override
    public double get(int row, int column) {
        Checks.requireEntry(this, row, column);
        return row == column ? d[row] : 0;
    }

    @Override
    public long parameterCount() {
        return d.length;
    }

    @Override
    public long multiplyCost() {
        return d.length;
    }
}
