package duality.sma;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import duality.algebra.EjmlBlocks;
import duality.algebra.FieldBlocks;
import duality.algebra.FloatBlocks;
import duality.algebra.FloatMatrix;
import duality.algebra.PrimeField;
import duality.algebra.RingMatrix;
import duality.contraction.DoubleOperations;
import duality.contraction.FloatingOperations;
import duality.contraction.RingOperations;
import duality.errors.Fault;
import duality.errors.ShapeException;
import duality.errors.ValueException;
import duality.sma.StructuredMaskedAttention.Form;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** All forms of masked attention are the same map, for every mask. */
class StructuredMaskedAttentionTest {
    private static final FieldBlocks<Long> F = MaskKind.Exact.BLOCKS;
    private static final RingOperations<Long> EXACT = new RingOperations<>(PrimeField.INSTANCE);
    private static final EjmlBlocks K = EjmlBlocks.INSTANCE;
    private static final double U = 0x1p-53;

    /** {@code y_t = Σ_s L_ts (q_t · k_s) v_s}, term by term. */
    private static RingMatrix<Long> definition(
            RingMatrix<Long> mask, RingMatrix<Long> q, RingMatrix<Long> k, RingMatrix<Long> v) {
        PrimeField f = PrimeField.INSTANCE;
        return RingMatrix.of(q.rows(), v.columns(), (t, p) -> {
            long sum = 0;
            for (int s = 0; s < k.rows(); s++) {
                for (int n = 0; n < q.columns(); n++) {
                    long weight = f.multiply(mask.get(t, s), f.multiply(q.get(t, n), k.get(s, n)));
                    sum = f.add(sum, f.multiply(weight, v.get(s, p)));
                }
            }
            return sum;
        });
    }

    @ParameterizedTest
    @EnumSource
    void allFormsAreTheDefinitionExactly(MaskKind kind) {
        for (int length : new int[] {0, 1, 2, 3, 8, 13, 16, 32}) {
            for (int[] sizes : new int[][] {{3, 2}, {1, 1}, {0, 2}, {2, 0}}) {
                if (!kind.isExactAt(length)) {
                    continue;
                }
                MaskKind.Exact numbers = new MaskKind.Exact(new Random(length));
                Mask<RingMatrix<Long>> mask = kind.draw(numbers, length);
                RingMatrix<Long> q = numbers.draw(length, sizes[0]);
                RingMatrix<Long> k = numbers.draw(length, sizes[0]);
                RingMatrix<Long> v = numbers.draw(length, sizes[1]);
                RingMatrix<Long> expected = definition(mask.dense(F), q, k, v);
                StructuredMaskedAttention<RingMatrix<Long>> attention = StructuredMaskedAttention.of(F, mask, q, k);
                for (Form form : Form.values()) {
                    assertThat(F.equal(attention.run(form, EXACT, v), expected))
                            .as("%s with %s, N=%d, P=%d", form, mask, sizes[0], sizes[1])
                            .isTrue();
                }
                assertThat(F.equal(F.multiply(attention.matrix(F), v), expected))
                        .isTrue();
            }
        }
    }

    /** A law that cannot fail says nothing: a mask that is wrong in one place is noticed. */
    @Test
    void aWrongMaskIsNoticed() {
        MaskKind.Exact numbers = new MaskKind.Exact(new Random(1));
        RingMatrix<Long> a = numbers.draw(8, 1);
        RingMatrix<Long> wrong = RingMatrix.of(8, 1, (t, j) -> t == 5 ? 1L : a.get(t, j));
        RingMatrix<Long> q = numbers.draw(8, 2);
        RingMatrix<Long> k = numbers.draw(8, 2);
        RingMatrix<Long> v = numbers.draw(8, 2);
        StructuredMaskedAttention<RingMatrix<Long>> right =
                StructuredMaskedAttention.of(F, OneSemiseparableMask.of(F, a), q, k);
        StructuredMaskedAttention<RingMatrix<Long>> mutant =
                StructuredMaskedAttention.of(F, OneSemiseparableMask.of(F, wrong), q, k);
        assertThat(F.equal(right.run(Form.QUADRATIC, EXACT, v), mutant.run(Form.LINEAR, EXACT, v)))
                .isFalse();
    }

    /**
     * A mask of rank N on features of size P gives a matrix of semiseparable rank at most N P: it could as well be the
     * causal mask on N P features.
     */
    @Test
    void masksOfBoundedRankAbsorbIntoTheState() {
        for (MaskKind kind : List.of(MaskKind.ONE_SEMISEPARABLE, MaskKind.DIAGONAL, MaskKind.SEMISEPARABLE)) {
            MaskKind.Exact numbers = new MaskKind.Exact(new Random(1));
            Mask<RingMatrix<Long>> mask = kind.draw(numbers, 40);
            RingMatrix<Long> matrix = StructuredMaskedAttention.of(F, mask, numbers.draw(40, 2), numbers.draw(40, 2))
                    .matrix(F);
            assertThat(IntStream.range(0, 40)
                            .map(i -> F.rank(F.block(matrix, i, 40, 0, i + 1)))
                            .max())
                    .hasValue(2 * mask.rank());
        }
    }

    /** The cosine mask is a rotation of features under the causal mask (cosFormer). */
    @Test
    void theCosineMaskIsARotationOfFeatures() {
        MaskKind.Exact numbers = new MaskKind.Exact(new Random(1));
        List<RingMatrix<Long>> turns = numbers.rotations(20, 128);
        RingMatrix<Long> q = numbers.draw(20, 3);
        RingMatrix<Long> k = numbers.draw(20, 3);
        RingMatrix<Long> rotated = StructuredMaskedAttention.of(
                        F,
                        OneSemiseparableMask.causal(F, 20),
                        Features.rotated(F, q, turns.get(0), turns.get(1)),
                        Features.rotated(F, k, turns.get(0), turns.get(1)))
                .matrix(F);
        RingMatrix<Long> masked = StructuredMaskedAttention.of(
                        F, SemiseparableMask.cosine(F, turns.get(0), turns.get(1)), q, k)
                .matrix(F);
        assertThat(F.equal(rotated, masked)).isTrue();
    }

    /** Averages by the definition, with division in the field. */
    @ParameterizedTest
    @EnumSource
    void normalisedAttentionDividesByTheSumOfWeights(MaskKind kind) {
        MaskKind.Exact numbers = new MaskKind.Exact(new Random(3));
        int length = 16;
        Mask<RingMatrix<Long>> mask = kind.draw(numbers, length);
        RingMatrix<Long> q = numbers.draw(length, 2);
        RingMatrix<Long> k = numbers.draw(length, 2);
        RingMatrix<Long> v = numbers.draw(length, 3);
        StructuredMaskedAttention<RingMatrix<Long>> attention = StructuredMaskedAttention.of(F, mask, q, k);
        RingMatrix<Long> weights = attention.matrix(F);
        RingMatrix<Long> sums = F.rowSums(weights);
        if (kind == MaskKind.FOURIER_IMAGINARY) { // its first row is zero
            assertThatThrownBy(() -> attention.normalised(Form.LINEAR, EXACT, F, v))
                    .isInstanceOfSatisfying(
                            ValueException.class, e -> assertThat(e.fault()).isEqualTo(Fault.SINGULAR))
                    .hasMessage("the weights of row 0 sum to zero");
            return;
        }
        RingMatrix<Long> expected = RingMatrix.of(
                length,
                3,
                (t, p) -> PrimeField.INSTANCE.divide(F.multiply(weights, v).get(t, p), sums.get(t, 0)));
        for (Form form : Form.values()) {
            assertThat(F.equal(attention.normalised(form, EXACT, F, v), expected))
                    .isTrue();
        }
    }

    /** Positive weights make averages: within the range of the values so far, and 1 for values of 1. */
    @Test
    void normalisedAttentionOnPositiveFeaturesAverages() {
        int length = 50;
        MaskKind.Real numbers = new MaskKind.Real(new Random(4));
        for (FeatureMap map : List.of(
                FeatureMap.Elementwise.EXP,
                FeatureMap.Elementwise.ELU_PLUS_ONE,
                FeatureMap.Taylor.SECOND_ORDER,
                FeatureMap.RandomFeatures.draw(FeatureMap.RandomKind.POSITIVE, 8, 4, new Random(1)))) {
            assertThat(map.hasPositiveKernel()).isTrue();
            DMatrixRMaj q = map.apply(K, numbers.draw(length, 4));
            DMatrixRMaj k = map.apply(K, numbers.draw(length, 4));
            DMatrixRMaj v = numbers.draw(length, 1);
            DMatrixRMaj y = StructuredMaskedAttention.of(K, OneSemiseparableMask.causal(K, length), q, k)
                    .normalised(Form.LINEAR, DoubleOperations.INSTANCE, K, v);
            double largest = 0;
            for (int t = 0; t < length; t++) {
                largest = Math.max(largest, Math.abs(v.get(t)));
                assertThat(Math.abs(y.get(t))).isLessThanOrEqualTo(largest * (1 + 1e-12));
            }
        }
    }

    /**
     * Each output is a sum over paths of products; a path meets at most n = 2 (10 (T + 1) + N + T + 4) roundings in any
     * form: those of the mask ({@link MaskTest}), of q·k and of the sum over s, or of the sum over N. Two forms differ by
     * at most twice γ_n times the sum of absolute values.
     */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_NONE, names = ".*(TOEPLITZ|FOURIER).*")
    void formsAgreeWithinTheirBoundInDouble(MaskKind kind) {
        for (int length : new int[] {1, 7, 64, 300}) {
            MaskKind.Real numbers = new MaskKind.Real(new Random(length));
            int n = 9;
            Mask<DMatrixRMaj> mask = kind.draw(numbers, length);
            DMatrixRMaj q = numbers.draw(length, n);
            DMatrixRMaj k = numbers.draw(length, n);
            DMatrixRMaj v = numbers.draw(length, n);
            StructuredMaskedAttention<DMatrixRMaj> attention = StructuredMaskedAttention.of(K, mask, q, k);
            DMatrixRMaj bound = StructuredMaskedAttention.of(
                            K, MaskTest.absolute(kind, length, length), MaskTest.absolute(q), MaskTest.absolute(k))
                    .run(Form.QUADRATIC, DoubleOperations.INSTANCE, MaskTest.absolute(v));
            double roundings = 2 * (10 * (length + 1) + n + length + 4) * U;
            DMatrixRMaj expected = attention.run(Form.QUADRATIC, DoubleOperations.INSTANCE, v);
            for (Form form : Form.values()) {
                DMatrixRMaj y = attention.run(form, DoubleOperations.INSTANCE, v);
                for (int i = 0; i < y.getNumElements(); i++) {
                    assertThat(Math.abs(y.get(i) - expected.get(i)))
                            .as("%s, %s", form, mask)
                            .isLessThanOrEqualTo(2.1 * roundings * bound.get(i));
                }
            }
        }
    }

    /**
     * The same where the mask multiplies by transforms, whose error is normwise: that of H = L Z is below {@code 15 ε T ‖Z‖}
     * with ε = 6.7 u (2 + log₂ 4T) (see {@link MaskTest}), an output sums N of its entries times q.
     */
    @ParameterizedTest
    @EnumSource(names = {"TOEPLITZ", "CAUSAL_TOEPLITZ", "FOURIER_REAL", "FOURIER_IMAGINARY"})
    void formsAgreeWithinTheirNormwiseBoundInDouble(MaskKind kind) {
        for (int length : new int[] {1, 7, 64, 300}) {
            MaskKind.Real numbers = new MaskKind.Real(new Random(length));
            int n = 5;
            Mask<DMatrixRMaj> mask = kind.draw(numbers, length);
            DMatrixRMaj q = numbers.draw(length, n);
            DMatrixRMaj k = numbers.draw(length, n);
            DMatrixRMaj v = numbers.draw(length, n);
            StructuredMaskedAttention<DMatrixRMaj> attention = StructuredMaskedAttention.of(K, mask, q, k);
            double epsilon = 6.7 * U * (2 + Math.log(4.0 * length) / Math.log(2));
            double norm = Math.sqrt((double) length * n * n); // entries of Z are below 1
            double bound = n * 15 * epsilon * length * norm + 4.0 * (length + n) * length * n * U;
            DMatrixRMaj expected = attention.run(Form.QUADRATIC, DoubleOperations.INSTANCE, v);
            for (Form form : Form.values()) {
                DMatrixRMaj y = attention.run(form, DoubleOperations.INSTANCE, v);
                for (int i = 0; i < y.getNumElements(); i++) {
                    assertThat(Math.abs(y.get(i) - expected.get(i)))
                            .as("%s, %s", form, mask)
                            .isLessThanOrEqualTo(bound);
                }
            }
        }
    }

    /** In single precision, on numbers that it has exactly and whose products and sums it has exactly too. */
    @Test
    void singlePrecisionIsExactOnSmallIntegers() {
        FloatBlocks k = FloatBlocks.INSTANCE;
        Random random = new Random(8);
        List<double[]> entries = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            double[] values = new double[40 * 3];
            Arrays.setAll(values, j -> random.nextInt(-3, 4));
            entries.add(values);
        }
        FloatMatrix y = StructuredMaskedAttention.of(
                        k, OneSemiseparableMask.causal(k, 40), k.of(40, 3, entries.get(0)), k.of(40, 3, entries.get(1)))
                .run(Form.LINEAR, new FloatingOperations<>(k), k.of(40, 3, entries.get(2)));
        DMatrixRMaj expected = StructuredMaskedAttention.of(
                        K, OneSemiseparableMask.causal(K, 40), K.of(40, 3, entries.get(0)), K.of(40, 3, entries.get(1)))
                .run(Form.QUADRATIC, DoubleOperations.INSTANCE, K.of(40, 3, entries.get(2)));
        assertThat(k.toArray(y)).containsExactly(K.toArray(expected));
    }

    /** Heads that share are heads with copies. */
    @ParameterizedTest
    @EnumSource
    void everyHeadPatternIsMultiHeadWithCopies(HeadPattern pattern) {
        MaskKind.Exact numbers = new MaskKind.Exact(new Random(5));
        int heads = 4;
        int groups = 2;
        List<Mask<RingMatrix<Long>>> masks = IntStream.range(0, heads)
                .mapToObj(h -> MaskKind.ONE_SEMISEPARABLE.draw(numbers, 6))
                .toList();
        List<RingMatrix<Long>> q = draw(numbers, pattern.cGroups(heads, groups), 2);
        List<RingMatrix<Long>> k = draw(numbers, pattern.bGroups(heads, groups), 2);
        List<RingMatrix<Long>> v = draw(numbers, pattern.xHeads(heads), 3);
        MultiHeadAttention<RingMatrix<Long>> shared = new MultiHeadAttention<>(pattern, groups, masks, q, k);
        MultiHeadAttention<RingMatrix<Long>> copied =
                new MultiHeadAttention<>(HeadPattern.MULTI_HEAD, 1, masks, copies(q, heads), copies(k, heads));
        for (Form form : Form.values()) {
            List<RingMatrix<Long>> actual = shared.run(form, EXACT, v);
            List<RingMatrix<Long>> expected = copied.run(Form.QUADRATIC, EXACT, copies(v, heads));
            assertThat(actual).hasSize(heads);
            for (int h = 0; h < heads; h++) {
                assertThat(F.equal(actual.get(h), expected.get(h))).isTrue();
            }
        }
        int wrong = pattern.cGroups(heads, groups) + 1;
        assertThatThrownBy(() -> new MultiHeadAttention<>(pattern, groups, masks, draw(numbers, wrong, 2), k))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining(wrong + " queries vs " + (wrong - 1));
    }

    @Test
    void groupsMustDivideTheHeads() {
        MaskKind.Exact numbers = new MaskKind.Exact(new Random(5));
        List<Mask<RingMatrix<Long>>> masks = IntStream.range(0, 3)
                .mapToObj(h -> MaskKind.CAUSAL.draw(numbers, 2))
                .toList();
        assertThatThrownBy(() -> new MultiHeadAttention<>(
                        HeadPattern.GROUPED, 2, masks, draw(numbers, 2, 1), draw(numbers, 2, 1)))
                .hasMessageContaining("2 groups vs 3 heads");
    }

    private static List<RingMatrix<Long>> draw(MaskKind.Exact numbers, int count, int columns) {
        return IntStream.range(0, count).mapToObj(i -> numbers.draw(6, columns)).toList();
    }

    /** Neighbouring heads share. */
    private static List<RingMatrix<Long>> copies(List<RingMatrix<Long>> list, int heads) {
        List<RingMatrix<Long>> all = new ArrayList<>();
        for (RingMatrix<Long> entry : list) {
            for (int i = 0; i < heads / list.size(); i++) {
                all.add(entry);
            }
        }
        return all;
    }

    @Test
    void shapesThatDoNotFitAreRefused() {
        Mask<DMatrixRMaj> mask = OneSemiseparableMask.causal(K, 4);
        assertThatThrownBy(() -> StructuredMaskedAttention.of(K, mask, K.zeros(4, 2), K.zeros(4, 3)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("4x2 and 4x3 vs 4xN and 4xN");
        assertThatThrownBy(() -> StructuredMaskedAttention.of(K, mask, K.zeros(5, 2), K.zeros(4, 2)))
                .hasMessageContaining("5x2 and 4x2");
        assertThatThrownBy(() -> StructuredMaskedAttention.of(K, mask, K.zeros(4, 2), K.zeros(4, 2))
                        .run(Form.LINEAR, DoubleOperations.INSTANCE, K.zeros(3, 1)))
                .hasMessageContaining("3x1 vs 4xP");
    }
}
