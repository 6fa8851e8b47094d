package duality.sma;

import duality.algebra.Blocks;
import duality.algebra.FloatingBlocks;
import duality.contraction.Cost;
import duality.errors.ShapeException;
import duality.semiseparable.Banded;
import duality.semiseparable.StructuredMatrix;
import java.util.List;

/**
 * A 1-semiseparable matrix times a lower banded one, {@code L = 1SS(a) · band}: each step takes in a weighted sum of
 * the last inputs. With two diagonals γ and β it is the trapezoidal rule of Mamba-3. It multiplies by both factors in
 * turn.
 *
 * @param <M> the type of blocks that hold the numbers
 */
public final class BandedMask<M> implements Mask<M> {
    private final OneSemiseparableMask<M> decay;
    private final M band;
    private final int width;

    private BandedMask(OneSemiseparableMask<M> decay, M band, int width) {
        this.decay = decay;
        this.band = band;
        this.width = width;
    }

    /**
     * The mask of these factors.
     *
     * @param decay {@code 1SS(a) (T×T)}
     * @param band {@code (T×w)} for w diagonals: at row t and column j the entry {@code (t, t−j)} of the banded factor;
     *     what lies left of the matrix is ignored
     * @throws ShapeException if the band has not a row for each step, or has no column
     */
    public static <M> BandedMask<M> of(Blocks<M> k, OneSemiseparableMask<M> decay, M band) {
        int diagonals = k.columns(band);
        if (k.rows(band) != decay.length() || diagonals == 0) {
            throw ShapeException.mismatch(
                    "band of a mask of length " + decay.length(),
                    k.rows(band) + "x" + diagonals,
                    decay.length() + "x" + Math.max(1, diagonals));
        }
        return new BandedMask<>(decay, band, diagonals);
    }

    @Override
    public int length() {
        return decay.length();
    }

    /**
     * w: the columns of {@code L[i:, :i+1]} are combinations of the columns i … i + w − 1 of {@code 1SS(a)}.
     */
    @Override
    public int rank() {
        return Math.min(width, Mask.largestRank(length()));
    }

    @Override
    public M multiply(Blocks<M> k, M x) {
        M sum = k.scaleRows(diagonal(k, 0), x);
        for (int j = 1; j < Math.min(width, length()); j++) {
            M late = k.stackRows(List.of(k.zeros(j, k.columns(x)), k.rows(x, 0, length() - j)));
            sum = k.add(sum, k.scaleRows(diagonal(k, j), late));
        }
        return decay.multiply(k, sum);
    }

    @Override
    public M multiplyTransposed(Blocks<M> k, M x) {
        M later = decay.multiplyTransposed(k, x);
        M sum = k.scaleRows(diagonal(k, 0), later);
        for (int j = 1; j < Math.min(width, length()); j++) {
            M early = k.rows(k.scaleRows(diagonal(k, j), later), j, length());
            sum = k.add(sum, k.stackRows(List.of(early, k.zeros(j, k.columns(x)))));
        }
        return sum;
    }

    private M diagonal(Blocks<M> k, int j) {
        return k.block(band, 0, length(), j, j + 1);
    }

    @Override
    public long multiplyFlops(long columns) {
        return Cost.plus(decay.multiplyFlops(columns), Cost.times(2L * width * length(), columns));
    }

    @Override
    public StructuredMatrix structured(FloatingBlocks<M> k) {
        double[][] diagonals = new double[width][];
        for (int j = 0; j < width; j++) {
            diagonals[width - 1 - j] = k.toArray(diagonal(k, j));
        }
        return decay.structured(k).times(new Banded(length(), length(), width - 1, diagonals));
    }

    /** Such as {@code 1SS · band 2 5x5}. */
    @Override
    public String toString() {
        return "1SS · band " + width + " " + length() + "x" + length();
    }
}
