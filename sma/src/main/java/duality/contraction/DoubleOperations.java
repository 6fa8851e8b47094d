package duality.contraction;

import duality.algebra.EjmlBlocks;
import org.ejml.data.DMatrixRMaj;

/**
 * Arrays in double precision on EJML's matrices. Products are sums of scaled rows, four at a time, over
 * tiles of the right factor that stay in cache; the inner loops are ones that the compiler vectorises. The
 * order of every sum is fixed, and an entry that sums k products has an error of at most γ_k Σ|a||b|.
 */
public enum DoubleOperations implements ArrayOperations<DMatrixRMaj> {
    /** The only instance. */
    INSTANCE;

    /** Rows and columns of a tile of the right factor: 128 KiB. */
    private static final int TILE = 128;

    @Override
    public EjmlBlocks blocks() {
        return EjmlBlocks.INSTANCE;
    }

    @Override
    public DMatrixRMaj gather(DMatrixRMaj a, int[] lengths, int[] strides) {
        double[] from = a.data;
        double[] to = new double[Strides.size(lengths)];
        int inner = lengths.length - 1;
        if (inner < 0) {
            to[0] = from[0];
        } else if (to.length > 0) {
            int length = lengths[inner];
            int stride = strides[inner];
            int[] index = new int[inner];
            int position = 0;
            for (int start = 0; start < to.length; start += length) {
                if (stride == 1) {
                    System.arraycopy(from, position, to, start, length);
                } else {
                    for (int i = 0; i < length; i++) {
                        to[start + i] = from[position + i * stride];
                    }
                }
                position = Strides.next(index, lengths, strides, inner, position);
            }
        }
        return DMatrixRMaj.wrap(1, to.length, to);
    }

    @Override
    public DMatrixRMaj multiply(DMatrixRMaj a, DMatrixRMaj b, int batch, int m, int k, int n) {
        DMatrixRMaj c = blocks().zeros(batch * m, n);
        for (int i = 0; i < batch; i++) {
            if (n == 1) {
                multiplyColumn(a.data, i * m * k, b.data, i * k, c.data, i * m, m, k);
            } else {
                multiply(a.data, i * m * k, b.data, i * k * n, c.data, i * m * n, m, k, n);
            }
        }
        return c;
    }

    private static void multiply(
            double[] a, int fromA, double[] b, int fromB, double[] c, int fromC, int m, int k, int n) {
        for (int p = 0; p < k; p += TILE) {
            int toP = Math.min(p + TILE, k);
            for (int j = 0; j < n; j += TILE) {
                int width = Math.min(TILE, n - j);
                for (int i = 0; i < m; i++) {
                    addRows(a, fromA + i * k, p, toP, b, fromB + j, n, c, fromC + i * n + j, width);
                }
            }
        }
    }

    /** Adds to a row of c the rows p … toP of b, each times an entry of a row of a. */
    private static void addRows(
            double[] a, int rowA, int p, int toP, double[] b, int fromB, int n, double[] c, int rowC, int width) {
        int q = p;
        for (; q + 4 <= toP; q += 4) {
            double a0 = a[rowA + q];
            double a1 = a[rowA + q + 1];
            double a2 = a[rowA + q + 2];
            double a3 = a[rowA + q + 3];
            int b0 = fromB + q * n;
            int b1 = b0 + n;
            int b2 = b1 + n;
            int b3 = b2 + n;
            for (int j = 0; j < width; j++) {
                c[rowC + j] += a0 * b[b0 + j] + a1 * b[b1 + j] + (a2 * b[b2 + j] + a3 * b[b3 + j]);
            }
        }
        for (; q < toP; q++) {
            double a0 = a[rowA + q];
            int b0 = fromB + q * n;
            for (int j = 0; j < width; j++) {
                c[rowC + j] += a0 * b[b0 + j];
            }
        }
    }

    private static void multiplyColumn(
            double[] a, int fromA, double[] b, int fromB, double[] c, int fromC, int m, int k) {
        for (int i = 0; i < m; i++) {
            double even = 0;
            double odd = 0;
            int row = fromA + i * k;
            int p = 0;
            for (; p + 2 <= k; p += 2) {
                even += a[row + p] * b[fromB + p];
                odd += a[row + p + 1] * b[fromB + p + 1];
            }
            if (p < k) {
                even += a[row + p] * b[fromB + p];
            }
            c[fromC + i] = even + odd;
        }
    }
}
