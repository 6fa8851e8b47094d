package duality.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import duality.kernels.StateKernels.Transitions;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * What the chosen kernels of recurrences must do: the same as the plain loops. On small integers nothing is rounded, so
 * the results are equal. Runs in a class loader of its own for every width.
 */
final class StateKernelLaws {
    private final StateKernels chosen = Simd.states();
    private final StateKernels plain = new StateKernels();
    private final SplittableRandom random = new SplittableRandom(7);

    private StateKernelLaws() {}

    /** Checks the kernels that {@link Simd} chose. */
    @SuppressWarnings("unused") // by reflection
    static void checkChosen() {
        StateKernelLaws laws = new StateKernelLaws();
        for (int rank = 0; rank <= 16; rank++) {
            for (int n = 0; n <= 8; n++) {
                for (Transitions kind : Transitions.values()) {
                    laws.recurrences(rank, kind, n);
                }
            }
            laws.products(rank);
            laws.reflections(rank);
        }
        laws.cholesky();
    }

    private double[] integers(int length, int size) {
        double[] values = new double[length];
        Arrays.setAll(values, i -> random.nextInt(-size, size + 1));
        return values;
    }

    /** States grow by at most 2·rank a step and stay below 2⁵³ in 8 steps. */
    private void recurrences(int rank, Transitions kind, int n) {
        int first = random.nextBoolean() ? 0 : n - 1;
        int step = first == 0 ? 1 : -1;
        double[] o = integers(n * rank, 2);
        double[] t = integers(kind == Transitions.DIAGONAL ? n * rank : n * rank * rank, 1);
        double[] q = integers(n * rank, 2);
        double[] x = integers(n, 2);
        double[] before = integers(n, 9);
        double[] d = random.nextBoolean() ? null : integers(n, 5);
        double[] expected = before.clone();
        plain.add(rank, kind, first, step, n, d, o, t, q, x, expected);
        same(expected, byEntries(rank, kind, first, step, n, d, o, t, q, x, before));
        double[] found = before.clone();
        chosen.add(rank, kind, first, step, n, d, o, t, q, x, found);
        same(found, expected);

        double[] c = new double[n];
        Arrays.setAll(c, i -> random.nextBoolean() ? 1 : -1);
        double[] sparse = Arrays.stream(integers(n * rank, 1))
                .map(v -> v * random.nextInt(2))
                .toArray();
        double[] solved = x.clone();
        plain.substitute(rank, kind, first, step, n, sparse, t, q, c, solved);
        double[] solvedByChosen = x.clone();
        chosen.substitute(rank, kind, first, step, n, sparse, t, q, c, solvedByChosen);
        double[] product = new double[n];
        plain.add(rank, kind, first, step, n, c, sparse, t, q, solved, product);
        // Substitution grows faster than a product: exact as long as it stays small.
        if (Arrays.stream(solved).allMatch(v -> Math.abs(v) < 0x1p40)) {
            same(solvedByChosen, solved);
            same(product, x);
        }
    }

    /** {@code y_i + Σ_j o_i T … T q_j x_j} with the storage read entry by entry. */
    private static double[] byEntries(
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
            double[] before) {
        double[] y = before.clone();
        double[] g = new double[rank];
        for (int s = 0, i = first; s < n; s++, i += step) {
            double[] next = new double[rank];
            y[i] = d == null ? y[i] : d[i] * x[i];
            for (int a = 0; a < rank; a++) {
                y[i] += o[i * rank + a] * g[a];
                next[a] = q[i * rank + a] * x[i];
                for (int b = 0; b < rank; b++) {
                    double entry = switch (kind) {
                        case DIAGONAL -> a == b ? t[i * rank + a] : 0;
                        case COLUMNS -> t[(i * rank + b) * rank + a];
                        case ROWS -> t[(i * rank + a) * rank + b];
                    };
                    next[a] += entry * g[b];
                }
            }
            g = next;
        }
        return y;
    }

    private void products(int inner) {
        int rows = random.nextInt(10);
        int width = chosen.padded(random.nextInt(20));
        int stride = width + random.nextInt(3);
        boolean byColumns = random.nextBoolean();
        int aRow = byColumns ? 1 : inner;
        int aStep = byColumns ? rows : 1;
        double[] a = integers(rows * inner + 2, 9);
        double[] m = integers(inner * stride + width + 1, 9);
        double[] expected = integers(rows * (width + 1) + 3, 9);
        double[] found = expected.clone();
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < width; j++) {
                double sum = 0;
                for (int k = 0; k < inner; k++) {
                    sum += a[2 + i * aRow + k * aStep] * m[1 + k * stride + j];
                }
                expected[3 + i * (width + 1) + j] = sum;
            }
        }
        double[] byPlain = found.clone();
        plain.multiply(rows, inner, a, 2, aRow, aStep, m, 1, stride, width, byPlain, 3, width + 1);
        chosen.multiply(rows, inner, a, 2, aRow, aStep, m, 1, stride, width, found, 3, width + 1);
        same(byPlain, expected);
        same(found, expected);
    }

    private void reflections(int size) {
        int stride = chosen.padded(size + 9);
        double[] m = integers((size + 1) * stride, 9);
        double[] v = Arrays.copyOf(integers(size + 1, 3), chosen.padded(size + 1));
        double[] found = m.clone();
        double[] expected = m.clone();
        int from = random.nextInt(size + 1);
        int column = random.nextInt(stride);
        chosen.reflectRows(v, 0, from, size + 1, found, stride, column);
        for (int j = column; j < stride; j++) {
            double sum = 0;
            for (int k = from; k <= size; k++) {
                sum += v[k] * m[k * stride + j];
            }
            for (int k = from; k <= size; k++) {
                expected[k * stride + j] -= v[k] * sum;
            }
        }
        for (int k = 0; k <= size; k++) { // columns before the first may be reflected too, in whole groups
            for (int j = column; j < stride; j++) {
                assertThat(found[k * stride + j] - expected[k * stride + j]).isZero();
            }
        }
        found = m.clone();
        expected = m.clone();
        chosen.reflectColumns(v, 0, size + 1, found, size, stride, 1);
        plain.reflectColumns(v, 0, size + 1, expected, size, stride, 1);
        same(found, expected);
    }

    /** Both factorise within rounding of each other, and report the same pivot that fails. */
    private void cholesky() {
        for (Transitions kind : new Transitions[] {Transitions.DIAGONAL, Transitions.COLUMNS}) {
            for (int rank : new int[] {0, 3, 8, 16}) {
                int n = 30;
                double[] d = new double[n];
                Arrays.fill(d, 4.0 * (rank + 1));
                double[] p = draw(n * rank);
                double[] q = draw(n * rank);
                double[] t = draw(kind == Transitions.DIAGONAL ? n * rank : n * rank * rank);
                double scale = kind == Transitions.DIAGONAL ? 0.5 : 0.5 / Math.max(1, rank);
                Arrays.setAll(t, i -> t[i] * scale);
                double[][] c = {new double[n], new double[n]};
                double[][] f = {new double[n * rank], new double[n * rank]};
                assertThat(plain.cholesky(rank, kind, n, d, p, t, q, c[0], f[0]))
                        .isEqualTo(n);
                assertThat(chosen.cholesky(rank, kind, n, d, p, t, q, c[1], f[1]))
                        .isEqualTo(n);
                close(c[0], c[1]);
                close(f[0], f[1]);
                d[17] = -1;
                assertThat(chosen.cholesky(rank, kind, n, d, p, t, q, c[1], f[1]))
                        .isEqualTo(17);
                assertThat(c[1][17]).isNegative();
            }
        }
    }

    private double[] draw(int length) {
        double[] values = new double[length];
        Arrays.setAll(values, i -> random.nextDouble(-1, 1));
        return values;
    }

    /** Equal as numbers; zeros of either sign are. */
    private static void same(double[] found, double[] expected) {
        assertThat(Arrays.stream(found).map(v -> v + 0.0).toArray())
                .containsExactly(Arrays.stream(expected).map(v -> v + 0.0).toArray());
    }

    /** Pivots between 1 and 70 and entries below 1: a few hundred roundings of numbers below 70. */
    private static void close(double[] a, double[] b) {
        for (int i = 0; i < a.length; i++) {
            assertThat(Math.abs(a[i] - b[i])).isLessThanOrEqualTo(0x1p-53 * 300 * 70);
        }
    }
}
