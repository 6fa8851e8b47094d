package duality.gpu;

/** A mark in a stream. */
public final class CudaEvent extends CudaHandle {
    CudaEvent(CudaContext context, long handle) {
        super(context, handle);
    }

    /** Moves the mark to after everything that was launched on the stream so far. */
    public void record(CudaStream stream) {
        context().run(driver -> driver.recordEvent(handle(), stream.handle()));
    }

    /** Waits until the device has reached the mark. */
    public void synchronize() {
        context().run(driver -> driver.synchronizeEvent(handle()));
    }

    /** The device's time from {@code start} to this event in milliseconds; both must have been reached. */
    public float millisecondsSince(CudaEvent start) {
        return context().call(driver -> driver.elapsedTime(start.handle(), handle()));
    }

    @Override
    void release(long released) {
        context().run(driver -> driver.destroyEvent(released));
    }

    @Override
    public String toString() {
        return "event";
    }
}
