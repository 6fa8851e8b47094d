package duality.algebra;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The operations on blocks (matrices) that the library's algorithms are written against. An algorithm
 * sees only these, so one text of it runs in double precision, in single precision, and exactly over
 * any ring.
 *
 * <p>Blocks are values: an operation never changes its arguments and may return one of them, so what
 * comes back must not be modified either. Blocks with zero rows or columns are allowed everywhere.
 * Shapes that do not fit give a {@link duality.errors.ShapeException} that shows both.
 *
 * @param <M> the type of a block
 */
public interface Blocks<M> {
    /** The number of rows. */
    int rows(M a);

    /** The number of columns. */
    int columns(M a);

    /** The {@code rows×columns} block of zeros. */
    M zeros(int rows, int columns);

    /** The {@code rows×columns} block of ones. */
    M ones(int rows, int columns);

    /** The {@code n×n} identity. */
    M identity(int n);

    /** {@code a + b} of equal shapes. */
    M add(M a, M b);

    /** {@code a − b} of equal shapes. */
    M subtract(M a, M b);

    /** {@code −a}. */
    default M negate(M a) {
        return subtract(zeros(rows(a), columns(a)), a);
    }

    /** The product of {@code a (n×k)} and {@code b (k×m)}, {@code n×m}. */
    M multiply(M a, M b);

    /** The entrywise (Hadamard) product {@code a ∘ b} of equal shapes. */
    M hadamard(M a, M b);

    /** {@code diag(d) · a}: row i of {@code a (n×m)} times entry i of {@code d (n×1)}, from the left. */
    M scaleRows(M d, M a);

    /** The transpose of the arrangement; entries themselves are kept. */
    M transpose(M a);

    /** The rows {@code [fromRow, toRow)} and columns {@code [fromColumn, toColumn)}. */
    M block(M a, int fromRow, int toRow, int fromColumn, int toColumn);

    /** The blocks one below the other; all have the same number of columns. The list is not empty. */
    M stackRows(List<M> parts);

    /** The same entries, read row by row, in another shape. */
    M reshape(M a, int rows, int columns);

    /**
     * The one-semiseparable matrix {@code 1SS(a) (n×n)} of {@code a (n×1)}: lower triangular with
     * {@code a_{j:i} = a_j a_{j−1} … a_{i+1}} at row j and column i ≤ j, so that the diagonal is one
     * (Dao and Gu 2024, equation 6).
     *
     * <p>Products of factors, never quotients or exponentials of differences of cumulative sums: a
     * factor of zero (a reset) gives exact zeros, and every entry has a relative error of at most
     * γ_{j−i}. Column 0 holds the decay from the first row, row n−1 the decay to the last.
     */
    M oneSemiseparable(M a);

    /** The rows {@code [from, to)}. */
    default M rows(M a, int from, int to) {
        return block(a, from, to, 0, columns(a));
    }

    /** Row {@code i}, as a {@code 1×m} block. */
    default M row(M a, int i) {
        return rows(a, i, i + 1);
    }

    /** Entry {@code (i, j)}, as a {@code 1×1} block. */
    default M entry(M a, int i, int j) {
        return block(a, i, i + 1, j, j + 1);
    }

    /** The {@code 1×1} block {@code s} times every entry of {@code a}. */
    default M scale(M s, M a) {
        int rows = rows(a);
        int columns = columns(a);
        return reshape(scaleRows(s, reshape(a, 1, rows * columns)), rows, columns);
    }

    /** The sums of the rows of {@code a (n×m)}, {@code n×1}. */
    default M rowSums(M a) {
        return multiply(a, ones(columns(a), 1));
    }

    /** {@code aᵀ b} of {@code a (k×n)} and {@code b (k×m)}. */
    default M multiplyTransposeLeft(M a, M b) {
        return multiply(transpose(a), b);
    }

    /** {@code a bᵀ} of {@code a (n×k)} and {@code b (m×k)}. */
    default M multiplyTransposeRight(M a, M b) {
        return multiply(a, transpose(b));
    }

    /** The blocks one beside the other; all have the same number of rows. The list is not empty. */
    default M stackColumns(List<M> parts) {
        MatrixShapes.requireBeside(this, parts);
        return transpose(stackRows(parts.stream().map(this::transpose).toList()));
    }

    /** {@code [a b]} of equally many rows. */
    default M beside(M a, M b) {
        return stackColumns(List.of(a, b));
    }

    /** The rows in the opposite order. */
    default M reverseRows(M a) {
        int n = rows(a);
        return n <= 1
                ? a
                : stackRows(
                        IntStream.rangeClosed(1, n).mapToObj(i -> row(a, n - i)).toList());
    }

    /** The rows of {@code a} in consecutive parts of the given sizes. */
    default List<M> splitRows(M a, List<Integer> sizes) {
        List<M> parts = new ArrayList<>();
        int from = 0;
        for (int size : sizes) {
            parts.add(rows(a, from, from + size));
            from += size;
        }
        return parts;
    }

    /** The Kronecker product {@code a ⊗ b (np×mq)} of {@code a (n×m)} and {@code b (p×q)}: blocks {@code a_ij b}. */
    default M kronecker(M a, M b) {
        if (rows(a) == 0 || columns(a) == 0) {
            return zeros(rows(a) * rows(b), columns(a) * columns(b));
        }
        return stackRows(IntStream.range(0, rows(a))
                .mapToObj(i -> stackColumns(IntStream.range(0, columns(a))
                        .mapToObj(j -> scale(entry(a, i, j), b))
                        .toList()))
                .toList());
    }

    /**
     * The row-wise Khatri–Rao (face-splitting) product of {@code a (n×m)} and {@code b (n×q)}, {@code n×mq}: row i is
     * {@code a_i ⊗ b_i}. By {@code (a ⊗ 1ᵀ) ∘ (1ᵀ ⊗ b)}.
     */
    default M khatriRaoRows(M a, M b) {
        return hadamard(kronecker(a, ones(1, columns(b))), kronecker(ones(1, columns(a)), b));
    }

    /**
     * The column-wise Khatri–Rao product of {@code a (n×m)} and {@code b (p×m)}, {@code np×m}: column j is {@code a_j
     * ⊗ b_j}. By {@code (a ⊗ 1) ∘ (1 ⊗ b)}.
     */
    default M khatriRaoColumns(M a, M b) {
        return hadamard(kronecker(a, ones(rows(b), 1)), kronecker(ones(rows(a), 1), b));
    }
}
