/**
 * What the algorithms compute in: rings and fields, matrices over them, and the block operations that
 * every algorithm of the library is written against.
 *
 * <p>Start at {@link duality.algebra.Blocks}: an algorithm written against it runs in double precision
 * over EJML ({@link duality.algebra.EjmlBlocks}), in single precision ({@link
 * duality.algebra.FloatBlocks}) and exactly over any {@link duality.algebra.Ring} ({@link
 * duality.algebra.RingBlocks}). That is how the program that ships and the program that is proven are
 * the same program.
 *
 * <p>{@link duality.algebra.DivisionBlocks} adds division by square blocks, exactly over a {@link
 * duality.algebra.Field} ({@link duality.algebra.FieldBlocks}) or in floating point; {@link
 * duality.algebra.OrthogonalBlocks} adds what only floating point has.
 *
 * <p>May use EJML and Commons Math; knows nothing of sequence models.
 */
@NullMarked
package duality.algebra;

import org.jspecify.annotations.NullMarked;
