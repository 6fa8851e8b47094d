package duality.cli;

import static org.assertj.core.api.Assertions.assertThat;

import duality.models.Zoo;
import duality.tensor.Npy;
import duality.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.DoubleBinaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassifyCommandTest {
    @TempDir
    private Path folder;

    private Path matrix(int rows, int columns, DoubleBinaryOperator entry) throws IOException {
        Tensor tensor = Tensor.of(new double[rows * columns], rows, columns);
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                tensor.setDoubleAt(entry.applyAsDouble(i, j), i, j);
            }
        }
        Path file = folder.resolve("matrix.npy");
        Npy.write(file, tensor);
        return file;
    }

    @Test
    void printsTheClassOfEveryModel() {
        CommandRun run = CommandRun.of("classify", "--all");
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        assertThat(run.out()).hasLineCount(1 + Zoo.values().length);
        for (Zoo model : Zoo.values()) {
            assertThat(run.out()).containsPattern("(?m)^" + model.label() + " ");
        }
        assertThat(run.out())
                .containsPattern("(?m)^mamba-2 +scalar +2 +2 +0 +1 +1-SS mask$")
                .containsPattern("(?m)^softmax-attention +– .* unbounded$");
    }

    @Test
    void printsOneModelWithItsEquationAndSource() {
        CommandRun run = CommandRun.of("classify", "--model", "gated-deltanet");
        assertThat(run.code()).isZero();
        assertThat(run.out())
                .contains("S = a (I − b k kᵀ) S", "2412.06464", "diagonal + rank 1")
                .hasLineCount(5);
    }

    @Test
    void classifiesAMatrixInAFile() throws IOException {
        Path decay = matrix(64, 64, (i, j) -> i < j ? 0 : Math.pow(0.9, i - j));
        assertThat(CommandRun.of("classify", "--input", decay.toString()).out())
                .containsPattern("(?m)^matrix.npy +– +1 +1 +0 +– +1-SS ∩ Toeplitz$");
        Path noisy = matrix(64, 64, (i, j) -> Math.pow(0.9, Math.abs(i - j)) + 1e-9 * Math.sin(i * j));
        assertThat(CommandRun.of("classify", "--input", noisy.toString()).out()).doesNotContain("1-SS");
        assertThat(CommandRun.of("classify", "--tolerance", "1e-6", "--input", noisy.toString())
                        .out())
                .contains("two-sided 1-SS ∩ Toeplitz");
    }

    @Test
    void refusesWhatItCannotClassify() throws IOException {
        CommandRun wide =
                CommandRun.of("classify", "--input", matrix(3, 4, (i, j) -> 1).toString());
        assertThat(wide.code()).isEqualTo(Main.BAD_INPUT);
        assertThat(wide.err()).contains("matrix.npy", "[3, 4]", "square").hasLineCount(1);
        assertThat(CommandRun.of(
                                "classify",
                                "--input",
                                matrix(2, 2, (i, j) -> Double.NaN).toString())
                        .err())
                .contains("NaN");
        assertThat(CommandRun.of("classify", "--model", "hopfield").err()).contains("no model hopfield", "kda");
        assertThat(CommandRun.of("classify", "--all", "--tolerance", "1e-3").err())
                .contains("--tolerance is for --input");
        assertThat(CommandRun.of("classify").code()).isEqualTo(Main.BAD_INPUT);
        assertThat(CommandRun.of("classify", "--all", "--model", "kda").code()).isEqualTo(Main.BAD_INPUT);
    }
}
