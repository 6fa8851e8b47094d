package duality.sma;

import duality.algebra.Blocks;
import duality.contraction.ArrayOperations;
import duality.contraction.MatrixOperand;
import duality.errors.ShapeException;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Structured masked attention with several heads that share queries, keys or values by a {@link HeadPattern} (Dao and
 * Gu 2024, section 7.2). Every head has a mask.
 *
 * @param pattern what is shared: C of the pattern are queries, B keys, X values
 * @param groups the number of groups, used by {@link HeadPattern#GROUPED} alone
 * @param masks {@code L (T×S)} of every head
 * @param q the queries {@code (T×N)}, as many as the pattern has
 * @param k the keys {@code (S×N)}, as many as the pattern has
 * @param <M> the type of a block
 */
public record MultiHeadAttention<M>(
        HeadPattern pattern, int groups, List<? extends MatrixOperand<M>> masks, List<M> q, List<M> k) {
    /**
     * Copies the lists.
     *
     * @throws ShapeException if there are not as many queries and keys as the pattern has, or the groups do not divide
     *     the heads
     */
    public MultiHeadAttention {
        masks = List.copyOf(masks);
        q = List.copyOf(q);
        k = List.copyOf(k);
        int heads = masks.size();
        require("queries", pattern, heads, q.size(), pattern.cGroups(heads, groups));
        require("keys", pattern, heads, k.size(), pattern.bGroups(heads, groups));
        if (pattern == HeadPattern.GROUPED && (groups < 1 || heads % groups != 0)) {
            throw ShapeException.mismatch("groups that divide the heads", groups + " groups", heads + " heads");
        }
    }

    private static void require(String what, HeadPattern pattern, int heads, int found, int expected) {
        if (found != expected) {
            throw ShapeException.mismatch(
                    what + " of " + heads + " heads, " + pattern, found + " " + what, String.valueOf(expected));
        }
    }

    /** The attention of one head. */
    public StructuredMaskedAttention<M> head(Blocks<M> ops, int head) {
        return StructuredMaskedAttention.of(ops, masks.get(head), shared(q, head), shared(k, head));
    }

    /** The outputs {@code (T×P)} of every head, for values {@code (S×P)}, as many as the pattern has. */
    public List<M> run(StructuredMaskedAttention.Form form, ArrayOperations<M> operations, List<M> v) {
        int heads = masks.size();
        require("values", pattern, heads, v.size(), pattern.xHeads(heads));
        return IntStream.range(0, heads)
                .mapToObj(head -> head(operations.blocks(), head).run(form, operations, shared(v, head)))
                .toList();
    }

    /** What a head uses of a list that neighbouring heads share. */
    private M shared(List<M> list, int head) {
        return list.get(head / (masks.size() / list.size()));
    }
}
