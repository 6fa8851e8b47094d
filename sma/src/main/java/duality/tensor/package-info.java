/**
 * Dense tensors over native memory, and the files that carry them: NumPy's .npy and .npz, and
 * safetensors.
 */
@NullMarked
package duality.tensor;

import org.jspecify.annotations.NullMarked;
