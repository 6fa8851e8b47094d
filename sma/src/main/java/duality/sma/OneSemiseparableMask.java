package duality.sma;

import duality.algebra.Blocks;
import duality.algebra.FloatingBlocks;
import duality.contraction.ChunkedOperand;
import duality.contraction.Cost;
import duality.contraction.MatrixOperand;
import duality.errors.ShapeException;
import duality.semiseparable.CumProdSum;
import duality.semiseparable.Decays;
import duality.semiseparable.OneSemiseparable;
import duality.semiseparable.StructuredMatrix;
import java.util.ArrayList;
import java.util.List;

/**
 * The mask {@code L = 1SS(a) (T×T)}, lower triangular with {@code a_{j:i} = a_j … a_{i+1}} at row j and
 * column i (Dao and Gu 2024, equation 6). It multiplies by the recurrence {@code y_t = a_t y_{t−1} + x_t},
 * in 2TK operations for K columns.
 *
 * @param <M> the type of blocks that hold the numbers
 */
public final class OneSemiseparableMask<M> implements ChunkedOperand<M>, Mask<M> {
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

    /** The causal mask: ones on and below the diagonal. */
    public static <M> OneSemiseparableMask<M> causal(Blocks<M> k, int length) {
        return of(k, k.ones(length, 1));
    }

    /**
     * The mask {@code γ^{i−j}} of retention (Sun et al. 2023, arXiv 2307.08621).
     *
     * @param gamma {@code γ (1×1)}
     */
    public static <M> OneSemiseparableMask<M> decay(Blocks<M> k, int length, M gamma) {
        return of(k, k.scale(gamma, k.ones(length, 1)));
    }

    /** The factors {@code a (T×1)}. */
    public M factors() {
        return factors;
    }

    @Override
    public int length() {
        return length;
    }

    /** 1. */
    @Override
    public int rank() {
        return Math.min(1, length);
    }

    @Override
    public StructuredMatrix structured(FloatingBlocks<M> k) {
        return new OneSemiseparable(k.toArray(factors));
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
        M reversed = k.stackRows(List.of(k.row(factors, 0), k.reverseRows(k.rows(factors, 1, length))));
        return k.reverseRows(CumProdSum.RECURRENT.multiply(k, reversed, k.reverseRows(x)));
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
            Decays<M> decays = Decays.of(k, chunk);
            diagonal.add(decays.mask());
            left.add(decays.fromStart(k));
            through.add(decays.through(k));
            right.add(decays.toEnd(k));
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
