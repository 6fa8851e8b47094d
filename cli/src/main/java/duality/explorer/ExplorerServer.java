package duality.explorer;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import duality.errors.InvalidInputException;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * Serves the explorer to browsers on this machine, and to nobody else: it listens on the loopback address alone, and
 * refuses requests that name another host, with which a page from elsewhere could reach it (DNS rebinding).
 */
public final class ExplorerServer implements AutoCloseable {
    private static final String TEXT = "text/plain; charset=utf-8";

    private final HttpServer server;
    private final ExecutorService threads;
    private final Set<String> hosts;

    private ExplorerServer(HttpServer server, ExecutorService threads) {
        this.server = server;
        this.threads = threads;
        int port = server.getAddress().getPort();
        this.hosts = Set.of("127.0.0.1:" + port, "localhost:" + port);
    }

    /**
     * Starts to serve.
     *
     * @param port 0 for any that is free
     * @throws BindException if the port is in use; the message says so
     */
    public static ExplorerServer start(int port) throws IOException {
        InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        HttpServer http;
        try {
            http = HttpServer.create(new InetSocketAddress(loopback, port), 0);
        } catch (BindException e) {
            BindException clear = new BindException("port " + port
                    + " is in use or not allowed; choose another with --port, or any free one with --port 0");
            clear.initCause(e);
            throw clear;
        }
        ExplorerServer server = new ExplorerServer(http, Executors.newVirtualThreadPerTaskExecutor());
        http.setExecutor(server.threads);
        http.createContext("/", server::answer);
        http.start();
        return server;
    }

    /** Where the page is. */
    public URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
    }

    /** Ends at once. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private record Answer(int status, String type, String body) {}

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            Answer answer = answer(
                    exchange.getRequestMethod(),
                    exchange.getRequestHeaders().getFirst("Host"),
                    exchange.getRequestURI());
            byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
            var headers = exchange.getResponseHeaders();
            headers.set("Content-Type", answer.type());
            headers.set("Content-Security-Policy", ExplorerPage.livePolicy());
            headers.set("X-Content-Type-Options", "nosniff");
            headers.set("Referrer-Policy", "no-referrer");
            headers.set("Cross-Origin-Resource-Policy", "same-origin");
            headers.set("Cache-Control", "no-store");
            if (answer.status() == 405) {
                headers.set("Allow", "GET, HEAD");
            }
            boolean head = exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(answer.status(), head ? -1 : body.length);
            if (!head) {
                exchange.getResponseBody().write(body);
            }
        }
    }

    private Answer answer(String method, @Nullable String host, URI uri) {
        if (host == null || !hosts.contains(host)) {
            return new Answer(403, TEXT, "this is served to " + address() + " only, not to " + host);
        }
        if (!method.equals("GET") && !method.equals("HEAD")) {
            return new Answer(405, TEXT, method + ": only GET is answered");
        }
        String query = Objects.requireNonNullElse(uri.getRawQuery(), "");
        try {
            return switch (uri.getPath()) {
                case "/" -> new Answer(200, "text/html; charset=utf-8", ExplorerPage.live());
                case "/exploration" -> json(Exploration.of(Settings.parse(query)));
                case "/scale" -> json(ScaleQuery.parse(query).counts());
                default -> new Answer(404, TEXT, "nothing at " + uri.getPath() + "; there are /, /exploration, /scale");
            };
        } catch (InvalidInputException e) {
            return new Answer(400, TEXT, String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            return new Answer(500, TEXT, "a bug in Duality: " + e);
        }
    }

    private static Answer json(Object value) {
        return new Answer(200, "application/json; charset=utf-8", Json.of(value));
    }
}
