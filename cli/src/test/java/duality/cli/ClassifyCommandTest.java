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
        assertThat(run.out()).isEqualToNormalizingNewlines("""
                model                 transition         lower       strictly lower  upper  mask of QKᵀ  class
                linear-attention      scalar             2           2               0      1            1-SS mask ∩ Toeplitz
                retnet                scalar             2           2               0      1            1-SS mask ∩ Toeplitz
                mamba-2               scalar             2           2               0      1            1-SS mask
                mlstm                 scalar             2           2               0      1            1-SS mask + input gate
                based                 scalar             6           6               0      1            1-SS mask ∩ Toeplitz
                performer             scalar             4           4               0      1            1-SS mask ∩ Toeplitz
                cosformer             scalar             4           4               0      2            2-SS mask ∩ Toeplitz
                s4                    general            4           4               0      –            4-SS ∩ Toeplitz
                s4d                   diagonal           4           4               0      –            diagonal 4-SS ∩ Toeplitz
                hyena                 –                  8 16 32 64  8 16 32 64      0      –            unbounded ∩ Toeplitz
                mamba-1               diagonal           4           4               0      8 16 32 64   diagonal 4-SS
                gla                   diagonal           4           4               0      8 16 32 64   diagonal 4-SS
                hgrn2                 diagonal           4           4               0      8 16 32 64   diagonal 4-SS
                rwkv-6                diagonal           5           4               0      8 16 32 64   diagonal 4-SS + free diagonal
                rwkv-7                diagonal + rank 1  4           4               0      8 16 32 64   diagonal + rank 1 4-SS
                deltanet              diagonal + rank 1  4           4               0      8 16 32 64   diagonal + rank 1 4-SS
                gated-deltanet        diagonal + rank 1  4           4               0      8 16 32 64   diagonal + rank 1 4-SS
                kda                   diagonal + rank 1  4           4               0      8 16 32 64   diagonal + rank 1 4-SS
                mamba-3               2x2 ⊗ I            3           2               0      2            2-SS mask
                hydra                 –                  3           2               2      –            two-sided 2-SS + free diagonal
                log-linear-attention  8x8 ⊗ I            5 6 8 10    5 6 8 10        0      3 4 5 6      hierarchical mask
                softmax-attention     –                  8 16 32 64  8 16 32 64      0      8 16 32 64   unbounded
                """);
        assertThat(run.out()).hasLineCount(1 + Zoo.values().length);
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
