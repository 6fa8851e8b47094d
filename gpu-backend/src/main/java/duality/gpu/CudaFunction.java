package duality.gpu;

/** A kernel. */
public final class CudaFunction {
    private final CudaModule module;
    private final String name;
    private final long handle;

    CudaFunction(CudaModule module, String name, long handle) {
        this.module = module;
        this.name = name;
        this.handle = handle;
    }

    CudaContext context() {
        return module.context();
    }

    /** The driver's handle; throws if the module is closed. */
    long handle() {
        module.handle();
        return handle;
    }

    /** The name in the source. */
    public String name() {
        return name;
    }

    /** The number of registers of a thread. */
    public int registers() {
        return attribute(CudaDriver.REGISTERS);
    }

    /** The bytes of a thread's stack, where spilled registers go too. */
    public int localBytes() {
        return attribute(CudaDriver.LOCAL_BYTES);
    }

    private int attribute(int attribute) {
        return context().call(driver -> driver.functionAttribute(attribute, handle()));
    }

    /**
     * Lets blocks have more dynamic shared memory than the 48 KiB that every function may have.
     *
     * @throws CudaException if that is more than {@link CudaContext#sharedBytesPerBlock}
     */
    public CudaFunction allowSharedBytes(int bytes) {
        context().run(driver -> driver.setFunctionAttribute(handle(), CudaDriver.DYNAMIC_SHARED_BYTES, bytes));
        return this;
    }

    /** Allows clusters of more than 8 blocks. */
    public CudaFunction allowLargeClusters() {
        context().run(driver -> driver.setFunctionAttribute(handle(), CudaDriver.LARGE_CLUSTERS, 1));
        return this;
    }

    /** How many blocks run on a multiprocessor at a time. */
    public int residentBlocks(int threads, int sharedBytes) {
        return context().call(driver -> driver.residentBlocks(handle(), threads, sharedBytes));
    }

    @Override
    public String toString() {
        return name;
    }
}
