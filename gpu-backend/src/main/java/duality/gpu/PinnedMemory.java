package duality.gpu;

import java.lang.foreign.MemorySegment;

/** Host memory that the operating system keeps in place, so that the device can copy from and to it by itself. */
public final class PinnedMemory extends CudaHandle {
    private final MemorySegment segment;

    PinnedMemory(CudaContext context, MemorySegment memory, long bytes) {
        super(context, memory.address());
        segment = memory.asSlice(0, bytes);
    }

    /** The memory; it must not be touched after {@link #close}. */
    public MemorySegment segment() {
        handle(); // throws if it is closed
        return segment;
    }

    @Override
    void release(long released) {
        context().run(driver -> driver.freeHost(MemorySegment.ofAddress(released)));
    }

    @Override
    public String toString() {
        return segment.byteSize() + " bytes of pinned memory";
    }
}
