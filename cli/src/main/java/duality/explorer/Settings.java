package duality.explorer;

import duality.errors.Fault;
import duality.errors.ValueException;
import duality.ssd.Cuts;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What is looked at. As text it is a query, {@code model=scalar-ssm&N=2&decays=random&seed=1&T=9&P=1&chunk=3}, of which
 * all has a default; a model of the zoo brings its own N and decays.
 *
 * @param model the model
 * @param length T
 * @param channels P, the width of the input
 * @param cuts a chunk length, or the places of the cuts, separated by commas
 * @param even whether {@code cuts} is a chunk length
 */
record Settings(ExploredModel model, int length, int channels, String cuts, boolean even) {
    /** The longest sequence. */
    static final int LONGEST = 64;
    /** The most channels. */
    static final int MOST_CHANNELS = 4;

    private static final Set<String> NAMES = Set.of("model", "T", "N", "decays", "seed", "P", "chunk", "cuts");

    /**
     * The settings of a query, decoded or not: no character of it needs an escape but the comma.
     *
     * @throws ValueException if it names what there is not, or a value makes no sense; the message says which
     */
    static Settings parse(String query) {
        return of(parameters(query, NAMES));
    }

    /** The parameters of a query. */
    static Map<String, String> parameters(String query, Set<String> names) {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (String part :
                query.isEmpty() ? new String[0] : query.replace("%2C", ",").split("&", -1)) {
            int equals = part.indexOf('=');
            String name = equals < 0 ? part : part.substring(0, equals);
            if (equals < 0 || !names.contains(name)) {
                throw new ValueException(
                        Fault.WRONG_ARGUMENTS,
                        "no parameter '" + part + "'; there are "
                                + names.stream()
                                        .sorted()
                                        .map(known -> known + "=")
                                        .collect(Collectors.joining(", ")));
            }
            if (parameters.put(name, part.substring(equals + 1)) != null) {
                throw new ValueException(Fault.WRONG_ARGUMENTS, name + " is given twice");
            }
        }
        return parameters;
    }

    private static Settings of(Map<String, String> parameters) {
        int length = integer(parameters, "T", 9, 1, LONGEST);
        ExploredModel model = ExploredModel.of(parameters, length);
        int channels = integer(parameters, "P", 1, 1, MOST_CHANNELS);
        if (parameters.containsKey("chunk") && parameters.containsKey("cuts")) {
            throw new ValueException(Fault.WRONG_ARGUMENTS, "chunk and cuts: give one of them");
        }
        String own = parameters.get("cuts");
        String cuts = own == null ? String.valueOf(integer(parameters, "chunk", Math.min(3, length), 1, LONGEST)) : own;
        Settings settings = new Settings(model, length, channels, cuts, own == null);
        settings.boundaries();
        return settings;
    }

    /** A whole number from {@code least} to {@code most}. */
    static int integer(Map<String, String> parameters, String name, int otherwise, int least, int most) {
        String text = parameters.getOrDefault(name, String.valueOf(otherwise));
        int value;
        try {
            value = Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new ValueException(Fault.WRONG_TYPE, name + " = '" + text + "': must be a whole number");
        }
        if (value < least || value > most) {
            throw new ValueException(
                    Fault.OUT_OF_RANGE, name + " = " + value + ": must be from " + least + " to " + most);
        }
        return value;
    }

    /** The places where chunks begin and end, from 0 to T. */
    int[] boundaries() {
        return cutting().boundaries(length);
    }

    /** Where to cut. */
    Cuts cutting() {
        if (even) {
            return Cuts.every(Integer.parseInt(cuts));
        }
        try {
            return Cuts.at(Arrays.stream(cuts.split(",", -1))
                    .mapToInt(place -> Integer.parseInt(place.strip()))
                    .toArray());
        } catch (NumberFormatException e) {
            throw new ValueException(
                    Fault.WRONG_TYPE, "cuts = '" + cuts + "': must be whole numbers, separated by commas");
        }
    }

    /** The part that the matrix depends on. */
    String matrixQuery() {
        SequencedMap<String, String> all = model.parameters();
        all.putLast("T", String.valueOf(length));
        return all.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .collect(Collectors.joining("&"));
    }

    /** The query, in the order of the example, with nothing left out. */
    String query() {
        return matrixQuery() + "&P=" + channels + (even ? "&chunk=" : "&cuts=") + cuts;
    }
}
