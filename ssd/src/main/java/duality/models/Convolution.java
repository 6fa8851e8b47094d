package duality.models;

import duality.algebra.Blocks;
import duality.sma.ToeplitzMask;

/**
 * A causal convolution, {@code y_t = Σ_j h_j x_{t−j}}: the lower triangular Toeplitz matrix of a kernel that need not
 * come from any recurrence, as in Hyena (Poli et al. 2023, arXiv 2302.10866).
 *
 * @param kernel {@code h (T×1)}
 * @param <M> the type of a block
 */
public record Convolution<M>(M kernel) implements SequenceModel<M> {
    @Override
    public int length(Blocks<M> ops) {
        return ops.rows(kernel);
    }

    @Override
    public M matrix(Blocks<M> ops) {
        return ToeplitzMask.causal(ops, kernel).dense(ops);
    }
}
