package duality.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoCommandTest {
    private static String run(int expectedCode, String... arguments) {
        CommandRun run = CommandRun.of(arguments);
        assertThat(run.code()).as(run.err()).isEqualTo(expectedCode);
        return expectedCode == Main.DONE ? run.out() : run.err();
    }

    @Test
    void provesRunsChecksAndReports(@TempDir Path folder) throws Exception {
        Path output = folder.resolve("a folder that is not there yet");
        String out = run(Main.DONE, "demo", "--output", output.toString());
        assertThat(out)
                .contains("chunk-induction", "proven", "recurrent", "quadratic", "block", "bfloat16", "within")
                .doesNotContain("OUTSIDE", "REFUTED", "SURVIVES");
        assertThat(Files.readString(output.resolve("report.html")))
                .contains("<svg", "chunk-induction", "refuted: blocks, step 1: mask transposed")
                .doesNotContain("@FIGURE@", "@LAYER@", "http-equiv");
        assertThat(output.resolve("blocks.svg")).hasContent(Figures.blocks());
        try (var files = Files.list(output)) {
            assertThat(files).hasSize(2);
        }
    }

    @Test
    void provesOneTheoremAndShowsCounterexamplesToItsMutants() {
        assertThat(run(Main.DONE, "prove", "--theorem", "duality", "--mutants"))
                .contains(
                        "duality",
                        "proven",
                        "refutes: dual: B and C swapped",
                        "T=1 N=1 P=1: y[0,0] = ",
                        "with a=1, B=1, h=1 and all else 0 that is 1, but 0")
                .doesNotContain("gradient");
    }

    @Test
    void writesProofsAsAPageThatNeedsNothingElse(@TempDir Path folder) throws Exception {
        Path page = folder.resolve("proofs.html");
        assertThat(run(Main.DONE, "prove", "--theorem", "blocks", "--report", page.toString()))
                .contains("1 of 1 theorems proven", "wrong programs refuted", page.toString());
        assertThat(Files.readString(page))
                .contains("<math display", "<svg", "416 variables", "blocks, step 3: states passed on undecayed")
                .doesNotContain("@", "<script", "http-equiv", "href=\"http");
    }

    @Test
    void namesTheTheoremsThereAre() {
        assertThat(run(Main.BAD_INPUT, "prove", "--theorem", "fermat"))
                .contains("no theorem fermat", "chunk-induction");
    }
}
