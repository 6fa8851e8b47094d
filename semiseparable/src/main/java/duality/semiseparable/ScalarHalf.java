package duality.semiseparable;

import duality.kernels.Simd;
import duality.kernels.StateKernels;
import duality.kernels.StateKernels.Transitions;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The strictly triangular half of a matrix of scalar blocks, as a recurrence that runs along its rows:
 *
 * <pre>
 *   y_i ← y_i + out_i · g,    g ← transition_i g + in_i x_i
 * </pre>
 *
 * Read downwards it is a lower half (out, transition, in) = (P, R, Q), read upwards an upper one (U, W, V).
 *
 * @param rank the size r of the state g
 * @param diagonal whether the transitions are diagonal
 * @param out n×r
 * @param transition n×r×r, each matrix column by column, or n×r when diagonal
 * @param in n×r
 */
record ScalarHalf(int rank, boolean diagonal, double[] out, double[] transition, double[] in) {
    private static final StateKernels KERNELS = Simd.states();

    /**
     * {@code y ← y + H x}, or {@code y + Hᵀ x}, for a half H of n rows. The transpose exchanges out and in,
     * transposes the transitions and runs the other way.
     *
     * @param d a diagonal: y starts from {@code d x} instead of what is in it; or null
     */
    void add(boolean down, boolean transposed, int n, double @Nullable [] d, double[] x, double[] y) {
        boolean forward = down != transposed;
        KERNELS.add(
                rank,
                transitions(transposed),
                forward ? 0 : n - 1,
                forward ? 1 : -1,
                n,
                d,
                transposed ? in : out,
                transition,
                transposed ? out : in,
                x,
                y);
    }

    /** How the transitions of this half, or of its transpose, are stored. */
    Transitions transitions(boolean transposed) {
        return diagonal ? Transitions.DIAGONAL : transposed ? Transitions.ROWS : Transitions.COLUMNS;
    }

    /** The transition of block {@code i} as a full matrix, row by row into {@code r}, rows {@code stride} apart. */
    void transition(int i, double[] r, int stride) {
        if (diagonal) {
            for (int a = 0; a < rank; a++) {
                Arrays.fill(r, a * stride, a * stride + rank, 0);
                r[a * stride + a] = transition[i * rank + a];
            }
        } else {
            StateKernels.transpose(rank, transition, i * rank * rank, r, 0, stride);
        }
    }
}
