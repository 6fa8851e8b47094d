package duality.cli;

import duality.errors.InvalidInputException;
import duality.gpu.CudaException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The command line as a whole: its commands, the options they share, and its exit codes.
 *
 * <p>A command is a {@code Runnable} (or a {@code Callable<Integer>}) with a {@link Command}
 * annotation, listed in {@code subcommands} below. It prints through {@code
 * spec.commandLine().getOut()} and reports failure by throwing.
 */
@Command(
        name = "duality",
        description = "Structured matrices, and the sequence models that are structured matrices.",
        versionProvider = Main.Version.class,
        subcommands = {
            DemoCommand.class,
            RunCommand.class,
            ProveCommand.class,
            ClassifyCommand.class,
            DrawCommand.class,
            ExploreCommand.class,
            BenchCommand.class,
            ShellCommand.class,
            ClassPathCommand.class,
            InfoCommand.class
        },
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "  test  Run the whole test suite, with the quality gates; takes Maven's options.",
            "        With --mutation: run the definitions' tests on mutants of them; takes an hour.",
            "  java  Run a program that uses Duality from its source: java FILE.java.",
            "  site  Build the guide as a site, in target/site; --serve shows it to this machine.",
            "",
            "Exit codes: 0 done; 1 a check failed; 2 bad usage or bad input.",
            "DUALITY_JAVA_OPTIONS holds further options for the JVM, such as -Xmx8g."
        })
public final class Main implements Runnable {
    /** Exit code: what was asked for is done. */
    public static final int DONE = 0;
    /** Exit code: a check failed. */
    public static final int CHECK_FAILED = 1;
    /** Exit code: the usage or the input is wrong, or Duality is. */
    public static final int BAD_INPUT = 2;

    private static final String VERBOSE = "--verbose";

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli's
    private CommandSpec spec;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show this help.")
    @SuppressWarnings("UnusedVariable") // picocli reads the annotation
    private boolean help;

    @Option(names = "--version", versionHelp = true, description = "Show the version.")
    @SuppressWarnings("UnusedVariable") // picocli reads the annotation
    private boolean version;

    @Option(
            names = VERBOSE,
            scope = ScopeType.INHERIT,
            description = "Say which backend runs and why, and show the stack trace of what goes wrong.")
    private boolean verbose;

    private Main() {}

    /** Runs a command and exits with its code. */
    public static void main(String[] args) {
        Locale.setDefault(Locale.Category.FORMAT, Locale.ROOT); // 1.5 is not 1,5 anywhere
        System.exit(run(
                new PrintWriter(System.out, true, System.out.charset()),
                new PrintWriter(System.err, true, System.err.charset()),
                args));
    }

    /**
     * Runs a command within this JVM.
     *
     * @return the exit code
     */
    public static int run(PrintWriter out, PrintWriter err, String... args) {
        return run(commandLine(), out, err, args);
    }

    static CommandLine commandLine() {
        return new CommandLine(new Main());
    }

    static int run(CommandLine line, PrintWriter out, PrintWriter err, String... args) {
        // Not the field: a command line that does not parse leaves that unset.
        boolean verbose = Arrays.asList(args).contains(VERBOSE);
        line.setOut(out)
                .setErr(err)
                .setParameterExceptionHandler((e, ignored) -> report(err, e, verbose))
                .setExecutionExceptionHandler((e, ignored, result) -> report(err, e, verbose));
        try {
            return line.execute(args);
        } catch (Error e) { // picocli hands on exceptions only
            return report(err, e, verbose);
        } finally {
            out.flush();
            err.flush();
        }
    }

    boolean isVerbose() {
        return verbose;
    }

    /** Without a command: the usage. */
    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    private static int report(PrintWriter err, Throwable problem, boolean verbose) {
        // Messages may span lines or hold a file's bytes; the reason is one line all the same.
        err.println("duality: " + reason(problem).strip().replaceAll("\\p{Cntrl}+\\s*", " "));
        if (verbose) {
            problem.printStackTrace(err);
        }
        return problem instanceof CheckFailedException ? CHECK_FAILED : BAD_INPUT;
    }

    private static String reason(Throwable problem) {
        return switch (problem) {
            case UnmatchedArgumentException e when isCommand(e) -> unknownCommand(e);
            case ParameterException e ->
                message(e) + "; see ./" + e.getCommandLine().getCommandSpec().qualifiedName() + " --help";
            case CheckFailedException e -> message(e);
            case InvalidInputException e -> message(e);
            case CudaException e -> message(e);
            case UncheckedIOException e -> reason(Objects.requireNonNull(e.getCause()));
            case NoSuchFileException e -> "no such file: " + e.getFile();
            case AccessDeniedException e -> "permission denied: " + e.getFile();
            case FileAlreadyExistsException e -> "already exists: " + e.getFile();
            case FileSystemException e
            when e.getReason() == null -> message(e) + ": " + e.getClass().getSimpleName();
            case IOException e -> message(e);
            case OutOfMemoryError e ->
                "out of memory (" + e.getMessage() + "); DUALITY_JAVA_OPTIONS=-Xmx8g would allow 8 GiB";
            default -> "a bug in Duality: " + problem + "; " + VERBOSE + " shows where";
        };
    }

    private static String message(Exception e) {
        return Objects.requireNonNullElse(e.getMessage(), e.getClass().getSimpleName());
    }

    private static boolean isCommand(UnmatchedArgumentException e) {
        return e.getCommandLine().getParent() == null
                && !e.getUnmatched().isEmpty()
                && !e.getUnmatched().getFirst().startsWith("-");
    }

    private static String unknownCommand(UnmatchedArgumentException e) {
        String suggestion =
                e.getSuggestions().isEmpty() ? "" : " (perhaps " + String.join(" or ", e.getSuggestions()) + ")";
        return "unknown command '" + e.getUnmatched().getFirst() + "'" + suggestion + "; see ./duality --help";
    }

    /** The version in the jar's manifest. */
    static final class Version implements IVersionProvider {
        static String text() {
            return Objects.requireNonNullElse(Main.class.getPackage().getImplementationVersion(), "(unpackaged)");
        }

        @Override
        public String[] getVersion() {
            return new String[] {"Duality " + text()};
        }
    }
}
