package duality.semiseparable;

import static org.assertj.core.api.Assertions.assertThat;

import duality.algebra.EjmlBlocks;
import duality.algebra.PrimeField;
import duality.algebra.RingBlocks;
import duality.algebra.RingMatrix;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DecaysTest {
    private static final RingBlocks<Long> K = new RingBlocks<>(PrimeField.INSTANCE);

    @Test
    void factorsAreProductsOverTheirSteps() {
        Random random = new Random(1);
        for (int length = 1; length < 8; length++) {
            RingMatrix<Long> a = RingMatrix.of(length, 1, (i, j) -> random.nextLong(PrimeField.MODULUS));
            Decays<RingMatrix<Long>> decays = Decays.of(K, a);
            for (int t = 0; t < length; t++) {
                assertThat(decays.fromStart(K).get(t, 0)).isEqualTo(product(a, 0, t + 1));
                assertThat(decays.toEnd(K).get(t, 0)).isEqualTo(product(a, t + 1, length));
            }
            assertThat(decays.through(K).get(0, 0)).isEqualTo(product(a, 0, length));
        }
    }

    private static long product(RingMatrix<Long> a, int from, int to) {
        long product = 1;
        for (int t = from; t < to; t++) {
            product = PrimeField.product(product, a.get(t, 0));
        }
        return product;
    }

    @Test
    void nothingDecaysInAnEmptyStretch() {
        Decays<RingMatrix<Long>> decays = Decays.of(K, K.zeros(0, 1));
        assertThat(decays.fromStart(K).rows()).isZero();
        assertThat(decays.toEnd(K).rows()).isZero();
        assertThat(decays.through(K).get(0, 0)).isEqualTo(1);
    }

    /** Where quotients or logarithms would make NaN. */
    @Test
    void aResetGivesExactZeros() {
        EjmlBlocks k = EjmlBlocks.INSTANCE;
        var decays = Decays.of(k, k.of(3, 1, new double[] {0.5, 0, 0.25}));
        assertThat(decays.fromStart(k).data).containsExactly(0.5, 0, 0);
        assertThat(decays.toEnd(k).data).containsExactly(0, 0.25, 1);
        assertThat(decays.through(k).data).containsExactly(0);
    }
}
