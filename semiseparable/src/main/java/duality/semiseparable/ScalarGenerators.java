package duality.semiseparable;

import duality.algebra.EjmlBlocks;
import duality.errors.Fault;
import duality.errors.ShapeException;
import duality.errors.ValueException;
import duality.kernels.StateKernels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.ejml.data.DMatrixRMaj;
import org.jspecify.annotations.Nullable;

/**
 * The {@link Generators} of a matrix whose n diagonal blocks are scalars and whose ranks are constant and small, in
 * flat arrays: the fast path, with no object for each block. Immutable.
 *
 * <pre>
 *   A_ij = d_i                              i = j
 *        = p_i R_{i−1} … R_{j+1} q_j        i &gt; j
 *        = u_i W_{i+1} … W_{j−1} v_j        i &lt; j
 * </pre>
 *
 * <p>Layout, with lower rank r and upper rank s, both at most {@link #MAX_RANK} and possibly 0: {@code d} has n
 * entries; {@code p} and {@code q} n·r, those of block i at i·r; the transitions {@code r} n·r², matrix i at i·r²
 * column by column, or n·r when they are diagonal. {@code u, w, v} likewise with s. The state that enters the first block (the
 * last one, from above) is zero, so {@code p_0}, {@code R_0}, {@code q_{n−1}}, {@code R_{n−1}} and their counterparts
 * {@code u_{n−1}}, {@code W_{n−1}}, {@code v_0}, {@code W_0} matter to no entry; they must be there and be finite.
 */
public final class ScalarGenerators {
    /** The largest rank of either half. */
    public static final int MAX_RANK = 16;

    private final double[] d;
    private final ScalarHalf lower;
    private final ScalarHalf upper;

    private ScalarGenerators(double[] d, ScalarHalf lower, ScalarHalf upper) {
        this.d = d;
        this.lower = lower;
        this.upper = upper;
    }

    /**
     * The matrix with these generators, which are copied. Ranks are read off the lengths, and so is whether
     * transitions are diagonal.
     *
     * @throws ShapeException if the lengths fit no rank up to {@link #MAX_RANK}
     * @throws ValueException with {@link Fault#NOT_FINITE} if an entry is NaN or infinite
     */
    public static ScalarGenerators of(
            double[] d, double[] p, double[] r, double[] q, double[] u, double[] w, double[] v) {
        return wrap(d.clone(), p.clone(), r.clone(), q.clone(), u.clone(), w.clone(), v.clone());
    }

    /** As {@link #of}, but without copies: the arrays are given away and must never change again. */
    public static ScalarGenerators wrap(
            double[] d, double[] p, double[] r, double[] q, double[] u, double[] w, double[] v) {
        requireFinite("d", d);
        return new ScalarGenerators(d, half(d.length, "p", p, "r", r, "q", q), half(d.length, "u", u, "w", w, "v", v));
    }

    /**
     * The symmetric matrix with this diagonal and lower half, which are copied: {@code (u, W, v) = (q, Rᵀ, p)}.
     *
     * @throws ShapeException if the lengths fit no rank up to {@link #MAX_RANK}
     * @throws ValueException with {@link Fault#NOT_FINITE} if an entry is NaN or infinite
     */
    public static ScalarGenerators symmetric(double[] d, double[] p, double[] r, double[] q) {
        requireFinite("d", d);
        ScalarHalf lower = half(d.length, "p", p.clone(), "r", r.clone(), "q", q.clone());
        return new ScalarGenerators(d.clone(), lower, transposed(lower));
    }

    private static ScalarHalf transposed(ScalarHalf half) {
        if (half.diagonal()) {
            return new ScalarHalf(half.rank(), true, half.in(), half.transition(), half.out());
        }
        int rank = half.rank();
        double[] to = new double[half.transition().length];
        for (int i = 0; i < to.length; i += rank * rank) {
            StateKernels.transpose(rank, half.transition(), i, to, i, rank);
        }
        return new ScalarHalf(rank, false, half.in(), to, half.out());
    }

    private static ScalarHalf half(
            int n,
            String outName,
            double[] out,
            String transitionName,
            double[] transition,
            String inName,
            double[] in) {
        int rank = n == 0 ? 0 : out.length / n;
        long states = (long) n * rank;
        boolean diagonal = transition.length == states;
        if (rank > MAX_RANK
                || out.length != states
                || in.length != states
                || (!diagonal && transition.length != states * rank)) {
            throw new ShapeException(
                    Fault.SHAPE_MISMATCH,
                    ("%d scalar blocks with %s, %s, %s of lengths %d, %d, %d: n·r, n·r² or n·r (diagonal), and n·r of"
                                    + " a rank r of at most %d would be right")
                            .formatted(
                                    n,
                                    outName,
                                    transitionName,
                                    inName,
                                    out.length,
                                    transition.length,
                                    in.length,
                                    MAX_RANK));
        }
        requireFinite(outName, out);
        requireFinite(transitionName, transition);
        requireFinite(inName, in);
        return new ScalarHalf(rank, diagonal, out, transition, in);
    }

    static void requireFinite(String name, double[] values) {
        double zero = 0; // stays zero unless a value is NaN or infinite
        for (double value : values) {
            zero += value * 0;
        }
        if (zero != 0) {
            for (int i = 0; i < values.length; i++) {
                if (!Double.isFinite(values[i])) {
                    throw new ValueException(Fault.NOT_FINITE, name + "[" + i + "] is " + values[i]);
                }
            }
        }
    }

    /**
     * The same matrix from generators with blocks of size 1. Ranks that vary are padded with zeros to the largest.
     *
     * @throws ShapeException if a diagonal block is not 1×1 or a rank exceeds {@link #MAX_RANK}
     * @throws ValueException with {@link Fault#NOT_FINITE} if an entry is NaN or infinite
     */
    public static ScalarGenerators from(Generators<DMatrixRMaj> generators) {
        int n = generators.blocks();
        double[] d = new double[n];
        for (int i = 0; i < n; i++) {
            DMatrixRMaj block = generators.d().get(i);
            if (block.numRows != 1 || block.numCols != 1) {
                throw ShapeException.mismatch(
                        "diagonal block " + i + " of scalar generators", block.numRows + "x" + block.numCols, "1x1");
            }
            d[i] = block.data[0];
        }
        int r = maximum(generators.lowerRanks(EjmlBlocks.INSTANCE));
        int s = maximum(generators.upperRanks(EjmlBlocks.INSTANCE));
        return wrap(
                d,
                padded(generators.p(), 1, r),
                padded(generators.r(), r, r),
                padded(generators.q(), r, 1),
                padded(generators.u(), 1, s),
                padded(generators.w(), s, s),
                padded(generators.v(), s, 1));
    }

    private static int maximum(List<Integer> ranks) {
        int rank = ranks.stream().mapToInt(Integer::intValue).max().orElse(0);
        if (rank > MAX_RANK) {
            throw new ShapeException(
                    Fault.OUT_OF_RANGE, "rank " + rank + " of scalar generators is more than " + MAX_RANK);
        }
        return rank;
    }

    /** Blocks column by column, padded with zeros to one size. */
    private static double[] padded(List<DMatrixRMaj> blocks, int rows, int columns) {
        double[] result = new double[Math.multiplyExact(blocks.size(), rows * columns)];
        for (int i = 0; i < blocks.size(); i++) {
            DMatrixRMaj block = blocks.get(i);
            for (int a = 0; a < block.numRows; a++) {
                for (int b = 0; b < block.numCols; b++) {
                    result[(i * columns + b) * rows + a] = block.data[a * block.numCols + b];
                }
            }
        }
        return result;
    }

    /** The same matrix as a list of blocks, with ranks 0 at the ends. */
    public Generators<DMatrixRMaj> toGenerators() {
        int n = d.length;
        List<DMatrixRMaj> diagonal = new ArrayList<>();
        for (double entry : d) {
            diagonal.add(new DMatrixRMaj(1, 1, true, entry));
        }
        List<DMatrixRMaj> p = new ArrayList<>();
        List<DMatrixRMaj> r = new ArrayList<>();
        List<DMatrixRMaj> q = new ArrayList<>();
        List<DMatrixRMaj> u = new ArrayList<>();
        List<DMatrixRMaj> w = new ArrayList<>();
        List<DMatrixRMaj> v = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            blocks(lower, i, i > 0, i < n - 1, p, r, q);
            blocks(upper, i, i < n - 1, i > 0, u, w, v);
        }
        return Generators.of(EjmlBlocks.INSTANCE, diagonal, p, r, q, u, w, v);
    }

    private static void blocks(
            ScalarHalf half,
            int i,
            boolean entered,
            boolean left,
            List<DMatrixRMaj> out,
            List<DMatrixRMaj> transition,
            List<DMatrixRMaj> in) {
        int rank = half.rank();
        int before = entered ? rank : 0;
        int after = left ? rank : 0;
        out.add(new DMatrixRMaj(1, before, true, Arrays.copyOfRange(half.out(), i * rank, i * rank + before)));
        DMatrixRMaj matrix = new DMatrixRMaj(after, before);
        if (entered && left) {
            half.transition(i, matrix.data, rank);
        }
        transition.add(matrix);
        in.add(new DMatrixRMaj(after, 1, true, Arrays.copyOfRange(half.in(), i * rank, i * rank + after)));
    }

    /** The number n of rows and columns. */
    public int size() {
        return d.length;
    }

    /** The rank r of the part below the diagonal. */
    public int lowerRank() {
        return lower.rank();
    }

    /** The rank s of the part above the diagonal. */
    public int upperRank() {
        return upper.rank();
    }

    /** {@code A x}, in a new array. */
    public double[] multiply(double[] x) {
        return multiply(x, null);
    }

    /**
     * {@code A x} by the two recurrences of {@link Generators#multiply}. Cost 2n (r² + s² + 2r + 2s) operations, or 6n
     * (r + s) with diagonal transitions; every generator is read once, and that is what bounds the time. Entrywise
     * the error is at most a multiple of n r u times |P||R|…|R||Q||x|, as of the dense product of the same factors.
     *
     * @param x n entries
     * @param out n entries to be overwritten, other than {@code x}; null for a new array
     * @return {@code out}, or the new array
     * @throws ShapeException if a length is not n, or {@code out} is {@code x}
     */
    public double[] multiply(double[] x, double @Nullable [] out) {
        return multiply(false, x, out);
    }

    /** {@code Aᵀ x}, with the cost and the conditions of {@link #multiply(double[], double[])}. */
    public double[] multiplyTransposed(double[] x, double @Nullable [] out) {
        return multiply(true, x, out);
    }

    @SuppressWarnings("ReferenceEquality") // two names for one array are the fault
    private double[] multiply(boolean transposed, double[] x, double @Nullable [] out) {
        int n = d.length;
        double[] y = out == null ? new double[n] : out;
        requireLength("x", x, n);
        requireLength("out", y, n);
        if (x == y && n > 0) {
            throw new ShapeException(Fault.WRONG_ARGUMENTS, "x and out are the same array");
        }
        lower.add(true, transposed, n, d, x, y);
        upper.add(false, transposed, n, null, x, y);
        return y;
    }

    static void requireLength(String name, double[] array, long length) {
        if (array.length != length) {
            throw ShapeException.mismatch("length of " + name, "" + array.length, "" + length);
        }
    }

    /**
     * The Cholesky factor of the symmetric matrix that has this diagonal and lower half; the upper half is not read.
     *
     * @throws ValueException with {@link Fault#OUT_OF_DOMAIN} if the matrix is not positive definite; the message has
     *     the first pivot that fails, which is that of the first leading minor that is not positive
     */
    public ScalarCholesky cholesky() {
        return new ScalarCholesky(d, lower);
    }

    /**
     * {@code x} with {@code A x = b}, by {@link ScalarUlv orthogonal transformations} only: backward stable whatever
     * the diagonal. Cost O(n (r + s)³) time, n (s + 2) doubles of memory beside the generators.
     *
     * @throws ShapeException if {@code b} has not n entries
     * @throws ValueException with {@link Fault#SINGULAR} if the matrix is singular to working precision, with {@link
     *     Fault#NOT_FINITE} if {@code b} is not finite
     */
    public double[] solve(double[] b) {
        requireLength("b", b, d.length);
        requireFinite("b", b);
        return ScalarUlv.solve(d, lower, upper, b);
    }
}
