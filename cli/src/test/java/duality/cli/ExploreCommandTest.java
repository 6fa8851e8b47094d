package duality.cli;

import static org.assertj.core.api.Assertions.assertThat;

import duality.explorer.ExplorerPage;
import duality.explorer.ExplorerServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExploreCommandTest {
    @Test
    void exportsThePage(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("explorer.html");
        assertThat(CommandRun.of("explore", "--export", file.toString()))
                .isEqualTo(new CommandRun(Main.DONE, file + System.lineSeparator(), ""));
        assertThat(Files.readString(file)).isEqualTo(ExplorerPage.exported());
        assertThat(CommandRun.of(
                                "explore",
                                "--export",
                                folder.resolve("no/where.html").toString())
                        .err())
                .contains("no such file");
    }

    @Test
    void servesUntilItIsInterrupted() throws Exception {
        StringWriter out = new StringWriter();
        AtomicInteger code = new AtomicInteger(-1);
        Thread command = new Thread(() -> code.set(
                Main.run(new PrintWriter(out), new PrintWriter(new StringWriter()), "explore", "--port", "0")));
        command.start();
        for (int i = 0; i < 600 && !out.toString().contains("\n"); i++) {
            Thread.sleep(Duration.ofMillis(50));
        }
        assertThat(out.toString()).matches("http://127\\.0\\.0\\.1:[0-9]+/  \\(Ctrl\\+C ends it\\)\\R");
        URI address = URI.create(out.toString().split(" ", -1)[0]);
        try (var page = address.toURL().openStream()) {
            assertThat(new String(page.readAllBytes(), StandardCharsets.UTF_8)).contains("Duality explorer");
        }
        command.interrupt();
        command.join(Duration.ofSeconds(20));
        assertThat(code).hasValue(Main.DONE);
    }

    @Test
    void refusesAPortThatIsInUseOrNone() throws IOException {
        try (ExplorerServer server = ExplorerServer.start(0)) {
            String port = String.valueOf(server.address().getPort());
            CommandRun run = CommandRun.of("explore", "--port", port);
            assertThat(run.code()).isEqualTo(Main.BAD_INPUT);
            assertThat(run.err())
                    .startsWith("duality: port " + port + " is in use")
                    .contains("--port 0");
        }
        assertThat(CommandRun.of("explore", "--port", "70000").err()).contains("--port 70000: must be 0 to 65535");
        assertThat(CommandRun.of("explore", "--port", "http").code()).isEqualTo(Main.BAD_INPUT);
    }
}
