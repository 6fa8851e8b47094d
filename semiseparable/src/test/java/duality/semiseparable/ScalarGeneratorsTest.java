package duality.semiseparable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import duality.algebra.EjmlBlocks;
import duality.errors.Fault;
import duality.errors.InvalidInputException;
import duality.errors.ValueException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.NormOps_DDRM;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The flat path against the generic one, which is the definition, and against dense matrices. */
class ScalarGeneratorsTest {
    private static final EjmlBlocks K = EjmlBlocks.INSTANCE;
    private static final double[] NONE = {};
    private final SplittableRandom random = new SplittableRandom(11);

    /** The laws with other kernels than those chosen by default. */
    @SuppressWarnings({"unused", "JUnitMethodInvoked"}) // by reflection
    static void checkChosen() {
        ScalarGeneratorsTest test = new ScalarGeneratorsTest();
        for (int n : new int[] {0, 1, 2, 3, 17}) {
            test.multipliesAsRaggedGeneratorsDo(n);
            test.multipliesAsItsOwnBlocksDo(n);
            test.choleskyEqualsTheDenseOne(n);
        }
        test.solvesStablyAsTheDiagonalVanishes(1e-8);
        test.solvesTriangularAndTinySystems();
        test.diagonalTransitionsAreFullOnesWithZeros();
    }

    private double[] draw(int length, double size) {
        double[] values = new double[length];
        Arrays.setAll(values, i -> size * random.nextDouble(-1, 1));
        return values;
    }

    /** Random generators whose products neither grow nor vanish fast; the diagonal has this size. */
    private ScalarGenerators draw(int n, int r, boolean lowerDiagonal, int s, boolean upperDiagonal, double size) {
        return ScalarGenerators.of(
                draw(n, size),
                draw(n * r, 1),
                draw(lowerDiagonal ? n * r : n * r * r, lowerDiagonal ? 1 : 1 / Math.sqrt(Math.max(r, 1))),
                draw(n * r, 1),
                draw(n * s, 1),
                draw(upperDiagonal ? n * s : n * s * s, upperDiagonal ? 1 : 1 / Math.sqrt(Math.max(s, 1))),
                draw(n * s, 1));
    }

    private static DMatrixRMaj absolute(DMatrixRMaj a) {
        DMatrixRMaj result = a.copy();
        Arrays.setAll(result.data, i -> Math.abs(result.data[i]));
        return result;
    }

    private static List<DMatrixRMaj> absolute(List<DMatrixRMaj> list) {
        return list.stream().map(ScalarGeneratorsTest::absolute).toList();
    }

    /** {@code (|D| + |P||R|…|Q| + |U||W|…|V|) |x|}, to which the rounding errors are relative. */
    private static double[] magnitude(Generators<DMatrixRMaj> a, DMatrixRMaj x) {
        return new Generators<>(
                        absolute(a.d()),
                        absolute(a.p()),
                        absolute(a.r()),
                        absolute(a.q()),
                        absolute(a.u()),
                        absolute(a.w()),
                        absolute(a.v()))
                .multiply(K, absolute(x))
                .data;
    }

    private static double gamma(int k) {
        return k * K.unitRoundoff() / (1 - k * K.unitRoundoff());
    }

    /** Both paths make at most rank + 2 roundings at each step that a contribution passes. */
    private static void assertSameProduct(
            Generators<DMatrixRMaj> expected, boolean transposed, ScalarGenerators actual, double[] x) {
        int n = x.length;
        Generators<DMatrixRMaj> generators = transposed ? expected.transpose(K) : expected;
        DMatrixRMaj column = new DMatrixRMaj(n, 1, true, x);
        double[] reference = generators.multiply(K, column).data;
        double[] magnitude = magnitude(generators, column);
        double[] product = transposed ? actual.multiplyTransposed(x, null) : actual.multiply(x);
        int rank = Math.max(actual.lowerRank(), actual.upperRank());
        for (int i = 0; i < n; i++) {
            assertThat(Math.abs(product[i] - reference[i]))
                    .as("row %d of %d, rank %d, transposed %b", i, n, rank, transposed)
                    .isLessThanOrEqualTo(2 * gamma((n + 2) * (rank + 2)) * magnitude[i]);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 17, 100})
    void multipliesAsRaggedGeneratorsDo(int n) {
        for (int rank : new int[] {0, 1, 2, 3, 8, 16}) {
            Generators<DMatrixRMaj> ragged = RandomGenerators.square(random, n, 1, rank);
            ScalarGenerators flat = ScalarGenerators.from(ragged);
            assertSameProduct(ragged, false, flat, draw(n, 1));
            assertSameProduct(ragged, true, flat, draw(n, 1));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 17, 100})
    void multipliesAsItsOwnBlocksDo(int n) {
        for (int r : new int[] {0, 1, 2, 3, 4, 7, 8, 11, 16}) {
            for (boolean diagonal : new boolean[] {false, true}) {
                ScalarGenerators flat = draw(n, r, diagonal, random.nextInt(17), !diagonal, 1);
                assertSameProduct(flat.toGenerators(), false, flat, draw(n, 1));
                assertSameProduct(flat.toGenerators(), true, flat, draw(n, 1));
            }
        }
    }

    @Test
    void diagonalTransitionsAreFullOnesWithZeros() {
        for (int rank : new int[] {1, 3, 8, 13}) {
            ScalarGenerators diagonal = draw(40, rank, true, rank, true, 1);
            ScalarGenerators full = ScalarGenerators.from(diagonal.toGenerators());
            double[] x = draw(40, 1);
            assertSameProduct(diagonal.toGenerators(), false, full, x);
            // Each within 1e-14 of a solution, so the two agree where both are multiplied out.
            assertThat(backwardError(diagonal, full.solve(x), x)).isLessThan(1e-14);
            assertThat(backwardError(full, diagonal.solve(x), x)).isLessThan(1e-14);
        }
    }

    private static double backwardError(ScalarGenerators a, double[] x, double[] b) {
        DMatrixRMaj dense = a.toGenerators().dense(K);
        DMatrixRMaj residual = K.subtract(
                K.multiply(dense, new DMatrixRMaj(x.length, 1, true, x)), new DMatrixRMaj(b.length, 1, true, b));
        double norm = CommonOps_DDRM.elementMaxAbs(residual);
        double size = 0;
        for (double entry : x) {
            size = Math.max(size, Math.abs(entry));
        }
        return norm / (CommonOps_DDRM.elementMaxAbs(dense) * size);
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 1e-4, 1e-8, 1e-12, 0})
    void solvesStablyAsTheDiagonalVanishes(double size) {
        for (int n : new int[] {2, 3, 17, 100, 300}) {
            for (int rank : new int[] {1, 2, 3, 8, 16}) {
                for (boolean diagonal : new boolean[] {false, true}) {
                    ScalarGenerators a = draw(n, rank, diagonal, 1 + random.nextInt(16), !diagonal, size);
                    double[] b = draw(n, 1);
                    double[] x;
                    try {
                        x = a.solve(b);
                    } catch (ValueException singular) {
                        // Some of these random matrices are singular to working precision: refused, and rightly so.
                        assertThat(NormOps_DDRM.conditionP2(a.toGenerators().dense(K)))
                                .isGreaterThan(1e13);
                        continue;
                    }
                    assertThat(backwardError(a, x, b))
                            .as("n %d, ranks %d and %d", n, rank, a.upperRank())
                            .isLessThan(1e-14);
                }
            }
        }
    }

    @Test
    void solvesTriangularAndTinySystems() {
        assertThat(draw(0, 2, false, 2, false, 1).solve(NONE)).isEmpty();
        for (int n : new int[] {1, 2, 3, 17, 100}) {
            for (int[] ranks : new int[][] {{0, 0}, {3, 0}, {0, 3}}) {
                double[] d = new double[n];
                Arrays.fill(d, 3);
                ScalarGenerators half = draw(n, ranks[0], false, ranks[1], false, 1);
                Generators<DMatrixRMaj> g = half.toGenerators();
                List<DMatrixRMaj> diagonal = new ArrayList<>();
                for (int i = 0; i < n; i++) {
                    diagonal.add(new DMatrixRMaj(1, 1, true, 3));
                }
                ScalarGenerators a =
                        ScalarGenerators.from(Generators.of(K, diagonal, g.p(), g.r(), g.q(), g.u(), g.w(), g.v()));
                double[] b = draw(n, 1);
                assertThat(backwardError(a, a.solve(b), b)).isLessThan(1e-14);
            }
        }
    }

    /** Rows of very different size are no sign of singularity. */
    @Test
    void solvesDiagonalMatricesOfAnyScaleExactly() {
        double[] d = {1, 1e-100, 1e100, -1e-140, 2};
        ScalarGenerators a = ScalarGenerators.of(
                d, new double[5], new double[5], new double[5], new double[10], new double[10], new double[10]);
        assertThat(a.solve(d)).containsExactly(1, 1, 1, 1, 1);
    }

    @Test
    void reportsSingularMatrices() {
        double[] ones = {1, 1, 1, 1, 1, 1};
        ScalarGenerators rankOne = ScalarGenerators.symmetric(ones, ones, ones, ones);
        assertFault(Fault.SINGULAR, () -> rankOne.solve(ones), "row 1");
        double[] d = {1, 2, 0, 4};
        ScalarGenerators zero = ScalarGenerators.of(d, NONE, NONE, NONE, NONE, NONE, NONE);
        assertFault(Fault.SINGULAR, () -> zero.solve(new double[4]), "row 2");
    }

    /**
     * The third equation is the sum of the first two but for {@code gap}. Their combination without the state from below
     * is {@code (−1, −1, 1)/√3}, so that the pivot is gap/√3 where the rows have size {@code (√6 + √14 + √38)/√3}.
     */
    private static ScalarGenerators nearlyDependentRows(double gap) {
        double[] identity = {1, 0, 0, 1};
        double[] w = new double[16];
        for (int i = 0; i < 4; i++) {
            System.arraycopy(identity, 0, w, 4 * i, 4);
        }
        return ScalarGenerators.of(
                new double[] {1, 2, 5 + gap, 7},
                new double[] {0, 1, 1, 1},
                new double[] {0, 2, 1, 0},
                new double[] {1, 3, 1, 0},
                new double[] {1, 0, 0, 1, 1, 1, 0, 0},
                w,
                new double[] {0, 0, 1, 0, 2, 3, 1, 1});
    }

    /** Rounding may have made what is not larger than two units roundoff of the rows; what is larger is divided by. */
    @Test
    void pivotsAreMeasuredByTheRowsTheyComeFrom() {
        double[] b = {1, 2, 3, 4};
        double size = (Math.sqrt(6) + Math.sqrt(14) + Math.sqrt(38)) / Math.sqrt(3);
        assertRefused(nearlyDependentRows(Math.ulp(5.0)), b, 2, size);
        ScalarGenerators regular = nearlyDependentRows(32 * Math.ulp(5.0));
        assertThat(backwardError(regular, regular.solve(b), b)).isLessThan(1e-15);
        // What is left at the end is measured by the largest entry of its column.
        double[] one = {1, 1};
        double[] c = {1, 2};
        for (double scale : new double[] {1, 3}) {
            double[] u = {scale, scale};
            ScalarGenerators two = ScalarGenerators.of(
                    new double[] {1, scale + Math.ulp(scale) / 2 * (scale == 1 ? 2 : 1)}, one, one, one, u, one, one);
            assertRefused(two, c, 1, scale);
        }
        ScalarGenerators two = ScalarGenerators.of(new double[] {1, 1 + 0x1p-48}, one, one, one, one, one, one);
        assertThat(backwardError(two, two.solve(c), c)).isLessThan(1e-15);
    }

    private static void assertRefused(ScalarGenerators a, double[] b, int row, double size) {
        assertThatThrownBy(() -> a.solve(b)).isInstanceOfSatisfying(ValueException.class, e -> {
            assertThat(e.fault()).isEqualTo(Fault.SINGULAR);
            Matcher numbers = Pattern.compile(
                            "row (\\d+): a pivot of (\\S+) where rows have size (\\S+) \\(ratio (\\S+)\\)")
                    .matcher(String.valueOf(e.getMessage()));
            assertThat(numbers.find()).isTrue();
            double pivot = Math.abs(Double.parseDouble(numbers.group(2)));
            double ratio = Double.parseDouble(numbers.group(4));
            assertThat(Integer.parseInt(numbers.group(1))).isEqualTo(row);
            assertThat(Double.parseDouble(numbers.group(3))).isCloseTo(size, offset(1e-12 * size));
            assertThat(ratio).isCloseTo(pivot / size, offset(0.05 * ratio)).isLessThanOrEqualTo(0x1p-52);
        });
    }

    @Test
    void singularityIsRelativeToTheSizeOfTheRows() {
        for (double size : new double[] {1e-150, 1e150}) {
            double[] d = {size, size, size};
            double[] p = {size, size, size};
            double[] ones = {1, 1, 1};
            ScalarGenerators rankOne = ScalarGenerators.of(d, p, ones, ones, p, ones, ones);
            assertFault(Fault.SINGULAR, () -> rankOne.solve(ones), "row 1");
            double[] larger = {size, 2 * size, 3 * size};
            ScalarGenerators regular = ScalarGenerators.of(larger, p, ones, ones, p, ones, ones);
            assertThat(backwardError(regular, regular.solve(ones), ones)).isLessThan(1e-15);
        }
        double[] none = {0, 0, 0};
        double[] one = {1, 1, 1};
        ScalarGenerators zero = ScalarGenerators.of(none, none, one, one, none, one, one);
        assertFault(Fault.SINGULAR, () -> zero.solve(one), "row 1", "a pivot of 0.0 where rows have size 0.0");
    }

    /** A symmetric positive definite matrix: P Φ Q with Q = P on the diagonal would be semidefinite for |R| ≤ 1. */
    private ScalarGenerators drawPositive(int n, int rank, boolean diagonal) {
        double[] p = draw(n * rank, 1);
        double[] r = draw(diagonal ? n * rank : n * rank * rank, diagonal ? 1 : 1.0 / Math.max(1, rank));
        double[] d = new double[n];
        // Decaying sums: the off-diagonal part of a row is bounded by rank times a geometric series.
        Arrays.fill(d, 4.0 * Math.max(1, rank) * Math.max(1, n < 20 ? n : 20));
        return ScalarGenerators.symmetric(d, p, r, draw(n * rank, 1));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 17, 100})
    void choleskyEqualsTheDenseOne(int n) {
        for (int rank : new int[] {0, 1, 2, 3, 4, 6, 8, 13, 16}) {
            for (boolean diagonal : new boolean[] {false, true}) {
                ScalarGenerators a = drawPositive(n, rank, diagonal);
                double[] b = draw(n, 1);
                ScalarCholesky factor = a.cholesky();
                double[] x = factor.solve(b);
                DMatrixRMaj dense = a.toGenerators().dense(K);
                if (n > 0) {
                    assertThat(CommonOps_DDRM.elementMaxAbs(K.subtract(dense, K.transpose(dense))))
                            .isLessThan(1e-13);
                }
                DMatrixRMaj c = K.cholesky(dense);
                double logDeterminant = 0;
                for (int i = 0; i < n; i++) {
                    logDeterminant += 2 * Math.log(c.get(i, i));
                }
                assertThat(Math.abs(factor.logDeterminant() - logDeterminant))
                        .isLessThanOrEqualTo(gamma(8 * (n + 1) * (rank + 2)) * Math.max(1, Math.abs(logDeterminant)));
                if (n > 0) {
                    assertThat(backwardError(a, x, b)).isLessThan(1e-14);
                }
                double[] inPlace = b.clone();
                assertThat(factor.solve(inPlace, inPlace)).isSameAs(inPlace).containsExactly(x);
            }
        }
    }

    @Test
    void choleskyReportsThePivotThatFails() {
        double[] d = {4, 5, 6, 1, 9};
        double[] ones = {1, 1, 1, 1, 1};
        double[] two = {2, 2, 2, 2, 2};
        // Every entry off the diagonal is 2: the leading minors are 4, 16, 76 and −28.
        ScalarGenerators a = ScalarGenerators.symmetric(d, ones, ones, two);
        assertFault(Fault.OUT_OF_DOMAIN, a::cholesky, "pivot 3", "size 4");
        assertThat(Math.exp(ScalarGenerators.symmetric(
                                Arrays.copyOf(d, 3),
                                Arrays.copyOf(ones, 3),
                                Arrays.copyOf(ones, 3),
                                Arrays.copyOf(two, 3))
                        .cholesky()
                        .logDeterminant()))
                .isCloseTo(76, offset(1e-12));
    }

    @Test
    void refusesWhatDoesNotFit() {
        double[] d = new double[3];
        assertFault(
                Fault.SHAPE_MISMATCH,
                () -> ScalarGenerators.of(d, new double[6], new double[11], new double[6], NONE, NONE, NONE),
                "p, r, q",
                "6, 11, 6");
        assertFault(
                Fault.SHAPE_MISMATCH,
                () -> ScalarGenerators.of(d, NONE, NONE, NONE, new double[51], new double[51], new double[51]),
                "u, w, v",
                "16");
        double[] p = new double[3];
        p[1] = Double.NaN;
        assertFault(Fault.NOT_FINITE, () -> ScalarGenerators.symmetric(d, p, d, d), "p[1] is NaN");
        String[] names = {"d", "p", "r", "q", "u", "w", "v"};
        for (int bad = 0; bad < 7; bad++) {
            double[][] g = new double[7][3];
            g[bad][2] = Double.NEGATIVE_INFINITY;
            assertFault(
                    Fault.NOT_FINITE,
                    () -> ScalarGenerators.of(g[0], g[1], g[2], g[3], g[4], g[5], g[6]),
                    names[bad] + "[2] is -Infinity");
            if (bad < 4) {
                assertFault(
                        Fault.NOT_FINITE,
                        () -> ScalarGenerators.symmetric(g[0], g[1], g[2], g[3]),
                        names[bad] + "[2] is -Infinity");
            }
        }
        ScalarGenerators wide = ScalarGenerators.of(d, d, d, d, new double[6], new double[6], new double[6]);
        assertThat(wide.size()).isEqualTo(3);
        assertThat(wide.lowerRank()).isEqualTo(1);
        assertThat(wide.upperRank()).isEqualTo(2);
        ScalarGenerators a = ScalarGenerators.symmetric(d, d, d, d);
        assertFault(Fault.SHAPE_MISMATCH, () -> a.multiply(new double[4]), "4 vs 3");
        assertFault(Fault.SHAPE_MISMATCH, () -> a.multiply(new double[3], new double[5]), "out", "5 vs 3");
        assertFault(Fault.SHAPE_MISMATCH, () -> a.solve(new double[2]), "2 vs 3");
        assertFault(Fault.NOT_FINITE, () -> a.solve(new double[] {0, 0, Double.POSITIVE_INFINITY}), "b[2]");
        double[] x = new double[3];
        assertFault(Fault.WRONG_ARGUMENTS, () -> a.multiply(x, x), "same array");
        assertFault(
                Fault.SHAPE_MISMATCH,
                () -> ScalarGenerators.from(RandomGenerators.of(K, DMatrixRMaj::new, 2, i -> 2, i -> 2, i -> 1)),
                "2x2 vs 1x1");
        assertFault(
                Fault.OUT_OF_RANGE,
                () -> ScalarGenerators.from(RandomGenerators.of(K, DMatrixRMaj::new, 2, i -> 1, i -> 1, i -> 17)),
                "17");
    }

    private static void assertFault(Fault fault, ThrowingCallable call, String... shown) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        InvalidInputException.class,
                        thrown -> assertThat(thrown.fault()).isEqualTo(fault))
                .satisfies(thrown -> assertThat(thrown.getMessage()).contains(shown));
    }
}
