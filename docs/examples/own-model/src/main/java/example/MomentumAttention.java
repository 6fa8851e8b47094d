package example;

import duality.algebra.Blocks;
import duality.models.ClosedForm;
import duality.models.LinearRecurrence;
import duality.models.Step;
import java.util.List;

/**
 * Linear attention with momentum: an update gathers in U before it enters the state, {@code U_t = m_t U_{t−1} + k_t
 * v_tᵀ, S_t = a_t S_{t−1} + U_t, o_t = q_tᵀ S_t}. The mask of QKᵀ is {@code 1SS(a) · 1SS(m)}: a state of size 2N.
 *
 * @param decay {@code a (T×1)}
 * @param momentum {@code m (T×1)}
 * @param q the queries {@code (T×N)}
 * @param k the keys {@code (T×N)}
 */
public record MomentumAttention<M>(M decay, M momentum, M q, M k) implements LinearRecurrence<M>, ClosedForm<M> {
    @Override
    public int length(Blocks<M> ops) {
        return ops.rows(decay);
    }

    @Override
    public Step<M> step(Blocks<M> ops, int t) {
        M a = ops.row(decay, t);
        M m = ops.row(momentum, t);
        M rule = ops.stackRows(List.of(ops.beside(a, m), ops.beside(ops.zeros(1, 1), m))); // of (S; U)
        M key = ops.transpose(ops.row(k, t));
        return Step.of(
                ops,
                ops.kronecker(rule, ops.identity(ops.rows(key))),
                ops.stackRows(List.of(key, key)),
                ops.beside(ops.row(q, t), ops.zeros(1, ops.rows(key))));
    }

    @Override
    public M closedForm(Blocks<M> ops) {
        M mask = ops.multiply(ops.oneSemiseparable(decay), ops.oneSemiseparable(momentum));
        return ops.hadamard(mask, ops.multiplyTransposeRight(q, k));
    }
}
