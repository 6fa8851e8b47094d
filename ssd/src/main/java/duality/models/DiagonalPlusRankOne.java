package duality.models;

import duality.algebra.Blocks;

/**
 * Attention whose transitions are diagonal plus rank one: {@code S_t = (diag(d_t) + a_t b_tᵀ) S_{t−1} + k_t v_tᵀ, o_t =
 * q_tᵀ S_t}. RWKV-7 (Peng et al. 2025, arXiv 2503.14456) as it stands, with the transpose of the paper's state; Kimi
 * delta attention by {@link #kimiDeltaAttention}.
 *
 * @param diagonal {@code d (T×N)}
 * @param left {@code a (T×N)}
 * @param right {@code b (T×N)}
 * @param q the queries {@code (T×N)}
 * @param k the keys {@code (T×N)}
 * @param <M> the type of a block
 */
public record DiagonalPlusRankOne<M>(M diagonal, M left, M right, M q, M k) implements LinearRecurrence<M> {
    /**
     * Kimi delta attention (Kimi Team 2025, arXiv 2510.26692): {@code S_t = (I − b_t k_t k_tᵀ) diag(a_t) S_{t−1} + b_t
     * k_t v_tᵀ}, a gated delta rule with a decay for each row of the state.
     *
     * @param decay {@code a (T×N)}
     * @param rate {@code b (T×1)}
     */
    public static <M> DiagonalPlusRankOne<M> kimiDeltaAttention(Blocks<M> ops, M decay, M rate, M q, M k) {
        M write = ops.scaleRows(rate, k);
        return new DiagonalPlusRankOne<>(decay, ops.negate(write), ops.hadamard(k, decay), q, write);
    }

    @Override
    public int length(Blocks<M> ops) {
        return ops.rows(diagonal);
    }

    @Override
    public Step<M> step(Blocks<M> ops, int t) {
        M transition = ops.add(
                Assembly.diagonal(ops, Assembly.column(ops, diagonal, t)),
                ops.multiplyTransposeLeft(ops.row(left, t), ops.row(right, t)));
        return Step.of(ops, transition, Assembly.column(ops, k, t), ops.row(q, t));
    }
}
