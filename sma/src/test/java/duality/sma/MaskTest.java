package duality.sma;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import duality.algebra.CountingRing;
import duality.algebra.EjmlBlocks;
import duality.algebra.FieldBlocks;
import duality.algebra.FloatBlocks;
import duality.algebra.FloatMatrix;
import duality.algebra.PrimeField;
import duality.algebra.RingBlocks;
import duality.algebra.RingMatrix;
import duality.contraction.NdArray;
import duality.errors.ShapeException;
import duality.semiseparable.Hierarchical;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Masks multiply as their entries say: exactly over a field, within derived bounds in floating point. */
class MaskTest {
    private static final FieldBlocks<Long> F = MaskKind.Exact.BLOCKS;
    private static final EjmlBlocks K = EjmlBlocks.INSTANCE;
    private static final int[] LENGTHS = {0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 37, 64};
    private static final double U = 0x1p-53;

    @ParameterizedTest
    @EnumSource
    void multiplicationIsThatOfTheEntriesExactly(MaskKind kind) {
        for (int length : LENGTHS) {
            if (kind.isExactAt(length)) {
                MaskKind.Exact numbers = new MaskKind.Exact(new Random(length));
                Mask<RingMatrix<Long>> mask = kind.draw(numbers, length);
                RingMatrix<Long> dense = mask.dense(F);
                for (int width : new int[] {0, 1, 3}) {
                    RingMatrix<Long> x = numbers.draw(length, width);
                    assertThat(F.equal(mask.multiply(F, x), F.multiply(dense, x)))
                            .as("%s", mask)
                            .isTrue();
                    assertThat(F.equal(mask.multiplyTransposed(F, x), F.multiplyTransposeLeft(dense, x)))
                            .as("transpose of %s", mask)
                            .isTrue();
                }
                assertThat(mask.shape()).containsExactly(length, length);
            }
        }
    }

    /** The entries, each from its own definition. */
    @Test
    void entriesAreThoseOfTheDefinitions() {
        PrimeField f = PrimeField.INSTANCE;
        int length = 16;
        MaskKind.Exact numbers = new MaskKind.Exact(new Random(3));
        RingMatrix<Long> a = numbers.draw(length, 1);
        RingMatrix<Long> c = numbers.draw(length, 2);
        RingMatrix<Long> b = numbers.draw(length, 2);
        RingMatrix<Long> band = numbers.draw(length, 2);
        RingMatrix<Long> lags = numbers.draw(2 * length - 1, 1);
        RingMatrix<Long> weights = numbers.draw(length, Hierarchical.levels(length) + 3);
        List<RingMatrix<Long>> two = List.of(numbers.draw(2, 2));
        List<RingMatrix<Long>> turn = numbers.rotations(length, length);
        OneSemiseparableMask<RingMatrix<Long>> decay = OneSemiseparableMask.of(F, a);
        RingMatrix<Long> causal = OneSemiseparableMask.causal(F, length).dense(F);
        RingMatrix<Long> powers =
                OneSemiseparableMask.decay(F, length, F.row(a, 0)).dense(F);
        RingMatrix<Long> products = decay.dense(F);
        RingMatrix<Long> general = SemiseparableMask.of(
                        F,
                        c,
                        IntStream.range(0, length).mapToObj(t -> two.getFirst()).toList(),
                        b)
                .dense(F);
        RingMatrix<Long> banded = BandedMask.of(F, decay, band).dense(F);
        RingMatrix<Long> toeplitz = ToeplitzMask.of(F, lags).dense(F);
        RingMatrix<Long> convolution = ToeplitzMask.causal(F, a).dense(F);
        RingMatrix<Long> cosine = FourierMask.of(F, turn.get(0), turn.get(1), FourierMask.Part.REAL)
                .dense(F);
        RingMatrix<Long> sine = FourierMask.of(F, turn.get(0), turn.get(1), FourierMask.Part.IMAGINARY)
                .dense(F);
        RingMatrix<Long> hierarchical = HierarchicalMask.of(F, weights, a).dense(F);
        for (int t = 0; t < length; t++) {
            for (int s = 0; s < length; s++) {
                boolean lower = s <= t;
                long product = lower ? 1 : 0;
                RingMatrix<Long> state = F.transpose(F.row(b, s));
                for (int i = s + 1; i <= t; i++) {
                    product = f.multiply(product, a.get(i, 0));
                    state = F.multiply(two.getFirst(), state);
                }
                assertThat(causal.get(t, s)).isEqualTo(lower ? 1 : 0);
                assertThat(powers.get(t, s)).isEqualTo(lower ? PrimeField.power(a.get(0, 0), t - s) : 0);
                assertThat(products.get(t, s)).isEqualTo(product);
                assertThat(general.get(t, s))
                        .isEqualTo(lower ? F.multiply(F.row(c, t), state).get(0, 0) : 0);
                long inputs = lower ? f.multiply(product, band.get(s, 0)) : 0;
                if (s + 1 <= t) { // through step s + 1, whose band takes in x_s
                    inputs = f.add(inputs, f.multiply(products.get(t, s + 1), band.get(s + 1, 1)));
                }
                assertThat(banded.get(t, s)).isEqualTo(inputs);
                assertThat(toeplitz.get(t, s)).isEqualTo(lags.get(t - s + length - 1, 0));
                assertThat(convolution.get(t, s)).isEqualTo(lower ? a.get(t - s, 0) : 0);
                assertThat(cosine.get(t, s)).isEqualTo(turn.get(0).get(t * s % length, 0));
                assertThat(sine.get(t, s)).isEqualTo(turn.get(1).get(t * s % length, 0));
                assertThat(hierarchical.get(t, s))
                        .isEqualTo(lower ? f.multiply(product, weights.get(t, Hierarchical.level(t, s))) : 0);
            }
        }
    }

    /** The rank that a mask states is that of its blocks, exactly. */
    @ParameterizedTest
    @EnumSource
    void theRankIsReachedAndNeverExceeded(MaskKind kind) {
        for (int length : LENGTHS) {
            if (kind.isExactAt(length)) {
                Mask<RingMatrix<Long>> mask = kind.draw(new MaskKind.Exact(new Random(length)), length);
                RingMatrix<Long> dense = mask.dense(F);
                assertThat(mask.rank())
                        .as("%s", mask)
                        .isEqualTo(IntStream.range(0, length)
                                .map(i -> F.rank(F.block(dense, i, length, 0, i + 1)))
                                .max()
                                .orElse(0));
            }
        }
    }

    /** As for log-linear attention as a model. */
    @Test
    void theHierarchicalRankGrowsWithTheLogarithm() {
        MaskKind.Real numbers = new MaskKind.Real(new Random(1));
        assertThat(IntStream.of(16, 32, 64, 128)
                        .map(length ->
                                MaskKind.HIERARCHICAL.draw(numbers, length).rank()))
                .containsExactly(3, 4, 5, 6);
    }

    /** Lengths that the field has no rotation for: singular values, of matrices whose rank is clear. */
    @Test
    void theRankOfFourierMasksOfOtherLengths() {
        for (int length : new int[] {3, 5, 6, 7, 9, 10, 12, 15}) {
            for (FourierMask.Part part : FourierMask.Part.values()) {
                FourierMask<DMatrixRMaj> mask = FourierMask.of(K, length, part);
                DMatrixRMaj dense = mask.dense(K);
                int rank = IntStream.range(0, length)
                        .map(i -> (int) Arrays.stream(K.svd(K.block(dense, i, length, 0, i + 1))
                                        .singularValues())
                                .filter(value -> value > 1e-9)
                                .count())
                        .max()
                        .orElse(0);
                assertThat(mask.rank()).as("%s", mask).isEqualTo(rank);
            }
        }
    }

    /**
     * An entry of the output is a sum of products; n roundings on the way of each make an error of at most γ_n times the
     * sum of absolute values (Higham 2002, lemma 3.1). A recurrence rounds at most 2 (N + 2) times a step, a hierarchical
     * mask once a step, once for each level that a state joins, of which there are L, each after L − 1 sums, and L times
     * in the output; the band adds 2 (w + 1). The dense product adds T, its entries no more than the recurrence.
     */
    private static double roundings(MaskKind kind, int length) {
        int levels = Hierarchical.levels(length) + 1;
        return switch (kind) {
            case SEMISEPARABLE -> 2 * (3 + 2) * (length + 1) + length;
            case DIAGONAL, COSINE -> 2 * (2 + 2) * (length + 1) + length;
            case BANDED -> 2 * 3 * length + 6;
            case HIERARCHICAL -> 3 * length + (levels + 1) * (levels + 1);
            default -> 4 * length;
        };
    }

    static DMatrixRMaj absolute(DMatrixRMaj a) {
        return K.of(
                a.numRows, a.numCols, Arrays.stream(K.toArray(a)).map(Math::abs).toArray());
    }

    /** The sum over absolute values: of all paths, not of the entries, which may cancel. */
    private static DMatrixRMaj absoluteEntries(MaskKind kind, int length, long seed) {
        return absolute(kind, length, seed).dense(K);
    }

    /** The mask of the same numbers without their signs. */
    static Mask<DMatrixRMaj> absolute(MaskKind kind, int length, long seed) {
        return kind.draw(new Absolute(new MaskKind.Real(new Random(seed))), length);
    }

    /** The same numbers without their signs. */
    private record Absolute(MaskKind.Real numbers) implements MaskKind.Numbers<DMatrixRMaj> {
        @Override
        public EjmlBlocks blocks() {
            return K;
        }

        @Override
        public DMatrixRMaj draw(int rows, int columns) {
            return absolute(numbers.draw(rows, columns));
        }

        @Override
        public List<DMatrixRMaj> rotations(int count, int order) {
            return numbers.rotations(count, order).stream()
                    .map(MaskTest::absolute)
                    .toList();
        }
    }

    @ParameterizedTest
    @EnumSource
    void multiplicationIsWithinItsBoundInDouble(MaskKind kind) {
        for (int length : new int[] {1, 2, 3, 12, 16, 33, 100, 129}) {
            MaskKind.Real numbers = new MaskKind.Real(new Random(length));
            Mask<DMatrixRMaj> mask = kind.draw(numbers, length);
            DMatrixRMaj x = numbers.draw(length, 3);
            DMatrixRMaj dense = mask.dense(K);
            DMatrixRMaj bound = kind.usesTransforms()
                    ? transformBound(kind, dense, x)
                    : K.multiply(
                            K.scale(
                                    K.of(1, 1, new double[] {2.1 * roundings(kind, length) * U}),
                                    absoluteEntries(kind, length, length)),
                            absolute(x));
            within(mask.toString(), mask.multiply(K, x), K.multiply(dense, x), bound);
            DMatrixRMaj transposedBound = kind.usesTransforms()
                    ? bound
                    : K.multiplyTransposeLeft(
                            K.scale(
                                    K.of(1, 1, new double[] {2.1 * roundings(kind, length) * U}),
                                    absoluteEntries(kind, length, length)),
                            absolute(x));
            within(
                    "transpose of " + mask,
                    mask.multiplyTransposed(K, x),
                    K.multiplyTransposeLeft(dense, x),
                    transposedBound);
        }
    }

    /**
     * A transform of size n has a relative error of ε = 6.7 u log₂ n in the 2-norm (Higham 2002, theorem 24.2). Of the
     * product with a circulant matrix of norm ‖c‖ each of the three makes {@code ε √(2T) ‖c‖ ‖x‖}, by ‖Fx‖∞ ≤ √(2T) ‖x‖;
     * products of spectra make 3u of it. A Fourier mask is a sum of four products with ‖c‖ ≤ √(2T), and its table of
     * cosines is 20 u off, three of which make an entry.
     */
    private static DMatrixRMaj transformBound(MaskKind kind, DMatrixRMaj dense, DMatrixRMaj x) {
        int length = dense.numRows;
        double norm = Math.sqrt(Arrays.stream(x.data).map(v -> v * v).sum());
        double epsilon = 6.7 * U * (2 + Math.log(4.0 * length) / Math.log(2));
        boolean fourier = kind == MaskKind.FOURIER_REAL || kind == MaskKind.FOURIER_IMAGINARY;
        double product = (3 * epsilon + 3 * U) * Math.sqrt(2.0 * length) * Math.sqrt(2.0 * length) * norm;
        double bound = product * (fourier ? 4 : 1) + (fourier ? 60 : 1) * U * length * norm;
        return K.scale(K.of(1, 1, new double[] {bound}), K.ones(length, x.numCols));
    }

    private static void within(String what, DMatrixRMaj actual, DMatrixRMaj expected, DMatrixRMaj bound) {
        for (int i = 0; i < expected.getNumElements(); i++) {
            assertThat(Math.abs(actual.data[i] - expected.data[i]))
                    .as("%s, entry %d", what, i)
                    .isLessThanOrEqualTo(bound.data[i]);
        }
    }

    /** The same mask as a structured matrix, with all that these can do. */
    @ParameterizedTest
    @EnumSource
    void theStructuredMatrixHasTheSameEntries(MaskKind kind) {
        for (int length : new int[] {1, 2, 13, 16}) {
            Mask<DMatrixRMaj> mask = kind.draw(new MaskKind.Real(new Random(length)), length);
            DMatrixRMaj dense = mask.dense(K);
            DMatrixRMaj entries = mask.structured(K).toDense();
            DMatrixRMaj bound = kind.usesTransforms()
                    ? transformBound(kind, dense, K.identity(length))
                    : K.scale(
                            K.of(1, 1, new double[] {2.1 * roundings(kind, length) * U}),
                            absoluteEntries(kind, length, length));
            within(mask.toString(), entries, dense, bound);
        }
    }

    /** A reset is exact: nothing before it is seen after it, not even infinity times zero. */
    @Test
    void resetsAreExact() {
        DMatrixRMaj decay = K.of(4, 1, new double[] {1, 0.5, 0, 0.5});
        DMatrixRMaj x = K.of(4, 1, new double[] {1e300, 1e300, 1, 1});
        assertThat(OneSemiseparableMask.of(K, decay).multiply(K, x).data).containsExactly(1e300, 1.5e300, 1, 1.5);
    }

    /** Single precision by the same text. */
    @ParameterizedTest
    @EnumSource
    void singlePrecisionIsCloseToDouble(MaskKind kind) {
        int length = 24;
        FloatBlocks k = FloatBlocks.INSTANCE;
        Mask<DMatrixRMaj> mask = kind.draw(new MaskKind.Real(new Random(5)), length);
        Mask<FloatMatrix> single = kind.draw(new Single(new MaskKind.Real(new Random(5))), length);
        DMatrixRMaj x = new MaskKind.Real(new Random(6)).draw(length, 2);
        double[] expected = K.toArray(mask.multiply(K, x));
        double[] actual = k.toArray(single.multiply(k, k.of(length, 2, K.toArray(x))));
        // The inputs are rounded too, at most N + 2 factors a step; entries of |L| |x| are bounded by their sum.
        double total = Arrays.stream(K.toArray(K.multiply(absoluteEntries(kind, length, 5), absolute(x))))
                .max()
                .orElseThrow();
        double n = 2 * roundings(kind, length) + (kind.usesTransforms() ? 200 : 0);
        for (int i = 0; i < expected.length; i++) {
            assertThat(Math.abs(actual[i] - expected[i])).isLessThanOrEqualTo(n * 0x1p-24 * total);
        }
    }

    private record Single(MaskKind.Real numbers) implements MaskKind.Numbers<FloatMatrix> {
        @Override
        public FloatBlocks blocks() {
            return FloatBlocks.INSTANCE;
        }

        private FloatMatrix rounded(DMatrixRMaj a) {
            return blocks().of(a.numRows, a.numCols, K.toArray(a));
        }

        @Override
        public FloatMatrix draw(int rows, int columns) {
            return rounded(numbers.draw(rows, columns));
        }

        @Override
        public List<FloatMatrix> rotations(int count, int order) {
            return numbers.rotations(count, order).stream().map(this::rounded).toList();
        }
    }

    private static long operations(CountingRing<?> ring) {
        return ring.additions() + ring.negations() + ring.multiplications();
    }

    /** The cost that a mask states for the planner is what its multiplication does, counted. */
    @ParameterizedTest
    @EnumSource
    void theCostIsCounted(MaskKind kind) {
        for (int length : new int[] {16, 64, 256}) {
            for (int width : new int[] {1, 5}) {
                CountingRing<Long> ring = new CountingRing<>(PrimeField.INSTANCE);
                RingBlocks<Long> k = new RingBlocks<>(ring);
                Mask<RingMatrix<Long>> mask = kind.draw(new MaskKind.Exact(new Random(1)), length);
                RingMatrix<Long> x = F.ones(length, width);
                mask.multiply(k, x);
                long operations = operations(ring);
                assertThat(operations)
                        .as("%s times %d columns", mask, width)
                        .isBetween(mask.multiplyFlops(width) * 2 / 5, mask.multiplyFlops(width));
                mask.multiplyTransposed(k, x);
                assertThat(operations(ring) - operations)
                        .as("transpose of %s times %d columns", mask, width)
                        .isBetween(mask.multiplyFlops(width) * 2 / 5, mask.multiplyFlops(width));
            }
        }
    }

    /** Definition 4.2: every mask multiplies in less than quadratic time, in double precision too. */
    @ParameterizedTest
    @EnumSource
    void theCostIsSubQuadratic(MaskKind kind) {
        MaskKind.Real numbers = new MaskKind.Real(new Random(1));
        long small = kind.draw(numbers, 1 << 9).multiplyFlops(1);
        long large = kind.draw(numbers, 1 << 12).multiplyFlops(1);
        assertThat(large).isLessThan(2L << 24).isLessThan(small * 13); // 8 times as long: 64 times is quadratic
        MaskKind.Exact exact = new MaskKind.Exact(new Random(1));
        assertThat(kind.draw(exact, 1 << 9).multiplyFlops(1))
                .isLessThan(29 * kind.draw(exact, 1 << 6).multiplyFlops(1)); // 8^1.585 = 27
    }

    @Test
    void picturesShowEntriesCostAndRank() {
        for (MaskKind kind : MaskKind.values()) {
            Mask<DMatrixRMaj> mask = kind.draw(new MaskKind.Real(new Random(2)), 8);
            String svg = mask.figure(K).svg();
            assertThat(svg)
                    .startsWith("<svg")
                    .contains(">" + mask + "<", "rank " + mask.rank() + ";", "FLOPs a column");
            double[] entries =
                    Arrays.stream(K.toArray(mask.dense(K))).map(Math::abs).toArray();
            double largest = Arrays.stream(entries).max().orElseThrow();
            assertThat(svg.split("v40h40v-40z", -1).length - 1L) // cells of what is within three decades
                    .isEqualTo(Arrays.stream(entries)
                            .filter(entry -> entry > 1e-3 * largest)
                            .count());
        }
    }

    @Test
    void badInputIsRefusedWithBothShapes() {
        assertThatThrownBy(() -> OneSemiseparableMask.of(K, K.zeros(2, 3))).hasMessageContaining("2x3 vs 2x1");
        assertThatThrownBy(() -> SemiseparableMask.of(K, K.zeros(2, 3), List.of(K.zeros(3, 3)), K.zeros(1, 3)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("2x3 vs 1x3");
        assertThatThrownBy(() -> SemiseparableMask.of(K, K.zeros(1, 3), List.of(K.zeros(3, 2)), K.zeros(1, 3)))
                .hasMessageContaining("A[0]")
                .hasMessageContaining("3x2 vs 3x3");
        assertThatThrownBy(() -> BandedMask.of(K, OneSemiseparableMask.causal(K, 3), K.zeros(2, 2)))
                .hasMessageContaining("2x2 vs 3x2");
        assertThatThrownBy(() -> ToeplitzMask.of(K, K.zeros(4, 1))).hasMessageContaining("4x1 vs 3x1");
        assertThatThrownBy(() -> FourierMask.of(K, K.zeros(4, 1), K.zeros(3, 1), FourierMask.Part.REAL))
                .hasMessageContaining("4x1 vs 3x1");
        assertThatThrownBy(() -> HierarchicalMask.of(K, K.zeros(4, 2), K.zeros(4, 1)))
                .hasMessageContaining("4x2 and 4x1 vs 4x3 and 4x1");
        for (MaskKind kind : MaskKind.values()) {
            Mask<DMatrixRMaj> mask = kind.draw(new MaskKind.Real(new Random(2)), 8);
            assertThatThrownBy(() -> mask.multiply(K, K.zeros(7, 2))).isInstanceOf(ShapeException.class);
            assertThatThrownBy(() -> mask.multiplyTransposed(K, K.zeros(9, 2))).isInstanceOf(ShapeException.class);
            assertThat(NdArray.of(K, mask).shape()).containsExactly(8, 8);
        }
    }
}
