/**
 * Structured matrices. Here today: multiplication by a one-semiseparable matrix, {@link
 * duality.semiseparable.CumProdSum}, in the six ways of Appendix B of "Transformers are SSMs" (Dao and
 * Gu, arXiv 2405.21060).
 *
 * <p>Everything is written against {@link duality.algebra.Blocks}.
 */
@NullMarked
package duality.semiseparable;

import org.jspecify.annotations.NullMarked;
