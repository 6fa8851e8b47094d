package duality.errors;

/** A value that the operation is not defined on. The message shows the index and the value. */
public final class ValueException extends InvalidInputException {
    public ValueException(Fault fault, String message) {
        super(fault, message);
    }
}
