package duality.explorer;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One head of a real model, for which operations are counted at many lengths.
 *
 * @param stateSize N
 * @param channels P
 * @param chunkLength Q
 */
record ScaleQuery(int stateSize, int channels, int chunkLength) {
    private static final int LARGEST = 1024;

    /** The sizes of a query such as {@code N=128&P=64&Q=256}. */
    static ScaleQuery parse(String query) {
        Map<String, String> parameters = Settings.parameters(query, Set.of("N", "P", "Q"));
        return new ScaleQuery(
                Settings.integer(parameters, "N", 128, 1, LARGEST),
                Settings.integer(parameters, "P", 64, 1, LARGEST),
                Settings.integer(parameters, "Q", 256, 1, LARGEST));
    }

    /** The query. */
    String query() {
        return "N=%d&P=%d&Q=%d".formatted(stateSize, channels, chunkLength);
    }

    /** The costs at every length of {@link OperationCounts#LENGTHS}. */
    List<OperationCounts> counts() {
        return OperationCounts.series(stateSize, channels, chunkLength);
    }
}
