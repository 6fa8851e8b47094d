package duality.kernels;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The kernels in float64 by plain loops. */
class ScalarDoubles extends ScalarKernels<double[]> {
    /** Squares in which both sides of a transpose stay in the first-level cache. */
    private static final int SQUARE = 16;

    @Override
    public double[] allocate(int length) {
        return new double[length];
    }

    @Override
    public int length(double[] array) {
        return array.length;
    }

    @Override
    public int bytes() {
        return Double.BYTES;
    }

    @Override
    public double unitRoundoff() {
        return 0x1p-53;
    }

    @Override
    public double get(double[] array, int at) {
        return array[at];
    }

    @Override
    public void set(double[] array, int at, double value) {
        array[at] = value;
    }

    @Override
    public void fill(double[] array, int from, int to, double value) {
        Arrays.fill(array, from, to, value);
    }

    @Override
    public void gather(
            int rows, int columns, double[] from, int at, int row, int column, double[] to, int toAt, int toRow) {
        for (int fromI = 0; fromI < rows; fromI += SQUARE) {
            int toI = Math.min(fromI + SQUARE, rows);
            for (int fromJ = 0; fromJ < columns; fromJ += SQUARE) {
                int toJ = Math.min(fromJ + SQUARE, columns);
                for (int i = fromI; i < toI; i++) {
                    for (int j = fromJ; j < toJ; j++) {
                        to[toAt + i * toRow + j] = from[at + i * row + j * column];
                    }
                }
            }
        }
    }

    @Override
    public void multiply(
            int m,
            int n,
            int k,
            double[] a,
            int aAt,
            int aRow,
            Part part,
            double[] b,
            int bAt,
            int bPanel,
            double[] c,
            int cAt,
            int cRow,
            int cPanel,
            double @Nullable [] scale,
            int scaleAt,
            int scaleStep) {
        int w = panel();
        for (int j = 0; j * w < n; j++) {
            for (int i = 0; i < m; i++) {
                int from = part == Part.UPPER ? Math.min(i, k) : 0;
                int to = part == Part.LOWER ? Math.min(i + 1, k) : k;
                double factor = scale == null ? 0 : scale[scaleAt + i * scaleStep];
                for (int q = 0; q < w; q += 4) {
                    double s0 = 0;
                    double s1 = 0;
                    double s2 = 0;
                    double s3 = 0;
                    for (int p = from; p < to; p++) {
                        double x = a[aAt + i * aRow + p];
                        int row = bAt + j * bPanel + p * w + q;
                        s0 += x * b[row];
                        s1 += x * b[row + 1];
                        s2 += x * b[row + 2];
                        s3 += x * b[row + 3];
                    }
                    int at = cAt + j * cPanel + i * cRow + q;
                    c[at] = scale == null ? s0 : factor * c[at] + s0;
                    c[at + 1] = scale == null ? s1 : factor * c[at + 1] + s1;
                    c[at + 2] = scale == null ? s2 : factor * c[at + 2] + s2;
                    c[at + 3] = scale == null ? s3 : factor * c[at + 3] + s3;
                }
            }
        }
    }
}
