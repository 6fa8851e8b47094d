package duality.proofs.symbolic;

/**
 * The polynomials with integer coefficients {@code Z[x, y, …]} in as many named variables as are asked
 * for.
 *
 * <p>Two programs of ring operations that return equal polynomials compute the same map over every
 * commutative ring, since {@code Z[x, y, …]} is the free one.
 */
public final class Polynomials extends SymbolicRing {
    /** A ring with no variables yet. */
    public Polynomials() {}
}
