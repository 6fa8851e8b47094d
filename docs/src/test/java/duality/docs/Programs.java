package duality.docs;

import static org.assertj.core.api.Assertions.assertThat;

import duality.cli.Main;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The Java listings of all pages, compiled together; and what pages show that can be run. */
final class Programs {
    /** Where everything runs, as a reader would in a folder of theirs: the tests' working directory. */
    static final Path FOLDER = Path.of("").toAbsolutePath();

    private final Path classes;

    private Programs(Path classes) {
        this.classes = classes;
    }

    /** Compiles the listings of pages. Each is a file; no two pages have files of the same name. */
    static Programs compile(List<Page> pages) throws IOException {
        Map<String, String> files = new TreeMap<>();
        for (Page page : pages) {
            for (Page.Listing listing : page.listings()) {
                if (listing.language().equals("java")) {
                    assertThat(files.put(listing.javaName(), listing.code()))
                            .as("%s: a second %s.java", page, listing.javaName())
                            .isNull();
                }
            }
        }
        Path classes = Files.createDirectories(FOLDER.resolve("classes"));
        Page.compile(classes, files);
        return new Programs(classes);
    }

    /** Whether a listing has a main method. */
    static boolean isProgram(Page.Listing listing) {
        return listing.code().contains("void main(");
    }

    /** What the main method of a class prints. */
    String run(String name, String... arguments) throws Exception {
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {classes.toUri().toURL()}, Programs.class.getClassLoader())) {
            Class<?> type = loader.loadClass(name);
            Method main = Arrays.stream(type.getDeclaredMethods())
                    .filter(method -> method.getName().equals("main"))
                    .findFirst()
                    .orElseThrow();
            main.setAccessible(true);
            Object receiver = null;
            if (!Modifier.isStatic(main.getModifiers())) {
                Constructor<?> constructor = type.getDeclaredConstructor();
                constructor.setAccessible(true);
                receiver = constructor.newInstance();
            }
            PrintStream before = System.out;
            ByteArrayOutputStream printed = new ByteArrayOutputStream();
            try {
                System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
                Object _ = main.getParameterCount() == 0
                        ? main.invoke(receiver)
                        : main.invoke(receiver, (Object) arguments);
            } catch (InvocationTargetException e) {
                throw new AssertionError(name + " throws", e.getCause());
            } finally {
                System.setOut(before);
            }
            return printed.toString(StandardCharsets.UTF_8);
        }
    }

    /** What a command of the launcher prints: {@code java} runs a listing, the others are Duality's. */
    String launch(List<String> arguments) throws Exception {
        if (arguments.getFirst().equals("java")) {
            return run(
                    arguments.get(1).replaceFirst("\\.java$", ""),
                    arguments.subList(2, arguments.size()).toArray(String[]::new));
        }
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.run(new PrintWriter(out), new PrintWriter(err), arguments.toArray(String[]::new));
        assertThat(code).as("%s: %s", arguments, err).isEqualTo(Main.DONE);
        return out.toString();
    }

    /** What a Python program prints; one that needs PyTorch is only parsed, and prints nothing. */
    static String python(String interpreter, String code) throws Exception {
        Path file = Files.writeString(Files.createTempFile(FOLDER, "listing", ".py"), code);
        String parse = "import ast, sys; ast.parse(open(sys.argv[1]).read())";
        try {
            Result result = code.contains("import torch")
                    ? run(List.of(interpreter, "-c", parse, file.toString()))
                    : run(List.of(interpreter, file.toString()));
            assertThat(result.code()).as(result.printed()).isZero();
            return result.printed();
        } finally {
            Files.delete(file);
        }
    }

    /** The Python that has NumPy, if there is one. */
    static Optional<String> python() throws Exception {
        for (String name : List.of("python3", "python")) {
            if (isThere(name) && run(List.of(name, "-c", "import numpy")).code() == 0) {
                return Optional.of(name);
            }
        }
        return Optional.empty();
    }

    private static boolean isThere(String command) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator, -1))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, command)));
    }

    private record Result(int code, String printed) {}

    private static Result run(List<String> command) throws Exception {
        Process process = new ProcessBuilder(command)
                .directory(FOLDER.toFile())
                .redirectErrorStream(true)
                .start();
        try {
            String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
            return new Result(process.exitValue(), printed);
        } finally {
            process.destroyForcibly();
        }
    }
}
