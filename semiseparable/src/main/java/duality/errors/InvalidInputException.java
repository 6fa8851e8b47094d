package duality.errors;

/** The caller's input cannot be used. {@link #fault()} says why as a code, the message in words. */
public abstract sealed class InvalidInputException extends IllegalArgumentException
        permits ShapeException, ValueException, UnsupportedRequestException {
    private final Fault fault;

    InvalidInputException(Fault fault, String message) {
        super(message);
        this.fault = fault;
    }

    /** The code to branch on. */
    public final Fault fault() {
        return fault;
    }
}
