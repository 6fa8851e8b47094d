package duality.gpu;

/**
 * What work on one device needs: its context, the stream on which kernels run and memory is allocated, the ways to and
 * from the host, and the kernels. One thread at a time.
 */
public final class CudaSession implements AutoCloseable {
    private final CudaContext context;
    private final CudaStream stream;
    private final Staging uploads;
    private final Staging downloads;
    private final KernelModules kernels;

    private CudaSession(CudaContext context) {
        this.context = context;
        stream = context.stream();
        kernels = new KernelModules(context);
        uploads = new Staging(context, "cuda-uploads");
        downloads = new Staging(context, "cuda-downloads");
    }

    /**
     * Work in a context, which is closed with it, or at once if this fails.
     *
     * @throws CudaException if the driver refuses
     */
    public static CudaSession of(CudaContext context) {
        try {
            return new CudaSession(context);
        } catch (RuntimeException e) {
            context.close();
            throw e;
        }
    }

    /** The device's context. */
    public CudaContext context() {
        return context;
    }

    /** What runs and allocates, in order. */
    public CudaStream stream() {
        return stream;
    }

    /** Copies to the device. */
    public Staging uploads() {
        return uploads;
    }

    /** Copies from the device. */
    public Staging downloads() {
        return downloads;
    }

    /** The kernels, loaded as they are asked for. */
    public KernelModules kernels() {
        return kernels;
    }

    /** Waits, and gives back everything but the memory that was allocated. */
    @Override
    public void close() {
        if (context.retired() == null) {
            stream.synchronize();
        }
        kernels.close();
        uploads.close();
        downloads.close();
        stream.close();
        context.close();
    }
}
