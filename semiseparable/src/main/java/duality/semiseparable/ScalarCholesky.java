package duality.semiseparable;

import duality.errors.Fault;
import duality.errors.ValueException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The Cholesky factor of a symmetric positive definite matrix with scalar blocks, {@code A = L Lᵀ}: L is lower
 * triangular with the P and R of A, a diagonal c and new column generators Q̃,
 *
 * <pre>
 *   c² = d − P F Pᵀ,    Q̃ = (Q − R F Pᵀ) / c,    F⁺ = R F Rᵀ + Q̃ Q̃ᵀ
 * </pre>
 *
 * from F_0 = 0 (Eidelman, Gohberg and Haimovici 2014; for celerite kernels Foreman-Mackey and others, Astron. J. 154,
 * 2017). Backward stable like every Cholesky factorisation, since F is a Gram matrix that only grows from what
 * was subtracted. Cost O(n r³) once, or O(n r²) with diagonal transitions; 4n r² for each solve. Memory n (r + 1)
 * doubles beside the generators. Immutable.
 */
public final class ScalarCholesky {
    private final ScalarHalf factor;
    private final double[] c;

    ScalarCholesky(double[] d, ScalarHalf lower) {
        int n = d.length;
        c = new double[n];
        factor = new ScalarHalf(
                lower.rank(), lower.diagonal(), lower.out(), lower.transition(), new double[lower.in().length]);
        factor(d, lower.in());
    }

    private void factor(double[] d, double[] q) {
        int rank = factor.rank();
        int stride = rank + 3 & ~3; // rows of F are padded to whole groups of four columns
        double[] p = factor.out();
        double[] f = new double[rank * stride];
        double[] rf = new double[rank * stride];
        double[] r = factor.transition();
        double[] fp = new double[rank];
        double[] column = new double[rank];
        for (int i = 0; i < d.length; i++) {
            int at = i * rank;
            for (int a = 0; a < rank; a++) {
                fp[a] = SmallProducts.dot(f, a * stride, p, at, rank);
            }
            double pivot = d[i] - SmallProducts.dot(p, at, fp, 0, rank);
            if (!(pivot > 0) || pivot == Double.POSITIVE_INFINITY) {
                throw new ValueException(
                        Fault.OUT_OF_DOMAIN,
                        "not positive definite: pivot " + i + " of " + d.length + " is " + pivot
                                + ", so the leading minor of size " + (i + 1) + " fails");
            }
            c[i] = Math.sqrt(pivot);
            double scale = 1 / c[i];
            if (factor.diagonal()) {
                for (int a = 0; a < rank; a++) {
                    column[a] = (q[at + a] - r[at + a] * fp[a]) * scale;
                    for (int b = 0; b <= a; b++) {
                        double entry = r[at + a] * f[a * stride + b] * r[at + b] + column[a] * column[b];
                        f[a * stride + b] = entry;
                        f[b * stride + a] = entry;
                    }
                }
            } else {
                int matrix = at * rank;
                for (int a = 0; a < rank; a++) {
                    column[a] = (q[at + a] - SmallProducts.dot(r, matrix + a * rank, fp, 0, rank)) * scale;
                }
                SmallProducts.multiply(rank, r, matrix, f, rf, stride);
                SmallProducts.gram(rank, rf, stride, r, matrix, column, f);
            }
            System.arraycopy(column, 0, factor.in(), at, rank);
        }
    }

    /** {@code log det A}, the sum of the logarithms of the pivots. */
    public double logDeterminant() {
        double sum = 0;
        for (double pivot : c) {
            sum += Math.log(pivot);
        }
        return 2 * sum;
    }

    /** {@code x} with {@code A x = b}, in a new array. */
    public double[] solve(double[] b) {
        return solve(b, null);
    }

    /**
     * {@code x} with {@code A x = b}: forward with L, then back with Lᵀ.
     *
     * @param b n entries
     * @param out n entries to be overwritten, which may be {@code b} itself; null for a new array
     * @return {@code out}, or the new array
     * @throws duality.errors.ShapeException if a length is not n
     */
    public double[] solve(double[] b, double @Nullable [] out) {
        int n = c.length;
        double[] x = out == null ? new double[n] : out;
        ScalarGenerators.requireLength("b", b, n);
        ScalarGenerators.requireLength("out", x, n);
        int rank = factor.rank();
        double[] p = factor.out();
        double[] q = factor.in();
        double[] g = new double[rank];
        double[] next = new double[rank];
        for (int i = 0; i < n; i++) {
            int at = i * rank;
            double sum = b[i];
            for (int a = 0; a < rank; a++) {
                sum -= p[at + a] * g[a];
            }
            double z = sum / c[i];
            x[i] = z;
            factor.step(i, q, z, g, next);
            double[] swap = g;
            g = next;
            next = swap;
        }
        Arrays.fill(g, 0);
        for (int i = n - 1; i >= 0; i--) {
            int at = i * rank;
            double sum = x[i];
            for (int a = 0; a < rank; a++) {
                sum -= q[at + a] * g[a];
            }
            double z = sum / c[i];
            x[i] = z;
            factor.stepTransposed(i, p, z, g, next);
            double[] swap = g;
            g = next;
            next = swap;
        }
        return x;
    }
}
