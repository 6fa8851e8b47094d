package duality.gpu.dense;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import duality.gpu.KernelStruct;
import duality.gpu.TensorMap;
import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;
import java.util.List;
import java.util.stream.Stream;

/** {@code DenseProblem} of {@code dense_problem.h}. */
final class DenseLayout extends KernelStruct {
    private static final List<String> MAPS = List.of("a_map", "b_map");
    private static final List<String> LONGS =
            List.of("a", "b", "c", "a_at", "a_row", "a_batch", "b_at", "b_row", "b_batch", "c_at", "c_row", "c_batch");
    private static final List<String> INTEGERS =
            List.of("m", "n", "k", "batch", "a_shared", "b_shared", "add", "c_bfloat16");

    static final StructLayout STRUCT = MemoryLayout.structLayout(Stream.of(
                    MAPS.stream()
                            .map(name -> MemoryLayout.sequenceLayout(TensorMap.BYTES, JAVA_BYTE)
                                    .withByteAlignment(TensorMap.ALIGNMENT)
                                    .withName(name)),
                    LONGS.stream().map(JAVA_LONG::withName),
                    INTEGERS.stream().map(JAVA_INT::withName))
            .flatMap(fields -> fields)
            .toArray(MemoryLayout[]::new));

    DenseLayout(Arena arena) {
        super(STRUCT, arena);
    }
}
