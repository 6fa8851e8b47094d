package duality.proofs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import duality.algebra.PrimeField;
import duality.algebra.RingBlocks;
import duality.errors.ShapeException;
import duality.errors.ValueException;
import duality.sma.HeadPattern;
import duality.ssd.Cuts;
import duality.ssd.ScalarSsm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the definitions refuse, and the counts that the theorems take from them. */
class DefinitionsTest {
    private static final RingBlocks<Long> K = new RingBlocks<>(PrimeField.INSTANCE);

    @ParameterizedTest
    @CsvSource({
        "3, 2, 3, 2, 3, 2, 3, 1, 2, 1, decay",
        "3, 1, 4, 2, 3, 2, 3, 1, 2, 1, B (T×N)",
        "3, 1, 3, 2, 3, 4, 3, 1, 2, 1, C (T×N)",
        "3, 1, 3, 2, 3, 2, 2, 1, 2, 1, X (T×P)",
        "3, 1, 3, 2, 3, 2, 3, 1, 2, 5, initial state"
    })
    void aModelWhoseShapesDoNotFitIsRefused(
            int aRows,
            int aColumns,
            int bRows,
            int bColumns,
            int cRows,
            int cColumns,
            int xRows,
            int xColumns,
            int hRows,
            int hColumns,
            String what) {
        assertThatThrownBy(() -> ScalarSsm.of(
                        K,
                        K.ones(aRows, aColumns),
                        K.ones(bRows, bColumns),
                        K.ones(cRows, cColumns),
                        K.ones(xRows, xColumns),
                        K.ones(hRows, hColumns)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining(what);
    }

    @Test
    void cutsLieInsideTheSequenceAndIncrease() {
        assertThat(Cuts.at(1, 4).boundaries(5)).containsExactly(0, 1, 4, 5);
        assertThatThrownBy(() -> Cuts.at(0).boundaries(5)).isInstanceOf(ValueException.class);
        assertThatThrownBy(() -> Cuts.at(5).boundaries(5)).isInstanceOf(ValueException.class);
        assertThatThrownBy(() -> Cuts.at(2, 2).boundaries(5)).isInstanceOf(ValueException.class);
    }

    /** Dao and Gu 2024, Section 7.2, for eight heads in two groups. */
    @ParameterizedTest
    @CsvSource({
        "MULTI_HEAD, 8, 8, 8",
        "MULTI_CONTRACT, 1, 1, 8",
        "MULTI_EXPAND, 1, 8, 1",
        "MULTI_INPUT, 8, 1, 1",
        "GROUPED, 8, 2, 2"
    })
    void patternsShareWhatThePaperSays(HeadPattern pattern, int x, int b, int c) {
        assertThat(pattern.xHeads(8)).isEqualTo(x);
        assertThat(pattern.bGroups(8, 2)).isEqualTo(b);
        assertThat(pattern.cGroups(8, 2)).isEqualTo(c);
    }
}
