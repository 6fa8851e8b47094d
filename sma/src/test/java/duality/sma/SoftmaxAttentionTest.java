package duality.sma;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import duality.algebra.EjmlBlocks;
import duality.algebra.FieldBlocks;
import duality.algebra.FloatBlocks;
import duality.algebra.PrimeField;
import duality.algebra.RingMatrix;
import duality.contraction.DoubleOperations;
import duality.errors.Fault;
import duality.errors.ShapeException;
import duality.errors.ValueException;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SoftmaxAttentionTest {
    private static final EjmlBlocks K = EjmlBlocks.INSTANCE;
    private static final double U = 0x1p-53;

    /** {@code softmax(Q Kᵀ scale) V}, row by row, each relative to its largest score. */
    private static double[] definition(DMatrixRMaj q, DMatrixRMaj k, DMatrixRMaj v, double scale, boolean causal) {
        double[] y = new double[q.numRows * v.numCols];
        for (int t = 0; t < q.numRows; t++) {
            int seen = causal ? t + 1 : k.numRows;
            double[] scores = new double[seen];
            for (int s = 0; s < seen; s++) {
                for (int n = 0; n < q.numCols; n++) {
                    scores[s] += q.get(t, n) * k.get(s, n);
                }
                scores[s] *= scale;
            }
            double largest = Arrays.stream(scores).max().orElseThrow();
            double sum = Arrays.stream(scores).map(x -> Math.exp(x - largest)).sum();
            for (int s = 0; s < seen; s++) {
                for (int p = 0; p < v.numCols; p++) {
                    y[t * v.numCols + p] += Math.exp(scores[s] - largest) / sum * v.get(s, p);
                }
            }
        }
        return y;
    }

    /**
     * Scores are off by γ_{N+1} Σ|q||k||scale| ≤ (N + 1) N r² |scale| u, differences of two by twice that and 2 u of
     * themselves; so weights are by e = (2 (N + 1) + 4) N r² |scale| u, once for every block, relatively. The sums round
     * T times above and below, an exponential twice a block, and outputs are averages of values below r: two ways differ
     * by 2 r (2 e B + 2 (T + 4 B) u).
     */
    private static double bound(int keys, int n, double r, double scale, int blocks, double u) {
        double e = (2 * (n + 1) + 4) * n * r * r * Math.abs(scale) * u;
        return 2 * r * (2 * e * (blocks + 1) + 2 * (keys + 4.0 * blocks) * u);
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "5, 1", "5, 2", "7, 7", "33, 4", "64, 16", "65, 64", "40, 1000"})
    void blocksChangeNothing(int length, int blockLength) {
        MaskKind.Real numbers = new MaskKind.Real(new Random(length));
        for (double scale : new double[] {0.5, -2, 300, 0}) {
            for (boolean causal : new boolean[] {true, false}) {
                int queries = causal ? length : length / 2 + 1;
                DMatrixRMaj q = numbers.draw(queries, 4);
                DMatrixRMaj k = numbers.draw(length, 4);
                DMatrixRMaj v = numbers.draw(length, 3);
                double[] expected = definition(q, k, v, scale, causal);
                double[] actual = K.toArray(new SoftmaxAttention(scale, causal, blockLength).run(K, q, k, v));
                int blocks = Math.ceilDiv(length, blockLength);
                double bound = bound(length, 4, 1, scale, blocks, U);
                for (int i = 0; i < expected.length; i++) {
                    assertThat(Math.abs(actual[i] - expected[i]))
                            .as("scale %s, causal %s", scale, causal)
                            .isLessThanOrEqualTo(bound);
                }
            }
        }
    }

    /** Scores of a million, of which exponentials overflow, choose the largest. */
    @Test
    void largeScoresDoNotOverflow() {
        DMatrixRMaj q = K.of(2, 1, new double[] {1e3, -1e3});
        DMatrixRMaj k = K.of(3, 1, new double[] {-1e3, 1e3, 999});
        DMatrixRMaj v = K.of(3, 1, new double[] {1, 2, 3});
        for (int blockLength : new int[] {1, 2, 3}) {
            assertThat(K.toArray(new SoftmaxAttention(1, false, blockLength).run(K, q, k, v)))
                    .containsExactly(2, 1);
        }
    }

    @Test
    void singlePrecisionIsWithinItsBound() {
        FloatBlocks k = FloatBlocks.INSTANCE;
        MaskKind.Real numbers = new MaskKind.Real(new Random(2));
        double[][] entries = IntStream.range(0, 3)
                .mapToObj(i -> k.toArray(k.of(50, 4, K.toArray(numbers.draw(50, 4)))))
                .toArray(double[][]::new); // rounded: the same inputs for both
        double[] expected = K.toArray(new SoftmaxAttention(0.5, true, 8)
                .run(K, K.of(50, 4, entries[0]), K.of(50, 4, entries[1]), K.of(50, 4, entries[2])));
        double[] actual = k.toArray(new SoftmaxAttention(0.5, true, 8)
                .run(k, k.of(50, 4, entries[0]), k.of(50, 4, entries[1]), k.of(50, 4, entries[2])));
        double bound = bound(50, 4, 1, 0.5, 7, 0x1p-24);
        for (int i = 0; i < expected.length; i++) {
            assertThat(Math.abs(actual[i] - expected[i])).isLessThanOrEqualTo(bound);
        }
    }

    /**
     * No finite dual: with scores t s ln 2, the weights 2^{ts} are a Vandermonde matrix, whose blocks have full rank. So
     * the semiseparable rank is ⌈T/2⌉ at every length, whatever the state.
     */
    @Test
    void theRankGrowsWithoutBound() {
        FieldBlocks<Long> f = MaskKind.Exact.BLOCKS;
        for (int length : new int[] {1, 4, 9, 16, 32}) {
            RingMatrix<Long> weights =
                    RingMatrix.of(length, length, (t, s) -> s > t ? 0 : PrimeField.power(2, (long) t * s));
            assertThat(IntStream.range(0, length)
                            .map(i -> f.rank(f.block(weights, i, length, 0, i + 1)))
                            .max())
                    .hasValue(Mask.largestRank(length));
        }
    }

    /** With many features linear attention comes near softmax attention, which is what random features are for. */
    @Test
    void randomFeaturesApproachIt() {
        MaskKind.Real numbers = new MaskKind.Real(new Random(9));
        DMatrixRMaj q = numbers.draw(30, 3);
        DMatrixRMaj k = numbers.draw(30, 3);
        DMatrixRMaj v = numbers.draw(30, 1);
        double[] exact = K.toArray(new SoftmaxAttention(1, true, 8).run(K, q, k, v));
        double[] errors = IntStream.of(16, 256, 4096)
                .mapToDouble(count -> {
                    FeatureMap map =
                            FeatureMap.RandomFeatures.draw(FeatureMap.RandomKind.HYPERBOLIC, count, 3, new Random(1));
                    double[] y = K.toArray(StructuredMaskedAttention.of(
                                    K, OneSemiseparableMask.causal(K, 30), map.apply(K, q), map.apply(K, k))
                            .normalised(StructuredMaskedAttention.Form.LINEAR, DoubleOperations.INSTANCE, K, v));
                    return IntStream.range(0, 30)
                            .mapToDouble(i -> Math.abs(y[i] - exact[i]))
                            .max()
                            .orElseThrow();
                })
                .toArray();
        assertThat(errors[1]).isLessThan(errors[0]);
        assertThat(errors[2]).isLessThan(errors[1]).isLessThan(0.1);
    }

    @Test
    void emptySequencesAndBadInput() {
        SoftmaxAttention causal = new SoftmaxAttention(1, true, 4);
        assertThat(causal.run(K, K.zeros(0, 2), K.zeros(0, 2), K.zeros(0, 3)).numCols)
                .isEqualTo(3);
        assertThatThrownBy(() -> causal.run(K, K.zeros(3, 2), K.zeros(4, 2), K.zeros(4, 1)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("queries 3x2")
                .hasMessageContaining("keys 4x2");
        assertThatThrownBy(() -> new SoftmaxAttention(1, false, 4).run(K, K.zeros(3, 2), K.zeros(0, 2), K.zeros(0, 1)))
                .hasMessage("3 queries attend to no keys");
        assertThatThrownBy(() -> causal.run(K, K.ones(2, 1), K.of(2, 1, new double[] {0, Double.NaN}), K.ones(2, 1)))
                .isInstanceOfSatisfying(
                        ValueException.class, e -> assertThat(e.fault()).isEqualTo(Fault.NOT_FINITE))
                .hasMessage("the score of query 1 and key 1 is NaN");
        assertThatThrownBy(() -> new SoftmaxAttention(1, false, 0)).hasMessageContaining("block length 0");
        assertThatThrownBy(() -> new SoftmaxAttention(Double.NaN, false, 1)).hasMessageContaining("NaN");
    }
}
