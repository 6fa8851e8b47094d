package duality.gpu.ssd;

import duality.proofs.laws.SsdBackendLaws;
import duality.ssd.SsdBackend;
import net.jqwik.api.lifecycle.AddLifecycleHook;
import net.jqwik.api.lifecycle.LifecycleContext;
import net.jqwik.api.lifecycle.PropagationMode;
import net.jqwik.api.lifecycle.SkipExecutionHook;

/** The laws of every backend, for this one; skipped by name where there is no GPU. */
@AddLifecycleHook(value = CudaLawsTest.OnGpu.class, propagateTo = PropagationMode.ALL_DESCENDANTS)
class CudaLawsTest extends SsdBackendLaws {
    private static final SsdBackend CUDA = new CudaSsdBackend();

    @Override
    protected SsdBackend backend() {
        return CUDA;
    }

    /** Skips with the reason why there is no GPU. */
    static final class OnGpu implements SkipExecutionHook {
        @Override
        public SkipResult shouldBeSkipped(LifecycleContext context) {
            return CUDA.absence()
                    .map(reason -> SkipResult.skip("no GPU: " + reason))
                    .orElseGet(SkipResult::doNotSkip);
        }
    }
}
