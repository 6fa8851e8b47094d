package duality.proofs;

/**
 * What a proof has compared.
 *
 * @param identities the number of pairs of matrices that were equal
 * @param terms the number of terms in them, of the polynomials in all their entries
 */
public record Evidence(long identities, long terms) {}
