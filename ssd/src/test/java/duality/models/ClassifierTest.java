package duality.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import duality.algebra.CommonsMath;
import duality.algebra.EjmlBlocks;
import duality.algebra.PrimeField;
import duality.algebra.RingBlocks;
import duality.algebra.RingMatrix;
import duality.errors.Fault;
import duality.errors.InvalidInputException;
import duality.errors.ShapeException;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.apache.commons.math3.fraction.BigFraction;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClassifierTest {
    private static final RingBlocks<Long> K = new RingBlocks<>(PrimeField.INSTANCE);
    private static final Classifier<RingMatrix<Long>> EXACT = Classifier.exact(PrimeField.INSTANCE);

    /** Orders at T = 16, 32, 64, 128; one number where they are equal from 32 on. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
            # model             | transition        | lower     | strictly  | upper | mask      | class
            linear-attention    | scalar            | 2         | 2         | 0     | 1         | 1-SS mask ∩ Toeplitz
            retnet              | scalar            | 2         | 2         | 0     | 1         | 1-SS mask ∩ Toeplitz
            mamba-2             | scalar            | 2         | 2         | 0     | 1         | 1-SS mask
            mlstm               | scalar            | 2         | 2         | 0     | 1         | 1-SS mask + input gate
            based               | scalar            | 6         | 6         | 0     | 1         | 1-SS mask ∩ Toeplitz
            performer           | scalar            | 4         | 4         | 0     | 1         | 1-SS mask ∩ Toeplitz
            cosformer           | scalar            | 4         | 4         | 0     | 2         | 2-SS mask ∩ Toeplitz
            s4                  | general           | 4         | 4         | 0     | -         | 4-SS ∩ Toeplitz
            s4d                 | diagonal          | 4         | 4         | 0     | -         | diagonal 4-SS ∩ Toeplitz
            hyena               | -                 | 8 16 32 64 | 8 16 32 64 | 0   | -         | unbounded ∩ Toeplitz
            mamba-1             | diagonal          | 4         | 4         | 0     | 8 16 32 64 | diagonal 4-SS
            gla                 | diagonal          | 4         | 4         | 0     | 8 16 32 64 | diagonal 4-SS
            hgrn2               | diagonal          | 4         | 4         | 0     | 8 16 32 64 | diagonal 4-SS
            rwkv-6              | diagonal          | 5         | 4         | 0     | 8 16 32 64 | diagonal 4-SS + free diagonal
            rwkv-7              | diagonal + rank 1 | 4         | 4         | 0     | 8 16 32 64 | diagonal + rank 1 4-SS
            deltanet            | diagonal + rank 1 | 4         | 4         | 0     | 8 16 32 64 | diagonal + rank 1 4-SS
            gated-deltanet      | diagonal + rank 1 | 4         | 4         | 0     | 8 16 32 64 | diagonal + rank 1 4-SS
            kda                 | diagonal + rank 1 | 4         | 4         | 0     | 8 16 32 64 | diagonal + rank 1 4-SS
            mamba-3             | 2x2 ⊗ I           | 3         | 2         | 0     | 2         | 2-SS mask
            hydra               | -                 | 3         | 2         | 2     | -         | two-sided 2-SS + free diagonal
            log-linear-attention | 8x8 ⊗ I          | 5 6 8 10  | 5 6 8 10  | 0     | 3 4 5 6   | hierarchical mask
            softmax-attention   | -                 | 8 16 32 64 | 8 16 32 64 | 0   | 8 16 32 64 | unbounded
            """)
    void theClassTable(
            String model, String transition, String lower, String strictly, String upper, String mask, String summary) {
        Zoo.Example<RingMatrix<Long>> example = Zoo.of(model).example(new ExactSamples(5), 128);
        Classification actual = EXACT.classify(example.model(), example.scores());
        assertThat(String.valueOf(actual.transition())).isEqualTo(String.valueOf(transition));
        assertThat(Classification.text(actual.matrix(), MatrixProfile::lowerOrder))
                .isEqualTo(lower);
        assertThat(Classification.text(actual.matrix(), MatrixProfile::strictlyLowerOrder))
                .isEqualTo(strictly);
        assertThat(Classification.text(actual.matrix(), MatrixProfile::upperOrder))
                .isEqualTo(upper);
        assertThat(actual.mask() == null ? null : Classification.text(actual.mask(), MatrixProfile::lowerOrder))
                .isEqualTo(mask);
        assertThat(actual.summary()).isEqualTo(summary);
        assertThat(actual.isOneSemiseparableAttention()).isEqualTo(summary.startsWith("1-SS"));
    }

    @Test
    void profilesAreTheRanksOfAllBlocks() {
        SplittableRandom random = new SplittableRandom(3);
        for (int n = 0; n <= 12; n++) {
            int length = n;
            RingMatrix<Long> a =
                    RingMatrix.of(length, length, (i, j) -> random.nextLong(3) == 0 ? random.nextLong(9) : 0L);
            MatrixProfile profile = EXACT.profile(a);
            for (int i = 0; i < length; i++) {
                assertThat(profile.lower().get(i).longValue()).isEqualTo(rank(K.block(a, i, length, 0, i + 1)));
                assertThat(profile.strictlyLower().get(i).longValue()).isEqualTo(rank(K.block(a, i, length, 0, i)));
                assertThat(profile.upper().get(i).longValue()).isEqualTo(rank(K.block(a, 0, i, i, length)));
            }
        }
    }

    /** By singular values: minors of matrices this small are small integers, the same in both fields. */
    private static long rank(RingMatrix<Long> a) {
        DMatrixRMaj real = new DMatrixRMaj(a.rows(), a.columns());
        for (int i = 0; i < a.rows(); i++) {
            for (int j = 0; j < a.columns(); j++) {
                real.set(i, j, a.get(i, j));
            }
        }
        double[] singularValues = EjmlBlocks.INSTANCE.svd(real).singularValues();
        return Arrays.stream(singularValues).filter(value -> value > 1e-9).count();
    }

    @Test
    void rationalNumbersGiveTheSameRanks() {
        SplittableRandom random = new SplittableRandom(9);
        RingMatrix<Long> small = RingMatrix.of(20, 4, (i, j) -> random.nextLong(1, 100));
        RingMatrix<BigFraction> q = RingMatrix.of(20, 2, (i, j) -> new BigFraction(small.get(i, j)));
        RingMatrix<BigFraction> k = RingMatrix.of(20, 2, (i, j) -> new BigFraction(small.get(i, j + 2)));
        RingMatrix<BigFraction> decay = RingMatrix.of(
                20, 1, (i, j) -> new BigFraction(1, 1 + small.get(i, 0).intValue()));
        MatrixProfile profile = Classifier.exact(CommonsMath.RATIONALS)
                .profile(new ScalarDecay<>(decay, q, k).matrix(new RingBlocks<>(CommonsMath.RATIONALS)));
        assertThat(profile.lowerOrder()).isEqualTo(2);
        assertThat(profile.strictlyLowerOrder()).isEqualTo(2);
        assertThat(profile.upperOrder()).isZero();
    }

    /** Orders in double precision are those over the field, for models whose ranks are bounded. */
    @ParameterizedTest
    @ValueSource(strings = {"linear-attention", "mamba-2", "cosformer", "s4d", "gated-deltanet", "mamba-3", "hydra"})
    void numericalOrdersAreTheExactOnes(String name) {
        int length = 64;
        Zoo.Example<DMatrixRMaj> real = Zoo.of(name).example(new RealSamples(2), length);
        Zoo.Example<RingMatrix<Long>> exact = Zoo.of(name).example(new ExactSamples(2), length);
        MatrixProfile actual = Classifier.real(1e-12).profile(real.model().matrix(new RealSamples(0).blocks()));
        MatrixProfile expected = EXACT.profile(exact.model().matrix(K));
        assertThat(actual.lowerOrder()).isEqualTo(expected.lowerOrder());
        assertThat(actual.strictlyLowerOrder()).isEqualTo(expected.strictlyLowerOrder());
        assertThat(actual.upperOrder()).isEqualTo(expected.upperOrder());
        assertThat(actual.toeplitz()).isEqualTo(expected.toeplitz());
    }

    /** Over the reals the ranks of softmax attention grow too, though rounding hides most of them. */
    @Test
    void softmaxHasNoFiniteDualInDoubleEither() {
        RealSamples s = new RealSamples(4);
        DMatrixRMaj q = s.blocks().scale(s.blocks().of(1, 1, new double[] {4}), s.numbers(64, 4));
        DMatrixRMaj scores = s.blocks().multiplyTransposeRight(q, q);
        DMatrixRMaj weights = MaskedAttention.causal(s.blocks(), s.exp(scores)).matrix(s.blocks());
        Classification actual = Classifier.real(1e-14).classify(weights);
        assertThat(actual.matrix().stream().map(MatrixProfile::lowerOrder).toList())
                .isSorted()
                .doesNotHaveDuplicates();
        assertThat(actual.matrix().getLast().lowerOrder()).isGreaterThan(20);
    }

    @Test
    void generalTransitionsAreToldFromDiagonalPlusLowRank() {
        ExactSamples s = new ExactSamples(1);
        for (int rank = 0; rank <= 4; rank++) {
            RingMatrix<Long> low = K.multiply(s.numbers(8, rank), s.numbers(rank, 8));
            RingMatrix<Long> a = K.add(Assembly.diagonal(K, s.numbers(8, 1)), low);
            Transition transition = EXACT.transition(new TimeInvariant<>(3, a, s.numbers(8, 1), s.numbers(1, 8)));
            assertThat(transition)
                    .hasToString(
                            switch (rank) {
                                case 0 -> "diagonal";
                                case 4 -> "general";
                                default -> "diagonal + rank " + rank;
                            });
        }
    }

    @Test
    void whatIsNotAFiniteSquareMatrixIsRefused() {
        assertThatThrownBy(() -> EXACT.profile(K.zeros(3, 4)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("3 rows vs 4 columns");
        assertThatThrownBy(() -> Classifier.real(0)).hasMessageContaining("tolerance 0.0");
        DMatrixRMaj nan = new DMatrixRMaj(2, 2);
        nan.set(0, 0, Double.NaN);
        assertThatThrownBy(() -> Classifier.real(1e-9).profile(nan))
                .isInstanceOfSatisfying(
                        InvalidInputException.class, e -> assertThat(e.fault()).isEqualTo(Fault.NOT_FINITE));
    }

    @Test
    void growthIsToldFromTheLastThreeLengths() {
        String actual = Arrays.stream(new int[][] {{1, 4, 4, 4}, {3, 4, 5, 6}, {2, 4, 8, 16}, {1, 5, 8, 9}, {3, 3}})
                .map(orders -> Growth.of(Arrays.stream(orders).boxed().toList()))
                .map(Growth::name)
                .collect(Collectors.joining(" "));
        assertThat(actual).isEqualTo("BOUNDED LOGARITHMIC UNBOUNDED UNCLEAR UNCLEAR");
    }
}
