package duality.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** A command run within this JVM: its exit code and what it printed. */
record CommandRun(int code, String out, String err) {
    static CommandRun of(String... arguments) {
        return of(Main.commandLine(), arguments);
    }

    static CommandRun of(CommandLine line, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Main.run(line, new PrintWriter(out), new PrintWriter(err), arguments);
        return new CommandRun(code, out.toString(), err.toString());
    }
}
