package duality.gpu.ssd;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import duality.gpu.KernelStruct;
import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;
import java.util.List;
import java.util.stream.Stream;

/** {@code HopperGradients} of {@code hopper_gradients.h}. */
final class HopperGradientLayout extends KernelStruct {
    private static final List<String> MAPS = List.of("x_map", "B_map", "C_map", "dy_map", "grad_x_map");
    private static final List<String> POINTERS = List.of(
            "dt",
            "A",
            "D",
            "dt_bias",
            "initial_states",
            "dfinal_states",
            "grad_initial_states",
            "grad_x",
            "grad_dt",
            "grad_B",
            "grad_C",
            "part_B",
            "part_C",
            "part_A",
            "part_dt_bias",
            "part_D",
            "sequences",
            "chunks",
            "states",
            "state_gradients");
    private static final List<String> INTEGERS = List.of(
            "time",
            "heads",
            "head_dim",
            "state_size",
            "head_tiles",
            "b_share",
            "c_share",
            "part_heads",
            "d_per_channel",
            "dt_softplus",
            "packed");
    private static final List<String> FLOATS = List.of("dt_min", "dt_max");

    static final StructLayout STRUCT = MemoryLayout.structLayout(Stream.of(
                    MAPS.stream().map(HopperLayout::map),
                    POINTERS.stream().map(JAVA_LONG::withName),
                    INTEGERS.stream().map(JAVA_INT::withName),
                    FLOATS.stream().map(JAVA_FLOAT::withName),
                    Stream.of(MemoryLayout.paddingLayout(44)))
            .flatMap(fields -> fields)
            .toArray(MemoryLayout[]::new));

    HopperGradientLayout(Arena arena) {
        super(STRUCT, arena);
    }
}
