package duality.models;

import duality.algebra.Blocks;

/**
 * Gated DeltaNet (Yang, Kautz and Hatamizadeh 2024, arXiv 2412.06464): {@code S_t = a_t (I − b_t k_t k_tᵀ) S_{t−1} +
 * b_t k_t v_tᵀ, o_t = q_tᵀ S_t}: what the state holds for a key is replaced, by the share b. With a = 1 it is DeltaNet
 * (Schlag, Irie and Schmidhuber 2021, arXiv 2102.11174; Yang et al. 2024, arXiv 2406.06484).
 *
 * @param decay {@code a (T×1)}
 * @param rate {@code b (T×1)}
 * @param q the queries {@code (T×N)}
 * @param k the keys {@code (T×N)}
 * @param <M> the type of a block
 */
public record GatedDeltaNet<M>(M decay, M rate, M q, M k) implements LinearRecurrence<M>, ClosedForm<M> {
    @Override
    public int length(Blocks<M> ops) {
        return ops.rows(decay);
    }

    @Override
    public Step<M> step(Blocks<M> ops, int t) {
        M key = Assembly.column(ops, k, t);
        M write = ops.scale(ops.row(rate, t), key);
        M erase = ops.subtract(ops.identity(ops.rows(key)), ops.multiplyTransposeRight(write, key));
        return Step.of(ops, ops.scale(ops.row(decay, t), erase), write, ops.row(q, t));
    }

    /** {@code (L ∘ QKᵀ) (I + tril(diag(b) (L ∘ KKᵀ), −1))⁻¹ diag(b)} with L = 1SS(a). */
    @Override
    public M closedForm(Blocks<M> ops) {
        M mask = ops.oneSemiseparable(decay);
        M scores = ops.hadamard(mask, ops.multiplyTransposeRight(q, k));
        M overlaps = ops.scaleRows(rate, ops.hadamard(mask, ops.multiplyTransposeRight(k, k)));
        M inverse = Assembly.inverseOfUnitLower(ops, Assembly.strictlyLower(ops, overlaps));
        return ops.multiply(scores, ops.multiply(inverse, Assembly.diagonal(ops, rate)));
    }
}
