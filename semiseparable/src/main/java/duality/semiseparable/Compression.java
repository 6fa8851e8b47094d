package duality.semiseparable;

import duality.algebra.Blocks;
import duality.algebra.OrthogonalBlocks;
import duality.errors.Fault;
import duality.errors.ShapeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Generators of lowest rank: of a dense matrix, of entries, of other generators, of an impulse response.
 *
 * <p>The rank that a state must have is that of a Hankel block, {@code A[i…, …i−1]} for the state g_i that runs down,
 * and its transposed counterpart for the one that runs up. Every algorithm here keeps one side of each Hankel block
 * orthonormal and cuts the singular value decomposition of the other. What two cuts discard is then orthogonal, so
 * that the whole error is known: {@code ‖A − Ã‖_F = √(Σ discarded σ²)}.
 *
 * <p><b>Tolerance.</b> {@code ‖A − Ã‖_F ≤ tolerance · ‖A‖_F}; each of the 2(n−1) cuts may spend an equal part. Singular
 * values below {@code max(rows, columns) · 2u} times the norm of their half (the entries strictly below, or strictly
 * above, the diagonal blocks) are rounding, and are discarded whatever the tolerance. Tolerance zero thus gives the
 * numerical ranks.
 */
public final class Compression {
    private Compression() {}

    /** An entry of a matrix. */
    @FunctionalInterface
    public interface Entries {
        /** The entry at a row and a column of the whole matrix, both from zero. */
        double at(int row, int column);
    }

    /** The ranks of both halves, {@code lower[i]} of the state g_i and {@code upper[i]} of h_i. */
    public record Ranks(List<Integer> lower, List<Integer> upper) {}

    /**
     * A time-invariant system {@code h_t = a h_{t−1} + b x_t, y_t = c h_t} of {@code r} states.
     *
     * @param a the transition {@code (r×r)}
     * @param b the input {@code (r×inputs)}
     * @param c the output {@code (outputs×r)}
     * @param hankelSingularValues all singular values of the Hankel matrix that was cut, decreasing
     * @param <M> the type of a block
     */
    public record Realisation<M>(M a, M b, M c, List<Double> hankelSingularValues) {}

    /** One half of the matrix as lower generators, and the norm of what was cut off. */
    private record Half<M>(List<M> p, List<M> r, List<M> q, double discarded) {}

    /** What a singular value decomposition may lose: a tail of norm {@code budget}, and everything below {@code floor}. */
    private record Cut(double budget, double floor) {
        /** The cut of one half of norm {@code half}, in a matrix of norm {@code whole} and n blocks. */
        static <M> Cut of(OrthogonalBlocks<M> k, double tolerance, double whole, double half, int size, int n) {
            return new Cut(tolerance * whole / Math.sqrt(Math.max(1, 2 * (n - 1))), size * 2 * k.unitRoundoff() * half);
        }

        int rank(double[] singularValues) {
            int rank = singularValues.length;
            double tail = 0;
            while (rank > 0) {
                double value = singularValues[rank - 1];
                tail = Math.hypot(tail, value);
                if (value > floor && tail > budget) {
                    break;
                }
                rank--;
            }
            return rank;
        }
    }

    /** A block of the matrix, by ranges of its rows and columns. */
    @FunctionalInterface
    private interface Source<M> {
        M block(int fromRow, int toRow, int fromColumn, int toColumn);
    }

    /**
     * The generators of a dense matrix. Cost O(N² (m + r)² / m) for N rows in blocks of m; backward stable. The lower
     * [R Q] and, transposed, the upper half have orthonormal rows.
     *
     * <pre>
     *   H_{i+1} = [rest of X_i | A(i+1…, i)] = Y Σ Zᵀ,    [R_i Q_i] = Zᵀ,   X_{i+1} = Y Σ,   P_{i+1} = top of X_{i+1}
     * </pre>
     *
     * (Chandrasekaran and others, SIAM J. Matrix Anal. Appl. 27, 2005; Σ stays with X here, which gives
     * lower ranks and makes the error exact.)
     *
     * @param dense the matrix {@code (Σ rowSizes × Σ columnSizes)}
     * @param rowSizes the number of rows of each diagonal block
     * @param columnSizes the number of columns of each diagonal block
     * @param tolerance the relative error allowed, at least zero
     * @throws ShapeException if the sizes do not cut the matrix into equally many block rows and block columns
     * @throws duality.errors.ValueException if the tolerance is negative or NaN, or an entry is not finite
     */
    public static <M> Compressed<M> fromDense(
            OrthogonalBlocks<M> k, M dense, int[] rowSizes, int[] columnSizes, double tolerance) {
        int rows = Arrays.stream(rowSizes).sum();
        int columns = Arrays.stream(columnSizes).sum();
        if (rows != k.rows(dense) || columns != k.columns(dense)) {
            throw ShapeException.mismatch(
                    "sum of the block sizes and the matrix",
                    rows + "x" + columns,
                    k.rows(dense) + "x" + k.columns(dense));
        }
        return from(
                k,
                (fromRow, toRow, fromColumn, toColumn) -> k.block(dense, fromRow, toRow, fromColumn, toColumn),
                rowSizes,
                columnSizes,
                tolerance);
    }

    /**
     * The generators of a matrix given by its entries, as {@link #fromDense} but in memory O(N (m + r)): the dense
     * matrix is never held. Every entry is asked for twice.
     *
     * @throws ShapeException if there are not equally many row sizes and column sizes, or one is negative
     * @throws duality.errors.ValueException if the tolerance is negative or NaN, or an entry is not finite
     */
    public static <M> Compressed<M> fromEntries(
            OrthogonalBlocks<M> k, Entries entries, int[] rowSizes, int[] columnSizes, double tolerance) {
        return from(
                k,
                (fromRow, toRow, fromColumn, toColumn) -> {
                    int columns = toColumn - fromColumn;
                    double[] values = new double[(toRow - fromRow) * columns];
                    Arrays.setAll(values, i -> entries.at(fromRow + i / columns, fromColumn + i % columns));
                    return k.of(toRow - fromRow, columns, values);
                },
                rowSizes,
                columnSizes,
                tolerance);
    }

    private static <M> Compressed<M> from(
            OrthogonalBlocks<M> k, Source<M> source, int[] rowSizes, int[] columnSizes, double tolerance) {
        Orthogonal.requireTolerance(tolerance);
        int n = rowSizes.length;
        if (columnSizes.length != n) {
            throw ShapeException.mismatch("number of block rows and block columns", n + "", columnSizes.length + "");
        }
        int[] rows = offsets(rowSizes);
        int[] columns = offsets(columnSizes);
        Source<M> transposed = (from, to, left, right) -> k.transpose(source.block(left, right, from, to));
        List<M> d = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            d.add(source.block(rows[i], rows[i + 1], columns[i], columns[i + 1]));
            Orthogonal.requireFinite(k, "the matrix", d.get(i), rows[i], columns[i]);
        }
        double below = normBelow(k, source, rows, columns, false);
        double above = normBelow(k, transposed, columns, rows, true);
        double whole = Orthogonal.norm(Orthogonal.norm(k, d), below, above);
        int size = Math.max(rows[n], columns[n]);
        Half<M> lower = below(k, source, rows, columns, Cut.of(k, tolerance, whole, below, size, n));
        Half<M> upper = below(k, transposed, columns, rows, Cut.of(k, tolerance, whole, above, size, n));
        return join(k, d, lower, upper);
    }

    /** 0, s_0, s_0 + s_1, … */
    private static int[] offsets(int[] sizes) {
        int[] offsets = new int[sizes.length + 1];
        for (int i = 0; i < sizes.length; i++) {
            if (sizes[i] < 0) {
                throw new ShapeException(Fault.OUT_OF_RANGE, "size of block " + i + " is " + sizes[i]);
            }
            offsets[i + 1] = Math.addExact(offsets[i], sizes[i]);
        }
        return offsets;
    }

    private static <M> double normBelow(
            OrthogonalBlocks<M> k, Source<M> source, int[] rows, int[] columns, boolean transposed) {
        int n = rows.length - 1;
        double[] norms = new double[n];
        for (int i = 0; i < n; i++) {
            M panel = source.block(rows[i + 1], rows[n], columns[i], columns[i + 1]);
            if (transposed) {
                Orthogonal.requireFinite(k, "the matrix", k.transpose(panel), columns[i], rows[i + 1]);
            } else {
                Orthogonal.requireFinite(k, "the matrix", panel, rows[i + 1], columns[i]);
            }
            norms[i] = Orthogonal.norm(k, panel);
        }
        return Orthogonal.norm(norms);
    }

    private static <M> Half<M> below(OrthogonalBlocks<M> k, Source<M> source, int[] rows, int[] columns, Cut cut) {
        int n = rows.length - 1;
        List<M> p = new ArrayList<>();
        List<M> r = new ArrayList<>();
        List<M> q = new ArrayList<>();
        double discarded = 0;
        M x = k.zeros(rows[n], 0);
        for (int i = 0; i < n; i++) {
            int size = rows[i + 1] - rows[i];
            int state = k.columns(x);
            p.add(k.rows(x, 0, size));
            M hankel = k.beside(
                    k.rows(x, size, k.rows(x)), source.block(rows[i + 1], rows[n], columns[i], columns[i + 1]));
            OrthogonalBlocks.Svd<M> svd = k.svd(hankel);
            double[] values = svd.singularValues();
            int rank = cut.rank(values);
            discarded = Math.hypot(discarded, tail(values, rank));
            M inputs = k.transpose(Orthogonal.columns(k, svd.v(), 0, rank));
            r.add(Orthogonal.columns(k, inputs, 0, state));
            q.add(Orthogonal.columns(k, inputs, state, k.columns(inputs)));
            x = scaleColumns(k, Orthogonal.columns(k, svd.u(), 0, rank), values);
        }
        return new Half<>(p, r, q, discarded);
    }

    /**
     * The same matrix with lowest ranks. Cost O(n (m + r)³), backward stable. The lower [P; R], and transposed the
     * upper half, have orthonormal columns (output normal form), so that no state grows beyond the matrix.
     *
     * <pre>
     *   forward    [R_i S_i | Q_i] = S_{i+1} [R'_i Q'_i]  (LQ),    P'_i = P_i S_i
     *   backward   [P'_i; K_{i+1} R'_i] = X Σ Yᵀ,   K_i = Σ Yᵀ,   [P″_i; R″_i] = X,   Q″_i = K_{i+1} Q'_i
     * </pre>
     *
     * (Chandrasekaran and others 2005; Eidelman, Gohberg and Haimovici 2014.) Of a lower triangular
     * matrix, which is a linear time-varying system, this is the minimal realisation: Σ holds its Hankel singular
     * values (Dewilde and van der Veen, Time-Varying Systems and Computations, 1998).
     *
     * @param tolerance the relative error allowed, at least zero
     * @throws duality.errors.ValueException if the tolerance is negative or NaN, or a generator is not finite
     */
    public static <M> Compressed<M> recompress(OrthogonalBlocks<M> k, Generators<M> a, double tolerance) {
        Orthogonal.requireTolerance(tolerance);
        Orthogonal.requireFinite(k, a);
        Half<M> lower = forward(k, a.p(), a.r(), a.q());
        Generators<M> t = a.transpose(k);
        Half<M> upper = forward(k, t.p(), t.r(), t.q());
        double below = Orthogonal.norm(k, lower.p);
        double above = Orthogonal.norm(k, upper.p);
        double whole = Orthogonal.norm(Orthogonal.norm(k, a.d()), below, above);
        int size = Math.max(a.rows(k), a.columns(k));
        int n = a.blocks();
        return join(
                k,
                a.d(),
                backward(k, lower, Cut.of(k, tolerance, whole, below, size, n)),
                backward(k, upper, Cut.of(k, tolerance, whole, above, size, n)));
    }

    /** [R Q] orthonormal: then the norm of the half is that of P. */
    private static <M> Half<M> forward(OrthogonalBlocks<M> k, List<M> p, List<M> r, List<M> q) {
        List<M> newP = new ArrayList<>();
        List<M> newR = new ArrayList<>();
        List<M> newQ = new ArrayList<>();
        M s = k.zeros(0, 0);
        for (int i = 0; i < p.size(); i++) {
            newP.add(k.multiply(p.get(i), s));
            int state = k.columns(s);
            M inputs = k.beside(k.multiply(r.get(i), s), q.get(i));
            int rank = Math.min(k.rows(inputs), k.columns(inputs));
            OrthogonalBlocks.Factors<M> qr = k.qr(k.transpose(inputs));
            s = k.transpose(k.rows(qr.right(), 0, rank));
            M rows = k.transpose(Orthogonal.columns(k, qr.left(), 0, rank));
            newR.add(Orthogonal.columns(k, rows, 0, state));
            newQ.add(Orthogonal.columns(k, rows, state, k.columns(rows)));
        }
        return new Half<>(newP, newR, newQ, 0);
    }

    private static <M> Half<M> backward(OrthogonalBlocks<M> k, Half<M> half, Cut cut) {
        List<M> p = new ArrayList<>();
        List<M> r = new ArrayList<>();
        List<M> q = new ArrayList<>();
        double discarded = 0;
        M change = k.zeros(0, 0); // K
        for (int i = half.p.size() - 1; i >= 0; i--) {
            q.add(k.multiply(change, half.q.get(i)));
            M outputs = k.stackRows(List.of(half.p.get(i), k.multiply(change, half.r.get(i))));
            OrthogonalBlocks.Svd<M> svd = k.svd(outputs);
            double[] values = svd.singularValues();
            int rank = cut.rank(values);
            discarded = Math.hypot(discarded, tail(values, rank));
            M x = Orthogonal.columns(k, svd.u(), 0, rank);
            int size = k.rows(half.p.get(i));
            p.add(k.rows(x, 0, size));
            r.add(k.rows(x, size, k.rows(x)));
            change = k.transpose(scaleColumns(k, Orthogonal.columns(k, svd.v(), 0, rank), values));
        }
        Collections.reverse(p);
        Collections.reverse(r);
        Collections.reverse(q);
        return new Half<>(p, r, q, discarded);
    }

    private static <M> Compressed<M> join(Blocks<M> k, List<M> d, Half<M> lower, Half<M> upper) {
        Generators<M> generators = Generators.of(
                k,
                d,
                lower.p,
                lower.r,
                lower.q,
                upper.q.stream().map(k::transpose).toList(),
                upper.r.stream().map(k::transpose).toList(),
                upper.p.stream().map(k::transpose).toList());
        return new Compressed<>(generators, Math.hypot(lower.discarded, upper.discarded));
    }

    /** {@code a diag(σ)} with the first singular values. */
    private static <M> M scaleColumns(OrthogonalBlocks<M> k, M a, double[] values) {
        int rank = k.columns(a);
        return k.transpose(k.scaleRows(k.of(rank, 1, Arrays.copyOf(values, rank)), k.transpose(a)));
    }

    private static double tail(double[] values, int from) {
        return Orthogonal.norm(Arrays.copyOfRange(values, from, values.length));
    }

    /** The ranks that {@link #recompress} reaches with this tolerance: those of the Hankel blocks. Same cost and faults. */
    public static <M> Ranks numericalRankProfile(OrthogonalBlocks<M> k, Generators<M> a, double tolerance) {
        Generators<M> least = recompress(k, a, tolerance).generators();
        return new Ranks(least.lowerRanks(k), least.upperRanks(k));
    }

    /**
     * The Frobenius norm. Cost O(n (m + r)³); relative error O(N u), also where terms of the generators cancel, for
     * nothing is squared and subtracted.
     *
     * @throws duality.errors.ValueException if a generator is not finite
     */
    public static <M> double frobeniusNorm(OrthogonalBlocks<M> k, Generators<M> a) {
        Orthogonal.requireFinite(k, a);
        Generators<M> t = a.transpose(k);
        return Orthogonal.norm(
                Orthogonal.norm(k, a.d()),
                Orthogonal.norm(k, forward(k, a.p(), a.r(), a.q()).p),
                Orthogonal.norm(k, forward(k, t.p(), t.r(), t.q()).p));
    }

    /**
     * A time-invariant system with a given impulse response, {@code c aᵗ b ≈ response[t]}: exact, but for rounding, if
     * a system with at most half as many states as there are blocks explains the response, and otherwise, or with a
     * tolerance, close to it by the singular values left out.
     *
     * <pre>
     *   H = [response_{i+j}] = Y Σ Zᵀ,   O = Y Σ^½,   a = O₁⁺ O₂  (O without its last, its first block row),
     *   c = first block row of O,   b = first block column of Σ^½ Zᵀ
     * </pre>
     *
     * (Ho and Kalman, Regelungstechnik 14, 1966; Kung, Asilomar Conf. 12, 1978.) Computed as {@code a = Σ^−½ Y₁⁺ Y₂
     * Σ^½}, in balanced coordinates. Cost O(L³) block operations for L blocks; a stable system is recovered with an error
     * of order u σ₁/σ_r.
     *
     * @param response the Markov parameters {@code (outputs×inputs)} at times 0, 1, …, at least two of them
     * @param tolerance singular values up to {@code tolerance · σ₁} are left out, and those that are rounding
     * @throws ShapeException if there are fewer than two blocks, or their shapes differ
     * @throws duality.errors.ValueException if the tolerance is negative or NaN, or an entry is not finite
     */
    public static <M> Realisation<M> realise(OrthogonalBlocks<M> k, List<M> response, double tolerance) {
        Orthogonal.requireTolerance(tolerance);
        if (response.size() < 2) {
            throw new ShapeException(
                    Fault.WRONG_ARGUMENTS, "an impulse response of " + response.size() + " blocks: at least 2 needed");
        }
        int outputs = k.rows(response.getFirst());
        int inputs = k.columns(response.getFirst());
        for (int t = 0; t < response.size(); t++) {
            M block = response.get(t);
            if (k.rows(block) != outputs || k.columns(block) != inputs) {
                throw ShapeException.mismatch(
                        "response[" + t + "] and response[0]",
                        k.rows(block) + "x" + k.columns(block),
                        outputs + "x" + inputs);
            }
            Orthogonal.requireFinite(k, "response[" + t + "]", block, 0, 0);
        }
        int height = response.size() / 2 + 1;
        int width = response.size() + 1 - height;
        M hankel = k.transpose(k.stackRows(IntStream.range(0, width)
                .mapToObj(j -> k.transpose(k.stackRows(response.subList(j, j + height))))
                .toList()));
        OrthogonalBlocks.Svd<M> svd = k.svd(hankel);
        double[] values = svd.singularValues();
        double largest = values.length == 0 ? 0 : values[0];
        double floor = Math.max(tolerance, Math.max(k.rows(hankel), k.columns(hankel)) * 2 * k.unitRoundoff());
        int rank = (int) Arrays.stream(values).filter(v -> v > floor * largest).count();
        double[] roots = Arrays.stream(values).limit(rank).map(Math::sqrt).toArray();
        double[] inverseRoots = Arrays.stream(roots).map(v -> 1 / v).toArray();
        M y = Orthogonal.columns(k, svd.u(), 0, rank);
        M shift = leastSquares(k, k.rows(y, 0, (height - 1) * outputs), k.rows(y, outputs, height * outputs)); // Y₁⁺ Y₂
        M a = k.scaleRows(k.of(rank, 1, inverseRoots), scaleColumns(k, shift, roots));
        M c = k.rows(scaleColumns(k, y, roots), 0, outputs);
        M b = k.transpose(k.rows(scaleColumns(k, Orthogonal.columns(k, svd.v(), 0, rank), roots), 0, inputs));
        return new Realisation<>(a, b, c, Arrays.stream(values).boxed().toList());
    }

    /** {@code a⁺ b} by the singular value decomposition. */
    private static <M> M leastSquares(OrthogonalBlocks<M> k, M a, M b) {
        OrthogonalBlocks.Svd<M> svd = k.svd(a);
        double floor = Math.max(k.rows(a), k.columns(a)) * 2 * k.unitRoundoff();
        double[] inverse = Arrays.stream(svd.singularValues())
                .map(v -> v > floor * svd.singularValues()[0] ? 1 / v : 0)
                .toArray();
        return k.multiply(svd.v(), k.scaleRows(k.of(inverse.length, 1, inverse), k.multiplyTransposeLeft(svd.u(), b)));
    }
}
