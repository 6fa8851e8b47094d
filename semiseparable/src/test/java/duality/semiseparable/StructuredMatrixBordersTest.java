package duality.semiseparable;

import static duality.semiseparable.StructuredMatrices.K;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import duality.errors.Fault;
import duality.errors.InvalidInputException;
import duality.errors.ShapeException;
import duality.errors.UnsupportedRequestException;
import duality.errors.ValueException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What every structured matrix refuses, what it costs, and on small integers the exact forms of results. */
class StructuredMatrixBordersTest {
    private final SplittableRandom random = new SplittableRandom(23);

    private static void fault(Fault fault, ThrowingCallable call, String... words) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        InvalidInputException.class, e -> assertThat(e.fault()).isEqualTo(fault))
                .hasMessageContainingAll(words);
    }

    @Test
    void entriesAndFactorsOutsideTheMatrixAreRefused() {
        List<StructuredMatrix> all = new ArrayList<>(StructuredMatrices.square(random, 4));
        all.add(new Banded(4, 4, 1, new double[4], new double[4]));
        all.add(new Toeplitz(4, 4, 1, 2, 3, 4, 5, 6, 7));
        all.add(StructuredMatrices.hierarchical(random, 4));
        all.add(StructuredMatrices.hierarchical(random, 4).transpose());
        for (StructuredMatrix a : all) {
            for (int[] entry : new int[][] {{-1, 0}, {0, -1}, {4, 0}, {0, 4}}) {
                fault(
                        Fault.OUT_OF_RANGE,
                        () -> a.get(entry[0], entry[1]),
                        "(" + entry[0] + ", " + entry[1] + ")",
                        "4x4");
            }
            fault(Fault.SHAPE_MISMATCH, () -> a.multiply(new DMatrixRMaj(5, 1)), "4x4", "5x1");
            fault(Fault.SHAPE_MISMATCH, () -> a.multiplyTransposed(new DMatrixRMaj(3, 2)), "4x4", "3x2");
        }
    }

    @ParameterizedTest
    @CsvSource({"-1, 2, -1x2", "2, -1, 2x-1"})
    void noMatrixHasANegativeSize(int rows, int columns, String shape) {
        fault(Fault.OUT_OF_RANGE, () -> new Toeplitz(rows, columns), shape);
        fault(Fault.OUT_OF_RANGE, () -> new Banded(rows, columns, 0), shape);
    }

    @Test
    void generatorsAndCosts() {
        costs(StructuredMatrix.of(new DMatrixRMaj(2, 3)), 6, 12);
        costs(new Diagonal(1, 2, 3), 3, 3);
        costs(new Banded(5, 5, 1, new double[5], new double[5], new double[5]), 15, 30);
        costs(new LowRank(new DMatrixRMaj(4, 2), new DMatrixRMaj(3, 2)), 14, 28);
        costs(new Toeplitz(2, 3, 1, 2, 3, 4), 4, 10 * 8 * 3 + 6 * 8); // transforms of length 8
        costs(new OneSemiseparable(1, 2, 3), 3, 6);
        costs(new Hierarchical(new DMatrixRMaj(5, 4)), 25, 80);
        costs(new Semiseparable(Lifting.lift(new OneSemiseparable(1, 2, 3))), 3 + 2 + 1 + 2, 16);
    }

    private static void costs(StructuredMatrix a, long parameters, long operations) {
        assertThat(a.parameterCount()).as(a.getClass().getSimpleName()).isEqualTo(parameters);
        assertThat(a.multiplyCost()).as(a.getClass().getSimpleName()).isEqualTo(operations);
        StructuredMatrix lazy = new Transpose(a, a.transpose().properties());
        assertThat(lazy.parameterCount()).isEqualTo(parameters);
        assertThat(lazy.multiplyCost()).isEqualTo(operations);
    }

    // Properties that the generators show

    @Test
    void symmetryOfDiagonalsIsFound() {
        double[] two = {0, 1, 2};
        double[] other = {1, 2, 0};
        assertThat(new Banded(3, 3, 1, two, new double[] {5, 6, 7}, other).is(Property.SYMMETRIC))
                .isTrue();
        assertThat(new Banded(3, 3, 1, two, new double[] {5, 6, 7}, two).is(Property.SYMMETRIC))
                .isFalse();
        assertThat(new Banded(3, 3, 1, two, new double[] {5, 6, 7}).is(Property.SYMMETRIC))
                .isFalse();
        assertThat(new Banded(3, 3, 1, new double[3], new double[] {5, 6, 7}).is(Property.SYMMETRIC))
                .isTrue();
        assertThat(new Banded(3, 3, 0, new double[] {5, 6, 7}, two).is(Property.SYMMETRIC))
                .isFalse();
        assertThat(new Toeplitz(3, 3, 1, 2, 3, 2, 1).is(Property.SYMMETRIC)).isTrue();
        assertThat(new Toeplitz(3, 3, 1, 2, 3, 2, 9).is(Property.SYMMETRIC)).isFalse();
        assertThat(new Toeplitz(3, 3, 1, 2, 3, 9, 1).is(Property.SYMMETRIC)).isFalse();
    }

    @Test
    void falsePromisesAboutDiagonalsAreRefused() {
        fault(Fault.OUT_OF_DOMAIN, () -> new Toeplitz(2, 2, 1, 2, 3).with(Property.SYMMETRIC), "SYMMETRIC", "Toeplitz");
        fault(
                Fault.OUT_OF_DOMAIN,
                () -> new Banded(2, 2, 1, new double[] {0, 1}, new double[2]).with(Property.UPPER),
                "UPPER",
                "2x2 Banded");
        fault(Fault.OUT_OF_DOMAIN, () -> new Diagonal(1, -1).with(Property.POSITIVE_DEFINITE), "2x2 Diagonal");
        assertThat(new Toeplitz(2, 2, 0, 1, 0).with(Property.ORTHOGONAL).is(Property.ORTHOGONAL))
                .isTrue();
    }

    @Test
    void toeplitzMatricesOfAColumnAndARow() {
        Toeplitz a = Toeplitz.of(new double[] {1, 2}, new double[] {1, 3, 4});
        assertThat(a.toDense().data).containsExactly(1, 3, 4, 2, 1, 3);
        assertThat(a.lags()).containsExactly(4, 3, 1, 2);
        double[] one = {1};
        fault(Fault.WRONG_ARGUMENTS, () -> Toeplitz.of(new double[0], one), "first");
        fault(Fault.WRONG_ARGUMENTS, () -> Toeplitz.of(one, new double[0]), "first");
        fault(Fault.SHAPE_MISMATCH, () -> new Banded(2, 2, 1, new double[3], new double[2]), "diagonal -1", "2 rows");
        fault(Fault.SHAPE_MISMATCH, () -> new Banded(2, 2, 0, new double[2], new double[3]), "diagonal 1", "2 rows");
    }

    // The types of results, beyond the table of pairs

    @Test
    void hierarchicalMatricesAndTheirTransposesStayClosed() {
        Hierarchical h = StructuredMatrices.hierarchical(random, 4);
        Diagonal d = new Diagonal(1, 2, 3, 4);
        Toeplitz causal = new Toeplitz(4, 4, 0, 0, 0, 1, 2, 3, 4);
        transposeOf(Hierarchical.class, h.transpose().plus(d));
        transposeOf(Hierarchical.class, h.transpose().times(d));
        transposeOf(Hierarchical.class, h.transpose().plus(h.transpose()));
        transposeOf(
                OneSemiseparable.class,
                new OneSemiseparable(1, 2, 3).transpose().hadamard(new OneSemiseparable(1, 2, 3).transpose()));
        assertThat(causal.transpose().times(causal.transpose())).isInstanceOf(Toeplitz.class);
        assertThat(causal.transpose().times(causal)).isInstanceOf(Product.class);
        assertThat(causal.times(causal.transpose())).isInstanceOf(Product.class);
        assertThat(causal.transpose().times(d)).isInstanceOf(Product.class);
        assertThat(causal.transpose().plus(d)).isInstanceOf(Sum.class);
    }

    private static void transposeOf(Class<?> type, StructuredMatrix a) {
        assertThat(a)
                .isInstanceOfSatisfying(Transpose.class, t -> assertThat(t.of()).isInstanceOf(type));
    }

    @Test
    void theSmallerRankAndTheNarrowerBandDecide() {
        LowRank one = new LowRank(new DMatrixRMaj(3, 1, true, 1, 2, 3), new DMatrixRMaj(3, 1, true, 1, 1, 1));
        LowRank two = new LowRank(StructuredMatrices.dense(random, 3, 2), StructuredMatrices.dense(random, 3, 2));
        assertThat(((LowRank) one.times(two)).rank()).isEqualTo(1);
        assertThat(((LowRank) two.times(one)).rank()).isEqualTo(1);
        Banded narrow = new Banded(3, 3, 0, new double[] {1, 2, 3}, new double[] {4, 5, 0});
        Banded wide = new Banded(3, 3, 1, new double[] {0, 1, 1}, new double[] {1, 1, 1}, new double[] {1, 1, 0});
        for (StructuredMatrix product : List.of(narrow.hadamard(wide), wide.hadamard(narrow))) {
            assertThat(product).isInstanceOfSatisfying(Banded.class, b -> {
                assertThat(b.diagonals()).isDeepEqualTo(new double[][] {{1, 2, 3}, {4, 5, 0}});
                assertThat(b.lower()).isZero();
            });
        }
        assertThat(narrow.times(wide)).isInstanceOfSatisfying(Banded.class, b -> {
            assertThat(b.lower()).isEqualTo(1);
            assertThat(b.upper()).isEqualTo(2);
        });
        assertThat(narrow.times(wide).toDense().data).containsExactly(5, 5, 4, 2, 7, 7, 0, 3, 3);
    }

    /** Without entries of its own a factor is not looked at entry by entry, but multiplied lazily. */
    @Test
    void hadamardProductsOfLazyMatricesStayLazy() {
        Toeplitz t = new Toeplitz(3, 3, 1, 2, 3, 4, 5);
        StructuredMatrix product = t.times(t.transpose());
        StructuredMatrix inverse = new Inverse(t, t.inverse().properties());
        for (StructuredMatrix lazy : List.of(product, inverse)) {
            for (StructuredMatrix entries :
                    List.of(new Diagonal(1, 2, 3), new Banded(3, 3, 0, new double[3], new double[3]))) {
                assertThat(lazy.hadamard(entries)).isInstanceOf(Hadamard.class);
                assertThat(entries.hadamard(lazy)).isInstanceOf(Hadamard.class);
            }
        }
        StructuredMatrix sum = t.plus(new Diagonal(1, 2, 3));
        assertThat(sum.hadamard(new Diagonal(1, 1, 2)))
                .isInstanceOfSatisfying(Diagonal.class, d -> assertThat(d.d()).containsExactly(4, 5, 12));
        assertThat(sum.plus(product).hadamard(new Diagonal(1, 1, 1))).isInstanceOf(Hadamard.class);
    }

    // Inverses

    @Test
    void inversesHaveTheTightestType() {
        assertThat(new Diagonal(1, 2, -4).inverse())
                .isInstanceOfSatisfying(Diagonal.class, d -> assertThat(d.d()).containsExactly(1, 0.5, -0.25));
        assertThat(new Diagonal(1, 0).inverse()).isInstanceOf(Inverse.class);
        OneSemiseparable one = new OneSemiseparable(7, 2, 3);
        assertThat(one.inverse().toDense().data).containsExactly(1, 0, 0, -2, 1, 0, 0, -3, 1);
        assertThat(one.transpose().inverse().toDense().data).containsExactly(1, -2, 0, 0, 1, -3, 0, 0, 1);
        assertThat(one.transpose().inverse()).isInstanceOf(Banded.class);
        assertThat(((OneSemiseparable) one.inverse().inverse()).toDense().data)
                .containsExactly(1, 0, 0, 2, 1, 0, 6, 3, 1);
        Banded ones = new Banded(2, 2, 0, new double[] {1, 1});
        assertThat(ones.inverse()).isInstanceOf(OneSemiseparable.class);
        assertThat(ones.inverse().toDense().data).containsExactly(1, 0, 0, 1);
        assertThat(new Banded(3, 3, 2, new double[] {0, 0, 1}, new double[3], new double[] {1, 1, 1}).inverse())
                .isInstanceOf(Inverse.class);
        assertThat(new Banded(2, 2, 1, new double[] {0, 1}, new double[] {1, 2}).inverse())
                .isInstanceOf(Inverse.class);
        Toeplitz t = new Toeplitz(2, 2, 1, 2, 3);
        StructuredMatrix product = t.times(t.transpose());
        assertThat(product.inverse())
                .isInstanceOfSatisfying(
                        Product.class,
                        p -> assertThat(p.factors())
                                .hasSize(2)
                                .allSatisfy(factor -> assertThat(factor).isInstanceOf(Inverse.class)));
        Toeplitz wide = new Toeplitz(2, 3, 1, 2, 3, 4);
        assertThat(new Product(List.of(wide, wide.transpose()), Set.of()).inverse())
                .isInstanceOf(Inverse.class);
        DMatrixRMaj rotation = new DMatrixRMaj(2, 2, true, 0, -1, 1, 0);
        assertThat(StructuredMatrix.of(rotation).with(Property.ORTHOGONAL).inverse())
                .isInstanceOf(Dense.class);
        assertThat(StructuredMatrix.of(rotation)
                        .with(Property.ORTHOGONAL)
                        .inverse()
                        .toDense()
                        .data)
                .containsExactly(0, 1, -1, 0);
        fault(Fault.SHAPE_MISMATCH, () -> wide.inverse(), "inverse", "2x3");
        fault(Fault.SHAPE_MISMATCH, () -> wide.explicitInverse(), "inverse", "2x3");
        Banded ofOnes = new Banded(2, 3, 0, new double[] {1, 1});
        fault(Fault.SHAPE_MISMATCH, () -> ofOnes.inverse(), "inverse", "2x3");
        fault(Fault.SHAPE_MISMATCH, () -> wide.logDeterminant(), "determinant", "2x3");
        StructuredMatrix scaled = new Inverse(new Diagonal(2, 4), Set.of()).scale(3);
        assertThat(scaled.toDense().data).containsExactly(1.5, 0, 0, 0.75);
    }

    /** Block LU's inverse is exact here, and is what comes back: generators of rank one, not compressed dense ones. */
    @Test
    void explicitInversesOfTriangularGeneratorsAreExact() {
        StructuredMatrix a = new OneSemiseparable(1, 2, 4).plus(new Diagonal(1, 1, 1));
        StructuredMatrix inverse = a.explicitInverse();
        assertThat(inverse).isInstanceOf(Semiseparable.class);
        assertThat(inverse.toDense().data).containsExactly(0.5, 0, 0, -0.5, 0.5, 0, -1, -1, 0.5);
    }

    // Submatrices

    @Test
    void partsOfMatricesKeepTheirTypes() {
        Toeplitz t = new Toeplitz(3, 3, 1, 2, 3, 4, 5);
        assertThat(t.submatrix(1, 1, 0, 2).toDense().getNumElements()).isZero();
        assertThat(t.submatrix(0, 2, 3, 3).toDense().getNumElements()).isZero();
        assertThat(t.submatrix(1, 3, 0, 1).toDense().data).containsExactly(4, 5);
        Hierarchical h = StructuredMatrices.hierarchical(random, 6);
        assertThat(h.submatrix(0, 5, 0, 5)).isInstanceOf(Hierarchical.class);
        assertThat(h.submatrix(1, 5, 1, 5)).isInstanceOf(Product.class);
        assertThat(h.submatrix(0, 5, 0, 4)).isInstanceOf(Product.class);
        assertThat(h.submatrix(1, 5, 2, 5).toDense().data).containsExactly(K.block(h.toDense(), 1, 5, 2, 5).data);
        StructuredMatrix inverse = new Inverse(new Diagonal(1, 2, 4), Set.of());
        assertThat(inverse.submatrix(1, 3, 1, 3).toDense().data).containsExactly(0.5, 0, 0, 0.25);
    }

    // Solving

    @Test
    void everyMethodNamesWhatItCannotSolve() {
        DMatrixRMaj b = new DMatrixRMaj(2, 1, true, 1, 2);
        Toeplitz t = new Toeplitz(2, 2, 1, 2, 3);
        unavailable(t, b, Method.KNOWN_INVERSE, "neither an inverse nor known to be orthogonal");
        unavailable(t, b, Method.TRIANGULAR, "not known to be triangular");
        unavailable(t, b, Method.FACTORS, "no product of square factors");
        unavailable(t, b, Method.CHOLESKY, "not known to be positive definite");
        unavailable(t, b, Method.LIFTED, "has no generators");
        unavailable(t, b, Method.BLOCK_LU, "has no generators");
        Toeplitz wide = new Toeplitz(2, 3, 1, 2, 3, 4);
        StructuredMatrix rectangular = new Product(List.of(wide, wide.transpose()), Set.of());
        unavailable(rectangular, b, Method.FACTORS, "no product of square factors");
        assertThat(rectangular.solve(b).method()).isEqualTo(Method.DENSE_LU);
        for (Method method : Method.values()) {
            if (method != Method.AUTOMATIC && method != Method.DENSE_QR) {
                fault(Fault.SHAPE_MISMATCH, () -> wide.solve(b, method), method.toString(), "2x3");
            }
        }
        fault(Fault.UNAVAILABLE, () -> wide.solve(b), "at least as many rows as columns", "2x3");
        assertThat(Checks.shape(
                        new Toeplitz(3, 0, 1, 2).solve(new DMatrixRMaj(3, 2)).x()))
                .isEqualTo("0x2");
        assertThat(Checks.shape(wide.transpose().solve(new DMatrixRMaj(3, 0)).x()))
                .isEqualTo("2x0");
    }

    private static void unavailable(StructuredMatrix a, DMatrixRMaj b, Method method, String why) {
        assertThatThrownBy(() -> a.solve(b, method))
                .isInstanceOfSatisfying(
                        UnsupportedRequestException.class,
                        e -> assertThat(e.fault()).isEqualTo(Fault.UNAVAILABLE))
                .hasMessageContainingAll(method.toString(), why);
    }

    /** Substitution is exact on small integers, and names the pivot that is zero. */
    @Test
    void substitutionStopsAtTheFirstZeroPivot() {
        DMatrixRMaj b = new DMatrixRMaj(3, 1, true, 1, 2, 3);
        Banded lower = new Banded(3, 3, 1, new double[] {0, 2, 3}, new double[] {1, 0, 1});
        singular(lower, b, "pivot 1");
        singular(lower.transpose(), b, "pivot 1");
        DMatrixRMaj weights = new DMatrixRMaj(3, 3, true, 1, 0, 0, 0, 2, 0, 1, 1, 1);
        singular(new Hierarchical(weights), b, "lambda(1, 0)");
        singular(new Hierarchical(weights).transpose(), b, "lambda(1, 0)");
        weights.set(1, 0, 1);
        assertThat(new Hierarchical(weights).solve(b).x().data).containsExactly(1, 0, 2);
        assertThat(new Hierarchical(weights).transpose().solve(b).x().data).containsExactly(0, -1, 3);
        assertThat(new OneSemiseparable(1, 2, 3).solve(b).x().data).containsExactly(1, 0, -3);
        assertThat(new OneSemiseparable(1, 2, 3).transpose().solve(b).x().data).containsExactly(-3, -7, 3);
    }

    private static void singular(StructuredMatrix a, DMatrixRMaj b, String where) {
        assertThatThrownBy(() -> a.solve(b))
                .isInstanceOfSatisfying(
                        ValueException.class, e -> assertThat(e.fault()).isEqualTo(Fault.SINGULAR))
                .hasMessageContaining(where);
    }

    /** Blocks of two rows, which have no flat form. */
    @Test
    void positiveDefiniteBlocksAreSolvedByTheirCholeskyFactor() {
        StructuredMatrix a = new Semiseparable(GeneratorAlgebra.diagonal(
                        K, List.of(K.of(2, 2, new double[] {4, 2, 2, 2}), K.of(1, 1, new double[] {9}))))
                .with(Property.POSITIVE_DEFINITE);
        Solution solution = a.solve(new DMatrixRMaj(3, 1, true, 8, 6, 9));
        assertThat(solution.method()).isEqualTo(Method.CHOLESKY);
        assertThat(solution.x().data).containsExactly(1, 2, 1);
        assertThat(a.logDeterminant().sign()).isEqualTo(1);
        assertThat(a.logDeterminant().logAbsolute()).isEqualTo(2 * (Math.log(2) + Math.log(3)));
    }

    @ParameterizedTest
    @CsvSource({"0 1 2, 1", "1 0 2, -1", "1 2 0, 1", "2 1 0, -1", "1 2 3 0, -1", "1 0 3 2, 1"})
    void determinantsOfPermutationsAreTheirSigns(String permutation, int sign) {
        int[] to = Arrays.stream(permutation.split(" ", -1))
                .mapToInt(Integer::parseInt)
                .toArray();
        DMatrixRMaj a = new DMatrixRMaj(to.length, to.length);
        for (int i = 0; i < to.length; i++) {
            a.set(i, to[i], 1);
        }
        assertThat(StructuredMatrix.of(a).logDeterminant()).isEqualTo(new LogDeterminant(sign, 0));
        assertThat(Orthogonal.determinantSign(K, a)).isEqualTo(sign);
    }

    @Test
    void determinantsOfProductsAndSingularMatrices() {
        Toeplitz t = new Toeplitz(2, 2, 1, 2, 3); // 2·2 − 1·3
        assertThat(t.times(t.transpose()).logDeterminant().value()).isCloseTo(1, within(1e-14));
        Toeplitz wide = new Toeplitz(2, 3, 1, 2, 3, 4);
        StructuredMatrix square = new Product(List.of(wide, wide.transpose()), Set.of());
        assertThat(square.logDeterminant().value()).isCloseTo(6, within(1e-13));
        assertThat(StructuredMatrix.of(new DMatrixRMaj(2, 2, true, 1, 2, 2, 4))
                        .logDeterminant()
                        .sign())
                .isZero();
    }

    @Test
    void badGeneratorsAreNamed() {
        DMatrixRMaj one = K.ones(1, 1);
        for (int bad = 0; bad < 7; bad++) {
            List<List<DMatrixRMaj>> lists = new ArrayList<>();
            for (int list = 0; list < 7; list++) {
                lists.add(new ArrayList<>(List.of(one, one)));
            }
            lists.get(bad).set(1, K.of(1, 1, new double[] {Double.POSITIVE_INFINITY}));
            Generators<DMatrixRMaj> a = new Generators<>(
                    lists.get(0), lists.get(1), lists.get(2), lists.get(3), lists.get(4), lists.get(5), lists.get(6));
            fault(
                    Fault.NOT_FINITE,
                    () -> Orthogonal.requireFinite(K, a),
                    "generator " + "DPRQUWV".charAt(bad) + "[1]",
                    "Infinity");
        }
    }

    @Test
    void generatorsThatDoNotFitAreRefusedWithBothShapes() {
        Generators<DMatrixRMaj> a = GeneratorAlgebra.diagonal(K, List.of(K.ones(2, 2), K.ones(1, 1)));
        Generators<DMatrixRMaj> b = GeneratorAlgebra.diagonal(K, List.of(K.ones(2, 2)));
        shapes(() -> GeneratorAlgebra.add(K, a, b), "sum", "[2, 1]", "[2]");
        shapes(() -> GeneratorAlgebra.subtract(K, a, b), "difference", "[2, 1]", "[2]");
        shapes(() -> GeneratorAlgebra.hadamard(K, a, b), "Hadamard", "[2, 1]", "[2]");
        shapes(() -> GeneratorAlgebra.product(K, a, b), "product", "[2, 1]", "[2]");
        DMatrixRMaj x = K.ones(3, 1);
        DMatrixRMaj y = K.ones(1, 2);
        DMatrixRMaj z = K.ones(2, 1);
        DMatrixRMaj t = K.ones(1, 3);
        assertThat(GeneratorAlgebra.concatenate(K, a, b, x, y, z, t).rows(K)).isEqualTo(5);
        DMatrixRMaj bad = K.ones(4, 4);
        shapes(() -> GeneratorAlgebra.concatenate(K, a, b, bad, y, z, t), "left factor of the upper", "4x4", "3x1");
        shapes(() -> GeneratorAlgebra.concatenate(K, a, b, x, K.ones(1, 4), z, t), "right factor of the upper", "1x4");
        shapes(() -> GeneratorAlgebra.concatenate(K, a, b, x, y, bad, t), "left factor of the lower", "4x4", "2x1");
        shapes(() -> GeneratorAlgebra.concatenate(K, a, b, x, y, z, K.ones(1, 4)), "right factor of the lower", "1x4");
        shapes(
                () -> GeneratorAlgebra.lowRank(
                        K, List.of(K.ones(1, 1), K.ones(1, 2)), List.of(K.ones(1, 1), K.ones(2, 1))),
                "left factor",
                "1x2",
                "1x1");
        List<DMatrixRMaj> good = List.of(K.ones(1, 1), K.ones(1, 1));
        List<DMatrixRMaj> wrong = List.of(K.ones(1, 1), K.ones(2, 1));
        shapes(() -> GeneratorAlgebra.fromStateSpace(K, wrong, good, good, good), "B[1]", "1x1", "2x1");
        shapes(
                () -> GeneratorAlgebra.fromStateSpace(K, List.of(K.ones(1, 1), K.ones(1, 2)), good, good, good),
                "A[1]",
                "1x2",
                "1x1");
        shapes(() -> GeneratorAlgebra.fromStateSpace(K, good, good, wrong, good), "C[1]", "2x1", "1x1");
        shapes(() -> GeneratorAlgebra.fromStateSpace(K, good, good, good, wrong), "D[1]", "2x1", "1x1");
        for (int[] block : new int[][] {{-1, 0}, {0, -1}, {2, 0}, {0, 2}}) {
            fault(Fault.OUT_OF_RANGE, () -> GeneratorAlgebra.block(K, a, block[0], block[1]), "of 2 blocks");
        }
        for (int[] entry : new int[][] {{-1, 0}, {0, -1}, {3, 0}, {0, 3}}) {
            fault(Fault.OUT_OF_RANGE, () -> GeneratorAlgebra.entry(K, a, entry[0], entry[1]), "3x3");
        }
        Generators<DMatrixRMaj> tall = GeneratorAlgebra.diagonal(K, List.of(K.ones(2, 1)));
        shapes(() -> GeneratorAlgebra.solveLower(K, tall, K.ones(2, 1)), "solve", "[2]", "[1]");
        shapes(() -> GeneratorAlgebra.solveLower(K, b, K.ones(3, 1)), "solve", "2x2", "3x1");
        shapes(() -> GeneratorAlgebra.lowerInverse(K, tall), "inverse", "[2]", "[1]");
    }

    private static void shapes(ThrowingCallable call, String... words) {
        assertThatThrownBy(call).isInstanceOf(ShapeException.class).hasMessageContainingAll(words);
    }
}
