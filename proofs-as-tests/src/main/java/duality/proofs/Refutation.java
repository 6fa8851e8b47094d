package duality.proofs;

/** A counterexample: the message shows where two programs differ, and the two values. */
public final class Refutation extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** A counterexample in words. */
    public Refutation(String counterexample) {
        super(counterexample);
    }
}
