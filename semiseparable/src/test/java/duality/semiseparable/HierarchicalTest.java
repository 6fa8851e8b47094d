package duality.semiseparable;

import static duality.semiseparable.StructuredMatrices.K;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HierarchicalTest {
    private final SplittableRandom random = new SplittableRandom(3);

    /** The buckets of the paper: from t down, each time a block as long as the lowest bit that is left. */
    @Test
    void levelsAreTheBucketsOfTheFenwickTree() {
        for (int t = 0; t < 70; t++) {
            assertThat(Hierarchical.level(t, t)).isZero();
            int end = t;
            while (end > 0) {
                int bit = Integer.numberOfTrailingZeros(end);
                int begin = end - (1 << bit);
                for (int s = begin; s < end; s++) {
                    assertThat(Hierarchical.level(t, s)).isEqualTo(bit + 1);
                }
                end = begin;
            }
        }
    }

    @Test
    void multipliesAndSolvesAsItsEntriesDo() {
        for (int length = 0; length <= 40; length++) {
            Hierarchical mask = StructuredMatrices.hierarchical(random, length);
            double[] a = random.doubles(length, -1, 1).toArray();
            if (length > 4) {
                a[length / 2] = 0;
            }
            Hierarchical h = new Hierarchical(mask.lambda(), a, mask.properties());
            DMatrixRMaj entries = Lifting.entries(h, 0, length, 0, length);
            DMatrixRMaj x = StructuredMatrices.dense(random, length, 2);
            double bound = 64 * (length + 1) * 0x1p-53;
            assertThat(StructuredMatrices.max(K.subtract(h.multiply(x), K.multiply(entries, x))))
                    .isLessThanOrEqualTo(bound);
            assertThat(StructuredMatrices.max(K.subtract(h.multiplyTransposed(x), K.multiplyTransposeLeft(entries, x))))
                    .isLessThanOrEqualTo(bound);
        }
    }

    /** The generic rank of the parts on or below the diagonal grows with the logarithm of the length. */
    @ParameterizedTest
    @CsvSource({"16, 3", "32, 4", "64, 5", "128, 6"})
    void semiseparableRankGrowsWithTheLogarithm(int length, int rank) {
        Hierarchical mask = new Hierarchical(new DMatrixRMaj(
                length,
                Hierarchical.levels(length) + 1,
                true,
                random.doubles((long) length * (Hierarchical.levels(length) + 1), 0.5, 1.5)
                        .toArray()));
        DMatrixRMaj a = mask.toDense();
        int largest = 0;
        for (int i = 0; i < length; i++) {
            largest = Math.max(largest, rank(K.block(a, i, length, 0, i + 1)));
        }
        assertThat(largest).isEqualTo(rank);
    }

    private static int rank(DMatrixRMaj a) {
        double[] values = K.svd(a).singularValues();
        int rank = 0;
        while (rank < values.length && values[rank] > 1e-10 * values[0]) {
            rank++;
        }
        return rank;
    }
}
