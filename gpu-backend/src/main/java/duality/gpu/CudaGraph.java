package duality.gpu;

/** Launches recorded by {@link CudaStream#capture}, which a single call repeats with the same arguments. */
public final class CudaGraph extends CudaHandle {
    private CudaGraph(CudaContext context, long executable) {
        super(context, executable);
    }

    /** Makes a captured graph executable; the captured one is no longer needed. */
    static CudaGraph of(CudaContext context, CudaDriver driver, long graph) {
        try {
            return new CudaGraph(context, driver.instantiateGraph(graph));
        } finally {
            driver.destroyGraph(graph);
        }
    }

    /** Launches everything again. */
    public void launch(CudaStream stream) {
        context().run(driver -> driver.launchGraph(handle(), stream.handle()));
    }

    @Override
    void release(long released) {
        context().run(driver -> driver.destroyExecutableGraph(released));
    }

    @Override
    public String toString() {
        return "graph";
    }
}
