package duality.proofs.laws;

/** A law that does not hold, with a counterexample as the message. */
public final class LawViolation extends AssertionError {
    private final String law;

    /** The violation of a law by a counterexample. */
    public LawViolation(String law, String counterexample) {
        super(law + ": " + counterexample);
        this.law = law;
    }

    /** The name of the law. */
    public String law() {
        return law;
    }
}
