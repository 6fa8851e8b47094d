package duality.models;

import duality.algebra.Blocks;
import duality.semiseparable.Hierarchical;
import duality.sma.HierarchicalMask;
import duality.sma.StructuredMaskedAttention;
import java.util.List;

/**
 * Log-linear attention (Guo et al. 2025, arXiv 2506.04761): {@code M = QKᵀ ∘ 1SS(a) ∘ Λ} with {@code Λ_ts =
 * λ_t^(level(t, s))}. As in a Fenwick tree the past of t falls into stretches of doubling length, one for each bit that
 * is set in t; level(t, s) is the bit length of t xor s: 0 for s = t, l + 1 where bit l is the highest in which t and s
 * differ.
 *
 * <p>As a recurrence it keeps a state for each level, L = O(log T) of them. With l the number of zeros that t ends
 * with, step t merges the levels 0 … l into level l + 1, and the new token is level 0.
 *
 * @param decay {@code a (T×1)}
 * @param levels {@code λ (T×L)} with L at least 1 + the bit length of T − 1
 * @param q the queries {@code (T×N)}
 * @param k the keys {@code (T×N)}
 * @param <M> the type of a block
 */
public record LogLinearAttention<M>(M decay, M levels, M q, M k) implements LinearRecurrence<M>, ClosedForm<M> {
    /** The number L of levels of a sequence. */
    public static int levels(int length) {
        return 1 + Hierarchical.levels(length);
    }

    @Override
    public int length(Blocks<M> ops) {
        return ops.rows(decay);
    }

    @Override
    public Step<M> step(Blocks<M> ops, int t) {
        int count = ops.columns(levels);
        M first = ops.rows(ops.identity(count), 0, 1);
        M merge = ops.scale(ops.row(decay, t), merge(ops, t, count));
        return Step.of(
                ops,
                ops.kronecker(merge, ops.identity(ops.columns(k))),
                ops.kronecker(ops.transpose(first), Assembly.column(ops, k, t)),
                ops.kronecker(ops.row(levels, t), ops.row(q, t)));
    }

    /** Row l + 1 gathers the levels 0 … l, which become empty; higher levels stay. */
    private static <M> M merge(Blocks<M> ops, int t, int count) {
        if (t == 0) {
            return ops.identity(count);
        }
        int l = Integer.numberOfTrailingZeros(t);
        M gather = ops.beside(ops.ones(1, l + 1), ops.zeros(1, count - l - 1));
        return ops.stackRows(List.of(ops.zeros(l + 1, count), gather, ops.rows(ops.identity(count), l + 2, count)));
    }

    @Override
    public M closedForm(Blocks<M> ops) {
        return StructuredMaskedAttention.of(ops, HierarchicalMask.of(ops, levels, decay), q, k)
                .matrix(ops);
    }
}
