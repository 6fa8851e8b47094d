package duality.errors;

/** Shapes that do not fit, or an index outside a shape. The message shows both. */
public final class ShapeException extends InvalidInputException {
    /** A fault, and what is wrong in words. */
    public ShapeException(Fault fault, String message) {
        super(fault, message);
    }

    /** Two shapes that should agree: the message is {@code what: left vs right}. */
    public static ShapeException mismatch(String what, String left, String right) {
        return new ShapeException(Fault.SHAPE_MISMATCH, what + ": " + left + " vs " + right);
    }
}
