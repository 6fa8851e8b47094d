package duality.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The guide as a site: no link, anchor or picture of it leads nowhere, and it loads nothing from elsewhere. */
class SiteTest {
    private static final Path SITE = Page.ROOT.resolve("docs/target/site");
    private static final Map<Path, Document> DOCUMENTS = new HashMap<>();

    @BeforeAll
    static void build() throws Exception {
        assumeTrue(nodeVersion() >= 20, "no Node.js 20 or later here, so the site is not built");
        Path log = Files.createTempFile("site", ".log");
        ProcessBuilder builder = new ProcessBuilder(Page.ROOT.resolve("duality").toString(), "site", SITE.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        try {
            assertThat(process.waitFor(5, TimeUnit.MINUTES)).as("ends in time").isTrue();
        } finally {
            process.destroyForcibly();
        }
        String said = Files.readString(log);
        if (said.contains("npm ci failed")
                && Pattern.compile("ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT")
                        .matcher(said)
                        .find()) {
            abort(
                    "no package registry can be reached, and the site's generator is not installed: the site is not built");
        }
        assertThat(process.exitValue()).as(said).isZero();
        try (Stream<Path> files = Files.walk(SITE)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".html")).toList()) {
                if (!SITE.relativize(file).startsWith("api")) { // Javadoc checks its own
                    DOCUMENTS.put(file, Jsoup.parse(file.toFile(), "UTF-8"));
                }
            }
        }
    }

    private static int nodeVersion() throws Exception {
        try {
            Process process = new ProcessBuilder("node", "--version").start();
            String version = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor() == 0 ? Integer.parseInt(version.replaceAll("^v|\\..*|\\s", "")) : 0;
        } catch (IOException absent) {
            return 0;
        }
    }

    @Test
    void everyPageIsThere() throws IOException {
        for (Page page : Page.all()) {
            if (page.path().startsWith("docs/") && !page.path().startsWith("docs/examples/")) {
                String name = page.path().replaceFirst("^docs/", "").replaceFirst("README\\.md$", "index.md");
                assertThat(SITE.resolve(name.replaceFirst("\\.md$", ".html"))).isRegularFile();
            }
        }
    }

    @Test
    void noLinkIsBroken() throws IOException {
        List<String> broken = new ArrayList<>();
        for (Map.Entry<Path, Document> page : DOCUMENTS.entrySet()) {
            for (Element element : page.getValue().select("[href], [src]")) {
                String target = element.hasAttr("href") ? element.attr("href") : element.attr("src");
                if (!target.matches("(https?|mailto|data):.*") && !leadsSomewhere(page.getKey(), target)) {
                    broken.add(SITE.relativize(page.getKey()) + ": " + target);
                }
            }
        }
        assertThat(broken).isEmpty();
        assertThat(DOCUMENTS).hasSizeGreaterThan(10);
    }

    private static boolean leadsSomewhere(Path from, String target) throws IOException {
        URI uri = URI.create("http://site/" + SITE.relativize(from).toString().replace('\\', '/'))
                .resolve(target.replace(" ", "%20"));
        Path file = SITE.resolve(uri.getPath().substring(1));
        if (Files.isDirectory(file)) {
            file = file.resolve("index.html");
        }
        if (!Files.isRegularFile(file)) {
            return false;
        }
        Document document = DOCUMENTS.get(file);
        String anchor = uri.getRawFragment();
        return anchor == null
                || anchor.isEmpty()
                || document == null
                || document.getElementById(URLDecoder.decode(anchor, StandardCharsets.UTF_8)) != null;
    }

    /** No font, script or picture of another host; nothing that would tell anybody who reads. */
    @Test
    void nothingIsLoadedFromElsewhere() throws IOException {
        for (Map.Entry<Path, Document> page : DOCUMENTS.entrySet()) {
            assertThat(page.getValue().select("link[href^=http], [src^=http], [src^=//], link[href^=//], iframe"))
                    .as(page.getKey().toString())
                    .isEmpty();
        }
        Pattern load = Pattern.compile("(?:url\\(|@import )[\"']?(https?:)?//[^\"')]*");
        try (Stream<Path> files = Files.walk(SITE)) {
            for (Path file : files.filter(path -> path.toString().matches(".*\\.(css|html)"))
                    .toList()) {
                assertThat(load.matcher(Files.readString(file)).results().map(MatchResult::group))
                        .as(file.toString())
                        .isEmpty();
            }
        }
    }

    /** Formulas are pictures in the page, and none of them is an error message. */
    @Test
    void formulasAreDrawn() {
        assertThat(DOCUMENTS.values().stream()
                        .mapToInt(page -> page.select("mjx-container").size())
                        .sum())
                .isPositive();
        DOCUMENTS.forEach((file, page) -> assertThat(page.select("[data-mjx-error], mjx-container [fill=red]"))
                .as(file.toString())
                .isEmpty());
    }
}
