package duality.proofs;

/**
 * What a proof holds for, and why for all of that.
 *
 * @param over what is quantified, such as "N, P"
 * @param range the values covered, such as "all"
 * @param because why
 */
public record Quantifier(String over, String range, String because) {
    /** Such as {@code N, P: all}. */
    @Override
    public String toString() {
        return over + ": " + range;
    }
}
