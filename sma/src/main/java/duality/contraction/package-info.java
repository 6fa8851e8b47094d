/**
 * Tensor contraction: {@code contract("TN,SN,SP,TS->TP", Q, K, V, L)} multiplies any number of operands
 * and sums over every index that the output does not name (Dao and Gu 2024, section 2; NumPy's einsum).
 *
 * <p>Start at {@link duality.contraction.Contraction}. It makes a {@link duality.contraction.Plan}, a
 * sequence of pairwise steps with known cost, and runs it through {@link
 * duality.contraction.ArrayOperations}: in double precision, in single precision, or exactly over any
 * commutative ring. An operand may be a {@link duality.contraction.MatrixOperand}, a matrix with a fast
 * multiplication of its own, and the plan then knows its cost: that is what makes linear attention
 * linear. {@link duality.contraction.ChunkedContraction} cuts such a matrix into chunks, and the planner
 * then finds the steps of the SSD algorithm.
 *
 * <p>Uses {@code duality.algebra}, {@code duality.semiseparable} and {@code duality.tensor}.
 */
@NullMarked
package duality.contraction;

import org.jspecify.annotations.NullMarked;
