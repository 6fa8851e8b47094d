package duality.gpu;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Kernels that are loaded into a context. */
public final class CudaModule extends CudaHandle {
    /** What the loader may ask of the image's alignment: a fat binary starts on 8 bytes, a cubin is read in words. */
    private static final int ALIGNMENT = 64;

    private CudaModule(CudaContext context, long handle) {
        super(context, handle);
    }

    static CudaModule load(CudaContext context, CudaDriver driver, byte[] image) {
        try (Arena arena = Arena.ofConfined()) {
            // PTX text must end in a zero byte; the other formats know their length.
            MemorySegment copy = arena.allocate(image.length + 1L, ALIGNMENT);
            MemorySegment.copy(image, 0, copy, JAVA_BYTE, 0, image.length);
            return new CudaModule(context, driver.loadModule(copy));
        }
    }

    /**
     * A kernel of the module; it lives as long as the module.
     *
     * @param name as in the source, where it is declared {@code extern "C"}
     * @throws CudaException {@code CUDA_ERROR_NOT_FOUND} if there is none of that name
     */
    public CudaFunction function(String name) {
        return new CudaFunction(this, name, context().call(driver -> driver.function(handle(), name)));
    }

    @Override
    void release(long released) {
        context().run(driver -> driver.unloadModule(released));
    }

    @Override
    public String toString() {
        return "module";
    }
}
