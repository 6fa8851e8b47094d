package duality.ssd;

import duality.algebra.Blocks;
import duality.semiseparable.Decays;

/**
 * A stretch of Q consecutive steps, with the factors of its rows and columns of the matrix M: what it
 * does by itself, what it leaves behind, and what it does with the state that it is given.
 *
 * <p>All decay factors are read off the chunk's own mask L = 1SS(a), see {@link Decays}.
 *
 * @param decay {@code a (Q×1)}
 * @param mask {@code L = 1SS(a) (Q×Q)}
 * @param b {@code B (Q×N)}
 * @param c {@code C (Q×N)}
 * @param x {@code X (Q×P)}
 * @param <M> the type of a block
 */
public record Chunk<M>(M decay, M mask, M b, M c, M x) {
    /** The chunk that is all of {@code ssm}. */
    static <M> Chunk<M> of(Blocks<M> k, ScalarSsm<M> ssm) {
        return new Chunk<>(ssm.decay(), ssm.mask(k), ssm.b(), ssm.c(), ssm.x());
    }

    /** Q. */
    public int length(Blocks<M> k) {
        return k.rows(decay);
    }

    /** {@code a_t … a_0} for every step t, {@code Q×1}: from the state before the chunk to step t. */
    public M decayFromStart(Blocks<M> k) {
        return decays().fromStart(k);
    }

    /** {@code a_{Q−1} … a_{s+1}} for every step s, {@code Q×1}: from step s to the end of the chunk. */
    public M decayToEnd(Blocks<M> k) {
        return decays().toEnd(k);
    }

    /** {@code a_{Q−1} … a_0}, {@code 1×1}: through the whole chunk. One for an empty chunk. */
    public M decayThrough(Blocks<M> k) {
        return decays().through(k);
    }

    private Decays<M> decays() {
        return new Decays<>(decay, mask);
    }

    /** {@code C Bᵀ (Q×Q)}. */
    public M gram(Blocks<M> k) {
        return k.multiplyTransposeRight(c, b);
    }

    /** The diagonal block of M times the chunk's inputs: {@code (L ∘ C Bᵀ) X (Q×P)}. */
    public M diagonal(Blocks<M> k) {
        return k.multiply(k.hadamard(mask, gram(k)), x);
    }

    /** What the chunk adds to the state that leaves it: {@code Σ_s (a_{Q−1} … a_{s+1}) B_s x_sᵀ (N×P)}. */
    public M stateUpdate(Blocks<M> k) {
        return k.multiplyTransposeLeft(k.scaleRows(decayToEnd(k), b), x);
    }

    /** What the state that enters contributes to the outputs: {@code (a_t … a_0) C_tᵀ h (Q×P)}. */
    public M outputsFrom(Blocks<M> k, M state) {
        return k.scaleRows(decayFromStart(k), k.multiply(c, state));
    }
}
