package duality.gpu;

import java.lang.foreign.MemorySegment;

/**
 * Memory of the device. Copies are asynchronous if the host's side is {@linkplain PinnedMemory pinned}; from other
 * native memory they return when the host's side is free again. Memory of the Java heap is refused.
 */
public final class DeviceMemory extends CudaHandle {
    private final long bytes;
    private final CudaStream owner;

    DeviceMemory(CudaContext context, long handle, long bytes, CudaStream owner) {
        super(context, handle);
        this.bytes = bytes;
        this.owner = owner;
    }

    /** The device pointer, for the arguments of kernels and tensor maps. */
    public long address() {
        return handle();
    }

    /** The size in bytes. */
    public long byteSize() {
        return bytes;
    }

    /** Copies all of {@code source} here, from byte {@code offset} on. */
    public void copyFrom(MemorySegment source, long offset, CudaStream stream) {
        requireRange(offset, source.byteSize());
        if (source.byteSize() != 0) {
            context().run(driver -> driver.copyToDevice(handle() + offset, source, stream.handle()));
        }
    }

    /** Fills all of {@code target} with what is here from byte {@code offset} on. */
    public void copyTo(MemorySegment target, long offset, CudaStream stream) {
        requireRange(offset, target.byteSize());
        if (target.byteSize() != 0) {
            context().run(driver -> driver.copyToHost(target, handle() + offset, stream.handle()));
        }
    }

    /** Copies all of this to the start of {@code target}. */
    public void copyTo(DeviceMemory target, CudaStream stream) {
        target.requireRange(0, bytes);
        if (bytes != 0) {
            context().run(driver -> driver.copyOnDevice(target.handle(), handle(), bytes, stream.handle()));
        }
    }

    /** Sets every byte. */
    public void fill(byte value, CudaStream stream) {
        if (bytes != 0) {
            context().run(driver -> driver.fill(handle(), value, bytes, stream.handle()));
        }
    }

    private void requireRange(long offset, long length) {
        if (offset < 0 || offset > bytes - length) {
            throw new IndexOutOfBoundsException(length + " bytes from byte " + offset + " of " + this);
        }
    }

    @Override
    void release(long released) {
        context().run(driver -> driver.free(released, owner.handle()));
    }

    @Override
    public String toString() {
        return bytes + " bytes of device memory";
    }
}
