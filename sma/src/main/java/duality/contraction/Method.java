package duality.contraction;

/** How a step of a {@link Plan} is carried out. */
public enum Method {
    /** A structured operand is written out as an array. */
    DENSE,
    /** One operand: diagonals are taken, indices summed, axes put in order. */
    REDUCE,
    /** A (batched) matrix product; Hadamard and outer products are the cases without a sum. */
    PRODUCT,
    /** A structured operand multiplies by its own algorithm. */
    MULTIPLY,
    /** The transpose of a structured operand multiplies by its own algorithm. */
    MULTIPLY_TRANSPOSED
}
