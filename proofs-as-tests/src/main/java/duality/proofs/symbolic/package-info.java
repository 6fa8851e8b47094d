/**
 * The rings that proofs compute in: exact symbols instead of numbers.
 *
 * <p>A program written against {@link duality.algebra.Ring} and run over {@link
 * duality.proofs.symbolic.Polynomials} returns the polynomials it computes, so two programs are the same
 * map at that shape exactly when their outputs are equal. Over {@link
 * duality.proofs.symbolic.FreeAlgebra} the symbols stand for matrices, and an identity holds at every
 * size at once. {@link duality.proofs.symbolic.DualNumbers} differentiate, and {@link
 * duality.proofs.symbolic.RunningErrors} derive how far rounding can lead.
 *
 * <p>Start at {@link duality.proofs.symbolic.SymbolicRing}. May use {@code duality.algebra} and nothing
 * else of the library.
 */
@NullMarked
package duality.proofs.symbolic;

import org.jspecify.annotations.NullMarked;
