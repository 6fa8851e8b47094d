package duality.algebra;

import duality.errors.Fault;
import duality.errors.ValueException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Block operations over a field whose equality is exact (rationals, integers modulo a prime), with division, rank and
 * determinant by Gauss–Jordan elimination. The pivot is the first entry that is not zero, whatever its size, so this
 * is no way to compute with rounded numbers.
 *
 * @param ring the field of the entries
 * @param <E> the type of the entries
 */
public record FieldBlocks<E>(Field<E> ring) implements ExactBlocks<E>, DivisionBlocks<RingMatrix<E>> {
    /**
     * The reduced row echelon form of a matrix, without its zero rows: a basis of the row space, in which column
     * {@code pivots[i]} is column i of the identity.
     *
     * @param basis the rows {@code (rank×columns)}
     * @param pivots the pivots' columns, increasing
     */
    public record RowEchelon<E>(RingMatrix<E> basis, List<Integer> pivots) {}

    @Override
    public RingMatrix<E> solve(RingMatrix<E> a, RingMatrix<E> b) {
        int n = requireSquare("solve with a square block", a);
        MatrixShapes.requireProduct(n, n, b.rows(), b.columns());
        Elimination<E> elimination = new Elimination<>(ring, stackColumns(List.of(a, b)), n);
        if (elimination.pivots.size() < n) {
            throw new ValueException(
                    Fault.SINGULAR,
                    "a " + MatrixShapes.text(n, n) + " block is singular: its rank is " + elimination.pivots.size());
        }
        return block(elimination.basis(), 0, n, n, n + b.columns());
    }

    @Override
    public RingMatrix<E> determinant(RingMatrix<E> a) {
        int n = requireSquare("determinant of a square block", a);
        Elimination<E> elimination = new Elimination<>(ring, a, n);
        return RingMatrix.of(1, 1, (i, j) -> elimination.pivots.size() < n ? ring.zero() : elimination.productOfPivots);
    }

    /** The rank, exactly. */
    public int rank(RingMatrix<E> a) {
        return new Elimination<>(ring, a, a.columns()).pivots.size();
    }

    /** The reduced row echelon form. */
    public RowEchelon<E> rowEchelon(RingMatrix<E> a) {
        Elimination<E> elimination = new Elimination<>(ring, a, a.columns());
        return new RowEchelon<>(rows(elimination.basis(), 0, elimination.pivots.size()), elimination.pivots);
    }

    private static int requireSquare(String what, RingMatrix<?> a) {
        MatrixShapes.requireSame(what, a.rows(), a.columns(), a.rows(), a.rows());
        return a.rows();
    }

    /** Gauss–Jordan elimination with pivots in the first columns only. */
    private static final class Elimination<E> {
        final List<List<E>> rows = new ArrayList<>();
        final List<Integer> pivots = new ArrayList<>();
        E productOfPivots;
        private final int columns;

        Elimination(Field<E> field, RingMatrix<E> a, int pivotColumns) {
            columns = a.columns();
            productOfPivots = field.one();
            for (int i = 0; i < a.rows(); i++) {
                List<E> row = new ArrayList<>();
                for (int j = 0; j < columns; j++) {
                    row.add(a.get(i, j));
                }
                rows.add(row);
            }
            for (int column = 0; column < pivotColumns; column++) {
                int rank = pivots.size();
                int found = rank;
                while (found < rows.size() && field.isZero(rows.get(found).get(column))) {
                    found++;
                }
                if (found == rows.size()) {
                    continue;
                }
                if (found != rank) {
                    Collections.swap(rows, rank, found);
                    productOfPivots = field.negate(productOfPivots);
                }
                List<E> pivotRow = rows.get(rank);
                E pivot = pivotRow.get(column);
                productOfPivots = field.multiply(productOfPivots, pivot);
                E inverse = field.invert(pivot);
                pivotRow.replaceAll(entry -> field.multiply(inverse, entry));
                for (int i = 0; i < rows.size(); i++) {
                    List<E> row = rows.get(i);
                    E factor = row.get(column);
                    if (i != rank && !field.isZero(factor)) {
                        for (int j = column; j < columns; j++) {
                            row.set(j, field.subtract(row.get(j), field.multiply(factor, pivotRow.get(j))));
                        }
                    }
                }
                pivots.add(column);
            }
        }

        RingMatrix<E> basis() {
            return RingMatrix.of(rows.size(), columns, (i, j) -> rows.get(i).get(j));
        }
    }
}
