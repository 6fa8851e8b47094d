package duality.semiseparable;

import static duality.semiseparable.DenseOracle.K;
import static duality.semiseparable.DenseOracle.assertFault;
import static duality.semiseparable.DenseOracle.distance;
import static duality.semiseparable.DenseOracle.norm;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import duality.errors.Fault;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.api.Test;

class CompressionTest {
    /** Rounding of a whole compression, relative to the norm of the matrix. */
    private static final double ROUNDING = 1e-13;

    private static int[] rows(Generators<DMatrixRMaj> a) {
        return a.d().stream().mapToInt(d -> d.numRows).toArray();
    }

    private static int[] columns(Generators<DMatrixRMaj> a) {
        return a.d().stream().mapToInt(d -> d.numCols).toArray();
    }

    /** Ranks of the Hankel blocks, those above the diagonal too: the oracle, by dense singular values. */
    private static Compression.Ranks hankelRanks(DMatrixRMaj dense, int[] rows, int[] columns) {
        List<Integer> lower = new ArrayList<>();
        List<Integer> upper = new ArrayList<>();
        int row = 0;
        int column = 0;
        for (int i = 0; i < rows.length; i++) {
            lower.add(rank(K.block(dense, row, dense.numRows, 0, column)));
            row += rows[i];
            column += columns[i];
            upper.add(rank(K.block(dense, 0, row, column, dense.numCols)));
        }
        return new Compression.Ranks(lower, upper);
    }

    private static int rank(DMatrixRMaj a) {
        return (int)
                Arrays.stream(K.svd(a).singularValues()).filter(v -> v > 1e-11).count();
    }

    private static Generators<DMatrixRMaj> rectangular(SplittableRandom random, int n) {
        return RandomGenerators.of(
                K,
                (m, c) -> DenseOracle.random(random, m, c),
                n,
                i -> random.nextInt(4),
                i -> random.nextInt(4),
                i -> random.nextInt(4));
    }

    @Test
    void denseMatricesComeBackWithTheRanksOfTheirHankelBlocks() {
        for (int seed = 0; seed < 100; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Generators<DMatrixRMaj> a = rectangular(random, seed % 9);
            DMatrixRMaj dense = a.dense(K);
            Compressed<DMatrixRMaj> back = Compression.fromDense(K, dense, rows(a), columns(a), 0);
            assertThat(distance(back.generators().dense(K), dense)).isLessThanOrEqualTo(ROUNDING * norm(dense));
            assertThat(back.error()).isLessThanOrEqualTo(ROUNDING * norm(dense));
            Compression.Ranks expected = hankelRanks(dense, rows(a), columns(a));
            assertThat(back.generators().lowerRanks(K)).isEqualTo(expected.lower());
            assertThat(back.generators().upperRanks(K)).isEqualTo(expected.upper());
            assertThat(Compression.numericalRankProfile(K, a, 0)).isEqualTo(expected);
        }
    }

    @Test
    void entriesAreAsGoodAsTheMatrix() {
        for (int seed = 0; seed < 20; seed++) {
            Generators<DMatrixRMaj> a = rectangular(new SplittableRandom(seed), seed % 9);
            DMatrixRMaj dense = a.dense(K);
            for (double tolerance : new double[] {0, 0.1}) {
                Compressed<DMatrixRMaj> ofDense = Compression.fromDense(K, dense, rows(a), columns(a), tolerance);
                Compressed<DMatrixRMaj> ofEntries =
                        Compression.fromEntries(K, dense::get, rows(a), columns(a), tolerance);
                assertThat(ofEntries.error()).isEqualTo(ofDense.error());
                assertThat(ofEntries.generators().dense(K).data)
                        .containsExactly(ofDense.generators().dense(K).data);
            }
        }
    }

    @Test
    void theErrorIsTheNormOfWhatWasDiscarded() {
        int compressed = 0;
        for (int seed = 0; seed < 60; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int n = 2 + random.nextInt(9);
            int[] sizes = random.ints(n, 1, 5).toArray();
            int size = Arrays.stream(sizes).sum();
            DMatrixRMaj dense = DenseOracle.random(random, size, size);
            for (double tolerance : new double[] {0.03, 0.1, 0.3}) {
                Compressed<DMatrixRMaj> cut = Compression.fromDense(K, dense, sizes, sizes, tolerance);
                requireIdentity(dense, cut, tolerance);
                Generators<DMatrixRMaj> exact =
                        Compression.fromDense(K, dense, sizes, sizes, 0).generators();
                Compressed<DMatrixRMaj> again =
                        Compression.recompress(K, DenseOracle.similar(random, exact), tolerance);
                requireIdentity(dense, again, tolerance);
                compressed += cut.error() > 0 && again.error() > 0 ? 1 : 0;
            }
        }
        assertThat(compressed).isGreaterThan(100);
    }

    private static void requireIdentity(DMatrixRMaj dense, Compressed<DMatrixRMaj> cut, double tolerance) {
        double error = distance(dense, cut.generators().dense(K));
        assertThat(cut.error()).isLessThanOrEqualTo(tolerance * norm(dense));
        assertThat(cut.error()).isCloseTo(error, within(1e-9 * error + ROUNDING * norm(dense)));
    }

    @Test
    void aMatrixAddedToItselfKeepsItsRanks() {
        for (int seed = 0; seed < 100; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Generators<DMatrixRMaj> a = rectangular(random, seed % 12);
            Generators<DMatrixRMaj> twice = DenseOracle.sum(a, a);
            Compressed<DMatrixRMaj> least = Compression.recompress(K, twice, 0);
            assertThat(Compression.numericalRankProfile(K, twice, 0))
                    .isEqualTo(hankelRanks(a.dense(K), rows(a), columns(a)));
            assertThat(distance(least.generators().dense(K), twice.dense(K)))
                    .isLessThanOrEqualTo(ROUNDING * norm(twice.dense(K)));
            assertThat(least.generators().transpose(K).dense(K).numRows).isEqualTo(a.columns(K));
        }
    }

    @Test
    void cancellationLeavesNoRank() {
        Generators<DMatrixRMaj> a = RandomGenerators.square(new SplittableRandom(8), 6, 3, 3);
        Generators<DMatrixRMaj> negative = new Generators<>(
                a.d().stream().map(K::negate).toList(),
                a.p().stream().map(K::negate).toList(),
                a.r(),
                a.q(),
                a.u().stream().map(K::negate).toList(),
                a.w(),
                a.v());
        assertThat(Compression.frobeniusNorm(K, DenseOracle.sum(a, negative)))
                .isLessThanOrEqualTo(ROUNDING * norm(a.dense(K)));
        assertThat(Compression.frobeniusNorm(K, a)).isCloseTo(norm(a.dense(K)), within(ROUNDING * norm(a.dense(K))));
    }

    /** The orthonormal rows and columns that make the error exact, and the ranks independent of coordinates. */
    @Test
    void normalFormsAreOrthonormal() {
        SplittableRandom random = new SplittableRandom(9);
        Generators<DMatrixRMaj> a = RandomGenerators.square(random, 9, 3, 3);
        Generators<DMatrixRMaj> out = Compression.recompress(K, a, 0).generators();
        Generators<DMatrixRMaj> in =
                Compression.fromDense(K, a.dense(K), rows(a), columns(a), 0).generators();
        for (int i = 0; i < a.blocks(); i++) {
            DMatrixRMaj outputs = K.stackRows(List.of(out.p().get(i), out.r().get(i)));
            requireIdentityMatrix(K.multiplyTransposeLeft(outputs, outputs));
            DMatrixRMaj inputs = K.beside(in.r().get(i), in.q().get(i));
            requireIdentityMatrix(K.multiplyTransposeRight(inputs, inputs));
        }
        assertThat(Compression.numericalRankProfile(K, DenseOracle.similar(random, a), 0))
                .isEqualTo(Compression.numericalRankProfile(K, a, 0));
    }

    private static void requireIdentityMatrix(DMatrixRMaj a) {
        assertThat(distance(a, K.identity(a.numRows))).isLessThanOrEqualTo(1e-13);
    }

    /** A large diagonal does not hide small off-diagonal blocks, and squares of tiny entries do not vanish. */
    @Test
    void scalesDoNotMix() {
        Generators<DMatrixRMaj> a = DenseOracle.ofRank(new SplittableRandom(10), 6, 3, 2);
        Generators<DMatrixRMaj> heavy = DenseOracle.scaleDiagonal(a, 1e20);
        assertThat(Compression.numericalRankProfile(K, heavy, 0)).isEqualTo(Compression.numericalRankProfile(K, a, 0));
        DMatrixRMaj tiny = K.scale(K.of(1, 1, new double[] {1e-250}), a.dense(K));
        Generators<DMatrixRMaj> back =
                Compression.fromDense(K, tiny, rows(a), columns(a), 0).generators();
        assertThat(back.lowerRanks(K))
                .isEqualTo(Compression.numericalRankProfile(K, a, 0).lower());
        assertThat(Compression.frobeniusNorm(K, back) / 1e-250)
                .isCloseTo(norm(a.dense(K)), within(1e-12 * norm(a.dense(K))));
    }

    @Test
    void impulseResponsesOfStableSystemsAreRecovered() {
        for (int seed = 0; seed < 40; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int order = seed % 6;
            int inputs = 1 + random.nextInt(3);
            int outputs = 1 + random.nextInt(3);
            // an orthogonal matrix times 0.9: stable, with eigenvalues well away from zero
            DMatrixRMaj a = K.scale(
                    K.of(1, 1, new double[] {0.9}),
                    K.qr(DenseOracle.random(random, order, order)).left());
            DMatrixRMaj b = DenseOracle.random(random, order, inputs);
            DMatrixRMaj c = DenseOracle.random(random, outputs, order);
            List<DMatrixRMaj> response = response(a, b, c, 2 * order + 2);
            Compression.Realisation<DMatrixRMaj> found = Compression.realise(K, response, 0);
            assertThat(found.a().numRows).isLessThanOrEqualTo(order);
            double scale = norm(K.stackRows(response));
            double condition = found.a().numRows == 0
                    ? 1
                    : found.hankelSingularValues().getFirst()
                            / found.hankelSingularValues().get(found.a().numRows - 1);
            List<DMatrixRMaj> longer = response(a, b, c, 60); // beyond what was seen
            List<DMatrixRMaj> again = response(found.a(), found.b(), found.c(), 60);
            for (int t = 0; t < 60; t++) {
                assertThat(distance(again.get(t), longer.get(t)))
                        .isLessThanOrEqualTo(1e-13 * condition * scale + 1e-300);
            }
        }
    }

    private static List<DMatrixRMaj> response(DMatrixRMaj a, DMatrixRMaj b, DMatrixRMaj c, int length) {
        List<DMatrixRMaj> response = new ArrayList<>();
        DMatrixRMaj state = b;
        for (int t = 0; t < length; t++) {
            response.add(K.multiply(c, state));
            state = K.multiply(a, state);
        }
        return response;
    }

    @Test
    void aToleranceReducesTheOrder() {
        List<DMatrixRMaj> response = new ArrayList<>();
        for (int t = 0; t < 40; t++) {
            response.add(K.of(1, 1, new double[] {Math.pow(0.9, t) + 1e-6 * Math.pow(-0.5, t)}));
        }
        assertThat(Compression.realise(K, response, 0).a().numRows).isEqualTo(2);
        Compression.Realisation<DMatrixRMaj> reduced = Compression.realise(K, response, 1e-4);
        assertThat(reduced.a().numRows).isEqualTo(1);
        assertThat(reduced.a().get(0, 0)).isCloseTo(0.9, within(1e-6));
        assertThat(reduced.hankelSingularValues().get(1))
                .isLessThan(1e-4 * reduced.hankelSingularValues().get(0));
    }

    @Test
    void badInputIsNamed() {
        Generators<DMatrixRMaj> a = DenseOracle.ofRank(new SplittableRandom(1), 3, 1, 1);
        DMatrixRMaj dense = a.dense(K);
        int[] ones = {1, 1, 1};
        for (double tolerance : new double[] {-1e-3, Double.NaN}) {
            String shown = "tolerance " + tolerance;
            assertFault(Fault.OUT_OF_DOMAIN, () -> Compression.fromDense(K, dense, ones, ones, tolerance), shown);
            assertFault(
                    Fault.OUT_OF_DOMAIN, () -> Compression.fromEntries(K, dense::get, ones, ones, tolerance), shown);
            assertFault(Fault.OUT_OF_DOMAIN, () -> Compression.recompress(K, a, tolerance), shown);
            assertFault(Fault.OUT_OF_DOMAIN, () -> Compression.numericalRankProfile(K, a, tolerance), shown);
            assertFault(Fault.OUT_OF_DOMAIN, () -> Compression.realise(K, List.of(dense, dense), tolerance), shown);
        }
        assertFault(
                Fault.SHAPE_MISMATCH, () -> Compression.fromDense(K, dense, new int[] {1, 1}, ones, 0), "2x3", "3x3");
        assertFault(Fault.SHAPE_MISMATCH, () -> Compression.fromDense(K, dense, new int[] {1, 2}, ones, 0), "2", "3");
        assertFault(
                Fault.OUT_OF_RANGE,
                () -> Compression.fromDense(K, dense, new int[] {4, -1, 0}, ones, 0),
                "block 1",
                "-1");
        for (int[] at : new int[][] {{0, 0}, {2, 1}, {0, 2}, {1, 2}}) {
            DMatrixRMaj bad = dense.copy();
            bad.set(at[0], at[1], Double.NEGATIVE_INFINITY);
            assertFault(
                    Fault.NOT_FINITE,
                    () -> Compression.fromDense(K, bad, ones, ones, 0),
                    "(" + at[0] + ", " + at[1] + ")",
                    "-Infinity");
        }
        List<DMatrixRMaj> q = new ArrayList<>(a.q());
        q.set(1, K.of(1, 1, new double[] {Double.NaN}));
        Generators<DMatrixRMaj> poisoned = new Generators<>(a.d(), a.p(), a.r(), q, a.u(), a.w(), a.v());
        assertFault(Fault.NOT_FINITE, () -> Compression.recompress(K, poisoned, 0), "Q[1]", "NaN");
        assertFault(Fault.NOT_FINITE, () -> Compression.frobeniusNorm(K, poisoned), "Q[1]", "NaN");
        assertFault(Fault.WRONG_ARGUMENTS, () -> Compression.realise(K, List.of(dense), 0), "1 blocks");
        assertFault(Fault.SHAPE_MISMATCH, () -> Compression.realise(K, List.of(dense, K.ones(3, 2)), 0), "[1]", "3x2");
        assertFault(
                Fault.NOT_FINITE,
                () -> Compression.realise(K, List.of(K.ones(1, 1), K.of(1, 1, new double[] {Double.NaN})), 0),
                "response[1]");
    }
}
