package duality.gpu.ssd;

import duality.errors.Fault;
import duality.errors.UnsupportedRequestException;
import duality.ssd.Precision;
import duality.ssd.SsdInputs;
import duality.ssd.SsdOptions;
import duality.tensor.DType;
import duality.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Everything about an SSD problem but the numbers in its arrays: what decides the launches. The names and sizes are those
 * of {@link SsdInputs}.
 *
 * @param optional the names of the optional inputs that are there
 * @param skipPerChannel whether D is (heads, headDim)
 * @param chunkLength the steps of a chunk, at most {@value #LONGEST_CHUNK}
 * @param gradientType the type of dy
 */
public record SsdShape(
        List<SsdInputs.Sequence> sequences,
        long batch,
        long time,
        int heads,
        int xHeads,
        int bGroups,
        int cGroups,
        int headDim,
        int stateSize,
        Set<String> optional,
        boolean skipPerChannel,
        boolean dtSoftplus,
        double dtMin,
        double dtMax,
        Precision precision,
        int chunkLength,
        DType gradientType) {
    /** The steps that a block of threads holds at a time. */
    public static final int LONGEST_CHUNK = 64;

    /**
     * The shape of a problem on the host.
     *
     * @param dy the outputs' gradient, or null if none is asked for
     * @throws UnsupportedRequestException for the quadratic form of a sequence longer than a chunk
     */
    public static SsdShape of(SsdInputs in, @Nullable Tensor dy, SsdOptions options) {
        Set<String> optional = Set.copyOf(in.arrays().keySet().stream()
                .filter(name -> switch (name) {
                    case "D", "z", "dt_bias", "initial_states" -> true;
                    default -> false;
                })
                .toList());
        Precision precision = options.precision();
        Tensor skip = in.skip();
        return new SsdShape(
                in.sequences(),
                in.batch(),
                in.time(),
                in.heads(),
                in.xHeads(),
                in.bGroups(),
                in.cGroups(),
                in.headDim(),
                in.stateSize(),
                optional,
                skip != null && skip.rank() == 2,
                in.dtSoftplus(),
                in.dtMin(),
                in.dtMax(),
                precision,
                chunkLength(in, options),
                dy != null && dy.dtype() == precision.activations() ? dy.dtype() : precision.parameters());
    }

    /** The recurrence has chunks of one step, the quadratic form a single chunk. */
    private static int chunkLength(SsdInputs in, SsdOptions options) {
        return switch (options.algorithm()) {
            case AUTO, BLOCK -> Math.min(options.chunkLength(), LONGEST_CHUNK);
            case RECURRENT -> 1;
            case QUADRATIC -> {
                for (SsdInputs.Sequence sequence : in.sequences()) {
                    if (sequence.length() > LONGEST_CHUNK) {
                        throw new UnsupportedRequestException(
                                Fault.UNAVAILABLE,
                                "the quadratic form of " + sequence.length() + " steps: backend cuda holds at most "
                                        + LONGEST_CHUNK + " at a time; use the block form");
                    }
                }
                yield LONGEST_CHUNK;
            }
        };
    }

    /** batch · time. */
    public long rows() {
        return batch * time;
    }

    /** Whether an optional input is there. */
    public boolean has(String name) {
        return optional.contains(name);
    }

    /** The names of the inputs that are there. */
    public List<String> inputs() {
        List<String> names = new ArrayList<>(List.of("x", "dt", "A", "B", "C"));
        List.of("D", "z", "dt_bias", "initial_states").stream()
                .filter(this::has)
                .forEach(names::add);
        return names;
    }

    /** The names of the gradients, without {@code grad_}: of every input, and of the initial states in any case. */
    public List<String> gradients() {
        List<String> names = new ArrayList<>(inputs());
        if (!has("initial_states")) {
            names.add("initial_states");
        }
        return names;
    }

    /** The lengths of an input's, output's or gradient's axes. */
    long[] lengths(String name) {
        return switch (input(name)) {
            case "x" -> new long[] {batch, time, xHeads, headDim};
            case "dt" -> new long[] {batch, time, heads};
            case "A", "dt_bias" -> new long[] {heads};
            case "B" -> new long[] {batch, time, bGroups, stateSize};
            case "C" -> new long[] {batch, time, cGroups, stateSize};
            case "D" -> skipPerChannel ? new long[] {heads, headDim} : new long[] {heads};
            case "z", "y", "dy" -> new long[] {batch, time, heads, headDim};
            case "initial_states", "final_states", "dfinal_states" ->
                new long[] {sequences.size(), heads, headDim, stateSize};
            default -> throw new IllegalArgumentException(name);
        };
    }

    /** The elements of an array that belong to a row (batch, time). */
    long rowSize(String name) {
        return Arrays.stream(lengths(name)).skip(2).reduce(1, Math::multiplyExact);
    }

    /** The type of an input, output or gradient on the device. */
    DType type(String name) {
        return name.equals("dy") ? gradientType : precision.type(input(name));
    }

    private static String input(String name) {
        return name.startsWith("grad_") ? name.substring("grad_".length()) : name;
    }
}
