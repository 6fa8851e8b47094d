package duality.algebra;

import static org.assertj.core.api.Assertions.assertThat;

import duality.errors.Fault;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.api.Test;

/** What floating-point instances of {@link Blocks} add to the contract. */
class FloatingBlocksTest {
    @Test
    void numbersGoInAndComeBack() {
        roundTrip(EjmlBlocks.INSTANCE);
        roundTrip(FloatBlocks.INSTANCE);
    }

    private static <M> void roundTrip(FloatingBlocks<M> blocks) {
        double[] entries = {1, 2, 3, 4, 5, 6};
        M matrix = blocks.of(2, 3, entries);
        entries[0] = 7;
        double[] copy = blocks.toArray(matrix);
        copy[1] = 7;
        assertThat(blocks.toArray(matrix)).containsExactly(1, 2, 3, 4, 5, 6);
        assertThat(blocks.toArray(blocks.of(0, 3, new double[0]))).isEmpty();
        Faults.assertFault(Fault.SHAPE_MISMATCH, () -> blocks.of(2, 2, entries), "1x6", "2x2");
    }

    @Test
    void roundsToItsPrecision() {
        assertThat(EjmlBlocks.INSTANCE.toArray(EjmlBlocks.INSTANCE.of(1, 1, new double[] {0.1})))
                .containsExactly(0.1);
        assertThat(FloatBlocks.INSTANCE.toArray(FloatBlocks.INSTANCE.of(1, 1, new double[] {0.1})))
                .containsExactly(0.1f);
        assertThat(1 + EjmlBlocks.INSTANCE.unitRoundoff()).isEqualTo(1);
        assertThat(1 + 1.0000001 * EjmlBlocks.INSTANCE.unitRoundoff()).isGreaterThan(1);
        assertThat((float) (1 + FloatBlocks.INSTANCE.unitRoundoff())).isEqualTo(1f);
        assertThat((float) (1 + 1.0000001 * FloatBlocks.INSTANCE.unitRoundoff()))
                .isGreaterThan(1f);
    }

    /** Resets and underflow: a decay of zero gives exact zeros, and tiny decays never give NaN. */
    @Test
    void oneSemiseparableIsExactWhereDecaysVanish() {
        resets(EjmlBlocks.INSTANCE);
        resets(FloatBlocks.INSTANCE);
    }

    private static <M> void resets(FloatingBlocks<M> blocks) {
        M matrix = blocks.oneSemiseparable(blocks.of(4, 1, new double[] {0.5, 1e-300, 0, 0.25}));
        double small = blocks.toArray(blocks.of(1, 1, new double[] {1e-300}))[0];
        assertThat(blocks.toArray(matrix)).containsExactly(1, 0, 0, 0, small, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0.25, 1);
    }

    @Test
    void floatMatrixChecksItsIndices() {
        FloatMatrix matrix = FloatBlocks.INSTANCE.of(2, 3, new double[] {1, 2, 3, 4, 5, 6});
        assertThat(matrix.get(1, 2)).isEqualTo(6f);
        Faults.assertFault(Fault.OUT_OF_RANGE, () -> matrix.get(2, 0), "(2, 0)", "2x3");
        Faults.assertFault(Fault.OUT_OF_RANGE, () -> matrix.get(0, 3), "(0, 3)", "2x3");
        Faults.assertFault(Fault.OUT_OF_RANGE, () -> matrix.get(-1, 0), "(-1, 0)", "2x3");
        Faults.assertFault(Fault.OUT_OF_RANGE, () -> matrix.get(0, -1), "(0, -1)", "2x3");
    }

    /** Beyond the widths at which EJML changes its algorithm. */
    @Test
    void ejmlMultipliesWideMatrices() {
        DMatrixRMaj wide = EjmlBlocks.INSTANCE.ones(2, 1500);
        DMatrixRMaj product = EjmlBlocks.INSTANCE.multiplyTransposeRight(wide, wide);
        assertThat(product.data).containsExactly(1500, 1500, 1500, 1500);
    }
}
