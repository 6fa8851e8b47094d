/**
 * The SSD operator on a GPU. {@link duality.gpu.ssd.CudaSsdBackend} takes and gives tensors of the host, like every
 * backend; {@link duality.gpu.ssd.DeviceSsd} leaves them on the device, so that calls follow each other there. What is
 * launched comes from the first {@link duality.gpu.ssd.SsdKernels} that take a problem's shape: special ones for some
 * GPUs and shapes, or the {@linkplain duality.gpu.ssd.PortableKernels portable ones}, which take them all.
 *
 * <p>Start reading at {@link duality.gpu.ssd.DeviceSsd}. The kernels are in {@code src/main/cuda}.
 */
@NullMarked
package duality.gpu.ssd;

import org.jspecify.annotations.NullMarked;
