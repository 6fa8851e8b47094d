package duality.gpu;

import org.jspecify.annotations.Nullable;

/**
 * Something of the driver's that must be given back. Closing twice is harmless. A context knows its open handles, and
 * says so when it is closed before them.
 */
public abstract sealed class CudaHandle implements AutoCloseable
        permits CudaEvent, CudaGraph, CudaModule, CudaStream, DeviceMemory, PinnedMemory {
    /** Taking the stack of every handle costs time, so only where assertions are on. */
    private static final boolean TRACED = CudaHandle.class.desiredAssertionStatus();

    private final CudaContext context;
    private final long handle;
    private final @Nullable Throwable opened = TRACED ? new Throwable("opened here") : null;
    private boolean closed;

    CudaHandle(CudaContext context, long handle) {
        this.context = context;
        this.handle = handle;
    }

    /** The context it belongs to. */
    public final CudaContext context() {
        return context;
    }

    /**
     * The driver's handle.
     *
     * @throws IllegalStateException after {@link #close}
     */
    final synchronized long handle() {
        if (closed) {
            throw new IllegalStateException(this + " is closed");
        }
        return handle;
    }

    final @Nullable Throwable opened() {
        return opened;
    }

    /** Gives it back to the driver. */
    @Override
    public final void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        context.closing(this, () -> release(handle));
    }

    abstract void release(long released);
}
