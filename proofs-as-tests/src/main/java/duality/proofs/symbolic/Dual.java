package duality.proofs.symbolic;

/**
 * The dual number {@code value + derivative·ε}, an element of {@link DualNumbers}.
 *
 * @param value what is computed
 * @param derivative its derivative along the direction in which the inputs were seeded
 * @param <E> the type of both
 */
public record Dual<E>(E value, E derivative) {
    @Override
    public String toString() {
        return "(" + value + ") + (" + derivative + ")ε";
    }
}
