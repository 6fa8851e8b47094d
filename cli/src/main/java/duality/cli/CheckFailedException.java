package duality.cli;

/** A check that the user asked for found a difference: exit code 1, the message on one line. */
public final class CheckFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What failed, in words. */
    public CheckFailedException(String message) {
        super(message);
    }
}
