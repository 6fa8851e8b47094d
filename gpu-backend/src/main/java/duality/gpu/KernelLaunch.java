package duality.gpu;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * A kernel with its arguments and everything else that a launch says, prepared once so that launching is one call. The
 * driver reads the arguments at each launch, so what they point to may change in between.
 *
 * @see Builder
 */
public final class KernelLaunch {
    /** {@code CUlaunchConfig}. */
    static final StructLayout CONFIG = MemoryLayout.structLayout(
            JAVA_INT.withName("gridX"),
            JAVA_INT.withName("gridY"),
            JAVA_INT.withName("gridZ"),
            JAVA_INT.withName("blockX"),
            JAVA_INT.withName("blockY"),
            JAVA_INT.withName("blockZ"),
            JAVA_INT.withName("sharedBytes"),
            MemoryLayout.paddingLayout(4),
            JAVA_LONG.withName("stream"),
            ADDRESS.withName("attributes"),
            JAVA_INT.withName("attributeCount"),
            MemoryLayout.paddingLayout(4));

    /** {@code CUlaunchAttribute}: a number that says which, and room for any value. */
    static final StructLayout ATTRIBUTE = MemoryLayout.structLayout(
            JAVA_INT.withName("id"),
            MemoryLayout.paddingLayout(4),
            JAVA_INT.withName("x"),
            JAVA_INT.withName("y"),
            JAVA_INT.withName("z"),
            MemoryLayout.paddingLayout(52));

    /** {@code CU_LAUNCH_ATTRIBUTE_COOPERATIVE}. */
    private static final int COOPERATIVE = 2;
    /** {@code CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION}. */
    private static final int CLUSTER = 4;
    /** {@code CU_LAUNCH_ATTRIBUTE_PROGRAMMATIC_STREAM_SERIALIZATION}. */
    private static final int OVERLAP = 6;

    private static final long STREAM = CONFIG.byteOffset(PathElement.groupElement("stream"));

    private final CudaFunction function;
    private final MemorySegment config;
    private final MemorySegment pointers;

    private KernelLaunch(Builder from) {
        function = from.function;
        config = from.arena.allocate(CONFIG);
        dimensions("grid", from.grid);
        dimensions("block", from.block);
        config.set(JAVA_INT, offset("sharedBytes"), from.sharedBytes);
        MemorySegment attributes = from.arena.allocate(ATTRIBUTE, from.attributes.size());
        for (int i = 0; i < from.attributes.size(); i++) {
            attributes.asSlice(i * ATTRIBUTE.byteSize(), ATTRIBUTE).copyFrom(from.attributes.get(i));
        }
        config.set(ADDRESS, offset("attributes"), attributes);
        config.set(JAVA_INT, offset("attributeCount"), from.attributes.size());
        pointers = from.arena.allocate(ADDRESS, from.arguments.size());
        for (int i = 0; i < from.arguments.size(); i++) {
            pointers.setAtIndex(ADDRESS, i, from.arguments.get(i));
        }
    }

    private static long offset(String field) {
        return CONFIG.byteOffset(PathElement.groupElement(field));
    }

    private void dimensions(String prefix, Dim3 value) {
        config.set(JAVA_INT, offset(prefix + "X"), value.x());
        config.set(JAVA_INT, offset(prefix + "Y"), value.y());
        config.set(JAVA_INT, offset(prefix + "Z"), value.z());
    }

    /**
     * Starts to describe a launch.
     *
     * @param arena lives as long as the launch; its memory must be native
     */
    public static Builder of(Arena arena, CudaFunction function, Dim3 grid, Dim3 block) {
        return new Builder(arena, function, grid, block);
    }

    /** What a launch says. */
    public static final class Builder {
        private final Arena arena;
        private final CudaFunction function;
        private final Dim3 grid;
        private final Dim3 block;
        private final List<MemorySegment> attributes = new ArrayList<>();
        private final List<MemorySegment> arguments = new ArrayList<>();
        private int sharedBytes;

        private Builder(Arena arena, CudaFunction function, Dim3 grid, Dim3 block) {
            this.arena = arena;
            this.function = function;
            this.grid = grid;
            this.block = block;
        }

        /** The dynamic shared memory of a block, which the function is allowed too. */
        public Builder sharedBytes(int bytes) {
            sharedBytes = bytes;
            function.allowSharedBytes(bytes);
            return this;
        }

        /** The blocks of a cluster; they must divide the grid. */
        public Builder cluster(Dim3 blocks) {
            attributes.add(attribute(CLUSTER, blocks));
            return this;
        }

        /** Starts all blocks at once or none, so that they may wait for each other. */
        public Builder cooperative() {
            attributes.add(attribute(COOPERATIVE, Dim3.of(1)));
            return this;
        }

        /**
         * Lets the kernel start before the one in front of it on the stream has ended; the kernel itself must wait for
         * it (programmatic dependent launch).
         */
        public Builder overlapping() {
            attributes.add(attribute(OVERLAP, Dim3.of(1)));
            return this;
        }

        private MemorySegment attribute(int id, Dim3 value) {
            MemorySegment attribute = arena.allocate(ATTRIBUTE);
            attribute.set(JAVA_INT, 0, id);
            attribute.set(JAVA_INT, 8, value.x());
            attribute.set(JAVA_INT, 12, value.y());
            attribute.set(JAVA_INT, 16, value.z());
            return attribute;
        }

        /** The next argument: native memory that holds it, such as a structure or a {@linkplain TensorMap tensor map}. */
        public Builder argument(MemorySegment value) {
            arguments.add(value);
            return this;
        }

        /** The next argument, a device pointer or a 64-bit integer. */
        public Builder argument(long value) {
            return argument(arena.allocateFrom(JAVA_LONG, value));
        }

        /** The next argument, a 32-bit integer. */
        public Builder argument(int value) {
            return argument(arena.allocateFrom(JAVA_INT, value));
        }

        /** The launch, ready. */
        public KernelLaunch build() {
            return new KernelLaunch(this);
        }
    }

    /** Launches the kernel. One thread at a time may do so. */
    public void on(CudaStream stream) {
        config.set(JAVA_LONG, STREAM, stream.handle());
        function.context().run(driver -> driver.launch(config, function.handle(), pointers));
    }

    @Override
    public String toString() {
        return function.name();
    }
}
