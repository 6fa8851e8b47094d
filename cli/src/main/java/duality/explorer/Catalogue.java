package duality.explorer;

import duality.models.Zoo;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What the controls of a page offer.
 *
 * @param live whether a server answers any settings; otherwise there are those of the lists only
 * @param models the models
 * @param lengths values of T
 * @param stateSizes values of N, for the scalar model
 * @param decays of the scalar model
 * @param channels values of P
 * @param seeds the seeds
 * @param cuts chunk lengths and cuts, for each length
 * @param scale what operations are counted for at the size of real models
 */
record Catalogue(
        boolean live,
        List<Entry> models,
        List<Integer> lengths,
        List<Integer> stateSizes,
        List<String> decays,
        List<Integer> channels,
        List<Integer> seeds,
        List<List<String>> cuts,
        Scale scale) {
    private static final List<String> DECAYS = List.of(DecayFactors.RANDOM, "1", "0.9", "0.5", DecayFactors.RESET);

    /**
     * A model.
     *
     * @param label the name in queries
     * @param scalar whether it takes N and decays
     */
    record Entry(String label, boolean scalar) {}

    /**
     * Sizes of real models.
     *
     * @param lengths T
     * @param stateSizes N
     * @param channels P
     * @param chunkLengths Q
     */
    record Scale(List<Integer> lengths, List<Integer> stateSizes, List<Integer> channels, List<Integer> chunkLengths) {}

    /** What a server answers. */
    static Catalogue served() {
        List<Integer> lengths = range(1, Settings.LONGEST);
        return new Catalogue(
                true,
                allModels(),
                lengths,
                range(1, ExploredModel.LARGEST_STATE),
                DECAYS,
                range(1, Settings.MOST_CHANNELS),
                range(0, 99),
                lengths.stream()
                        .map(length -> range(1, length).stream()
                                .map(chunk -> "chunk=" + chunk)
                                .toList())
                        .toList(),
                largeSizes());
    }

    /** A choice small enough for one file. */
    static Catalogue exported() {
        return new Catalogue(
                false,
                allModels(),
                List.of(4, 9, 16),
                List.of(1, 2, 4),
                DECAYS,
                List.of(1),
                List.of(1),
                List.of(
                        List.of("chunk=1", "chunk=2", "chunk=4", "cuts=1,3"),
                        List.of("chunk=1", "chunk=2", "chunk=3", "chunk=4", "chunk=9", "cuts=1,3,7"),
                        List.of("chunk=1", "chunk=2", "chunk=4", "chunk=8", "chunk=16", "cuts=2,5,11")),
                largeSizes());
    }

    private static Scale largeSizes() {
        return new Scale(
                OperationCounts.LENGTHS,
                List.of(16, 64, 128, 256),
                List.of(32, 64, 128),
                List.of(16, 32, 64, 128, 256, 512));
    }

    private static List<Entry> allModels() {
        return Stream.concat(
                        Stream.of(new Entry(ExploredModel.SCALAR, true)),
                        ExploredModel.zoo().stream().map(Zoo::label).map(label -> new Entry(label, false)))
                .toList();
    }

    private static List<Integer> range(int first, int last) {
        return IntStream.rangeClosed(first, last).boxed().toList();
    }

    /** All the settings that the lists make. */
    List<Settings> settings() {
        return models.stream()
                .flatMap(model -> seeds.stream()
                        .flatMap(seed -> lengths.stream()
                                .flatMap(length -> heads(model).stream()
                                        .flatMap(head -> channels.stream()
                                                .flatMap(channel -> cuts.get(lengths.indexOf(length)).stream()
                                                        .map(cut -> Settings.parse("%s&seed=%d&T=%d&P=%d&%s"
                                                                .formatted(head, seed, length, channel, cut))))))))
                .toList();
    }

    private List<String> heads(Entry model) {
        String head = "model=" + model.label();
        return !model.scalar()
                ? List.of(head)
                : stateSizes.stream()
                        .flatMap(size -> decays.stream().map(decay -> "%s&N=%d&decays=%s".formatted(head, size, decay)))
                        .toList();
    }
}
