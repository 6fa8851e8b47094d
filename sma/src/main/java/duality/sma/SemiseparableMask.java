package duality.sma;

import duality.algebra.Blocks;
import duality.algebra.EjmlBlocks;
import duality.algebra.FloatingBlocks;
import duality.contraction.Cost;
import duality.errors.ShapeException;
import duality.semiseparable.Generators;
import duality.semiseparable.Semiseparable;
import duality.semiseparable.StructuredMatrix;
import java.util.List;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;

/**
 * The N-semiseparable mask {@code L_ts = c_tᵀ A_t … A_{s+1} b_s} for t ≥ s (Dao and Gu 2024, definition 3.2). It
 * multiplies by the recurrence {@code h_t = A_t h_{t−1} + b_t x_t, y_t = c_tᵀ h_t}, in O(T N²) operations a column.
 *
 * @param <M> the type of blocks that hold the numbers
 */
public final class SemiseparableMask<M> implements Mask<M> {
    private final Generators<M> generators;
    private final int stateSize;
    private final long flops;

    private SemiseparableMask(Generators<M> generators, int stateSize, long flops) {
        this.generators = generators;
        this.stateSize = stateSize;
        this.flops = flops;
    }

    /**
     * The mask of these factors.
     *
     * @param c {@code (T×N)}, a row for each step
     * @param a {@code A_0 … A_{T−1}}, each {@code N×N}; the first one multiplies nothing
     * @param b {@code (T×N)}
     * @throws ShapeException if the shapes do not fit together
     */
    public static <M> SemiseparableMask<M> of(Blocks<M> k, M c, List<M> a, M b) {
        int length = a.size();
        int n = k.columns(c);
        String expected = length + "x" + n;
        for (M factor : List.of(c, b)) {
            if (k.rows(factor) != length || k.columns(factor) != n) {
                throw ShapeException.mismatch(
                        "factors c and b of a mask with " + length + " transitions",
                        k.rows(factor) + "x" + k.columns(factor),
                        expected);
            }
        }
        for (int t = 0; t < length; t++) {
            if (k.rows(a.get(t)) != n || k.columns(a.get(t)) != n) {
                throw ShapeException.mismatch(
                        "transition A[" + t + "] beside c and b",
                        k.rows(a.get(t)) + "x" + k.columns(a.get(t)),
                        n + "x" + n);
            }
        }
        List<Integer> steps = IntStream.range(0, length).boxed().toList();
        Generators<M> generators = Generators.causal(
                k,
                steps.stream()
                        .map(t -> k.multiplyTransposeRight(k.row(c, t), k.row(b, t)))
                        .toList(),
                steps.stream().map(t -> k.multiply(k.row(c, t), a.get(t))).toList(),
                a,
                steps.stream().map(t -> k.transpose(k.row(b, t))).toList());
        return new SemiseparableMask<>(generators, n, length * (4L + 5L * n + 2L * n * n));
    }

    /** The sum of N 1-semiseparable masks with weights, {@code Σ_n c_tn (a_tn … a_{s+1,n}) b_sn}; all are {@code T×N}. */
    public static <M> SemiseparableMask<M> diagonal(Blocks<M> k, M c, M a, M b) {
        M identity = k.identity(k.columns(a));
        return of(
                k,
                c,
                IntStream.range(0, k.rows(a))
                        .mapToObj(t -> k.scaleRows(k.transpose(k.row(a, t)), identity))
                        .toList(),
                b);
    }

    /**
     * The causal cosine mask {@code cos(θ(t−s))} of cosFormer (Qin et al. 2022, arXiv 2202.08791), of rank 2 by the
     * addition theorem.
     *
     * @param cosines {@code cos(θt) (T×1)}
     * @param sines {@code sin(θt) (T×1)}
     */
    public static <M> SemiseparableMask<M> cosine(Blocks<M> k, M cosines, M sines) {
        M angles = k.beside(cosines, sines);
        return diagonal(k, angles, k.ones(k.rows(angles), 2), angles);
    }

    /** The mask by its generators, one scalar block for each step. */
    public Generators<M> generators() {
        return generators;
    }

    @Override
    public int length() {
        return generators.blocks();
    }

    /** N. */
    @Override
    public int rank() {
        return Math.min(stateSize, Mask.largestRank(length()));
    }

    @Override
    public M multiply(Blocks<M> k, M x) {
        return generators.multiply(k, x);
    }

    @Override
    public M multiplyTransposed(Blocks<M> k, M x) {
        return generators.transpose(k).multiply(k, x);
    }

    /** {@code T (2N² + 5N + 4)} a column: the products, the sums, and one with the upper half, which is empty. */
    @Override
    public long multiplyFlops(long width) {
        return Cost.times(flops, width);
    }

    @Override
    public StructuredMatrix structured(FloatingBlocks<M> k) {
        return new Semiseparable(Generators.of(
                EjmlBlocks.INSTANCE,
                doubles(k, generators.d()),
                doubles(k, generators.p()),
                doubles(k, generators.r()),
                doubles(k, generators.q()),
                doubles(k, generators.u()),
                doubles(k, generators.w()),
                doubles(k, generators.v())));
    }

    private static <M> List<DMatrixRMaj> doubles(FloatingBlocks<M> k, List<M> blocks) {
        return blocks.stream()
                .map(block -> EjmlBlocks.INSTANCE.of(k.rows(block), k.columns(block), k.toArray(block)))
                .toList();
    }

    /** Such as {@code 2-SS 5x5}. */
    @Override
    public String toString() {
        return stateSize + "-SS " + length() + "x" + length();
    }
}
