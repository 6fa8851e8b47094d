package duality.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class AxisTest {
    private static List<String> labels(Axis axis, double... values) {
        return axis.range(values, 1).ticks().stream().map(Axis.Tick::label).toList();
    }

    @Test
    void linearAxesAreMarkedAtRoundNumbers() {
        assertThat(labels(Axis.linear("x"), 0, 63)).containsExactly("0", "20", "40", "60");
        assertThat(labels(Axis.linear("x"), 5)).containsExactly("0", "1", "2", "3", "4", "5");
        assertThat(labels(Axis.linear("x"), 0.07)).containsExactly("0", "0.02", "0.04", "0.06");
        assertThat(labels(Axis.linear("x"))).contains("0");
    }

    @Test
    void axesByPowersAreMarkedAtPowers() {
        assertThat(labels(Axis.binary("T"), 64, 1000)).containsExactly("64", "128", "256", "512", "1024");
        assertThat(labels(Axis.decimal("ms"), 0.03, 20)).containsExactly("0.01", "0.1", "1", "10", "100");
        assertThat(labels(Axis.decimal("e"), 3e-16, 2e-3))
                .containsExactly("10⁻¹⁶", "10⁻¹⁴", "10⁻¹²", "10⁻¹⁰", "10⁻⁸", "10⁻⁶", "10⁻⁴", "0.01");
        assertThat(labels(Axis.decimal("e"), 1)).containsExactly("1", "10");
    }

    @Test
    void placesRunFromZeroToOne() {
        Axis.Range range = Axis.binary("T").range(new double[] {16, 256}, 1);
        assertThat(range.place(16)).isZero();
        assertThat(range.place(64)).isEqualTo(0.5, within(1e-12));
        assertThat(range.place(256)).isEqualTo(1);
        assertThat(Axis.linear("x").range(new double[] {2, 8}, 1.25).place(5)).isEqualTo(0.5);
    }

    @Test
    void smallAndLargeNumbersHaveExponents() {
        assertThat(Axis.label(2.5e-9)).isEqualTo("2.5·10⁻⁹");
        assertThat(Axis.label(1e6)).isEqualTo("10⁶");
        assertThat(Axis.label(0.002)).isEqualTo("0.002");
    }
}
