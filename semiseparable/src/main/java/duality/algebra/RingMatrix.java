package duality.algebra;

import duality.errors.Fault;
import duality.errors.ShapeException;
import java.util.List;

/**
 * An immutable dense matrix over any ring, row-major. It stores elements and nothing else: the
 * arithmetic is in {@link RingBlocks}, which knows the ring. Zero rows or columns are allowed.
 *
 * @param <E> the type of the elements
 */
public final class RingMatrix<E> {
    private final int rows;
    private final int columns;
    private final Object[] entries;

    private RingMatrix(int rows, int columns, Object[] entries) {
        this.rows = rows;
        this.columns = columns;
        this.entries = entries;
    }

    /** What stands at a row and a column, both from 0. */
    @FunctionalInterface
    public interface Entry<E> {
        /** The entry. */
        E at(int row, int column);
    }

    /**
     * The matrix with the given entries, each asked for once, row by row.
     *
     * @throws ShapeException if a size is negative or the matrix has more than 2³¹ − 1 entries
     */
    public static <E> RingMatrix<E> of(int rows, int columns, Entry<E> entry) {
        MatrixShapes.requireSize(rows, columns);
        Object[] entries = new Object[rows * columns];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                entries[i * columns + j] = entry.at(i, j);
            }
        }
        return new RingMatrix<>(rows, columns, entries);
    }

    /** The matrix with the given entries in row-major order. */
    public static <E> RingMatrix<E> of(int rows, int columns, List<? extends E> rowMajor) {
        if ((long) rows * columns != rowMajor.size()) {
            throw ShapeException.mismatch("entries of a matrix", rows + "x" + columns, rowMajor.size() + " entries");
        }
        return of(rows, columns, (i, j) -> rowMajor.get(i * columns + j));
    }

    /** The number of rows. */
    public int rows() {
        return rows;
    }

    /** The number of columns. */
    public int columns() {
        return columns;
    }

    /**
     * The entry at a row and a column.
     *
     * @throws ShapeException with {@link Fault#OUT_OF_RANGE} if there is no such entry
     */
    @SuppressWarnings("unchecked")
    public E get(int row, int column) {
        if (row < 0 || row >= rows || column < 0 || column >= columns) {
            throw new ShapeException(
                    Fault.OUT_OF_RANGE, "entry (" + row + ", " + column + ") of a " + rows + "x" + columns + " matrix");
        }
        return (E) entries[row * columns + column];
    }

    /** The shape and the entries, for messages. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(rows + "x" + columns + " [");
        for (int i = 0; i < rows; i++) {
            text.append(i == 0 ? "[" : ", [");
            for (int j = 0; j < columns; j++) {
                text.append(j == 0 ? "" : ", ").append(get(i, j));
            }
            text.append(']');
        }
        return text.append(']').toString();
    }
}
