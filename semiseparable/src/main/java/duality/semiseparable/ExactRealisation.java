package duality.semiseparable;

import duality.algebra.FieldBlocks;
import duality.algebra.RingMatrix;
import duality.errors.ShapeException;
import java.util.ArrayList;
import java.util.List;

/**
 * Generators of least rank of a dense matrix, exactly over a field: that a semiseparable matrix <em>is</em> a state
 * space model (Dao and Gu 2024, proposition 3.4), as a construction. In floating point, {@link Compression#fromDense}.
 */
public final class ExactRealisation {
    private ExactRealisation() {}

    /**
     * Generators with the ranks of {@link RankProfile#ofDense}. Downwards, X_i holds the rows from block row i on in a
     * basis of the columns seen so far:
     *
     * <pre>
     *   H = [rest of X_i | A(i+1…, i)],   X_{i+1} = the pivot columns of H,   [R_i Q_i] = the echelon form of H,
     *   P_{i+1} = top of X_{i+1}
     * </pre>
     *
     * and the upper half likewise from the transpose. Cost O(n N m (m + r)) field operations for each half of an N×N
     * matrix.
     *
     * @param dense the matrix {@code (Σ rowSizes × Σ columnSizes)}
     * @throws ShapeException if the sizes do not cut the matrix into equally many block rows and block columns
     */
    public static <E> Generators<RingMatrix<E>> ofDense(
            FieldBlocks<E> k, RingMatrix<E> dense, List<Integer> rowSizes, List<Integer> columnSizes) {
        int rows = rowSizes.stream().mapToInt(Integer::intValue).sum();
        int columns = columnSizes.stream().mapToInt(Integer::intValue).sum();
        if (rows != dense.rows() || columns != dense.columns() || rowSizes.size() != columnSizes.size()) {
            throw ShapeException.mismatch(
                    "realisation", dense.rows() + "x" + dense.columns(), "blocks " + rowSizes + "x" + columnSizes);
        }
        List<RingMatrix<E>> d = new ArrayList<>();
        int row = 0;
        int column = 0;
        for (int i = 0; i < rowSizes.size(); i++) {
            d.add(k.block(dense, row, row + rowSizes.get(i), column, column + columnSizes.get(i)));
            row += rowSizes.get(i);
            column += columnSizes.get(i);
        }
        Half<E> lower = half(k, dense, rowSizes, columnSizes);
        Half<E> upper = half(k, k.transpose(dense), columnSizes, rowSizes);
        return new Generators<>(
                d,
                lower.p,
                lower.r,
                lower.q,
                upper.q.stream().map(k::transpose).toList(),
                upper.r.stream().map(k::transpose).toList(),
                upper.p.stream().map(k::transpose).toList());
    }

    private record Half<E>(List<RingMatrix<E>> p, List<RingMatrix<E>> r, List<RingMatrix<E>> q) {}

    private static <E> Half<E> half(
            FieldBlocks<E> k, RingMatrix<E> dense, List<Integer> rowSizes, List<Integer> columnSizes) {
        Half<E> half = new Half<>(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        RingMatrix<E> x = k.zeros(dense.rows(), 0);
        int row = 0;
        int column = 0;
        for (int i = 0; i < rowSizes.size(); i++) {
            half.p.add(k.rows(x, 0, rowSizes.get(i)));
            row += rowSizes.get(i);
            RingMatrix<E> rest = k.rows(x, rowSizes.get(i), x.rows());
            RingMatrix<E> next = k.block(dense, row, dense.rows(), column, column + columnSizes.get(i));
            RingMatrix<E> hankel = k.beside(rest, next);
            FieldBlocks.RowEchelon<E> echelon = k.rowEchelon(hankel);
            half.r.add(k.block(echelon.basis(), 0, echelon.basis().rows(), 0, x.columns()));
            half.q.add(k.block(echelon.basis(), 0, echelon.basis().rows(), x.columns(), hankel.columns()));
            x = RingMatrix.of(
                    hankel.rows(),
                    echelon.pivots().size(),
                    (a, b) -> hankel.get(a, echelon.pivots().get(b)));
            column += columnSizes.get(i);
        }
        return half;
    }
}
