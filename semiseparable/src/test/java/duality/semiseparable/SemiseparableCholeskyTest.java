package duality.semiseparable;

import static duality.semiseparable.DenseOracle.K;
import static duality.semiseparable.DenseOracle.assertFault;
import static duality.semiseparable.DenseOracle.backwardError;
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

class SemiseparableCholeskyTest {
    /** A symmetric matrix: a random lower half, its transpose, and a shift that makes it positive definite. */
    private static Generators<DMatrixRMaj> symmetric(SplittableRandom random, int n) {
        Generators<DMatrixRMaj> a = RandomGenerators.square(random, n, 4, 3);
        Generators<DMatrixRMaj> t = a.transpose(K);
        Generators<DMatrixRMaj> halves =
                new Generators<>(DenseOracle.sum(a, t).d(), a.p(), a.r(), a.q(), t.u(), t.w(), t.v());
        double shift = 1.01 * norm(halves.dense(K));
        return DenseOracle.diagonal(
                halves, d -> K.add(d, K.scale(K.of(1, 1, new double[] {shift}), K.identity(d.numRows))));
    }

    @Test
    void isTheDenseFactor() {
        for (int seed = 0; seed < 100; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Generators<DMatrixRMaj> a = symmetric(random, seed % 11);
            DMatrixRMaj dense = a.dense(K);
            DMatrixRMaj expected = K.cholesky(dense);
            SemiseparableCholesky<DMatrixRMaj> cholesky = SemiseparableCholesky.of(K, a);
            assertThat(distance(cholesky.factor().dense(K), expected)).isLessThanOrEqualTo(1e-13 * norm(expected));
            double logarithm = 0;
            for (double pivot : Orthogonal.diagonal(K, expected)) {
                logarithm += 2 * Math.log(pivot);
            }
            assertThat(cholesky.logDeterminant()).isCloseTo(logarithm, within(1e-12));
            assertThat(Ulv.factor(K, a).logDeterminant().logAbsolute()).isCloseTo(logarithm, within(1e-12));
            assertThat(Ulv.factor(K, a).logDeterminant().sign()).isOne();

            DMatrixRMaj b = DenseOracle.random(random, dense.numRows, 3);
            assertThat(backwardError(dense, cholesky.solve(b), b)).isLessThanOrEqualTo(1e-14);
            assertThat(backwardError(expected, cholesky.solveLower(b), b)).isLessThanOrEqualTo(1e-14);
            assertThat(backwardError(K.transpose(expected), cholesky.solveUpper(b), b))
                    .isLessThanOrEqualTo(1e-14);
        }
    }

    @Test
    void theUpperHalfMayBeOtherGeneratorsOrUnread() {
        SplittableRandom random = new SplittableRandom(5);
        Generators<DMatrixRMaj> a = symmetric(random, 8);
        Generators<DMatrixRMaj> other = DenseOracle.similar(random, a);
        double expected = SemiseparableCholesky.of(K, a).logDeterminant();
        assertThat(SemiseparableCholesky.of(K, other).logDeterminant()).isCloseTo(expected, within(1e-12));
        List<DMatrixRMaj> v = new ArrayList<>(a.v());
        v.replaceAll(block -> K.scale(K.of(1, 1, new double[] {Double.NaN}), block));
        Generators<DMatrixRMaj> unread = new Generators<>(a.d(), a.p(), a.r(), a.q(), a.u(), a.w(), v);
        assertThat(SemiseparableCholesky.ofLower(K, unread).logDeterminant()).isEqualTo(expected);
    }

    /** Ill-conditioned covariances of smooth processes are where squares would be lost. */
    @Test
    void staysStableNearSemidefinite() {
        for (double noise : new double[] {1e-6, 1e-12}) {
            DMatrixRMaj dense = new DMatrixRMaj(60, 60);
            for (int i = 0; i < 60; i++) {
                for (int j = 0; j < 60; j++) {
                    double lag = 0.02 * Math.abs(i - j);
                    dense.set(i, j, (1 + lag) * Math.exp(-lag) + (i == j ? noise : 0)); // Matérn 3/2
                }
            }
            int[] sizes = new int[20];
            Arrays.fill(sizes, 3);
            Generators<DMatrixRMaj> a =
                    Compression.fromDense(K, dense, sizes, sizes, 0).generators();
            assertThat(a.lowerRanks(K)).allMatch(rank -> rank <= 2);
            DMatrixRMaj b = K.ones(60, 1);
            assertThat(backwardError(dense, SemiseparableCholesky.of(K, a).solve(b), b))
                    .isLessThanOrEqualTo(1e-14);
            assertThat(backwardError(dense, Ulv.factor(K, a).solve(b), b)).isLessThanOrEqualTo(1e-14);
        }
    }

    @Test
    void indefiniteMatricesFailAtTheirFirstBadMinor() {
        for (int seed = 0; seed < 40; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Generators<DMatrixRMaj> a = symmetric(random, 2 + random.nextInt(6));
            int bad = random.nextInt(a.rows(K));
            List<DMatrixRMaj> d = new ArrayList<>();
            int from = 0;
            int block = 0;
            for (int i = 0; i < a.blocks(); i++) {
                DMatrixRMaj copy = a.d().get(i).copy();
                if (bad >= from && bad < from + copy.numRows) {
                    copy.set(bad - from, bad - from, -1);
                    block = i;
                }
                from += copy.numRows;
                d.add(copy);
            }
            Generators<DMatrixRMaj> indefinite = new Generators<>(d, a.p(), a.r(), a.q(), a.u(), a.w(), a.v());
            assertFault(
                    Fault.OUT_OF_DOMAIN,
                    () -> SemiseparableCholesky.of(K, indefinite),
                    "pivot " + bad + " (",
                    "of block " + block + ")",
                    "leading minor of size " + (bad + 1) + " ");
        }
    }

    @Test
    void badInputIsNamed() {
        SplittableRandom random = new SplittableRandom(6);
        Generators<DMatrixRMaj> a =
                RandomGenerators.of(K, (m, c) -> DenseOracle.random(random, m, c), 4, i -> 2, i -> 2, i -> 1);
        assertFault(Fault.OUT_OF_DOMAIN, () -> SemiseparableCholesky.of(K, a), "not symmetric");
        Generators<DMatrixRMaj> ragged =
                RandomGenerators.of(K, (m, c) -> DenseOracle.random(random, m, c), 2, i -> 2 - i, i -> 1 + i, i -> 1);
        assertFault(Fault.SHAPE_MISMATCH, () -> SemiseparableCholesky.of(K, ragged), "block 0", "2", "1");
        assertFault(Fault.SHAPE_MISMATCH, () -> SemiseparableCholesky.ofLower(K, ragged), "block 0", "2", "1");
        List<DMatrixRMaj> r = new ArrayList<>(a.r());
        r.set(2, K.of(1, 1, new double[] {Double.POSITIVE_INFINITY}));
        Generators<DMatrixRMaj> poisoned = new Generators<>(a.d(), a.p(), r, a.q(), a.u(), a.w(), a.v());
        assertFault(Fault.NOT_FINITE, () -> SemiseparableCholesky.of(K, poisoned), "R[2]", "Infinity");
        assertFault(Fault.NOT_FINITE, () -> SemiseparableCholesky.ofLower(K, poisoned), "R[2]", "Infinity");

        SemiseparableCholesky<DMatrixRMaj> good = SemiseparableCholesky.of(K, symmetric(random, 3));
        int size = good.factor().rows(K);
        assertFault(Fault.SHAPE_MISMATCH, () -> good.solve(K.ones(size + 1, 1)), (size + 1) + "x1");
        DMatrixRMaj b = K.ones(size, 1);
        b.set(0, 0, Double.NaN);
        assertFault(Fault.NOT_FINITE, () -> good.solve(b), "(0, 0)");
    }
}
