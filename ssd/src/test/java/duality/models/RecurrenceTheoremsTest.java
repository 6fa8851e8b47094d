package duality.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import duality.algebra.EjmlBlocks;
import duality.algebra.PrimeField;
import duality.algebra.RingBlocks;
import duality.algebra.RingMatrix;
import duality.errors.ShapeException;
import duality.ssd.Cuts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds of every linear recurrence. */
class RecurrenceTheoremsTest {
    private static final RingBlocks<Long> K = new RingBlocks<>(PrimeField.INSTANCE);
    private static final Classifier<RingMatrix<Long>> EXACT = Classifier.exact(PrimeField.INSTANCE);

    /**
     * Kernel attention that decodes by a recurrence of order k has a semiseparable mask, of order max(k, 1), and so is
     * a state space model (Dao and Gu 2024, Theorems 5.2 and C.3, with the tight order).
     */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 5})
    void efficientAutoregressiveAttentionIsAStateSpaceModel(int order) {
        for (int length : new int[] {1, 2, 7, 24}) {
            ExactSamples s = new ExactSamples(order);
            Autoregression<RingMatrix<Long>> mask =
                    new Autoregression<>(s.numbers(length, 1), s.numbers(length, order));
            RingMatrix<Long> x = s.numbers(length, 2);
            RingMatrix<Long> matrix = mask.matrix(K);
            assertThat(matrix).hasToString(mask.closedForm(K).toString());
            assertThat(mask.recurrent(K, x)).hasToString(K.multiply(matrix, x).toString());
            assertThat(mask.block(K, x, Cuts.every(5)))
                    .hasToString(K.multiply(matrix, x).toString());
            int largest = Math.ceilDiv(length, 2); // of any block
            assertThat(EXACT.profile(matrix).lowerOrder()).isEqualTo(Math.min(largest, Math.max(order, 1)));
            assertThat(EXACT.profile(matrix).strictlyLowerOrder()).isEqualTo(Math.min(length / 2, order));
        }
    }

    /** A diagonal state space model is a sum of N attentions with 1-semiseparable masks (arXiv 2510.04944). */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void aDiagonalModelIsASumOfOneSemiseparableAttentions(int stateSize) {
        ExactSamples s = new ExactSamples(stateSize);
        DiagonalDecay<RingMatrix<Long>> model =
                new DiagonalDecay<>(s.numbers(20, stateSize), s.numbers(20, stateSize), s.numbers(20, stateSize));
        RingMatrix<Long> sum = K.zeros(20, 20);
        for (int n = 0; n < stateSize; n++) {
            RingMatrix<Long> term = model.term(K, n).matrix(K);
            assertThat(EXACT.profile(term).lowerOrder()).isEqualTo(1);
            sum = K.add(sum, term);
        }
        assertThat(sum).hasToString(model.matrix(K).toString());
        assertThat(EXACT.profile(sum).lowerOrder()).isEqualTo(stateSize);
    }

    /** State sizes, inputs and outputs that change from step to step, zero among them. */
    @Test
    void raggedStepsAgreeInEveryForm() {
        SplittableRandom random = new SplittableRandom(13);
        ExactSamples s = new ExactSamples(13);
        for (int trial = 0; trial < 30; trial++) {
            List<Step<RingMatrix<Long>>> steps = new ArrayList<>();
            int before = random.nextInt(3);
            int inputs = 0;
            for (int t = 0; t < 9; t++) {
                int after = random.nextInt(4);
                int in = random.nextInt(3);
                int out = random.nextInt(3);
                steps.add(Step.of(
                        K, s.numbers(after, before), s.numbers(after, in), s.numbers(out, after), s.numbers(out, in)));
                before = after;
                inputs += in;
            }
            LinearRecurrence<RingMatrix<Long>> model = LinearRecurrence.of(steps);
            RingMatrix<Long> x = s.numbers(inputs, 2);
            RingMatrix<Long> y = model.recurrent(K, x);
            assertThat(model.quadratic(K, x)).hasToString(y.toString());
            assertThat(model.block(K, x, Cuts.at(2, 3, 7))).hasToString(y.toString());
            assertThat(model.generators(K).multiply(K, x)).hasToString(y.toString());
        }
    }

    @Test
    void shapesThatDoNotFitAreRefused() {
        assertThatThrownBy(() -> Step.readingBefore(K, K.zeros(2, 2), K.zeros(3, 1), K.zeros(1, 2), K.zeros(1, 1)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("3x1 vs 2x1");
        LinearRecurrence<RingMatrix<Long>> model = new ScalarDecay<>(K.ones(3, 1), K.ones(3, 2), K.ones(3, 2));
        assertThatThrownBy(() -> model.recurrent(K, K.ones(4, 1)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("4 rows vs 3 rows");
    }

    @Test
    void anEmptySequenceIsFine() {
        LinearRecurrence<RingMatrix<Long>> model = LinearRecurrence.of(List.of());
        assertThat(model.recurrent(K, K.zeros(0, 2)).columns()).isEqualTo(2);
        assertThat(model.block(K, K.zeros(0, 2), Cuts.every(3)).rows()).isZero();
        assertThat(model.matrix(K).rows()).isZero();
        assertThat(model.generators(K).blocks()).isZero();
    }

    /** The stabilised recurrence of mLSTM computes the definition, and goes on where that overflows. */
    @Test
    void theStabiliserOfMlstmChangesNothing() {
        RealSamples s = new RealSamples(6);
        EjmlBlocks ops = s.blocks();
        DMatrixRMaj forget = logarithms(s.gates(40, 1));
        DMatrixRMaj input = s.numbers(40, 1);
        DMatrixRMaj v = s.numbers(40, 3);
        MLstm cell = new MLstm(forget, input, s.gates(40, 4), s.gates(40, 4)); // positive: no cancellation in n·q
        DMatrixRMaj expected = cell.unstabilised(v);
        DMatrixRMaj actual = cell.recurrent(v);
        // Numerators and denominators have 2(T + 1) products and sums and as many exponentials of 1 ulp, of arguments
        // whose own error is at most (T + 1) · 40 u: together below (T + 1) · 100 u relative to Σ|…| / |n·q|.
        for (int i = 0; i < expected.getNumElements(); i++) {
            assertThat(actual.get(i) - expected.get(i)).isBetween(-41 * 100 * 0x1p-53, 41 * 100 * 0x1p-53);
        }
        DMatrixRMaj huge = ops.scale(ops.of(1, 1, new double[] {2000}), input);
        DMatrixRMaj stable = new MLstm(forget, huge, cell.q(), cell.k()).recurrent(v);
        assertThat(Arrays.stream(stable.data).allMatch(Double::isFinite)).isTrue();
        assertThat(Arrays.stream(stable.data).map(Math::abs).max().orElseThrow())
                .isLessThanOrEqualTo(1 + 1e-12);
    }

    private static DMatrixRMaj logarithms(DMatrixRMaj a) {
        DMatrixRMaj result = a.copy();
        Arrays.setAll(result.data, i -> Math.log(a.data[i]));
        return result;
    }
}
