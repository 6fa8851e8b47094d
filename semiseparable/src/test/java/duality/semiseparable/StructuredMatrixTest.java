package duality.semiseparable;

import static duality.semiseparable.StructuredMatrices.K;
import static duality.semiseparable.StructuredMatrices.dense;
import static duality.semiseparable.StructuredMatrices.magnitude;
import static duality.semiseparable.StructuredMatrices.max;
import static duality.semiseparable.StructuredMatrices.vector;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import duality.algebra.EjmlBlocks;
import duality.errors.Fault;
import duality.errors.InvalidInputException;
import duality.errors.ShapeException;
import duality.errors.UnsupportedRequestException;
import duality.errors.ValueException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
import java.util.stream.Stream;
import org.apache.commons.math3.exception.DimensionMismatchException;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.ConjugateGradient;
import org.apache.commons.math3.linear.RealLinearOperator;
import org.apache.commons.math3.linear.RealVector;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every operation on every pair of types against EJML on the dense matrices, and the types of the results. */
class StructuredMatrixTest {
    private static final double UNIT = 0x1p-53;
    private final SplittableRandom random = new SplittableRandom(7);

    /** The rounding errors of up to some hundred operations an entry, of this magnitude. */
    private static double bound(double magnitude, int n) {
        return (64 * n + 256) * UNIT * magnitude;
    }

    private static void assertClose(DMatrixRMaj actual, DMatrixRMaj expected, double bound, String what) {
        assertThat(Checks.shape(actual)).as(what).isEqualTo(Checks.shape(expected));
        assertThat(max(K.subtract(actual, expected))).as(what).isLessThanOrEqualTo(bound);
    }

    private static String name(StructuredMatrix a, String operation, StructuredMatrix b) {
        return "%s %s %s of %s, %s"
                .formatted(
                        a.getClass().getSimpleName(),
                        operation,
                        b.getClass().getSimpleName(),
                        Checks.shape(a),
                        Checks.shape(b));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 5, 13})
    void operationsOnSquareMatricesEqualTheDenseOnes(int n) {
        for (StructuredMatrix a : StructuredMatrices.square(random, n)) {
            for (StructuredMatrix b : StructuredMatrices.square(random, n)) {
                entrywise(a, b);
                product(a, b);
            }
        }
    }

    @Test
    void operationsOnRectangularMatricesEqualTheDenseOnes() {
        int[][] shapes = {{0, 3, 2}, {3, 0, 4}, {4, 3, 0}, {1, 5, 2}, {7, 3, 5}, {3, 8, 6}};
        for (int[] shape : shapes) {
            for (StructuredMatrix a : StructuredMatrices.rectangular(random, shape[0], shape[1])) {
                for (StructuredMatrix b : StructuredMatrices.rectangular(random, shape[0], shape[1])) {
                    entrywise(a, b);
                }
                for (StructuredMatrix b : StructuredMatrices.rectangular(random, shape[1], shape[2])) {
                    product(a, b);
                }
            }
        }
    }

    private static void entrywise(StructuredMatrix a, StructuredMatrix b) {
        int n = a.rows() + a.columns();
        double sum = bound(magnitude(a) + magnitude(b), n);
        DMatrixRMaj x = a.toDense();
        DMatrixRMaj y = b.toDense();
        same(a.plus(b), K.add(x, y), sum, name(a, "+", b));
        same(a.minus(b), K.subtract(x, y), sum, name(a, "-", b));
        same(a.hadamard(b), K.hadamard(x, y), bound(magnitude(a) * magnitude(b), n), name(a, "∘", b));
        DMatrixRMaj both = K.transpose(K.stackRows(List.of(K.transpose(x), K.transpose(y))));
        same(a.beside(b), both, sum, name(a, "beside", b));
        same(a.above(b), K.stackRows(List.of(x, y)), sum, name(a, "above", b));
    }

    private static void product(StructuredMatrix a, StructuredMatrix b) {
        int inner = Math.max(1, a.columns());
        same(
                a.times(b),
                K.multiply(a.toDense(), b.toDense()),
                bound(magnitude(a) * magnitude(b) * inner, inner + a.rows() + b.columns()),
                name(a, "·", b));
    }

    /** The matrix is that one, multiplies like it, and its properties do not lie. */
    private static void same(StructuredMatrix a, DMatrixRMaj expected, double bound, String what) {
        assertClose(a.toDense(), expected, bound, what);
        assertThat(a.rows()).as(what).isEqualTo(expected.numRows);
        assertThat(a.columns()).as(what).isEqualTo(expected.numCols);
        for (Property property : a.properties()) {
            assertThat(property.holds(expected, bound))
                    .as("%s of %s", property, what)
                    .isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 5, 13})
    void entriesTransposesPartsAndMultiplesEqualTheDenseOnes(int n) {
        List<StructuredMatrix> all = StructuredMatrices.square(random, n);
        all.addAll(StructuredMatrices.rectangular(random, n, n + 3));
        all.addAll(StructuredMatrices.rectangular(random, n + 3, n));
        for (StructuredMatrix a : all) {
            String what = a.getClass().getSimpleName() + " " + Checks.shape(a);
            double bound = bound(magnitude(a), a.rows() + a.columns());
            DMatrixRMaj x = a.toDense();
            same(a, x, bound, what);
            same(a.transpose(), K.transpose(x), bound, what + " transposed");
            same(a.transpose().transpose(), x, bound, what + " transposed twice");
            same(a.scale(-0.75), K.scale(K.of(1, 1, new double[] {-0.75}), x), bound, what + " scaled");
            same(
                    a.gram(),
                    K.multiply(K.transpose(x), x),
                    bound(magnitude(a) * magnitude(a) * a.rows(), a.rows() + a.columns()),
                    what + " gram");
            for (int i = 0; i < a.rows(); i++) {
                for (int j = 0; j < a.columns(); j++) {
                    assertThat(a.get(i, j)).as(what).isCloseTo(x.get(i, j), within(bound));
                }
            }
            for (int part = 0; part < 6; part++) {
                int fromRow = random.nextInt(a.rows() + 1);
                int toRow = random.nextInt(fromRow, a.rows() + 1);
                boolean principal = part % 2 == 0 && toRow <= a.columns();
                int fromColumn = principal ? fromRow : random.nextInt(a.columns() + 1);
                int toColumn = principal ? toRow : random.nextInt(fromColumn, a.columns() + 1);
                same(
                        a.submatrix(fromRow, toRow, fromColumn, toColumn),
                        K.block(x, fromRow, toRow, fromColumn, toColumn),
                        bound,
                        what + " part");
            }
            DMatrixRMaj right = dense(random, a.columns(), 3);
            DMatrixRMaj left = dense(random, a.rows(), 3);
            double inner = max(K.subtract(
                    K.multiply(K.transpose(left), a.multiply(right)),
                    K.multiply(K.transpose(a.multiplyTransposed(left)), right)));
            assertThat(inner)
                    .as(what + ": <y, Ax> = <Aᵀy, x>")
                    .isLessThanOrEqualTo(bound * (1 + a.rows() * a.columns()));
            assertThat(a.parameterCount()).isNotNegative();
            assertThat(a.multiplyCost()).isNotNegative();
        }
    }

    // The types of the results, by the first two letters of their names.

    private static final String COLUMNS = "De Di Ba Lo To On Se Hi";

    /** Sorted, so that the cases have the same numbers in every run. */
    private static final SequencedMap<String, String> TABLES = new TreeMap<>(Map.of("+", """
            De De De De De De De De
            De Di Ba Se Su Se Se Hi
            De Ba Ba Se Su Se Se Su
            De Se Se Lo Su Se Se Su
            De Su Su Su To Su Su Su
            De Se Se Se Su Se Se Su
            De Se Se Se Su Se Se Su
            De Hi Su Su Su Su Su Hi
            """, "·", """
            De De De Lo De De De De
            De Di Ba Lo Pr Se Se Hi
            De Ba Ba Lo Pr Se Se Pr
            Lo Lo Lo Lo Lo Lo Lo Lo
            De Pr Pr Lo Pr Pr Pr Pr
            De Se Se Lo Pr Se Se Pr
            De Se Se Lo Pr Se Se Pr
            De Pr Pr Lo Pr Pr Pr Pr
            """, "∘", """
            De Di Ba De De De De De
            Di Di Di Di Di Di Di Di
            Ba Di Ba Ba Ba Ba Ba Ba
            De Di Ba Lo Ha Se Se Ha
            De Di Ba Ha To Ha Ha Ha
            De Di Ba Se Ha On Se Hi
            De Di Ba Se Ha Se Se Ha
            De Di Ba Ha Ha Hi Ha Hi
            """));

    static Stream<Arguments> types() {
        List<Arguments> all = new ArrayList<>();
        String[] names = COLUMNS.split(" ", -1);
        TABLES.forEach((operation, table) -> {
            List<String> rows = table.lines().toList();
            for (int i = 0; i < names.length; i++) {
                String[] expected = rows.get(i).split(" ", -1);
                for (int j = 0; j < names.length; j++) {
                    all.add(Arguments.of(names[i], operation, names[j], expected[j]));
                }
            }
        });
        return all.stream();
    }

    @ParameterizedTest(name = "{0} {1} {2} is {3}")
    @MethodSource("types")
    void theResultHasTheTightestType(String left, String operation, String right, String expected) {
        assertThat(type(operation(operation).apply(example(left), example(right))))
                .isEqualTo(expected);
    }

    private static BinaryOperator<StructuredMatrix> operation(String name) {
        return switch (name) {
            case "+" -> StructuredMatrix::plus;
            case "·" -> StructuredMatrix::times;
            default -> StructuredMatrix::hadamard;
        };
    }

    private static String type(StructuredMatrix a) {
        return a.getClass().getSimpleName().substring(0, 2);
    }

    private StructuredMatrix example(String type) {
        int n = 6;
        return switch (type) {
            case "De" -> StructuredMatrix.of(dense(random, n, n));
            case "Di" -> new Diagonal(vector(random, n));
            case "Ba" -> new Banded(n, n, 1, vector(random, n), vector(random, n));
            case "Lo" -> new LowRank(dense(random, n, 2), dense(random, n, 2));
            case "To" -> new Toeplitz(n, n, vector(random, 2 * n - 1));
            case "On" -> new OneSemiseparable(vector(random, n));
            case "Se" ->
                new Semiseparable(RandomGenerators.of(K, (r, c) -> dense(random, r, c), 3, i -> 2, i -> 2, i -> 1));
            default -> StructuredMatrices.hierarchical(random, n);
        };
    }

    @Test
    void ranksAddAndMultiplyAndLazyTermsCombine() {
        Diagonal d = new Diagonal(vector(random, 6));
        OneSemiseparable one = new OneSemiseparable(vector(random, 6));
        StructuredMatrix ssd = d.times(one).times(d);
        assertThat(ssd).isInstanceOfSatisfying(Semiseparable.class, s -> {
            assertThat(s.generators().lowerRanks(K)).isSubsetOf(0, 1);
            assertThat(s.generators().upperRanks(K)).containsOnly(0);
            assertThat(s.is(Property.LOWER)).isTrue();
        });
        Toeplitz t = new Toeplitz(6, 6, vector(random, 11));
        assertThat(t.plus(d).plus(t).plus(d))
                .isInstanceOfSatisfying(
                        Sum.class, sum -> assertThat(sum.terms()).hasSize(2));
        assertThat(t.times(d).times(d))
                .isInstanceOfSatisfying(
                        Product.class, product -> assertThat(product.factors()).hasSize(2));
        Toeplitz causal = new Toeplitz(6, 6, StructuredMatrices.causal(random, 6));
        assertThat(causal.times(causal)).isInstanceOf(Toeplitz.class);
        assertThat(one.inverse()).isInstanceOf(Banded.class);
        assertThat(one.inverse().inverse()).isInstanceOf(OneSemiseparable.class);
        assertThat(t.inverse().inverse()).isSameAs(t);
    }

    @Test
    void blocksCutInDifferentPlacesAreRefined() {
        Semiseparable halves = blocks(new int[] {3, 3}, new int[] {3, 3});
        Semiseparable thirds = blocks(new int[] {2, 2, 2}, new int[] {2, 2, 2});
        assertThat(halves.plus(thirds)).isInstanceOfSatisfying(Semiseparable.class, s -> {
            assertThat(s.generators().d()).extracting(Checks::shape).containsExactly("2x2", "1x1", "1x1", "2x2");
            assertThat(s.generators().lowerRanks(K)).containsExactly(0, 3, 3, 3); // within a block its inputs as well
        });
        Semiseparable down = blocks(new int[] {1, 5}, new int[] {5, 1});
        Semiseparable across = blocks(new int[] {5, 1}, new int[] {1, 5});
        assertThat(down.plus(across)).isInstanceOf(Sum.class);
        assertThat(down.hadamard(across)).isInstanceOf(Hadamard.class);
        assertThat(down.plus(new OneSemiseparable(vector(random, 6)))).isInstanceOf(Sum.class);
        assertThat(down.plus(new LowRank(dense(random, 6, 1), dense(random, 6, 1))))
                .isInstanceOf(Semiseparable.class);
        assertThat(down.times(across)).isInstanceOf(Semiseparable.class);
        entrywise(halves, thirds);
        entrywise(down, across);
        product(halves, thirds);
        product(down, down);
    }

    private Semiseparable blocks(int[] rows, int[] columns) {
        return new Semiseparable(RandomGenerators.of(
                K, (r, c) -> dense(random, r, c), rows.length, i -> rows[i], i -> columns[i], i -> 1));
    }

    @Test
    void wideBandsLiftByBlocksAsLargeAsTheBand() {
        int n = 60;
        double[][] diagonals = new double[36][];
        Arrays.setAll(diagonals, k -> vector(random, n));
        Banded band = new Banded(n, n, 17, diagonals);
        LowRank low = new LowRank(dense(random, n, 1), dense(random, n, 1));
        assertThat(band.plus(low))
                .isInstanceOfSatisfying(
                        Semiseparable.class,
                        s -> assertThat(s.generators().blocks()).isEqualTo(4));
        entrywise(band, low);
        product(band, new OneSemiseparable(vector(random, n)));
    }

    // Solving

    private void solves(StructuredMatrix a, Method expected) {
        DMatrixRMaj b = dense(random, a.rows(), 2);
        Solution solution = a.solve(b);
        assertThat(solution.method()).isEqualTo(expected);
        residual(a, solution.x(), b);
        for (Method method : List.of(Method.DENSE_LU, Method.DENSE_QR)) {
            assertThat(a.solve(b, method).method()).isEqualTo(method);
            residual(a, a.solve(b, method).x(), b);
        }
        residual(a, a.inverse().multiply(b), b);
        residual(a, a.explicitInverse().multiply(b), b);
        double sign = Math.signum(a.logDeterminant().value());
        assertThat(a.logDeterminant().sign()).isEqualTo((int) sign);
        double determinant = Solver.luLogDeterminant(a.toDense()).value();
        assertThat(a.logDeterminant().value()).isCloseTo(determinant, within(1e-11 * Math.abs(determinant)));
        StructuredMatrix inverse = a.inverse();
        assertThat(inverse.logDeterminant().value() * determinant).isCloseTo(1, within(1e-11));
    }

    /** The systems here have condition numbers below a thousand. */
    private static void residual(StructuredMatrix a, DMatrixRMaj x, DMatrixRMaj b) {
        double scale = magnitude(a) * max(x) * a.columns() + max(b);
        assertThat(max(K.subtract(a.multiply(x), b)))
                .as(a.getClass().getSimpleName())
                .isLessThanOrEqualTo(1000 * bound(scale, a.rows()));
    }

    @Test
    void propertiesChooseTheAlgorithmThatSolves() {
        int n = 9;
        Diagonal heavy = new Diagonal(random.doubles(n, 8, 9).toArray());
        OneSemiseparable one = new OneSemiseparable(vector(random, n));
        Hierarchical mask =
                (Hierarchical) StructuredMatrices.hierarchical(random, n).plus(heavy);
        LowRank low = new LowRank(dense(random, n, 2), dense(random, n, 2));
        Toeplitz toeplitz = new Toeplitz(n, n, vector(random, 2 * n - 1));
        solves(heavy, Method.TRIANGULAR);
        solves(one, Method.TRIANGULAR);
        solves(one.transpose(), Method.TRIANGULAR);
        solves(one.plus(heavy), Method.TRIANGULAR);
        solves(one.plus(heavy).transpose(), Method.TRIANGULAR);
        solves(mask, Method.TRIANGULAR);
        solves(mask.transpose(), Method.TRIANGULAR);
        solves(mask.hadamard(one).plus(heavy), Method.TRIANGULAR);
        solves(new Banded(n, n, 1, vector(random, n), heavy.d()), Method.TRIANGULAR);
        solves(new Banded(n, n, 0, heavy.d(), vector(random, n)), Method.TRIANGULAR);
        solves(new Banded(n, n, 1, vector(random, n), heavy.d(), vector(random, n)), Method.ULV);
        solves(low.plus(heavy), Method.ULV);
        solves(low.gram().plus(heavy).with(Property.POSITIVE_DEFINITE), Method.CHOLESKY);
        solves(toeplitz.plus(heavy), Method.DENSE_LU);
        solves(toeplitz.plus(heavy).times(mask), Method.FACTORS);
        solves(new Inverse(mask, mask.properties()), Method.KNOWN_INVERSE);
        solves(StructuredMatrix.of(low.plus(heavy).toDense()), Method.DENSE_LU);
        solves(StructuredMatrix.of(one.toDense()).with(Property.LOWER), Method.TRIANGULAR);
        solves(StructuredMatrix.of(low.gram().plus(heavy).toDense()).with(Property.POSITIVE_DEFINITE), Method.CHOLESKY);
        DMatrixRMaj rotation = new DMatrixRMaj(2, 2, true, 0.6, -0.8, 0.8, 0.6);
        solves(StructuredMatrix.of(rotation).with(Property.ORTHOGONAL), Method.KNOWN_INVERSE);
        StructuredMatrix system = low.plus(heavy);
        DMatrixRMaj b = dense(random, n, 1);
        for (Method method : List.of(Method.ULV, Method.LIFTED, Method.BLOCK_LU)) {
            residual(system, system.solve(b, method).x(), b);
        }
    }

    @Test
    void leastSquaresAreOrthogonalToTheColumns() {
        LowRank tall = new LowRank(dense(random, 8, 3), dense(random, 3, 3));
        DMatrixRMaj b = dense(random, 8, 1);
        Solution solution = tall.solve(b);
        assertThat(solution.method()).isEqualTo(Method.DENSE_QR);
        DMatrixRMaj residual = K.subtract(tall.multiply(solution.x()), b);
        assertThat(max(tall.multiplyTransposed(residual))).isLessThan(bound(1000, 8));
    }

    @Test
    void emptySystemsHaveEmptySolutions() {
        for (StructuredMatrix a : StructuredMatrices.square(random, 0)) {
            assertThat(Checks.shape(a.solve(new DMatrixRMaj(0, 2)).x())).isEqualTo("0x2");
            assertThat(a.logDeterminant().value()).isEqualTo(1);
        }
    }

    // Borders

    @Test
    void conjugateGradientOfCommonsMathSolves() {
        int n = 40;
        OneSemiseparable one = new OneSemiseparable(random.doubles(n, 0, 0.9).toArray());
        StructuredMatrix a = one.gram().plus(StructuredMatrix.identity(n)).with(Property.POSITIVE_DEFINITE);
        a.check(1e-12);
        RealVector b = new ArrayRealVector(vector(random, n));
        RealVector x = new ConjugateGradient(1000, 1e-12, true).solve(a.toLinearOperator(), b);
        assertThat(a.toLinearOperator().operate(x).getDistance(b)).isLessThan(1e-10);
        DMatrixRMaj direct = a.solve(DMatrixRMaj.wrap(n, 1, b.toArray())).x();
        assertThat(x.getDistance(new ArrayRealVector(direct.data))).isLessThan(1e-10);
    }

    @Test
    void operatorsCrossInBothDirections() {
        DMatrixRMaj entries = dense(random, 3, 2);
        RealLinearOperator operator = StructuredMatrix.of(entries).toLinearOperator();
        assertThat(StructuredMatrix.of(operator).a().data).containsExactly(entries.data);
        assertThat(operator.isTransposable()).isTrue();
        assertThat(operator.operateTranspose(new ArrayRealVector(new double[] {1, 0, 0}))
                        .toArray())
                .containsExactly(entries.get(0, 0), entries.get(0, 1));
        assertThatThrownBy(() -> operator.operate(new ArrayRealVector(3)))
                .isInstanceOf(DimensionMismatchException.class);
        assertThat(StructuredMatrix.of(new Array2DRowRealMatrix(new double[][] {{1, 2}, {3, 4}}))
                        .get(1, 0))
                .isEqualTo(3);
    }

    @Test
    void nothingThatGoesInOrComesOutChangesTheMatrix() {
        double[] a = {1, 2, 3};
        OneSemiseparable one = new OneSemiseparable(a);
        a[1] = 9;
        one.a()[1] = 9;
        assertThat(one.get(1, 0)).isEqualTo(2);
        DMatrixRMaj entries = dense(random, 2, 2);
        double first = entries.get(0, 0);
        Dense dense = StructuredMatrix.of(entries);
        entries.set(0, 0, 9);
        dense.a().set(0, 0, 9);
        dense.toDense().set(0, 0, 9);
        assertThat(dense.get(0, 0)).isEqualTo(first);
    }

    @Test
    void faultsNameWhatIsWrong() {
        double nan = Double.NaN;
        double infinite = Double.POSITIVE_INFINITY;
        fault(Fault.NOT_FINITE, () -> new Diagonal(1, nan), "d[1]", "NaN");
        fault(Fault.NOT_FINITE, () -> new OneSemiseparable(1, 2, infinite), "a[2]", "Infinity");
        fault(Fault.NOT_FINITE, () -> new Toeplitz(1, 2, 1, nan), "t[1]");
        fault(Fault.NOT_FINITE, () -> new Banded(2, 2, 1, new double[] {0, nan}), "diagonal -1[1]");
        fault(Fault.NOT_FINITE, () -> new Dense(new DMatrixRMaj(1, 2, true, 0, nan)), "A(0, 1)");
        fault(
                Fault.NOT_FINITE,
                () -> new LowRank(new DMatrixRMaj(1, 1, true, 1), new DMatrixRMaj(1, 1, true, nan)),
                "right(0, 0)");
        fault(Fault.NOT_FINITE, () -> new Hierarchical(new DMatrixRMaj(1, 1, true, nan)), "lambda(0, 0)");
        fault(
                Fault.NOT_FINITE,
                () -> new Semiseparable(
                        GeneratorAlgebra.diagonal(EjmlBlocks.INSTANCE, List.of(new DMatrixRMaj(1, 1, true, nan)))),
                "D[0](0, 0)");
        fault(Fault.SHAPE_MISMATCH, () -> new Hierarchical(new DMatrixRMaj(5, 2)), "5x2", "5x4");
        fault(Fault.SHAPE_MISMATCH, () -> new Toeplitz(2, 2, 1, 2), "2x2", "3", "2");
        fault(Fault.SHAPE_MISMATCH, () -> new Banded(2, 2, 0, new double[3]), "2 rows", "3");
        fault(Fault.WRONG_ARGUMENTS, () -> Toeplitz.of(new double[] {1}, new double[] {2}), "first");
        Diagonal two = new Diagonal(1, 2);
        Diagonal three = new Diagonal(1, 2, 0);
        fault(Fault.SHAPE_MISMATCH, () -> two.plus(three), "2x2 vs 3x3");
        fault(Fault.SHAPE_MISMATCH, () -> two.times(three), "2x2 vs 3x3");
        fault(Fault.SHAPE_MISMATCH, () -> two.hadamard(three), "2x2 vs 3x3");
        fault(Fault.SHAPE_MISMATCH, () -> two.beside(three), "2x2 vs 3x3");
        fault(Fault.SHAPE_MISMATCH, () -> two.multiply(new DMatrixRMaj(3, 1)), "2x2 vs 3x1");
        fault(Fault.SHAPE_MISMATCH, () -> two.solve(new DMatrixRMaj(3, 1)), "2x2 vs 3x1");
        fault(Fault.OUT_OF_RANGE, () -> two.get(2, 0), "(2, 0)", "2x2");
        fault(Fault.OUT_OF_RANGE, () -> two.submatrix(0, 3, 0, 1), "[0, 3)", "2x2");
        fault(Fault.SINGULAR, () -> three.solve(new DMatrixRMaj(3, 1)), "pivot 2");
        fault(Fault.SHAPE_MISMATCH, () -> new Banded(2, 3, 0, new double[2]).inverse(), "2x3");
        fault(
                Fault.SHAPE_MISMATCH,
                () -> new Banded(2, 3, 0, new double[2]).with(Property.SYMMETRIC),
                "2x3",
                "SYMMETRIC");
        fault(Fault.OUT_OF_DOMAIN, () -> new OneSemiseparable(1, 2).with(Property.UPPER), "UPPER");
        fault(Fault.OUT_OF_DOMAIN, () -> three.with(Property.POSITIVE_DEFINITE), "POSITIVE_DEFINITE");
        StructuredMatrix lie =
                StructuredMatrix.of(new DMatrixRMaj(2, 2, true, 1, 2, 3, 4)).with(Property.SYMMETRIC);
        fault(Fault.OUT_OF_DOMAIN, () -> lie.check(0), "SYMMETRIC");
        fault(Fault.OUT_OF_DOMAIN, () -> lie.check(-1), "-1");
        fault(Fault.UNAVAILABLE, () -> lie.solve(new DMatrixRMaj(2, 1), Method.ULV), "ULV", "Dense");
        fault(Fault.UNAVAILABLE, () -> lie.solve(new DMatrixRMaj(2, 1), Method.CHOLESKY), "positive definite");
        fault(Fault.NOT_FINITE, () -> two.scale(nan), "NaN");
    }

    private static void fault(Fault fault, ThrowingCallable call, String... words) {
        assertThatThrownBy(call)
                .isInstanceOfAny(ShapeException.class, ValueException.class, UnsupportedRequestException.class)
                .isInstanceOfSatisfying(
                        InvalidInputException.class, e -> assertThat(e.fault()).isEqualTo(fault))
                .hasMessageContainingAll(words);
    }

    @Test
    void aSingularMatrixIsRefusedAndHasTheDeterminantZero() {
        EjmlBlocks k = EjmlBlocks.INSTANCE;
        StructuredMatrix zero = new Semiseparable(GeneratorAlgebra.diagonal(k, List.of(k.identity(2), k.zeros(2, 2))));
        assertThat(zero.logDeterminant()).isEqualTo(new LogDeterminant(0, Double.NEGATIVE_INFINITY));
        StructuredMatrix dependent = new Semiseparable(GeneratorAlgebra.diagonal(
                k, List.of(k.identity(2), k.of(2, 2, new double[] {1, 2, 2, 4}), k.identity(1))));
        for (Method method : List.of(Method.AUTOMATIC, Method.ULV, Method.LIFTED)) {
            assertThatThrownBy(() -> dependent.solve(k.ones(5, 1), method))
                    .isInstanceOfSatisfying(
                            ValueException.class, e -> assertThat(e.fault()).isEqualTo(Fault.SINGULAR))
                    .hasMessageContaining("block");
        }
    }

    /** Leading submatrices are singular, so block LU has no inverse to offer; the matrix has one all the same. */
    @Test
    void theExplicitInverseDoesNotNeedBlockLu() {
        StructuredMatrix exchange =
                new Banded(4, 4, 1, new double[] {0, 1, 0, 1}, new double[4], new double[] {1, 0, 1, 0});
        StructuredMatrix inverse = exchange.explicitInverse();
        assertThat(max(K.subtract(K.multiply(exchange.toDense(), inverse.toDense()), K.identity(4))))
                .isLessThan(1e-14);
    }
}
