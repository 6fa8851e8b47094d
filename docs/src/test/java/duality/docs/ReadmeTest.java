package duality.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Method;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the documentation shows is true: code compiles and runs, figures are what the library draws, links lead somewhere. */
class ReadmeTest {
    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();

    @Test
    void theExampleRunsAndItsThreeFormsAgree(@TempDir Path classes) throws Exception {
        String code = firstMatch("```java\n(.*?)```", Files.readString(ROOT.resolve("README.md")));
        compile(code, classes);
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {classes.toUri().toURL()}, ReadmeTest.class.getClassLoader())) {
            String printed = printedBy(loader.loadClass("Example").getMethod("main", String[].class));
            // M_ji = a_j … a_{i+1} C_j·B_i, by hand, and three times the same y.
            assertThat(entries(printed))
                    .containsExactly(
                            1, 0, 0, 0, 0.5, 0, 0, 0, 0, 0.5, 1, 0, 0, 0, 0, 2, 1, 0.5, 4, 8, 1, 0.5, 4, 8, 1, 0.5, 4,
                            8);
        }
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

    private static void compile(String code, Path classes) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter problems = new StringWriter();
        boolean compiled = compiler.getTask(
                        new PrintWriter(problems),
                        null,
                        null,
                        List.of("-d", classes.toString(), "-cp", System.getProperty("java.class.path")),
                        null,
                        List.of(
                                new SimpleJavaFileObject(
                                        URI.create("string:///Example.java"), javax.tools.JavaFileObject.Kind.SOURCE) {
                                    @Override
                                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                                        return code;
                                    }
                                }))
                .call();
        assertThat(compiled).as(problems.toString()).isTrue();
    }

    private static String printedBy(Method main) throws ReflectiveOperationException {
        PrintStream before = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            main.invoke(null, (Object) new String[0]);
        } finally {
            System.setOut(before);
        }
        return printed.toString(StandardCharsets.UTF_8);
    }

    @Test
    void theFigureIsWhatTheLibraryDraws() throws IOException {
        assertThat(Files.readString(ROOT.resolve("docs/figures/blocks.svg"))).isEqualTo(duality.cli.Figures.blocks());
    }

    @Test
    void linksBetweenFilesLeadSomewhere() throws IOException {
        Pattern link = Pattern.compile("\\]\\((?!https?:)([^)#]+)");
        List<Path> pages = new ArrayList<>(List.of(ROOT.resolve("README.md"), ROOT.resolve("benchmarks/README.md")));
        try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
            docs.filter(page -> page.toString().endsWith(".md")).forEach(pages::add);
        }
        for (Path page : pages) {
            Matcher matcher = link.matcher(Files.readString(page));
            while (matcher.find()) {
                assertThat(page.resolveSibling(matcher.group(1))).exists();
            }
        }
    }

    private static String firstMatch(String pattern, String text) {
        Matcher matcher = Pattern.compile(pattern, Pattern.DOTALL).matcher(text);
        assertThat(matcher.find()).as(pattern).isTrue();
        return matcher.group(1);
    }
}
