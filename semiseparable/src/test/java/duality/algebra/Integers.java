package duality.algebra;

import java.util.Arrays;

/** A matrix of small integers, which every instance of {@link Blocks} can hold exactly. */
final class Integers {
    private final int rows;
    private final int columns;
    private final long[] rowMajor;

    Integers(int rows, int columns, long[] rowMajor) {
        this.rows = rows;
        this.columns = columns;
        this.rowMajor = rowMajor;
    }

    interface Entry {
        long at(int row, int column);
    }

    static Integers of(int rows, int columns, Entry entry) {
        long[] rowMajor = new long[rows * columns];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                rowMajor[i * columns + j] = entry.at(i, j);
            }
        }
        return new Integers(rows, columns, rowMajor);
    }

    int rows() {
        return rows;
    }

    int columns() {
        return columns;
    }

    long[] rowMajor() {
        return rowMajor;
    }

    long at(int row, int column) {
        return rowMajor[row * columns + column];
    }

    Integers transpose() {
        return of(columns, rows, (i, j) -> at(j, i));
    }

    Integers times(Integers b) {
        return of(rows, b.columns, (i, j) -> {
            long sum = 0;
            for (int k = 0; k < columns; k++) {
                sum += at(i, k) * b.at(k, j);
            }
            return sum;
        });
    }

    @Override
    public String toString() {
        return rows + "x" + columns + " " + Arrays.toString(rowMajor);
    }
}
