package duality.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.ForkJoinPool;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.RandomMatrices_DDRM;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Products of integers are exact, and EJML's are the oracle. Sizes lie around those of blocks, panels and tiles. */
class DenseMultiplyTest {
    private final SplittableRandom random = new SplittableRandom(11);

    private double[] integers(int length) {
        return random.doubles(length, -5, 5).map(v -> Math.rint(v) + 0.0).toArray();
    }

    private static float[] floats(double[] values) {
        float[] result = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            result[i] = (float) values[i];
        }
        return result;
    }

    private static double[] doubles(float[] values) {
        double[] result = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            result[i] = values[i];
        }
        return result;
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, 0",
        "3, 4, 0",
        "0, 5, 6",
        "5, 0, 2",
        "1, 1, 1",
        "1, 67, 3",
        "67, 1, 5",
        "8, 32, 16",
        "9, 33, 17",
        "64, 64, 64",
        "129, 31, 257",
        "130, 1030, 40",
        "300, 20, 530",
        "17, 1100, 300",
        "257, 129, 513"
    })
    void everyTransposeAndStrideIsEjmls(int m, int n, int k) {
        for (int variant = 0; variant < 8; variant++) {
            boolean aTransposed = (variant & 1) != 0;
            boolean bTransposed = (variant & 2) != 0;
            boolean add = (variant & 4) != 0;
            int aRow = (aTransposed ? m : k) + variant % 3;
            int bRow = (bTransposed ? k : n) + variant % 2;
            int cRow = n + 1;
            double[] a = integers(2 + (aTransposed ? k : m) * aRow);
            double[] b = integers(1 + (bTransposed ? n : k) * bRow);
            double[] before = integers(3 + m * cRow);
            double[] c = before.clone();
            int aI = aTransposed ? 1 : aRow;
            int aP = aTransposed ? aRow : 1;
            int bP = bTransposed ? 1 : bRow;
            int bJ = bTransposed ? bRow : 1;
            DenseMultiply.multiply(m, n, k, a, 2, aI, aP, b, 1, bP, bJ, c, 3, cRow, add);
            float[] single = floats(before);
            DenseMultiply.multiply(m, n, k, floats(a), 2, aI, aP, floats(b), 1, bP, bJ, single, 3, cRow, add);
            DMatrixRMaj left = new DMatrixRMaj(m, k);
            left.data = gathered(a, 2, aI, aP, m, k);
            DMatrixRMaj right = new DMatrixRMaj(k, n);
            right.data = gathered(b, 1, bP, bJ, k, n);
            DMatrixRMaj product = CommonOps_DDRM.mult(left, right, (DMatrixRMaj) null);
            double[] expected = before.clone(); // what lies between the rows stays
            for (int i = 0; i < m; i++) {
                for (int j = 0; j < n; j++) {
                    int at = 3 + i * cRow + j;
                    expected[at] = product.get(i, j) + (add ? before[at] : 0);
                }
            }
            assertThat(c).isEqualTo(expected);
            assertThat(doubles(single)).isEqualTo(expected);
        }
    }

    private static double[] gathered(double[] from, int at, int row, int column, int rows, int columns) {
        double[] to = new double[rows * columns];
        for (int i = 0; i < to.length; i++) {
            to[i] = from[at + i / columns * row + i % columns * column];
        }
        return to;
    }

    @ParameterizedTest
    @CsvSource({"200, 150, 300", "100, 700, 90", "400, 60, 260"})
    void bitsDoNotDependOnThreads(int m, int n, int k) {
        DMatrixRMaj a = RandomMatrices_DDRM.rectangle(m, k, -1, 1, new Random(1));
        DMatrixRMaj b = RandomMatrices_DDRM.rectangle(k, n, -1, 1, new Random(2));
        double[] one = product(1, m, n, k, a.data, b.data);
        double[] many = product(5, m, n, k, a.data, b.data);
        assertThat(many).isEqualTo(one);
        double[] oracle = CommonOps_DDRM.mult(a, b, (DMatrixRMaj) null).data;
        for (int i = 0; i < oracle.length; i++) {
            // Entries are sums of k products below one, in both; each sum's error is at most γ_k k.
            assertThat(one[i]).isCloseTo(oracle[i], org.assertj.core.data.Offset.offset(2.1 * k * k * 0x1p-53));
        }
    }

    private static double[] product(int threads, int m, int n, int k, double[] a, double[] b) {
        double[] c = new double[m * n];
        try (ForkJoinPool pool = new ForkJoinPool(threads)) {
            pool.submit(() -> DenseMultiply.multiply(m, n, k, a, 0, k, 1, b, 0, n, 1, c, 0, n, false))
                    .join();
        }
        return c;
    }

    @ParameterizedTest
    @CsvSource({"3, 4, 5, 6", "0, 2, 2, 2", "2, 33, 9, 65"})
    void aBatchIsItsProducts(int batch, int m, int n, int k) {
        double[] a = integers(batch * m * k);
        double[] b = integers(batch * k * n);
        double[] expected = new double[batch * m * n];
        for (int i = 0; i < batch; i++) {
            DenseMultiply.multiply(m, n, k, a, i * m * k, k, 1, b, i * k * n, n, 1, expected, i * m * n, n, false);
        }
        double[] c = new double[expected.length];
        DenseMultiply.multiplyBatch(batch, m, n, k, a, b, c);
        assertThat(c).isEqualTo(expected);
        float[] single = new float[expected.length];
        DenseMultiply.multiplyBatch(batch, m, n, k, floats(a), floats(b), single);
        assertThat(doubles(single)).isEqualTo(expected);
    }
}
