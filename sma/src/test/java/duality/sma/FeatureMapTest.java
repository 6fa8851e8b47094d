package duality.sma;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import duality.algebra.EjmlBlocks;
import duality.algebra.FieldBlocks;
import duality.algebra.FloatBlocks;
import duality.algebra.PrimeField;
import duality.algebra.RingMatrix;
import duality.errors.ShapeException;
import duality.sma.FeatureMap.Elementwise;
import duality.sma.FeatureMap.RandomFeatures;
import duality.sma.FeatureMap.RandomKind;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FeatureMapTest {
    private static final EjmlBlocks K = EjmlBlocks.INSTANCE;

    private static double kernel(FeatureMap map, double[] q, double[] k) {
        return K.multiplyTransposeRight(map.apply(K, K.of(1, q.length, q)), map.apply(K, K.of(1, k.length, k)))
                .get(0);
    }

    @Test
    void elementwiseMapsAreTheirFormulas() {
        DMatrixRMaj x = K.of(1, 3, new double[] {-2, 0, 3});
        assertThat(Elementwise.IDENTITY.apply(K, x).data).containsExactly(-2, 0, 3);
        assertThat(Elementwise.SWISH.apply(K, x).data)
                .containsExactly(-2 / (1 + Math.exp(2)), 0, 3 / (1 + Math.exp(-3)));
        assertThat(Elementwise.EXP.apply(K, x).data).containsExactly(Math.exp(-2), 1, Math.exp(3));
        assertThat(Elementwise.RELU.apply(K, x).data).containsExactly(0, 0, 3);
        assertThat(Elementwise.ELU_PLUS_ONE.apply(K, x).data).containsExactly(Math.exp(-2), 1, 4);
        assertThat(FloatBlocks.INSTANCE.toArray(Elementwise.RELU.apply(
                        FloatBlocks.INSTANCE, FloatBlocks.INSTANCE.of(1, 3, new double[] {-2, 0, 3}))))
                .containsExactly(0, 0, 3);
        assertThat(Elementwise.IDENTITY.hasPositiveKernel()).isFalse();
        assertThat(Elementwise.SWISH.hasPositiveKernel()).isFalse();
    }

    /** Those that claim a positive kernel have one. */
    @Test
    void positiveKernelsAreNotNegative() {
        Random random = new Random(1);
        for (FeatureMap map : new FeatureMap[] {
            Elementwise.EXP,
            Elementwise.RELU,
            Elementwise.ELU_PLUS_ONE,
            FeatureMap.Taylor.SECOND_ORDER,
            new FeatureMap.Rebased(new double[] {1, -2, 3}, new double[] {0.5, 0, -1}),
            RandomFeatures.draw(RandomKind.POSITIVE, 5, 3, random),
            RandomFeatures.draw(RandomKind.HYPERBOLIC, 5, 3, random)
        }) {
            assertThat(map.hasPositiveKernel()).isTrue();
            for (int i = 0; i < 200; i++) {
                double[] q = random.doubles(3, -4, 4).toArray();
                double[] k = random.doubles(3, -4, 4).toArray();
                // up to the rounding of a sum that may cancel to nothing
                double magnitude = Math.sqrt(kernel(map, q, q) * kernel(map, k, k));
                assertThat(kernel(map, q, k)).isGreaterThanOrEqualTo(-1e-14 * magnitude);
            }
        }
    }

    /** {@code 1 + u + u²/2} over a field, with the factor 1/2 on one side. */
    @Test
    void taylorFeaturesHaveTheirKernelExactly() {
        FieldBlocks<Long> f = MaskKind.Exact.BLOCKS;
        PrimeField p = PrimeField.INSTANCE;
        MaskKind.Exact numbers = new MaskKind.Exact(new Random(1));
        RingMatrix<Long> q = numbers.draw(5, 3);
        RingMatrix<Long> k = numbers.draw(4, 3);
        long half = p.invert(2L);
        RingMatrix<Long> kernel = f.multiplyTransposeRight(
                Features.taylor(f, q, f.identity(1)), Features.taylor(f, k, RingMatrix.of(1, 1, (i, j) -> half)));
        RingMatrix<Long> u = f.multiplyTransposeRight(q, k);
        for (int t = 0; t < 5; t++) {
            for (int s = 0; s < 4; s++) {
                long square = p.multiply(half, p.multiply(u.get(t, s), u.get(t, s)));
                assertThat(kernel.get(t, s)).isEqualTo(p.add(p.add(1L, u.get(t, s)), square));
            }
        }
        assertThat(kernel(FeatureMap.Taylor.SECOND_ORDER, new double[] {1, 2}, new double[] {3, -1}))
                .isEqualTo(1 + 1 + 0.5, Offset.offset(32 * 0x1p-53 * (1 + 5 + 12.5)));
    }

    /** ReBased: normed, scaled, shifted, then the square of the product. */
    @Test
    void rebasedFeaturesHaveASquareForKernel() {
        FeatureMap.Rebased map = new FeatureMap.Rebased(new double[] {2, 1}, new double[] {0, 1});
        double scale = 1 / Math.sqrt(1 + FeatureMap.Rebased.EPSILON); // of rows (−1, 1) and (1, −1) plus any constant
        double product = -4 * scale * scale + (1 + scale) * (1 - scale);
        assertThat(kernel(map, new double[] {4, 6}, new double[] {-1, -3}))
                .isEqualTo(product * product, Offset.offset(1e-13));
        assertThat(kernel(map, new double[] {7, 7}, new double[] {7, 7})).isEqualTo(1, Offset.offset(1e-13));
        assertThatThrownBy(() -> kernel(map, new double[] {1, 2, 3}, new double[] {1, 2, 3}))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("2 and 2 vs 3 and 3");
    }

    /**
     * The mean over m projections is off its expectation by more than 5 standard deviations with probability 6e-7, if
     * projections are independent and m is large enough for a normal law; the seed is fixed. Variances of one
     * projection are those of cos, exp and cosh of a normal variable (Choromanski et al. 2020, lemma 2).
     */
    @ParameterizedTest
    @EnumSource
    void randomFeaturesAreUnbiased(RandomKind kind) {
        int count = 40_000;
        double[] q = {0.5, -0.3, 0.4};
        double[] k = {-0.2, 0.6, 0.7};
        double product = 0;
        double sum = 0;
        double difference = 0;
        for (int i = 0; i < 3; i++) {
            product += q[i] * k[i];
            sum += (q[i] + k[i]) * (q[i] + k[i]);
            difference += (q[i] - k[i]) * (q[i] - k[i]);
        }
        double expected = kind == RandomKind.FOURIER ? Math.exp(-difference / 2) : Math.exp(product);
        double positive = Math.exp(2 * product) * Math.expm1(sum);
        double variance = switch (kind) {
            case FOURIER -> Math.pow(-Math.expm1(-difference), 2) / 2;
            case POSITIVE -> positive;
            case HYPERBOLIC -> positive * -Math.expm1(-sum) / 2;
        };
        double actual = kernel(RandomFeatures.draw(kind, count, 3, new Random(12)), q, k);
        double allowed = 5 * Math.sqrt(variance / count);
        assertThat(Math.abs(actual - expected)).isLessThan(allowed);
        // The bound is sharp enough to see a factor that is missing, or a projection of another variance.
        assertThat(allowed).isLessThan(0.05 * expected);
        double biased = kernel(RandomFeatures.draw(kind, count, 3, new Random(12)), q, new double[] {-0.2, 0.6, 0.95});
        assertThat(Math.abs(biased - expected)).isGreaterThan(allowed);
    }

    /** The spread over many draws is the variance that the bound above takes. */
    @ParameterizedTest
    @EnumSource
    void hyperbolicFeaturesVaryLessThanPositiveOnes(RandomKind kind) {
        double[] q = {0.5, -0.3};
        double[] k = {0.2, 0.6};
        Random random = new Random(3);
        double mean = 0;
        double square = 0;
        int draws = 4000;
        for (int i = 0; i < draws; i++) {
            double value = kernel(RandomFeatures.draw(kind, 4, 2, random), q, k);
            mean += value / draws;
            square += value * value / draws;
        }
        double z = 0.7 * 0.7 + 0.3 * 0.3;
        double d = 0.3 * 0.3 + 0.9 * 0.9;
        double positive = Math.exp(2 * (0.1 - 0.18)) * Math.expm1(z);
        double variance = switch (kind) {
            case FOURIER -> Math.pow(-Math.expm1(-d), 2) / 2;
            case POSITIVE -> positive;
            case HYPERBOLIC -> positive * -Math.expm1(-z) / 2;
        };
        // The fourth moments of these are below 40 variances squared: the estimate is within 5 √(40/draws) of it.
        assertThat((square - mean * mean) * 4)
                .isBetween(variance * (1 - 5 * Math.sqrt(40.0 / draws)), variance * (1 + 5 * Math.sqrt(40.0 / draws)));
    }

    @Test
    void theSameSeedGivesTheSameFeatures() {
        DMatrixRMaj x = K.of(1, 2, new double[] {1, 2});
        for (RandomKind kind : RandomKind.values()) {
            assertThat(RandomFeatures.draw(kind, 7, 2, new Random(3)).apply(K, x).data)
                    .isEqualTo(RandomFeatures.draw(kind, 7, 2, new Random(3)).apply(K, x).data)
                    .hasSize(kind == RandomKind.POSITIVE ? 7 : 14);
        }
        assertThatThrownBy(() -> RandomFeatures.draw(RandomKind.FOURIER, 7, 3, new Random(3))
                        .apply(K, x))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> new RandomFeatures(RandomKind.POSITIVE, new double[5], 2))
                .hasMessageContaining("5 vs a multiple of m = 2");
        assertThatThrownBy(() -> RandomFeatures.draw(RandomKind.POSITIVE, 0, 2, new Random(3)))
                .hasMessageContaining("m = 0");
    }
}
