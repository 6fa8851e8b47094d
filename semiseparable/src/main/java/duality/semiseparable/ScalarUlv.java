package duality.semiseparable;

import duality.errors.Fault;
import duality.errors.ValueException;
import duality.kernels.Simd;
import duality.kernels.StateKernels;

/**
 * The ULV solver for scalar blocks (Chandrasekaran and others, SIAM J. Matrix Anal. Appl. 27, 2005): one unknown is
 * eliminated a row, with orthogonal transformations only.
 *
 * <p>At row i there are s equations carried from above in s unresolved unknowns χ, {@code D χ + Û h = b} with the
 * state h that comes from below, and the state from above is {@code g = Q χ + γ}. Row i joins as equation and unknown
 * number s. Reflections of the s + 1 equations make Û triangular, so that the last equation is free of h; a reflection of
 * the unknowns leaves one of them in it, ζ, which is thereby known. The other s of each are carried on. At the end χ
 * is solved for densely, and the reflections of the unknowns are undone from the last to the first.
 *
 * <p>Merging more rows at once was counted to cost as many operations: what the elimination saves, forming the merged
 * block spends.
 */
final class ScalarUlv {
    private static final StateKernels KERNELS = Simd.states();

    private final ScalarHalf lower;
    private final ScalarHalf upper;
    private final int r;
    private final int s;

    /** {@code [Û | D | b]}, s + 1 rows; the columns of D start at s, b is column 2s + 1. */
    private final double[] rows;

    private final int rowStride;
    private final int bColumn;

    /** {@code [Q | γ]}, r rows; γ is column s + 1. */
    private double[] states;

    private double[] nextStates;
    private final int stateStride;
    private final int gamma;

    /** The reflection of the equations for column j of Û at j (s + 1). */
    private final double[] left;

    private final double[] rowNorms;
    private final double[] coefficients;
    private final double[] reflection;
    private final double[] transition;
    private final int transitionStride;
    private final double[] row;

    private ScalarUlv(ScalarHalf lower, ScalarHalf upper) {
        this.lower = lower;
        this.upper = upper;
        r = lower.rank();
        s = upper.rank();
        bColumn = 2 * s + 1;
        // Room for padded reflections of the columns of D.
        rowStride = KERNELS.padded(Math.max(bColumn + 1, s + KERNELS.padded(s + 1)));
        gamma = s + 1;
        stateStride = KERNELS.padded(gamma + 1);
        transitionStride = KERNELS.padded(s);
        rows = new double[(s + 1) * rowStride];
        states = new double[r * stateStride];
        nextStates = new double[r * stateStride];
        left = new double[(s + 1) * (s + 1)];
        rowNorms = new double[s + 1];
        coefficients = new double[s + 1];
        reflection = new double[KERNELS.padded(s + 1)];
        transition = new double[s * transitionStride];
        row = new double[Math.max((s + 1) * transitionStride, stateStride)];
    }

    static double[] solve(double[] d, ScalarHalf lower, ScalarHalf upper, double[] b) {
        return new ScalarUlv(lower, upper).solve(d, b);
    }

    private double[] solve(double[] d, double[] b) {
        int n = d.length;
        int width = s + 1;
        double[] zeta = new double[n];
        double[] right = new double[Math.multiplyExact(n, width)]; // the reflections of the unknowns
        for (int i = 0; i < n; i++) {
            int carried = Math.min(i, s);
            join(i, carried, d[i], b[i]);
            if (i == n - 1) {
                return substitute(n, zeta, right, solveDensely(n, carried + 1));
            }
            if (carried == s) {
                zeta[i] = eliminate(i, right, i * width);
            }
        }
        return zeta;
    }

    /** Row i joins as equation and unknown number {@code c}; the states pass it by. */
    private void join(int i, int c, double d, double b) {
        double[] v = upper.in();
        for (int a = 0; a < c; a++) {
            int at = a * rowStride;
            double entry = 0;
            for (int k = 0; k < s; k++) {
                entry += rows[at + k] * v[i * s + k];
            }
            rows[at + s + c] = entry;
        }
        passUpper(i, c);
        int at = c * rowStride;
        KERNELS.multiply(1, r, lower.out(), i * r, r, 1, states, 0, stateStride, stateStride, row, 0, stateStride);
        System.arraycopy(upper.out(), i * s, rows, at, s);
        System.arraycopy(row, 0, rows, at + s, c);
        rows[at + s + c] = d;
        rows[at + bColumn] = b - row[gamma];
        passLower(i, c);
    }

    /** {@code Û ← Û W_i}. */
    private void passUpper(int i, int c) {
        if (upper.diagonal()) {
            double[] w = upper.transition();
            for (int a = 0; a < c; a++) {
                for (int k = 0; k < s; k++) {
                    rows[a * rowStride + k] *= w[i * s + k];
                }
            }
            return;
        }
        upper.transition(i, transition, transitionStride);
        KERNELS.multiply(
                c,
                s,
                rows,
                0,
                rowStride,
                1,
                transition,
                0,
                transitionStride,
                transitionStride,
                row,
                0,
                transitionStride);
        for (int a = 0; a < c; a++) {
            System.arraycopy(row, a * transitionStride, rows, a * rowStride, s);
        }
    }

    /** {@code [Q | γ] ← R_i [Q | γ]}, and the new unknown enters the states by q_i. */
    private void passLower(int i, int c) {
        if (lower.diagonal()) {
            for (int a = 0; a < r; a++) {
                double decay = lower.transition()[i * r + a];
                for (int k = a * stateStride; k < (a + 1) * stateStride; k++) {
                    states[k] *= decay;
                }
            }
        } else {
            KERNELS.multiply(
                    r,
                    r,
                    lower.transition(),
                    i * r * r,
                    1,
                    r,
                    states,
                    0,
                    stateStride,
                    stateStride,
                    nextStates,
                    0,
                    stateStride);
            double[] swap = states;
            states = nextStates;
            nextStates = swap;
        }
        for (int a = 0; a < r; a++) {
            states[a * stateStride + c] = lower.in()[i * r + a];
        }
    }

    /** Frees the last equation of h and of all unknowns but one, which it returns. */
    private double eliminate(int i, double[] right, int at) {
        int width = s + 1;
        for (int a = 0; a < width; a++) {
            rowNorms[a] = norm(rows, a * rowStride + s, width);
            coefficients[a] = a == s ? 1 : 0;
        }
        for (int j = 0; j < s; j++) {
            triangularise(j, j, width);
        }
        // The last equation is a combination of all; rounding it is the least that a zero can be told from.
        for (int j = s - 1; j >= 0; j--) {
            StateKernels.reflect(left, j * width + j, width - j, coefficients, j);
        }
        double scale = 0;
        for (int a = 0; a < width; a++) {
            scale += Math.abs(coefficients[a]) * rowNorms[a];
        }
        int last = s * rowStride;
        System.arraycopy(rows, last + s, right, at, width);
        double pivot = StateKernels.reflector(right, at, at + width, at + s);
        requirePivot(i, pivot, scale);
        System.arraycopy(right, at, reflection, 0, width);
        KERNELS.reflectColumns(reflection, 0, width, rows, s, rowStride, s);
        KERNELS.reflectColumns(reflection, 0, width, states, r, stateStride, 0);
        double zeta = rows[last + bColumn] / pivot;
        for (int a = 0; a < s; a++) {
            rows[a * rowStride + bColumn] -= rows[a * rowStride + s + s] * zeta;
        }
        for (int a = 0; a < r; a++) {
            states[a * stateStride + gamma] += states[a * stateStride + s] * zeta;
        }
        return zeta;
    }

    /** Reflects the equations {@code [j, to)} so that {@code column} is left with its entry in equation j. */
    private void triangularise(int j, int column, int to) {
        int at = j * (s + 1);
        for (int a = j; a < to; a++) {
            left[at + a] = rows[a * rowStride + column];
        }
        double head = StateKernels.reflector(left, at + j, at + to, at + j);
        KERNELS.reflectRows(left, at, j, to, rows, rowStride, column);
        rows[j * rowStride + column] = head;
        for (int a = j + 1; a < to; a++) {
            rows[a * rowStride + column] = 0;
        }
    }

    /** The unknowns that are left at the end, by a dense QR decomposition. */
    private double[] solveDensely(int n, int m) {
        double[] scales = new double[m];
        for (int j = 0; j < m; j++) {
            for (int a = 0; a < m; a++) {
                scales[j] = Math.max(scales[j], Math.abs(rows[a * rowStride + s + j]));
            }
        }
        for (int j = 0; j < m; j++) {
            triangularise(j, s + j, m);
        }
        double[] chi = new double[s + 1];
        for (int j = m - 1; j >= 0; j--) {
            double sum = rows[j * rowStride + bColumn];
            for (int k = j + 1; k < m; k++) {
                sum -= rows[j * rowStride + s + k] * chi[k];
            }
            double pivot = rows[j * rowStride + s + j];
            requirePivot(n - m + j, pivot, scales[j]);
            chi[j] = sum / pivot;
        }
        return chi;
    }

    /**
     * Refuses pivots that rounding alone may have made. Larger ones, however small, are divided by: the solution
     * then has a small backward error like any other.
     */
    private static void requirePivot(int i, double pivot, double scale) {
        if (!(Math.abs(pivot) > 2 * 0x1p-53 * scale) || !Double.isFinite(pivot)) {
            throw new ValueException(
                    Fault.SINGULAR,
                    "singular to working precision at row %d: a pivot of %s where rows have size %s (ratio %.1e)"
                            .formatted(i, pivot, scale, Math.abs(pivot) / scale));
        }
    }

    /** Undoes the reflections of the unknowns, from the last to the first; the last entry of χ is x_i each time. */
    private double[] substitute(int n, double[] zeta, double[] right, double[] chi) {
        int width = s + 1;
        double[] x = zeta;
        int i = n - 1;
        if (i >= s) {
            x[i] = chi[s];
            for (i--; i >= s; i--) {
                chi[s] = zeta[i];
                StateKernels.reflect(right, i * width, width, chi, 0);
                x[i] = chi[s];
            }
        }
        // Now i < s, and the rows up to i only joined.
        for (; i >= 0; i--) {
            x[i] = chi[i];
        }
        return x;
    }

    private static double norm(double[] v, int at, int length) {
        double sum = 0;
        for (int k = at; k < at + length; k++) {
            sum += v[k] * v[k];
        }
        return Math.sqrt(sum);
    }
}
