package duality.models;

import duality.algebra.Blocks;

/**
 * What a classifier decides about numbers. Decisions are relative to a scale, that of the whole matrix; exact ones do
 * not look at it.
 *
 * @param <M> the type of a block
 */
interface Judge<M> {
    Blocks<M> blocks();

    /** The size of a matrix, as a scale for decisions about its parts. */
    double scale(M whole);

    /** Whether every entry is zero. */
    boolean isZero(M a, double scale);

    /** Rows that span those of {@code a (n×m)}: {@code r×m}, where r is the rank. */
    M rowBasis(M a, double scale);

    /** {@code a_ij / b_ij} for i ≥ j, and zero above. */
    M lowerQuotient(M a, M b);
}
