package duality.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import duality.cli.CommandLines;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What the pages show is run. A {@code java} listing is a file, and all of them are compiled. A program, the {@code
 * sh} and the {@code python} listings of a page are run in order, and a {@code text} listing is what the one before it
 * prints, but for {@code …}, which stands for anything.
 */
class GuideTest {
    /** Commands that are run where they are shown; of the others it is checked that they would be understood. */
    private static final Set<String> QUICK = Set.of("java", "draw", "run", "classify", "info");

    private static final Set<String> LANGUAGES = Set.of("java", "sh", "python", "text", "math");
    private static final Pattern RUN_BY_HAND = Pattern.compile("\\./duality java (\\w+)\\.java");

    private static List<Page> pages;
    private static Programs programs;
    private static Optional<String> python;

    @BeforeAll
    static void compile() throws Exception {
        pages = Page.all();
        programs = Programs.compile(pages);
        python = Programs.python();
    }

    private static Stream<DynamicTest> eachPage(Predicate<Page> has, Check check) {
        return pages.stream().filter(has).map(page -> DynamicTest.dynamicTest(page.path(), () -> check.of(page)));
    }

    private interface Check {
        void of(Page page) throws Exception;
    }

    /** The sheets of exercises show no programs, but what programs print that their own test runs. */
    private static boolean isRun(Page page) {
        return !page.path().startsWith("docs/exercises/") && shows(page, "java", "sh", "python");
    }

    private static boolean shows(Page page, String... languages) {
        return page.listings().stream().anyMatch(listing -> List.of(languages).contains(listing.language()));
    }

    @TestFactory
    Stream<DynamicTest> whatIsShownRunsAndPrintsWhatIsSaid() {
        return eachPage(page -> isRun(page) && !shows(page, "python"), GuideTest::run);
    }

    @TestFactory
    Stream<DynamicTest> whatIsShownInPythonToo() {
        return eachPage(page -> isRun(page) && shows(page, "python"), page -> {
            assumeTrue(python.isPresent(), "no Python with NumPy here, so " + page + " is not run");
            run(page);
        });
    }

    private static void run(Page page) throws Exception {
        Set<String> byHand = page.listings("sh").stream()
                .flatMap(code -> RUN_BY_HAND.matcher(code).results())
                .map(program -> program.group(1))
                .collect(Collectors.toSet());
        String printed = null;
        for (Page.Listing listing : page.listings()) {
            switch (listing.language()) {
                case "java" -> {
                    boolean here = Programs.isProgram(listing) && !byHand.contains(listing.javaName());
                    printed = here ? programs.run(listing.javaName()) : null;
                }
                case "sh" -> printed = shell(listing.code());
                case "python" -> printed = Programs.python(python.orElseThrow(), listing.code());
                case "text" -> {
                    assertThat(printed)
                            .as("what prints this?\n%s", listing.code())
                            .isNotNull();
                    assertThat(trimmed(printed)).matches(pattern(trimmed(listing.code())));
                    printed = null;
                }
                default -> {}
            }
        }
    }

    /** What the commands print; null if some are not run. */
    private static String shell(String code) throws Exception {
        StringBuilder printed = new StringBuilder();
        boolean all = true;
        for (List<String> command : commands(code)) {
            if (QUICK.contains(command.getFirst())) {
                printed.append(programs.launch(command));
            } else {
                all = false;
            }
        }
        return all ? printed.toString() : null;
    }

    /** Without white space at the end of lines, which editors take away. */
    private static String trimmed(String text) {
        return text.lines()
                .map(String::stripTrailing)
                .collect(Collectors.joining("\n"))
                .stripTrailing();
    }

    private static Pattern pattern(String expected) {
        return Pattern.compile(
                Stream.of(expected.split("…", -1)).map(Pattern::quote).collect(Collectors.joining(".*?")),
                Pattern.DOTALL);
    }

    /** The arguments of the launcher's calls in a shell listing. */
    private static List<List<String>> commands(String code) {
        return code.replace("\\\n", " ")
                .lines()
                .map(String::strip)
                .filter(line -> line.startsWith("./duality "))
                .map(GuideTest::words)
                .toList();
    }

    private static List<String> words(String command) {
        return List.of(command.replaceFirst(" +#.*$", "")
                .strip()
                .replaceFirst("^\\./duality +", "")
                .split(" +", -1));
    }

    /** Every command that a page names is one that the launcher has, with the options that it has. */
    @TestFactory
    Stream<DynamicTest> commandsExist() throws IOException {
        String launcher = Files.readString(Page.ROOT.resolve("duality"));
        return eachPage(_ -> true, page -> {
            List<List<String>> commands = new ArrayList<>();
            page.listings("sh").forEach(code -> commands.addAll(commands(code)));
            page.inlineCode().stream()
                    .map(code -> code.replaceAll("\\s+", " "))
                    .filter(code -> code.startsWith("./duality "))
                    .forEach(code -> commands.add(words(code)));
            for (List<String> command : commands) {
                if (!launcher.contains("\"${1-}\" = " + command.getFirst() + " ]")) {
                    assertThatCode(() -> CommandLines.parse(command.toArray(String[]::new)))
                            .as("./duality %s", String.join(" ", command))
                            .doesNotThrowAnyException();
                }
            }
        });
    }

    /** Code that has another language, or none, would be checked by nobody. */
    @Test
    void listingsAreInLanguagesThatAreChecked() {
        for (Page page : pages) {
            for (Page.Listing listing : page.listings()) {
                if (page.path().matches("README\\.md|docs/[^/]*")) {
                    assertThat(LANGUAGES).as("%s:\n%s", page, listing.code()).contains(listing.language());
                }
            }
        }
    }

    /** Code hosts take a backslash before punctuation in the midst of a line for Markdown's own. */
    @Test
    void formulasSurviveCodeHosts() {
        Pattern formula = Pattern.compile("(?<![\\\\$])\\$(?!\\$)([^$]+)\\$");
        for (Page page : pages) {
            formula.matcher(page.plain()).results().forEach(found -> {
                assertThat(found.group(1)).as("%s: %s", page, found.group()).doesNotContainPattern("\\\\[^A-Za-z]");
                assertThat(found.group(1)).as("%s: %s", page, found.group()).doesNotContainPattern("^\\s|\\s$|\\n\\n");
            });
        }
    }
}
