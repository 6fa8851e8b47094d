package duality.errors;

/** The code of an {@link InvalidInputException}. */
public enum Fault {
    /** Two shapes that must agree do not. */
    SHAPE_MISMATCH,
    /** An array has the wrong number of axes. */
    WRONG_RANK,
    /** An index or a range lies outside its array. */
    OUT_OF_RANGE,
    /** A required argument is missing, or one is given that makes no sense beside the others. */
    WRONG_ARGUMENTS,
    /** A value is NaN or infinite where only finite numbers make sense. */
    NOT_FINITE,
    /** A value is finite but outside the set that the operation is defined on. */
    OUT_OF_DOMAIN,
    /** The values that make up cumulative offsets do not start at 0, increase and end at the length. */
    BAD_OFFSETS,
    /** Inversion of zero, or of a matrix that has no inverse. */
    SINGULAR,
    /** Exact integer arithmetic left the range of its representation. */
    OVERFLOW,
    /** The element type does not fit the operation. */
    WRONG_TYPE,
    /** A backend, algorithm or precision was asked for that is not there. */
    UNAVAILABLE
}
