package duality.models;

import duality.algebra.Blocks;

/**
 * Attention whose state decays by a scalar: {@code S_t = a_t S_{t−1} + k_t v_tᵀ, o_t = q_tᵀ S_t}. Its matrix is
 * {@code 1SS(a) ∘ (Q Kᵀ)}: the structured state space duality (Dao and Gu 2024, Corollary 5.1).
 *
 * @param decay {@code a (T×1)}
 * @param q the queries {@code (T×N)}
 * @param k the keys {@code (T×N)}
 * @param <M> the type of a block
 */
public record ScalarDecay<M>(M decay, M q, M k) implements LinearRecurrence<M>, ClosedForm<M> {
    @Override
    public int length(Blocks<M> ops) {
        return ops.rows(decay);
    }

    @Override
    public Step<M> step(Blocks<M> ops, int t) {
        M transition = ops.scale(ops.row(decay, t), ops.identity(ops.columns(k)));
        return Step.of(ops, transition, Assembly.column(ops, k, t), ops.row(q, t));
    }

    @Override
    public M closedForm(Blocks<M> ops) {
        return ops.hadamard(ops.oneSemiseparable(decay), ops.multiplyTransposeRight(q, k));
    }
}
