package duality.gpu.ssd;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;

/** A structure that a kernel takes as its argument; zero where nothing was set. */
class KernelStruct {
    private final StructLayout layout;
    private final MemorySegment segment;

    KernelStruct(StructLayout layout, Arena arena) {
        this.layout = layout;
        segment = arena.allocate(layout);
    }

    MemorySegment segment() {
        return segment;
    }

    private long offset(String field) {
        return layout.byteOffset(PathElement.groupElement(field));
    }

    void set(String field, long value) {
        segment.set(JAVA_LONG, offset(field), value);
    }

    void set(String field, int value) {
        segment.set(JAVA_INT, offset(field), value);
    }

    void set(String field, float value) {
        segment.set(JAVA_FLOAT, offset(field), value);
    }

    void set(String field, double value) {
        segment.set(JAVA_DOUBLE, offset(field), value);
    }

    void set(String field, boolean value) {
        set(field, value ? 1 : 0);
    }

    /** Copies a structure into a field. */
    void set(String field, MemorySegment value) {
        MemorySegment.copy(value, 0, segment, offset(field), value.byteSize());
    }
}
