package duality.kernels;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The innermost loops of recurrences whose state is a vector of at most a few dozen numbers, in float64:
 *
 * <pre>
 *   g ← T_i g + q_i z_i
 * </pre>
 *
 * <p>This class is their definition, in plain loops, and runs where the Vector API is absent. Step i has the entries
 * {@code i·r .. (i+1)·r} of o and q, for r the rank. Nothing is checked here beyond the bounds of the arrays.
 */
public class StateKernels {
    /** How the transitions are stored. */
    public enum Transitions {
        /** r numbers a step, the diagonal. */
        DIAGONAL,
        /** r² numbers a step, column by column. */
        COLUMNS,
        /** r² numbers a step, row by row. */
        ROWS
    }

    StateKernels() {}

    /** Rows that {@link #multiply} and the reflections handle are padded to a multiple of this number of columns. */
    public int columnGroup() {
        return 4;
    }

    /** The least multiple of {@link #columnGroup()} that has room for so many columns. */
    public final int padded(int columns) {
        int group = columnGroup();
        return (columns + group - 1) / group * group;
    }

    /**
     * Runs {@code y_i ← y_i + o_i · g, g ← T_i g + q_i x_i} from g = 0 over the n steps {@code first, first + step, …}.
     *
     * @param d n numbers: y starts from {@code d_i x_i} instead of what is in it; or null
     */
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
        if (d != null) {
            for (int i = 0; i < n; i++) {
                y[i] = d[i] * x[i];
            }
        }
        if (kind == Transitions.DIAGONAL) {
            // States that do not meet run in groups, each held in registers.
            int state = 0;
            for (; state + 8 <= rank; state += 8) {
                addDiagonal8(rank, state, first, step, n, o, t, q, x, y);
            }
            for (; state + 2 <= rank; state += 2) {
                addDiagonal2(rank, state, first, step, n, o, t, q, x, y);
            }
            if (state < rank) {
                addDiagonal1(rank, state, first, step, n, o, t, q, x, y);
            }
        } else if (rank == 8 && kind == Transitions.COLUMNS) {
            addColumns8(first, step, n, o, t, q, x, y);
        } else if (rank == 8) {
            addRows8(first, step, n, o, t, q, x, y);
        } else if (rank == 2) {
            add2(kind == Transitions.ROWS ? 1 : 2, first, step, n, o, t, q, x, y);
        } else {
            double[] g = new double[rank];
            double[] next = new double[rank];
            for (int s = 0, i = first; s < n; s++, i += step) {
                y[i] += dot(o, i * rank, g, 0, rank);
                step(rank, kind, i, t, q, x[i], g, next);
                double[] swap = g;
                g = next;
                next = swap;
            }
        }
    }

    private static void addDiagonal8(
            int rank,
            int state,
            int first,
            int step,
            int n,
            double[] o,
            double[] r,
            double[] q,
            double[] x,
            double[] y) {
        double g0 = 0;
        double g1 = 0;
        double g2 = 0;
        double g3 = 0;
        double g4 = 0;
        double g5 = 0;
        double g6 = 0;
        double g7 = 0;
        for (int t = 0, i = first; t < n; t++, i += step) {
            int at = i * rank + state;
            double z = x[i];
            y[i] += ((o[at] * g0 + o[at + 1] * g1) + (o[at + 2] * g2 + o[at + 3] * g3))
                    + ((o[at + 4] * g4 + o[at + 5] * g5) + (o[at + 6] * g6 + o[at + 7] * g7));
            g0 = r[at] * g0 + q[at] * z;
            g1 = r[at + 1] * g1 + q[at + 1] * z;
            g2 = r[at + 2] * g2 + q[at + 2] * z;
            g3 = r[at + 3] * g3 + q[at + 3] * z;
            g4 = r[at + 4] * g4 + q[at + 4] * z;
            g5 = r[at + 5] * g5 + q[at + 5] * z;
            g6 = r[at + 6] * g6 + q[at + 6] * z;
            g7 = r[at + 7] * g7 + q[at + 7] * z;
        }
    }

    private static void addDiagonal2(
            int rank,
            int state,
            int first,
            int step,
            int n,
            double[] o,
            double[] r,
            double[] q,
            double[] x,
            double[] y) {
        double g0 = 0;
        double g1 = 0;
        for (int t = 0, i = first; t < n; t++, i += step) {
            int at = i * rank + state;
            double z = x[i];
            y[i] += o[at] * g0 + o[at + 1] * g1;
            g0 = r[at] * g0 + q[at] * z;
            g1 = r[at + 1] * g1 + q[at + 1] * z;
        }
    }

    private static void addDiagonal1(
            int rank,
            int state,
            int first,
            int step,
            int n,
            double[] o,
            double[] r,
            double[] q,
            double[] x,
            double[] y) {
        double g = 0;
        for (int t = 0, i = first; t < n; t++, i += step) {
            int at = i * rank + state;
            y[i] += o[at] * g;
            g = r[at] * g + q[at] * x[i];
        }
    }

    private static void add2(
            int right, int first, int step, int n, double[] o, double[] r, double[] q, double[] x, double[] y) {
        double g0 = 0;
        double g1 = 0;
        for (int t = 0, i = first; t < n; t++, i += step) {
            int at = 2 * i;
            double z = x[i];
            y[i] += o[at] * g0 + o[at + 1] * g1;
            double a0 = q[at] * z + r[2 * at] * g0 + r[2 * at + right] * g1;
            g1 = q[at + 1] * z + r[2 * at + 3 - right] * g0 + r[2 * at + 3] * g1;
            g0 = a0;
        }
    }

    private static void addRows8(
            int first, int step, int n, double[] o, double[] r, double[] q, double[] x, double[] y) {
        double g0 = 0;
        double g1 = 0;
        double g2 = 0;
        double g3 = 0;
        double g4 = 0;
        double g5 = 0;
        double g6 = 0;
        double g7 = 0;
        for (int t = 0, i = first; t < n; t++, i += step) {
            int at = 8 * i;
            double z = x[i];
            y[i] += ((o[at] * g0 + o[at + 1] * g1) + (o[at + 2] * g2 + o[at + 3] * g3))
                    + ((o[at + 4] * g4 + o[at + 5] * g5) + (o[at + 6] * g6 + o[at + 7] * g7));
            int k = 64 * i;
            double a0 = q[at] * z + dot8(r, k, g0, g1, g2, g3, g4, g5, g6, g7);
            double a1 = q[at + 1] * z + dot8(r, k + 8, g0, g1, g2, g3, g4, g5, g6, g7);
            double a2 = q[at + 2] * z + dot8(r, k + 16, g0, g1, g2, g3, g4, g5, g6, g7);
            double a3 = q[at + 3] * z + dot8(r, k + 24, g0, g1, g2, g3, g4, g5, g6, g7);
            double a4 = q[at + 4] * z + dot8(r, k + 32, g0, g1, g2, g3, g4, g5, g6, g7);
            double a5 = q[at + 5] * z + dot8(r, k + 40, g0, g1, g2, g3, g4, g5, g6, g7);
            double a6 = q[at + 6] * z + dot8(r, k + 48, g0, g1, g2, g3, g4, g5, g6, g7);
            g7 = q[at + 7] * z + dot8(r, k + 56, g0, g1, g2, g3, g4, g5, g6, g7);
            g0 = a0;
            g1 = a1;
            g2 = a2;
            g3 = a3;
            g4 = a4;
            g5 = a5;
            g6 = a6;
        }
    }

    private static double dot8(
            double[] r, int k, double g0, double g1, double g2, double g3, double g4, double g5, double g6, double g7) {
        return ((r[k] * g0 + r[k + 1] * g1) + (r[k + 2] * g2 + r[k + 3] * g3))
                + ((r[k + 4] * g4 + r[k + 5] * g5) + (r[k + 6] * g6 + r[k + 7] * g7));
    }

    private static void addColumns8(
            int first, int step, int n, double[] o, double[] r, double[] q, double[] x, double[] y) {
        double g0 = 0;
        double g1 = 0;
        double g2 = 0;
        double g3 = 0;
        double g4 = 0;
        double g5 = 0;
        double g6 = 0;
        double g7 = 0;
        for (int t = 0, i = first; t < n; t++, i += step) {
            int at = 8 * i;
            double z = x[i];
            y[i] += ((o[at] * g0 + o[at + 1] * g1) + (o[at + 2] * g2 + o[at + 3] * g3))
                    + ((o[at + 4] * g4 + o[at + 5] * g5) + (o[at + 6] * g6 + o[at + 7] * g7));
            int k = 64 * i;
            double a0 = q[at] * z + sum8(r, k, g0, g1, g2, g3, g4, g5, g6, g7);
            double a1 = q[at + 1] * z + sum8(r, k + 1, g0, g1, g2, g3, g4, g5, g6, g7);
            double a2 = q[at + 2] * z + sum8(r, k + 2, g0, g1, g2, g3, g4, g5, g6, g7);
            double a3 = q[at + 3] * z + sum8(r, k + 3, g0, g1, g2, g3, g4, g5, g6, g7);
            double a4 = q[at + 4] * z + sum8(r, k + 4, g0, g1, g2, g3, g4, g5, g6, g7);
            double a5 = q[at + 5] * z + sum8(r, k + 5, g0, g1, g2, g3, g4, g5, g6, g7);
            double a6 = q[at + 6] * z + sum8(r, k + 6, g0, g1, g2, g3, g4, g5, g6, g7);
            g7 = q[at + 7] * z + sum8(r, k + 7, g0, g1, g2, g3, g4, g5, g6, g7);
            g0 = a0;
            g1 = a1;
            g2 = a2;
            g3 = a3;
            g4 = a4;
            g5 = a5;
            g6 = a6;
        }
    }

    private static double sum8(
            double[] r, int k, double g0, double g1, double g2, double g3, double g4, double g5, double g6, double g7) {
        return ((r[k] * g0 + r[k + 8] * g1) + (r[k + 16] * g2 + r[k + 24] * g3))
                + ((r[k + 32] * g4 + r[k + 40] * g5) + (r[k + 48] * g6 + r[k + 56] * g7));
    }

    /**
     * Runs {@code x_i ← (x_i − o_i · g) / c_i, g ← T_i g + q_i x_i} from g = 0 over the n steps {@code first, first +
     * step, …}: substitution in a triangular matrix with the diagonal c.
     */
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
        double[] g = new double[rank];
        double[] next = new double[rank];
        for (int s = 0, i = first; s < n; s++, i += step) {
            double sum = x[i];
            for (int a = 0; a < rank; a++) {
                sum -= o[i * rank + a] * g[a];
            }
            double z = sum / c[i];
            x[i] = z;
            step(rank, kind, i, t, q, z, g, next);
            double[] swap = g;
            g = next;
            next = swap;
        }
    }

    /** {@code next ← T_i g + q_i z}. */
    private static void step(
            int rank, Transitions kind, int i, double[] t, double[] q, double z, double[] g, double[] next) {
        int at = i * rank;
        switch (kind) {
            case DIAGONAL -> {
                for (int a = 0; a < rank; a++) {
                    next[a] = q[at + a] * z + t[at + a] * g[a];
                }
            }
            case ROWS -> {
                for (int a = 0; a < rank; a++) {
                    next[a] = q[at + a] * z + dot(t, (at + a) * rank, g, 0, rank);
                }
            }
            case COLUMNS -> {
                int k = 0;
                if (rank % 4 == 0 && rank >= 8) {
                    for (; k + 8 <= rank; k += 8) {
                        addRow8(k == 0, g, k, 1, t, (at + k) * rank, rank, next, 0, rank);
                    }
                    for (int a = 0; a < rank; a++) {
                        next[a] += q[at + a] * z;
                    }
                } else {
                    for (int a = 0; a < rank; a++) {
                        next[a] = q[at + a] * z;
                    }
                }
                for (; k < rank; k++) {
                    double factor = g[k];
                    int column = (at + k) * rank;
                    for (int a = 0; a < rank; a++) {
                        next[a] += factor * t[column + a];
                    }
                }
            }
        }
    }

    /**
     * The Cholesky factor of the symmetric matrix with diagonal d and lower half (p, T, q): from F = 0,
     *
     * <pre>
     *   c_i² = d_i − p_i F p_iᵀ,    q̃_i = (q_i − T_i F p_iᵀ) / c_i,    F ← T_i F T_iᵀ + q̃_i q̃_iᵀ
     * </pre>
     *
     * @param kind {@link Transitions#DIAGONAL} or {@link Transitions#COLUMNS}
     * @param c the result c; where a pivot fails, that pivot c_i²
     * @param factor the result q̃
     * @return n, or the first step whose pivot is not positive and finite
     */
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
        int stride = padded(rank);
        double[] f = new double[rank * stride];
        double[] tf = new double[rank * stride];
        double[] rows = new double[rank * rank];
        double[] fp = new double[rank];
        double[] column = new double[rank];
        for (int i = 0; i < n; i++) {
            int at = i * rank;
            for (int a = 0; a < rank; a++) {
                fp[a] = dot(f, a * stride, p, at, rank);
            }
            double pivot = d[i] - dot(p, at, fp, 0, rank);
            if (!(pivot > 0) || pivot == Double.POSITIVE_INFINITY) {
                c[i] = pivot;
                return i;
            }
            c[i] = Math.sqrt(pivot);
            double scale = 1 / c[i];
            if (kind == Transitions.DIAGONAL) {
                for (int a = 0; a < rank; a++) {
                    column[a] = (q[at + a] - t[at + a] * fp[a]) * scale;
                    for (int b = 0; b <= a; b++) {
                        double entry = t[at + a] * f[a * stride + b] * t[at + b] + column[a] * column[b];
                        f[a * stride + b] = entry;
                        f[b * stride + a] = entry;
                    }
                }
            } else {
                transpose(rank, t, at * rank, rows, 0, rank);
                for (int a = 0; a < rank; a++) {
                    column[a] = (q[at + a] - dot(rows, a * rank, fp, 0, rank)) * scale;
                }
                multiply(rank, rank, rows, 0, rank, 1, f, 0, stride, stride, tf, 0, stride);
                gram(rank, tf, stride, rows, 0, column, f);
            }
            System.arraycopy(column, 0, factor, at, rank);
        }
        return n;
    }

    /** {@code to ← fromᵀ} for a square matrix of this size, rows of {@code to} being {@code stride} apart. */
    public static void transpose(int size, double[] from, int at, double[] to, int toAt, int stride) {
        for (int a = 0; a < size; a++) {
            for (int b = 0; b < size; b++) {
                to[toAt + a * stride + b] = from[at + b * size + a];
            }
        }
    }

    /**
     * {@code out ← A m} for A (rows×inner) with entry (i, k) at {@code aAt + i·aRow + k·aStep} and m (inner×width).
     *
     * @param stride the distance between rows of m
     * @param width a multiple of {@link #columnGroup()}
     * @param outRow the distance between rows of {@code out}, which overlaps neither A nor m
     */
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
        for (int i = 0; i < rows; i++) {
            int at = aAt + i * aRow;
            int to = outAt + i * outRow;
            int k = 0;
            if (inner < 8) {
                Arrays.fill(out, to, to + width, 0);
            }
            for (; k + 8 <= inner; k += 8) {
                addRow8(k == 0, a, at + k * aStep, aStep, m, mAt + k * stride, stride, out, to, width);
            }
            for (; k < inner; k++) {
                double factor = a[at + k * aStep];
                int row = mAt + k * stride;
                for (int b = 0; b < width; b++) {
                    out[to + b] += factor * m[row + b];
                }
            }
        }
    }

    /**
     * {@code out ← p x}, plus {@code out} unless {@code first}, for 8 entries of p and rows of x. Written out, since
     * loops as short as these do not pay.
     */
    private static void addRow8(
            boolean first,
            double[] p,
            int at,
            int step,
            double[] x,
            int xAt,
            int stride,
            double[] out,
            int outAt,
            int width) {
        double p0 = p[at];
        double p1 = p[at + step];
        double p2 = p[at + 2 * step];
        double p3 = p[at + 3 * step];
        double p4 = p[at + 4 * step];
        double p5 = p[at + 5 * step];
        double p6 = p[at + 6 * step];
        double p7 = p[at + 7 * step];
        for (int b = 0; b < width; b += 4) {
            int o = outAt + b;
            int k0 = xAt + b;
            double s0 = (first ? 0 : out[o]) + p0 * x[k0];
            double s1 = (first ? 0 : out[o + 1]) + p0 * x[k0 + 1];
            double s2 = (first ? 0 : out[o + 2]) + p0 * x[k0 + 2];
            double s3 = (first ? 0 : out[o + 3]) + p0 * x[k0 + 3];
            int k1 = k0 + stride;
            s0 += p1 * x[k1];
            s1 += p1 * x[k1 + 1];
            s2 += p1 * x[k1 + 2];
            s3 += p1 * x[k1 + 3];
            int k2 = k1 + stride;
            s0 += p2 * x[k2];
            s1 += p2 * x[k2 + 1];
            s2 += p2 * x[k2 + 2];
            s3 += p2 * x[k2 + 3];
            int k3 = k2 + stride;
            s0 += p3 * x[k3];
            s1 += p3 * x[k3 + 1];
            s2 += p3 * x[k3 + 2];
            s3 += p3 * x[k3 + 3];
            int k4 = k3 + stride;
            s0 += p4 * x[k4];
            s1 += p4 * x[k4 + 1];
            s2 += p4 * x[k4 + 2];
            s3 += p4 * x[k4 + 3];
            int k5 = k4 + stride;
            s0 += p5 * x[k5];
            s1 += p5 * x[k5 + 1];
            s2 += p5 * x[k5 + 2];
            s3 += p5 * x[k5 + 3];
            int k6 = k5 + stride;
            s0 += p6 * x[k6];
            s1 += p6 * x[k6 + 1];
            s2 += p6 * x[k6 + 2];
            s3 += p6 * x[k6 + 3];
            int k7 = k6 + stride;
            s0 += p7 * x[k7];
            s1 += p7 * x[k7 + 1];
            s2 += p7 * x[k7 + 2];
            s3 += p7 * x[k7 + 3];
            out[o] = s0;
            out[o + 1] = s1;
            out[o + 2] = s2;
            out[o + 3] = s3;
        }
    }

    /** {@code Σ a_k b_k} of {@code length} entries each. */
    private static double dot(double[] a, int at, double[] b, int bAt, int length) {
        double sum = 0;
        int k = 0;
        for (; k + 8 <= length; k += 8) {
            int i = at + k;
            int j = bAt + k;
            sum += ((a[i] * b[j] + a[i + 1] * b[j + 1]) + (a[i + 2] * b[j + 2] + a[i + 3] * b[j + 3]))
                    + ((a[i + 4] * b[j + 4] + a[i + 5] * b[j + 5]) + (a[i + 6] * b[j + 6] + a[i + 7] * b[j + 7]));
        }
        for (; k < length; k++) {
            sum += a[at + k] * b[bAt + k];
        }
        return sum;
    }

    /** {@code f ← x rᵀ + c cᵀ}, symmetric, for {@code x, f (rank×stride)} and {@code r (rank×rank)} from rAt on. */
    private static void gram(int rank, double[] x, int stride, double[] r, int rAt, double[] c, double[] f) {
        for (int a = 0; a < rank; a++) {
            int row = a * stride;
            if (rank < 8) {
                for (int b = 0; b <= a; b++) {
                    f[row + b] = c[a] * c[b];
                }
            }
            int k = 0;
            for (; k + 8 <= rank; k += 8) {
                addDots8(k == 0, x, row + k, r, rAt + k, rank, c, a, f, stride);
            }
            for (; k < rank; k++) {
                for (int b = 0; b <= a; b++) {
                    f[row + b] += x[row + k] * r[rAt + b * rank + k];
                }
            }
            if (rank % 8 != 0) {
                for (int b = 0; b < a; b++) {
                    f[b * stride + a] = f[row + b];
                }
            }
        }
    }

    /**
     * {@code f_ab ← Σ_8 x r_b}, plus {@code c_a c_b} if {@code first}, else plus {@code f_ab}, for all b ≤ a; written
     * to both triangles of f.
     */
    private static void addDots8(
            boolean first,
            double[] x,
            int xAt,
            double[] r,
            int rAt,
            int rank,
            double[] c,
            int a,
            double[] f,
            int stride) {
        double x0 = x[xAt];
        double x1 = x[xAt + 1];
        double x2 = x[xAt + 2];
        double x3 = x[xAt + 3];
        double x4 = x[xAt + 4];
        double x5 = x[xAt + 5];
        double x6 = x[xAt + 6];
        double x7 = x[xAt + 7];
        double ca = c[a];
        for (int b = 0, j = rAt; b <= a; b++, j += rank) {
            double entry = ((x0 * r[j] + x1 * r[j + 1]) + (x2 * r[j + 2] + x3 * r[j + 3]))
                    + ((x4 * r[j + 4] + x5 * r[j + 5]) + (x6 * r[j + 6] + x7 * r[j + 7]))
                    + (first ? ca * c[b] : f[a * stride + b]);
            f[a * stride + b] = entry;
            f[b * stride + a] = entry;
        }
    }

    /**
     * The Householder reflection I − v vᵀ that maps a vector onto its entry number {@code pivot}: v, scaled, replaces
     * the vector.
     *
     * @return the entry that remains; v is zero where the vector has nothing but this entry
     */
    public static double reflector(double[] v, int from, int to, int pivot) {
        double head = v[pivot];
        double sum = 0;
        for (int k = from; k < to; k++) {
            sum += v[k] * v[k];
        }
        if (sum == head * head) {
            // Compared with the sum as rounded: what else the vector has is below the rounding of its length.
            boolean alone = true;
            for (int k = from; k < to; k++) {
                alone &= k == pivot || v[k] == 0;
            }
            if (alone || sum == 0) {
                for (int k = from; k < to; k++) {
                    v[k] = 0;
                }
                return head;
            }
        }
        double norm = Math.sqrt(sum);
        double scale = 1 / Math.sqrt(norm * (norm + Math.abs(head)));
        for (int k = from; k < to; k++) {
            v[k] *= scale;
        }
        v[pivot] = (head + Math.copySign(norm, head)) * scale;
        return -Math.copySign(norm, head);
    }

    /**
     * {@code m ← (I − v vᵀ) m} on rows {@code [from, to)} of {@code m} and columns {@code [fromColumn, stride)}, and on
     * those before that complete a {@link #columnGroup()}.
     */
    public void reflectRows(double[] v, int vAt, int from, int to, double[] m, int stride, int fromColumn) {
        for (int b = fromColumn & ~3; b < stride; b += 4) {
            double s0 = 0;
            double s1 = 0;
            double s2 = 0;
            double s3 = 0;
            for (int k = from, mk = from * stride + b; k < to; k++, mk += stride) {
                double factor = v[vAt + k];
                s0 += factor * m[mk];
                s1 += factor * m[mk + 1];
                s2 += factor * m[mk + 2];
                s3 += factor * m[mk + 3];
            }
            for (int k = from, mk = from * stride + b; k < to; k++, mk += stride) {
                double factor = v[vAt + k];
                m[mk] -= factor * s0;
                m[mk + 1] -= factor * s1;
                m[mk + 2] -= factor * s2;
                m[mk + 3] -= factor * s3;
            }
        }
    }

    /**
     * {@code m ← m (I − v vᵀ)} on the first {@code rows} rows and {@code width} columns from {@code column} on. What v
     * holds up to {@link #padded} of that width is zero, and rows of m are at least so long from that column on.
     */
    public void reflectColumns(double[] v, int vAt, int width, double[] m, int rows, int stride, int column) {
        int row = 0;
        for (; row + 4 <= rows; row += 4) {
            int m0 = row * stride + column;
            int m1 = m0 + stride;
            int m2 = m1 + stride;
            int m3 = m2 + stride;
            double s0 = 0;
            double s1 = 0;
            double s2 = 0;
            double s3 = 0;
            for (int k = 0; k < width; k++) {
                double factor = v[vAt + k];
                s0 += factor * m[m0 + k];
                s1 += factor * m[m1 + k];
                s2 += factor * m[m2 + k];
                s3 += factor * m[m3 + k];
            }
            for (int k = 0; k < width; k++) {
                double factor = v[vAt + k];
                m[m0 + k] -= factor * s0;
                m[m1 + k] -= factor * s1;
                m[m2 + k] -= factor * s2;
                m[m3 + k] -= factor * s3;
            }
        }
        for (; row < rows; row++) {
            reflect(v, vAt, width, m, row * stride + column);
        }
    }

    /** {@code m ← (I − v vᵀ) m} for one vector. */
    public static void reflect(double[] v, int vAt, int length, double[] m, int at) {
        double sum = 0;
        for (int k = 0; k < length; k++) {
            sum += v[vAt + k] * m[at + k];
        }
        for (int k = 0; k < length; k++) {
            m[at + k] -= v[vAt + k] * sum;
        }
    }
}
