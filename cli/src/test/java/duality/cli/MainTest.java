package duality.cli;

import static org.assertj.core.api.Assertions.assertThat;

import duality.errors.Fault;
import duality.errors.ShapeException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine.Command;

class MainTest {
    /** Throws what it is given. */
    @Command(name = "fail")
    private record Fail(Throwable problem) implements Callable<Integer> {
        @Override
        public Integer call() throws Exception {
            if (problem instanceof Error error) {
                throw error;
            }
            throw (Exception) problem;
        }
    }

    private static CommandRun fail(Throwable problem, String... options) {
        String[] args = Stream.concat(Stream.of("fail"), Stream.of(options)).toArray(String[]::new);
        return CommandRun.of(Main.commandLine().addSubcommand(new Fail(problem)), args);
    }

    @Test
    void printsTheUsage() {
        CommandRun bare = CommandRun.of();
        assertThat(bare.code()).isEqualTo(Main.DONE);
        assertThat(bare.out()).startsWith("Usage: duality ").contains("info", "test", "--verbose");
        assertThat(bare.err()).isEmpty();
        assertThat(CommandRun.of("--help")).isEqualTo(bare);
        assertThat(CommandRun.of("info", "--help").out()).startsWith("Usage: duality info ");
    }

    @Test
    void printsTheVersion() {
        assertThat(CommandRun.of("--version").out()).startsWith("Duality ").hasLineCount(1);
    }

    @Test
    void refusesBadUsageInOneLine() {
        assertThat(CommandRun.of("xyzzy"))
                .isEqualTo(new CommandRun(2, "", "duality: unknown command 'xyzzy'; see ./duality --help\n"));
        assertThat(CommandRun.of("inf").err()).contains("unknown command 'inf' (perhaps info)");
        assertThat(CommandRun.of("--nonsense").err())
                .isEqualTo("duality: Unknown option: '--nonsense'; see ./duality --help\n");
        assertThat(CommandRun.of("info", "--nonsense").err())
                .isEqualTo("duality: Unknown option: '--nonsense'; see ./duality info --help\n");
        assertThat(CommandRun.of("info", "nonsense").code()).isEqualTo(Main.BAD_INPUT);
    }

    static Stream<Arguments> problems() {
        return Stream.of(
                Arguments.of(new CheckFailedException("error 2e-3 > bound 1e-9"), 1, "error 2e-3 > bound 1e-9"),
                Arguments.of(ShapeException.mismatch("x vs dt", "(2, 3)", "(2, 4)"), 2, "x vs dt: (2, 3) vs (2, 4)"),
                Arguments.of(new ShapeException(Fault.WRONG_RANK, "one\n   two"), 2, "one two"),
                Arguments.of(new NoSuchFileException("in.npz"), 2, "no such file: in.npz"),
                Arguments.of(new AccessDeniedException("in.npz"), 2, "permission denied: in.npz"),
                Arguments.of(new NotDirectoryException("in.npz"), 2, "in.npz: NotDirectoryException"),
                Arguments.of(new UncheckedIOException(new IOException("disk full")), 2, "disk full"),
                Arguments.of(new IOException(), 2, "IOException"),
                Arguments.of(
                        new OutOfMemoryError("Java heap space"),
                        2,
                        "out of memory (Java heap space); DUALITY_JAVA_OPTIONS=-Xmx8g would allow 8 GiB"),
                Arguments.of(
                        new IllegalStateException("oops"),
                        2,
                        "a bug in Duality: java.lang.IllegalStateException: oops; --verbose shows where"));
    }

    @ParameterizedTest
    @MethodSource("problems")
    void reportsAProblemInOneLine(Throwable problem, int code, String reason) {
        assertThat(fail(problem)).isEqualTo(new CommandRun(code, "", "duality: " + reason + "\n"));
    }

    @Test
    void showsTheStackTraceOnRequest() {
        CommandRun verbose = fail(new CheckFailedException("too far"), "--verbose");
        assertThat(verbose.code()).isEqualTo(Main.CHECK_FAILED);
        assertThat(verbose.err()).startsWith("duality: too far\n").contains("\tat duality.cli.MainTest");
        assertThat(CommandRun.of("--verbose", "nonsense").err()).contains("\tat picocli.");
    }
}
