package duality.cli;

import picocli.CommandLine;

/** What the command line takes, for those who write about it. */
public final class CommandLines {
    private CommandLines() {}

    /**
     * Parses a command without running it.
     *
     * @throws CommandLine.ParameterException if there is no such command or option, or an option that it needs is missing
     */
    public static void parse(String... arguments) {
        CommandLine.ParseResult _ = Main.commandLine().parseArgs(arguments);
    }
}
