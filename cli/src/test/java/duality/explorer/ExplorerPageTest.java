package duality.explorer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ExplorerPageTest {
    private static final String DATA = "<script type=\"application/json\" id=\"data\">";

    /** A page without its data, and the data. */
    private record Parts(String frame, JsonNode data) {
        static Parts of(String page) throws IOException {
            int from = page.indexOf(DATA) + DATA.length();
            int to = page.indexOf("</script>", from);
            return new Parts(
                    page.substring(0, from) + page.substring(to),
                    new ObjectMapper().readTree(page.substring(from, to)));
        }
    }

    /** Numbers may differ by rounding, for products are summed as the processor likes. */
    private static final Comparator<JsonNode> UP_TO_ROUNDING = (a, b) -> {
        if (a.isNumber() && b.isNumber()) {
            double difference = Math.abs(a.doubleValue() - b.doubleValue());
            return difference <= 1e-6 * Math.abs(b.doubleValue()) + 1e-12 ? 0 : 1;
        }
        return a.equals(b) ? 0 : 1;
    };

    @Test
    void theDocumentationHasThePageThatIsExported() throws IOException {
        Parts documented = Parts.of(Files.readString(Path.of("../docs/explorer.html")));
        Parts exported = Parts.of(ExplorerPage.exported());
        assertThat(documented.frame())
                .as("docs/explorer.html; ./duality explore --export docs/explorer.html makes it")
                .isEqualTo(exported.frame());
        assertThat(documented.data().equals(UP_TO_ROUNDING, exported.data())).isTrue();
    }

    @Test
    void thePageIsOneFileOfAFewMegabytes() {
        String page = ExplorerPage.exported();
        assertThat(page).hasSizeBetween(100_000, 4_000_000);
        assertThat(page).doesNotContainPattern("(?i)(src|href)\\s*=\\s*[\"'](?!data:|#)");
        assertThat(page).doesNotContain("@HEAD@", "@STYLE@", "@DATA@", "@SCRIPT@", "@import", "url(");
        assertThat(page).contains("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; ");
        assertThat(ExplorerPage.livePolicy()).contains("connect-src 'self'", "frame-ancestors 'none'");
    }

    /** The controls of a file offer what it holds, and only that. */
    @Test
    void theFileHoldsWhatItsControlsOffer() throws IOException {
        JsonNode data = Parts.of(ExplorerPage.exported()).data();
        List<String> offered =
                Catalogue.exported().settings().stream().map(Settings::query).toList();
        assertThat(data.get("explorations").properties())
                .extracting(Map.Entry::getKey)
                .containsExactlyElementsOf(offered);
        for (String query : offered) {
            int matrix = data.at("/explorations").get(query).get("matrix").intValue();
            assertThat(data.at("/matrices/" + matrix + "/matrix"))
                    .hasSize(Settings.parse(query).length());
        }
    }
}
