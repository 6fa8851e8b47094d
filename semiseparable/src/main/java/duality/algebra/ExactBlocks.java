package duality.algebra;

import java.util.ArrayList;
import java.util.List;

/**
 * Block operations over any ring, exactly as defined. The order of factors is kept, so a ring whose
 * multiplication does not commute is fine.
 *
 * @param <E> the type of the entries
 */
public sealed interface ExactBlocks<E> extends Blocks<RingMatrix<E>> permits RingBlocks, FieldBlocks {
    /** The ring of the entries. */
    Ring<E> ring();

    @Override
    default int rows(RingMatrix<E> a) {
        return a.rows();
    }

    @Override
    default int columns(RingMatrix<E> a) {
        return a.columns();
    }

    @Override
    default RingMatrix<E> zeros(int rows, int columns) {
        return RingMatrix.of(rows, columns, (i, j) -> ring().zero());
    }

    @Override
    default RingMatrix<E> ones(int rows, int columns) {
        return RingMatrix.of(rows, columns, (i, j) -> ring().one());
    }

    @Override
    default RingMatrix<E> identity(int n) {
        return RingMatrix.of(n, n, (i, j) -> i == j ? ring().one() : ring().zero());
    }

    @Override
    default RingMatrix<E> add(RingMatrix<E> a, RingMatrix<E> b) {
        requireSameShape("sum", a, b);
        return RingMatrix.of(a.rows(), a.columns(), (i, j) -> ring().add(a.get(i, j), b.get(i, j)));
    }

    @Override
    default RingMatrix<E> subtract(RingMatrix<E> a, RingMatrix<E> b) {
        requireSameShape("difference", a, b);
        return RingMatrix.of(a.rows(), a.columns(), (i, j) -> ring().subtract(a.get(i, j), b.get(i, j)));
    }

    @Override
    default RingMatrix<E> multiply(RingMatrix<E> a, RingMatrix<E> b) {
        MatrixShapes.requireProduct(a.rows(), a.columns(), b.rows(), b.columns());
        return RingMatrix.of(a.rows(), b.columns(), (i, j) -> {
            E sum = ring().zero();
            for (int k = 0; k < a.columns(); k++) {
                sum = ring().add(sum, ring().multiply(a.get(i, k), b.get(k, j)));
            }
            return sum;
        });
    }

    @Override
    default RingMatrix<E> hadamard(RingMatrix<E> a, RingMatrix<E> b) {
        requireSameShape("Hadamard product", a, b);
        return RingMatrix.of(a.rows(), a.columns(), (i, j) -> ring().multiply(a.get(i, j), b.get(i, j)));
    }

    @Override
    default RingMatrix<E> scaleRows(RingMatrix<E> d, RingMatrix<E> a) {
        MatrixShapes.requireRowScale(d.rows(), d.columns(), a.rows(), a.columns());
        return RingMatrix.of(a.rows(), a.columns(), (i, j) -> ring().multiply(d.get(i, 0), a.get(i, j)));
    }

    @Override
    default RingMatrix<E> transpose(RingMatrix<E> a) {
        return RingMatrix.of(a.columns(), a.rows(), (i, j) -> a.get(j, i));
    }

    @Override
    default RingMatrix<E> block(RingMatrix<E> a, int fromRow, int toRow, int fromColumn, int toColumn) {
        MatrixShapes.requireBlock(a.rows(), a.columns(), fromRow, toRow, fromColumn, toColumn);
        return RingMatrix.of(toRow - fromRow, toColumn - fromColumn, (i, j) -> a.get(fromRow + i, fromColumn + j));
    }

    @Override
    default RingMatrix<E> stackRows(List<RingMatrix<E>> parts) {
        int columns = parts.getFirst().columns();
        int rows = MatrixShapes.requireStack(this, parts);
        List<E> entries = new ArrayList<>(rows * columns);
        for (RingMatrix<E> part : parts) {
            for (int i = 0; i < part.rows(); i++) {
                for (int j = 0; j < columns; j++) {
                    entries.add(part.get(i, j));
                }
            }
        }
        return RingMatrix.of(rows, columns, entries);
    }

    @Override
    default RingMatrix<E> reshape(RingMatrix<E> a, int rows, int columns) {
        MatrixShapes.requireReshape(a.rows(), a.columns(), rows, columns);
        return RingMatrix.of(rows, columns, (i, j) -> {
            int index = i * columns + j;
            return a.get(index / a.columns(), index % a.columns());
        });
    }

    @Override
    default RingMatrix<E> kronecker(RingMatrix<E> a, RingMatrix<E> b) {
        int p = b.rows();
        int q = b.columns();
        return RingMatrix.of(
                Math.multiplyExact(a.rows(), p),
                Math.multiplyExact(a.columns(), q),
                (i, j) -> ring().multiply(a.get(i / p, j / q), b.get(i % p, j % q)));
    }

    @Override
    default RingMatrix<E> oneSemiseparable(RingMatrix<E> a) {
        MatrixShapes.requireColumn(a.rows(), a.columns());
        int n = a.rows();
        MatrixShapes.requireSize(n, n);
        Object[] entries = new Object[n * n];
        for (int j = 0; j < n; j++) {
            for (int i = 0; i < n; i++) {
                entries[j * n + i] = i == j
                        ? ring().one()
                        : i > j ? ring().zero() : ring().multiply(a.get(j, 0), at(entries, (j - 1) * n + i));
            }
        }
        return RingMatrix.of(n, n, (j, i) -> at(entries, j * n + i));
    }

    /** Whether two matrices have the same shape and equal entries. */
    default boolean equal(RingMatrix<E> a, RingMatrix<E> b) {
        if (a.rows() != b.rows() || a.columns() != b.columns()) {
            return false;
        }
        for (int i = 0; i < a.rows(); i++) {
            for (int j = 0; j < a.columns(); j++) {
                if (!ring().equal(a.get(i, j), b.get(i, j))) {
                    return false;
                }
            }
        }
        return true;
    }

    @SuppressWarnings("unchecked")
    private E at(Object[] entries, int index) {
        return (E) entries[index];
    }

    private static void requireSameShape(String what, RingMatrix<?> a, RingMatrix<?> b) {
        MatrixShapes.requireSame(what, a.rows(), a.columns(), b.rows(), b.columns());
    }
}
