package duality.contraction;

import duality.algebra.Blocks;
import duality.errors.ShapeException;
import duality.semiseparable.CumProdSum;
import java.util.ArrayList;
import java.util.List;

/**
 * The mask {@code L = 1SS(a) (T×T)}, lower triangular with {@code a_{j:i} = a_j … a_{i+1}} at row j and
 * column i (Dao and Gu 2024, equation 6). It multiplies by the recurrence {@code y_t = a_t y_{t−1} + x_t},
 * in 2TK operations for K columns.
 *
 * @param <M> the type of blocks that hold the numbers
 */
public final class OneSemiseparableMask<M> implements ChunkedOperand<M> {
    private final int length;
    private final M factors;

    private OneSemiseparableMask(int length, M factors) {
        this.length = length;
        this.factors = factors;
    }

    /**
     * The mask of the factors {@code a (T×1)}, of which the first multiplies nothing.
     *
     * @throws ShapeException if {@code a} is not a column
     */
    public static <M> OneSemiseparableMask<M> of(Blocks<M> k, M a) {
        if (k.columns(a) != 1) {
            throw ShapeException.mismatch("factors of 1SS(a)", k.rows(a) + "x" + k.columns(a), k.rows(a) + "x1");
        }
        return new OneSemiseparableMask<>(k.rows(a), a);
    }

    /** The factors {@code a (T×1)}. */
    public M factors() {
        return factors;
    }

    @Override
    public int rows() {
        return length;
    }

    @Override
    public int columns() {
        return length;
    }

    @Override
    public M multiply(Blocks<M> k, M x) {
        return CumProdSum.RECURRENT.multiply(k, factors, x);
    }

    /** Backwards in time: with rows and columns reversed, the transpose is 1SS of the factors a_{T−t}. */
    @Override
    public M multiplyTransposed(Blocks<M> k, M x) {
        if (length <= 1) {
            return multiply(k, x);
        }
        M reversed = k.stackRows(List.of(k.row(factors, 0), reverse(k, k.rows(factors, 1, length))));
        return reverse(k, CumProdSum.RECURRENT.multiply(k, reversed, reverse(k, x)));
    }

    private static <M> M reverse(Blocks<M> k, M a) {
        List<M> rows = new ArrayList<>();
        for (int i = k.rows(a) - 1; i >= 0; i--) {
            rows.add(k.row(a, i));
        }
        return rows.isEmpty() ? a : k.stackRows(rows);
    }

    @Override
    public M dense(Blocks<M> k) {
        return k.oneSemiseparable(factors);
    }

    /**
     * The factors of Dao and Gu 2024, section 6: decays from a chunk's start, through chunks, to a chunk's
     * end.
     */
    @Override
    public Chunks<M> cut(Blocks<M> k, int chunkLength) {
        int count = Math.ceilDiv(length, chunkLength);
        M padded = k.stackRows(List.of(factors, k.zeros(count * chunkLength - length, 1)));
        List<M> diagonal = new ArrayList<>();
        List<M> left = new ArrayList<>();
        List<M> through = new ArrayList<>();
        List<M> right = new ArrayList<>();
        for (int c = 0; c < count; c++) {
            M chunk = k.rows(padded, c * chunkLength, (c + 1) * chunkLength);
            M mask = k.oneSemiseparable(chunk);
            M fromStart = k.scale(k.row(chunk, 0), k.block(mask, 0, chunkLength, 0, 1));
            diagonal.add(mask);
            left.add(fromStart);
            through.add(k.row(fromStart, chunkLength - 1));
            right.add(k.transpose(k.row(mask, chunkLength - 1)));
        }
        return new Chunks<>(
                count,
                k.stackRows(diagonal),
                k.stackRows(left),
                new Delayed<>(of(k, k.stackRows(through))),
                k.stackRows(right));
    }

    /** The mask one row further down: row c is row c − 1 of the mask, and row 0 is zero. */
    private record Delayed<M>(OneSemiseparableMask<M> mask) implements MatrixOperand<M> {
        @Override
        public int rows() {
            return mask.length;
        }

        @Override
        public int columns() {
            return mask.length;
        }

        @Override
        public M multiply(Blocks<M> k, M x) {
            M y = mask.multiply(k, x);
            return k.stackRows(List.of(k.zeros(1, k.columns(x)), k.rows(y, 0, mask.length - 1)));
        }

        @Override
        public M multiplyTransposed(Blocks<M> k, M x) {
            M advanced = k.stackRows(List.of(k.rows(x, 1, mask.length), k.zeros(1, k.columns(x))));
            return mask.multiplyTransposed(k, advanced);
        }

        @Override
        public M dense(Blocks<M> k) {
            return multiply(k, k.identity(mask.length));
        }

        @Override
        public long multiplyFlops(long width) {
            return mask.multiplyFlops(width);
        }

        @Override
        public long denseFlops() {
            return mask.denseFlops();
        }

        @Override
        public String toString() {
            return "delayed " + mask;
        }
    }

    @Override
    public long multiplyFlops(long width) {
        return Cost.times(2L * length, width);
    }

    @Override
    public long denseFlops() {
        return (long) length * length;
    }

    /** Such as {@code 1SS 5x5}. */
    @Override
    public String toString() {
        return "1SS " + length + "x" + length;
    }
}
