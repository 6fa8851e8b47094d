package duality.proofs;

import duality.algebra.CommonsMath;
import duality.errors.ValueException;
import duality.proofs.symbolic.Polynomial;
import duality.proofs.symbolic.SymbolicRing;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.commons.math3.fraction.BigFraction;

/** Small numbers at which two unequal polynomials differ. */
final class Counterexample {
    private static final int LARGEST = 4;

    private Counterexample() {}

    /** Such as {@code ; at a[1]=2, B[0]=1, all else 0: 2, but 1}; empty if only the order of factors differs. */
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
        for (int number = 1; number <= LARGEST; number++) {
            for (List<String> support : supports) {
                Map<String, BigFraction> values = new HashMap<>();
                for (int i = 0; i < support.size(); i++) {
                    values.put(support.get(i), new BigFraction(1 + (number - 1) * (i + 1)));
                }
                BigFraction a = at(ring, actual, values);
                BigFraction b = at(ring, expected, values);
                if (!a.equals(b)) {
                    String point = support.stream()
                            .map(name -> name + "=" + values.get(name))
                            .collect(Collectors.joining(", "));
                    return "; with " + point + (point.isEmpty() ? "everything 0" : " and all else 0") + " that is " + a
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
