package duality.semiseparable;

import duality.errors.Fault;
import duality.errors.ValueException;
import duality.kernels.Simd;
import duality.kernels.StateKernels;
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
    private static final StateKernels KERNELS = Simd.states();

    private final ScalarHalf factor;
    private final double[] c;

    ScalarCholesky(double[] d, ScalarHalf lower) {
        int n = d.length;
        c = new double[n];
        factor = new ScalarHalf(
                lower.rank(), lower.diagonal(), lower.out(), lower.transition(), new double[lower.in().length]);
        int done = KERNELS.cholesky(
                lower.rank(),
                lower.transitions(false),
                n,
                d,
                lower.out(),
                lower.transition(),
                lower.in(),
                c,
                factor.in());
        if (done < n) {
            throw new ValueException(
                    Fault.OUT_OF_DOMAIN,
                    "not positive definite: pivot " + done + " of " + n + " is " + c[done]
                            + ", so the leading minor of size " + (done + 1) + " fails");
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
        System.arraycopy(b, 0, x, 0, n);
        substitute(false, x);
        substitute(true, x);
        return x;
    }

    /** {@code x ← L⁻¹ x}, or {@code L⁻ᵀ x}. */
    private void substitute(boolean transposed, double[] x) {
        KERNELS.substitute(
                factor.rank(),
                factor.transitions(transposed),
                transposed ? c.length - 1 : 0,
                transposed ? -1 : 1,
                c.length,
                transposed ? factor.in() : factor.out(),
                factor.transition(),
                transposed ? factor.out() : factor.in(),
                c,
                x);
    }
}
