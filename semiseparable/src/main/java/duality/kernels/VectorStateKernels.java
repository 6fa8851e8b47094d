package duality.kernels;

import java.util.Arrays;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/**
 * The recurrences by the Vector API, for rank 8: with 8 lanes the state is one vector and so is a column of a transition.
 * Products and reflections for all sizes.
 *
 * <p>A state that is one vector stays in a register from step to step, where its lanes are broadcast by shuffles: the
 * loops with a direction. Otherwise states pass through memory, and so do the broadcasts.
 */
final class VectorStateKernels extends StateKernels {
    private static final VectorSpecies<Double> S = VectorSpecies.of(double.class, VectorWidth.SHAPE);
    private static final int LANES = S.length();
    private static final int R = 8;
    private static final int R2 = R * R;

    private static final VectorShuffle<Double> NEXT_1 = LaneSum.exchange(S, 1);
    private static final VectorShuffle<Double> NEXT_2 = LaneSum.exchange(S, 2);
    private static final VectorShuffle<Double> NEXT_4 = LaneSum.exchange(S, 4);
    private static final VectorShuffle<Double> ALL_0 = broadcast(0);
    private static final VectorShuffle<Double> ALL_1 = broadcast(1);
    private static final VectorShuffle<Double> ALL_2 = broadcast(2);
    private static final VectorShuffle<Double> ALL_3 = broadcast(3);
    private static final VectorShuffle<Double> ALL_4 = broadcast(4);
    private static final VectorShuffle<Double> ALL_5 = broadcast(5);
    private static final VectorShuffle<Double> ALL_6 = broadcast(6);
    private static final VectorShuffle<Double> ALL_7 = broadcast(7);
    private static final VectorMask<Double> ODD_1 = odd(1);
    private static final VectorMask<Double> ODD_2 = odd(2);
    private static final VectorMask<Double> ODD_4 = odd(4);

    /** One lane everywhere, if there is such a lane. */
    private static VectorShuffle<Double> broadcast(int lane) {
        return VectorShuffle.fromOp(S, any -> lane % LANES);
    }

    /** Every second group of so many lanes. */
    private static VectorMask<Double> odd(int group) {
        boolean[] bits = new boolean[LANES];
        for (int lane = 0; lane < LANES; lane++) {
            bits[lane] = (lane & group) != 0;
        }
        return VectorMask.fromArray(S, bits, 0);
    }

    @Override
    public int columnGroup() {
        return Math.max(LANES, super.columnGroup());
    }

    private static DoubleVector load(double[] a, int at) {
        return DoubleVector.fromArray(S, a, at);
    }

    private static DoubleVector all(double value) {
        return DoubleVector.broadcast(S, value);
    }

    /** {@code Σ_8 a_k b_k}. */
    private static double dot8(double[] a, int at, double[] b, int bAt) {
        DoubleVector sum = load(a, at).mul(load(b, bAt));
        for (int k = LANES; k < R; k += LANES) {
            sum = load(a, at + k).fma(load(b, bAt + k), sum);
        }
        return LaneSum.of(sum);
    }

    /** {@code Σ_8 g_k t_k} for neighbouring rows t_k of {@code t}: one vector of it. */
    private static DoubleVector combination8(
            DoubleVector g0,
            DoubleVector g1,
            DoubleVector g2,
            DoubleVector g3,
            DoubleVector g4,
            DoubleVector g5,
            DoubleVector g6,
            DoubleVector g7,
            double[] t,
            int at) {
        DoubleVector s0 = g0.mul(load(t, at));
        DoubleVector s1 = g1.mul(load(t, at + R));
        DoubleVector s2 = g2.mul(load(t, at + 2 * R));
        DoubleVector s3 = g3.mul(load(t, at + 3 * R));
        s0 = g4.fma(load(t, at + 4 * R), s0);
        s1 = g5.fma(load(t, at + 5 * R), s1);
        s2 = g6.fma(load(t, at + 6 * R), s2);
        s3 = g7.fma(load(t, at + 7 * R), s3);
        return s0.add(s1).add(s2.add(s3));
    }

    /** {@link #combination8} with the lanes of a vector. */
    private static DoubleVector combination8(DoubleVector g, double[] t, int at) {
        return combination8(
                g.rearrange(ALL_0),
                g.rearrange(ALL_1),
                g.rearrange(ALL_2),
                g.rearrange(ALL_3),
                g.rearrange(ALL_4),
                g.rearrange(ALL_5),
                g.rearrange(ALL_6),
                g.rearrange(ALL_7),
                t,
                at);
    }

    /** {@link #combination8} with the lanes of a vector, read from the last row to the first. */
    private static DoubleVector combinationDown8(DoubleVector g, double[] t, int at) {
        DoubleVector s3 = g.rearrange(ALL_7).mul(load(t, at + 7 * R));
        DoubleVector s2 = g.rearrange(ALL_6).mul(load(t, at + 6 * R));
        DoubleVector s1 = g.rearrange(ALL_5).mul(load(t, at + 5 * R));
        DoubleVector s0 = g.rearrange(ALL_4).mul(load(t, at + 4 * R));
        s3 = g.rearrange(ALL_3).fma(load(t, at + 3 * R), s3);
        s2 = g.rearrange(ALL_2).fma(load(t, at + 2 * R), s2);
        s1 = g.rearrange(ALL_1).fma(load(t, at + R), s1);
        s0 = g.rearrange(ALL_0).fma(load(t, at), s0);
        return s0.add(s1).add(s2.add(s3));
    }

    /** {@link #combination8} with neighbouring entries of {@code g}. */
    private static DoubleVector combination8(double[] g, int gAt, double[] t, int at) {
        return combination8(
                all(g[gAt]),
                all(g[gAt + 1]),
                all(g[gAt + 2]),
                all(g[gAt + 3]),
                all(g[gAt + 4]),
                all(g[gAt + 5]),
                all(g[gAt + 6]),
                all(g[gAt + 7]),
                t,
                at);
    }

    @Override
    public void add(
            int rank,
            Transitions kind,
            int first,
            int step,
            int n,
            double @Nullable [] d,
            double[] o,
            double[] t,
            double[] q,
            double[] x,
            double[] y) {
        // States that do not meet stay in registers in the plain loop, which is therefore faster.
        if (rank == R && kind != Transitions.DIAGONAL) {
            run(kind, first, step, n, d, null, o, t, q, x, y);
        } else {
            super.add(rank, kind, first, step, n, d, o, t, q, x, y);
        }
    }

    @Override
    public void substitute(
            int rank,
            Transitions kind,
            int first,
            int step,
            int n,
            double[] o,
            double[] t,
            double[] q,
            double[] c,
            double[] x) {
        if (rank == R) {
            run(kind, first, step, n, null, c, o, t, q, x, x);
        } else {
            super.substitute(rank, kind, first, step, n, o, t, q, c, x);
        }
    }

    /**
     * The loops are apart because the compiler inlines only so much into one method, and up and down because memory is
     * read a quarter faster when addresses within a step run the way that the steps run.
     */
    private static void run(
            Transitions kind,
            int first,
            int step,
            int n,
            double @Nullable [] d,
            double @Nullable [] c,
            double[] o,
            double[] t,
            double[] q,
            double[] x,
            double[] y) {
        switch (kind) {
            case DIAGONAL -> runDiagonal(first, step, n, c, o, t, q, x, y);
            case COLUMNS -> {
                if (LANES < R) {
                    runColumns(first, step, n, d, c, o, t, q, x, y);
                } else if (step > 0) {
                    runColumnsUp(first, n, d, c, o, t, q, x, y);
                } else {
                    runColumnsDown(first, n, d, c, o, t, q, x, y);
                }
            }
            case ROWS -> {
                if (LANES < R) {
                    runRows(first, step, n, d, c, o, t, q, x, y);
                } else if (step > 0) {
                    runRowsUp(first, step, n, d, c, o, t, q, x, y);
                } else {
                    runRowsDown(first, n, d, c, o, t, q, x, y);
                }
            }
        }
    }

    /** Substitution alone comes here: see {@link #add}. */
    private static void runDiagonal(
            int first,
            int step,
            int n,
            double @Nullable [] c,
            double[] o,
            double[] t,
            double[] q,
            double[] x,
            double[] y) {
        double[] g = new double[2 * R];
        for (int s = 0, i = first, from = 0; s < n; s++, i += step, from ^= R) {
            double z = output(i, null, c, dot8(o, i * R, g, from), x, y);
            for (int b = 0; b < R; b += LANES) {
                all(z).fma(load(q, i * R + b), load(t, i * R + b).mul(load(g, from + b)))
                        .intoArray(g, (from ^ R) + b);
            }
        }
    }

    private static void runColumns(
            int first,
            int step,
            int n,
            double @Nullable [] d,
            double @Nullable [] c,
            double[] o,
            double[] t,
            double[] q,
            double[] x,
            double[] y) {
        double[] g = new double[2 * R];
        for (int s = 0, i = first, from = 0; s < n; s++, i += step, from ^= R) {
            double z = output(i, d, c, dot8(o, i * R, g, from), x, y);
            for (int b = 0; b < R; b += LANES) {
                all(z).fma(load(q, i * R + b), combination8(g, from, t, i * R2 + b))
                        .intoArray(g, (from ^ R) + b);
            }
        }
    }

    private static void runColumnsUp(
            int first,
            int n,
            double @Nullable [] d,
            double @Nullable [] c,
            double[] o,
            double[] t,
            double[] q,
            double[] x,
            double[] y) {
        DoubleVector g = all(0);
        for (int s = 0, i = first; s < n; s++, i++) {
            double z = output(i, d, c, LaneSum.of(load(o, i * R).mul(g)), x, y);
            g = all(z).fma(load(q, i * R), combination8(g, t, i * R2));
        }
    }

    private static void runColumnsDown(
            int first,
            int n,
            double @Nullable [] d,
            double @Nullable [] c,
            double[] o,
            double[] t,
            double[] q,
            double[] x,
            double[] y) {
        DoubleVector g = all(0);
        for (int s = 0, i = first; s < n; s++, i--) {
            double z = output(i, d, c, LaneSum.of(load(o, i * R).mul(g)), x, y);
            g = all(z).fma(load(q, i * R), combinationDown8(g, t, i * R2));
        }
    }

    private static void runRows(
            int first,
            int step,
            int n,
            double @Nullable [] d,
            double @Nullable [] c,
            double[] o,
            double[] t,
            double[] q,
            double[] x,
            double[] y) {
        double[] g = new double[2 * R];
        for (int s = 0, i = first, from = 0; s < n; s++, i += step, from ^= R) {
            double z = output(i, d, c, dot8(o, i * R, g, from), x, y);
            int to = from ^ R;
            for (int a = 0; a < R; a++) {
                g[to + a] = q[i * R + a] * z + dot8(t, i * R2 + a * R, g, from);
            }
        }
    }

    /** With a step that the compiler knows this takes a seventh longer. */
    private static void runRowsUp(
            int first,
            int step,
            int n,
            double @Nullable [] d,
            double @Nullable [] c,
            double[] o,
            double[] t,
            double[] q,
            double[] x,
            double[] y) {
        DoubleVector g = all(0);
        for (int s = 0, i = first; s < n; s++, i += step) {
            double z = output(i, d, c, LaneSum.of(load(o, i * R).mul(g)), x, y);
            g = all(z).fma(load(q, i * R), rowSums(g, t, i * R2));
        }
    }

    private static void runRowsDown(
            int first,
            int n,
            double @Nullable [] d,
            double @Nullable [] c,
            double[] o,
            double[] t,
            double[] q,
            double[] x,
            double[] y) {
        DoubleVector g = all(0);
        for (int s = 0, i = first; s < n; s++, i--) {
            double z = output(i, d, c, LaneSum.of(load(o, i * R).mul(g)), x, y);
            g = all(z).fma(load(q, i * R), rowSumsDown(g, t, i * R2));
        }
    }

    /** Row i of a product, or of a substitution if there is a c; returns what enters the state. */
    private static double output(
            int i, double @Nullable [] d, double @Nullable [] c, double dot, double[] x, double[] y) {
        double z = x[i];
        if (c != null) {
            z = (z - dot) / c[i];
            y[i] = z;
        } else {
            y[i] = (d == null ? y[i] : d[i] * z) + dot;
        }
        return z;
    }

    /** The products of the 8 rows of {@code t} with {@code g}, where a row is a vector. */
    private static DoubleVector rowSums(DoubleVector g, double[] t, int at) {
        DoubleVector s0 = merge(load(t, at).mul(g), load(t, at + R).mul(g), ODD_1, NEXT_1);
        DoubleVector s2 = merge(load(t, at + 2 * R).mul(g), load(t, at + 3 * R).mul(g), ODD_1, NEXT_1);
        DoubleVector s4 = merge(load(t, at + 4 * R).mul(g), load(t, at + 5 * R).mul(g), ODD_1, NEXT_1);
        DoubleVector s6 = merge(load(t, at + 6 * R).mul(g), load(t, at + 7 * R).mul(g), ODD_1, NEXT_1);
        return merge(merge(s0, s2, ODD_2, NEXT_2), merge(s4, s6, ODD_2, NEXT_2), ODD_4, NEXT_4);
    }

    /** {@link #rowSums}, read from the last row to the first. */
    private static DoubleVector rowSumsDown(DoubleVector g, double[] t, int at) {
        DoubleVector r7 = load(t, at + 7 * R).mul(g);
        DoubleVector s6 = merge(load(t, at + 6 * R).mul(g), r7, ODD_1, NEXT_1);
        DoubleVector r5 = load(t, at + 5 * R).mul(g);
        DoubleVector s4 = merge(load(t, at + 4 * R).mul(g), r5, ODD_1, NEXT_1);
        DoubleVector s47 = merge(s4, s6, ODD_2, NEXT_2);
        DoubleVector r3 = load(t, at + 3 * R).mul(g);
        DoubleVector s2 = merge(load(t, at + 2 * R).mul(g), r3, ODD_1, NEXT_1);
        DoubleVector r1 = load(t, at + R).mul(g);
        DoubleVector s0 = merge(load(t, at).mul(g), r1, ODD_1, NEXT_1);
        return merge(merge(s0, s2, ODD_2, NEXT_2), s47, ODD_4, NEXT_4);
    }

    /** Adds neighbouring groups of lanes: sums of {@code a} in the even groups, of {@code b} in the odd ones. */
    private static DoubleVector merge(
            DoubleVector a, DoubleVector b, VectorMask<Double> odd, VectorShuffle<Double> exchange) {
        return a.blend(b, odd).add(b.blend(a, odd).rearrange(exchange));
    }

    @Override
    public int cholesky(
            int rank,
            Transitions kind,
            int n,
            double[] d,
            double[] p,
            double[] t,
            double[] q,
            double[] c,
            double[] factor) {
        if (rank != R) {
            return super.cholesky(rank, kind, n, d, p, t, q, c, factor);
        }
        double[] f = new double[R2];
        double[] ft = new double[R2];
        double[] fp = new double[R];
        double[] tfp = new double[R];
        for (int i = 0; i < n; i++) {
            int at = i * R;
            multiply8(1, p, at, R, 1, f, 0, R, R, fp, 0, R, false);
            double pivot = d[i] - dot8(p, at, fp, 0);
            if (!(pivot > 0) || pivot == Double.POSITIVE_INFINITY) {
                c[i] = pivot;
                return i;
            }
            c[i] = Math.sqrt(pivot);
            double scale = 1 / c[i];
            if (kind == Transitions.DIAGONAL) {
                for (int a = 0; a < R; a++) {
                    tfp[a] = t[at + a] * fp[a];
                }
                decay(f, t, at);
            } else {
                // With T read as the rows of its transpose: F Tᵀ, and T times that.
                multiply8(1, fp, 0, R, 1, t, i * R2, R, R, tfp, 0, R, false);
                multiply8(R, f, 0, R, 1, t, i * R2, R, R, ft, 0, R, false);
                multiply8(R, t, i * R2, 1, R, ft, 0, R, R, f, 0, R, false);
            }
            for (int b = 0; b < R; b += LANES) {
                load(q, at + b).sub(load(tfp, b)).mul(scale).intoArray(factor, at + b);
            }
            addSquare(f, factor, at);
        }
        return n;
    }

    /** {@code F ← F + c cᵀ}. */
    private static void addSquare(double[] f, double[] c, int at) {
        for (int b = 0; b < R; b += LANES) {
            DoubleVector column = load(c, at + b);
            for (int a = 0; a < R; a++) {
                all(c[at + a]).fma(column, load(f, a * R + b)).intoArray(f, a * R + b);
            }
        }
    }

    /** {@code F ← diag(t) F diag(t)}. */
    private static void decay(double[] f, double[] t, int at) {
        for (int b = 0; b < R; b += LANES) {
            DoubleVector right = load(t, at + b);
            for (int a = 0; a < R; a++) {
                all(t[at + a]).mul(load(f, a * R + b).mul(right)).intoArray(f, a * R + b);
            }
        }
    }

    @Override
    public void multiply(
            int rows,
            int inner,
            double[] a,
            int aAt,
            int aRow,
            int aStep,
            double[] m,
            int mAt,
            int stride,
            int width,
            double[] out,
            int outAt,
            int outRow) {
        int k = 0;
        for (; k + 8 <= inner; k += 8) {
            multiply8(
                    rows,
                    a,
                    aAt + k * aStep,
                    aRow,
                    aStep,
                    m,
                    mAt + k * stride,
                    stride,
                    width,
                    out,
                    outAt,
                    outRow,
                    k > 0);
        }
        if (inner == 0) {
            for (int i = 0; i < rows; i++) {
                Arrays.fill(out, outAt + i * outRow, outAt + i * outRow + width, 0);
            }
        }
        for (; k < inner; k++) {
            for (int b = 0; b < width; b += LANES) {
                DoubleVector row = load(m, mAt + k * stride + b);
                for (int i = 0; i < rows; i++) {
                    int to = outAt + i * outRow + b;
                    DoubleVector product = all(a[aAt + i * aRow + k * aStep]).mul(row);
                    (k > 0 ? product.add(load(out, to)) : product).intoArray(out, to);
                }
            }
        }
    }

    /** {@code out ← A m}, plus {@code out} if so, for 8 columns of A. */
    private static void multiply8(
            int rows,
            double[] a,
            int aAt,
            int aRow,
            int aStep,
            double[] m,
            int mAt,
            int stride,
            int width,
            double[] out,
            int outAt,
            int outRow,
            boolean add) {
        for (int b = 0; b < width; b += LANES) {
            int at = mAt + b;
            DoubleVector m0 = load(m, at);
            DoubleVector m1 = load(m, at + stride);
            DoubleVector m2 = load(m, at + 2 * stride);
            DoubleVector m3 = load(m, at + 3 * stride);
            DoubleVector m4 = load(m, at + 4 * stride);
            DoubleVector m5 = load(m, at + 5 * stride);
            DoubleVector m6 = load(m, at + 6 * stride);
            DoubleVector m7 = load(m, at + 7 * stride);
            for (int i = 0; i < rows; i++) {
                int k = aAt + i * aRow;
                int to = outAt + i * outRow + b;
                DoubleVector s0 = all(a[k]).mul(m0);
                DoubleVector s1 = all(a[k + aStep]).mul(m1);
                s0 = all(a[k + 2 * aStep]).fma(m2, s0);
                s1 = all(a[k + 3 * aStep]).fma(m3, s1);
                s0 = all(a[k + 4 * aStep]).fma(m4, s0);
                s1 = all(a[k + 5 * aStep]).fma(m5, s1);
                s0 = all(a[k + 6 * aStep]).fma(m6, s0);
                s1 = all(a[k + 7 * aStep]).fma(m7, s1);
                DoubleVector sum = s0.add(s1);
                (add ? sum.add(load(out, to)) : sum).intoArray(out, to);
            }
        }
    }

    @Override
    public void reflectRows(double[] v, int vAt, int from, int to, double[] m, int stride, int fromColumn) {
        for (int b = fromColumn & -LANES; b < stride; b += LANES) {
            DoubleVector sum = all(0);
            for (int k = from, mk = from * stride + b; k < to; k++, mk += stride) {
                sum = all(v[vAt + k]).fma(load(m, mk), sum);
            }
            DoubleVector minus = sum.neg();
            for (int k = from, mk = from * stride + b; k < to; k++, mk += stride) {
                all(v[vAt + k]).fma(minus, load(m, mk)).intoArray(m, mk);
            }
        }
    }

    @Override
    public void reflectColumns(double[] v, int vAt, int width, double[] m, int rows, int stride, int column) {
        for (int row = 0, at = column; row < rows; row++, at += stride) {
            DoubleVector sum = all(0);
            for (int k = 0; k < width; k += LANES) {
                sum = load(v, vAt + k).fma(load(m, at + k), sum);
            }
            DoubleVector minus = all(-LaneSum.of(sum));
            for (int k = 0; k < width; k += LANES) {
                load(v, vAt + k).fma(minus, load(m, at + k)).intoArray(m, at + k);
            }
        }
    }
}
