package duality.models;

import java.util.List;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What kind of matrix a model is. Profiles are of the leading parts of the matrix, each twice as long as the one
 * before, so that orders which stay can be told from orders which grow.
 *
 * @param transition the kind of its transitions, or null for a model without a recurrence
 * @param matrix the profiles of the matrix
 * @param mask the profiles of the mask {@code M / QKᵀ}, entry by entry, or null without scores
 */
public record Classification(
        @Nullable Transition transition,
        List<MatrixProfile> matrix,
        @Nullable List<MatrixProfile> mask) {
    /** Copies the lists. */
    public Classification {
        matrix = List.copyOf(matrix);
        mask = mask == null ? null : List.copyOf(mask);
    }

    /** How an order of some profiles grows. */
    public static Growth growth(List<MatrixProfile> profiles, ToIntFunction<MatrixProfile> order) {
        return Growth.of(orders(profiles, order));
    }

    /** An order as text: one number if it is bounded, or those for all lengths. */
    public static String text(List<MatrixProfile> profiles, ToIntFunction<MatrixProfile> order) {
        List<Integer> orders = orders(profiles, order);
        return growth(profiles, order) == Growth.BOUNDED
                ? orders.getLast().toString()
                : orders.stream().map(Object::toString).collect(Collectors.joining(" "));
    }

    private static List<Integer> orders(List<MatrixProfile> profiles, ToIntFunction<MatrixProfile> order) {
        return profiles.stream().map(order::applyAsInt).toList();
    }

    /** The lower semiseparable order grows like this. */
    public Growth growth() {
        return growth(matrix, MatrixProfile::lowerOrder);
    }

    /** Whether the matrix is QKᵀ under a mask whose order is bounded, or grows with the logarithm of the length. */
    public boolean hasMask() {
        if (mask == null) {
            return false;
        }
        Growth growth = growth(mask, MatrixProfile::lowerOrder);
        return growth == Growth.BOUNDED || growth == Growth.LOGARITHMIC;
    }

    /** Whether the matrix is a 1-semiseparable mask of QKᵀ: the models that the duality is about. */
    public boolean isOneSemiseparableAttention() {
        return mask != null
                && growth(mask, MatrixProfile::lowerOrder) == Growth.BOUNDED
                && mask.getLast().lowerOrder() == 1;
    }

    /** The class in a few words, the tightest that holds. */
    public String summary() {
        MatrixProfile whole = matrix.getLast();
        if (mask != null && hasMask()) {
            MatrixProfile last = mask.getLast();
            return (growth(mask, MatrixProfile::lowerOrder) == Growth.BOUNDED
                            ? last.lowerOrder() + "-SS"
                            : "hierarchical")
                    + " mask"
                    + (last.toeplitz() ? " ∩ Toeplitz" : "")
                    + (isOneSemiseparableAttention() && !last.unitDiagonal() ? " + input gate" : "");
        }
        String side = whole.upperOrder() > 0 ? "two-sided " : "";
        String order = switch (growth()) {
            case BOUNDED -> transitionName() + whole.strictlyLowerOrder() + "-SS";
            case LOGARITHMIC -> "hierarchical";
            case UNBOUNDED -> "unbounded";
            case UNCLEAR -> "unclear";
        };
        boolean freeDiagonal = growth() == Growth.BOUNDED && whole.lowerOrder() > whole.strictlyLowerOrder();
        return side + order + (whole.toeplitz() ? " ∩ Toeplitz" : "") + (freeDiagonal ? " + free diagonal" : "");
    }

    private String transitionName() {
        return transition == null || transition.kind() == Transition.Kind.GENERAL ? "" : transition + " ";
    }
}
