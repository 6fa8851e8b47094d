package duality.gpu;

/** A queue of work: what is launched on it runs in order, and at the same time as other streams' work. */
public final class CudaStream extends CudaHandle {
    CudaStream(CudaContext context, long handle) {
        super(context, handle);
    }

    /** Waits for everything that was launched on the stream, and throws what went wrong in it. */
    public void synchronize() {
        context().run(driver -> driver.synchronizeStream(handle()));
    }

    /** Makes what is launched from now on wait for the event, without holding up the host. */
    public void await(CudaEvent event) {
        context().run(driver -> driver.waitForEvent(handle(), event.handle()));
    }

    /**
     * Records what {@code work} launches on this stream, without running it.
     *
     * @param work must neither wait nor allocate
     */
    public CudaGraph capture(Runnable work) {
        context().run(driver -> driver.beginCapture(handle()));
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            try {
                long broken = context().call(driver -> driver.endCapture(handle()));
                context().run(driver -> driver.destroyGraph(broken));
            } catch (CudaException invalidated) {
                e.addSuppressed(invalidated);
            }
            throw e;
        }
        return context().opened(driver -> CudaGraph.of(context(), driver, driver.endCapture(handle())));
    }

    @Override
    void release(long released) {
        context().run(driver -> driver.destroyStream(released));
    }

    @Override
    public String toString() {
        return "stream";
    }
}
