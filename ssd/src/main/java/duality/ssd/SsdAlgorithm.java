package duality.ssd;

import duality.algebra.Blocks;

/** A way to multiply by the matrix of a {@link ScalarSsm}. All ways give the same result. */
public interface SsdAlgorithm {
    /**
     * The outputs and the final state.
     *
     * @param k the operations to compute with
     * @param ssm the model, of any length
     */
    <M> ScalarSsm.Result<M> run(Blocks<M> k, ScalarSsm<M> ssm);
}
