package duality.explorer;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The page: one file with its style and its script, which loads nothing. */
public final class ExplorerPage {
    private static final String STYLE = resource("explorer.css");
    private static final String SCRIPT = resource("explorer.js");

    private ExplorerPage() {}

    /** Explorations by their queries, without repeating matrices. */
    private record Data(
            Catalogue catalogue,
            List<Exploration.MatrixView> matrices,
            Map<String, Stored> explorations,
            Map<String, List<OperationCounts>> scale) {}

    /** The number of a matrix, and the rest. */
    private record Stored(int matrix, Exploration.BlockView blocks) {}

    /** The page that asks the server which it is from. */
    static String live() {
        return page("", new Data(Catalogue.served(), List.of(), Map.of(), Map.of()));
    }

    /** What a browser may do with {@link #live}: ask the server that it is from. */
    static String livePolicy() {
        return policy() + "; connect-src 'self'; frame-ancestors 'none'";
    }

    /** The page that holds all that it shows, for the settings of a small grid. */
    public static String exported() {
        Catalogue catalogue = Catalogue.exported();
        List<Exploration.MatrixView> matrices = new ArrayList<>();
        Map<String, Integer> numbers = new LinkedHashMap<>();
        Map<String, Stored> explorations = new LinkedHashMap<>();
        for (Settings settings : catalogue.settings()) {
            Exploration exploration = Exploration.of(settings);
            int number = numbers.computeIfAbsent(settings.matrixQuery(), _ -> {
                matrices.add(exploration.matrix());
                return matrices.size() - 1;
            });
            explorations.put(settings.query(), new Stored(number, exploration.blocks()));
        }
        Map<String, List<OperationCounts>> scale = new LinkedHashMap<>();
        for (int n : catalogue.scale().stateSizes()) {
            for (int p : catalogue.scale().channels()) {
                for (int q : catalogue.scale().chunkLengths()) {
                    ScaleQuery query = new ScaleQuery(n, p, q);
                    scale.put(query.query(), query.counts());
                }
            }
        }
        return page(
                "<meta http-equiv=\"Content-Security-Policy\" content=\"" + policy() + "\">\n",
                new Data(catalogue, matrices, explorations, scale));
    }

    private static String page(String head, Data data) {
        return resource("explorer.html")
                .replace("@HEAD@\n", head)
                .replace("@STYLE@", STYLE)
                .replace("@DATA@", Json.of(data))
                .replace("@SCRIPT@", SCRIPT);
    }

    /** Nothing but this style, this script and pictures in the page itself. */
    private static String policy() {
        return "default-src 'none'; style-src 'sha256-%s'; script-src 'sha256-%s'; img-src data:; base-uri 'none'; form-action 'none'"
                .formatted(digest(STYLE), digest(SCRIPT));
    }

    private static String digest(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java platform has it
        }
    }

    private static String resource(String name) {
        try (InputStream stream = Objects.requireNonNull(ExplorerPage.class.getResourceAsStream(name), name)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
