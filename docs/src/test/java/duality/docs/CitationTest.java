package duality.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** {@code CITATION.cff} has what version 1.2.0 of the Citation File Format asks for. */
class CitationTest {
    @Test
    void namesTheProjectAndThePapers() throws IOException {
        Map<String, Object> citation = new Yaml(new SafeConstructor(new LoaderOptions()))
                .load(Files.readString(Page.ROOT.resolve("CITATION.cff")));
        assertThat(citation)
                .containsEntry("cff-version", "1.2.0")
                .containsEntry("title", "Duality")
                .containsEntry("type", "software")
                .containsEntry("license", "Apache-2.0")
                .containsKeys("message", "authors", "references");
        assertThat((List<?>) citation.get("references"))
                .hasSize(3)
                .allSatisfy(reference -> assertThat((Map<?, ?>) reference)
                        .extracting("type", "title", "authors", "year", "url")
                        .doesNotContainNull());
        String readme = Files.readString(Page.ROOT.resolve("README.md"));
        assertThat(readme).contains("https://arxiv.org/abs/2405.21060");
        assertThat(citation.get("references").toString()).contains("2405.21060", "2312.00752", "2510.04944");
    }
}
