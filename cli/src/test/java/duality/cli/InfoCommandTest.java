package duality.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class InfoCommandTest {
    @Test
    void tellsOfTheMachine() {
        CommandRun info = CommandRun.of("info");
        assertThat(info.code()).isZero();
        assertThat(info.err()).isEmpty();
        assertThat(info.out())
                .containsPattern("Java +" + Pattern.quote(System.getProperty("java.runtime.version")))
                .contains(Runtime.getRuntime().availableProcessors() + " CPUs")
                .containsPattern("SIMD +\\d+ bits: \\d+ lanes of float32, \\d+ of float64")
                .containsPattern("(?m)^  cuda +absent: \\S")
                .contains("reference", "cpu")
                .doesNotContain(System.getProperty("java.home"));
    }
}
