package duality.algebra;

import static org.assertj.core.api.Assertions.assertThat;

import duality.errors.Fault;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.Function;

/**
 * What every instance of {@link Blocks} owes: the result of the definition, written out here once on
 * integers; arguments that are as they were; and faults that show both shapes.
 *
 * @param <M> the type of a block
 */
abstract class BlocksContract<M> {
    private final Blocks<M> blocks;

    BlocksContract(Blocks<M> blocks) {
        this.blocks = blocks;
    }

    abstract M matrix(Integers integers);

    /** The entry, which is to be an integer. */
    abstract long at(M matrix, int row, int column);

    final void constants(int rows, int columns) {
        assertEqual("zeros", blocks.zeros(rows, columns), Integers.of(rows, columns, (i, j) -> 0));
        assertEqual("ones", blocks.ones(rows, columns), Integers.of(rows, columns, (i, j) -> 1));
        assertEqual("identity", blocks.identity(rows), Integers.of(rows, rows, (i, j) -> i == j ? 1 : 0));
    }

    /** @param a, b of equal shapes */
    final void entrywise(Integers a, Integers b) {
        check("sum", blocks::add, a, b, Integers.of(a.rows(), a.columns(), (i, j) -> a.at(i, j) + b.at(i, j)));
        check(
                "difference",
                blocks::subtract,
                a,
                b,
                Integers.of(a.rows(), a.columns(), (i, j) -> a.at(i, j) - b.at(i, j)));
        check(
                "Hadamard product",
                blocks::hadamard,
                a,
                b,
                Integers.of(a.rows(), a.columns(), (i, j) -> a.at(i, j) * b.at(i, j)));
        check("negative", blocks::negate, a, Integers.of(a.rows(), a.columns(), (i, j) -> -a.at(i, j)));
    }

    /** @param a, b matrices that can be multiplied */
    final void products(Integers a, Integers b) {
        Integers product = a.times(b);
        check("product", blocks::multiply, a, b, product);
        check("product of a transpose", blocks::multiplyTransposeLeft, a.transpose(), b, product);
        check("product with a transpose", blocks::multiplyTransposeRight, a, b.transpose(), product);
    }

    /** @param d, a a column and a matrix with as many rows */
    final void scaling(Integers d, Integers a) {
        check(
                "scaled rows",
                blocks::scaleRows,
                d,
                a,
                Integers.of(a.rows(), a.columns(), (i, j) -> d.at(i, 0) * a.at(i, j)));
        long factor = d.rows() == 0 ? -3 : d.at(0, 0);
        check(
                "multiple",
                blocks::scale,
                Integers.of(1, 1, (i, j) -> factor),
                a,
                Integers.of(a.rows(), a.columns(), (i, j) -> factor * a.at(i, j)));
        check("row sums", blocks::rowSums, a, Integers.of(a.rows(), 1, (i, j) -> {
            long sum = 0;
            for (int k = 0; k < a.columns(); k++) {
                sum += a.at(i, k);
            }
            return sum;
        }));
    }

    final void arrangement(Integers a) {
        int rows = a.rows();
        int columns = a.columns();
        assertThat(blocks.rows(matrix(a))).isEqualTo(rows);
        assertThat(blocks.columns(matrix(a))).isEqualTo(columns);
        check("transpose", blocks::transpose, a, a.transpose());
        int entries = rows * columns;
        for (int newRows : new int[] {1, entries, columns, rows}) {
            if (newRows > 0 && entries % newRows == 0) {
                int newColumns = entries / newRows;
                Integers reshaped = new Integers(newRows, newColumns, a.rowMajor());
                check("reshape", m -> blocks.reshape(m, newRows, newColumns), a, reshaped);
            }
        }
        if (entries == 0) {
            check("reshape", m -> blocks.reshape(m, 0, 5), a, new Integers(0, 5, new long[0]));
            check("reshape", m -> blocks.reshape(m, 5, 0), a, new Integers(5, 0, new long[0]));
            check("reshape", m -> blocks.reshape(m, 0, 0), a, new Integers(0, 0, new long[0]));
        }
    }

    /** All blocks of a small matrix. */
    final void parts(Integers a) {
        for (int fromRow = 0; fromRow <= a.rows(); fromRow++) {
            for (int toRow = fromRow; toRow <= a.rows(); toRow++) {
                for (int fromColumn = 0; fromColumn <= a.columns(); fromColumn++) {
                    for (int toColumn = fromColumn; toColumn <= a.columns(); toColumn++) {
                        block(a, fromRow, toRow, fromColumn, toColumn);
                    }
                }
                int from = fromRow;
                int to = toRow;
                check("rows", m -> blocks.rows(m, from, to), a, part(a, from, to, 0, a.columns()));
            }
        }
        for (int row = 0; row < a.rows(); row++) {
            int i = row;
            check("row", m -> blocks.row(m, i), a, part(a, i, i + 1, 0, a.columns()));
            for (int column = 0; column < a.columns(); column++) {
                int j = column;
                check("entry", m -> blocks.entry(m, i, j), a, part(a, i, i + 1, j, j + 1));
            }
        }
    }

    private void block(Integers a, int fromRow, int toRow, int fromColumn, int toColumn) {
        check(
                "block",
                m -> blocks.block(m, fromRow, toRow, fromColumn, toColumn),
                a,
                part(a, fromRow, toRow, fromColumn, toColumn));
    }

    private static Integers part(Integers a, int fromRow, int toRow, int fromColumn, int toColumn) {
        return Integers.of(toRow - fromRow, toColumn - fromColumn, (i, j) -> a.at(fromRow + i, fromColumn + j));
    }

    /** Stacks the blocks of rows that a matrix falls into when cut after the given numbers of rows. */
    final void stack(Integers a, List<Integer> cuts) {
        List<Integers> parts = new ArrayList<>();
        int from = 0;
        for (int cut : cuts) {
            int to = Math.min(a.rows(), from + cut);
            parts.add(part(a, from, to, 0, a.columns()));
            from = to;
        }
        parts.add(part(a, from, a.rows(), 0, a.columns()));
        List<M> matrices = parts.stream().map(this::matrix).toList();
        assertEqual("stack of " + parts, blocks.stackRows(matrices), a);
        for (int i = 0; i < parts.size(); i++) {
            assertEqual("part after stacking", matrices.get(i), parts.get(i));
        }
    }

    final void beside(Integers a, Integers b) {
        int width = a.columns() + b.columns();
        Integers expected =
                Integers.of(a.rows(), width, (i, j) -> j < a.columns() ? a.at(i, j) : b.at(i, j - a.columns()));
        check("blocks side by side", (x, y) -> blocks.stackColumns(List.of(x, y)), a, b, expected);
    }

    /** Kronecker's product of any two matrices, and Khatri and Rao's with themselves where shapes permit. */
    final void kronecker(Integers a, Integers b) {
        int p = b.rows();
        int q = b.columns();
        Integers product =
                Integers.of(a.rows() * p, a.columns() * q, (i, j) -> a.at(i / p, j / q) * b.at(i % p, j % q));
        check("Kronecker product", blocks::kronecker, a, b, product);
        int rows = Math.min(a.rows(), p);
        check(
                "row-wise Khatri–Rao product",
                blocks::khatriRaoRows,
                part(a, 0, rows, 0, a.columns()),
                part(b, 0, rows, 0, q),
                Integers.of(rows, a.columns() * q, (i, j) -> a.at(i, j / q) * b.at(i, j % q)));
        int columns = Math.min(a.columns(), q);
        check(
                "column-wise Khatri–Rao product",
                blocks::khatriRaoColumns,
                part(a, 0, a.rows(), 0, columns),
                part(b, 0, p, 0, columns),
                Integers.of(a.rows() * p, columns, (i, j) -> a.at(i / p, j) * b.at(i % p, j)));
    }

    /** By direct products: {@code a_j a_{j−1} … a_{i+1}}. */
    final void oneSemiseparable(Integers a) {
        int n = a.rows();
        check("1SS", blocks::oneSemiseparable, a, Integers.of(n, n, (j, i) -> {
            long product = j < i ? 0 : 1;
            for (int k = j; k > i; k--) {
                product *= a.at(k, 0);
            }
            return product;
        }));
        // Its inverse is bidiagonal (Dao and Gu 2024, remark 11).
        M bidiagonal = matrix(Integers.of(n, n, (j, i) -> j == i ? 1 : j == i + 1 ? -a.at(j, 0) : 0));
        M matrix = blocks.oneSemiseparable(matrix(a));
        Integers identity = Integers.of(n, n, (j, i) -> j == i ? 1 : 0);
        assertEqual("1SS(a) times its inverse", blocks.multiply(matrix, bidiagonal), identity);
        assertEqual("the inverse times 1SS(a)", blocks.multiply(bidiagonal, matrix), identity);
    }

    final void faults() {
        M a = blocks.ones(2, 3);
        M b = blocks.ones(3, 2);
        Faults.assertFault(Fault.SHAPE_MISMATCH, () -> blocks.add(a, b), "2x3", "3x2");
        Faults.assertFault(Fault.SHAPE_MISMATCH, () -> blocks.subtract(a, b), "2x3", "3x2");
        Faults.assertFault(Fault.SHAPE_MISMATCH, () -> blocks.hadamard(a, b), "2x3", "3x2");
        Faults.assertFault(Fault.SHAPE_MISMATCH, () -> blocks.multiply(a, a), "2x3", "2x3");
        Faults.assertFault(Fault.SHAPE_MISMATCH, () -> blocks.multiplyTransposeLeft(a, b), "3x2", "3x2");
        Faults.assertFault(Fault.SHAPE_MISMATCH, () -> blocks.multiplyTransposeRight(a, b), "2x3", "2x3");
        Faults.assertFault(Fault.SHAPE_MISMATCH, () -> blocks.scaleRows(blocks.ones(3, 1), a), "3x1", "2x3");
        Faults.assertFault(Fault.SHAPE_MISMATCH, () -> blocks.scaleRows(blocks.ones(1, 2), a), "1x2", "2x3");
        Faults.assertFault(Fault.SHAPE_MISMATCH, () -> blocks.scale(blocks.ones(2, 1), a), "2x1");
        Faults.assertFault(Fault.SHAPE_MISMATCH, () -> blocks.stackRows(List.of(a, b)), "2x3", "3x2");
        Faults.assertFault(Fault.SHAPE_MISMATCH, () -> blocks.stackColumns(List.of(a, b)), "2x3", "3x2");
        Faults.assertFault(Fault.SHAPE_MISMATCH, () -> blocks.khatriRaoRows(a, b), "2x6", "3x6");
        Faults.assertFault(Fault.SHAPE_MISMATCH, () -> blocks.khatriRaoColumns(a, b), "6x3", "6x2");
        Faults.assertFault(Fault.SHAPE_MISMATCH, () -> blocks.reshape(a, 2, 2), "2x3", "2x2");
        Faults.assertFault(Fault.SHAPE_MISMATCH, () -> blocks.reshape(a, -2, -3), "2x3", "-2x-3");
        Faults.assertFault(Fault.SHAPE_MISMATCH, () -> blocks.oneSemiseparable(blocks.ones(1, 2)), "1x2");
        Faults.assertFault(Fault.SHAPE_MISMATCH, () -> blocks.oneSemiseparable(blocks.ones(0, 0)), "0x0");
        Faults.assertFault(Fault.OUT_OF_RANGE, () -> blocks.block(a, -1, 1, 0, 1), "[-1, 1)", "2x3");
        Faults.assertFault(Fault.OUT_OF_RANGE, () -> blocks.block(a, 2, 1, 0, 1), "[2, 1)", "2x3");
        Faults.assertFault(Fault.OUT_OF_RANGE, () -> blocks.block(a, 0, 2, 0, 4), "[0, 4)", "2x3");
        Faults.assertFault(Fault.OUT_OF_RANGE, () -> blocks.block(a, 0, 2, 3, 2), "[3, 2)", "2x3");
        Faults.assertFault(Fault.OUT_OF_RANGE, () -> blocks.rows(a, 1, 3), "[1, 3)", "2x3");
        Faults.assertFault(Fault.OUT_OF_RANGE, () -> blocks.row(a, 2), "[2, 3)", "2x3");
        Faults.assertFault(Fault.OUT_OF_RANGE, () -> blocks.entry(a, 0, -1), "[-1, 0)", "2x3");
    }

    private void check(String what, BinaryOperator<M> operation, Integers a, Integers b, Integers expected) {
        M matrixA = matrix(a);
        M matrixB = matrix(b);
        assertEqual(what + " of " + a + " and " + b, operation.apply(matrixA, matrixB), expected);
        assertEqual(what + ": first argument afterwards", matrixA, a);
        assertEqual(what + ": second argument afterwards", matrixB, b);
    }

    private void check(String what, Function<M, M> operation, Integers a, Integers expected) {
        M matrix = matrix(a);
        assertEqual(what + " of " + a, operation.apply(matrix), expected);
        assertEqual(what + ": argument afterwards", matrix, a);
    }

    private void assertEqual(String what, M actual, Integers expected) {
        assertThat(blocks.rows(actual) + "x" + blocks.columns(actual))
                .as("shape of the %s in %s", what, blocks)
                .isEqualTo(expected.rows() + "x" + expected.columns());
        Integers entries = Integers.of(expected.rows(), expected.columns(), (i, j) -> at(actual, i, j));
        assertThat(entries.rowMajor()).as("%s in %s", what, blocks).isEqualTo(expected.rowMajor());
    }
}
