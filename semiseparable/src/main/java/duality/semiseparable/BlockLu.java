package duality.semiseparable;

import duality.algebra.DivisionBlocks;
import duality.algebra.OrthogonalBlocks;
import duality.errors.Fault;
import duality.errors.ValueException;
import java.util.ArrayList;
import java.util.List;

/**
 * The block LU factorisation {@code A = L U} without pivoting, both factors given by generators with the ranks of A:
 *
 * <pre>
 *   L = (D: Δ, P, R, Q̃)    U = (D: I, Ũ, W, V)
 *   Δ = D − P G V    Q̃ = Q − R G V    Ũ = Δ⁻¹(U − P G W)    G⁺ = R G W + Q̃ Ũ,   G_0 = 0
 * </pre>
 *
 * (Eidelman, Gohberg and Haimovici 2014, volume 1.) Exact over a field. In floating point it is unstable in general,
 * and fine for positive definite or block diagonally dominant matrices; so it is never chosen by default.
 *
 * @param lower the factor L, whose diagonal is Δ
 * @param upper the factor U, whose diagonal is the identity
 * @param <M> the type of a block
 */
public record BlockLu<M>(Generators<M> lower, Generators<M> upper) {
    /**
     * Factors A. Cost O(n (m + r + s)³).
     *
     * @throws duality.errors.ShapeException if a diagonal block is not square
     * @throws ValueException with {@link Fault#SINGULAR} and the block's index if a Δ_i is singular, which means that
     *     the leading submatrix that ends there is
     */
    public static <M> BlockLu<M> of(DivisionBlocks<M> k, Generators<M> a) {
        GeneratorAlgebra.requireSquare("block LU", k, a);
        List<M> delta = new ArrayList<>();
        List<M> q = new ArrayList<>();
        List<M> u = new ArrayList<>();
        M g = k.zeros(0, 0);
        for (int i = 0; i < a.blocks(); i++) {
            M p = a.p().get(i);
            M gv = k.multiply(g, a.v().get(i));
            M gw = k.multiply(g, a.w().get(i));
            M rgw = k.multiply(a.r().get(i), gw);
            delta.add(k.subtract(a.d().get(i), k.multiply(p, gv)));
            q.add(k.subtract(a.q().get(i), k.multiply(a.r().get(i), gv)));
            u.add(solve(k, i, delta.get(i), k.subtract(a.u().get(i), k.multiply(p, gw))));
            g = k.add(rgw, k.multiply(q.get(i), u.get(i)));
        }
        List<M> none = new ArrayList<>();
        List<M> left = new ArrayList<>();
        List<M> right = new ArrayList<>();
        List<M> ones = new ArrayList<>();
        for (M block : delta) {
            none.add(k.zeros(0, 0));
            left.add(k.zeros(k.rows(block), 0));
            right.add(k.zeros(0, k.rows(block)));
            ones.add(k.identity(k.rows(block)));
        }
        return new BlockLu<>(
                new Generators<>(delta, a.p(), a.r(), q, left, none, right),
                new Generators<>(ones, left, none, right, u, a.w(), a.v()));
    }

    private static <M> M solve(DivisionBlocks<M> k, int i, M delta, M b) {
        try {
            return k.solve(delta, b);
        } catch (ValueException e) {
            throw new ValueException(e.fault(), "pivot block " + i + " of block LU: " + e.getMessage());
        }
    }

    /**
     * {@code x} with {@code A x = b}, by the two triangular solves. Cost O(n (m³ + (m + r + s)²)) for a column.
     *
     * @throws duality.errors.ShapeException if b does not have as many rows as A
     */
    public M solve(DivisionBlocks<M> k, M b) {
        return GeneratorAlgebra.solveUpper(k, upper, GeneratorAlgebra.solveLower(k, lower, b));
    }

    /** {@code det A = Π det Δ_i}, as a {@code 1×1} block. Over the reals it may over- or underflow. */
    public M determinant(DivisionBlocks<M> k) {
        return lower.d().stream().map(k::determinant).reduce(k.identity(1), k::multiply);
    }

    /** {@code log |det A| = Σ log |det Δ_i|} and the sign, safe from overflow as long as each block's determinant is. */
    public LogDeterminant logDeterminant(OrthogonalBlocks<M> k) {
        int sign = 1;
        double log = 0;
        for (M block : lower.d()) {
            double determinant = k.toArray(k.determinant(block))[0];
            sign *= (int) Math.signum(determinant);
            log += Math.log(Math.abs(determinant));
        }
        return new LogDeterminant(sign, log);
    }
}
