package duality.semiseparable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import duality.algebra.FieldBlocks;
import duality.algebra.PrimeField;
import duality.algebra.RingMatrix;
import duality.errors.ShapeException;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ExactRealisationTest {
    private static final FieldBlocks<Long> K = new FieldBlocks<>(PrimeField.INSTANCE);

    /** Ragged blocks, empty ones among them, of sparse matrices with ranks of every size. */
    @Test
    void realisesAnyMatrixWithTheLeastRanks() {
        SplittableRandom random = new SplittableRandom(4);
        List<Integer> rows = List.of(2, 0, 3, 1, 2);
        List<Integer> columns = List.of(1, 2, 2, 0, 4);
        for (int density = 0; density <= 4; density++) {
            int some = density;
            RingMatrix<Long> dense =
                    RingMatrix.of(8, 9, (i, j) -> random.nextInt(4) < some ? random.nextLong(1, 5) : 0L);
            Generators<RingMatrix<Long>> found = ExactRealisation.ofDense(K, dense, rows, columns);
            assertThat(K.equal(found.dense(K), dense)).isTrue();
            assertThat(Generators.of(K, found.d(), found.p(), found.r(), found.q(), found.u(), found.w(), found.v()))
                    .isEqualTo(found);
            assertThat(new RankProfile(found.lowerRanks(K), found.upperRanks(K)))
                    .isEqualTo(RankProfile.ofDense(K, dense, rows, columns));
        }
    }

    @Test
    void blocksThatDoNotFitAreRefused() {
        assertThatThrownBy(() -> ExactRealisation.ofDense(K, K.zeros(3, 3), List.of(1, 1), List.of(1, 2)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("3x3 vs blocks [1, 1]x[1, 2]");
    }
}
