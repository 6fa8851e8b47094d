/**
 * Structured matrices. Start reading at {@link duality.semiseparable.StructuredMatrix}: the types, what they give
 * together, and how they solve.
 *
 * <p>Below them is {@link duality.semiseparable.Generators}, the two-sided block form that most types lift to, with
 * {@link duality.semiseparable.GeneratorAlgebra} (over any ring or field), {@link duality.semiseparable.BlockLu} and
 * {@link duality.semiseparable.RankProfile}; and, where there are orthogonal transformations, {@link
 * duality.semiseparable.Compression}, {@link duality.semiseparable.Ulv}, {@link duality.semiseparable.LiftedSolve} and
 * {@link duality.semiseparable.SemiseparableCholesky}. Scalar blocks are kept in the flat arrays of {@link
 * duality.semiseparable.ScalarGenerators}. {@link duality.semiseparable.CumProdSum} multiplies by a
 * one-semiseparable matrix in the six ways of Appendix B of "Transformers are SSMs" (Dao and Gu, arXiv 2405.21060).
 *
 * <p>The recurrences are written once against {@link duality.algebra.Blocks}; the types are in double precision, on
 * EJML.
 */
@NullMarked
package duality.semiseparable;

import org.jspecify.annotations.NullMarked;
