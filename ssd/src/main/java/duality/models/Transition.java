package duality.models;

/**
 * What the transitions of a recurrence have in common.
 *
 * @param kind the kind
 * @param size the size of the small factor of {@link Kind#KRONECKER}, or the rank of {@link
 *     Kind#DIAGONAL_PLUS_LOW_RANK}; otherwise the state size
 */
public record Transition(Kind kind, int size) {
    /** Kinds of transitions, from the most special to the most general. */
    public enum Kind {
        /** {@code a I}. */
        SCALAR,
        /** {@code diag(a)}. */
        DIAGONAL,
        /** {@code S ⊗ I}: a recurrence of the mask, the same for every feature. */
        KRONECKER,
        /** {@code diag(a) + U Vᵀ} of rank less than ⌊N/2⌋; more could not be told from general ones. */
        DIAGONAL_PLUS_LOW_RANK,
        /** None of these. */
        GENERAL
    }

    @Override
    public String toString() {
        return switch (kind) {
            case SCALAR -> "scalar";
            case DIAGONAL -> "diagonal";
            case KRONECKER -> size + "x" + size + " ⊗ I";
            case DIAGONAL_PLUS_LOW_RANK -> "diagonal + rank " + size;
            case GENERAL -> "general";
        };
    }
}
