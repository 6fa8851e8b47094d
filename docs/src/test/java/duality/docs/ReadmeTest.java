package duality.docs;

import static org.assertj.core.api.Assertions.assertThat;

import duality.cli.Figures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the documentation shows is true: code compiles and runs, figures are what the library draws, links lead somewhere. */
class ReadmeTest {
    @Test
    void theExampleRunsAndItsThreeFormsAgree(@TempDir Path classes) throws Exception {
        // M_ji = a_j … a_{i+1} C_j·B_i, by hand, and three times the same y.
        assertThat(entries(Page.at("README.md").run(classes)))
                .containsExactly(
                        1, 0, 0, 0, 0.5, 0, 0, 0, 0, 0.5, 1, 0, 0, 0, 0, 2, 1, 0.5, 4, 8, 1, 0.5, 4, 8, 1, 0.5, 4, 8);
    }

    /** The numbers in EJML's way of printing matrices, without its headings. */
    private static double[] entries(String printed) {
        return printed.lines()
                .filter(line -> line.isEmpty() || !Character.isLetter(line.charAt(0)))
                .flatMap(line -> Stream.of(line.strip().split("\\s+", -1)))
                .filter(word -> !word.isEmpty())
                .mapToDouble(Double::parseDouble)
                .toArray();
    }

    /** The guide's model, what its page says that it prints, and the picture that it writes. */
    @Test
    void theModelInTwentyLinesRuns(@TempDir Path folder) throws Exception {
        Page page = Page.at("docs/your-own-model.md");
        Path written = Page.ROOT.resolve("docs/target/your-own-model.svg");
        Files.createDirectories(written.getParent());
        assertThat(page.listings("java")).hasSize(2);
        assertThat(page.listings("java")
                        .getFirst()
                        .strip()
                        .lines()
                        .filter(line -> !line.isBlank() && !line.startsWith("import ")))
                .hasSizeLessThanOrEqualTo(20);
        assertThat(page.listings("text")).containsExactly(page.run(folder, written.toString()));
        assertThat(Page.ROOT.resolve("docs/figures/your-own-model.svg"))
                .as("%s is what the page draws", written)
                .hasSameTextualContentAs(written);
    }

    @Test
    void theFiguresAreWhatTheLibraryDraws() throws IOException {
        assertThat(Files.readString(Page.ROOT.resolve("docs/figures/blocks.svg")))
                .isEqualTo(Figures.blocks());
        assertThat(Files.readString(Page.ROOT.resolve("docs/figures/masks.svg")))
                .isEqualTo(Figures.masks());
    }

    @Test
    void linksBetweenFilesLeadSomewhere() throws IOException {
        Pattern link = Pattern.compile("\\]\\((?!https?:)([^)#]+)");
        List<Path> pages = new ArrayList<>(List.of(
                Page.ROOT.resolve("README.md"),
                Page.ROOT.resolve("CONTRIBUTING.md"),
                Page.ROOT.resolve("benchmarks/README.md")));
        for (String folder : List.of("docs", "docs/exercises")) {
            try (Stream<Path> docs = Files.list(Page.ROOT.resolve(folder))) {
                docs.filter(page -> page.toString().endsWith(".md")).forEach(pages::add);
            }
        }
        for (Path page : pages) {
            Matcher matcher = link.matcher(Files.readString(page));
            while (matcher.find()) {
                assertThat(page.resolveSibling(matcher.group(1))).exists();
            }
        }
    }
}
