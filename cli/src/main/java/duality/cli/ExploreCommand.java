package duality.cli;

import duality.errors.Fault;
import duality.errors.ValueException;
import duality.explorer.ExplorerPage;
import duality.explorer.ExplorerServer;
import duality.tensor.AtomicFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code explore}: the explorer, served or as a file. */
@Command(
        name = "explore",
        sortOptions = false,
        description = "Look at a sequence model in a browser: matrix, ranks, recurrence, attention, blocks, costs.",
        footer = {
            "",
            "Serves a page on this machine alone, until Ctrl+C. With --export, writes a page that needs no server and"
                    + " holds a choice of settings."
        })
final class ExploreCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli's
    private CommandSpec spec;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "2405",
            description = "Where to serve; 0 is any free port. Default: ${DEFAULT-VALUE}.")
    private int port;

    @Option(names = "--export", paramLabel = "FILE", description = "Write the page to a file instead.")
    private @Nullable Path export;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        if (export != null) {
            AtomicFile.write(export, ExplorerPage.exported());
            out.println(export);
            return Main.DONE;
        }
        if (port < 0 || port > 65535) {
            throw new ValueException(Fault.OUT_OF_RANGE, "--port " + port + ": must be 0 to 65535");
        }
        try (ExplorerServer server = ExplorerServer.start(port)) {
            out.println(server.address() + "  (Ctrl+C ends it)");
            out.flush();
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Main.DONE;
    }
}
