package duality.explorer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExplorerServerTest {
    @SuppressWarnings("NullAway.Init") // JUnit's
    private ExplorerServer server;

    @BeforeEach
    void start() throws IOException {
        server = ExplorerServer.start(0);
    }

    @AfterEach
    void close() {
        server.close();
    }

    private record Answer(int status, String head, String body) {}

    private int port() {
        return server.address().getPort();
    }

    /** By hand, since clients do not let one lie about the host. */
    private Answer send(String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port())) {
            socket.getOutputStream()
                    .write((request + "\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            String all = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int end = all.indexOf("\r\n\r\n");
            return new Answer(Integer.parseInt(all.substring(9, 12)), all.substring(0, end), all.substring(end + 4));
        }
    }

    private Answer get(String path) throws IOException {
        return send("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port());
    }

    @Test
    void servesThePage() throws IOException {
        Answer page = get("/");
        assertThat(page.status()).isEqualTo(200);
        assertThat(page.body()).isEqualTo(ExplorerPage.live());
        assertThat(page.head())
                .containsIgnoringCase("Content-Type: text/html; charset=utf-8")
                .containsIgnoringCase("Content-Security-Policy: " + ExplorerPage.livePolicy())
                .containsIgnoringCase("X-Content-Type-Options: nosniff")
                .containsIgnoringCase("Cross-Origin-Resource-Policy: same-origin")
                .doesNotContainIgnoringCase("Access-Control");
        Answer head = send("HEAD / HTTP/1.1\r\nHost: localhost:" + port());
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
    }

    @Test
    void answersAnySettings() throws IOException {
        ObjectMapper json = new ObjectMapper();
        String query = "model=scalar-ssm&N=3&decays=0.5,1,1,0,.25&seed=4&T=5&P=2&cuts=1,4";
        Answer answer = get("/exploration?" + query);
        assertThat(answer.status()).isEqualTo(200);
        Exploration expected = Exploration.of(Settings.parse(query));
        JsonNode tree = json.readTree(answer.body());
        assertThat(tree).isEqualTo(json.readTree(Json.of(expected)));
        assertThat(tree.at("/matrix/matrix/4/2").doubleValue())
                .isEqualTo(expected.matrix().matrix().get(4, 2));
        assertThat(tree.at("/matrix/steps/3/scalar").doubleValue()).isZero();
        assertThat(tree.at("/blocks/boundaries")).hasToString("[0,1,4,5]");

        Answer scale = get("/scale?N=16&P=32&Q=64");
        assertThat(json.readTree(scale.body()).at("/12/block/operations").longValue())
                .isEqualTo(new ScaleQuery(16, 32, 64).counts().get(12).block().operations());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/exploration?T=0 | 400 | T = 0: must be from 1 to 64",
                "/exploration?model=%3Cscript%3E | 400 | no model '%3Cscript%3E'",
                "/exploration?what | 400 | no parameter 'what'",
                "/exploration?T=9&cuts=9 | 400 | lie inside (0, 9)",
                "/scale?N=0 | 400 | N = 0: must be from 1 to 1024",
                "/scale?Q=2000 | 400 | Q = 2000",
                "/scale?T=5 | 400 | no parameter 'T=5'",
                "/favicon.ico | 404 | nothing at /favicon.ico",
                "/exploration/ | 404 | nothing at /exploration/",
                "/../pom.xml | 404 | nothing at",
            })
    void saysWhatIsWrong(String path, int status, String message) throws IOException {
        Answer answer = get(path);
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.head()).containsIgnoringCase("Content-Type: text/plain");
        assertThat(answer.body()).contains(message);
    }

    /** A name of somebody else's that leads here. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "evil.example:PORT",
                "127.0.0.1",
                "localhost:1",
                "127.0.0.1.evil.example:PORT",
                "[::1]:PORT",
                ""
            })
    void refusesForeignHosts(String host) throws IOException {
        Answer answer = send("GET / HTTP/1.1\r\nHost: " + host.replace("PORT", String.valueOf(port())));
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.body()).startsWith("this is served to http://127.0.0.1:" + port() + "/ only");
    }

    @Test
    void refusesRequestsWithoutAHost() throws IOException {
        assertThat(send("GET / HTTP/1.0").status()).isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS"})
    void answersGetOnly(String method) throws IOException {
        Answer answer = send(method + " / HTTP/1.1\r\nContent-Length: 0\r\nHost: 127.0.0.1:" + port());
        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.head()).containsIgnoringCase("Allow: GET, HEAD");
    }

    @Test
    void listensToThisMachineAlone() throws IOException {
        List<InetAddress> others = Collections.list(NetworkInterface.getNetworkInterfaces()).stream()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(address -> !address.isLoopbackAddress())
                .toList();
        for (InetAddress address : others) {
            assertThatThrownBy(() -> new Socket(address, port()).close())
                    .as(address.toString())
                    .isInstanceOf(IOException.class);
        }
        new Socket(InetAddress.getLoopbackAddress(), port()).close();
    }

    @Test
    void saysThatAPortIsInUse() {
        assertThatThrownBy(() -> ExplorerServer.start(port()).close())
                .isInstanceOf(BindException.class)
                .hasMessageContaining("port " + port() + " is in use");
    }

    @Test
    void endsAtOnce() {
        server.close();
        assertThatThrownBy(() -> get("/")).isInstanceOf(ConnectException.class);
    }
}
