package duality.models;

import java.util.List;

/**
 * The ranks of the off-diagonal blocks of a matrix M (T×T), for every i from 0 to T − 1. The order of a part of the
 * matrix is its largest rank; to look at these blocks is enough, since every other one on that side is part of one.
 *
 * @param lower the ranks of {@code M[i:, :i+1]}, on and below the diagonal
 * @param strictlyLower the ranks of {@code M[i:, :i]}, below the diagonal
 * @param upper the ranks of {@code M[:i, i:]}, above the diagonal
 * @param toeplitz whether entries depend on t − s alone
 * @param unitDiagonal whether the diagonal is one
 */
public record MatrixProfile(
        List<Integer> lower, List<Integer> strictlyLower, List<Integer> upper, boolean toeplitz, boolean unitDiagonal) {
    /** Copies the lists. */
    public MatrixProfile {
        lower = List.copyOf(lower);
        strictlyLower = List.copyOf(strictlyLower);
        upper = List.copyOf(upper);
    }

    /** T. */
    public int length() {
        return lower.size();
    }

    /** The semiseparable order of the part on and below the diagonal. */
    public int lowerOrder() {
        return max(lower);
    }

    /** The semiseparable order of the part below the diagonal: the state size that a recurrence needs. */
    public int strictlyLowerOrder() {
        return max(strictlyLower);
    }

    /** The semiseparable order of the part above the diagonal. */
    public int upperOrder() {
        return max(upper);
    }

    private static int max(List<Integer> ranks) {
        return ranks.stream().mapToInt(rank -> rank).max().orElse(0);
    }
}
