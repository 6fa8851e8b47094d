package duality.ssd;

import duality.algebra.Blocks;

/**
 * The dual, quadratic form: masked attention {@code Y = (L ∘ C Bᵀ) X} with the mask {@code L = 1SS(a)}
 * (Dao and Gu 2024, equation 16). An initial state adds {@code (a_t … a_0) C_tᵀ h_{−1}} to output t. Work
 * O(T²(N+P)), memory O(T²), depth log T.
 */
public final class QuadraticDual implements SsdAlgorithm {
    @Override
    public <M> ScalarSsm.Result<M> run(Blocks<M> k, ScalarSsm<M> ssm) {
        Chunk<M> whole = Chunk.of(k, ssm);
        return new ScalarSsm.Result<>(
                k.add(whole.diagonal(k), whole.outputsFrom(k, ssm.initialState())),
                k.add(k.scale(whole.decayThrough(k), ssm.initialState()), whole.stateUpdate(k)));
    }
}
