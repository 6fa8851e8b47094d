package duality.semiseparable;

import duality.algebra.OrthogonalBlocks;
import duality.errors.ShapeException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.IntToDoubleFunction;

/**
 * A stable solver of {@code A x = b} that knows nothing but the recurrences: the states become unknowns beside x, and
 * the three lines of the multiplication become the rows of a sparse system,
 *
 * <pre>
 *   h_{i−1} − V_i x_i − W_i h_i = 0
 *   D_i x_i + P_i g_i + U_i h_i = b_i
 *   g_{i+1} − Q_i x_i − R_i g_i = 0
 * </pre>
 *
 * Ordered by i as (h_{i−1}, x_i, g_{i+1}) it is block tridiagonal, and a QR decomposition block by block solves it.
 * (Chandrasekaran, Dewilde, Gu, Lyons and Pals, SIAM J. Matrix Anal. Appl. 29, 2006, lift hierarchical matrices in this
 * way; Eidelman, Gohberg and Haimovici 2014.)
 *
 * <p><b>Cost.</b> O(n (m + 2r)³) to factor, several times that of {@link Ulv}; O(n (m + 2r)²) for each right-hand side.
 * <b>Stability.</b> Householder QR of the lifted matrix is backward stable, and its perturbations are perturbations of
 * the generators: the backward error for A is a modest multiple of u if the states are of the size of x. It grows with
 * them, which {@link Ulv}'s does not: {@link Compression#recompress} generators of unknown scale first. Being
 * independent of {@link Ulv}, it checks it.
 *
 * @param <M> the type of a block
 */
public final class LiftedSolve<M> {
    private final OrthogonalBlocks<M> k;
    private final Generators<M> a;
    private final List<Step<M>> steps;

    /** Block row i of the triangular factor, [r next afterNext], and the q that made it. */
    private record Step<M>(M q, M r, M next, M afterNext) {}

    private LiftedSolve(OrthogonalBlocks<M> k, Generators<M> a, List<Step<M>> steps) {
        this.k = k;
        this.a = a;
        this.steps = steps;
    }

    /**
     * Factors once for many right-hand sides. A pivot within the rounding of its triangle T of size s, {@code 2 s u
     * ‖T‖}, is refused: then a singular matrix lies within {@code 2 s u ‖A‖}, A and T lifted, of A.
     *
     * @throws ShapeException if the matrix is not square
     * @throws duality.errors.ValueException with {@link duality.errors.Fault#SINGULAR} if a pivot is refused, naming the
     *     block and the condition of its triangle; with {@link duality.errors.Fault#NOT_FINITE} for a NaN or an
     *     infinity, naming the generator and the index
     */
    public static <M> LiftedSolve<M> factor(OrthogonalBlocks<M> k, Generators<M> a) {
        return factor(k, a, size -> 2 * size * k.unitRoundoff());
    }

    /**
     * As {@link #factor(OrthogonalBlocks, Generators)}, refusing pivots of at most {@code tolerance · ‖T‖}. With zero,
     * every matrix without an exact zero among its computed pivots is solved with the same small backward error, however
     * ill-conditioned.
     *
     * @throws ShapeException if the matrix is not square
     * @throws duality.errors.ValueException as above, and if the tolerance is negative or NaN
     */
    public static <M> LiftedSolve<M> factor(OrthogonalBlocks<M> k, Generators<M> a, double tolerance) {
        Orthogonal.requireTolerance(tolerance);
        return factor(k, a, size -> tolerance);
    }

    private static <M> LiftedSolve<M> factor(OrthogonalBlocks<M> k, Generators<M> a, IntToDoubleFunction tolerance) {
        Orthogonal.requireSquare(k, a);
        Orthogonal.requireFinite(k, a);
        int n = a.blocks();
        List<Step<M>> steps = new ArrayList<>();
        M current = n == 0 ? k.zeros(0, 0) : diagonal(k, a, 0); // rows not yet used, on unknowns i
        M ahead = n == 0 ? k.zeros(0, 0) : toNext(k, a, 0); // and on unknowns i + 1
        for (int i = 0; i < n; i++) {
            int unknowns = k.columns(current);
            M next = ahead;
            M afterNext = k.zeros(k.rows(ahead), unknowns(k, a, i + 2));
            if (i + 1 < n) {
                current = k.stackRows(List.of(current, toPrevious(k, a, i + 1)));
                next = k.stackRows(List.of(ahead, diagonal(k, a, i + 1)));
                afterNext = k.stackRows(List.of(afterNext, toNext(k, a, i + 1)));
            }
            int equations = k.rows(current);
            if (equations < unknowns) {
                throw Orthogonal.structurallySingular("block " + i, equations, unknowns);
            }
            OrthogonalBlocks.Factors<M> qr = k.qr(current);
            M r = k.rows(qr.right(), 0, unknowns);
            Orthogonal.requireRegular(k, r, tolerance.applyAsDouble(equations), "block " + i);
            next = k.multiplyTransposeLeft(qr.left(), next);
            afterNext = k.multiplyTransposeLeft(qr.left(), afterNext);
            steps.add(new Step<>(qr.left(), r, k.rows(next, 0, unknowns), k.rows(afterNext, 0, unknowns)));
            current = k.rows(next, unknowns, equations);
            ahead = k.rows(afterNext, unknowns, equations);
        }
        return new LiftedSolve<>(k, a, List.copyOf(steps));
    }

    /** The number of unknowns (h_{i−1}, x_i, g_{i+1}). */
    private static <M> int unknowns(OrthogonalBlocks<M> k, Generators<M> a, int i) {
        return i >= a.blocks() ? 0 : k.rows(a.v().get(i)) + k.columns(a.d().get(i)) + k.rows(a.q().get(i));
    }

    /** Equations i on unknowns i: [I −V 0; 0 D 0; 0 −Q I]. */
    private static <M> M diagonal(OrthogonalBlocks<M> k, Generators<M> a, int i) {
        M d = a.d().get(i);
        int up = k.rows(a.v().get(i));
        int down = k.rows(a.q().get(i));
        int rows = k.rows(d);
        M h = k.stackRows(List.of(k.identity(up), k.zeros(rows + down, up)));
        M x = k.stackRows(List.of(k.negate(a.v().get(i)), d, k.negate(a.q().get(i))));
        M g = k.stackRows(List.of(k.zeros(up + rows, down), k.identity(down)));
        return k.beside(k.beside(h, x), g);
    }

    /** Equations i on unknowns i − 1, of which g_i is last: [0; P; −R]. */
    private static <M> M toPrevious(OrthogonalBlocks<M> k, Generators<M> a, int i) {
        M p = a.p().get(i);
        int up = k.rows(a.v().get(i));
        M g = k.stackRows(List.of(k.zeros(up, k.columns(p)), p, k.negate(a.r().get(i))));
        return k.beside(k.zeros(k.rows(g), unknowns(k, a, i - 1) - k.columns(p)), g);
    }

    /** Equations i on unknowns i + 1, of which h_i is first: [−W; U; 0]. */
    private static <M> M toNext(OrthogonalBlocks<M> k, Generators<M> a, int i) {
        M u = a.u().get(i);
        int down = k.rows(a.q().get(i));
        M h = k.stackRows(List.of(k.negate(a.w().get(i)), u, k.zeros(down, k.columns(u))));
        return k.beside(h, k.zeros(k.rows(h), unknowns(k, a, i + 1) - k.columns(u)));
    }

    /**
     * {@code x} with {@code A x = b}.
     *
     * @param b the right-hand sides {@code (N×any)}
     * @throws ShapeException if {@code b} has another number of rows
     * @throws duality.errors.ValueException if {@code b} is not finite
     */
    public M solve(M b) {
        Orthogonal.requireRightHandSide(k, a, b);
        int n = a.blocks();
        int width = k.columns(b);
        List<M> parts = k.splitRows(b, a.rowSizes(k));
        List<M> sides = new ArrayList<>();
        M rest = n == 0 ? b : lift(0, parts.get(0));
        for (int i = 0; i < n; i++) {
            Step<M> step = steps.get(i);
            M side = i + 1 < n ? k.stackRows(List.of(rest, lift(i + 1, parts.get(i + 1)))) : rest;
            side = k.multiplyTransposeLeft(step.q, side);
            sides.add(k.rows(side, 0, k.rows(step.r)));
            rest = k.rows(side, k.rows(step.r), k.rows(side));
        }
        List<M> x = new ArrayList<>();
        M next = k.zeros(0, width);
        M afterNext = k.zeros(0, width);
        for (int i = n - 1; i >= 0; i--) {
            Step<M> step = steps.get(i);
            M known = k.add(k.multiply(step.next, next), k.multiply(step.afterNext, afterNext));
            M unknowns = k.solveTriangular(step.r, k.subtract(sides.get(i), known), false);
            int up = k.rows(a.v().get(i));
            x.add(k.rows(unknowns, up, up + k.columns(a.d().get(i))));
            afterNext = next;
            next = unknowns;
        }
        Collections.reverse(x);
        return Orthogonal.stack(k, x, width);
    }

    /** (0, b_i, 0). */
    private M lift(int i, M b) {
        int width = k.columns(b);
        return k.stackRows(List.of(k.zeros(k.rows(a.v().get(i)), width), b, k.zeros(k.rows(a.q().get(i)), width)));
    }
}
