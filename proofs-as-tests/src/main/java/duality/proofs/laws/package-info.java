/**
 * Laws, as checks that other projects can run on instances of their own: each takes an implementation
 * and samples, and either returns or throws a {@link duality.proofs.laws.LawViolation} that names the law
 * and shows a counterexample.
 *
 * <p>Start at {@link duality.proofs.laws.RingLaws}. May use {@code duality.algebra}; depends on no test
 * framework.
 */
@NullMarked
package duality.proofs.laws;

import org.jspecify.annotations.NullMarked;
