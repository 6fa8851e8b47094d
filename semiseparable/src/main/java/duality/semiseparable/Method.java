package duality.semiseparable;

/** How a system is solved. {@link #AUTOMATIC} lets the type and its properties choose; {@link Solution} reports. */
public enum Method {
    /** The properties choose: see {@link StructuredMatrix#solve(org.ejml.data.DMatrixRMaj)}. Never block LU. */
    AUTOMATIC,
    /** Multiplication by an inverse that is at hand: that of an inverse, or the transpose of an orthogonal matrix. */
    KNOWN_INVERSE,
    /** Forward or back substitution by the generators' recurrence; backward stable. */
    TRIANGULAR,
    /** The factorisation {@code A = C Cᵀ} of a positive definite matrix; backward stable. */
    CHOLESKY,
    /** The factors of a product, one after the other; as stable as the factors are well conditioned. */
    FACTORS,
    /** Orthogonal transformations of the generators (Chandrasekaran and others 2005); backward stable. */
    ULV,
    /** QR of the sparse system in which the states are unknowns too; backward stable. */
    LIFTED,
    /** Block LU of the generators without pivoting: unstable in general, so only by name. */
    BLOCK_LU,
    /** EJML's LU with partial pivoting on the dense matrix, O(n³). */
    DENSE_LU,
    /** EJML's QR on the dense matrix, O(n³); the least-squares solution where there are more rows than columns. */
    DENSE_QR
}
