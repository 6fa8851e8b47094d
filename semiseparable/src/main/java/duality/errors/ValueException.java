package duality.errors;

/** A value that the operation is not defined on. The message shows the index and the value. */
public final class ValueException extends InvalidInputException {
    /** A fault, and what is wrong in words. */
    public ValueException(Fault fault, String message) {
        super(fault, message);
    }
}
