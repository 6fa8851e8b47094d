package duality.docs;

import static org.assertj.core.api.Assertions.assertThat;

import duality.cli.Figures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the front pages show is true, number by number; and figures are what the library draws. */
class ReadmeTest {
    @Test
    void theExampleRunsAndItsThreeFormsAgree() throws Exception {
        // M_ji = a_j … a_{i+1} C_j·B_i, by hand, and three times the same y.
        assertThat(entries(Programs.compile(List.of(Page.at("README.md"))).run("Example")))
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

    /** As the page says; and the picture that it shows is the one that its program draws. */
    @Test
    void theModelInTwentyLinesIsThat() throws Exception {
        Page page = Page.at("docs/your-own-model.md");
        Programs programs = Programs.compile(List.of(page));
        Path written = Programs.FOLDER.resolve("momentum.svg");
        Files.deleteIfExists(written);
        assertThat(programs.run("MomentumDemo")).isNotEmpty();
        assertThat(page.listings("java").getFirst().strip().lines())
                .filteredOn(line -> !line.isBlank() && !line.startsWith("import "))
                .hasSizeLessThanOrEqualTo(20);
        assertThat(Page.ROOT.resolve("docs/figures/your-own-model.svg"))
                .as("%s is what the page draws", written)
                .hasSameTextualContentAs(written);
    }

    @Test
    void theFiguresAreWhatTheLibraryDraws() throws IOException {
        List<String> kept = new ArrayList<>();
        try (Stream<Path> files = Files.list(Page.ROOT.resolve("docs/figures"))) {
            files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".svg"))
                    .map(name -> name.substring(0, name.length() - ".svg".length()))
                    .forEach(kept::add);
        }
        List<String> known = new ArrayList<>(Figures.names());
        known.add("your-own-model"); // its page draws it
        assertThat(kept).containsExactlyInAnyOrderElementsOf(known);
        for (String name : Figures.names()) {
            assertThat(Figures.of(name))
                    .as("./duality draw --figure %1$s --output docs/figures/%1$s.svg", name)
                    .isEqualTo(Files.readString(Page.ROOT.resolve("docs/figures/" + name + ".svg")));
        }
    }
}
