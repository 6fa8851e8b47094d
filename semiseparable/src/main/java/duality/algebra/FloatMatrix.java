package duality.algebra;

import duality.errors.Fault;
import duality.errors.ShapeException;

/** A dense row-major matrix of float32. A block of {@link FloatBlocks}, which treats it as a value. */
public final class FloatMatrix {
    final int rows;
    final int columns;
    final float[] entries;

    FloatMatrix(int rows, int columns) {
        MatrixShapes.requireSize(rows, columns);
        this(rows, columns, new float[rows * columns]);
    }

    FloatMatrix(int rows, int columns, float[] entries) {
        this.rows = rows;
        this.columns = columns;
        this.entries = entries;
    }

    /** The entry at a row and a column. */
    public float get(int row, int column) {
        if (row < 0 || row >= rows || column < 0 || column >= columns) {
            throw new ShapeException(
                    Fault.OUT_OF_RANGE,
                    "entry (" + row + ", " + column + ") of a " + MatrixShapes.text(rows, columns) + " matrix");
        }
        return entries[row * columns + column];
    }
}
