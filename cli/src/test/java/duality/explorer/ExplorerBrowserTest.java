package duality.explorer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import duality.explorer.Exploration.ChunkView;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.support.ui.Select;
import org.openqa.selenium.support.ui.WebDriverWait;

/** What the page shows, in a browser: as it is served, and as one file without a server. */
class ExplorerBrowserTest {
    private static final String SETTINGS = "model=scalar-ssm&N=2&decays=random&seed=1&T=9&P=1&chunk=3";

    /** Where the page is from. */
    enum Source {
        SERVER,
        FILE
    }

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit's
    private static Path folder;

    private static @Nullable ChromeDriver browser;
    private static @Nullable ExplorerServer server;
    private static @Nullable URI file;

    @BeforeEach
    void open() throws IOException {
        Browser.assumePresent();
        if (browser == null) {
            browser = Browser.open(Files.createDirectory(folder.resolve("profile")));
            server = ExplorerServer.start(0);
            Path page = folder.resolve("explorer.html");
            Files.writeString(page, ExplorerPage.exported());
            file = page.toUri();
        }
        device(1280, 900);
        browser().manage().logs().get(LogType.BROWSER); // forget those of the test before
    }

    @AfterEach
    void theConsoleIsSilent() {
        if (browser != null) {
            assertThat(browser.manage().logs().get(LogType.BROWSER).getAll())
                    .filteredOn(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
                    .filteredOn(entry -> !expectedProblem || !entry.getMessage().contains("400"))
                    .isEmpty();
        }
    }

    private boolean expectedProblem;

    @AfterAll
    static void close() {
        if (browser != null) {
            browser.quit();
        }
        if (server != null) {
            server.close();
        }
    }

    // ---- Looking.

    private static ChromeDriver browser() {
        return Objects.requireNonNull(browser);
    }

    private static void device(int width, int height) {
        browser()
                .executeCdpCommand(
                        "Emulation.setDeviceMetricsOverride",
                        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
    }

    private static void media(String feature, String value) {
        browser()
                .executeCdpCommand(
                        "Emulation.setEmulatedMedia",
                        Map.of("features", List.of(Map.of("name", feature, "value", value))));
    }

    private static void show(Source source, String state) {
        URI page = source == Source.SERVER ? Objects.requireNonNull(server).address() : Objects.requireNonNull(file);
        browser().get("about:blank");
        browser().get(page + "#" + state);
        awaitSettled();
    }

    private static void awaitSettled() {
        new WebDriverWait(browser(), Duration.ofSeconds(20))
                .until(driver -> script("return document.querySelectorAll('#matrix .cell').length > 0"
                                + " && document.querySelector('#scale-chart svg') !== null"
                                + " && !document.getElementById('main').hasAttribute('aria-busy')")
                        .equals(true));
    }

    private static void run(String script, Object... arguments) {
        browser().executeScript(script, arguments);
    }

    private static Object script(String script, Object... arguments) {
        return Objects.requireNonNull(browser().executeScript(script, arguments));
    }

    private static WebElement find(String selector) {
        return browser().findElement(By.cssSelector(selector));
    }

    private static List<WebElement> all(String selector) {
        return browser().findElements(By.cssSelector(selector));
    }

    /** Texts in one go; hidden ones as well. */
    @SuppressWarnings("unchecked")
    private static List<String> texts(String selector) {
        return (List<String>)
                script("return [...document.querySelectorAll(arguments[0])].map(node => node.textContent)", selector);
    }

    @SuppressWarnings("unchecked")
    private static List<String> attributes(String selector, String name) {
        return (List<String>) script(
                "return [...document.querySelectorAll(arguments[0])].map(node => node.getAttribute(arguments[1]))",
                selector,
                name);
    }

    /** A number as the page writes it. */
    private static double number(String text) {
        String plain = text.replace('−', '-').replace("\u202f", "").strip();
        int power = plain.indexOf("·10");
        if (power < 0) {
            return Double.parseDouble(plain);
        }
        StringBuilder exponent = new StringBuilder();
        for (char c : plain.substring(power + 3).toCharArray()) {
            exponent.append(c == '⁻' ? '-' : (char) ('0' + "⁰¹²³⁴⁵⁶⁷⁸⁹".indexOf(c)));
        }
        return Double.parseDouble(plain.substring(0, power)) * Math.pow(10, Integer.parseInt(exponent.toString()));
    }

    /** Numbers are shown with four digits, tiny ones with three. */
    private static void same(String shown, double expected) {
        assertThat(number(shown)).as(shown).isCloseTo(expected, within(Math.abs(expected) * 6e-3 + 1e-15));
        if (Math.abs(expected) >= 1e-3) {
            assertThat(number(shown)).as(shown).isCloseTo(expected, within(Math.abs(expected) * 6e-4));
        }
    }

    private static void same(List<String> shown, double... expected) {
        assertThat(shown).hasSize(expected.length);
        for (int i = 0; i < expected.length; i++) {
            same(shown.get(i), expected[i]);
        }
    }

    private static double[] entries(DMatrixRMaj matrix) {
        return Arrays.copyOf(matrix.data, matrix.getNumElements());
    }

    private static String key(int j, int i) {
        return "#matrix .cell[data-j='" + j + "'][data-i='" + i + "']";
    }

    private static void press(CharSequence... keys) {
        new Actions(browser()).sendKeys(keys).perform();
    }

    // ---- The matrix.

    @ParameterizedTest
    @EnumSource
    void showsTheMatrixOfTheLibrary(Source source) {
        for (String settings : List.of(SETTINGS, "model=kda&seed=1&T=16&P=1&chunk=4")) {
            show(source, settings);
            DMatrixRMaj matrix =
                    Exploration.of(Settings.parse(settings)).matrix().matrix();
            List<String> labels = attributes("#matrix .cell[data-j]", "aria-label");
            List<Double> expected = new ArrayList<>();
            for (int j = 0; j < matrix.numRows; j++) {
                for (int i = 0; i <= j; i++) {
                    expected.add(matrix.get(j, i));
                }
            }
            same(
                    labels.stream()
                            .map(label -> label.substring(label.indexOf('=') + 1))
                            .toList(),
                    expected.stream().mapToDouble(x -> x).toArray());
            assertThat(all("#matrix .future")).hasSize(matrix.numRows * (matrix.numRows - 1) / 2);
        }
    }

    /** Brown is positive, blue negative, and the larger the darker, on white. */
    @Test
    void coloursTellSignsAndSizes() {
        show(Source.FILE, SETTINGS);
        DMatrixRMaj matrix = Exploration.of(Settings.parse(SETTINGS)).matrix().matrix();
        Function<String, double[]> colour = cell -> Arrays.stream(((String) script("""
                                const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
                                canvas.fillStyle = getComputedStyle(document.querySelector(arguments[0])).backgroundColor;
                                canvas.fillRect(0, 0, 1, 1);
                                return [...canvas.getImageData(0, 0, 1, 1).data].join(' ');""", cell)).split(" ", -1))
                .mapToDouble(Double::parseDouble)
                .toArray();
        for (int j = 0; j < matrix.numRows; j++) {
            double[] rgb = colour.apply(key(j, j));
            assertThat(rgb[0] > rgb[2]).as("red above blue at %d", j).isEqualTo(matrix.get(j, j) > 0);
        }
        double[] faint = colour.apply(key(8, 1)); // −0.012
        double[] full = colour.apply(key(8, 8)); // −0.38
        assertThat(faint[0] + faint[1] + faint[2]).isGreaterThan(full[0] + full[1] + full[2] + 100);
    }

    @ParameterizedTest
    @EnumSource
    void aClickHighlightsAllReadingsOfTheEntry(Source source) {
        show(source, SETTINGS);
        find(key(7, 3)).click();
        Exploration.MatrixView view = Exploration.of(Settings.parse(SETTINGS)).matrix();
        double entry = view.matrix().get(7, 3);

        assertThat(attributes("#matrix [aria-selected=true]", "aria-label"))
                .singleElement()
                .asString()
                .startsWith("M 7, 3");
        // the product C_7ᵀ a_7 a_6 a_5 a_4 B_3
        same(
                texts("#product .chip.out td"),
                entries(Objects.requireNonNull(view.steps().get(7).output())));
        same(
                texts("#product .chip.decay b"),
                IntStream.of(7, 6, 5, 4)
                        .mapToDouble(
                                t -> Objects.requireNonNull(view.steps().get(t).scalar()))
                        .toArray());
        same(texts("#product .chip.in td"), entries(view.steps().get(3).input()));
        same(texts("#product .chip.result b"), entry);
        // the path x_3 → h_3 → … → h_7 → y_7, and its states
        assertThat(attributes("#diagram .node.x.on", "data-t")).containsExactly("3");
        assertThat(attributes("#diagram .node.h.on", "data-t")).containsExactly("3", "4", "5", "6", "7");
        assertThat(attributes("#diagram .node.y.on", "data-t")).containsExactly("7");
        assertThat(texts("#path tbody td:first-child")).containsExactly("3", "4", "5", "6", "7");
        for (int t = 3; t <= 7; t++) {
            same(
                    texts("#path tbody tr:nth-child(" + (t - 2) + ") td:not(:first-child)"),
                    entries(view.paths().get(3).get(t - 3)));
        }
        // the same entry in scores, mask and product
        assertThat(attributes("#attention-maps .chosen", "data-j")).containsExactly("7", "7", "7");
        assertThat(attributes("#attention-maps .chosen", "data-i")).containsExactly("3", "3", "3");
        Exploration.Term term = Objects.requireNonNull(view.attention()).terms().getFirst();
        same(texts("#attention-numbers b"), term.scores().get(7, 3), term.mask().get(7, 3), entry);
        assertThat(find("#spoken").getAttribute("textContent")).startsWith("Entry 7, 3: ");
    }

    @ParameterizedTest
    @EnumSource
    void arrowKeysMoveWithinTheTriangle(Source source) {
        show(source, SETTINGS + "&j=6&i=2");
        find(key(6, 2)).sendKeys("");
        run("document.querySelector(arguments[0]).focus()", key(6, 2));
        press(Keys.ARROW_DOWN);
        focusIsAt(7, 2);
        press(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT);
        focusIsAt(7, 4);
        press(Keys.END);
        focusIsAt(7, 7);
        press(Keys.ARROW_RIGHT);
        focusIsAt(7, 7);
        press(Keys.ARROW_UP);
        focusIsAt(7, 7);
        press(Keys.HOME);
        focusIsAt(7, 0);
        press(Keys.ARROW_LEFT);
        focusIsAt(7, 0);
        press(Keys.PAGE_DOWN);
        focusIsAt(8, 0);
        press(Keys.ARROW_UP);
        focusIsAt(7, 0);
        assertThat(attributes("#diagram .node.h.on", "data-t")).hasSize(8);
        assertThat((String) script("return location.hash")).contains("&j=7&i=0");
    }

    private static void focusIsAt(int j, int i) {
        assertThat(browser().switchTo().activeElement().getAttribute("aria-label"))
                .startsWith("M " + j + ", " + i + " ");
        assertThat(attributes("#matrix .cell[tabindex='0']", "data-j")).containsExactly(String.valueOf(j));
        assertThat(texts("#entry-lead sub")).containsExactly(j + "," + i);
    }

    /** A sum of N attentions, and one whose mask is a quotient. */
    @ParameterizedTest
    @EnumSource
    void attentionOfOtherModels(Source source) {
        String settings = "model=gla&seed=1&T=9&P=1&chunk=3";
        show(source, settings + "&j=5&i=1");
        Exploration.MatrixView view = Exploration.of(Settings.parse(settings)).matrix();
        List<Exploration.Term> terms = Objects.requireNonNull(view.attention()).terms();
        assertThat(terms).hasSize(4);
        for (int n = 0; n < 4; n++) {
            same(
                    texts("#attention-numbers tbody tr:nth-child(" + (n + 1) + ") td:not(:first-child)"),
                    terms.get(n).scores().get(5, 1),
                    terms.get(n).mask().get(5, 1),
                    terms.get(n).product().get(5, 1));
        }
        find("#attention-numbers [data-term='2']").click();
        assertThat(find("#attention-maps").getText()).contains("n = 2");
        same(texts("#attention-numbers tbody tr:last-child b"), view.matrix().get(5, 1));

        show(source, "model=s4&seed=1&T=9&P=1&chunk=3");
        assertThat(find("#attention-lead").getText()).contains("no queries and keys");
        show(source, "model=mamba-3&seed=1&T=9&P=1&chunk=3");
        assertThat(find("#attention-lead").getText()).contains("divided by the scores");
    }

    // ---- The blocks.

    @ParameterizedTest
    @EnumSource
    void theFourStepsShowTheNumbersOfTheLibrary(Source source) {
        for (String settings : List.of(SETTINGS, "model=gated-deltanet&seed=1&T=9&P=1&cuts=1,3,7")) {
            show(source, settings);
            List<ChunkView> chunks =
                    Exploration.of(Settings.parse(settings)).blocks().chunks();
            List<Function<ChunkView, DMatrixRMaj>> results =
                    List.of(ChunkView::fromInputs, ChunkView::update, ChunkView::leaving, ChunkView::y);
            for (int step = 1; step <= 4; step++) {
                assertThat(attributes("#step-tabs [aria-selected=true]", "id")).containsExactly("step-" + step);
                assertThat(attributes("#block-picture svg", "data-step")).containsExactly(String.valueOf(step));
                assertThat(find("#agreement").isDisplayed()).isEqualTo(step == 4);
                for (int c = 0; c < chunks.size(); c++) {
                    same(
                            texts("[data-chunk='" + c + "'] .result td"),
                            entries(results.get(step - 1).apply(chunks.get(c))));
                }
                if (step < 4) {
                    find("#next").click();
                }
            }
            assertThat(find("#next").isEnabled()).isFalse();
            find("#previous").click();
            assertThat(attributes("#step-tabs [aria-selected=true]", "id")).containsExactly("step-3");
        }
    }

    @Test
    void stepsAreTabsForTheKeyboard() {
        show(Source.FILE, SETTINGS);
        find("#step-1").click();
        press(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT);
        assertThat(browser().switchTo().activeElement().getAttribute("id")).isEqualTo("step-3");
        press(Keys.END, Keys.ARROW_RIGHT);
        assertThat(browser().switchTo().activeElement().getAttribute("id")).isEqualTo("step-1");
        assertThat(all("#step-tabs [tabindex='0']")).hasSize(1);
    }

    // ---- Ranks and operations.

    @ParameterizedTest
    @EnumSource
    void ranksAreShownAndTheirBlockIsOutlined(Source source) {
        String settings = "model=mamba-3&seed=1&T=9&P=1&chunk=3";
        show(source, settings);
        Exploration.MatrixView view = Exploration.of(Settings.parse(settings)).matrix();
        assertThat(find("#kind").getText()).isEqualTo(view.kind().summary());
        assertThat(find("#ranks-lead").getText()).contains(view.ranks().order() + "-semiseparable");
        find("#rank-cut").sendKeys(Keys.HOME, Keys.ARROW_RIGHT, Keys.ARROW_RIGHT);
        assertThat(find("#rank-text").getText())
                .contains("Rows 3–8, columns 0–2: a 6×3 block of rank "
                        + view.ranks().strictlyLower().get(3));
        // the outline covers these rows and columns
        assertThat((Boolean) script("""
                        const outline = document.getElementById('rank-block').getBoundingClientRect();
                        const first = document.querySelector(arguments[0]).getBoundingClientRect();
                        const last = document.querySelector(arguments[1]).getBoundingClientRect();
                        const near = (a, b) => Math.abs(a - b) < 3;
                        return near(outline.top, first.top) && near(outline.left, first.left)
                            && near(outline.bottom, last.bottom) && near(outline.right, last.right);""", key(3, 0), key(8, 2))).isTrue();
        assertThat(attributes("#ranks-chart rect.at", "data-cut")).containsExactly("3");
    }

    @ParameterizedTest
    @EnumSource
    void theChunkLengthChangesTheOperations(Source source) {
        show(source, SETTINGS);
        List<String> before = operations("#counts");
        counted("#counts", Exploration.of(Settings.parse(SETTINGS)).blocks().counts());
        find("#chunk").sendKeys(Keys.ARROW_LEFT);
        awaitSettled();
        counted(
                "#counts",
                Exploration.of(Settings.parse(SETTINGS.replace("chunk=3", "chunk=2")))
                        .blocks()
                        .counts());
        List<String> after = operations("#counts");
        assertThat(after.subList(0, 2)).isEqualTo(before.subList(0, 2));
        assertThat(after.get(2)).isNotEqualTo(before.get(2));
        assertThat(find("#counts-here").getText()).endsWith("Q = 2");
        assertThat(all("#step-panel .chunk")).hasSize(5);
    }

    private static List<String> operations(String table) {
        return texts(table + " [data-field=operations]");
    }

    private static void counted(String table, OperationCounts counts) {
        assertThat(operations(table))
                .extracting(text -> (long) number(text))
                .containsExactly(
                        counts.recurrent().operations(),
                        counts.quadratic().operations(),
                        counts.block().operations());
        assertThat(texts(table + " [data-field=depth]"))
                .extracting(text -> (int) number(text))
                .containsExactly(
                        counts.recurrent().depth(),
                        counts.quadratic().depth(),
                        counts.block().depth());
    }

    @ParameterizedTest
    @EnumSource
    void theSizesOfRealModelsAreCounted(Source source) {
        show(source, SETTINGS);
        counted("#scale-counts", new ScaleQuery(128, 64, 256).counts().get(OperationCounts.LENGTHS.indexOf(4096)));
        find("#scale-T").sendKeys(Keys.ARROW_RIGHT);
        find("#scale-N").sendKeys(Keys.ARROW_LEFT);
        find("#scale-P").sendKeys(Keys.HOME);
        find("#scale-Q").sendKeys(Keys.ARROW_LEFT);
        OperationCounts expected = new ScaleQuery(64, 32, 128).counts().get(OperationCounts.LENGTHS.indexOf(8192));
        new WebDriverWait(browser(), Duration.ofSeconds(10))
                .until(driver -> number(operations("#scale-counts").getLast())
                        == expected.block().operations());
        counted("#scale-counts", expected);
        assertThat(all("#scale-chart polyline")).hasSize(3);
    }

    // ---- Controls.

    @ParameterizedTest
    @EnumSource
    void everyModelCanBePicked(Source source) {
        show(source, SETTINGS);
        Select models = new Select(find("#model"));
        assertThat(models.getOptions()).hasSize(ExploredModel.zoo().size() + 1);
        for (WebElement option : models.getOptions()) {
            String label = Objects.requireNonNull(option.getAttribute("value"));
            models.selectByValue(label);
            awaitSettled();
            Settings settings = Settings.parse("model=" + label + "&T=9&chunk=3");
            assertThat(find("#equation").getText()).isEqualTo(settings.model().equation());
            assertThat((String) script("return location.hash")).startsWith("#" + settings.query());
            same(
                    texts("#product .result b"),
                    Exploration.of(settings).matrix().matrix().get(6, 2));
            assertThat(find("#decays").isDisplayed()).isEqualTo(label.equals(ExploredModel.SCALAR));
        }
    }

    @ParameterizedTest
    @EnumSource
    void lengthStateSizeAndDecaysChangeTheMatrix(Source source) {
        show(source, SETTINGS);
        new Select(find("#decays")).selectByValue("0.5");
        find("#N").sendKeys(Keys.ARROW_LEFT);
        find("#T").sendKeys(Keys.HOME);
        awaitSettled();
        int length = source == Source.SERVER ? 1 : 4;
        Settings settings = Settings.parse("N=1&decays=0.5&T=" + length + "&chunk=" + (length == 1 ? 1 : 2));
        assertThat((String) script("return location.hash")).startsWith("#" + settings.query());
        assertThat(all("#matrix .cell[data-j]")).hasSize(length * (length + 1) / 2);
        assertThat(find("#T-value").getText()).isEqualTo(String.valueOf(length));
    }

    @ParameterizedTest
    @EnumSource
    void aLinkLeadsToItsSettings(Source source) {
        show(source, SETTINGS);
        run("location.hash = arguments[0]", "model=rwkv-7&seed=1&T=16&P=1&chunk=8&j=12&i=5&step=3");
        new WebDriverWait(browser(), Duration.ofSeconds(10))
                .until(driver -> texts("#entry-lead sub").equals(List.of("12,5")));
        assertThat(find("#T-value").getText()).isEqualTo("16");
        assertThat(attributes("#step-tabs [aria-selected=true]", "id")).containsExactly("step-3");
        assertThat(all("#step-panel .chunk")).hasSize(2);
        same(
                texts("#product .result b"),
                Exploration.of(Settings.parse("model=rwkv-7&T=16"))
                        .matrix()
                        .matrix()
                        .get(12, 5));
    }

    @Test
    void aServerTakesOwnCutsAndDecaysAndSaysWhatIsWrong() {
        show(Source.SERVER, SETTINGS);
        find("#own-cuts").sendKeys("2, 5, 6", Keys.ENTER);
        awaitSettled();
        assertThat(find("#blocks-lead").getText()).contains("4 chunks: 0–1, 2–4, 5, 6–8");
        new Select(find("#decays")).selectByValue("own");
        awaitSettled();
        WebElement own = find("#own-decays");
        own.clear();
        own.sendKeys("1,1,1,1,0,1,1,1,1", Keys.ENTER);
        awaitSettled();
        same(texts("#product .result b"), 0);

        expectedProblem = true;
        own.clear();
        own.sendKeys("1,1,5", Keys.ENTER);
        new WebDriverWait(browser(), Duration.ofSeconds(10))
                .until(driver -> find("#error").isDisplayed());
        assertThat(find("#error").getText()).isEqualTo("decays: 5 is not in [-1, 1]");
        new Select(find("#decays")).selectByValue("1");
        awaitSettled();
        assertThat(find("#error").isDisplayed()).isFalse();
    }

    @Test
    void theFileAsksNobody() {
        show(Source.FILE, SETTINGS);
        assertThat((String) script("return location.protocol")).isEqualTo("file:");
        assertThat((Long) script("return performance.getEntriesByType('resource').length"))
                .isZero();
        assertThat(find("#seed").isDisplayed()).isFalse();
        assertThat(find("#provenance").getText()).contains("./duality explore");
        show(Source.FILE, "model=hopfield&T=1000&N=x&chunk=77&j=99&i=100");
        assertThat(find("#T-value").getText()).isEqualTo("16");
        assertThat(texts("#entry-lead sub")).containsExactly("15,15");
    }

    // ---- Everyone can use it.

    @ParameterizedTest
    @ValueSource(ints = {320, 360, 768, 1280, 1920})
    void nothingScrollsSideways(int width) {
        device(width, 800);
        for (String settings : List.of(
                SETTINGS + "&step=4",
                "model=log-linear-attention&seed=1&T=16&P=1&chunk=8&j=15&i=0&step=3",
                "model=gla&seed=1&T=16&P=1&chunk=16&j=15&i=0",
                "model=kda&seed=1&T=64&P=4&chunk=8&j=63&i=0&step=2")) {
            show(settings.contains("T=64") ? Source.SERVER : Source.FILE, settings);
            assertThat((Long) script("return document.documentElement.scrollWidth"))
                    .as(settings)
                    .isLessThanOrEqualTo(width);
        }
    }

    /** Everything that does something is reached by Tab, in the order of the page, and shows its focus. */
    @Test
    void tabReachesEverything() {
        show(Source.FILE, SETTINGS);
        run("document.activeElement.blur(); window.scrollTo(0, 0)");
        List<String> reached = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            press(Keys.TAB);
            Object active = script("""
                    const node = document.activeElement;
                    if (node === document.body) return '';
                    const style = getComputedStyle(node);
                    const outlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
                    return (outlined ? '' : 'no outline on ') + (node.id || node.className || node.tagName);""");
            if (active.equals("")) {
                break;
            }
            reached.add((String) active);
        }
        assertThat(reached).noneMatch(name -> name.startsWith("no outline"));
        assertThat(reached)
                .containsSubsequence(
                        "skip",
                        "model",
                        "decays",
                        "T",
                        "N",
                        "chunk",
                        "diagram",
                        "path",
                        "step-1",
                        "next",
                        "rank-cut",
                        "scale-T",
                        "scale-Q");
        assertThat(reached).anyMatch(name -> name.startsWith("cell "));
    }

    /** Every control has a name, every picture a description. */
    @Test
    void everythingHasAName() {
        show(Source.FILE, SETTINGS);
        assertThat((Long) script("""
                return [...document.querySelectorAll('input, select, button')]
                    .filter(node => !node.hidden && !(node.labels && node.labels.length) && !node.textContent.trim()).length""")).isZero();
        assertThat((Long) script("return document.querySelectorAll('svg[role=img]:not([aria-label])').length"))
                .isZero();
        assertThat((Long) script("return document.querySelectorAll('[role=grid] [role=row]').length"))
                .isEqualTo(10);
        assertThat((Long) script("""
                const ids = [...document.querySelectorAll('[id]')].map(node => node.id);
                return ids.length - new Set(ids).size""")).isZero();
    }

    @Test
    void darkAndLightAreBothLegible() {
        for (String scheme : List.of("light", "dark")) {
            media("prefers-color-scheme", scheme);
            show(Source.FILE, SETTINGS);
            List<Double> contrast = contrasts();
            assertThat(contrast).as(scheme).allMatch(ratio -> ratio >= 4.5);
        }
        media("prefers-color-scheme", "light");
    }

    /** Contrasts of texts with what is behind them (WCAG 2.2, 1.4.3). */
    private static List<Double> contrasts() {
        @SuppressWarnings("unchecked")
        List<Number> ratios = (List<Number>) script("""
                const pixel = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
                const rgba = (colour) => {
                  pixel.clearRect(0, 0, 1, 1);
                  pixel.fillStyle = colour;
                  pixel.fillRect(0, 0, 1, 1);
                  return [...pixel.getImageData(0, 0, 1, 1).data];
                };
                const luminance = ([r, g, b]) => [r, g, b].map(c => c / 255)
                  .map(c => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
                  .reduce((sum, c, k) => sum + c * [0.2126, 0.7152, 0.0722][k], 0);
                const behind = (node) => {
                  for (; node; node = node.parentElement) {
                    const colour = rgba(getComputedStyle(node).backgroundColor);
                    if (colour[3] === 255) return colour;
                  }
                  return [255, 255, 255];
                };
                const selectors = ['header p', 'h1', 'h2', '.hint', '.control label', '.cell[data-j]', '.head', '.chip b',
                  '.chip > span', '#step-tabs button', '.costs th', '#kind', 'footer p', '.lead'];
                return selectors.flatMap(selector => [...document.querySelectorAll(selector)]).map(node => {
                  const [a, b] = [luminance(rgba(getComputedStyle(node).color)), luminance(behind(node))];
                  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
                });""");
        return ratios.stream().map(Number::doubleValue).toList();
    }

    @Test
    void nothingMovesForThoseWhoDoNotWantIt() {
        media("prefers-reduced-motion", "reduce");
        show(Source.FILE, SETTINGS);
        assertThat((String) script("return getComputedStyle(document.querySelector('.factor')).transitionProperty"))
                .isEqualTo("none");
        media("prefers-reduced-motion", "no-preference");
    }
}
