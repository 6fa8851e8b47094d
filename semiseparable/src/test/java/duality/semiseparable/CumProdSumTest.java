package duality.semiseparable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import duality.algebra.EjmlBlocks;
import duality.algebra.PrimeField;
import duality.algebra.RingBlocks;
import duality.algebra.RingMatrix;
import duality.errors.Fault;
import duality.errors.ShapeException;
import java.util.SplittableRandom;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CumProdSumTest {
    private static final RingBlocks<Long> EXACT = new RingBlocks<>(PrimeField.INSTANCE);

    /** The sum of the definition, {@code y_j = Σ_i a_j a_{j−1} … a_{i+1} b_i}, by nothing but its text. */
    private static RingMatrix<Long> definition(RingMatrix<Long> a, RingMatrix<Long> b) {
        return RingMatrix.of(b.rows(), b.columns(), (j, column) -> {
            long sum = 0;
            for (int i = 0; i <= j; i++) {
                long product = b.get(i, column);
                for (int t = i + 1; t <= j; t++) {
                    product = PrimeField.product(a.get(t, 0), product);
                }
                sum = PrimeField.sum(sum, product);
            }
            return sum;
        });
    }

    @ParameterizedTest
    @EnumSource
    void equalsTheDefinitionExactlyAtEveryLength(CumProdSum algorithm) {
        SplittableRandom random = new SplittableRandom(1);
        for (int length = 0; length <= 33; length++) {
            for (int width : new int[] {0, 1, 3}) {
                RingMatrix<Long> a = RingMatrix.of(
                        length, 1, (i, j) -> random.nextInt(5) == 0 ? 0 : random.nextLong(PrimeField.MODULUS));
                RingMatrix<Long> b = RingMatrix.of(length, width, (i, j) -> random.nextLong(PrimeField.MODULUS));
                assertThat(EXACT.equal(algorithm.multiply(EXACT, a, b), definition(a, b)))
                        .as("length %d, width %d", length, width)
                        .isTrue();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void resetsAreExactInFloatingPoint(CumProdSum algorithm) {
        DMatrixRMaj a = new DMatrixRMaj(5, 1, true, 7, 0.5, 0, 0.25, 1);
        DMatrixRMaj b = new DMatrixRMaj(5, 1, true, 1e300, -1e300, 3, 4, 5);
        assertThat(algorithm.multiply(EjmlBlocks.INSTANCE, a, b).data).containsExactly(1e300, -0.5e300, 3, 4.75, 9.75);
    }

    @ParameterizedTest
    @EnumSource
    void showsBothShapesThatDoNotFit(CumProdSum algorithm) {
        assertThatThrownBy(() -> algorithm.multiply(EXACT, EXACT.zeros(3, 1), EXACT.zeros(4, 2)))
                .isInstanceOfSatisfying(
                        ShapeException.class, e -> assertThat(e.fault()).isEqualTo(Fault.SHAPE_MISMATCH))
                .hasMessageContaining("3x1")
                .hasMessageContaining("4x2");
    }

    @Test
    void compositionMeansDoingOneAfterTheOther() {
        AffineMap<RingMatrix<Long>> first = new AffineMap<>(scalar(3), scalar(5));
        AffineMap<RingMatrix<Long>> second = new AffineMap<>(scalar(7), scalar(11));
        AffineMap<RingMatrix<Long>> both = second.after(EXACT, first);
        assertThat(both.factor().get(0, 0)).isEqualTo(21);
        assertThat(both.offset().get(0, 0)).isEqualTo(7 * 5 + 11);
    }

    private static RingMatrix<Long> scalar(long value) {
        return RingMatrix.of(1, 1, (i, j) -> value);
    }
}
