package duality.semiseparable;

import java.util.Arrays;

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
 * @param transition n×r×r row by row, or n×r when diagonal
 * @param in n×r
 */
record ScalarHalf(int rank, boolean diagonal, double[] out, double[] transition, double[] in) {
    /**
     * {@code y ← y + H x}, or {@code y + Hᵀ x}, for a half H of n rows. The transpose exchanges out and in,
     * transposes the transitions and runs the other way.
     */
    void add(boolean down, boolean transposed, int n, double[] x, double[] y) {
        int first = down == transposed ? n - 1 : 0;
        int step = down == transposed ? -1 : 1;
        double[] o = transposed ? in : out;
        double[] q = transposed ? out : in;
        if (diagonal) {
            // States that do not meet run in groups, each held in registers.
            int state = 0;
            for (; state + 8 <= rank; state += 8) {
                addDiagonal8(state, first, step, n, o, q, x, y);
            }
            for (; state + 2 <= rank; state += 2) {
                addDiagonal2(state, first, step, n, o, q, x, y);
            }
            if (state < rank) {
                addDiagonal1(state, first, step, n, o, q, x, y);
            }
        } else if (transposed) {
            addTransposed(first, step, n, o, q, x, y);
        } else if (rank == 8) {
            addFull8(first, step, n, o, q, x, y);
        } else if (rank == 2) {
            addFull2(first, step, n, o, q, x, y);
        } else {
            addFull(first, step, n, o, q, x, y);
        }
    }

    private void addDiagonal8(int state, int first, int step, int n, double[] o, double[] q, double[] x, double[] y) {
        double[] r = transition;
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

    private void addDiagonal2(int state, int first, int step, int n, double[] o, double[] q, double[] x, double[] y) {
        double[] r = transition;
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

    private void addDiagonal1(int state, int first, int step, int n, double[] o, double[] q, double[] x, double[] y) {
        double g = 0;
        for (int t = 0, i = first; t < n; t++, i += step) {
            int at = i * rank + state;
            y[i] += o[at] * g;
            g = transition[at] * g + q[at] * x[i];
        }
    }

    private void addFull2(int first, int step, int n, double[] o, double[] q, double[] x, double[] y) {
        double[] r = transition;
        double g0 = 0;
        double g1 = 0;
        for (int t = 0, i = first; t < n; t++, i += step) {
            int at = 2 * i;
            double z = x[i];
            y[i] += o[at] * g0 + o[at + 1] * g1;
            double a0 = q[at] * z + r[2 * at] * g0 + r[2 * at + 1] * g1;
            g1 = q[at + 1] * z + r[2 * at + 2] * g0 + r[2 * at + 3] * g1;
            g0 = a0;
        }
    }

    private void addFull8(int first, int step, int n, double[] o, double[] q, double[] x, double[] y) {
        double[] r = transition;
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

    private void addFull(int first, int step, int n, double[] o, double[] q, double[] x, double[] y) {
        double[] g = new double[rank];
        double[] next = new double[rank];
        for (int t = 0, i = first; t < n; t++, i += step) {
            y[i] += SmallProducts.dot(o, i * rank, g, 0, rank);
            step(i, q, x[i], g, next);
            double[] swap = g;
            g = next;
            next = swap;
        }
    }

    private void addTransposed(int first, int step, int n, double[] o, double[] q, double[] x, double[] y) {
        double[] g = new double[rank];
        double[] next = new double[rank];
        for (int t = 0, i = first; t < n; t++, i += step) {
            y[i] += SmallProducts.dot(o, i * rank, g, 0, rank);
            stepTransposed(i, q, x[i], g, next);
            double[] swap = g;
            g = next;
            next = swap;
        }
    }

    /** {@code next ← transition_i g + q_i x}, for {@code q} in the layout of {@link #in}. */
    void step(int i, double[] q, double x, double[] g, double[] next) {
        int at = i * rank;
        if (diagonal) {
            for (int a = 0; a < rank; a++) {
                next[a] = q[at + a] * x + transition[at + a] * g[a];
            }
            return;
        }
        for (int a = 0; a < rank; a++) {
            next[a] = q[at + a] * x + SmallProducts.dot(transition, (at + a) * rank, g, 0, rank);
        }
    }

    /** {@code next ← transition_iᵀ g + q_i x}, for {@code q} in the layout of {@link #in}. */
    void stepTransposed(int i, double[] q, double x, double[] g, double[] next) {
        if (diagonal) {
            step(i, q, x, g, next);
            return;
        }
        int at = i * rank;
        if (rank % 4 == 0) {
            SmallProducts.multiplyRow(rank, g, 0, transition, at * rank, next, 0, rank);
            for (int b = 0; b < rank; b++) {
                next[b] += q[at + b] * x;
            }
            return;
        }
        for (int b = 0; b < rank; b++) {
            double sum = q[at + b] * x;
            for (int a = 0; a < rank; a++) {
                sum += transition[(at + a) * rank + b] * g[a];
            }
            next[b] = sum;
        }
    }

    /** The transitions written out as full matrices at block {@code i}, row by row into {@code r (rank×rank)}. */
    void transition(int i, double[] r) {
        if (diagonal) {
            Arrays.fill(r, 0, rank * rank, 0);
            for (int a = 0; a < rank; a++) {
                r[a * rank + a] = transition[i * rank + a];
            }
        } else {
            System.arraycopy(transition, i * rank * rank, r, 0, rank * rank);
        }
    }
}
