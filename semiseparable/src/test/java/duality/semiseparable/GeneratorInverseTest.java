package duality.semiseparable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import duality.algebra.CommonsMath;
import duality.algebra.EjmlBlocks;
import duality.algebra.Field;
import duality.algebra.FieldBlocks;
import duality.algebra.PrimeField;
import duality.algebra.RingMatrix;
import duality.errors.Fault;
import duality.errors.InvalidInputException;
import duality.errors.ShapeException;
import duality.errors.ValueException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.NormOps_DDRM;
import org.junit.jupiter.api.Test;

/** Triangular solves, LU, inverses, determinants and ranks, against the dense ones. */
class GeneratorInverseTest {
    private static final FieldBlocks<Long> K = new FieldBlocks<>(PrimeField.INSTANCE);
    private final SplittableRandom random = new SplittableRandom(29);

    /** Entries from a range so large that no leading submatrix is singular, but by a chance that a fixed seed rules out. */
    private <E> Generators<RingMatrix<E>> square(FieldBlocks<E> k, int n) {
        int[] sizes = random.ints(n, 0, 4).toArray();
        return RandomGenerators.of(
                k,
                (rows, columns) ->
                        RingMatrix.of(rows, columns, (i, j) -> k.ring().integer(random.nextInt(-10_000, 10_000))),
                n,
                i -> sizes[i],
                i -> sizes[i],
                i -> random.nextInt(3));
    }

    @Test
    void solvesAndInvertsExactly() {
        for (int n = 0; n <= 7; n++) {
            for (int trial = 0; trial < 5; trial++) {
                exact(PrimeField.INSTANCE, n);
            }
            exact(CommonsMath.RATIONALS, Math.min(n, 5));
        }
    }

    private <E> void exact(Field<E> field, int n) {
        FieldBlocks<E> k = new FieldBlocks<>(field);
        Generators<RingMatrix<E>> a = square(k, n);
        RingMatrix<E> dense = a.dense(k);
        int size = dense.rows();
        RingMatrix<E> identity = k.identity(size);
        RingMatrix<E> b = RingMatrix.of(size, 2, (i, j) -> field.integer(random.nextInt(100)));

        Generators<RingMatrix<E>> lower = GeneratorAlgebra.lower(k, a);
        Generators<RingMatrix<E>> upper = GeneratorAlgebra.upper(k, a);
        Generators<RingMatrix<E>> lowerInverse = valid(k, GeneratorAlgebra.lowerInverse(k, lower));
        Generators<RingMatrix<E>> upperInverse = valid(k, GeneratorAlgebra.upperInverse(k, upper));
        assertThat(k.equal(k.multiply(lower.dense(k), lowerInverse.dense(k)), identity))
                .isTrue();
        assertThat(k.equal(k.multiply(upper.dense(k), upperInverse.dense(k)), identity))
                .isTrue();
        assertThat(lowerInverse.lowerRanks(k)).isEqualTo(a.lowerRanks(k));
        assertThat(upperInverse.upperRanks(k)).isEqualTo(a.upperRanks(k));
        assertThat(k.equal(lower.multiply(k, GeneratorAlgebra.solveLower(k, lower, b)), b))
                .isTrue();
        assertThat(k.equal(upper.multiply(k, GeneratorAlgebra.solveUpper(k, upper, b)), b))
                .isTrue();

        BlockLu<RingMatrix<E>> lu = BlockLu.of(k, a);
        assertThat(k.equal(
                        k.multiply(
                                valid(k, lu.lower()).dense(k),
                                valid(k, lu.upper()).dense(k)),
                        dense))
                .isTrue();
        Generators<RingMatrix<E>> product = GeneratorAlgebra.product(k, lu.lower(), lu.upper());
        assertThat(k.equal(product.dense(k), dense)).isTrue();
        assertThat(product.lowerRanks(k)).isEqualTo(a.lowerRanks(k));
        assertThat(k.equal(a.multiply(k, lu.solve(k, b)), b)).isTrue();
        assertThat(k.equal(lu.determinant(k), k.determinant(dense))).isTrue();

        // The inverse keeps both ranks, those of the generators and those of the matrix.
        Generators<RingMatrix<E>> inverse = valid(k, GeneratorAlgebra.inverse(k, a));
        assertThat(k.equal(k.multiply(dense, inverse.dense(k)), identity)).isTrue();
        assertThat(inverse.lowerRanks(k)).isEqualTo(a.lowerRanks(k));
        assertThat(inverse.upperRanks(k)).isEqualTo(a.upperRanks(k));
        assertThat(RankProfile.of(k, inverse)).isEqualTo(RankProfile.of(k, a));
    }

    private static <E> Generators<RingMatrix<E>> valid(FieldBlocks<E> k, Generators<RingMatrix<E>> a) {
        return Generators.of(k, a.d(), a.p(), a.r(), a.q(), a.u(), a.w(), a.v());
    }

    @Test
    void rankProfilesAreThoseOfTheDenseMatrix() {
        for (int n = 0; n <= 7; n++) {
            for (int trial = 0; trial < 10; trial++) {
                Generators<RingMatrix<Long>> a = RandomGenerators.exact(random, n);
                RankProfile profile = RankProfile.of(K, a);
                assertThat(profile).isEqualTo(dense(a));
                assertThat(RankProfile.isMinimal(K, a))
                        .isEqualTo(profile.lower().equals(a.lowerRanks(K))
                                && profile.upper().equals(a.upperRanks(K)));
                // A + A has twice the states and no more rank; A∘A and AᵀA stay within the closure.
                Generators<RingMatrix<Long>> twice = GeneratorAlgebra.add(K, a, a);
                assertThat(RankProfile.of(K, twice)).isEqualTo(profile);
                Generators<RingMatrix<Long>> square = GeneratorAlgebra.hadamard(K, a, a);
                assertThat(RankProfile.of(K, square)).isEqualTo(dense(square));
                Generators<RingMatrix<Long>> gram = GeneratorAlgebra.gram(K, a);
                assertThat(RankProfile.of(K, gram)).isEqualTo(dense(gram));
            }
        }
    }

    private static RankProfile dense(Generators<RingMatrix<Long>> a) {
        return RankProfile.ofDense(K, a.dense(K), a.rowSizes(K), a.columnSizes(K));
    }

    @Test
    void generatorsOfFullRankAreMinimal() {
        Generators<RingMatrix<Long>> a = RandomGenerators.of(
                K,
                (rows, columns) -> RingMatrix.of(rows, columns, (i, j) -> random.nextLong(PrimeField.MODULUS)),
                5,
                i -> 2,
                i -> 2,
                i -> 2);
        assertThat(RankProfile.isMinimal(K, a)).isTrue();
        assertThat(RankProfile.isMinimal(K, GeneratorAlgebra.add(K, a, a))).isFalse();
        assertThat(RankProfile.of(K, GeneratorAlgebra.oneSemiseparable(K, K.ones(4, 1))))
                .isEqualTo(new RankProfile(List.of(0, 1, 1, 1), List.of(0, 0, 0, 0)));
    }

    /** Block diagonally dominant, where LU is stable: residuals of a size with N u times norms. */
    @Test
    void dominantMatricesInDoublePrecision() {
        EjmlBlocks k = EjmlBlocks.INSTANCE;
        for (int n = 1; n <= 20; n++) {
            Generators<DMatrixRMaj> random = RandomGenerators.square(this.random, n, 3, 2);
            double norm = NormOps_DDRM.normF(random.dense(k));
            Generators<DMatrixRMaj> shift = GeneratorAlgebra.scale(
                    k, k.of(1, 1, new double[] {2 * norm}), GeneratorAlgebra.identity(k, random.rowSizes(k)));
            Generators<DMatrixRMaj> a = GeneratorAlgebra.add(k, random, shift);
            DMatrixRMaj dense = a.dense(k);
            int size = dense.numRows;
            DMatrixRMaj inverse = GeneratorAlgebra.inverse(k, a).dense(k);
            double bound =
                    16.0 * size * size * k.unitRoundoff() * NormOps_DDRM.normF(dense) * NormOps_DDRM.normF(inverse);
            assertThat(NormOps_DDRM.normF(k.subtract(k.multiply(dense, inverse), k.identity(size))))
                    .isLessThanOrEqualTo(bound);
            BlockLu<DMatrixRMaj> lu = BlockLu.of(k, a);
            DMatrixRMaj b = k.ones(size, 1);
            assertThat(NormOps_DDRM.normF(k.subtract(k.multiply(dense, lu.solve(k, b)), b)))
                    .isLessThanOrEqualTo(bound * NormOps_DDRM.normF(b));
            LogDeterminant log = lu.logDeterminant(k);
            double determinant = k.determinant(dense).get(0, 0);
            assertThat(log.sign()).isEqualTo((int) Math.signum(determinant));
            assertThat(log.logAbsolute()).isCloseTo(Math.log(Math.abs(determinant)), within(bound));
            assertThat(lu.determinant(k).get(0, 0)).isCloseTo(determinant, within(bound * Math.abs(determinant)));
        }
        DMatrixRMaj negative = k.of(1, 1, new double[] {-2});
        assertThat(BlockLu.of(k, GeneratorAlgebra.diagonal(k, Collections.nCopies(3, negative)))
                        .logDeterminant(k))
                .isEqualTo(new LogDeterminant(-1, 3 * Math.log(2)));
    }

    @Test
    void faults() {
        Generators<RingMatrix<Long>> ragged = GeneratorAlgebra.diagonal(K, List.of(K.ones(1, 2), K.ones(2, 1)));
        shape(() -> GeneratorAlgebra.inverse(K, ragged), "[1, 2]", "[2, 1]");
        shape(() -> GeneratorAlgebra.lowerInverse(K, ragged), "[1, 2]", "[2, 1]");
        Generators<RingMatrix<Long>> full =
                GeneratorAlgebra.lowRank(K, Collections.nCopies(2, K.ones(1, 1)), Collections.nCopies(2, K.ones(1, 1)));
        shape(() -> GeneratorAlgebra.lowerInverse(K, full), "[1, 0]", "[0, 0]");
        shape(() -> GeneratorAlgebra.upperInverse(K, full), "[0, 1]", "[0, 0]");
        shape(() -> GeneratorAlgebra.solveLower(K, full, K.ones(2, 1)), "[1, 0]");
        shape(() -> GeneratorAlgebra.solveUpper(K, full, K.ones(2, 1)), "[0, 1]");
        shape(() -> GeneratorAlgebra.solveLower(K, GeneratorAlgebra.lower(K, full), K.ones(3, 1)), "2x2", "3x1");
        shape(() -> RankProfile.ofDense(K, K.ones(2, 2), List.of(1), List.of(2)), "2x2", "[1]");
        assertThatExceptionOfType(ValueException.class)
                .isThrownBy(() -> BlockLu.of(K, full))
                .returns(Fault.SINGULAR, InvalidInputException::fault)
                .withMessageContaining("block 1");
        List<RingMatrix<Long>> zeros = new ArrayList<>(List.of(K.zeros(1, 1)));
        assertThatExceptionOfType(ValueException.class)
                .isThrownBy(() -> GeneratorAlgebra.lowerInverse(K, GeneratorAlgebra.diagonal(K, zeros)))
                .returns(Fault.SINGULAR, InvalidInputException::fault);
    }

    private static void shape(ThrowingCallable call, String... shown) {
        assertThatExceptionOfType(ShapeException.class)
                .isThrownBy(call)
                .satisfies(thrown -> assertThat(thrown.getMessage()).contains(shown));
    }
}
