package duality.sma;

import duality.algebra.Blocks;
import duality.algebra.EjmlBlocks;
import duality.algebra.FloatingBlocks;
import duality.contraction.Cost;
import duality.errors.ShapeException;
import duality.semiseparable.StructuredMatrix;
import duality.semiseparable.Toeplitz;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ejml.data.DMatrixRMaj;

/**
 * The Toeplitz mask {@code L_ts = α_{t−s}}: weights by relative position. In floating point it multiplies by fast
 * Fourier transforms, in O(T log T) operations a column, with an error that is small against the largest entries. Over
 * other rings, commutative or not, it multiplies exactly in O(T^1.58), by three products of half the size:
 *
 * <pre>
 *   [A₁ A₀; A₂ A₁] [x₀; x₁] = [s + (A₀ − A₁) x₁; s + (A₂ − A₁) x₀],   s = A₁ (x₀ + x₁)
 * </pre>
 *
 * (Karatsuba's identity transposed; Winograd, Arithmetic Complexity of Computations, 1980).
 *
 * @param <M> the type of blocks that hold the numbers
 */
public final class ToeplitzMask<M> implements Mask<M> {
    /** Up to this size the definition is no slower than halves. */
    private static final int SMALL = 8;

    private final int length;
    private final M lags;
    private final Optional<Transform<M>> transform;

    /** The matrix in floating point. */
    private record Transform<M>(FloatingBlocks<M> k, Toeplitz matrix) {
        M multiply(M x) {
            return blocks(matrix.multiply(doubles(x)));
        }

        M multiplyTransposed(M x) {
            return blocks(matrix.multiplyTransposed(doubles(x)));
        }

        private DMatrixRMaj doubles(M x) {
            return EjmlBlocks.INSTANCE.of(k.rows(x), k.columns(x), k.toArray(x));
        }

        private M blocks(DMatrixRMaj y) {
            return k.of(y.numRows, y.numCols, y.data);
        }
    }

    private ToeplitzMask(int length, M lags, Optional<Transform<M>> transform) {
        this.length = length;
        this.lags = lags;
        this.transform = transform;
    }

    /**
     * The mask of its diagonals.
     *
     * @param lags {@code α_{1−T} … α_{T−1}}, a column; no rows if T = 0
     * @throws ShapeException if {@code lags} is not a column of 2T − 1 entries
     */
    public static <M> ToeplitzMask<M> of(Blocks<M> k, M lags) {
        int count = k.rows(lags);
        int length = (count + 1) / 2;
        if (k.columns(lags) != 1 || count != Math.max(0, 2 * length - 1)) {
            throw ShapeException.mismatch(
                    "diagonals of a Toeplitz mask", count + "x" + k.columns(lags), Math.max(0, 2 * length - 1) + "x1");
        }
        Optional<Transform<M>> transform = k instanceof FloatingBlocks<M> floating
                ? Optional.of(new Transform<>(floating, new Toeplitz(length, length, floating.toArray(lags))))
                : Optional.empty();
        return new ToeplitzMask<>(length, lags, transform);
    }

    /** The causal mask of a convolution with the kernel {@code α_0 … α_{T−1} (T×1)}. */
    public static <M> ToeplitzMask<M> causal(Blocks<M> k, M kernel) {
        return of(k, k.stackRows(List.of(k.zeros(Math.max(0, k.rows(kernel) - 1), 1), kernel)));
    }

    @Override
    public int length() {
        return length;
    }

    /** ⌈T/2⌉: such a mask has no bounded state. */
    @Override
    public int rank() {
        return Mask.largestRank(length);
    }

    @Override
    public M multiply(Blocks<M> k, M x) {
        requireRows(k, x);
        return transform.map(t -> t.multiply(x)).orElseGet(() -> multiply(k, lags, x));
    }

    @Override
    public M multiplyTransposed(Blocks<M> k, M x) {
        requireRows(k, x);
        return transform.map(t -> t.multiplyTransposed(x)).orElseGet(() -> multiply(k, k.reverseRows(lags), x));
    }

    private void requireRows(Blocks<M> k, M x) {
        if (k.rows(x) != length) {
            throw ShapeException.mismatch("product", length + "x" + length, k.rows(x) + "x" + k.columns(x));
        }
    }

    private static <M> M multiply(Blocks<M> k, M lags, M x) {
        int n = k.rows(x);
        if (n <= SMALL) {
            return n == 0 ? x : k.multiply(dense(k, lags, n), x);
        }
        if (n % 2 == 1) {
            M zero = k.zeros(1, 1);
            M wider = k.stackRows(List.of(zero, lags, zero));
            return k.rows(multiply(k, wider, k.stackRows(List.of(x, k.zeros(1, k.columns(x))))), 0, n);
        }
        int half = n / 2;
        M x0 = k.rows(x, 0, half);
        M x1 = k.rows(x, half, n);
        M above = k.rows(lags, 0, n - 1); // A₀
        M same = k.rows(lags, half, n + half - 1); // A₁
        M below = k.rows(lags, n, 2 * n - 1); // A₂
        M shared = multiply(k, same, k.add(x0, x1));
        return k.stackRows(List.of(
                k.add(shared, multiply(k, k.subtract(above, same), x1)),
                k.add(shared, multiply(k, k.subtract(below, same), x0))));
    }

    /** Row t holds {@code α_t … α_{t−n+1}}: a stretch of the diagonals in the opposite order. */
    private static <M> M dense(Blocks<M> k, M lags, int n) {
        M row = k.transpose(k.reverseRows(lags));
        List<M> rows = new ArrayList<>();
        rows.add(k.zeros(0, n));
        for (int t = 0; t < n; t++) {
            rows.add(k.block(row, 0, 1, n - 1 - t, 2 * n - 1 - t));
        }
        return k.stackRows(rows);
    }

    @Override
    public M dense(Blocks<M> k) {
        return dense(k, lags, length);
    }

    @Override
    public long denseFlops() {
        return 0;
    }

    @Override
    public long multiplyFlops(long width) {
        return transform
                .map(t -> Cost.times(t.matrix().multiplyCost(), width))
                .orElseGet(() -> splitFlops(length, width));
    }

    private static long splitFlops(long n, long width) {
        if (n <= SMALL) {
            return Cost.times(2 * n * n, width);
        }
        if (n % 2 == 1) {
            return splitFlops(n + 1, width);
        }
        long sums = Cost.plus(2 * (n - 1), Cost.times(3 * (n / 2), width));
        return Cost.plus(Cost.times(3, splitFlops(n / 2, width)), sums);
    }

    @Override
    public StructuredMatrix structured(FloatingBlocks<M> k) {
        return new Toeplitz(length, length, k.toArray(lags));
    }

    /** Such as {@code Toeplitz 5x5}. */
    @Override
    public String toString() {
        return "Toeplitz " + length + "x" + length;
    }
}
