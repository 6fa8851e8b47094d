package duality.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * A page of the documentation.
 *
 * @param path below the root of the project, with slashes
 * @param text Markdown
 */
record Page(String path, String text) {
    /** The root of the project. */
    static final Path ROOT = root();

    private static final Pattern LISTING =
            Pattern.compile("^ *```(\\w*)[^\\n]*\\n(.*?)^ *```$", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern HEADING = Pattern.compile("^#+ (.*)$", Pattern.MULTILINE);
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");
    private static final Pattern LINK = Pattern.compile("(!?)\\[([^\\]]*)\\]\\(([^)\\s]+)\\)");
    private static final Pattern FILE_NAME = Pattern.compile("\\A// (\\w+)\\.java\\n");
    private static final Pattern DECLARATION =
            Pattern.compile("^(?:public )?(?:final )?(?:record|class|interface|enum) (\\w+)", Pattern.MULTILINE);

    /**
     * Code or output that a page shows.
     *
     * @param language of the fence
     * @param code what is between the fences
     */
    record Listing(String language, String code) {
        /** The file that a Java listing is: as its first line says, or as its first type does. */
        String javaName() {
            return first(FILE_NAME.matcher(code))
                    .or(() -> first(DECLARATION.matcher(code)))
                    .orElseThrow(() -> new AssertionError("no name for the file of this listing:\n" + code));
        }

        private static Optional<String> first(Matcher matcher) {
            return matcher.results().map((MatchResult found) -> found.group(1)).findFirst();
        }
    }

    /**
     * A link or a picture.
     *
     * @param picture whether it is a picture
     * @param text what it says
     * @param file what it leads to, as written; empty for the page itself
     * @param anchor behind the file, or empty
     */
    record Link(boolean picture, String text, String file, String anchor) {}

    private static Path root() {
        String root = System.getProperty("maven.multiModuleProjectDirectory");
        return root == null ? Path.of("").toAbsolutePath().getParent() : Path.of(root);
    }

    /** A page by its place below the root of the project. */
    static Page at(String path) throws IOException {
        return new Page(path, Files.readString(ROOT.resolve(path)));
    }

    /** Every page: those in {@code docs}, and the README of the project and of its modules. */
    static List<Page> all() throws IOException {
        List<Page> pages = new ArrayList<>();
        for (String readme : List.of("README.md", "CONTRIBUTING.md", "benchmarks/README.md", "gpu-backend/README.md")) {
            pages.add(at(readme));
        }
        try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
            docs.map(file -> ROOT.relativize(file).toString().replace('\\', '/'))
                    .filter(file -> file.endsWith(".md") && !file.matches("docs/(site|target|src)/.*|.*/target/.*"))
                    .sorted()
                    .forEach(file -> {
                        try {
                            pages.add(at(file));
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    });
        }
        return pages;
    }

    /** The listings, in order. */
    List<Listing> listings() {
        return LISTING.matcher(text)
                .results()
                .map(listing -> new Listing(listing.group(1), listing.group(2)))
                .toList();
    }

    /** What the listings in a language hold, in order. */
    List<String> listings(String language) {
        return listings().stream()
                .filter(listing -> listing.language().equals(language))
                .map(Listing::code)
                .toList();
    }

    /** Compiles Java files, by their names without {@code .java}, into a folder. */
    static void compile(Path classes, Map<String, String> files) {
        StringWriter problems = new StringWriter();
        boolean compiled = ToolProvider.getSystemJavaCompiler()
                .getTask(
                        new PrintWriter(problems),
                        null,
                        null,
                        List.of("-d", classes.toString(), "-cp", System.getProperty("java.class.path")),
                        null,
                        files.entrySet().stream()
                                .map(file -> file(file.getKey(), file.getValue()))
                                .toList())
                .call();
        assertThat(compiled).as(problems.toString()).isTrue();
    }

    private static JavaFileObject file(String name, String code) {
        return new SimpleJavaFileObject(URI.create("string:///" + name + ".java"), JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return code;
            }
        };
    }

    private String prose() {
        return LISTING.matcher(text).replaceAll("");
    }

    /** What stands between backquotes outside listings. */
    List<String> inlineCode() {
        return CODE.matcher(prose()).results().map(code -> code.group(1)).toList();
    }

    /** The text outside listings and without inline code. */
    String plain() {
        return CODE.matcher(prose()).replaceAll("");
    }

    /** The links and pictures. */
    List<Link> links() {
        return LINK.matcher(CODE.matcher(prose()).replaceAll("code"))
                .results()
                .map(link -> {
                    String target = link.group(3);
                    int hash = target.indexOf('#');
                    return new Link(
                            !link.group(1).isEmpty(),
                            link.group(2),
                            hash < 0 ? target : target.substring(0, hash),
                            hash < 0 ? "" : target.substring(hash + 1));
                })
                .toList();
    }

    /** The anchors of headings, as code hosts make them. */
    List<String> anchors() {
        return HEADING.matcher(prose())
                .results()
                .map(heading -> heading.group(1)
                        .strip()
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N}\\p{M}\\s_-]", "")
                        .replaceAll("\\s", "-"))
                .toList();
    }

    @Override
    public String toString() {
        return path;
    }
}
