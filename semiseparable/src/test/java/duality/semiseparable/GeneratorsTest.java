package duality.semiseparable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import duality.algebra.PrimeField;
import duality.algebra.RingBlocks;
import duality.algebra.RingMatrix;
import duality.errors.ShapeException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class GeneratorsTest {
    private static final RingBlocks<Long> K = new RingBlocks<>(PrimeField.INSTANCE);
    private final SplittableRandom random = new SplittableRandom(5);

    @Test
    void blocksAreProductsOfGenerators() {
        for (int n = 0; n <= 6; n++) {
            Generators<RingMatrix<Long>> a = RandomGenerators.exact(random, n);
            RingMatrix<Long> dense = a.dense(K);
            int row = 0;
            for (int i = 0; i < n; i++) {
                int column = 0;
                for (int j = 0; j < n; j++) {
                    RingMatrix<Long> expected = block(a, i, j);
                    assertThat(K.equal(
                                    K.block(dense, row, row + expected.rows(), column, column + expected.columns()),
                                    expected))
                            .isTrue();
                    column += K.columns(a.d().get(j));
                }
                row += K.rows(a.d().get(i));
            }
        }
    }

    private static RingMatrix<Long> block(Generators<RingMatrix<Long>> a, int i, int j) {
        if (i == j) {
            return a.d().get(i);
        }
        RingMatrix<Long> product = i > j ? a.q().get(j) : a.v().get(j);
        for (int t = i > j ? j + 1 : j - 1; t != i; t += i > j ? 1 : -1) {
            product = K.multiply(i > j ? a.r().get(t) : a.w().get(t), product);
        }
        return K.multiply(i > j ? a.p().get(i) : a.u().get(i), product);
    }

    @Test
    void transposeAndReverseRearrange() {
        for (int n = 0; n <= 6; n++) {
            Generators<RingMatrix<Long>> a = RandomGenerators.exact(random, n);
            assertThat(K.equal(a.transpose(K).dense(K), K.transpose(a.dense(K))))
                    .isTrue();
            Generators<RingMatrix<Long>> twice = a.reverse().reverse();
            assertThat(K.equal(twice.dense(K), a.dense(K))).isTrue();
        }
    }

    @Test
    void ranksThatDoNotChainAreRefused() {
        Generators<RingMatrix<Long>> a = RandomGenerators.exact(random, 3);
        List<RingMatrix<Long>> r = new ArrayList<>(a.r());
        r.set(1, K.zeros(K.rows(a.r().get(1)) + 1, K.columns(a.r().get(1))));
        assertThatThrownBy(() -> Generators.of(K, a.d(), a.p(), r, a.q(), a.u(), a.w(), a.v()))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("[1]");
    }
}
