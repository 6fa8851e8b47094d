package duality.gpu.ssd;

import duality.gpu.CudaContext;
import duality.gpu.CudaFunction;
import duality.gpu.CudaModule;
import duality.gpu.KernelImages;
import java.util.HashMap;
import java.util.Map;

/** The kernels' files, each loaded on first use. */
final class Modules implements AutoCloseable {
    private final CudaContext context;
    private final Map<String, CudaModule> loaded = new HashMap<>();

    Modules(CudaContext context) {
        this.context = context;
    }

    CudaContext context() {
        return context;
    }

    CudaFunction function(String file, String name) {
        return loaded.computeIfAbsent(file, missing -> context.load(KernelImages.image(missing)))
                .function(name);
    }

    @Override
    public void close() {
        loaded.values().forEach(CudaModule::close);
        loaded.clear();
    }
}
