package duality.explorer;

import static org.assertj.core.api.Assertions.assertThat;

import duality.algebra.CountingRing;
import duality.algebra.Reals;
import duality.algebra.RingBlocks;
import duality.algebra.RingMatrix;
import duality.explorer.OperationCounts.Count;
import duality.semiseparable.CumProdSum;
import duality.ssd.BlockDecomposition;
import duality.ssd.Cuts;
import duality.ssd.QuadraticDual;
import duality.ssd.Recurrence;
import duality.ssd.ScalarSsm;
import duality.ssd.SsdAlgorithm;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class OperationCountsTest {
    private static long multiplications(SsdAlgorithm algorithm, int length, int stateSize, int channels) {
        CountingRing<Double> ring = new CountingRing<>(Reals.INSTANCE);
        RingBlocks<Double> k = new RingBlocks<>(ring);
        RingMatrix<Double> b = RingMatrix.of(length, stateSize, (i, j) -> 0.5);
        RingMatrix<Double> x = RingMatrix.of(length, channels, (i, j) -> 2.0);
        algorithm.run(
                k, ScalarSsm.of(k, RingMatrix.of(length, 1, (i, j) -> 0.5), b, b, x, k.zeros(stateSize, channels)));
        return ring.multiplications();
    }

    /** The same programs on numbers that count. */
    @Property(tries = 100)
    void multiplicationsAreThoseOfNumbers(
            @ForAll @IntRange(min = 1, max = 20) int length,
            @ForAll @IntRange(min = 1, max = 5) int stateSize,
            @ForAll @IntRange(min = 1, max = 5) int channels,
            @ForAll @IntRange(min = 1, max = 20) int chunk) {
        Cuts cuts = Cuts.every(chunk);
        for (SsdAlgorithm algorithm : new SsdAlgorithm[] {
            new Recurrence(), new QuadraticDual(), new BlockDecomposition(cuts, CumProdSum.RECURRENT)
        }) {
            CountingBlocks k = new CountingBlocks();
            OperationCounts.run(algorithm, k, length, stateSize, channels);
            assertThat(k.multiplications())
                    .as(algorithm.getClass().getSimpleName())
                    .isEqualTo(multiplications(algorithm, length, stateSize, channels));
        }
    }

    /** By hand: T steps of an outer product, a decay, an addition, and C h. */
    @Test
    void theRecurrenceCostsWhatItsEquationSays() {
        Count recurrent = OperationCounts.ofScalar(9, 4, 3, Cuts.every(2)).recurrent();
        assertThat(recurrent.operations()).isEqualTo(9 * (3L * 4 * 3 + 4 * 3 + 3 * 3));
        assertThat(recurrent.inProducts()).isZero();
        assertThat(recurrent.depth()).isEqualTo(2 * 9 + 1);
    }

    /** Linear, quadratic, linear; nearly all of it in products for the last; T, none and T/Q steps in a row. */
    @Test
    void theFormsGrowAsTheyShould() {
        OperationCounts at = OperationCounts.ofScalar(4096, 128, 64, Cuts.every(256));
        OperationCounts twice = OperationCounts.ofScalar(8192, 128, 64, Cuts.every(256));
        assertThat((double) twice.recurrent().operations() / at.recurrent().operations())
                .isEqualTo(2);
        assertThat((double) twice.block().operations() / at.block().operations())
                .isBetween(1.999, 2.001);
        assertThat((double) twice.quadratic().operations() / at.quadratic().operations())
                .isBetween(3.9, 4.0);
        assertThat(twice.quadratic().depth()).isEqualTo(at.quadratic().depth()).isLessThan(10);
        assertThat(at.block().depth()).isBetween(2 * 4096 / 256, 2 * 4096 / 256 + 10);
        assertThat((double) at.block().inProducts() / at.block().operations()).isGreaterThan(0.98);
        assertThat(at.block().operations()).isLessThan(at.quadratic().operations() / 5);
    }

    @Test
    void everyModelOfTheZooIsCounted() {
        ExploredModel.zoo().forEach(zoo -> {
            OperationCounts counts = OperationCounts.ofRecurrence(zoo, 16, 2, Cuts.every(4));
            assertThat(counts.recurrent().operations()).isPositive();
            assertThat(counts.recurrent().depth()).isGreaterThan(counts.block().depth());
        });
    }
}
