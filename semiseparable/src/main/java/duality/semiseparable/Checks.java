package duality.semiseparable;

import duality.errors.Fault;
import duality.errors.ShapeException;
import duality.errors.ValueException;
import java.util.EnumSet;
import java.util.Set;
import org.ejml.data.DMatrixRMaj;

/** The checks at the borders of the structured matrices. */
final class Checks {
    private Checks() {}

    static String shape(StructuredMatrix a) {
        return a.rows() + "x" + a.columns();
    }

    static String shape(DMatrixRMaj a) {
        return a.numRows + "x" + a.numCols;
    }

    /** The entries themselves, all finite. */
    static double[] finite(String name, double[] values) {
        for (int i = 0; i < values.length; i++) {
            if (!Double.isFinite(values[i])) {
                throw new ValueException(Fault.NOT_FINITE, "%s[%d] is %s".formatted(name, i, values[i]));
            }
        }
        return values;
    }

    /** The matrix itself, all entries finite. */
    static DMatrixRMaj finite(String name, DMatrixRMaj a) {
        for (int i = 0; i < a.getNumElements(); i++) {
            if (!Double.isFinite(a.data[i])) {
                throw new ValueException(
                        Fault.NOT_FINITE,
                        "%s(%d, %d) of a %s matrix is %s"
                                .formatted(name, i / a.numCols, i % a.numCols, shape(a), a.data[i]));
            }
        }
        return a;
    }

    /** The claims and what follows from them; properties that only square matrices have need one. */
    static Set<Property> properties(int rows, int columns, Set<Property> claims) {
        for (Property property : claims) {
            if (rows != columns && property != Property.LOWER && property != Property.UPPER) {
                throw new ShapeException(
                        Fault.SHAPE_MISMATCH,
                        "no %dx%d matrix is %s: it is not square".formatted(rows, columns, property));
            }
        }
        return Property.closure(claims, rows == columns);
    }

    /** The claims, the facts that the generators show, and what follows from both. */
    static Set<Property> properties(int rows, int columns, Set<Property> claims, Set<Property> facts) {
        EnumSet<Property> all = EnumSet.noneOf(Property.class);
        all.addAll(claims);
        all.addAll(facts);
        return properties(rows, columns, all);
    }

    static void requireSize(int rows, int columns) {
        if (rows < 0 || columns < 0) {
            throw new ShapeException(Fault.OUT_OF_RANGE, "no matrix has shape " + rows + "x" + columns);
        }
    }

    static void requireSameShape(String what, StructuredMatrix a, StructuredMatrix b) {
        if (a.rows() != b.rows() || a.columns() != b.columns()) {
            throw ShapeException.mismatch(what, shape(a), shape(b));
        }
    }

    static void requireProduct(StructuredMatrix a, StructuredMatrix b) {
        if (a.columns() != b.rows()) {
            throw ShapeException.mismatch("product", shape(a), shape(b));
        }
    }

    static void requireProduct(StructuredMatrix a, DMatrixRMaj x) {
        if (a.columns() != x.numRows) {
            throw ShapeException.mismatch("product", shape(a), shape(x));
        }
    }

    static void requireSquare(String what, StructuredMatrix a) {
        if (a.rows() != a.columns()) {
            throw new ShapeException(Fault.SHAPE_MISMATCH, what + " of a square matrix, not of " + shape(a));
        }
    }

    static void requireEntry(StructuredMatrix a, int row, int column) {
        if (row < 0 || row >= a.rows() || column < 0 || column >= a.columns()) {
            throw new ShapeException(
                    Fault.OUT_OF_RANGE, "entry (%d, %d) of a %s matrix".formatted(row, column, shape(a)));
        }
    }

    static void requireRange(StructuredMatrix a, int fromRow, int toRow, int fromColumn, int toColumn) {
        if (fromRow < 0
                || fromRow > toRow
                || toRow > a.rows()
                || fromColumn < 0
                || fromColumn > toColumn
                || toColumn > a.columns()) {
            throw new ShapeException(
                    Fault.OUT_OF_RANGE,
                    "rows [%d, %d) and columns [%d, %d) of a %s matrix"
                            .formatted(fromRow, toRow, fromColumn, toColumn, shape(a)));
        }
    }
}
