package duality.semiseparable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import duality.algebra.PrimeField;
import duality.algebra.RingBlocks;
import duality.algebra.RingMatrix;
import duality.errors.ShapeException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SparseFactorsTest {
    private static final RingBlocks<Long> EXACT = new RingBlocks<>(PrimeField.INSTANCE);

    private static RingMatrix<Long> random(int length, boolean resets) {
        SplittableRandom random = new SplittableRandom(length);
        return RingMatrix.of(
                length, 1, (i, j) -> resets && random.nextInt(4) == 0 ? 0 : random.nextLong(2, PrimeField.MODULUS));
    }

    private static RingMatrix<Long> applied(List<RingMatrix<Long>> factors, RingMatrix<Long> b) {
        RingMatrix<Long> y = b;
        for (RingMatrix<Long> factor : factors) {
            y = EXACT.multiply(factor, y);
        }
        return y;
    }

    /** In ragged lengths and with resets; and no factor is there for nothing. */
    @ParameterizedTest
    @EnumSource
    void theirProductIsTheMatrix(CumProdSum algorithm) {
        for (int length = 0; length <= 19; length++) {
            RingMatrix<Long> a = random(length, true);
            assertThat(EXACT.equal(
                            applied(SparseFactors.of(algorithm, EXACT, a), EXACT.identity(length)),
                            EXACT.oneSemiseparable(a)))
                    .as("length %d", length)
                    .isTrue();
        }
        RingMatrix<Long> a = random(11, false);
        List<RingMatrix<Long>> factors = SparseFactors.of(algorithm, EXACT, a);
        for (int left = 0; left < factors.size(); left++) {
            int out = left;
            List<RingMatrix<Long>> others = IntStream.range(0, factors.size())
                    .filter(i -> i != out)
                    .mapToObj(factors::get)
                    .toList();
            assertThat(EXACT.equal(applied(others, EXACT.identity(11)), EXACT.oneSemiseparable(a)))
                    .as("without factor %d", left)
                    .isFalse();
        }
    }

    private static long below(List<RingMatrix<Long>> factors) {
        return factors.stream()
                .mapToLong(factor -> IntStream.range(0, factor.rows() * factor.rows())
                        .filter(i -> i / factor.rows() > i % factor.rows())
                        .filter(i -> factor.get(i / factor.rows(), i % factor.rows()) != 0)
                        .count())
                .sum();
    }

    /** Depth and work of Appendix B, at T = 64. */
    @ParameterizedTest
    @CsvSource({
        "RECURRENT, 63, 63",
        "DILATED, 6, 321",
        "STATE_PASSING, 8, 280",
        "RECURSIVE, 6, 192",
        "ASSOCIATIVE_SCAN, 11, 120",
        "QUADRATIC, 1, 2016"
    })
    void theirNumberIsTheDepthAndTheirEntriesAreTheWork(CumProdSum algorithm, int depth, long work) {
        List<RingMatrix<Long>> factors = SparseFactors.of(algorithm, EXACT, random(64, false));
        assertThat(factors).hasSize(depth);
        assertThat(below(factors)).isEqualTo(work);
    }

    @Test
    void factorsAreAColumn() {
        assertThatThrownBy(() -> SparseFactors.of(CumProdSum.DILATED, EXACT, EXACT.zeros(3, 2)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("3x2")
                .hasMessageContaining("3x1");
    }
}
