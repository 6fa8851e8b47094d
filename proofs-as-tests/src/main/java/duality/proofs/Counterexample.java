package duality.proofs;

import duality.algebra.CommonsMath;
import duality.errors.ValueException;
import duality.proofs.symbolic.Polynomial;
import duality.proofs.symbolic.SymbolicRing;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.commons.math3.fraction.BigFraction;

/** Small numbers at which two unequal polynomials differ. */
final class Counterexample {
    private Counterexample() {}

    /** Such as {@code ; with a[1]=2, B[0]=1 and all else 0 that is 2, but 1}; empty if only the order of factors differs. */
    static String text(SymbolicRing ring, Polynomial actual, Polynomial expected) {
        try {
            return search(ring, actual, expected);
        } catch (ValueException inverses) {
            return ""; // of letters: no numbers stand for them
        }
    }

    private static String search(SymbolicRing ring, Polynomial actual, Polynomial expected) {
        // One term of the difference and nothing else: the fewest symbols that can tell the two apart.
        List<List<String>> supports = ring.subtract(actual, expected).supports().stream()
                .distinct()
                .sorted(Comparator.comparingInt(List::size))
                .toList();
        for (List<String> support : supports) {
            for (int doubled = -1; doubled < support.size(); doubled++) {
                Map<String, BigFraction> values = new LinkedHashMap<>();
                for (int i = 0; i < support.size(); i++) {
                    values.put(support.get(i), new BigFraction(i == doubled ? 2 : 1));
                }
                BigFraction a = at(ring, actual, values);
                BigFraction b = at(ring, expected, values);
                if (!a.equals(b)) {
                    String point = values.entrySet().stream()
                            .map(entry -> entry.getKey() + "=" + entry.getValue())
                            .collect(Collectors.joining(", "));
                    return "; with " + (point.isEmpty() ? "everything 0" : point + " and all else 0") + " that is " + a
                            + ", but " + b;
                }
            }
        }
        return "";
    }

    private static BigFraction at(SymbolicRing ring, Polynomial polynomial, Map<String, BigFraction> values) {
        return ring.evaluate(polynomial, CommonsMath.RATIONALS, name -> values.getOrDefault(name, BigFraction.ZERO));
    }
}
