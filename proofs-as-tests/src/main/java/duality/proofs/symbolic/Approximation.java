package duality.proofs.symbolic;

/**
 * A computed number with what is needed to bound its rounding error; an element of {@link
 * RunningErrors}.
 *
 * @param value the number, as computed in double precision
 * @param magnitude the same expression of the absolute values of its inputs, with sums for differences
 * @param depth how many roundings one term of the expanded expression passes through at most
 */
public record Approximation(double value, double magnitude, int depth) {}
