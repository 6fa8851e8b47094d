package duality.semiseparable;

import duality.algebra.Blocks;
import duality.errors.ShapeException;
import java.util.ArrayList;
import java.util.List;

/**
 * 1SS(a) as a product of sparse matrices, a factor for each round of an algorithm of {@link CumProdSum} (Dao and Gu 2024,
 * Appendix B): the number of factors is the algorithm's depth, their entries below the diagonal are its work. Each factor
 * has ones on the diagonal, and every other entry that it has is the entry {@code a_t … a_{s+1}} of 1SS(a) in that place.
 */
public final class SparseFactors {
    private SparseFactors() {}

    /** Which entries below the diagonal a factor has. */
    @FunctionalInterface
    private interface Pattern {
        boolean has(int row, int column);
    }

    /**
     * The factors, in the order in which they are applied: the last times … times the first is 1SS(a). None if the
     * algorithm has nothing to do.
     *
     * @param k the operations
     * @param a the factors of the recurrence {@code (T×1)}
     * @return matrices {@code (T×T)}
     * @throws ShapeException if {@code a} is not a column
     */
    public static <M> List<M> of(CumProdSum algorithm, Blocks<M> k, M a) {
        int length = k.rows(a);
        if (k.columns(a) != 1) {
            throw ShapeException.mismatch("factors of 1SS(a)", length + "x" + k.columns(a), length + "x1");
        }
        M whole = k.oneSemiseparable(a);
        return patterns(algorithm, length).stream()
                .map(pattern -> k.hadamard(indicator(k, length, pattern), whole))
                .toList();
    }

    private static <M> M indicator(Blocks<M> k, int length, Pattern pattern) {
        List<M> entries = new ArrayList<>();
        entries.add(k.zeros(0, 1));
        for (int row = 0; row < length; row++) {
            for (int column = 0; column < length; column++) {
                boolean has = row == column || (row > column && pattern.has(row, column));
                entries.add(has ? k.ones(1, 1) : k.zeros(1, 1));
            }
        }
        return k.reshape(k.stackRows(entries), length, length);
    }

    private static List<Pattern> patterns(CumProdSum algorithm, int length) {
        List<Pattern> rounds = new ArrayList<>();
        switch (algorithm) {
            case RECURRENT -> {
                for (int t = 1; t < length; t++) {
                    int now = t;
                    rounds.add((row, column) -> row == now && column == now - 1);
                }
            }
            case DILATED -> {
                for (int d = 1; d < length; d *= 2) {
                    int distance = d;
                    rounds.add((row, column) -> row - column == distance);
                }
            }
            case STATE_PASSING -> {
                int chunk = Math.max(1, (int) Math.ceil(Math.sqrt(length)));
                for (int start = 0; start < length; start += chunk) {
                    int from = start;
                    rounds.add((row, column) -> row >= from && row < from + chunk && column >= from - 1);
                }
            }
            case RECURSIVE -> halves(rounds, 0, length, 0);
            case ASSOCIATIVE_SCAN -> {
                for (int d = 1; 2 * d <= length; d *= 2) {
                    int distance = d;
                    rounds.add((row, column) -> (row + 1) % (2 * distance) == 0 && row - column == distance);
                }
                for (int d = Integer.highestOneBit(Math.max(1, length / 2)); d >= 1; d /= 2) {
                    int distance = d;
                    if (3 * d <= length) {
                        rounds.add((row, column) -> (row + 1) % (2 * distance) == distance && row - column == distance);
                    }
                }
            }
            case QUADRATIC -> rounds.add((_, _) -> true);
        }
        return rounds;
    }

    /** The block below two halves has rank one: it reads the last output of the first half. The deepest come first. */
    private static void halves(List<Pattern> rounds, int from, int to, int depth) {
        if (to - from < 2) {
            return;
        }
        int half = from + (to - from) / 2;
        while (rounds.size() <= depth) {
            rounds.addFirst((_, _) -> false);
        }
        int place = rounds.size() - 1 - depth;
        Pattern others = rounds.get(place);
        rounds.set(place, (row, column) -> others.has(row, column) || (row >= half && row < to && column == half - 1));
        halves(rounds, from, half, depth + 1);
        halves(rounds, half, to, depth + 1);
    }
}
