package duality.gpu.ssd;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import duality.gpu.KernelStruct;
import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;
import java.util.List;
import java.util.stream.Stream;

/** {@code SsdProblem} of {@code ssd_problem.h}. */
final class ProblemLayout extends KernelStruct {
    private static final List<String> POINTERS = List.of(
            "x",
            "dt",
            "A",
            "B",
            "C",
            "D",
            "z",
            "dt_bias",
            "initial_states",
            "dy",
            "dfinal_states",
            "y",
            "final_states",
            "grad_x",
            "grad_dt",
            "grad_A",
            "grad_B",
            "grad_C",
            "grad_D",
            "grad_z",
            "grad_dt_bias",
            "grad_initial_states",
            "chunk_row",
            "chunk_length",
            "first_chunk",
            "step",
            "decay",
            "from_start",
            "to_end",
            "through",
            "states",
            "state_gradients",
            "gated_dy",
            "ungated_y",
            "part_x",
            "part_B",
            "part_C",
            "part_A",
            "part_dt_bias",
            "part_D");
    private static final List<String> DOUBLES = List.of("dt_min", "dt_max");
    private static final List<String> INTEGERS = List.of(
            "sequences",
            "chunks",
            "heads",
            "x_heads",
            "b_groups",
            "c_groups",
            "head_dim",
            "state_size",
            "b_parts",
            "c_parts",
            "d_per_channel",
            "dt_softplus");

    static final StructLayout STRUCT = MemoryLayout.structLayout(Stream.of(
                    POINTERS.stream().map(JAVA_LONG::withName),
                    DOUBLES.stream().map(JAVA_DOUBLE::withName),
                    Stream.of(JAVA_LONG.withName("rows")),
                    INTEGERS.stream().map(JAVA_INT::withName))
            .flatMap(fields -> fields)
            .toArray(MemoryLayout[]::new));

    ProblemLayout(Arena arena) {
        super(STRUCT, arena);
    }
}
