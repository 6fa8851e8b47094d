package duality.semiseparable;

import duality.algebra.OrthogonalBlocks;
import duality.errors.ShapeException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.IntToDoubleFunction;

/**
 * A backward stable solver of {@code A x = b}: {@code A = U L V} with orthogonal U and V and a lower triangular L, none
 * of them ever formed.
 *
 * <p>The current block has rows D x + U h, where h brings in all later unknowns, and columns Q x into all later rows. An
 * orthogonal q makes the top e = m − s rows of qᵀU zero, for s columns of U; an orthogonal w makes the same rows of
 * qᵀ D w triangular, which determines e unknowns z of x = w (z, y):
 *
 * <pre>
 *   qᵀ U = [0; Û]      qᵀ D w = [L 0; D₂₁ D₂₂]      Q w = [Q₁ Q₂]      z = L⁻¹ (qᵀ b)_top
 * </pre>
 *
 * The other s rows and the unknowns y join the next block:
 *
 * <pre>
 *   D ← [D₂₂  Û V; P Q₂  D]    U ← [Û W; U]    Q ← [R Q₂  Q]    b ← [(qᵀ b)_rest − D₂₁ z; b − P g]    g ← R g + Q₁ z
 * </pre>
 *
 * A block of no more rows than s goes whole into the next. A is singular exactly if some L is. (Chandrasekaran, Dewilde,
 * Gu, Pals, Sun, van der Veen and White, SIAM J. Matrix Anal. Appl. 27, 2005; Chandrasekaran, Gu and Pals, SIAM J.
 * Matrix Anal. Appl. 28, 2006.)
 *
 * <p><b>What it takes.</b> Any matrix that is square as a whole; a diagonal block may have more rows than columns or
 * fewer, blocks and ranks may be empty. <b>Cost.</b> O(n (m + r)³) to factor, O(n (m + r)²) for each right-hand side,
 * for square diagonal blocks. <b>Stability.</b> Only orthogonal transformations and triangular solves: the normwise
 * backward error is a modest multiple of u, whatever the diagonal blocks, as long as the generators themselves are not
 * far larger than the entries they give; {@link Compression#recompress} makes them so.
 *
 * @param <M> the type of a block
 */
public final class Ulv<M> {
    private final OrthogonalBlocks<M> k;
    private final Generators<M> a;
    private final List<Step<M>> steps;

    /** The factors of one block; without rows to eliminate, only their sizes count. */
    private record Step<M>(M q, M w, M l, M below, M push) {}

    private Ulv(OrthogonalBlocks<M> k, Generators<M> a, List<Step<M>> steps) {
        this.k = k;
        this.a = a;
        this.steps = steps;
    }

    /**
     * Factors once for many right-hand sides. A pivot within the rounding of its triangle T of size s, {@code 2 s u
     * ‖T‖}, is refused: then a singular matrix lies within {@code 2 s u ‖A‖} of A.
     *
     * @throws ShapeException if the matrix is not square
     * @throws duality.errors.ValueException with {@link duality.errors.Fault#SINGULAR} if a pivot is refused, naming the
     *     block and the condition of its triangle; with {@link duality.errors.Fault#NOT_FINITE} for a NaN or an
     *     infinity, naming the generator and the index
     */
    public static <M> Ulv<M> factor(OrthogonalBlocks<M> k, Generators<M> a) {
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
    public static <M> Ulv<M> factor(OrthogonalBlocks<M> k, Generators<M> a, double tolerance) {
        Orthogonal.requireTolerance(tolerance);
        return factor(k, a, size -> tolerance);
    }

    private static <M> Ulv<M> factor(OrthogonalBlocks<M> k, Generators<M> a, IntToDoubleFunction tolerance) {
        Orthogonal.requireSquare(k, a);
        Orthogonal.requireFinite(k, a);
        List<Step<M>> steps = new ArrayList<>();
        M d = k.zeros(0, 0);
        M u = k.zeros(0, 0);
        M q = k.zeros(0, 0);
        for (int i = 0; i < a.blocks(); i++) {
            d = k.stackRows(List.of(
                    k.beside(d, k.multiply(u, a.v().get(i))), k.beside(k.multiply(a.p().get(i), q), a.d().get(i))));
            u = k.stackRows(List.of(k.multiply(u, a.w().get(i)), a.u().get(i)));
            q = k.beside(k.multiply(a.r().get(i), q), a.q().get(i));

            int rows = k.rows(d);
            int columns = k.columns(d);
            int kept = k.columns(u);
            int solved = Math.max(0, rows - kept);
            if (solved > columns) {
                throw Orthogonal.structurallySingular("block " + i, solved, columns);
            }
            M left = k.identity(rows);
            M right = k.identity(columns);
            M l = k.zeros(0, 0);
            if (solved > 0) {
                OrthogonalBlocks.Factors<M> qr = k.qr(u);
                left = k.beside(
                        Orthogonal.columns(k, qr.left(), kept, rows), Orthogonal.columns(k, qr.left(), 0, kept));
                u = k.rows(qr.right(), 0, kept);
                d = k.multiplyTransposeLeft(left, d);
                OrthogonalBlocks.Factors<M> lq = k.qr(k.transpose(k.rows(d, 0, solved)));
                right = lq.left();
                l = k.transpose(k.rows(lq.right(), 0, solved));
                Orthogonal.requireRegular(k, l, tolerance.applyAsDouble(columns), "block " + i);
                d = k.multiply(k.rows(d, solved, rows), right);
                q = k.multiply(q, right);
            }
            steps.add(new Step<>(
                    left, right, l, Orthogonal.columns(k, d, 0, solved), Orthogonal.columns(k, q, 0, solved)));
            d = Orthogonal.columns(k, d, solved, columns);
            q = Orthogonal.columns(k, q, solved, columns);
        }
        return new Ulv<>(k, a, List.copyOf(steps));
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
        int width = k.columns(b);
        List<M> parts = k.splitRows(b, a.rowSizes(k));
        List<M> solved = new ArrayList<>(); // z
        M rest = k.zeros(0, width);
        M g = k.zeros(0, width);
        for (int i = 0; i < parts.size(); i++) {
            Step<M> step = steps.get(i);
            rest = k.stackRows(List.of(rest, k.subtract(parts.get(i), k.multiply(a.p().get(i), g))));
            g = k.multiply(a.r().get(i), g);
            int count = k.rows(step.l);
            if (count > 0) {
                M rotated = k.multiplyTransposeLeft(step.q, rest);
                M z = k.solveTriangular(step.l, k.rows(rotated, 0, count), true);
                rest = k.subtract(k.rows(rotated, count, k.rows(rotated)), k.multiply(step.below, z));
                g = k.add(g, k.multiply(step.push, z));
                solved.add(z);
            } else {
                solved.add(k.zeros(0, width));
            }
        }
        List<M> x = new ArrayList<>();
        M y = k.zeros(0, width);
        for (int i = parts.size() - 1; i >= 0; i--) {
            Step<M> step = steps.get(i);
            M current = k.rows(step.l) > 0 ? k.multiply(step.w, k.stackRows(List.of(solved.get(i), y))) : y;
            int earlier = k.rows(current) - k.columns(a.d().get(i));
            x.add(k.rows(current, earlier, k.rows(current)));
            y = k.rows(current, 0, earlier);
        }
        Collections.reverse(x);
        return Orthogonal.stack(k, x, width);
    }

    /**
     * The determinant: that of the pivots times those of the orthogonal factors. Neither overflows nor underflows; the
     * relative error is O(N u) times the condition of A. Cost O(n (m + r)³), for the signs.
     */
    public LogDeterminant logDeterminant() {
        LogDeterminant determinant = LogDeterminant.ONE;
        for (Step<M> step : steps) {
            determinant =
                    determinant.times(Orthogonal.determinantSign(k, step.q) * Orthogonal.determinantSign(k, step.w));
            for (double pivot : Orthogonal.diagonal(k, step.l)) {
                determinant = determinant.times(pivot);
            }
        }
        return determinant;
    }

    /**
     * A lower bound of the condition of A in the spectral norm, the largest pivot over the smallest: L has the singular
     * values of A, and they enclose the pivots. One for the empty matrix. Cost O(N).
     */
    public double conditionEstimate() {
        double smallest = Double.POSITIVE_INFINITY;
        double largest = 0;
        for (Step<M> step : steps) {
            for (double pivot : Orthogonal.diagonal(k, step.l)) {
                smallest = Math.min(smallest, Math.abs(pivot));
                largest = Math.max(largest, Math.abs(pivot));
            }
        }
        return largest == 0 ? 1 : largest / smallest;
    }
}
