package duality.semiseparable;

import static duality.semiseparable.StructuredMatrices.K;
import static duality.semiseparable.StructuredMatrices.vector;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import duality.errors.Fault;
import duality.errors.InvalidInputException;
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

/** Matrices made of others: what they hold, cost and promise, and generators that fit together. */
class CompositeMatricesTest {
    private static final Toeplitz WIDE = new Toeplitz(2, 3, 1, 2, 3, 4);
    private static final Toeplitz SQUARE = new Toeplitz(2, 2, 1, 2, 3);
    private static final LowRank LOW =
            new LowRank(new DMatrixRMaj(2, 1, true, 1, 2), new DMatrixRMaj(3, 1, true, 3, 4, 5));
    private final SplittableRandom random = new SplittableRandom(29);

    private static void fault(Fault fault, ThrowingCallable call, String... words) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        InvalidInputException.class, e -> assertThat(e.fault()).isEqualTo(fault))
                .hasMessageContainingAll(words);
    }

    @Test
    void partsMustFitTogether() {
        fault(Fault.SHAPE_MISMATCH, () -> new Sum(List.of(WIDE, SQUARE), Set.of()), "sum", "2x3", "2x2");
        fault(Fault.SHAPE_MISMATCH, () -> new Hadamard(List.of(WIDE, SQUARE), Set.of()), "Hadamard", "2x3", "2x2");
        fault(Fault.SHAPE_MISMATCH, () -> new Product(List.of(WIDE, SQUARE), Set.of()), "product", "2x3", "2x2");
        fault(Fault.SHAPE_MISMATCH, () -> new Inverse(WIDE, Set.of()), "inverse", "2x3");
        fault(Fault.WRONG_ARGUMENTS, () -> new Sum(List.of(), Set.of()), "nothing");
        fault(Fault.WRONG_ARGUMENTS, () -> new Product(List.of(), Set.of()), "nothing");
        fault(Fault.WRONG_ARGUMENTS, () -> new Hadamard(List.of(), Set.of()), "nothing");
        StructuredMatrix product = new Product(List.of(SQUARE, WIDE), Set.of());
        StructuredMatrix inverse = new Inverse(SQUARE, Set.of());
        StructuredMatrix hadamard = new Hadamard(List.of(WIDE, WIDE), Set.of());
        for (StructuredMatrix a : List.of(product, inverse, hadamard, new Sum(List.of(WIDE, WIDE), Set.of()))) {
            for (int[] entry : new int[][] {{-1, 0}, {0, -1}, {2, 0}, {0, a.columns()}}) {
                fault(Fault.OUT_OF_RANGE, () -> a.get(entry[0], entry[1]), "(" + entry[0] + ", " + entry[1] + ")");
            }
            fault(Fault.SHAPE_MISMATCH, () -> a.multiply(new DMatrixRMaj(7, 1)), "product", "7x1");
        }
    }

    @Test
    void costsAddUp() {
        long parameters = WIDE.parameterCount() + LOW.parameterCount();
        long operations = WIDE.multiplyCost() + LOW.multiplyCost();
        StructuredMatrix sum = new Sum(List.of(WIDE, LOW), Set.of());
        assertThat(sum.parameterCount()).isEqualTo(parameters);
        assertThat(sum.multiplyCost()).isEqualTo(operations);
        StructuredMatrix product = new Product(List.of(WIDE.transpose(), LOW), Set.of());
        assertThat(product.parameterCount()).isEqualTo(parameters);
        assertThat(product.multiplyCost()).isEqualTo(operations);
        StructuredMatrix inverse = new Inverse(SQUARE, Set.of());
        assertThat(inverse.parameterCount()).isEqualTo(3);
        assertThat(inverse.multiplyCost()).isEqualTo(SQUARE.multiplyCost());
        StructuredMatrix masked = new Hadamard(List.of(WIDE, LOW), Set.of());
        assertThat(masked.parameterCount()).isEqualTo(parameters);
        assertThat(masked.multiplyCost()).isEqualTo(WIDE.multiplyCost() + 2 * 2 + 3); // one feature
        LowRank two = new LowRank(K.ones(2, 2), K.ones(3, 2));
        assertThat(new Hadamard(List.of(two, WIDE), Set.of()).multiplyCost())
                .isEqualTo(2 * (WIDE.multiplyCost() + 2 * 2 + 3));
        assertThat(new Hadamard(List.of(WIDE, WIDE), Set.of()).multiplyCost()).isEqualTo(2 * 2 * 3);
        assertThat(new Hadamard(List.of(LOW), Set.of()).multiplyCost()).isEqualTo(2 * 2 * 3);
    }

    @Test
    void lazyMatricesMultiplyExactlyOnIntegers() {
        DMatrixRMaj x = new DMatrixRMaj(3, 1, true, 1, 2, 3);
        assertThat(new Hadamard(List.of(LOW), Set.of()).multiply(x).data).containsExactly(26, 52);
        // WIDE ∘ LOW = [9 8 5; 24 24 20]
        StructuredMatrix masked = new Hadamard(List.of(new Dense(WIDE.toDense(), Set.of()), LOW), Set.of());
        assertThat(masked.toDense().data).containsExactly(9, 8, 5, 24, 24, 20);
        assertThat(masked.multiply(x).data).containsExactly(40, 132);
        assertThat(masked.get(1, 2)).isEqualTo(20);
        StructuredMatrix thrice = new Hadamard(List.of(LOW, LOW, new Dense(K.ones(2, 3), Set.of())), Set.of());
        assertThat(thrice.multiply(x).data).containsExactly(9 + 32 + 75, 4 * (9 + 32 + 75));
        StructuredMatrix inverse = new Inverse(new Banded(2, 2, 1, new double[] {0, 1}, new double[] {2, 4}), Set.of());
        assertThat(inverse.toDense().data).containsExactly(0.5, 0, -0.125, 0.25);
        assertThat(inverse.get(1, 0)).isEqualTo(-0.125);
        assertThat(inverse.transpose().toDense().data).containsExactly(0.5, -0.125, 0, 0.25);
        assertThat(inverse.get(1, 1)).isEqualTo(0.25);
    }

    // Properties

    @Test
    void propertiesOfResults() {
        DMatrixRMaj entries = new DMatrixRMaj(2, 2, true, 2, 1, 1, 2);
        StructuredMatrix positive = StructuredMatrix.of(entries).with(Property.POSITIVE_DEFINITE);
        assertThat(positive.hadamard(positive).properties())
                .containsExactlyInAnyOrder(Property.SYMMETRIC, Property.POSITIVE_DEFINITE);
        assertThat(positive.hadamard(StructuredMatrix.of(entries)).properties()).isEmpty();
        StructuredMatrix lower =
                StructuredMatrix.of(new DMatrixRMaj(2, 2, true, 1, 0, 1, 1)).with(Property.LOWER);
        assertThat(lower.hadamard(positive).properties()).containsExactly(Property.LOWER);
        assertThat(positive.hadamard(lower.transpose()).properties()).containsExactly(Property.UPPER);
        assertThat(positive.scale(2).properties())
                .containsExactlyInAnyOrder(Property.SYMMETRIC, Property.POSITIVE_DEFINITE);
        assertThat(positive.scale(-2).properties()).containsExactly(Property.SYMMETRIC);
        assertThat(positive.scale(0).properties()).containsExactly(Property.SYMMETRIC);
        StructuredMatrix rotation =
                StructuredMatrix.of(new DMatrixRMaj(2, 2, true, 0, -1, 1, 0)).with(Property.ORTHOGONAL);
        assertThat(rotation.scale(-1).properties()).containsExactly(Property.ORTHOGONAL);
        assertThat(rotation.scale(2).properties()).isEmpty();
        assertThat(rotation.gram().properties()).contains(Property.SYMMETRIC, Property.POSITIVE_DEFINITE);
        assertThat(positive.gram().properties()).contains(Property.SYMMETRIC, Property.POSITIVE_DEFINITE);
        assertThat(lower.gram().properties()).containsExactly(Property.SYMMETRIC);
        assertThat(positive.submatrix(0, 1, 0, 1).properties())
                .contains(Property.SYMMETRIC, Property.POSITIVE_DEFINITE);
        assertThat(positive.submatrix(0, 1, 1, 2).properties()).isEmpty();
        assertThat(rotation.submatrix(0, 1, 0, 1).properties()).isEmpty();
        assertThat(positive.plus(positive).properties())
                .containsExactlyInAnyOrder(Property.SYMMETRIC, Property.POSITIVE_DEFINITE);
        assertThat(positive.times(positive).properties()).isEmpty();
        assertThat(rotation.times(rotation).properties()).containsExactly(Property.ORTHOGONAL);
    }

    @ParameterizedTest
    @CsvSource({
        "1 2 2 1, POSITIVE_DEFINITE", // indefinite
        "1 1 2 4, SYMMETRIC",
        "1 1 0 1, LOWER",
        "1 0 1 1, UPPER",
        "1 0 1 1, ORTHOGONAL"
    })
    void falseClaimsAreFoundOut(String entries, Property claim) {
        double[] data = Arrays.stream(entries.split(" ", -1))
                .mapToDouble(Double::parseDouble)
                .toArray();
        StructuredMatrix a = new Dense(new DMatrixRMaj(2, 2, true, data), Set.of(claim));
        fault(Fault.OUT_OF_DOMAIN, () -> a.check(0), claim.toString());
        assertThat(claim.holds(K.identity(2), 0)).isTrue();
        double nan = Double.NaN;
        assertThat(claim.holds(new DMatrixRMaj(2, 2, true, 1, nan, nan, 1), 1)).isFalse();
    }

    // Determinants

    @Test
    void determinantsMultiply() {
        LogDeterminant two = new LogDeterminant(-1, Math.log(2));
        assertThat(two.value()).isEqualTo(-2);
        assertThat(two.times(-3.0).value()).isEqualTo(6);
        assertThat(two.times(3.0).sign()).isEqualTo(-1);
        assertThat(two.times(0.0)).isEqualTo(new LogDeterminant(0, Double.NEGATIVE_INFINITY));
        assertThat(two.times(0.0).value()).isZero();
        assertThat(two.times(two).value()).isEqualTo(4);
        assertThat(two.times(new LogDeterminant(0, Double.NEGATIVE_INFINITY)).sign())
                .isZero();
        assertThat(two.inverse().value()).isEqualTo(-0.5);
        assertThat(new LogDeterminant(1, 1000).value()).isEqualTo(Double.POSITIVE_INFINITY);
        Generators<DMatrixRMaj> a = GeneratorAlgebra.diagonal(
                K, List.of(K.of(1, 1, new double[] {-2}), K.of(2, 2, new double[] {0, 1, 1, 0})));
        assertThat(Ulv.factor(K, a).logDeterminant().sign()).isEqualTo(1);
        Generators<DMatrixRMaj> b =
                GeneratorAlgebra.diagonal(K, List.of(K.of(1, 1, new double[] {-2}), K.of(1, 1, new double[] {3})));
        assertThat(BlockLu.of(K, b).logDeterminant(K).value()).isCloseTo(-6, within(1e-14));
    }

    // Generators

    @Test
    void generatorsMustChain() {
        String names = "PRQUWV";
        for (int bad = 0; bad < names.length(); bad++) {
            List<List<DMatrixRMaj>> lists = new ArrayList<>();
            int[][] shapes = {{1, 2}, {2, 2}, {2, 1}, {1, 3}, {3, 3}, {3, 1}}; // ranks 2 and 3
            for (int[] shape : shapes) {
                lists.add(new ArrayList<>(
                        List.of(K.ones(shape[0], shape[1]), K.ones(shape[0], shape[1]), K.ones(shape[0], shape[1]))));
            }
            lists.get(0).set(0, K.zeros(1, 0));
            lists.get(1).set(0, K.zeros(2, 0));
            lists.get(1).set(2, K.zeros(0, 2));
            lists.get(2).set(2, K.zeros(0, 1));
            lists.get(3).set(2, K.zeros(1, 0));
            lists.get(4).set(2, K.zeros(3, 0));
            lists.get(4).set(0, K.zeros(0, 3));
            lists.get(5).set(0, K.zeros(0, 1));
            List<DMatrixRMaj> d = List.of(K.ones(1, 1), K.ones(1, 1), K.ones(1, 1));
            assertThat(Generators.of(
                                    K,
                                    d,
                                    lists.get(0),
                                    lists.get(1),
                                    lists.get(2),
                                    lists.get(3),
                                    lists.get(4),
                                    lists.get(5))
                            .lowerRanks(K))
                    .containsExactly(0, 2, 2);
            int at = 1;
            lists.get(bad).set(at, K.ones(5, 5));
            fault(
                    Fault.SHAPE_MISMATCH,
                    () -> Generators.of(
                            K, d, lists.get(0), lists.get(1), lists.get(2), lists.get(3), lists.get(4), lists.get(5)),
                    names.charAt(bad) == 'R' || names.charAt(bad) == 'W'
                            ? "beside its neighbours"
                            : "generator " + names.charAt(bad) + "[1]",
                    names.charAt(bad) == 'R' || names.charAt(bad) == 'W' ? "vs" : "5x5");
            lists.get(bad).remove(at);
            fault(
                    Fault.SHAPE_MISMATCH,
                    () -> Generators.of(
                            K, d, lists.get(0), lists.get(1), lists.get(2), lists.get(3), lists.get(4), lists.get(5)),
                    "3 diagonal blocks");
        }
    }

    /** Nothing comes up from below the last block, nor leaves the first. */
    @Test
    void statesEndAtTheBorders() {
        List<DMatrixRMaj> d = List.of(K.ones(1, 1));
        List<DMatrixRMaj> none = List.of(K.zeros(0, 0));
        List<DMatrixRMaj> out = List.of(K.zeros(1, 0));
        List<DMatrixRMaj> in = List.of(K.zeros(0, 1));
        List<DMatrixRMaj> wide = List.of(K.zeros(0, 1));
        fault(Fault.SHAPE_MISMATCH, () -> Generators.of(K, d, out, wide, in, out, none, in), "R[0]", "0x1 vs 0x0");
        fault(Fault.SHAPE_MISMATCH, () -> Generators.of(K, d, out, none, in, out, wide, in), "W[0]", "0x1 vs 0x0");
    }

    @Test
    void causalGeneratorsAreARecurrenceFromZero() {
        List<DMatrixRMaj> d =
                List.of(K.of(1, 1, new double[] {1}), K.of(1, 1, new double[] {2}), K.of(1, 1, new double[] {3}));
        List<DMatrixRMaj> p = List.of(K.ones(1, 1), K.of(1, 1, new double[] {5}), K.of(1, 1, new double[] {7}));
        List<DMatrixRMaj> r = List.of(K.ones(1, 1), K.of(1, 1, new double[] {2}), K.ones(1, 1));
        List<DMatrixRMaj> q = List.of(K.of(1, 1, new double[] {3}), K.of(1, 1, new double[] {4}), K.ones(1, 1));
        assertThat(Generators.causal(K, d, p, r, q).dense(K).data).containsExactly(1, 0, 0, 15, 2, 0, 42, 28, 3);
        assertThat(Generators.causal(K, List.of(), List.of(), List.of(), List.of())
                        .blocks())
                .isZero();
        assertThat(Generators.causal(K, d.subList(0, 1), p.subList(0, 1), r.subList(0, 1), q.subList(0, 1))
                        .dense(K)
                        .data)
                .containsExactly(1);
    }

    /** Up to rank 16 scalar blocks are kept flat, above it as blocks; a band of 16 diagonals is still cut by rows. */
    @Test
    void scalarBlocksAreFlatUpToTheLargestRank() {
        int n = 40;
        for (int rank : new int[] {3, 16, 17}) {
            for (boolean lower : new boolean[] {true, false}) {
                Generators<DMatrixRMaj> a = RandomGenerators.of(
                        K, (m, c) -> StructuredMatrices.dense(random, m, c), n, i -> 1, i -> 1, i -> rank);
                Semiseparable s =
                        new Semiseparable(lower ? GeneratorAlgebra.lower(K, a) : GeneratorAlgebra.upper(K, a));
                assertThat(s.scalar().isPresent()).isEqualTo(rank <= 16);
                double[] x = vector(random, n);
                s.scalar().ifPresent(flat -> {
                    assertThat(s.scalar()).containsSame(flat);
                    assertThat(s.multiply(x)).containsExactly(flat.multiply(x));
                });
                if (rank > 16) {
                    assertThat(s.multiply(x))
                            .containsExactly(s.generators().multiply(K, new DMatrixRMaj(n, 1, true, x)).data);
                }
            }
        }
        Semiseparable both = new Semiseparable(
                Lifting.lift(new OneSemiseparable(vector(random, 5)).plus(new LowRank(K.ones(5, 1), K.ones(5, 1)))));
        double[] b = vector(random, 5);
        assertThat(both.solve(new DMatrixRMaj(5, 1, true, b), Method.ULV).x().data)
                .containsExactly(both.scalar().orElseThrow().solve(b));
        assertThat(new Semiseparable(GeneratorAlgebra.diagonal(K, List.of())).scalar())
                .isEmpty();
        assertThat(new Semiseparable(GeneratorAlgebra.diagonal(K, List.of(K.ones(1, 2)))).scalar())
                .isEmpty();
        assertThat(new Semiseparable(GeneratorAlgebra.diagonal(K, List.of(K.ones(2, 1)))).scalar())
                .isEmpty();
        double[][] diagonals = new double[17][n];
        LowRank low = new LowRank(K.ones(n, 1), K.ones(n, 1));
        assertThat(new Banded(n, n, 16, diagonals).plus(low))
                .isInstanceOfSatisfying(
                        Semiseparable.class,
                        s -> assertThat(s.generators().blocks()).isEqualTo(n));
    }

    @Test
    void tolerancesAreRelativeToEachTriangle() {
        Generators<DMatrixRMaj> a = GeneratorAlgebra.diagonal(K, List.of(K.of(2, 2, new double[] {1, 0, 0, 1e-4})));
        DMatrixRMaj b = K.of(2, 1, new double[] {1, 1e-4});
        assertThat(Ulv.factor(K, a, 1e-5).solve(b).data).containsExactly(1, 1);
        assertThat(LiftedSolve.factor(K, a, 1e-5).solve(b).data).containsExactly(1, 1);
        fault(Fault.SINGULAR, () -> Ulv.factor(K, a, 1e-3), "pivot 1.0E-4", "norm 1.0", "condition 1.0e+04");
        fault(Fault.SINGULAR, () -> LiftedSolve.factor(K, a, 1e-3), "pivot 1.0E-4", "norm 1.0", "condition 1.0e+04");
    }

    @Test
    void choleskyFactorsRefuseWhatDoesNotFit() {
        double[] two = {2, 2};
        ScalarCholesky flat = ScalarGenerators.symmetric(two, new double[0], new double[0], new double[0])
                .cholesky();
        fault(Fault.SHAPE_MISMATCH, () -> flat.solve(new double[3]), "length of b", "3 vs 2");
        fault(Fault.SHAPE_MISMATCH, () -> flat.solve(two, new double[3]), "length of out", "3 vs 2");
        Generators<DMatrixRMaj> a = GeneratorAlgebra.diagonal(K, List.of(K.identity(2)));
        SemiseparableCholesky<DMatrixRMaj> factor = SemiseparableCholesky.of(K, a);
        fault(Fault.SHAPE_MISMATCH, () -> factor.solveLower(K.ones(3, 1)), "2x2", "3x1");
        fault(Fault.SHAPE_MISMATCH, () -> factor.solveUpper(K.ones(3, 1)), "2x2", "3x1");
        fault(Fault.NOT_FINITE, () -> factor.solveUpper(K.of(2, 1, new double[] {0, Double.NaN})), "(1, 0)");
        Generators<DMatrixRMaj> poisoned = GeneratorAlgebra.diagonal(K, List.of(K.of(1, 1, new double[] {Double.NaN})));
        fault(Fault.NOT_FINITE, () -> SemiseparableCholesky.of(K, poisoned), "D[0]", "NaN");
    }

    @Test
    void diagonalTransitionsAreWrittenInFull() {
        ScalarHalf half = new ScalarHalf(2, true, new double[4], new double[] {1, 2, 3, 4}, new double[4]);
        double[] r = {9, 9, 9, 9, 9, 9};
        half.transition(1, r, 3);
        assertThat(r).containsExactly(3, 0, 9, 0, 4, 9);
    }
}
