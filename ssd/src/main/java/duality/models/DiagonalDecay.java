package duality.models;

import duality.algebra.Blocks;

/**
 * Attention whose state decays by a factor for each of its rows: {@code S_t = diag(a_t) S_{t−1} + k_t v_tᵀ, o_t =
 * q_tᵀ S_t}. Its matrix is a sum of N attentions of state size one, {@code Σ_n 1SS(a_n) ∘ (q_n k_nᵀ)} (arXiv
 * 2510.04944).
 *
 * @param decay {@code a (T×N)}
 * @param q the queries {@code (T×N)}
 * @param k the keys {@code (T×N)}
 * @param <M> the type of a block
 */
public record DiagonalDecay<M>(M decay, M q, M k) implements LinearRecurrence<M>, ClosedForm<M> {
    @Override
    public int length(Blocks<M> ops) {
        return ops.rows(decay);
    }

    @Override
    public Step<M> step(Blocks<M> ops, int t) {
        M transition = Assembly.diagonal(ops, Assembly.column(ops, decay, t));
        return Step.of(ops, transition, Assembly.column(ops, k, t), ops.row(q, t));
    }

    /** The n-th of the attentions that the model is the sum of: {@code 1SS(a_n) ∘ (q_n k_nᵀ)}. */
    public ScalarDecay<M> term(Blocks<M> ops, int n) {
        int length = length(ops);
        return new ScalarDecay<>(
                ops.block(decay, 0, length, n, n + 1),
                ops.block(q, 0, length, n, n + 1),
                ops.block(k, 0, length, n, n + 1));
    }

    @Override
    public M closedForm(Blocks<M> ops) {
        M sum = ops.zeros(length(ops), length(ops));
        for (int n = 0; n < ops.columns(decay); n++) {
            sum = ops.add(sum, term(ops, n).closedForm(ops));
        }
        return sum;
    }
}
