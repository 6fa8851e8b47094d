package duality.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import duality.algebra.EjmlBlocks;
import duality.algebra.FloatingBlocks;
import duality.errors.ValueException;
import duality.ssd.Precision;
import java.util.ArrayList;
import java.util.List;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MeasurementsTest {
    private static final String TEXT = """
            # a note
            curve,T,value
            a,64,8
            a,128,8
            a,256,8
            b,64,2
            b,128,4
            b,256,16
            """;

    @Test
    void dataAreReadAsTheyAreWritten() {
        Curves curves = Curves.parse(TEXT);
        assertThat(curves.notes()).containsExactly("a note");
        assertThat(curves.of("b").lengths()).containsExactly(64, 128, 256);
        assertThat(curves.of("b").values()).containsExactly(2, 4, 16);
        assertThat(Curves.parse(curves.text()).text()).isEqualTo(curves.text());
    }

    @ParameterizedTest
    @ValueSource(strings = {"time", "memory", "error"})
    void whatIsMeasuredCanBeKeptAndDrawn(String name) {
        Curves measured = new Measurements(128, 0.01).of(name);
        Curves kept = Curves.parse(measured.text());
        assertThat(kept.curves().keySet()).isEqualTo(measured.curves().keySet());
        assertThat(kept.notes()).isEqualTo(measured.notes()).anyMatch(note -> note.contains("Java"));
        assertThat(Figures.measured(name, kept)).contains("64").startsWith("<svg");
    }

    /** What the documentation draws: for every precision the errors are within their bounds, all along. */
    @Test
    void keptErrorsAreWithinTheirBounds() {
        Curves error = Figures.data("error");
        for (Precision precision : Precision.values()) {
            double[] errors = error.of(precision.toString()).values();
            double[] bounds = error.of(precision + Measurements.BOUND).values();
            assertThat(errors).hasSameSizeAs(bounds).hasSizeGreaterThan(4);
            for (int i = 0; i < errors.length; i++) {
                assertThat(errors[i]).isPositive().isLessThan(bounds[i]);
            }
        }
    }

    /** On straight lines in the logarithms: 8 against 4 and 16, half-way between 128 and 256. */
    @Test
    void curvesCrossWhereOneComesToLieBelow() {
        Curves curves = Curves.parse(TEXT);
        assertThat(curves.crossover("a", "b").orElseThrow()).isEqualTo(128 * Math.sqrt(2), within(1e-9));
        assertThat(curves.crossover("b", "a")).isEmpty();
        assertThatThrownBy(() -> curves.crossover("a", "c"))
                .hasMessageContaining("no curve c")
                .hasMessageContaining("[a, b]");
    }

    @Test
    void wrongDataAreRefusedWithTheirLine() {
        assertRefused("T,curve\n", "line 1 of the data is \"T,curve\"");
        assertRefused("curve,T,value\na,1\n", "line 2 of the data is \"a,1\"");
        assertRefused("curve,T,value\na,1,x\n", "line 2 of the data: x");
        assertRefused("curve,T,value\na,1,0\n", "0 is not a positive number");
        assertRefused("curve,T,value\na,NaN,1\n", "NaN is not a positive number");
        assertRefused("curve,T,value\na,2,1\na,2,1\n", "line 3 of the data");
    }

    private static void assertRefused(String text, String message) {
        assertThatThrownBy(() -> Curves.parse(text))
                .isInstanceOf(ValueException.class)
                .hasMessageContaining(message);
    }

    /** Ten blocks are held at once, a hundred are dropped; an eighth may be missed. */
    @Test
    void blocksThatAreHeldAreCountedAndOthersAreNot() {
        LiveBlocks<DMatrixRMaj> blocks = new LiveBlocks<>(EjmlBlocks.INSTANCE);
        FloatingBlocks<DMatrixRMaj> k = blocks.operations();
        List<DMatrixRMaj> held = new ArrayList<>();
        double sum = 0;
        for (int i = 0; i < 100; i++) {
            DMatrixRMaj block = k.ones(7, 3);
            sum += block.get(0, 0);
            if (i % 10 == 0) {
                held.add(block);
            }
        }
        assertThat(sum).isEqualTo(100);
        assertThat(held).hasSize(10);
        assertThat(blocks.most()).isBetween((long) (10 * 21 / 1.125), 11 * 21L);
    }
}
