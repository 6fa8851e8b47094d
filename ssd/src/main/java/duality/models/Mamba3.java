package duality.models;

import duality.algebra.Blocks;
import duality.sma.BandedMask;
import duality.sma.Mask;
import duality.sma.OneSemiseparableMask;
import duality.sma.StructuredMaskedAttention;
import java.util.List;

/**
 * Mamba-3, single input and output: {@code h_t = α_t h_{t−1} + β_t B_{t−1} x_{t−1} + γ_t B_t x_t, y_t = C_tᵀ h_t}, the
 * generalised trapezoidal rule with α = exp(Δ A), β = (1−λ) Δ α and γ = λ Δ; λ = 1 is Mamba-2. The mask of CBᵀ is
 * {@code 1SS(α) · band(γ, β)}.
 *
 * <p>The state carries the last {@code B x} along: {@code (h_t; B_t x_t)}, of size 2N, with the transition {@code [α β;
 * 0 0] ⊗ I}.
 *
 * @param alpha {@code α (T×1)}
 * @param beta {@code β (T×1)}; the first one multiplies nothing
 * @param gamma {@code γ (T×1)}
 * @param c {@code C (T×N)}
 * @param b {@code B (T×N)}
 * @param <M> the type of a block
 */
public record Mamba3<M>(M alpha, M beta, M gamma, M c, M b) implements LinearRecurrence<M>, ClosedForm<M> {
    @Override
    public int length(Blocks<M> ops) {
        return ops.rows(alpha);
    }

    @Override
    public Step<M> step(Blocks<M> ops, int t) {
        M rule = ops.stackRows(List.of(ops.beside(ops.row(alpha, t), ops.row(beta, t)), ops.zeros(1, 2)));
        M bx = Assembly.column(ops, b, t);
        return Step.of(
                ops,
                ops.kronecker(rule, ops.identity(ops.rows(bx))),
                ops.stackRows(List.of(ops.scale(ops.row(gamma, t), bx), bx)),
                ops.beside(ops.row(c, t), ops.zeros(1, ops.rows(bx))));
    }

    /** {@code (1SS(α) · band(γ, β)) ∘ (C Bᵀ)}: γ on the diagonal of the band, β below it. */
    @Override
    public M closedForm(Blocks<M> ops) {
        Mask<M> mask = BandedMask.of(ops, OneSemiseparableMask.of(ops, alpha), ops.beside(gamma, beta));
        return StructuredMaskedAttention.of(ops, mask, c, b).matrix(ops);
    }
}
