package duality.gpu.ssd;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import duality.gpu.KernelStruct;
import duality.gpu.TensorMap;
import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;
import java.util.List;
import java.util.stream.Stream;

/** {@code HopperProblem} of {@code hopper_problem.h}. */
final class HopperLayout extends KernelStruct {
    private static final List<String> MAPS = List.of("x_map", "B_map", "C_map", "z_map", "y_map");
    private static final List<String> POINTERS = List.of(
            "dt",
            "A",
            "D",
            "dt_bias",
            "initial_states",
            "final_states",
            "y",
            "segments",
            "pieces",
            "first_pieces",
            "last_segments",
            "segment_states",
            "piece_states",
            "piece_decays",
            "flags");
    private static final List<String> INTEGERS = List.of(
            "segment_count",
            "piece_count",
            "time",
            "heads",
            "head_dim",
            "state_size",
            "head_tiles",
            "x_share",
            "b_share",
            "c_share",
            "d_per_channel",
            "dt_softplus",
            "chained",
            "packed");
    private static final List<String> FLOATS = List.of("dt_min", "dt_max");
    private static final List<String> SCALES = List.of("B_scales", "C_scales");

    static final StructLayout STRUCT = MemoryLayout.structLayout(Stream.of(
                    MAPS.stream().map(HopperLayout::map),
                    POINTERS.stream().map(JAVA_LONG::withName),
                    INTEGERS.stream().map(JAVA_INT::withName),
                    FLOATS.stream().map(JAVA_FLOAT::withName),
                    SCALES.stream().map(JAVA_LONG::withName),
                    Stream.of(MemoryLayout.paddingLayout(56)))
            .flatMap(fields -> fields)
            .toArray(MemoryLayout[]::new));

    HopperLayout(Arena arena) {
        super(STRUCT, arena);
    }

    /** A tensor map as a field. */
    static MemoryLayout map(String name) {
        return MemoryLayout.sequenceLayout(TensorMap.BYTES, JAVA_BYTE)
                .withByteAlignment(TensorMap.ALIGNMENT)
                .withName(name);
    }
}
