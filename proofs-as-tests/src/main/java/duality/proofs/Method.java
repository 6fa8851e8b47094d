package duality.proofs;

/** How a theorem is proven, strongest first. */
public enum Method {
    /** An identity in a free algebra, where a letter stands for a matrix of any size. */
    DIMENSION_FREE("dimension-free"),
    /** A statement for one step or chunk, from a free entry state, that repeats. */
    INDUCTION("induction"),
    /** Equal canonical forms over the integers in every input, at every listed shape. */
    POLYNOMIAL_IDENTITY("polynomial identity"),
    /** Exact rational numbers, no tolerance, at given points. */
    EXACT_RATIONAL("exact rational"),
    /** Values at random points of a field, with a bound on the probability of a false pass. */
    RANDOM_IDENTITY("random identity"),
    /** Rounded numbers and a derived bound on how far they may be off. */
    FLOATING_POINT("floating point, derived bound");

    private final String text;

    Method(String text) {
        this.text = text;
    }

    /** The name in words. */
    @Override
    public String toString() {
        return text;
    }
}
