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
        String[] blocks;
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {classes.toUri().toURL()}, ReadmeTest.class.getClassLoader())) {
            Method main = loader.loadClass("Example").getMethod("main", String[].class);
            blocks = printedBy(main).strip().split("\\n(?=Type)", -1);
        }
        assertThat(blocks).hasSize(4);
        // By hand: M_ji = a_j … a_{i+1} C_j·B_i.
        assertThat(blocks[0]).containsPattern("1\\.0+E\\+00|1");
        assertThat(blocks[1]).isEqualTo(blocks[2]).isEqualTo(blocks[3]);
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
        try (Stream<Path> pages = Stream.concat(
                Stream.of(ROOT.resolve("README.md"), ROOT.resolve("benchmarks/README.md")),
                Files.list(ROOT.resolve("docs")).filter(page -> page.toString().endsWith(".md")))) {
            for (Path page : pages.toList()) {
                Matcher matcher = link.matcher(Files.readString(page));
                while (matcher.find()) {
                    assertThat(page.resolveSibling(matcher.group(1))).exists();
                }
            }
        }
    }

    private static String firstMatch(String pattern, String text) {
        Matcher matcher = Pattern.compile(pattern, Pattern.DOTALL).matcher(text);
        assertThat(matcher.find()).as(pattern).isTrue();
        return matcher.group(1);
    }
}
