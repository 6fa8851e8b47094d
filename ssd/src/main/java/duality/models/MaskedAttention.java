package duality.models;

import duality.algebra.Blocks;

/**
 * Attention by its weights, {@code M = L ∘ W}, for models that have no recurrence. Softmax attention (Vaswani et al.
 * 2017, arXiv 1706.03762) is {@code W = exp(QKᵀ)} under the causal mask; dividing its rows by their sums leaves every
 * rank as it is.
 *
 * @param mask {@code L (T×T)}
 * @param weights {@code W (T×T)}
 * @param <M> the type of a block
 */
public record MaskedAttention<M>(M mask, M weights) implements SequenceModel<M> {
    /** Under the causal mask, ones on and below the diagonal. */
    public static <M> MaskedAttention<M> causal(Blocks<M> ops, M weights) {
        return new MaskedAttention<>(ops.oneSemiseparable(ops.ones(ops.rows(weights), 1)), weights);
    }

    @Override
    public int length(Blocks<M> ops) {
        return ops.rows(weights);
    }

    @Override
    public M matrix(Blocks<M> ops) {
        return ops.hadamard(mask, weights);
    }
}
