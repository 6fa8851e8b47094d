package duality.models;

import duality.algebra.Blocks;

/**
 * A model with a formula for its whole matrix, as its paper has it. Over a commutative ring it equals what the
 * recurrence gives, exactly.
 *
 * @param <M> the type of a block
 */
public interface ClosedForm<M> extends SequenceModel<M> {
    /** The matrix {@code M (T×T)} by the formula. */
    M closedForm(Blocks<M> k);
}
