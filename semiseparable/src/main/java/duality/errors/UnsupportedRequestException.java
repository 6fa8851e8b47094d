package duality.errors;

/** Something sensible was asked of a part that cannot do it, or that this machine lacks. */
public final class UnsupportedRequestException extends InvalidInputException {
    /** A fault, and what is wrong in words. */
    public UnsupportedRequestException(Fault fault, String message) {
        super(fault, message);
    }
}
