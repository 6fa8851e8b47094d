/**
 * Theorems with proofs that a machine runs. A {@link duality.proofs.Theorem} is a statement about a program
 * that ships, a proof that runs that very program over exact rings, and wrong programs that the proof must
 * refute. {@link duality.proofs.Catalogue} lists them all.
 *
 * <p>The rings are in {@link duality.proofs.symbolic}, laws that instances of interfaces must obey in {@link
 * duality.proofs.laws}.
 */
@NullMarked
package duality.proofs;

import org.jspecify.annotations.NullMarked;
