package duality.gpu;

import java.util.HashMap;
import java.util.Map;

/** The kernels of this library in a context; a file of them is loaded when one of its kernels is asked for. */
public final class KernelModules implements AutoCloseable {
    private final CudaContext context;
    private final Map<String, CudaModule> loaded = new HashMap<>();

    /** None loaded yet. */
    public KernelModules(CudaContext context) {
        this.context = context;
    }

    /** The context that they are loaded into. */
    public CudaContext context() {
        return context;
    }

    /**
     * A kernel.
     *
     * @param file the name of its source file, without {@code .cu}
     */
    public CudaFunction function(String file, String name) {
        return loaded.computeIfAbsent(file, missing -> context.load(KernelImages.image(missing)))
                .function(name);
    }

    /**
     * The bytes of the shared memory of a panel of the portable kernels, as {@code ssd_common.cuh} lays it out.
     *
     * @param tile its rows or columns
     * @param width the bytes of a number, 4 or 8
     */
    public static int panelBytes(int tile, int width) {
        int depth = 128 / width;
        return Math.max(tile * (depth + 4), depth * (tile + (width == Float.BYTES ? 8 : 4))) * width;
    }

    @Override
    public void close() {
        loaded.values().forEach(CudaModule::close);
        loaded.clear();
    }
}
