package duality.proofs;

import java.util.List;

/**
 * What a proof has compared.
 *
 * @param identities the number of pairs of matrices that were equal
 * @param terms the number of terms in them: of the polynomials in all their entries, or the entries at random points
 * @param falsePass a bound on the probability that the proof passes though the statement is false; 0 where nothing is
 *     random
 * @param lines the first of the comparisons, for reading
 */
public record Evidence(long identities, long terms, double falsePass, List<String> lines) {
    /** Copies the lines. */
    public Evidence {
        lines = List.copyOf(lines);
    }
}
