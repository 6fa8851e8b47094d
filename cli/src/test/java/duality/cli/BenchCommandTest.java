package duality.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchCommandTest {
    @Test
    void measuresEveryCase(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("bench.json");
        CommandRun run = CommandRun.of("bench", "--threads", "1", "--seconds", "0.01", "--json", file.toString());
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        assertThat(run.out())
                .contains("1 thread")
                .containsPattern("sgemm 1024 +│? *\\d+\\.\\d+")
                .contains("dgemm 64", "ssd forward T=16384", "ssd backward T=2048", "ssd step batch=64");
        assertThat(Files.readString(file)).startsWith("[").contains("\"case\": \"sgemm 64\"", "\"share_of_peak\"");
    }

    @Test
    void threadsArePositive() {
        CommandRun run = CommandRun.of("bench", "--threads", "0");
        assertThat(run.code()).isEqualTo(Main.BAD_INPUT);
        assertThat(run.err()).contains("--threads 0");
    }
}
