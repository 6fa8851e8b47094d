package duality.semiseparable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import duality.algebra.CommonsMath;
import duality.algebra.EjmlBlocks;
import duality.algebra.FieldBlocks;
import duality.algebra.PrimeField;
import duality.algebra.RingMatrix;
import duality.errors.Fault;
import duality.errors.InvalidInputException;
import duality.errors.ShapeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BinaryOperator;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.api.Test;

/** Every operation equals that on the dense matrices: exactly over fields, within a derived bound in double. */
class GeneratorAlgebraTest {
    private static final FieldBlocks<Long> K = new FieldBlocks<>(PrimeField.INSTANCE);

    /** Ragged shapes with empty blocks and ranks over one field. */
    private record Shapes<E>(FieldBlocks<E> k, SplittableRandom random) {
        RingMatrix<E> block(int rows, int columns) {
            return RingMatrix.of(rows, columns, (i, j) -> k.ring().integer(random.nextInt(-4, 5)));
        }

        List<Integer> sizes(int n) {
            return IntStream.range(0, n).mapToObj(i -> random.nextInt(4)).toList();
        }

        Generators<RingMatrix<E>> matrix(List<Integer> rows, List<Integer> columns) {
            return RandomGenerators.of(k, this::block, rows.size(), rows::get, columns::get, i -> random.nextInt(3));
        }

        /** Valid generators, and this dense matrix. */
        void check(Generators<RingMatrix<E>> actual, RingMatrix<E> dense) {
            Generators<RingMatrix<E>> checked = Generators.of(
                    k, actual.d(), actual.p(), actual.r(), actual.q(), actual.u(), actual.w(), actual.v());
            assertThat(k.equal(checked.dense(k), dense)).isTrue();
        }
    }

    private interface Law {
        <E> void holds(Shapes<E> shapes, int n);
    }

    private static void forAll(Law law) {
        SplittableRandom random = new SplittableRandom(17);
        for (int n = 0; n <= 6; n++) {
            for (int trial = 0; trial < 8; trial++) {
                law.holds(new Shapes<>(K, random), n);
            }
            law.holds(new Shapes<>(new FieldBlocks<>(CommonsMath.RATIONALS), random), n);
        }
    }

    private static List<Integer> combine(List<Integer> a, List<Integer> b, BinaryOperator<Integer> operation) {
        return IntStream.range(0, a.size())
                .mapToObj(i -> operation.apply(a.get(i), b.get(i)))
                .toList();
    }

    private static <E> void assertRanks(
            Shapes<E> s,
            Generators<RingMatrix<E>> result,
            Generators<RingMatrix<E>> a,
            Generators<RingMatrix<E>> b,
            BinaryOperator<Integer> operation) {
        FieldBlocks<E> k = s.k();
        assertThat(result.lowerRanks(k)).isEqualTo(combine(a.lowerRanks(k), b.lowerRanks(k), operation));
        assertThat(result.upperRanks(k)).isEqualTo(combine(a.upperRanks(k), b.upperRanks(k), operation));
    }

    @Test
    void entrywiseOperations() {
        forAll(new Law() {
            @Override
            public <E> void holds(Shapes<E> s, int n) {
                FieldBlocks<E> k = s.k();
                List<Integer> rows = s.sizes(n);
                List<Integer> columns = s.sizes(n);
                Generators<RingMatrix<E>> a = s.matrix(rows, columns);
                Generators<RingMatrix<E>> b = s.matrix(rows, columns);
                RingMatrix<E> factor = s.block(1, 1);
                s.check(GeneratorAlgebra.add(k, a, b), k.add(a.dense(k), b.dense(k)));
                s.check(GeneratorAlgebra.subtract(k, a, b), k.subtract(a.dense(k), b.dense(k)));
                s.check(GeneratorAlgebra.hadamard(k, a, b), k.hadamard(a.dense(k), b.dense(k)));
                s.check(GeneratorAlgebra.scale(k, factor, a), k.scale(factor, a.dense(k)));
                assertRanks(s, GeneratorAlgebra.add(k, a, b), a, b, Integer::sum);
                assertRanks(s, GeneratorAlgebra.subtract(k, a, b), a, b, Integer::sum);
                assertRanks(s, GeneratorAlgebra.hadamard(k, a, b), a, b, (x, y) -> x * y);
            }
        });
    }

    @Test
    void products() {
        forAll(new Law() {
            @Override
            public <E> void holds(Shapes<E> s, int n) {
                FieldBlocks<E> k = s.k();
                List<Integer> inner = s.sizes(n);
                Generators<RingMatrix<E>> a = s.matrix(s.sizes(n), inner);
                Generators<RingMatrix<E>> b = s.matrix(inner, s.sizes(n));
                Generators<RingMatrix<E>> product = GeneratorAlgebra.product(k, a, b);
                s.check(product, k.multiply(a.dense(k), b.dense(k)));
                assertRanks(s, product, a, b, Integer::sum);
                s.check(GeneratorAlgebra.gram(k, a), k.multiply(k.transpose(a.dense(k)), a.dense(k)));
                // (A B)ᵀ = Bᵀ Aᵀ, and <A x, y> = <x, Aᵀ y>.
                s.check(
                        GeneratorAlgebra.product(k, b.transpose(k), a.transpose(k)),
                        product.transpose(k).dense(k));
                RingMatrix<E> x = s.block(a.columns(k), 1);
                RingMatrix<E> y = s.block(a.rows(k), 1);
                assertThat(k.equal(
                                k.multiplyTransposeLeft(y, a.multiply(k, x)),
                                k.multiplyTransposeLeft(a.transpose(k).multiply(k, y), x)))
                        .isTrue();
            }
        });
    }

    /** The states stacked in the other order, [0 Pb-part first], is a different matrix: the law can fail. */
    @Test
    void swappedStackingIsRefuted() {
        SplittableRandom random = new SplittableRandom(3);
        Shapes<Long> s = new Shapes<>(K, random);
        List<Integer> sizes = List.of(2, 2, 2, 2);
        Generators<RingMatrix<Long>> a = RandomGenerators.of(K, s::block, 4, sizes::get, sizes::get, i -> 1);
        Generators<RingMatrix<Long>> b = RandomGenerators.of(K, s::block, 4, sizes::get, sizes::get, i -> 1);
        Generators<RingMatrix<Long>> product = GeneratorAlgebra.product(K, a, b);
        List<RingMatrix<Long>> swapped = product.q().stream()
                .map(q -> RingMatrix.of(q.rows(), q.columns(), (i, j) -> q.get(q.rows() - 1 - i, j)))
                .toList();
        Generators<RingMatrix<Long>> wrong =
                new Generators<>(product.d(), product.p(), product.r(), swapped, product.u(), product.w(), product.v());
        assertThat(K.equal(wrong.dense(K), product.dense(K))).isFalse();
    }

    @Test
    void partsAndConcatenations() {
        forAll(new Law() {
            @Override
            public <E> void holds(Shapes<E> s, int n) {
                FieldBlocks<E> k = s.k();
                List<Integer> rows = s.sizes(n);
                List<Integer> columns = s.sizes(n);
                Generators<RingMatrix<E>> a = s.matrix(rows, columns);
                RingMatrix<E> dense = a.dense(k);
                List<Integer> rowBlock = owners(rows);
                List<Integer> columnBlock = owners(columns);
                s.check(
                        GeneratorAlgebra.lower(k, a),
                        masked(k, dense, (i, j) -> rowBlock.get(i) >= columnBlock.get(j)));
                s.check(
                        GeneratorAlgebra.strictlyLower(k, a),
                        masked(k, dense, (i, j) -> rowBlock.get(i) > columnBlock.get(j)));
                s.check(
                        GeneratorAlgebra.upper(k, a),
                        masked(k, dense, (i, j) -> rowBlock.get(i) <= columnBlock.get(j)));
                s.check(
                        GeneratorAlgebra.strictlyUpper(k, a),
                        masked(k, dense, (i, j) -> rowBlock.get(i) < columnBlock.get(j)));
                for (int i = 0; i < n; i++) {
                    for (int j = 0; j < n; j++) {
                        assertThat(k.equal(
                                        GeneratorAlgebra.block(k, a, i, j),
                                        k.block(
                                                dense,
                                                start(rows, i),
                                                start(rows, i + 1),
                                                start(columns, j),
                                                start(columns, j + 1))))
                                .isTrue();
                    }
                }
                for (int i = 0; i < dense.rows(); i++) {
                    for (int j = 0; j < dense.columns(); j++) {
                        assertThat(k.equal(GeneratorAlgebra.entry(k, a, i, j), k.entry(dense, i, j)))
                                .isTrue();
                    }
                }
                for (int from = 0; from <= n; from++) {
                    for (int to = from; to <= n; to++) {
                        s.check(
                                GeneratorAlgebra.submatrix(k, a, from, to),
                                k.block(
                                        dense,
                                        start(rows, from),
                                        start(rows, to),
                                        start(columns, from),
                                        start(columns, to)));
                    }
                }
                Generators<RingMatrix<E>> wide = s.matrix(rows, s.sizes(n));
                Generators<RingMatrix<E>> besides = GeneratorAlgebra.concatenateColumns(k, a, wide);
                Generators<RingMatrix<E>> stacked =
                        GeneratorAlgebra.concatenateRows(k, a.transpose(k), wide.transpose(k));
                s.check(stacked, besides.transpose(k).dense(k));
                for (int i = 0; i < n; i++) {
                    for (int j = 0; j < n; j++) {
                        assertThat(k.equal(
                                        GeneratorAlgebra.block(k, besides, i, j),
                                        k.stackColumns(List.of(
                                                GeneratorAlgebra.block(k, a, i, j),
                                                GeneratorAlgebra.block(k, wide, i, j)))))
                                .isTrue();
                    }
                }
                int other = s.random().nextInt(4);
                Generators<RingMatrix<E>> b = s.matrix(s.sizes(other), s.sizes(other));
                RingMatrix<E> x = s.block(a.rows(k), 2);
                RingMatrix<E> y = s.block(2, b.columns(k));
                RingMatrix<E> z = s.block(b.rows(k), 1);
                RingMatrix<E> t = s.block(1, a.columns(k));
                s.check(
                        GeneratorAlgebra.concatenate(k, a, b, x, y, z, t),
                        k.stackRows(List.of(
                                k.stackColumns(List.of(dense, k.multiply(x, y))),
                                k.stackColumns(List.of(k.multiply(z, t), b.dense(k))))));
            }
        });
    }

    private interface Mask {
        boolean keeps(int row, int column);
    }

    private static <E> RingMatrix<E> masked(FieldBlocks<E> k, RingMatrix<E> a, Mask mask) {
        return RingMatrix.of(
                a.rows(),
                a.columns(),
                (i, j) -> mask.keeps(i, j) ? a.get(i, j) : k.ring().zero());
    }

    private static int start(List<Integer> sizes, int i) {
        return sizes.subList(0, i).stream().mapToInt(Integer::intValue).sum();
    }

    /** The block of each row. */
    private static List<Integer> owners(List<Integer> sizes) {
        List<Integer> owners = new ArrayList<>();
        for (int i = 0; i < sizes.size(); i++) {
            owners.addAll(Collections.nCopies(sizes.get(i), i));
        }
        return owners;
    }

    @Test
    void constructions() {
        forAll(new Law() {
            @Override
            public <E> void holds(Shapes<E> s, int n) {
                FieldBlocks<E> k = s.k();
                List<Integer> rows = s.sizes(n);
                List<Integer> columns = s.sizes(n);
                s.check(GeneratorAlgebra.identity(k, rows), k.identity(start(rows, n)));
                Generators<RingMatrix<E>> a = s.matrix(rows, columns);
                RingMatrix<E> diagonal = a.dense(k);
                List<Integer> rowBlock = owners(rows);
                List<Integer> columnBlock = owners(columns);
                s.check(
                        GeneratorAlgebra.diagonal(k, a.d()),
                        masked(k, diagonal, (i, j) -> rowBlock.get(i).equals(columnBlock.get(j))));
                List<RingMatrix<E>> left = rows.stream().map(m -> s.block(m, 2)).toList();
                List<RingMatrix<E>> right =
                        columns.stream().map(m -> s.block(2, m)).toList();
                Generators<RingMatrix<E>> lowRank = GeneratorAlgebra.lowRank(k, left, right);
                if (n > 0) {
                    s.check(lowRank, k.multiply(k.stackRows(left), k.stackColumns(right)));
                }
                // 1SS(a), its inverse without division, and by the formula with division.
                RingMatrix<E> factors = s.block(n, 1);
                Generators<RingMatrix<E>> oneSs = GeneratorAlgebra.oneSemiseparable(k, factors);
                Generators<RingMatrix<E>> inverse = GeneratorAlgebra.oneSemiseparableInverse(k, factors);
                s.check(oneSs, k.oneSemiseparable(factors));
                s.check(GeneratorAlgebra.product(k, oneSs, inverse), k.identity(n));
                s.check(inverse, GeneratorAlgebra.lowerInverse(k, oneSs).dense(k));
            }
        });
    }

    /** The model run step by step, and the way there and back. */
    @Test
    void stateSpaceModels() {
        forAll(new Law() {
            @Override
            public <E> void holds(Shapes<E> s, int n) {
                FieldBlocks<E> k = s.k();
                List<Integer> states = s.sizes(n);
                List<Integer> inputs = s.sizes(n);
                List<Integer> outputs = s.sizes(n);
                List<RingMatrix<E>> a = new ArrayList<>();
                List<RingMatrix<E>> b = new ArrayList<>();
                List<RingMatrix<E>> c = new ArrayList<>();
                List<RingMatrix<E>> d = new ArrayList<>();
                for (int t = 0; t < n; t++) {
                    a.add(s.block(states.get(t), t == 0 ? 2 : states.get(t - 1)));
                    b.add(s.block(states.get(t), inputs.get(t)));
                    c.add(s.block(states.get(t), outputs.get(t)));
                    d.add(s.block(outputs.get(t), inputs.get(t)));
                }
                Generators<RingMatrix<E>> matrix = GeneratorAlgebra.fromStateSpace(k, a, b, c, d);
                RingMatrix<E> x = s.block(start(inputs, n), 2);
                RingMatrix<E> h = k.zeros(2, 2);
                List<RingMatrix<E>> y = new ArrayList<>(List.of(k.zeros(0, 2)));
                for (int t = 0; t < n; t++) {
                    RingMatrix<E> input = k.rows(x, start(inputs, t), start(inputs, t + 1));
                    h = k.add(k.multiply(a.get(t), h), k.multiply(b.get(t), input));
                    y.add(k.add(k.multiplyTransposeLeft(c.get(t), h), k.multiply(d.get(t), input)));
                }
                assertThat(k.equal(matrix.multiply(k, x), k.stackRows(y))).isTrue();
                GeneratorAlgebra.StateSpace<RingMatrix<E>> model = GeneratorAlgebra.toStateSpace(k, matrix);
                s.check(
                        GeneratorAlgebra.fromStateSpace(k, model.a(), model.b(), model.c(), model.d()),
                        matrix.dense(k));
            }
        });
    }

    /** A change of basis g ↦ T g leaves the matrix as it is, and so what is computed from it. */
    @Test
    void similarStatesAreTheSameMatrix() {
        forAll(new Law() {
            @Override
            public <E> void holds(Shapes<E> s, int n) {
                FieldBlocks<E> k = s.k();
                List<Integer> sizes = s.sizes(n);
                Generators<RingMatrix<E>> a = s.matrix(sizes, sizes);
                Generators<RingMatrix<E>> similar = similar(s, a);
                s.check(similar, a.dense(k));
                s.check(
                        GeneratorAlgebra.product(k, similar, a),
                        GeneratorAlgebra.product(k, a, similar).dense(k));
                s.check(
                        GeneratorAlgebra.hadamard(k, similar, a),
                        GeneratorAlgebra.hadamard(k, a, similar).dense(k));
                assertThat(RankProfile.of(k, similar)).isEqualTo(RankProfile.of(k, a));
            }
        });
    }

    private static <E> Generators<RingMatrix<E>> similar(Shapes<E> s, Generators<RingMatrix<E>> a) {
        FieldBlocks<E> k = s.k();
        List<RingMatrix<E>> bases = new ArrayList<>();
        for (int rank : a.lowerRanks(k)) {
            // Unit lower triangular, hence invertible.
            bases.add(RingMatrix.of(
                    rank,
                    rank,
                    (i, j) -> i == j
                            ? k.ring().one()
                            : k.ring().integer(i > j ? s.random().nextInt(5) : 0)));
        }
        bases.add(k.zeros(0, 0));
        List<RingMatrix<E>> p = new ArrayList<>();
        List<RingMatrix<E>> r = new ArrayList<>();
        List<RingMatrix<E>> q = new ArrayList<>();
        for (int i = 0; i < a.blocks(); i++) {
            RingMatrix<E> inverse = k.inverse(bases.get(i));
            RingMatrix<E> next = bases.get(i + 1);
            p.add(k.multiply(a.p().get(i), inverse));
            r.add(k.multiply(next, k.multiply(a.r().get(i), inverse)));
            q.add(k.multiply(next, a.q().get(i)));
        }
        return new Generators<>(a.d(), p, r, q, a.u(), a.w(), a.v());
    }

    @Test
    void shapeFaults() {
        Shapes<Long> s = new Shapes<>(K, new SplittableRandom(5));
        Generators<RingMatrix<Long>> a = s.matrix(List.of(2, 3), List.of(1, 4));
        Generators<RingMatrix<Long>> b = s.matrix(List.of(3, 2), List.of(1, 4));
        mismatch(() -> GeneratorAlgebra.add(K, a, b), "[2, 3]", "[3, 2]");
        mismatch(() -> GeneratorAlgebra.subtract(K, a, b), "[2, 3]", "[3, 2]");
        mismatch(() -> GeneratorAlgebra.hadamard(K, a, b), "[2, 3]", "[3, 2]");
        mismatch(() -> GeneratorAlgebra.product(K, a, b), "[1, 4]", "[3, 2]");
        mismatch(() -> GeneratorAlgebra.concatenateColumns(K, a, b), "[2, 3]", "[3, 2]");
        mismatch(() -> GeneratorAlgebra.concatenateRows(K, a, a.transpose(K)), "[1, 4]", "[2, 3]");
        mismatch(() -> GeneratorAlgebra.scale(K, K.ones(2, 1), a), "2x1");
        mismatch(() -> GeneratorAlgebra.oneSemiseparable(K, K.ones(1, 3)), "1x3", "1x1");
        mismatch(() -> GeneratorAlgebra.lowRank(K, a.d(), a.d()), "[1, 4]", "[2, 3]");
        mismatch(
                () -> GeneratorAlgebra.concatenate(K, a, b, K.ones(4, 1), K.ones(1, 5), K.ones(5, 1), K.ones(1, 5)),
                "4x1",
                "5x1");
        mismatch(
                () -> GeneratorAlgebra.fromStateSpace(
                        K, List.of(K.ones(2, 2)), List.of(K.ones(3, 1)), List.of(K.ones(2, 1)), List.of(K.ones(1, 1))),
                "B[0]",
                "3x1",
                "2x1");
        outOfRange(() -> GeneratorAlgebra.submatrix(K, a, 1, 3), "[1, 3)", "2 blocks");
        outOfRange(() -> GeneratorAlgebra.block(K, a, 0, 2), "(0, 2)", "2 blocks");
        outOfRange(() -> GeneratorAlgebra.entry(K, a, 5, 0), "(5, 0)", "5x5");
    }

    private static void mismatch(ThrowingCallable call, String... shown) {
        fault(Fault.SHAPE_MISMATCH, call, shown);
    }

    private static void outOfRange(ThrowingCallable call, String... shown) {
        fault(Fault.OUT_OF_RANGE, call, shown);
    }

    private static void fault(Fault fault, ThrowingCallable call, String... shown) {
        assertThatExceptionOfType(ShapeException.class)
                .isThrownBy(call)
                .returns(fault, InvalidInputException::fault)
                .satisfies(thrown -> assertThat(thrown.getMessage()).contains(shown));
    }

    /**
     * An entry of a result and that of the dense result are sums of products of the same numbers, none longer than K
     * operations, so they differ by at most 2γ_K times the same result for absolute values.
     */
    @Test
    void roundsWithinTheBound() {
        EjmlBlocks k = EjmlBlocks.INSTANCE;
        SplittableRandom random = new SplittableRandom(23);
        for (int n = 1; n <= 12; n++) {
            int[] sizes = random.ints(n, 1, 4).toArray();
            Generators<DMatrixRMaj> a = real(random, sizes);
            Generators<DMatrixRMaj> b = real(random, sizes);
            DMatrixRMaj x = a.dense(k);
            DMatrixRMaj y = b.dense(k);
            Generators<DMatrixRMaj> absA = absolute(a);
            Generators<DMatrixRMaj> absB = absolute(b);
            close(n, GeneratorAlgebra.add(k, a, b), k.add(x, y), GeneratorAlgebra.add(k, absA, absB));
            close(n, GeneratorAlgebra.subtract(k, a, b), k.subtract(x, y), GeneratorAlgebra.add(k, absA, absB));
            close(n, GeneratorAlgebra.hadamard(k, a, b), k.hadamard(x, y), GeneratorAlgebra.hadamard(k, absA, absB));
            close(n, GeneratorAlgebra.product(k, a, b), k.multiply(x, y), GeneratorAlgebra.product(k, absA, absB));
            close(n, GeneratorAlgebra.gram(k, a), k.multiplyTransposeLeft(x, x), GeneratorAlgebra.gram(k, absA));
        }
    }

    private static Generators<DMatrixRMaj> real(SplittableRandom random, int[] sizes) {
        return RandomGenerators.of(
                EjmlBlocks.INSTANCE,
                (rows, columns) -> {
                    DMatrixRMaj block = new DMatrixRMaj(rows, columns);
                    Arrays.setAll(block.data, i -> random.nextDouble(-1, 1));
                    return block;
                },
                sizes.length,
                i -> sizes[i],
                i -> sizes[i],
                i -> random.nextInt(3));
    }

    private static Generators<DMatrixRMaj> absolute(Generators<DMatrixRMaj> a) {
        return new Generators<>(
                absolute(a.d()),
                absolute(a.p()),
                absolute(a.r()),
                absolute(a.q()),
                absolute(a.u()),
                absolute(a.w()),
                absolute(a.v()));
    }

    private static List<DMatrixRMaj> absolute(List<DMatrixRMaj> blocks) {
        return blocks.stream()
                .map(block -> {
                    DMatrixRMaj result = block.copy();
                    Arrays.setAll(result.data, i -> Math.abs(block.data[i]));
                    return result;
                })
                .toList();
    }

    private static void close(
            int n, Generators<DMatrixRMaj> actual, DMatrixRMaj expected, Generators<DMatrixRMaj> magnitude) {
        EjmlBlocks k = EjmlBlocks.INSTANCE;
        // Each block passes at most six block products with sums of up to 9 terms, in forming and in multiplying out;
        // the dense product adds up to 3n terms.
        int operations = 2 * n * 6 * (9 + 2) + 3 * n;
        double gamma = operations * k.unitRoundoff() / (1 - operations * k.unitRoundoff());
        DMatrixRMaj difference = k.subtract(actual.dense(k), expected);
        DMatrixRMaj bound = magnitude.dense(k);
        for (int i = 0; i < difference.getNumElements(); i++) {
            assertThat(Math.abs(difference.data[i])).isLessThanOrEqualTo(2.01 * gamma * bound.data[i]);
        }
    }
}
