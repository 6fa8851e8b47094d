package duality.models;

import duality.algebra.Blocks;
import java.util.List;

/**
 * The masks of kernel attention that decodes efficiently: {@code y_t = μ_t x_t + Σ_{d=1…k} ℓ_{t,d} y_{t−d}} (Dao and Gu
 * 2024, Theorem 5.2). The state is the last k outputs, so that the mask is semiseparable of order max(k, 1).
 *
 * @param gain {@code μ (T×1)}
 * @param coefficients {@code ℓ (T×k)}; those that reach before the start multiply nothing
 * @param <M> the type of a block
 */
public record Autoregression<M>(M gain, M coefficients) implements LinearRecurrence<M>, ClosedForm<M> {
    @Override
    public int length(Blocks<M> ops) {
        return ops.rows(gain);
    }

    @Override
    public Step<M> step(Blocks<M> ops, int t) {
        int k = ops.columns(coefficients);
        M mu = ops.row(gain, t);
        M row = ops.row(coefficients, t);
        if (k == 0) {
            return Step.readingBefore(ops, ops.zeros(0, 0), ops.zeros(0, 1), row, mu);
        }
        M companion = ops.stackRows(List.of(row, ops.rows(ops.identity(k), 0, k - 1)));
        return Step.readingBefore(ops, companion, ops.stackRows(List.of(mu, ops.zeros(k - 1, 1))), row, mu);
    }

    /** {@code (I − ℓ)⁻¹ diag(μ)}, with ℓ read as a banded matrix: the inverse of a band is semiseparable. */
    @Override
    public M closedForm(Blocks<M> ops) {
        int length = length(ops);
        M band = ops.zeros(length, length);
        for (int d = 1; d <= Math.min(ops.columns(coefficients), length); d++) {
            M below = ops.stackRows(List.of(ops.zeros(d, length), ops.rows(ops.identity(length), 0, length - d)));
            band = ops.add(band, ops.scaleRows(ops.block(coefficients, 0, length, d - 1, d), below));
        }
        return ops.multiply(Assembly.inverseOfUnitLower(ops, ops.negate(band)), Assembly.diagonal(ops, gain));
    }
}
