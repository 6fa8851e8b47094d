package duality.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShellCommandTest {
    private static final Path ROOT = Path.of("..");

    /** In a JVM of its own, as the launcher starts it, with an input that is no terminal. */
    @Test
    void runsFilesThenTheInput(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("first.jsh"), """
                var k = EjmlBlocks.INSTANCE;
                Step<org.ejml.data.DMatrixRMaj> step = Step.of(k, k.identity(1), k.ones(1, 1), k.ones(1, 1));
                IO.println(duality.kernels.Simd.description());
                """);
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dstdout.encoding=UTF-8",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "shell",
                        file.toString())
                .redirectErrorStream(true)
                .start();
        try (var input = process.outputWriter(StandardCharsets.UTF_8)) {
            input.write("""
                    1 + 1
                    IO.println(k.multiply(step.input(), step.readout()).get(0, 0))
                    nonsense
                    /exit 3
                    """);
        }
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(printed).isEqualTo(3);
        List<String> lines = printed.lines().toList();
        assertThat(lines.getFirst()).as("the vector module is there").contains(" bits: ");
        assertThat(lines.get(1)).isEqualTo("1.0");
        assertThat(printed).contains("cannot find symbol", "nonsense");
    }

    @Test
    void saysWhatFileIsMissing() {
        assertThat(CommandRun.of("shell", "no.jsh"))
                .isEqualTo(new CommandRun(2, "", "duality: no such file: no.jsh\n"));
    }

    @Test
    void importsEveryPublicPackage() throws IOException {
        assertThat(ShellCommand.PACKAGES)
                .containsExactlyElementsOf(sources()
                        .map(ShellCommandTest::packageOf)
                        .filter(name -> !name.equals("duality.cli"))
                        .distinct()
                        .sorted()
                        .toList());
    }

    /** Names of types that two packages share would mean nothing. */
    @Test
    void everyNameMeansSomething() throws IOException {
        Map<String, List<Path>> types = sources()
                .collect(Collectors.groupingBy(file -> file.getFileName().toString()));
        assertThat(types.entrySet().stream()
                        .filter(type -> type.getValue().size() > 1)
                        .map(type -> type.getKey().replace(".java", "")))
                .containsExactlyInAnyOrderElementsOf(ShellCommand.PREFERRED.stream()
                        .map(name -> name.substring(name.lastIndexOf('.') + 1))
                        .toList());
    }

    @Test
    void printsTheClassPath() {
        assertThat(CommandRun.of("class-path"))
                .isEqualTo(new CommandRun(0, System.getProperty("java.class.path") + "\n", ""));
    }

    private static String packageOf(Path file) {
        String path = file.toString().replace('\\', '/');
        String folder = "src/main/java/";
        return path.substring(path.indexOf(folder) + folder.length(), path.lastIndexOf('/'))
                .replace('/', '.');
    }

    /** The files of the public types of all modules but the benchmarks. */
    private static Stream<Path> sources() throws IOException {
        List<Path> files;
        try (Stream<Path> all =
                Files.find(ROOT, 12, (file, _) -> file.toString().endsWith(".java"))) {
            files = all.filter(file -> file.toString()
                            .replace('\\', '/')
                            .matches(".*/(?!benchmarks/)[a-z-]+/src/main/java/duality/.*"))
                    .filter(file -> !file.toString().contains("internal"))
                    .toList();
        }
        return files.stream().filter(file -> {
            try {
                return Files.readString(file).lines().anyMatch(line -> line.startsWith("public "));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }
}
