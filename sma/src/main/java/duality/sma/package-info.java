/**
 * Structured masked attention: {@code Y = (L ∘ Q Kᵀ) V} with a mask L that multiplies fast (Dao and Gu 2024, section
 * 4), in its quadratic and its linear form.
 *
 * <p>Start at {@link duality.sma.StructuredMaskedAttention}; its mask is a {@link duality.sma.Mask}, of which there are
 * six kinds: {@link duality.sma.OneSemiseparableMask} (causal and decay masks too), {@link
 * duality.sma.SemiseparableMask}, {@link duality.sma.BandedMask}, {@link duality.sma.ToeplitzMask}, {@link
 * duality.sma.FourierMask} and {@link duality.sma.HierarchicalMask}. {@link duality.sma.FeatureMap}s make queries and
 * keys of tokens, {@link duality.sma.HeadPattern} says what heads share, and {@link duality.sma.SoftmaxAttention} is the
 * attention that has no linear form.
 *
 * <p>Written against {@code duality.algebra} and {@code duality.contraction}: the same text runs exactly over a ring and
 * fast in double and single precision.
 */
@NullMarked
package duality.sma;

import org.jspecify.annotations.NullMarked;
