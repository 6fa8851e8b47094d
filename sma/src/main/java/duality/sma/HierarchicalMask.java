package duality.sma;

import duality.algebra.Blocks;
import duality.algebra.EjmlBlocks;
import duality.algebra.FloatingBlocks;
import duality.contraction.Cost;
import duality.errors.ShapeException;
import duality.semiseparable.Hierarchical;
import duality.semiseparable.StructuredMatrix;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/**
 * The mask of log-linear attention (Guo et al. 2025, arXiv 2506.04761): 1SS(a) with a weight of its own at each time
 * for each bucket of a Fenwick tree,
 *
 * <pre>
 *   L_ts = λ_t^{level(t, s)} a_t … a_{s+1}    t ≥ s
 * </pre>
 *
 * with the levels of {@link Hierarchical#level}. It multiplies as the model decodes, with a state for each level, in
 * O(T log T) operations a column.
 *
 * @param <M> the type of blocks that hold the numbers
 */
public final class HierarchicalMask<M> implements Mask<M> {
    private final int length;
    private final int levels;
    private final M weights;
    private final M decay;

    private HierarchicalMask(int length, int levels, M weights, M decay) {
        this.length = length;
        this.levels = levels;
        this.weights = weights;
        this.decay = decay;
    }

    /**
     * The mask of its weights and decays.
     *
     * @param weights {@code λ}, a row for each time and a column for each level; those beyond {@link
     *     Hierarchical#levels} are ignored
     * @param decay {@code a (T×1)}; the first one multiplies nothing
     * @throws ShapeException if rows differ or levels are missing
     */
    public static <M> HierarchicalMask<M> of(Blocks<M> k, M weights, M decay) {
        int length = k.rows(decay);
        int levels = Hierarchical.levels(length) + 1;
        if (k.columns(decay) != 1 || k.rows(weights) != length || k.columns(weights) < levels) {
            throw ShapeException.mismatch(
                    "weights and decays of a hierarchical mask",
                    k.rows(weights) + "x" + k.columns(weights) + " and " + length + "x" + k.columns(decay),
                    length + "x" + levels + " and " + length + "x1");
        }
        return new HierarchicalMask<>(length, levels, k.block(weights, 0, length, 0, levels), decay);
    }

    @Override
    public int length() {
        return length;
    }

    /**
     * About log₂ T. Row t ≥ i sees the columns up to i in as many buckets as its Fenwick tree has: all the bits of i
     * above the highest in which t and i differ, and one more. Buckets of later rows are unions of those of earlier
     * ones, so the rank of the rows is the least, over all stages, of the buckets at that stage and the rows before.
     */
    @Override
    public int rank() {
        int largest = 0;
        for (int i = 0; i < length; i++) {
            int rank = 0;
            for (int bit = Integer.SIZE - 2; bit >= 0; bit--) { // from the coarsest buckets to the finest
                int first = (i >> bit | 1) << bit;
                if ((i >> bit & 1) == 0 && first < length) {
                    int rows = Math.min(1 << bit, length - first);
                    rank = Math.min(rank + rows, 1 + Integer.bitCount(i >> bit));
                }
            }
            largest = Math.max(largest, Math.min(rank + 1, 1 + Integer.bitCount(i))); // row i itself
        }
        return largest;
    }

    @Override
    public M multiply(Blocks<M> k, M x) {
        requireRows(k, x);
        List<M> states = states(k, x);
        List<M> y = new ArrayList<>();
        y.add(k.zeros(0, k.columns(x)));
        for (int t = 0; t < length; t++) {
            M in = k.row(x, t);
            M sum = k.scale(k.entry(weights, t, 0), in);
            M merged = in;
            int free = Integer.numberOfTrailingZeros(t + 1) + 1;
            for (int level = 1; level < levels; level++) {
                M state = k.scale(k.row(decay, t), states.get(level));
                sum = k.add(sum, k.scale(k.entry(weights, t, level), state));
                if (level < free) {
                    merged = k.add(merged, state);
                    state = k.zeros(1, k.columns(x));
                }
                states.set(level, state);
            }
            states.set(free, merged);
            y.add(sum);
        }
        return k.stackRows(y);
    }

    /** The steps of {@link #multiply} backwards, each transposed. */
    @Override
    public M multiplyTransposed(Blocks<M> k, M x) {
        requireRows(k, x);
        List<M> states = states(k, x);
        List<M> y = new ArrayList<>();
        for (int t = length - 1; t >= 0; t--) {
            M in = k.row(x, t);
            int free = Integer.numberOfTrailingZeros(t + 1) + 1;
            M merged = states.set(free, k.zeros(1, k.columns(x)));
            y.add(k.add(k.scale(k.entry(weights, t, 0), in), merged));
            for (int level = 1; level < levels; level++) {
                M state = level < free ? merged : states.get(level);
                M sum = k.add(state, k.scale(k.entry(weights, t, level), in));
                states.set(level, k.scale(k.row(decay, t), sum));
            }
        }
        y.add(k.zeros(0, k.columns(x)));
        Collections.reverse(y);
        return k.stackRows(y);
    }

    private List<M> states(Blocks<M> k, M x) {
        return new ArrayList<>(Collections.nCopies(levels + 1, k.zeros(1, k.columns(x))));
    }

    private void requireRows(Blocks<M> k, M x) {
        if (k.rows(x) != length) {
            throw ShapeException.mismatch("product", length + "x" + length, k.rows(x) + "x" + k.columns(x));
        }
    }

    /** By the definition, {@code 1SS(a) ∘ λ}. */
    @Override
    public M dense(Blocks<M> k) {
        M zero = k.zeros(1, 1);
        List<M> entries = new ArrayList<>();
        entries.add(k.zeros(0, 1));
        for (int t = 0; t < length; t++) {
            for (int s = 0; s < length; s++) {
                entries.add(s > t ? zero : k.entry(weights, t, Hierarchical.level(t, s)));
            }
        }
        return k.hadamard(k.oneSemiseparable(decay), k.reshape(k.stackRows(entries), length, length));
    }

    @Override
    public long denseFlops() {
        return 2L * length * length;
    }

    /** For each step and level a decay, a weight, a sum, and at times a second sum. */
    @Override
    public long multiplyFlops(long width) {
        return Cost.times((4L * levels - 3) * length, width);
    }

    @Override
    public StructuredMatrix structured(FloatingBlocks<M> k) {
        return new Hierarchical(EjmlBlocks.INSTANCE.of(length, levels, k.toArray(weights)), k.toArray(decay), Set.of());
    }

    /** Such as {@code hierarchical 5x5}. */
    @Override
    public String toString() {
        return "hierarchical " + length + "x" + length;
    }
}
