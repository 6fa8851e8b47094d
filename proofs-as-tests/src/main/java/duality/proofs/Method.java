package duality.proofs;

/** How a theorem is proven, strongest first. */
public enum Method {
    /** An identity in a free algebra, where a letter stands for a matrix of any size. */
    DIMENSION_FREE("dimension-free"),
    /** A statement for one step or chunk, from a free entry state, that repeats. */
    INDUCTION("induction"),
    /** Equal canonical forms over the integers in every input, at every listed shape. */
    POLYNOMIAL_IDENTITY("polynomial identity");

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
