/**
 * Products of dense matrices on a GPU. {@link duality.gpu.dense.DenseProducts} multiplies {@link
 * duality.gpu.dense.DeviceMatrix matrices on the device} and tensors of the host; {@link duality.gpu.dense.TensorProducts}
 * chooses between that and the processor's {@link duality.kernels.DenseMultiply}.
 */
@NullMarked
package duality.gpu.dense;

import org.jspecify.annotations.NullMarked;
