package duality.semiseparable;

/**
 * A matrix in generators, and how far it is from the one asked for.
 *
 * @param generators the compressed matrix Ã
 * @param error the Frobenius norm {@code ‖A − Ã‖ = √(Σ discarded σ²)}, exact but for rounding of order {@code u ‖A‖}
 * @param <M> the type of a block
 */
public record Compressed<M>(Generators<M> generators, double error) {}
