package duality.models;

import static org.assertj.core.api.Assertions.assertThat;

import duality.algebra.PrimeField;
import duality.algebra.RingBlocks;
import duality.algebra.RingMatrix;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.api.Test;

/** Models against the equations of their papers, written out with the state as a matrix, and kernels against features. */
class ModelEquationsTest {
    private static final int T = 11;
    private static final int N = 3;
    private static final int P = 2;
    private static final RingBlocks<Long> K = new RingBlocks<>(PrimeField.INSTANCE);

    private final ExactSamples s = new ExactSamples(21);
    private final RingMatrix<Long> q = s.numbers(T, N);
    private final RingMatrix<Long> k = s.numbers(T, N);
    private final RingMatrix<Long> v = s.numbers(T, P);
    private final RingMatrix<Long> decay = s.numbers(T, N);
    private final RingMatrix<Long> rate = s.numbers(T, 1);
    private final List<RingMatrix<Long>> outputs = new ArrayList<>();
    private RingMatrix<Long> state = K.zeros(N, P);

    private RingMatrix<Long> diagonal(int t) {
        return Assembly.diagonal(K, Assembly.column(K, decay, t));
    }

    /** {@code k_t v_tᵀ}. */
    private RingMatrix<Long> update(int t) {
        return K.multiplyTransposeLeft(K.row(k, t), K.row(v, t));
    }

    private void read(int t) {
        outputs.add(K.multiply(K.row(q, t), state));
    }

    private void assertOutputsOf(LinearRecurrence<RingMatrix<Long>> model) {
        assertThat(model.quadratic(K, v)).hasToString(K.stackRows(outputs).toString());
    }

    @Test
    void rwkv6ReadsBeforeItWritesWithABonusForTheCurrentToken() {
        RingMatrix<Long> bonus = s.numbers(1, N);
        for (int t = 0; t < T; t++) {
            RingMatrix<Long> boosted = K.add(state, K.scaleRows(K.transpose(bonus), update(t)));
            outputs.add(K.multiply(K.row(q, t), boosted));
            state = K.add(K.multiply(diagonal(t), state), update(t));
        }
        assertOutputsOf(new Rwkv6<>(decay, bonus, q, k));
    }

    /** With the state of the paper, P×N: {@code S_t = S_{t−1} (diag(w_t) + b_t a_tᵀ) + v_t k_tᵀ, o_t = S_t q_t}. */
    @Test
    void rwkv7IsTheTransposeOfThePaper() {
        RingMatrix<Long> a = s.numbers(T, N);
        RingMatrix<Long> b = s.numbers(T, N);
        RingMatrix<Long> paper = K.zeros(P, N);
        for (int t = 0; t < T; t++) {
            RingMatrix<Long> transition = K.add(diagonal(t), K.multiplyTransposeLeft(K.row(b, t), K.row(a, t)));
            paper = K.add(K.multiply(paper, transition), K.transpose(update(t)));
            outputs.add(K.transpose(K.multiplyTransposeRight(paper, K.row(q, t))));
        }
        assertOutputsOf(new DiagonalPlusRankOne<>(decay, a, b, q, k));
    }

    /** Decay, then replace what the state holds for the key: {@code S' = diag(a) S; S = S' + b k (v − S'ᵀk)ᵀ}. */
    @Test
    void kimiDeltaAttentionCorrectsThePrediction() {
        for (int t = 0; t < T; t++) {
            RingMatrix<Long> decayed = K.multiply(diagonal(t), state);
            RingMatrix<Long> error = K.subtract(K.row(v, t), K.multiply(K.row(k, t), decayed));
            state = K.add(decayed, K.scale(K.row(rate, t), K.multiplyTransposeLeft(K.row(k, t), error)));
            read(t);
        }
        assertOutputsOf(DiagonalPlusRankOne.kimiDeltaAttention(K, decay, rate, q, k));
    }

    @Test
    void gatedDeltaNetCorrectsThePrediction() {
        RingMatrix<Long> scalar = s.numbers(T, 1);
        for (int t = 0; t < T; t++) {
            RingMatrix<Long> decayed = K.scale(K.row(scalar, t), state);
            RingMatrix<Long> error = K.subtract(K.row(v, t), K.multiply(K.row(k, t), decayed));
            state = K.add(decayed, K.scale(K.row(rate, t), K.multiplyTransposeLeft(K.row(k, t), error)));
            read(t);
        }
        assertOutputsOf(new GatedDeltaNet<>(scalar, rate, q, k));
    }

    @Test
    void mamba3WeighsTheLastInputAndTheCurrentOne() {
        RingMatrix<Long> alpha = s.numbers(T, 1);
        RingMatrix<Long> beta = s.numbers(T, 1);
        RingMatrix<Long> gamma = s.numbers(T, 1);
        for (int t = 0; t < T; t++) {
            RingMatrix<Long> last = t == 0 ? K.zeros(N, P) : update(t - 1);
            state = K.add(
                    K.scale(K.row(alpha, t), state),
                    K.add(K.scale(K.row(beta, t), last), K.scale(K.row(gamma, t), update(t))));
            read(t);
        }
        assertOutputsOf(new Mamba3<>(alpha, beta, gamma, q, k));
        // λ = 1: no weight on the last input, and what is left is Mamba-2 on inputs scaled by Δ.
        assertThat(new Mamba3<>(alpha, K.zeros(T, 1), gamma, q, k).matrix(K))
                .hasToString(new ScalarDecay<>(alpha, q, K.scaleRows(gamma, k))
                        .matrix(K)
                        .toString());
    }

    /** The stretches of a Fenwick tree: the lowest bit of t that is set is the length of the newest one. */
    @Test
    void logLinearAttentionFollowsTheFenwickTree() {
        RingMatrix<Long> one = K.ones(T, 1);
        RingMatrix<Long> levels = RingMatrix.of(T, LogLinearAttention.levels(T), (t, level) -> level + 1L);
        RingMatrix<Long> mask = new LogLinearAttention<>(one, levels, one, one).matrix(K);
        for (int t = 0; t < T; t++) {
            assertThat(mask.get(t, t)).isEqualTo(1);
            for (int end = t; end > 0; end -= Integer.lowestOneBit(end)) {
                for (int i = end - Integer.lowestOneBit(end); i < end; i++) {
                    assertThat(mask.get(t, i)).isEqualTo(2 + Integer.numberOfTrailingZeros(end));
                }
            }
        }
    }

    /** {@code φ(q)·φ(k) = 1 + u + u²/2} with u = q·k. */
    @Test
    void taylorFeaturesAreTheKernelOfBased() {
        RingMatrix<Long> u = K.multiplyTransposeRight(q, k);
        RingMatrix<Long> expected = K.add(K.add(K.ones(T, T), u), K.scale(s.half(), K.hadamard(u, u)));
        RingMatrix<Long> features = K.multiplyTransposeRight(
                duality.sma.Features.taylor(K, q, K.identity(1)), duality.sma.Features.taylor(K, k, s.half()));
        assertThat(features).hasToString(expected.toString());
    }

    /** The stand-in for exp is a homomorphism of order 1321, and the circle's points obey the addition theorem. */
    @Test
    void standInsObeyTheIdentitiesOfAnalysis() {
        RingMatrix<Long> x = s.exponents(5, 5);
        RingMatrix<Long> y = K.negate(s.exponents(5, 5));
        assertThat(s.exp(K.add(x, y)))
                .hasToString(K.hadamard(s.exp(x), s.exp(y)).toString());
        RingMatrix<Long> one = RingMatrix.of(1, 1, (i, j) -> 1L);
        assertThat(s.exp(one).get(0, 0)).isNotEqualTo(1);
        assertThat(PrimeField.power(s.exp(one).get(0, 0), ExactSamples.ORDER)).isEqualTo(1);
        Samples.Angles<RingMatrix<Long>> angles = s.angles(T);
        RingMatrix<Long> cosines = K.add(
                K.multiplyTransposeRight(angles.cosines(), angles.cosines()),
                K.multiplyTransposeRight(angles.sines(), angles.sines()));
        for (int t = 0; t < T; t++) {
            for (int i = 0; i <= t; i++) {
                assertThat(cosines.get(t, i)).isEqualTo(angles.cosines().get(t - i, 0)); // cos(t − i)θ
            }
        }
    }

    @Test
    void cosformerWeighsByTheCosineOfTheDistance() {
        RealSamples real = new RealSamples(8);
        Zoo.Example<DMatrixRMaj> example = Zoo.COSFORMER.example(real, T);
        DMatrixRMaj matrix = example.model().matrix(real.blocks());
        DMatrixRMaj scores = Objects.requireNonNull(example.scores());
        for (int t = 0; t < T; t++) {
            for (int i = 0; i <= t; i++) {
                double expected = scores.get(t, i) * Math.cos(Math.PI * (t - i) / (2 * T));
                // |q·k| ≤ 2: four products of two roundings each and cosines within 2 ulp, on either side.
                assertThat(matrix.get(t, i) - expected).isBetween(-64 * 0x1p-53, 64 * 0x1p-53);
            }
        }
    }
}
