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

    @Override
    public void close() {
        loaded.values().forEach(CudaModule::close);
        loaded.clear();
    }
}
