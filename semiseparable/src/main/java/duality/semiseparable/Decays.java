package duality.semiseparable;

import duality.algebra.Blocks;

/**
 * The decay factors of a stretch of Q steps: from one step to another, from the start and to the end.
 *
 * <p>All of them are read off the mask L = 1SS(a) of the stretch: its first column holds the decay since the first
 * step and its last row the decay until the last. So nothing is ever divided and no cumulative sums are subtracted,
 * and a reset gives exact zeros.
 *
 * @param factors {@code a (Q×1)}
 * @param mask {@code L = 1SS(a) (Q×Q)}
 * @param <M> the type of a block
 */
public record Decays<M>(M factors, M mask) {
    /**
     * The decays of the factors {@code a (Q×1)}.
     *
     * @throws duality.errors.ShapeException if {@code a} is not a column
     */
    public static <M> Decays<M> of(Blocks<M> k, M a) {
        return new Decays<>(a, k.oneSemiseparable(a));
    }

    /** {@code a_t … a_0} for every step t, {@code Q×1}: from before the stretch to step t. */
    public M fromStart(Blocks<M> k) {
        int length = k.rows(factors);
        return length == 0 ? factors : k.scale(k.row(factors, 0), k.block(mask, 0, length, 0, 1));
    }

    /** {@code a_{Q−1} … a_{s+1}} for every step s, {@code Q×1}: from step s to the end. */
    public M toEnd(Blocks<M> k) {
        int length = k.rows(factors);
        return length == 0 ? factors : k.transpose(k.row(mask, length - 1));
    }

    /** {@code a_{Q−1} … a_0}, {@code 1×1}: through the whole stretch. One if it is empty. */
    public M through(Blocks<M> k) {
        int length = k.rows(factors);
        return length == 0 ? k.identity(1) : k.row(fromStart(k), length - 1);
    }
}
