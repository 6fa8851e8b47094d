/**
 * The innermost loops: dense products and what the block form of SSD needs beside them, in float32 and float64, by the
 * Vector API or by plain loops.
 *
 * <p>Start at {@link duality.kernels.Kernels}, the operations; {@link duality.kernels.Simd} chooses who does them, and
 * {@link duality.kernels.DenseMultiply} is the product for those who want nothing else.
 *
 * <p>Not part of the API: for the library's own modules. Knows nothing of structured matrices or sequence models.
 */
@NullMarked
package duality.kernels;

import org.jspecify.annotations.NullMarked;
