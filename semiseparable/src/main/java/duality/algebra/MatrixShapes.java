package duality.algebra;

import duality.errors.Fault;
import duality.errors.ShapeException;
import java.util.List;

/** The shape checks that the instances of {@link Blocks} share. */
final class MatrixShapes {
    private MatrixShapes() {}

    static String text(int rows, int columns) {
        return rows + "x" + columns;
    }

    /** Checks that an array can hold a matrix of this shape. */
    static void requireSize(long rows, long columns) {
        if (rows < 0 || columns < 0 || rows > Integer.MAX_VALUE || rows * columns > Integer.MAX_VALUE) {
            throw new ShapeException(Fault.OUT_OF_RANGE, "no matrix has shape " + rows + "x" + columns);
        }
    }

    static void requireSame(String what, int rowsA, int columnsA, int rowsB, int columnsB) {
        if (rowsA != rowsB || columnsA != columnsB) {
            throw ShapeException.mismatch(what, text(rowsA, columnsA), text(rowsB, columnsB));
        }
    }

    static void requireProduct(int rowsA, int columnsA, int rowsB, int columnsB) {
        if (columnsA != rowsB) {
            throw ShapeException.mismatch("product", text(rowsA, columnsA), text(rowsB, columnsB));
        }
    }

    static void requireRowScale(int rowsD, int columnsD, int rows, int columns) {
        if (columnsD != 1 || rowsD != rows) {
            throw ShapeException.mismatch("row scaling", text(rowsD, columnsD), text(rows, columns));
        }
    }

    static void requireColumn(int rows, int columns) {
        if (columns != 1) {
            throw new ShapeException(Fault.SHAPE_MISMATCH, "1SS(a) wants a column, not " + text(rows, columns));
        }
    }

    static void requireReshape(int rows, int columns, int newRows, int newColumns) {
        if (newRows < 0 || newColumns < 0 || (long) rows * columns != (long) newRows * newColumns) {
            throw ShapeException.mismatch("reshape", text(rows, columns), text(newRows, newColumns));
        }
    }

    /** Checks that blocks to be stacked are equally wide and returns the sum of their rows. */
    static <M> int requireStack(Blocks<M> blocks, List<M> parts) {
        if (parts.isEmpty()) {
            throw new ShapeException(Fault.WRONG_ARGUMENTS, "a stack of no blocks has no number of columns");
        }
        M first = parts.getFirst();
        long rows = 0;
        for (M part : parts) {
            if (blocks.columns(part) != blocks.columns(first)) {
                throw ShapeException.mismatch(
                        "stack",
                        text(blocks.rows(first), blocks.columns(first)),
                        text(blocks.rows(part), blocks.columns(part)));
            }
            rows += blocks.rows(part);
        }
        requireSize(rows, blocks.columns(first));
        return (int) rows;
    }

    /** Checks that blocks to be put beside each other are equally high and returns the sum of their columns. */
    static <M> int requireBeside(Blocks<M> blocks, List<M> parts) {
        if (parts.isEmpty()) {
            throw new ShapeException(Fault.WRONG_ARGUMENTS, "a row of no blocks has no number of rows");
        }
        M first = parts.getFirst();
        long columns = 0;
        for (M part : parts) {
            if (blocks.rows(part) != blocks.rows(first)) {
                throw ShapeException.mismatch(
                        "blocks side by side",
                        text(blocks.rows(first), blocks.columns(first)),
                        text(blocks.rows(part), blocks.columns(part)));
            }
            columns += blocks.columns(part);
        }
        requireSize(blocks.rows(first), columns);
        return (int) columns;
    }

    static void requireBlock(int rows, int columns, int fromRow, int toRow, int fromColumn, int toColumn) {
        if (fromRow < 0
                || fromRow > toRow
                || toRow > rows
                || fromColumn < 0
                || fromColumn > toColumn
                || toColumn > columns) {
            throw new ShapeException(
                    Fault.OUT_OF_RANGE,
                    "rows [" + fromRow + ", " + toRow + ") and columns [" + fromColumn + ", " + toColumn + ") of a "
                            + text(rows, columns) + " matrix");
        }
    }
}
