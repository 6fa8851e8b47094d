/**
 * CUDA through {@code java.lang.foreign}: the driver's own library and nothing else, no toolkit, no
 * JNI. Where there is no driver the package says so in one line and the CPU does the work.
 *
 * <p>Start reading at {@link duality.gpu.CudaContext}. What runs on it is in {@link duality.gpu.ssd} and {@link
 * duality.gpu.dense}; the kernels in {@code src/main/cuda} become fat binaries at build time ({@link duality.gpu.KernelImages}).
 */
@NullMarked
package duality.gpu;

import org.jspecify.annotations.NullMarked;
