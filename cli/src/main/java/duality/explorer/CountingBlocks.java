package duality.explorer;

import duality.algebra.Blocks;
import duality.errors.ShapeException;
import java.util.List;

/**
 * Operations that compute nothing and count: a block is its shape, so that the library's own programs tell how many
 * scalar multiplications and additions they do at any size. Moving entries costs nothing.
 */
final class CountingBlocks implements Blocks<CountingBlocks.Counted> {
    private long multiplications;
    private long additions;
    private long inProducts;

    /**
     * A block.
     *
     * @param rows the number of rows
     * @param columns the number of columns
     * @param depth the most operations on blocks that had to be done for it one after another
     */
    record Counted(int rows, int columns, int depth) {}

    /** Multiplications so far. */
    long multiplications() {
        return multiplications;
    }

    /** Additions and multiplications so far. */
    long operations() {
        return multiplications + additions;
    }

    /** Those of them in products of matrices, neither factor of which is a row, a column or a scalar. */
    long inProducts() {
        return inProducts;
    }

    @Override
    public int rows(Counted a) {
        return a.rows;
    }

    @Override
    public int columns(Counted a) {
        return a.columns;
    }

    @Override
    public Counted zeros(int rows, int columns) {
        return new Counted(rows, columns, 0);
    }

    @Override
    public Counted ones(int rows, int columns) {
        return zeros(rows, columns);
    }

    @Override
    public Counted identity(int n) {
        return zeros(n, n);
    }

    @Override
    public Counted add(Counted a, Counted b) {
        requireSame("sum", a, b);
        additions += size(a);
        return new Counted(a.rows, a.columns, Math.max(a.depth, b.depth) + 1);
    }

    @Override
    public Counted subtract(Counted a, Counted b) {
        return add(a, b);
    }

    /** A change of sign is free. */
    @Override
    public Counted negate(Counted a) {
        return a;
    }

    @Override
    public Counted multiply(Counted a, Counted b) {
        if (a.columns != b.rows) {
            throw ShapeException.mismatch("product", text(a), text(b));
        }
        long products = size(a) * b.columns;
        long sums = (long) a.rows * b.columns * Math.max(0, a.columns - 1);
        multiplications += products;
        additions += sums;
        if (Math.min(a.rows, Math.min(a.columns, b.columns)) > 1) {
            inProducts += products + sums;
        }
        return new Counted(a.rows, b.columns, Math.max(a.depth, b.depth) + 1);
    }

    @Override
    public Counted hadamard(Counted a, Counted b) {
        requireSame("Hadamard product", a, b);
        multiplications += size(a);
        return new Counted(a.rows, a.columns, Math.max(a.depth, b.depth) + 1);
    }

    @Override
    public Counted scaleRows(Counted d, Counted a) {
        if (d.columns != 1 || d.rows != a.rows) {
            throw ShapeException.mismatch("row scaling", text(d), text(a));
        }
        multiplications += size(a);
        return new Counted(a.rows, a.columns, Math.max(d.depth, a.depth) + 1);
    }

    @Override
    public Counted transpose(Counted a) {
        return new Counted(a.columns, a.rows, a.depth);
    }

    @Override
    public Counted block(Counted a, int fromRow, int toRow, int fromColumn, int toColumn) {
        return new Counted(toRow - fromRow, toColumn - fromColumn, a.depth);
    }

    @Override
    public Counted stackRows(List<Counted> parts) {
        int rows = parts.stream().mapToInt(Counted::rows).sum();
        int depth = parts.stream().mapToInt(Counted::depth).max().orElse(0);
        return new Counted(rows, parts.getFirst().columns, depth);
    }

    @Override
    public Counted reshape(Counted a, int rows, int columns) {
        return new Counted(rows, columns, a.depth);
    }

    /** One multiplication for each entry below the diagonal. */
    @Override
    public Counted oneSemiseparable(Counted a) {
        multiplications += (long) a.rows * (a.rows - 1) / 2;
        return new Counted(a.rows, a.rows, a.depth + 1);
    }

    private static long size(Counted a) {
        return (long) a.rows * a.columns;
    }

    private static String text(Counted a) {
        return a.rows + "x" + a.columns;
    }

    private static void requireSame(String what, Counted a, Counted b) {
        if (a.rows != b.rows || a.columns != b.columns) {
            throw ShapeException.mismatch(what, text(a), text(b));
        }
    }
}
