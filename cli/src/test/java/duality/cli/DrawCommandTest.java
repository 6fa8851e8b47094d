package duality.cli;

import static org.assertj.core.api.Assertions.assertThat;

import duality.models.Zoo;
import duality.tensor.Npy;
import duality.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DrawCommandTest {
    @TempDir
    private Path folder;

    private String drawn(String... arguments) throws IOException {
        Path file = folder.resolve("figure.svg");
        Files.deleteIfExists(file);
        String[] all = new String[arguments.length + 3];
        all[0] = "draw";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        all[all.length - 2] = "--output";
        all[all.length - 1] = file.toString();
        CommandRun run = CommandRun.of(all);
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        assertThat(run.out()).isEqualTo(file + System.lineSeparator());
        return Files.readString(file);
    }

    @Test
    void drawsEveryModel() throws IOException {
        for (Zoo model : Zoo.values()) {
            String svg = drawn("--model", model.label(), "--length", "8");
            assertThat(svg).startsWith("<svg").contains("The model as a matrix");
            assertThat(svg.contains("diagonal blocks"))
                    .as(model.label())
                    .isEqualTo(model != Zoo.HYENA && model != Zoo.SOFTMAX_ATTENTION && model != Zoo.HYDRA);
        }
        assertThat(drawn("--model", "kda", "--chunk", "16")).isNotEqualTo(drawn("--model", "kda", "--chunk", "3"));
    }

    @Test
    void drawsEveryMask() throws IOException {
        for (MaskExample mask : MaskExample.values()) {
            assertThat(drawn("--mask", mask.label(), "--length", "5"))
                    .contains(mask.heading(), "rank " + mask.of(5).rank());
        }
    }

    @Test
    void drawsTheFiguresOfTheDocumentation() throws IOException {
        assertThat(drawn("--figure", "blocks")).isEqualTo(Figures.blocks());
        CommandRun run =
                CommandRun.of("draw", "--all", "--output", folder.resolve("new").toString());
        assertThat(run.code()).isZero();
        assertThat(run.out().lines()).hasSameSizeAs(Figures.names());
        for (String name : Figures.names()) {
            assertThat(folder.resolve("new").resolve(name + ".svg")).content().isEqualTo(Figures.of(name));
        }
    }

    @Test
    void cutsAnywhere() throws IOException {
        assertThat(drawn("--model", "gla", "--cuts", "3,7,12")).contains("between the boundaries [0, 3, 7, 12, 16]");
        assertThat(drawn("--figure", "blocks", "--length", "9", "--cuts", "2")).contains("[0, 2, 9]");
        assertThat(drawn("--figure", "state-passing", "--length", "9", "--chunk", "4"))
                .contains("[0, 4, 8, 9]");
    }

    @Test
    void drawsAMatrixOfOnesOwn() throws IOException {
        Path file = folder.resolve("mine.npy");
        Npy.write(file, Tensor.of(new double[] {1, 0, 0, 2, 3, 0, 4, 5, 6}, 3, 3));
        assertThat(drawn("--input", file.toString()))
                .contains("mine.npy: a 3x3 matrix", "Ranks below the diagonal")
                .doesNotContain("diagonal blocks");
        assertThat(drawn("--input", file.toString(), "--cuts", "1,2")).contains("diagonal blocks", "[0, 1, 2, 3]");
        assertThat(drawn("--input", file.toString(), "--mask", "causal")).contains("under the mask Causal");
        Npy.write(file, Tensor.of(new double[] {1, 2, 3, 4, 5, 6}, 2, 3));
        assertThat(drawn("--input", file.toString())).contains("a 2x3 matrix").doesNotContain("Ranks");
    }

    @Test
    void refusesMatricesThatItCannotDraw() throws IOException {
        Path file = folder.resolve("mine.npy");
        String[] draw = {"draw", "--input", file.toString(), "--output", "x.svg"};
        Npy.write(file, Tensor.of(new double[] {1, Double.NaN, 3, 4}, 2, 2));
        assertThat(CommandRun.of(draw).err()).contains("entry (0, 1)", "NaN");
        Npy.write(file, Tensor.of(new double[] {1, 2, 3, 4}, 2, 2));
        assertThat(CommandRun.of("draw", "--input", file.toString(), "--cuts", "1")
                        .err())
                .contains("lower triangular", "entry (0, 1) is 2.0");
        Npy.write(file, Tensor.of(new double[300], 300, 1));
        assertThat(CommandRun.of(draw).err()).contains("[300, 1]", "at most 256");
        Npy.write(file, Tensor.of(new double[3], 3));
        assertThat(CommandRun.of(draw).err()).contains("[3]", "a matrix [rows, columns]");
        Npy.write(file, Tensor.of(new double[6], 2, 3));
        assertThat(CommandRun.of("draw", "--input", file.toString(), "--mask", "causal")
                        .err())
                .contains("2x3", "square");
        assertThat(CommandRun.of("draw", "--input", file.toString(), "--chunk", "1")
                        .err())
                .contains("2x3", "square");
    }

    @Test
    void drawsFromDataThatAreGiven() throws IOException {
        Path file = folder.resolve("time.csv");
        Files.writeString(file, Figures.data("time").text());
        assertThat(drawn("--figure", "time", "--data", file.toString())).isEqualTo(Figures.of("time"));
    }

    @Test
    void refusesWhatItCannotDraw() {
        assertThat(CommandRun.of("draw").code()).isEqualTo(Main.BAD_INPUT);
        assertThat(CommandRun.of("draw", "--mask", "round").err()).contains("no mask round", "one-semiseparable");
        assertThat(CommandRun.of("draw", "--figure", "cat").err()).contains("no figure cat");
        assertThat(CommandRun.of("draw", "--model", "hopfield").err()).contains("no model hopfield");
        assertThat(CommandRun.of("draw", "--mask", "causal", "--length", "257").err())
                .contains("--length 257");
        assertThat(CommandRun.of("draw", "--model", "kda", "--chunk", "0").err())
                .contains("chunk length 0");
        assertThat(CommandRun.of("draw", "--model", "kda", "--cuts", "7,3").err())
                .contains("cut 1 of [7, 3]");
        assertThat(CommandRun.of("draw", "--model", "kda", "--cuts", "3", "--chunk", "2")
                        .code())
                .isEqualTo(Main.BAD_INPUT);
        assertThat(CommandRun.of("draw", "--mask", "causal", "--chunk", "2").err())
                .contains("--mask has no chunks");
        assertThat(CommandRun.of("draw", "--figure", "matrix", "--cuts", "2").err())
                .contains("matrix has no chunks");
        assertThat(CommandRun.of("draw", "--figure", "ranks", "--length", "9").err())
                .contains("ranks has a length of its own");
        assertThat(CommandRun.of("draw", "--figure", "ranks", "--data", "x").err())
                .contains("ranks is not measured", "time, memory, error");
        assertThat(CommandRun.of("draw", "--model", "kda", "--measure", "x").err())
                .contains("--measure");
        assertThat(CommandRun.of("draw", "--figure", "state-passing", "--length", "68")
                        .err())
                .contains("chunks: at most 16");
        assertThat(CommandRun.of("draw", "--figure", "time", "--measure", "x", "--data", "y")
                        .err())
                .contains("one of them");
    }
}
