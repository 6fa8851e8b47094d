package duality.semiseparable;

import static duality.semiseparable.DenseOracle.K;
import static duality.semiseparable.DenseOracle.assertFault;
import static duality.semiseparable.DenseOracle.backwardError;
import static duality.semiseparable.DenseOracle.distance;
import static duality.semiseparable.DenseOracle.norm;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import duality.errors.Fault;
import duality.errors.ValueException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.LUDecomposition_F64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The two stable solvers, {@link Ulv} and {@link LiftedSolve}, against each other and against dense matrices. */
class StableSolveTest {
    /** The bound of the specification for the normwise backward error. */
    private static final double BACKWARD = 1e-14;

    @Test
    void solvesRaggedSystems() {
        for (int seed = 0; seed < 200; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Generators<DMatrixRMaj> a = RandomGenerators.square(random, seed % 13, 5, 4);
            requireBackwardStable(random, a);
        }
    }

    @Test
    void solvesSystemsOfEmptyAndRectangularDiagonalBlocks() {
        for (int seed = 0; seed < 100; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int n = 2 + random.nextInt(8);
            int[] rows = random.ints(n, 0, 4).toArray();
            int[] columns = rows.clone();
            for (int i = 1; i < n; i++) { // ranks of 3 allow an imbalance of one
                if (i % 2 == 1 && columns[i] > 0) {
                    columns[i - 1]++;
                    columns[i]--;
                }
            }
            Generators<DMatrixRMaj> a = RandomGenerators.of(
                    K, (m, c) -> DenseOracle.random(random, m, c), n, i -> rows[i], i -> columns[i], i -> 3);
            requireBackwardStable(random, a);
            requireBackwardStable(random, a.transpose(K));
            requireBackwardStable(random, a.reverse());
        }
    }

    private static void requireBackwardStable(SplittableRandom random, Generators<DMatrixRMaj> a) {
        DMatrixRMaj dense = a.dense(K);
        DMatrixRMaj b = DenseOracle.random(random, dense.numRows, 3);
        assertThat(backwardError(dense, Ulv.factor(K, a).solve(b), b)).isLessThanOrEqualTo(BACKWARD);
        assertThat(backwardError(dense, LiftedSolve.factor(K, a).solve(b), b)).isLessThanOrEqualTo(BACKWARD);
    }

    /** Chandrasekaran and others' point: the diagonal blocks need not be invertible, nor anywhere near it. */
    @ParameterizedTest
    @ValueSource(doubles = {1, 1e-4, 1e-8, 1e-12, 0})
    void staysBackwardStableAsTheDiagonalVanishes(double scale) {
        for (int seed = 0; seed < 20; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            requireBackwardStable(random, DenseOracle.scaleDiagonal(DenseOracle.ofRank(random, 12, 2, 3), scale));
        }
    }

    /** Beside them the recurrence that divides by the diagonal: its error grows as the diagonal shrinks. */
    @Test
    void blockEliminationWithoutPivotingWouldFail() {
        double[] worst = new double[2];
        double[] scales = {1e-4, 1e-8};
        for (int s = 0; s < scales.length; s++) {
            for (int seed = 0; seed < 20; seed++) {
                SplittableRandom random = new SplittableRandom(seed);
                Generators<DMatrixRMaj> a = DenseOracle.scaleDiagonal(DenseOracle.ofRank(random, 12, 1, 3), scales[s]);
                DMatrixRMaj dense = a.dense(K);
                DMatrixRMaj b = DenseOracle.random(random, dense.numRows, 1);
                worst[s] = Math.max(worst[s], backwardError(dense, blockElimination(a, b), b));
            }
        }
        assertThat(worst[0]).isGreaterThan(100 * BACKWARD);
        assertThat(worst[1]).isGreaterThan(1e6 * BACKWARD);
    }

    /** {@code Δ = D − P G V, Q̃ = Q − R G V, Ũ = Δ⁻¹ (U − P G W), G⁺ = R G W + Q̃ Ũ}: block LU, and the two sweeps. */
    private static DMatrixRMaj blockElimination(Generators<DMatrixRMaj> a, DMatrixRMaj b) {
        int n = a.blocks();
        List<DMatrixRMaj> parts = K.splitRows(b, a.rowSizes(K));
        List<DMatrixRMaj> upper = new ArrayList<>();
        List<DMatrixRMaj> x = new ArrayList<>();
        DMatrixRMaj passed = K.zeros(0, 0);
        DMatrixRMaj g = K.zeros(0, 1);
        for (int i = 0; i < n; i++) {
            DMatrixRMaj p = K.multiply(a.p().get(i), passed);
            DMatrixRMaj r = K.multiply(a.r().get(i), passed);
            DMatrixRMaj delta = K.subtract(a.d().get(i), K.multiply(p, a.v().get(i)));
            DMatrixRMaj q = K.subtract(a.q().get(i), K.multiply(r, a.v().get(i)));
            DMatrixRMaj u = K.solve(delta, K.subtract(a.u().get(i), K.multiply(p, a.w().get(i))));
            passed = K.add(K.multiply(r, a.w().get(i)), K.multiply(q, u));
            x.add(K.solve(delta, K.subtract(parts.get(i), K.multiply(a.p().get(i), g))));
            g = K.add(K.multiply(a.r().get(i), g), K.multiply(q, x.get(i)));
            upper.add(u);
        }
        DMatrixRMaj h = K.zeros(0, 1);
        for (int i = n - 1; i >= 0; i--) {
            x.set(i, K.subtract(x.get(i), K.multiply(upper.get(i), h)));
            h = K.add(K.multiply(a.w().get(i), h), K.multiply(a.v().get(i), x.get(i)));
        }
        return K.stackRows(x);
    }

    @Test
    void determinantsAreThoseOfDenseLu() {
        int negative = 0;
        for (int seed = 0; seed < 200; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Generators<DMatrixRMaj> a = RandomGenerators.square(random, seed % 13, 5, 4);
            negative += requireDeterminant(a) < 0 ? 1 : 0;
        }
        assertThat(negative).isBetween(60, 140);
    }

    @Test
    void determinantsOfRectangularDiagonalBlocksKeepTheirSign() {
        for (int seed = 0; seed < 50; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Generators<DMatrixRMaj> a = RandomGenerators.of(
                    K, (m, c) -> DenseOracle.random(random, m, c), 6, i -> 2 + i % 2, i -> 3 - i % 2, i -> 3);
            requireDeterminant(a);
            requireDeterminant(a.transpose(K));
        }
    }

    private static int requireDeterminant(Generators<DMatrixRMaj> a) {
        Ulv<DMatrixRMaj> ulv = Ulv.factor(K, a);
        DMatrixRMaj dense = a.dense(K);
        int expected = 1;
        double logarithm = 0;
        double condition = 1;
        if (dense.numRows > 0) {
            LUDecomposition_F64<DMatrixRMaj> lu = DecompositionFactory_DDRM.lu(dense.numRows, dense.numCols);
            lu.decompose(dense.copy());
            expected = lu.computeDeterminant().real > 0 ? 1 : -1;
            DMatrixRMaj triangle = lu.getUpper(null);
            for (double pivot : Orthogonal.diagonal(K, triangle)) {
                logarithm += Math.log(Math.abs(pivot));
            }
            double[] values = K.svd(dense).singularValues();
            condition = values[0] / values[values.length - 1];
        }
        assertThat(ulv.logDeterminant().sign()).isEqualTo(expected);
        assertThat(ulv.logDeterminant().logAbsolute())
                .isCloseTo(logarithm, within(1e-14 * dense.numRows * condition + 1e-300));
        assertThat(ulv.conditionEstimate()).isBetween(1.0, condition * (1 + 1e-9));
        return expected;
    }

    @Test
    void signsOfOrthogonalBlocks() {
        SplittableRandom random = new SplittableRandom(3);
        for (int n = 0; n <= 12; n++) {
            for (int repeat = 0; repeat < 10; repeat++) {
                DMatrixRMaj q = K.qr(DenseOracle.random(random, n, n)).left();
                double determinant = n == 0 ? 1 : CommonOps_DDRM.det(q);
                assertThat(Orthogonal.determinantSign(K, q)).isEqualTo(determinant > 0 ? 1 : -1);
            }
        }
        DMatrixRMaj exchange = K.of(3, 3, new double[] {0, 0, 1, 0, 1, 0, 1, 0, 0});
        assertThat(Orthogonal.determinantSign(K, exchange)).isEqualTo(-1);
        assertThat(Orthogonal.determinantSign(K, K.negate(K.identity(4)))).isEqualTo(1);
    }

    @Test
    void oneFactorisationServesManyRightHandSides() {
        SplittableRandom random = new SplittableRandom(11);
        Generators<DMatrixRMaj> a = RandomGenerators.square(random, 7, 4, 3);
        Ulv<DMatrixRMaj> ulv = Ulv.factor(K, a);
        DMatrixRMaj b = DenseOracle.random(random, a.rows(K), 5);
        DMatrixRMaj together = ulv.solve(b);
        for (int column = 0; column < 5; column++) {
            DMatrixRMaj alone = ulv.solve(Orthogonal.columns(K, b, column, column + 1));
            assertThat(distance(alone, Orthogonal.columns(K, together, column, column + 1)))
                    .isLessThanOrEqualTo(1e-14 * norm(alone));
        }
        assertThat(ulv.solve(K.zeros(a.rows(K), 0)).numCols).isZero();
        assertThat(LiftedSolve.factor(K, a).solve(K.zeros(a.rows(K), 0)).numCols)
                .isZero();
    }

    @Test
    void solutionsDoNotDependOnTheCoordinatesOfTheStates() {
        for (int seed = 0; seed < 50; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Generators<DMatrixRMaj> a = DenseOracle.diagonal(
                    RandomGenerators.square(random, 8, 3, 3),
                    d -> K.add(d, K.scale(K.of(1, 1, new double[] {20}), K.identity(d.numRows))));
            DMatrixRMaj b = DenseOracle.random(random, a.rows(K), 2);
            Generators<DMatrixRMaj> similar = DenseOracle.similar(random, a);
            DMatrixRMaj x = Ulv.factor(K, a).solve(b);
            assertThat(distance(Ulv.factor(K, similar).solve(b), x)).isLessThanOrEqualTo(1e-12 * norm(x));
            assertThat(distance(LiftedSolve.factor(K, similar).solve(b), x)).isLessThanOrEqualTo(1e-12 * norm(x));
            assertThat(Ulv.factor(K, similar).logDeterminant().logAbsolute())
                    .isCloseTo(Ulv.factor(K, a).logDeterminant().logAbsolute(), within(1e-11));
        }
    }

    @Test
    void singularMatricesAreReportedWithTheirBlockAndCondition() {
        SplittableRandom random = new SplittableRandom(2);
        Generators<DMatrixRMaj> a =
                RandomGenerators.of(K, (m, c) -> DenseOracle.random(random, m, c), 5, i -> 3, i -> 3, i -> 1);
        List<DMatrixRMaj> d = new ArrayList<>(a.d());
        d.set(0, K.zeros(3, 3)); // two rows of block 0 must come from D alone
        Generators<DMatrixRMaj> zero = new Generators<>(d, a.p(), a.r(), a.q(), a.u(), a.w(), a.v());
        assertFault(Fault.SINGULAR, () -> Ulv.factor(K, zero), "block 0", "condition Infinity");
        assertFault(Fault.SINGULAR, () -> LiftedSolve.factor(K, zero), "block 0", "condition");

        // rank one: u vᵀ with all its entries from one pair of vectors
        Generators<DMatrixRMaj> rankOne = RandomGenerators.of(K, (m, c) -> K.ones(m, c), 4, i -> 1, i -> 1, i -> 1);
        assertFault(Fault.SINGULAR, () -> Ulv.factor(K, rankOne), "block", "condition");
        assertFault(Fault.SINGULAR, () -> LiftedSolve.factor(K, rankOne), "block", "condition");

        Generators<DMatrixRMaj> tall =
                RandomGenerators.of(K, (m, c) -> DenseOracle.random(random, m, c), 2, i -> 2 - i, i -> 1 + i, i -> 0);
        assertFault(Fault.SINGULAR, () -> Ulv.factor(K, tall), "block 0", "2 equations", "1 unknowns");
        int[] rows = {1, 0, 4};
        Generators<DMatrixRMaj> late = RandomGenerators.of(
                K, (m, c) -> DenseOracle.random(random, m, c), 3, i -> rows[i], i -> i == 0 ? 5 : 0, i -> 0);
        assertFault(Fault.SINGULAR, () -> LiftedSolve.factor(K, late), "block 0", "1 equations", "5 unknowns");
    }

    /** Chains of small pivots make conditions like scale⁻ⁿ: refused, or by name solved as stably as any other. */
    @Test
    void numericallySingularMatricesAreSolvedOnlyByName() {
        int refused = 0;
        int zero = 0;
        for (int seed = 0; seed < 100; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Generators<DMatrixRMaj> a = DenseOracle.scaleDiagonal(RandomGenerators.square(random, 20, 5, 4), 1e-8);
            DMatrixRMaj dense = a.dense(K);
            DMatrixRMaj b = DenseOracle.random(random, dense.numRows, 2);
            zero += requireSolvedOrZeroPivot(() -> Ulv.factor(K, a, 0).solve(b), dense, b);
            zero += requireSolvedOrZeroPivot(() -> LiftedSolve.factor(K, a, 0).solve(b), dense, b);
            try {
                Ulv.factor(K, a);
            } catch (ValueException fault) {
                assertThat(fault.fault()).isEqualTo(Fault.SINGULAR);
                double[] values = K.svd(dense).singularValues();
                assertThat(values[values.length - 1]).isLessThanOrEqualTo(1e-13 * values[0]);
                refused++;
            }
        }
        assertThat(refused).isBetween(50, 99);
        assertThat(zero).isLessThanOrEqualTo(10);
    }

    private static int requireSolvedOrZeroPivot(Supplier<DMatrixRMaj> solve, DMatrixRMaj dense, DMatrixRMaj b) {
        try {
            assertThat(backwardError(dense, solve.get(), b)).isLessThanOrEqualTo(BACKWARD);
            return 0;
        } catch (ValueException fault) {
            assertThat(fault).hasMessageContaining("pivot 0.0 ");
            return 1;
        }
    }

    /** States may be measured in any unit; only the lifted system mixes them with x. */
    @Test
    void unitsOfTheStates() {
        for (int seed = 0; seed < 20; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Generators<DMatrixRMaj> a = DenseOracle.ofRank(random, 10, 2, 3);
            Generators<DMatrixRMaj> large = new Generators<>(
                    a.d(),
                    a.p().stream()
                            .map(p -> K.scale(K.of(1, 1, new double[] {1e-9}), p))
                            .toList(),
                    a.r(),
                    a.q().stream()
                            .map(q -> K.scale(K.of(1, 1, new double[] {1e9}), q))
                            .toList(),
                    a.u(),
                    a.w(),
                    a.v());
            DMatrixRMaj dense = large.dense(K);
            DMatrixRMaj b = DenseOracle.random(random, dense.numRows, 1);
            assertThat(backwardError(dense, Ulv.factor(K, large).solve(b), b)).isLessThanOrEqualTo(BACKWARD);
            requireBackwardStable(random, Compression.recompress(K, large, 0).generators());
        }
    }

    @Test
    void pivotsOfVeryDifferentSizesAreNotSingular() {
        DMatrixRMaj b = K.of(2, 1, new double[] {1, 1});
        List<DMatrixRMaj> d = List.of(K.of(1, 1, new double[] {1}), K.of(1, 1, new double[] {1e-200}));
        List<DMatrixRMaj> none = List.of(K.zeros(0, 0), K.zeros(0, 0));
        List<DMatrixRMaj> rows = List.of(K.zeros(1, 0), K.zeros(1, 0));
        List<DMatrixRMaj> columns = List.of(K.zeros(0, 1), K.zeros(0, 1));
        Generators<DMatrixRMaj> a = Generators.of(K, d, rows, none, columns, rows, none, columns);
        assertThat(Ulv.factor(K, a).solve(b).data).containsExactly(1, 1e200);
        assertThat(LiftedSolve.factor(K, a).solve(b).data).containsExactly(1, 1e200);
        assertThat(Ulv.factor(K, a).logDeterminant().logAbsolute()).isCloseTo(Math.log(1e-200), within(1e-12));
    }

    @Test
    void badInputIsNamed() {
        SplittableRandom random = new SplittableRandom(4);
        Generators<DMatrixRMaj> a =
                RandomGenerators.of(K, (m, c) -> DenseOracle.random(random, m, c), 3, i -> 2, i -> 2, i -> 1);
        Generators<DMatrixRMaj> wide =
                RandomGenerators.of(K, (m, c) -> DenseOracle.random(random, m, c), 3, i -> 2, i -> 3, i -> 1);
        assertFault(Fault.SHAPE_MISMATCH, () -> Ulv.factor(K, wide), "6", "9");
        assertFault(Fault.SHAPE_MISMATCH, () -> LiftedSolve.factor(K, wide), "6", "9");

        List<DMatrixRMaj> w = new ArrayList<>(a.w());
        w.set(1, K.of(1, 1, new double[] {Double.NaN}));
        Generators<DMatrixRMaj> poisoned = new Generators<>(a.d(), a.p(), a.r(), a.q(), a.u(), w, a.v());
        assertFault(Fault.NOT_FINITE, () -> Ulv.factor(K, poisoned), "W[1]", "NaN", "(0, 0)");
        assertFault(Fault.NOT_FINITE, () -> LiftedSolve.factor(K, poisoned), "W[1]", "NaN", "(0, 0)");
        Generators<DMatrixRMaj> huge = DenseOracle.diagonal(a, d -> {
            DMatrixRMaj large = d.copy();
            Arrays.fill(large.data, Double.MAX_VALUE);
            return large;
        });
        assertFault(Fault.NOT_FINITE, () -> Ulv.factor(K, huge), "overflow in block 0");

        for (double tolerance : new double[] {-1, Double.NaN}) {
            assertFault(Fault.OUT_OF_DOMAIN, () -> Ulv.factor(K, a, tolerance), "tolerance " + tolerance);
            assertFault(Fault.OUT_OF_DOMAIN, () -> LiftedSolve.factor(K, a, tolerance), "tolerance " + tolerance);
        }

        DMatrixRMaj b = K.ones(6, 1);
        assertFault(Fault.SHAPE_MISMATCH, () -> Ulv.factor(K, a).solve(K.ones(5, 1)), "6x6", "5x1");
        assertFault(Fault.SHAPE_MISMATCH, () -> LiftedSolve.factor(K, a).solve(K.ones(5, 1)), "6x6", "5x1");
        b.set(4, 0, Double.POSITIVE_INFINITY);
        assertFault(Fault.NOT_FINITE, () -> Ulv.factor(K, a).solve(b), "right-hand side", "(4, 0)");
        assertFault(Fault.NOT_FINITE, () -> LiftedSolve.factor(K, a).solve(b), "right-hand side", "(4, 0)");
    }
}
