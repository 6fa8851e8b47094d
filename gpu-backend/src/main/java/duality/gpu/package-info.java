/**
 * CUDA through {@code java.lang.foreign}: the driver's own library and nothing else, no toolkit, no
 * JNI. Where there is no driver the package says so in one line and the CPU does the work.
 *
 * <p>Start reading at {@link duality.gpu.CudaDriver}.
 */
@NullMarked
package duality.gpu;

import org.jspecify.annotations.NullMarked;
