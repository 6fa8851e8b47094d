package duality.semiseparable;

import duality.algebra.OrthogonalBlocks;
import duality.errors.Fault;
import duality.errors.ShapeException;
import duality.errors.ValueException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The Cholesky factor {@code A = L Lᵀ} of a symmetric positive definite matrix. L is lower triangular with the P and R
 * of A and
 *
 * <pre>
 *   C_i C_iᵀ = D_i − P_i F_i P_iᵀ      Q̃_i = (Q_i − R_i F_i P_iᵀ) C_i⁻ᵀ      F_{i+1} = R_i F_i R_iᵀ + Q̃_i Q̃_iᵀ
 * </pre>
 *
 * from an empty F_0; C_i are its diagonal blocks. (Eidelman, Gohberg and Haimovici 2014; for the scalar
 * case Foreman-Mackey and others, Astron. J. 154, 2017.)
 *
 * <p><b>Cost.</b> O(n (m + r)³) to factor, O(n (m + r)²) for each right-hand side: a fraction of {@link Ulv}'s.
 * <b>Stability.</b> The C_i C_iᵀ are Schur complements and never larger than A: backward stable for positive definite
 * matrices, if the generators are not far larger than the entries they give. It fails, and says where, if A is not
 * positive definite to working precision.
 *
 * @param <M> the type of a block
 */
public final class SemiseparableCholesky<M> {
    private final OrthogonalBlocks<M> k;
    private final Generators<M> factor;

    private SemiseparableCholesky(OrthogonalBlocks<M> k, Generators<M> factor) {
        this.k = k;
        this.factor = factor;
    }

    /**
     * The factor of A, after checking that A is symmetric: {@code ‖A − Aᵀ‖ ≤ 8 N u ‖A‖} in the Frobenius norm, which
     * costs O(n (m + r)³) more.
     *
     * @throws ShapeException if a diagonal block is not square
     * @throws ValueException with {@link Fault#OUT_OF_DOMAIN} if A is not symmetric, or not positive definite: then the
     *     message has the pivot that fails and the size of the leading minor that is not positive; with {@link
     *     Fault#NOT_FINITE} for a NaN or an infinity
     */
    public static <M> SemiseparableCholesky<M> of(OrthogonalBlocks<M> k, Generators<M> a) {
        Orthogonal.requireFinite(k, a);
        requireSquareBlocks(k, a);
        double norm = Compression.frobeniusNorm(k, a);
        double defect = Compression.frobeniusNorm(k, asymmetry(k, a));
        if (defect > 8.0 * a.rows(k) * k.unitRoundoff() * norm) {
            throw new ValueException(
                    Fault.OUT_OF_DOMAIN, "not symmetric: ‖A − Aᵀ‖ is about %s, ‖A‖ is %s".formatted(defect, norm));
        }
        return ofLower(k, a);
    }

    /**
     * The factor of the symmetric matrix whose lower half is that of A. The upper generators
     * are not read, and the entries of D above its diagonal must only be finite.
     *
     * @throws ShapeException if a diagonal block is not square
     * @throws ValueException with {@link Fault#OUT_OF_DOMAIN} if the matrix is not positive definite: the message has
     *     the pivot that fails and the size of the leading minor that is not positive; with {@link Fault#NOT_FINITE}
     *     for a NaN or an infinity
     */
    public static <M> SemiseparableCholesky<M> ofLower(OrthogonalBlocks<M> k, Generators<M> a) {
        requireSquareBlocks(k, a);
        List<M> c = new ArrayList<>();
        List<M> q = new ArrayList<>();
        List<M> u = new ArrayList<>();
        List<M> w = new ArrayList<>();
        List<M> v = new ArrayList<>();
        for (M d : a.d()) {
            u.add(k.zeros(k.rows(d), 0));
            w.add(k.zeros(0, 0));
            v.add(k.zeros(0, k.rows(d)));
        }
        Orthogonal.requireFinite(k, new Generators<>(a.d(), a.p(), a.r(), a.q(), u, w, v));
        M f = k.zeros(0, 0);
        int from = 0;
        for (int i = 0; i < a.blocks(); i++) {
            M p = a.p().get(i);
            M r = a.r().get(i);
            M fp = k.multiplyTransposeRight(f, p); // F Pᵀ
            M pivot = pivot(k, k.subtract(a.d().get(i), k.multiply(p, fp)), from, i);
            M rest = k.subtract(a.q().get(i), k.multiply(r, fp));
            M next = k.transpose(k.solveTriangular(pivot, k.transpose(rest), true)); // Q̃
            f = k.add(k.multiplyTransposeRight(k.multiply(r, f), r), k.multiplyTransposeRight(next, next));
            c.add(pivot);
            q.add(next);
            from += k.rows(pivot);
        }
        return new SemiseparableCholesky<>(k, Generators.of(k, c, a.p(), a.r(), q, u, w, v));
    }

    private static <M> M pivot(OrthogonalBlocks<M> k, M schur, int from, int i) {
        try {
            return k.cholesky(schur);
        } catch (ValueException cause) {
            int good = 0; // the largest leading minor of this block that has a factor
            while (factors(k, k.block(schur, 0, good + 1, 0, good + 1))) {
                good++;
            }
            ValueException fault = new ValueException(
                    cause.fault(),
                    "not positive definite: pivot %d (row %d of block %d) fails, the leading minor of size %d is not positive; %s"
                            .formatted(from + good, good, i, from + good + 1, cause.getMessage()));
            fault.initCause(cause);
            throw fault;
        }
    }

    private static <M> boolean factors(OrthogonalBlocks<M> k, M minor) {
        try {
            k.cholesky(minor);
            return true;
        } catch (ValueException notPositive) {
            return false;
        }
    }

    private static <M> void requireSquareBlocks(OrthogonalBlocks<M> k, Generators<M> a) {
        for (int i = 0; i < a.blocks(); i++) {
            M d = a.d().get(i);
            if (k.rows(d) != k.columns(d)) {
                throw ShapeException.mismatch(
                        "rows and columns of diagonal block " + i, k.rows(d) + "", k.columns(d) + "");
            }
        }
    }

    /** A matrix with the diagonal blocks of A − Aᵀ and its lower half, [P −Vᵀ], diag(R, Wᵀ), [Q; Uᵀ]. */
    private static <M> Generators<M> asymmetry(OrthogonalBlocks<M> k, Generators<M> a) {
        Generators<M> t = a.transpose(k);
        List<List<M>> lists = new ArrayList<>();
        for (int list = 0; list < 7; list++) {
            lists.add(new ArrayList<>());
        }
        for (int i = 0; i < a.blocks(); i++) {
            M r = a.r().get(i);
            M s = t.r().get(i);
            int rows = k.rows(a.d().get(i));
            lists.get(0).add(k.subtract(a.d().get(i), t.d().get(i)));
            lists.get(1).add(k.beside(a.p().get(i), k.negate(t.p().get(i))));
            lists.get(2)
                    .add(k.stackRows(List.of(
                            k.beside(r, k.zeros(k.rows(r), k.columns(s))),
                            k.beside(k.zeros(k.rows(s), k.columns(r)), s))));
            lists.get(3).add(k.stackRows(List.of(a.q().get(i), t.q().get(i))));
            lists.get(4).add(k.zeros(rows, 0));
            lists.get(5).add(k.zeros(0, 0));
            lists.get(6).add(k.zeros(0, rows));
        }
        return Generators.of(
                k, lists.get(0), lists.get(1), lists.get(2), lists.get(3), lists.get(4), lists.get(5), lists.get(6));
    }

    /** L, a lower triangular matrix: the diagonal blocks are lower triangular with a positive diagonal. */
    public Generators<M> factor() {
        return factor;
    }

    /**
     * {@code x} with {@code A x = b}: {@code L y = b} runs down, {@code Lᵀ x = y} runs up.
     *
     * @param b the right-hand sides {@code (N×any)}
     * @throws ShapeException if {@code b} has another number of rows
     * @throws ValueException if {@code b} is not finite
     */
    public M solve(M b) {
        return solveUpper(solveLower(b));
    }

    /**
     * {@code y} with {@code L y = b}, which whitens samples of covariance A: {@code y_i = C_i⁻¹ (b_i − P_i g_i), g_{i+1} =
     * R_i g_i + Q̃_i y_i}.
     *
     * @param b the right-hand sides {@code (N×any)}
     * @throws ShapeException if {@code b} has another number of rows
     * @throws ValueException if {@code b} is not finite
     */
    public M solveLower(M b) {
        Orthogonal.requireRightHandSide(k, factor, b);
        List<M> parts = k.splitRows(b, factor.rowSizes(k));
        List<M> y = new ArrayList<>();
        M g = k.zeros(0, k.columns(b));
        for (int i = 0; i < parts.size(); i++) {
            M known = k.multiply(factor.p().get(i), g);
            M part = k.solveTriangular(factor.d().get(i), k.subtract(parts.get(i), known), true);
            g = k.add(k.multiply(factor.r().get(i), g), k.multiply(factor.q().get(i), part));
            y.add(part);
        }
        return Orthogonal.stack(k, y, k.columns(b));
    }

    /**
     * {@code x} with {@code Lᵀ x = y}: {@code x_i = C_i⁻ᵀ (y_i − Q̃_iᵀ h_i), h_{i−1} = R_iᵀ h_i + P_iᵀ x_i}.
     *
     * @param y the right-hand sides {@code (N×any)}
     * @throws ShapeException if {@code y} has another number of rows
     * @throws ValueException if {@code y} is not finite
     */
    public M solveUpper(M y) {
        Orthogonal.requireRightHandSide(k, factor, y);
        List<M> parts = k.splitRows(y, factor.rowSizes(k));
        List<M> x = new ArrayList<>();
        M h = k.zeros(0, k.columns(y));
        for (int i = parts.size() - 1; i >= 0; i--) {
            M known = k.multiplyTransposeLeft(factor.q().get(i), h);
            M part = k.solveTriangular(k.transpose(factor.d().get(i)), k.subtract(parts.get(i), known), false);
            h = k.add(
                    k.multiplyTransposeLeft(factor.r().get(i), h),
                    k.multiplyTransposeLeft(factor.p().get(i), part));
            x.add(part);
        }
        Collections.reverse(x);
        return Orthogonal.stack(k, x, k.columns(y));
    }

    /** {@code log det A = 2 Σ log c_jj}; the determinant is positive. Zero for the empty matrix. */
    public double logDeterminant() {
        double sum = 0;
        for (M c : factor.d()) {
            for (double pivot : Orthogonal.diagonal(k, c)) {
                sum += Math.log(pivot);
            }
        }
        return 2 * sum;
    }
}
