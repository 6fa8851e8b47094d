/**
 * Dense tensors over native memory, and the files that carry them: NumPy's .npy and .npz, and
 * safetensors.
 *
 * <p>Files are not trusted: nothing gets memory because a header says so, and whatever a format forbids is a {@link
 * duality.tensor.TensorFormatException}. Writing replaces a file entirely or not at all.
 *
 * <p>Start at {@link duality.tensor.Tensor} and {@link duality.tensor.TensorFile}. This package uses {@code
 * duality.errors}, and libraries for zip and JSON, which stay out of its signatures.
 */
@NullMarked
package duality.tensor;

import org.jspecify.annotations.NullMarked;
