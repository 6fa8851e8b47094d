package duality.cli;

import static org.assertj.core.api.Assertions.assertThat;

import duality.models.Zoo;
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
        assertThat(drawn("--figure", "masks")).isEqualTo(Figures.masks());
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
    }
}
