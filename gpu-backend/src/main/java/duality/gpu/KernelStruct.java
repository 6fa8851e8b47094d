package duality.gpu;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

/** A structure that a kernel takes as its argument; zero where nothing was set. */
public class KernelStruct {
    private final StructLayout layout;
    private final MemorySegment segment;

    /** A structure, in memory that lives as long as the arena. */
    public KernelStruct(StructLayout layout, Arena arena) {
        this.layout = layout;
        segment = arena.allocate(layout);
    }

    /** The structure, an argument for {@link KernelLaunch.Builder#argument(MemorySegment)}. */
    public MemorySegment segment() {
        return segment;
    }

    private long offset(String field) {
        return layout.byteOffset(PathElement.groupElement(field));
    }

    /** Sets a field, a 64-bit integer or device pointer. */
    public void set(String field, long value) {
        segment.set(JAVA_LONG, offset(field), value);
    }

    /** Sets a field, a 32-bit integer. */
    public void set(String field, int value) {
        segment.set(JAVA_INT, offset(field), value);
    }

    /** Sets a field, a float. */
    public void set(String field, float value) {
        segment.set(JAVA_FLOAT, offset(field), value);
    }

    /** Sets a field, a double. */
    public void set(String field, double value) {
        segment.set(JAVA_DOUBLE, offset(field), value);
    }

    /** Sets a field, a 32-bit integer, to 1 or 0. */
    public void set(String field, boolean value) {
        set(field, value ? 1 : 0);
    }

    /** Copies a structure into a field. */
    public void set(String field, MemorySegment value) {
        MemorySegment.copy(value, 0, segment, offset(field), value.byteSize());
    }
}
