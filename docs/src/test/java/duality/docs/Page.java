package duality.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * A page of the documentation and the code it shows. Its {@code java} listings are compiled together, each a
 * compilation unit of its own, and the class {@code Example} is run.
 *
 * @param text Markdown
 */
record Page(String text) {
    /** The root of the project. */
    static final Path ROOT = Path.of("").toAbsolutePath().getParent();

    private static final Pattern DECLARATION =
            Pattern.compile("^(?:public )?(?:record|class|interface|enum) (\\w+)", Pattern.MULTILINE);

    /** A page by its place below the root of the project. */
    static Page at(String path) throws IOException {
        return new Page(Files.readString(ROOT.resolve(path)));
    }

    /** The listings in a language, in order. */
    List<String> listings(String language) {
        return Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
                .matcher(text)
                .results()
                .map(listing -> listing.group(1))
                .toList();
    }

    /** Compiles the {@code java} listings into a folder and returns what {@code Example.main} prints. */
    String run(Path classes, String... arguments) throws ReflectiveOperationException, IOException {
        compile(classes);
        PrintStream before = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {classes.toUri().toURL()}, Page.class.getClassLoader())) {
            System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
            loader.loadClass("Example").getMethod("main", String[].class).invoke(null, (Object) arguments);
        } finally {
            System.setOut(before);
        }
        return printed.toString(StandardCharsets.UTF_8);
    }

    private void compile(Path classes) {
        Map<String, String> units = new LinkedHashMap<>();
        listings("java").forEach(code -> units.put(name(code), code));
        compile(classes, units);
    }

    /** Compiles compilation units, by the names of their classes, into a folder. */
    static void compile(Path classes, Map<String, String> units) {
        StringWriter problems = new StringWriter();
        boolean compiled = ToolProvider.getSystemJavaCompiler()
                .getTask(
                        new PrintWriter(problems),
                        null,
                        null,
                        List.of("-d", classes.toString(), "-cp", System.getProperty("java.class.path")),
                        null,
                        units.entrySet().stream()
                                .map(unit -> unit(unit.getKey(), unit.getValue()))
                                .toList())
                .call();
        assertThat(compiled).as(problems.toString()).isTrue();
    }

    private static String name(String code) {
        return DECLARATION
                .matcher(code)
                .results()
                .findFirst()
                .map((MatchResult declaration) -> declaration.group(1))
                .orElseThrow();
    }

    private static JavaFileObject unit(String name, String code) {
        return new SimpleJavaFileObject(URI.create("string:///" + name + ".java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return code;
            }
        };
    }
}
