package duality.algebra;

/**
 * Block operations with orthogonal factorisations, which only floating point has: an exact ring has no square
 * roots.
 *
 * @param <M> the type of a block
 */
public interface OrthogonalBlocks<M> extends FloatingBlocks<M>, DivisionBlocks<M> {
    /**
     * The full QR decomposition {@code a = q r} of {@code a (n×m)}, with {@code q (n×n)} orthogonal and {@code r
     * (n×m)} upper triangular.
     */
    Factors<M> qr(M a);

    /**
     * The thin singular value decomposition {@code a = u diag(σ) vᵀ} of {@code a (n×m)}, with {@code u (n×k)},
     * {@code v (m×k)} and {@code σ (k×1)} decreasing, k = min(n, m).
     */
    Svd<M> svd(M a);

    /**
     * The lower triangular {@code c} with {@code c cᵀ = a} of a symmetric positive definite {@code a (n×n)}.
     *
     * @throws duality.errors.ValueException with {@link duality.errors.Fault#OUT_OF_DOMAIN} if {@code a} is not
     *     positive definite; the message has the first pivot that fails and its value
     */
    M cholesky(M a);

    /** {@code x} with {@code t x = b} for a lower ({@code lower}) or upper triangular {@code t}. */
    M solveTriangular(M t, M b, boolean lower);

    /** A factorisation {@code a = left · right}. */
    record Factors<M>(M left, M right) {}

    /** A thin singular value decomposition. */
    record Svd<M>(M u, double[] singularValues, M v) {}
}
