package duality.ssd;

import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/**
 * Where a computation runs, of several places by name, and why: in the one with the smallest estimate, the first of equals.
 *
 * @param name the place
 * @param estimates of all places, in order
 */
public record Choice(String name, SequencedMap<String, Estimate> estimates) {
    /** Copies the map. */
    public Choice {
        estimates = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(estimates));
    }

    /**
     * The place with the smallest estimate.
     *
     * @param estimates at least one
     * @param first whether the first call counts, with what it prepares, or one of many
     */
    public static Choice fastest(SequencedMap<String, Estimate> estimates, boolean first) {
        String best = estimates.entrySet().stream()
                .min(Comparator.comparingDouble(entry -> entry.getValue().total(first))) // the first of equals
                .orElseThrow()
                .getKey();
        return new Choice(best, estimates);
    }

    /** One line: the place with its estimate, then the others with theirs. */
    @Override
    public String toString() {
        return name + ": " + estimates.get(name)
                + estimates.entrySet().stream()
                        .filter(entry -> !entry.getKey().equals(name))
                        .map(entry -> "; " + entry.getKey() + ": " + entry.getValue())
                        .collect(Collectors.joining());
    }
}
