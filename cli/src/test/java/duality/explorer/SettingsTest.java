package duality.explorer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import duality.errors.ValueException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "model=scalar-ssm&N=2&decays=random&seed=1&T=9&P=1&chunk=3",
                "model=scalar-ssm&N=8&decays=-1,.5,0&seed=99&T=3&P=4&cuts=1,2",
                "model=gated-deltanet&seed=1&T=64&P=1&chunk=64",
            })
    void aQueryIsReadAndWritten(String query) {
        assertThat(Settings.parse(query).query()).isEqualTo(query);
        assertThat(Settings.parse(query.replace(",", "%2C")).query()).isEqualTo(query);
    }

    @Test
    void allHasADefault() {
        assertThat(Settings.parse("").query()).isEqualTo("model=scalar-ssm&N=2&decays=random&seed=1&T=9&P=1&chunk=3");
        assertThat(Settings.parse("T=1").boundaries()).containsExactly(0, 1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "model=hyena | no model 'hyena' with a recurrence; there are scalar-ssm, linear-attention",
                "model=<b> | no model '<b>'",
                "T=0 | T = 0: must be from 1 to 64",
                "T=65 | T = 65: must be from 1 to 64",
                "T=nine | T = 'nine': must be a whole number",
                "T=99999999999 | T = '99999999999': must be a whole number",
                "N=9 | N = 9: must be from 1 to 8",
                "model=kda&N=2 | kda brings its own N",
                "model=kda&decays=1 | kda brings its own decays",
                "decays=2 | decays: 2 is not in [-1, 1]",
                "decays=1e-5 | decays: '1e-5' is not random, reset or a decimal number",
                "decays=0.0000000000001 | at most 12 characters",
                "decays=. | decays: '.' is not",
                "decays=1,1 | decays: 2 numbers for T = 9",
                "chunk=0 | chunk = 0: must be from 1 to 64",
                "chunk=2&cuts=3 | give one of them",
                "cuts=3,3 | cut 1 of [3, 3]: cuts must increase",
                "cuts=9 | lie inside (0, 9)",
                "cuts=a | cuts = 'a': must be whole numbers",
                "Q=3 | no parameter 'Q=3'; there are N=, P=, T=, chunk=, cuts=",
                "T | no parameter 'T'",
                "T=3&T=4 | T is given twice",
                "seed=-1 | seed = -1: must be from 0 to 999",
            })
    void whatMakesNoSenseIsRefused(String query, String message) {
        assertThatThrownBy(() -> Settings.parse(query))
                .isInstanceOf(ValueException.class)
                .hasMessageContaining(message);
    }
}
