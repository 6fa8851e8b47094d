/**
 * Structured matrices. Here today: multiplication by a one-semiseparable matrix, {@link
 * duality.semiseparable.CumProdSum}, in the six ways of Appendix B of "Transformers are SSMs" (Dao and
 * Gu, arXiv 2405.21060).
 *
 * <p>{@link duality.semiseparable.Generators} is a two-sided semiseparable matrix, {@link
 * duality.semiseparable.GeneratorAlgebra} what can be computed with it over any ring or field, {@link
 * duality.semiseparable.BlockLu} its factorisation without pivoting, and {@link duality.semiseparable.RankProfile}
 * the least ranks it can have.
 *
 * <p>Everything is written against {@link duality.algebra.Blocks}.
 */
@NullMarked
package duality.semiseparable;

import org.jspecify.annotations.NullMarked;
