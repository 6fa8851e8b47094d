/**
 * Laws that other projects run on instances of their own.
 *
 * <ul>
 *   <li>{@link duality.proofs.laws.RingLaws} and {@link duality.proofs.laws.FieldLaws} are checks: each takes an
 *       implementation and samples, and returns or throws a {@link duality.proofs.laws.LawViolation} that names the law
 *       and shows a counterexample. They need no test framework.
 *   <li>{@link duality.proofs.laws.SequenceModelLaws}, {@link duality.proofs.laws.MaskLaws}, {@link
 *       duality.proofs.laws.StructuredMatrixLaws} and {@link duality.proofs.laws.SsdBackendLaws} are test classes to
 *       extend, with one method that names what is to be tested. They need jqwik 1.9, which a project that extends them
 *       adds to its test dependencies. They draw shapes, cuts and numbers that shrink to small integers, and require
 *       that every kind of case was seen.
 * </ul>
 */
@NullMarked
package duality.proofs.laws;

import org.jspecify.annotations.NullMarked;
