package duality.models;

import duality.algebra.Blocks;

/**
 * RWKV-6 (Peng et al. 2024, arXiv 2404.05892): {@code o_t = q_tᵀ (S_{t−1} + diag(u) k_t v_tᵀ)}, then {@code S_t =
 * diag(w_t) S_{t−1} + k_t v_tᵀ}. The current token is read with a bonus u of its own, so that the diagonal of the
 * matrix is free.
 *
 * @param decay {@code w (T×N)}
 * @param bonus {@code u (1×N)}
 * @param q the receptances {@code (T×N)}
 * @param k the keys {@code (T×N)}
 * @param <M> the type of a block
 */
public record Rwkv6<M>(M decay, M bonus, M q, M k) implements LinearRecurrence<M> {
    @Override
    public int length(Blocks<M> ops) {
        return ops.rows(decay);
    }

    @Override
    public Step<M> step(Blocks<M> ops, int t) {
        M key = Assembly.column(ops, k, t);
        M query = ops.row(q, t);
        M transition = Assembly.diagonal(ops, Assembly.column(ops, decay, t));
        return Step.readingBefore(ops, transition, key, query, ops.multiply(ops.hadamard(query, bonus), key));
    }
}
