package duality.semiseparable;

import duality.algebra.Blocks;
import duality.algebra.DivisionBlocks;
import duality.errors.Fault;
import duality.errors.ShapeException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * The algebra of matrices given by {@link Generators}, written once over {@link Blocks}: exact over any ring, rounded
 * in floating point. Results are generators again; their ranks are sums (sum, product, concatenation) or products
 * (Hadamard) of those given, so compress where they matter.
 *
 * <p>Costs are for n blocks of size m with ranks r, and q for a second matrix. What does not divide is forward stable
 * entrywise: the error is at most γ times the result for the absolute values of the generators, with γ linear in the
 * length of the recurrences. What divides is marked.
 *
 * <p>Sources: Eidelman, Gohberg and Haimovici, Separable Type Representations of Matrices, volume 1, 2014
 * (quasiseparable matrices); Chandrasekaran and others, SIAM J. Matrix Anal. Appl. 27, 2005 (sum, product); Dao and
 * Gu, arXiv 2405.21060, appendix C.1 (closure ranks).
 */
public final class GeneratorAlgebra {
    private GeneratorAlgebra() {}

    /**
     * {@code A + B}, ranks r + q: {@code P = [P₁ P₂], R = diag(R₁, R₂), Q = [Q₁; Q₂]}, D added, and the same above.
     * No arithmetic but D's; cost O(n (m + r + q)²) to copy.
     *
     * @throws ShapeException if the blocks differ in number or size
     */
    public static <M> Generators<M> add(Blocks<M> k, Generators<M> a, Generators<M> b) {
        requireSameBlocks("sum", k, a, b);
        return direct(k, a, b, k::add, (x, y) -> k.beside(x, y), (x, y) -> below(k, x, y));
    }

    /**
     * {@code A − B}, ranks r + q: the sum with D, P and U of B negated. Cost as {@link #add}.
     *
     * @throws ShapeException if the blocks differ in number or size
     */
    public static <M> Generators<M> subtract(Blocks<M> k, Generators<M> a, Generators<M> b) {
        requireSameBlocks("difference", k, a, b);
        return add(k, a, mapRows(b, k::negate));
    }

    /** {@code s A} for a {@code 1×1} block s that multiplies from the left: D, P and U scaled. Cost O(n m (m + r)). */
    public static <M> Generators<M> scale(Blocks<M> k, M s, Generators<M> a) {
        return mapRows(a, x -> k.scale(s, x));
    }

    /**
     * The product {@code A B}, ranks r + q. With a the left and b the right matrix, {@code G_i} is what b's upward
     * state adds to a's downward state, {@code H_i} the reverse:
     *
     * <pre>
     *   G_{i+1} = Ra G_i Wb + Qa Ub,   G_0 = 0        H_{i−1} = Wa H_i Rb + Va Pb,   H_{n−1} = 0
     *   D = Da Db + Pa G Vb + Ua H Qb
     *   P = [Pa  Da Pb + Ua H Rb]   R = [Ra  Qa Pb; 0  Rb]   Q = [Qa Db + Ra G Vb; Qb]
     *   U = [Ua  Da Ub + Pa G Wb]   W = [Wa  Va Ub; 0  Wb]   V = [Va Db + Wa H Qb; Vb]
     * </pre>
     *
     * (Eidelman and Gohberg, Integral Equations Operator Theory 34, 1999; Chandrasekaran and others 2005.) Cost O(n (m
     * + r + q)³).
     *
     * @throws ShapeException if the blocks of columns of A are not the blocks of rows of B
     */
    public static <M> Generators<M> product(Blocks<M> k, Generators<M> a, Generators<M> b) {
        requireChain(k, a, b);
        int n = a.blocks();
        List<M> d = new ArrayList<>();
        List<M> p = new ArrayList<>(a.p());
        List<M> q = new ArrayList<>();
        List<M> u = new ArrayList<>();
        List<M> v = new ArrayList<>(a.v());
        M g = k.zeros(0, 0);
        for (int i = 0; i < n; i++) {
            M gv = k.multiply(g, b.v().get(i));
            M gw = k.multiply(g, b.w().get(i));
            M da = a.d().get(i);
            M qa = a.q().get(i);
            d.add(sum(k, da, b.d().get(i), a.p().get(i), gv));
            q.add(below(k, sum(k, qa, b.d().get(i), a.r().get(i), gv), b.q().get(i)));
            u.add(k.beside(a.u().get(i), sum(k, da, b.u().get(i), a.p().get(i), gw)));
            g = sum(k, qa, b.u().get(i), a.r().get(i), gw);
        }
        M h = k.zeros(0, 0);
        for (int i = n - 1; i >= 0; i--) {
            M hq = k.multiply(h, b.q().get(i));
            M hr = k.multiply(h, b.r().get(i));
            M va = a.v().get(i);
            d.set(i, k.add(d.get(i), k.multiply(a.u().get(i), hq)));
            p.set(i, k.beside(a.p().get(i), sum(k, a.d().get(i), b.p().get(i), a.u().get(i), hr)));
            v.set(i, below(k, sum(k, va, b.d().get(i), a.w().get(i), hq), b.v().get(i)));
            h = sum(k, va, b.p().get(i), a.w().get(i), hr);
        }
        List<M> r = each(n, i -> cascade(k, a.r().get(i), a.q().get(i), b.p().get(i), b.r().get(i)));
        List<M> w = each(n, i -> cascade(k, a.w().get(i), a.v().get(i), b.u().get(i), b.w().get(i)));
        return new Generators<>(d, p, r, q, u, w, v);
    }

    /** {@code a b + c d}. */
    private static <M> M sum(Blocks<M> k, M a, M b, M c, M d) {
        return k.add(k.multiply(a, b), k.multiply(c, d));
    }

    /** {@code [ra  qa pb; 0  rb]}: the second state drives the first. */
    private static <M> M cascade(Blocks<M> k, M ra, M qa, M pb, M rb) {
        return below(k, k.beside(ra, k.multiply(qa, pb)), k.beside(k.zeros(k.rows(rb), k.columns(ra)), rb));
    }

    /**
     * The Hadamard product {@code A ∘ B}, ranks r q, over a commutative ring: {@code D = D₁ ∘ D₂, R = R₁ ⊗ R₂}, P and
     * U by rows and Q and V by columns the Khatri–Rao products, by {@code (P₁ • P₂)(R₁ ⊗ R₂) = P₁R₁ • P₂R₂}. Cost O(n
     * (m + r q)²).
     *
     * @throws ShapeException if the blocks differ in number or size
     */
    public static <M> Generators<M> hadamard(Blocks<M> k, Generators<M> a, Generators<M> b) {
        requireSameBlocks("Hadamard product", k, a, b);
        return new Generators<>(
                zip(a.d(), b.d(), k::hadamard),
                zip(a.p(), b.p(), k::khatriRaoRows),
                zip(a.r(), b.r(), k::kronecker),
                zip(a.q(), b.q(), k::khatriRaoColumns),
                zip(a.u(), b.u(), k::khatriRaoRows),
                zip(a.w(), b.w(), k::kronecker),
                zip(a.v(), b.v(), k::khatriRaoColumns));
    }

    /** {@code AᵀA} over a commutative ring: {@link #product} with the transpose, lower and upper ranks r + s. */
    public static <M> Generators<M> gram(Blocks<M> k, Generators<M> a) {
        return product(k, a.transpose(k), a);
    }

    /** The block lower triangular part with the diagonal; upper ranks 0. No arithmetic. */
    public static <M> Generators<M> lower(Blocks<M> k, Generators<M> a) {
        int n = a.blocks();
        return new Generators<>(
                a.d(),
                a.p(),
                a.r(),
                a.q(),
                each(n, i -> k.zeros(k.rows(a.d().get(i)), 0)),
                each(n, i -> k.zeros(0, 0)),
                each(n, i -> k.zeros(0, k.columns(a.d().get(i)))));
    }

    /** The blocks below the diagonal; D = 0 and upper ranks 0. No arithmetic. */
    public static <M> Generators<M> strictlyLower(Blocks<M> k, Generators<M> a) {
        Generators<M> lower = lower(k, a);
        return new Generators<>(zerosLike(k, a.d()), lower.p(), lower.r(), lower.q(), lower.u(), lower.w(), lower.v());
    }

    /** The block upper triangular part with the diagonal; lower ranks 0. No arithmetic. */
    public static <M> Generators<M> upper(Blocks<M> k, Generators<M> a) {
        return lower(k, a.reverse()).reverse();
    }

    /** The blocks above the diagonal; D = 0 and lower ranks 0. No arithmetic. */
    public static <M> Generators<M> strictlyUpper(Blocks<M> k, Generators<M> a) {
        return strictlyLower(k, a.reverse()).reverse();
    }

    /**
     * Block by block side by side, {@code C_ij = [A_ij B_ij]}, ranks r + q. It is [A B] with columns permuted: of A's
     * and B's block j together. Cost as {@link #add}.
     *
     * @throws ShapeException if the blocks differ in number or in rows
     */
    public static <M> Generators<M> concatenateColumns(Blocks<M> k, Generators<M> a, Generators<M> b) {
        requireSame("blocks side by side", a.rowSizes(k), b.rowSizes(k));
        BinaryOperator<M> beside = (x, y) -> k.beside(x, y);
        return direct(k, a, b, beside, beside, (x, y) -> diagonal(k, x, y));
    }

    /**
     * Block by block one below the other, {@code C_ij = [A_ij; B_ij]}, ranks r + q. It is [A; B] with rows permuted:
     * of A's and B's block i together. Cost as {@link #add}.
     *
     * @throws ShapeException if the blocks differ in number or in columns
     */
    public static <M> Generators<M> concatenateRows(Blocks<M> k, Generators<M> a, Generators<M> b) {
        requireSame("stack of blocks", a.columnSizes(k), b.columnSizes(k));
        BinaryOperator<M> below = (x, y) -> below(k, x, y);
        return direct(k, a, b, below, (x, y) -> diagonal(k, x, y), below);
    }

    /** {@code diag(A, B)}, the blocks of A before those of B; ranks as they are. No arithmetic. */
    public static <M> Generators<M> blockDiagonal(Generators<M> a, Generators<M> b) {
        return new Generators<>(
                join(a.d(), b.d()),
                join(a.p(), b.p()),
                join(a.r(), b.r()),
                join(a.q(), b.q()),
                join(a.u(), b.u()),
                join(a.w(), b.w()),
                join(a.v(), b.v()));
    }

    /**
     * {@code [A  x y; z t  B]}, the blocks of A before those of B, with corners of low rank given by factors. Lower
     * ranks grow by the columns of z, upper ranks by those of x. Cost O(n (m + r)²).
     *
     * @param x the left factor {@code (rows of A × s)} of the upper corner
     * @param y its right factor {@code (s × columns of B)}
     * @param z the left factor {@code (rows of B × q)} of the lower corner
     * @param t its right factor {@code (q × columns of A)}
     * @throws ShapeException if a factor does not fit
     */
    public static <M> Generators<M> concatenate(Blocks<M> k, Generators<M> a, Generators<M> b, M x, M y, M z, M t) {
        requireShape(k, "left factor of the upper corner", x, a.rows(k), k.rows(y));
        requireShape(k, "right factor of the upper corner", y, k.columns(x), b.columns(k));
        requireShape(k, "left factor of the lower corner", z, b.rows(k), k.rows(t));
        requireShape(k, "right factor of the lower corner", t, k.columns(z), a.columns(k));
        Generators<M> diagonal = blockDiagonal(a, b);
        List<Integer> rows = diagonal.rowSizes(k);
        List<Integer> columns = diagonal.columnSizes(k);
        M xAll = below(k, x, k.zeros(b.rows(k), k.columns(x)));
        M yAll = k.beside(k.zeros(k.rows(y), a.columns(k)), y);
        M zAll = below(k, k.zeros(a.rows(k), k.columns(z)), z);
        M tAll = k.beside(t, k.zeros(k.rows(t), b.columns(k)));
        Generators<M> upper = strictlyUpper(k, lowRank(k, k.splitRows(xAll, rows), splitColumns(k, yAll, columns)));
        Generators<M> lower = strictlyLower(k, lowRank(k, k.splitRows(zAll, rows), splitColumns(k, tAll, columns)));
        return add(k, diagonal, add(k, lower, upper));
    }

    /**
     * The principal submatrix of the blocks {@code [from, to)}, ranks as they are. No arithmetic.
     *
     * @throws ShapeException with {@link Fault#OUT_OF_RANGE} if there are no such blocks
     */
    public static <M> Generators<M> submatrix(Blocks<M> k, Generators<M> a, int from, int to) {
        if (from < 0 || from > to || to > a.blocks()) {
            throw new ShapeException(
                    Fault.OUT_OF_RANGE, "blocks [" + from + ", " + to + ") of a matrix of " + a.blocks() + " blocks");
        }
        return bounded(
                k,
                a.d().subList(from, to),
                a.p().subList(from, to),
                a.r().subList(from, to),
                a.q().subList(from, to),
                a.u().subList(from, to),
                a.w().subList(from, to),
                a.v().subList(from, to));
    }

    /**
     * Block (i, j). Cost O(|i − j| m r²).
     *
     * @throws ShapeException with {@link Fault#OUT_OF_RANGE} if there is no such block
     */
    public static <M> M block(Blocks<M> k, Generators<M> a, int i, int j) {
        if (i < 0 || j < 0 || i >= a.blocks() || j >= a.blocks()) {
            throw new ShapeException(
                    Fault.OUT_OF_RANGE, "block (" + i + ", " + j + ") of a matrix of " + a.blocks() + " blocks");
        }
        return i == j
                ? a.d().get(i)
                : i > j
                        ? chain(k, a.p().get(i), a.r(), a.q().get(j), i, j)
                        : chain(k, a.u().get(i), a.w(), a.v().get(j), i, j);
    }

    /**
     * Entry (row, column), as a {@code 1×1} block. Cost O(|i − j| r²) between its blocks i and j, after finding them by
     * adding up sizes.
     *
     * @throws ShapeException with {@link Fault#OUT_OF_RANGE} if there is no such entry
     */
    public static <M> M entry(Blocks<M> k, Generators<M> a, int row, int column) {
        if (row < 0 || column < 0 || row >= a.rows(k) || column >= a.columns(k)) {
            throw new ShapeException(
                    Fault.OUT_OF_RANGE,
                    "entry (" + row + ", " + column + ") of a " + a.rows(k) + "x" + a.columns(k) + " matrix");
        }
        int i = 0;
        int y = row;
        for (; y >= k.rows(a.d().get(i)); i++) {
            y -= k.rows(a.d().get(i));
        }
        int j = 0;
        int x = column;
        for (; x >= k.columns(a.d().get(j)); j++) {
            x -= k.columns(a.d().get(j));
        }
        if (i == j) {
            return k.entry(a.d().get(i), y, x);
        }
        M right = (i > j ? a.q() : a.v()).get(j);
        return chain(
                k,
                k.row((i > j ? a.p() : a.u()).get(i), y),
                i > j ? a.r() : a.w(),
                k.block(right, 0, k.rows(right), x, x + 1),
                i,
                j);
    }

    /** {@code left · t_{i∓1} … t_{j±1} · right}. */
    private static <M> M chain(Blocks<M> k, M left, List<M> transitions, M right, int i, int j) {
        int step = Integer.signum(j - i);
        M product = left;
        for (int t = i + step; t != j; t += step) {
            product = k.multiply(product, transitions.get(t));
        }
        return k.multiply(product, right);
    }

    /**
     * A state space model {@code h_t = A_t h_{t−1} + B_t x_t, y_t = C_tᵀ h_t + D_t x_t} from {@code h_{−1} = 0}.
     *
     * @param a the transitions {@code A_t (N_t×N_{t−1})}; the first one multiplies nothing
     * @param b the inputs {@code B_t (N_t×k_t)}
     * @param c the outputs {@code C_t (N_t×m_t)}
     * @param d the direct terms {@code D_t (m_t×k_t)}
     */
    public record StateSpace<M>(List<M> a, List<M> b, List<M> c, List<M> d) {
        /** Copies the lists. */
        public StateSpace {
            a = List.copyOf(a);
            b = List.copyOf(b);
            c = List.copyOf(c);
            d = List.copyOf(d);
        }
    }

    /**
     * The matrix of a {@link StateSpace}, block lower triangular: {@code P_t = C_tᵀA_t, R_t = A_t, Q_t = B_t, D_t =
     * C_tᵀB_t + D_t} (Dao and Gu 2024, equation 3 and theorem 3.5). Lower rank i is the size of h_{i−1}. Cost O(n m N
     * (m + N)).
     *
     * @throws ShapeException if the lists differ in length or shapes do not chain
     */
    public static <M> Generators<M> fromStateSpace(Blocks<M> k, List<M> a, List<M> b, List<M> c, List<M> d) {
        int n = a.size();
        if (b.size() != n || c.size() != n || d.size() != n) {
            throw new ShapeException(
                    Fault.SHAPE_MISMATCH,
                    "state space model: A, B, C, D have %d, %d, %d, %d steps"
                            .formatted(n, b.size(), c.size(), d.size()));
        }
        for (int t = 0; t < n; t++) {
            int size = k.rows(a.get(t));
            requireShape(k, "A[" + t + "]", a.get(t), size, t == 0 ? k.columns(a.get(t)) : k.rows(a.get(t - 1)));
            requireShape(k, "B[" + t + "]", b.get(t), size, k.columns(b.get(t)));
            requireShape(k, "C[" + t + "]", c.get(t), size, k.columns(c.get(t)));
            requireShape(k, "D[" + t + "]", d.get(t), k.columns(c.get(t)), k.columns(b.get(t)));
        }
        List<M> direct = each(n, t -> k.add(k.multiplyTransposeLeft(c.get(t), b.get(t)), d.get(t)));
        List<M> p = zip(c, a, k::multiplyTransposeLeft);
        List<M> none = each(n, t -> k.zeros(0, 0));
        return lower(k, bounded(k, direct, p, a, b, direct, none, direct));
    }

    /**
     * The lower half (with the diagonal) as a {@link StateSpace}. Since a model's output sees the state after the
     * step, and R need not be invertible, the state is (g_{t+1}, y_t), of size r_{t+1} + m_t: {@code A_t = [R 0; P 0],
     * B_t = [Q; D], C_tᵀ = [0 I]}, D = 0. No arithmetic.
     */
    public static <M> StateSpace<M> toStateSpace(Blocks<M> k, Generators<M> a) {
        int n = a.blocks();
        return new StateSpace<>(
                each(n, t -> {
                    M transition = below(k, a.r().get(t), a.p().get(t));
                    int outputs = t == 0 ? 0 : k.rows(a.d().get(t - 1));
                    return k.beside(transition, k.zeros(k.rows(transition), outputs));
                }),
                each(n, t -> below(k, a.q().get(t), a.d().get(t))),
                each(n, t -> {
                    int outputs = k.rows(a.d().get(t));
                    return below(k, k.zeros(k.rows(a.q().get(t)), outputs), k.identity(outputs));
                }),
                zerosLike(k, a.d()));
    }

    /** The identity with blocks of these sizes; ranks 0. */
    public static <M> Generators<M> identity(Blocks<M> k, List<Integer> sizes) {
        return diagonal(k, sizes.stream().map(k::identity).toList());
    }

    /** The block diagonal matrix of these blocks; ranks 0. */
    public static <M> Generators<M> diagonal(Blocks<M> k, List<M> blocks) {
        int n = blocks.size();
        List<M> none = each(n, i -> k.zeros(0, 0));
        List<M> left = each(n, i -> k.zeros(k.rows(blocks.get(i)), 0));
        List<M> right = each(n, i -> k.zeros(0, k.columns(blocks.get(i))));
        return new Generators<>(blocks, left, none, right, left, none, right);
    }

    /**
     * The matrix {@code A_ij = L_i S_j} of rank r, with lower and upper ranks r: {@code D = L S, P = U = L, R = W = I,
     * Q = V = S}. Cost O(n m² r).
     *
     * @param left the blocks {@code L_i (m_i×r)}
     * @param right the blocks {@code S_j (r×k_j)}
     * @throws ShapeException if the lists differ in length or a block does not have rank r
     */
    public static <M> Generators<M> lowRank(Blocks<M> k, List<M> left, List<M> right) {
        requireSame(
                "low rank matrix",
                left.stream().map(k::columns).toList(),
                right.stream().map(k::rows).toList());
        int n = left.size();
        for (M block : left) {
            requireShape(k, "left factor", block, k.rows(block), k.columns(left.getFirst()));
        }
        List<M> identity = n == 0 ? List.of() : Collections.nCopies(n, k.identity(k.columns(left.getFirst())));
        return bounded(k, zip(left, right, k::multiply), left, identity, right, left, identity, right);
    }

    /**
     * {@code 1SS(a)} of scalar factors {@code a (T×1)}, the matrix of {@link CumProdSum}: {@code P_t = R_t = a_t, Q_t
     * = D_t = 1}, lower rank 1.
     *
     * @throws ShapeException if {@code a} is not a column
     */
    public static <M> Generators<M> oneSemiseparable(Blocks<M> k, M a) {
        List<M> factors = factors(k, a);
        return unitLower(k, factors, factors);
    }

    /**
     * {@code 1SS(a)⁻¹}, bidiagonal: one on the diagonal and −a_t below it (Dao and Gu 2024, remark 11). It is the
     * {@link #lowerInverse} of {@link #oneSemiseparable}, without division.
     *
     * @throws ShapeException if {@code a} is not a column
     */
    public static <M> Generators<M> oneSemiseparableInverse(Blocks<M> k, M a) {
        List<M> factors = factors(k, a);
        return unitLower(k, factors.stream().map(k::negate).toList(), zerosLike(k, factors));
    }

    private static <M> List<M> factors(Blocks<M> k, M a) {
        requireShape(k, "factors of 1SS(a)", a, k.rows(a), 1);
        return each(k.rows(a), t -> k.row(a, t));
    }

    private static <M> Generators<M> unitLower(Blocks<M> k, List<M> p, List<M> r) {
        List<M> ones = Collections.nCopies(p.size(), k.identity(1));
        return lower(k, bounded(k, ones, p, r, ones, p, r, ones));
    }

    /**
     * {@code x} with {@code A x = b} for block lower triangular A with invertible D_i, by forward substitution:
     * {@code x_i = D_i⁻¹(b_i − P_i g_i), g_{i+1} = R_i g_i + Q_i x_i}. Cost O(n (m³ + (m + r)²)) for a column; backward
     * stable in the generators where the solves with D_i are.
     *
     * @throws ShapeException if A has upper ranks, blocks that are not square, or not as many rows as b
     * @throws duality.errors.ValueException with {@link Fault#SINGULAR} if a D_i is singular
     */
    public static <M> M solveLower(DivisionBlocks<M> k, Generators<M> a, M b) {
        requireTriangular("lower", a.upperRanks(k));
        List<M> parts = splitForSolve(k, a, b);
        List<M> x = new ArrayList<>(List.of(k.zeros(0, k.columns(b))));
        M g = k.zeros(0, k.columns(b));
        for (int i = 0; i < a.blocks(); i++) {
            M xi = k.solve(a.d().get(i), k.subtract(parts.get(i), k.multiply(a.p().get(i), g)));
            g = sum(k, a.r().get(i), g, a.q().get(i), xi);
            x.add(xi);
        }
        return k.stackRows(x);
    }

    /**
     * {@code x} with {@code A x = b} for block upper triangular A with invertible D_i: {@link #solveLower} with the
     * blocks in the opposite order, and cost, stability and faults as there.
     */
    public static <M> M solveUpper(DivisionBlocks<M> k, Generators<M> a, M b) {
        requireTriangular("upper", a.lowerRanks(k));
        List<M> x = k.splitRows(
                solveLower(
                        k,
                        a.reverse(),
                        k.stackRows(withEmpty(k, b, splitForSolve(k, a, b).reversed()))),
                a.rowSizes(k).reversed());
        return k.stackRows(withEmpty(k, b, x.reversed()));
    }

    /** The parts of a matrix as wide as b; none of them is allowed. */
    private static <M> List<M> withEmpty(Blocks<M> k, M b, List<M> parts) {
        return join(List.of(k.zeros(0, k.columns(b))), parts);
    }

    private static <M> List<M> splitForSolve(Blocks<M> k, Generators<M> a, M b) {
        requireSquare("solve", k, a);
        if (k.rows(b) != a.rows(k)) {
            throw ShapeException.mismatch("solve", a.rows(k) + "x" + a.columns(k), k.rows(b) + "x" + k.columns(b));
        }
        return k.splitRows(b, a.rowSizes(k));
    }

    /**
     * The inverse of a block lower triangular matrix with invertible D_i, of the same ranks: {@code D' = D⁻¹, P' =
     * −D⁻¹P, R' = R − Q D⁻¹P, Q' = Q D⁻¹}. Cost O(n (m + r)³). R' may grow, and with it the error, where solving by
     * {@link #solveLower} is stable: an inverse is for looking at, and for exact rings.
     *
     * @throws ShapeException if A has upper ranks (take its {@link #lower} part) or blocks that are not square
     * @throws duality.errors.ValueException with {@link Fault#SINGULAR} if a D_i is singular
     */
    public static <M> Generators<M> lowerInverse(DivisionBlocks<M> k, Generators<M> a) {
        requireSquare("inverse", k, a);
        requireTriangular("lower", a.upperRanks(k));
        List<M> d = a.d().stream().map(k::inverse).toList();
        List<M> p = each(a.blocks(), i -> k.negate(k.multiply(d.get(i), a.p().get(i))));
        List<M> r = each(a.blocks(), i -> k.add(a.r().get(i), k.multiply(a.q().get(i), p.get(i))));
        return new Generators<>(d, p, r, zip(a.q(), d, k::multiply), a.u(), a.w(), a.v());
    }

    /**
     * The inverse of a block upper triangular matrix with invertible D_i, of the same ranks: {@link #lowerInverse}
     * with the blocks in the opposite order, and cost, stability and faults as there.
     */
    public static <M> Generators<M> upperInverse(DivisionBlocks<M> k, Generators<M> a) {
        requireTriangular("upper", a.lowerRanks(k));
        return lowerInverse(k, a.reverse()).reverse();
    }

    /**
     * The inverse with both ranks as they are (Eidelman and Gohberg 1999), by {@link BlockLu}: {@code A⁻¹ = U⁻¹ L⁻¹},
     * and the product of an upper and a lower triangular matrix has the lower rank of one and the upper rank of the
     * other. Cost O(n (m + r + s)³). It exists as long as the leading block submatrices are invertible, which A's
     * being so does not imply. Unstable, as block LU without pivoting is, and more so; not for solving.
     *
     * @throws ShapeException if a diagonal block is not square
     * @throws duality.errors.ValueException with {@link Fault#SINGULAR} and the block if a leading submatrix is singular
     */
    public static <M> Generators<M> inverse(DivisionBlocks<M> k, Generators<M> a) {
        BlockLu<M> lu = BlockLu.of(k, a);
        return product(k, upperInverse(k, lu.upper()), lowerInverse(k, lu.lower()));
    }

    /** Generators that are right inside, with the states before the first and after the last block cut to size 0. */
    private static <M> Generators<M> bounded(
            Blocks<M> k, List<M> d, List<M> p, List<M> r, List<M> q, List<M> u, List<M> w, List<M> v) {
        int n = d.size();
        UnaryOperator<M> noColumns = x -> k.block(x, 0, k.rows(x), 0, 0);
        UnaryOperator<M> noRows = x -> k.rows(x, 0, 0);
        return n == 0
                ? new Generators<>(d, p, r, q, u, w, v)
                : new Generators<>(
                        d,
                        at(p, 0, noColumns),
                        at(at(r, 0, noColumns), n - 1, noRows),
                        at(q, n - 1, noRows),
                        at(u, n - 1, noColumns),
                        at(at(w, n - 1, noColumns), 0, noRows),
                        at(v, 0, noRows));
    }

    private static <M> List<M> at(List<M> list, int i, UnaryOperator<M> change) {
        List<M> copy = new ArrayList<>(list);
        copy.set(i, change.apply(copy.get(i)));
        return copy;
    }

    /** Two pairs of states side by side, {@code R = diag(R₁, R₂)}, with the other generators put together as told. */
    private static <M> Generators<M> direct(
            Blocks<M> k,
            Generators<M> a,
            Generators<M> b,
            BinaryOperator<M> entries,
            BinaryOperator<M> left,
            BinaryOperator<M> right) {
        BinaryOperator<M> diagonal = (x, y) -> diagonal(k, x, y);
        return new Generators<>(
                zip(a.d(), b.d(), entries),
                zip(a.p(), b.p(), left),
                zip(a.r(), b.r(), diagonal),
                zip(a.q(), b.q(), right),
                zip(a.u(), b.u(), left),
                zip(a.w(), b.w(), diagonal),
                zip(a.v(), b.v(), right));
    }

    /** D, P and U mapped: what multiplies from the left. */
    private static <M> Generators<M> mapRows(Generators<M> a, UnaryOperator<M> map) {
        return new Generators<>(
                a.d().stream().map(map).toList(),
                a.p().stream().map(map).toList(),
                a.r(),
                a.q(),
                a.u().stream().map(map).toList(),
                a.w(),
                a.v());
    }

    private static <M> M below(Blocks<M> k, M a, M b) {
        return k.stackRows(List.of(a, b));
    }

    /** {@code diag(a, b)}. */
    private static <M> M diagonal(Blocks<M> k, M a, M b) {
        return below(k, k.beside(a, k.zeros(k.rows(a), k.columns(b))), k.beside(k.zeros(k.rows(b), k.columns(a)), b));
    }

    private static <M> List<M> zip(List<M> a, List<M> b, BinaryOperator<M> operation) {
        return each(a.size(), i -> operation.apply(a.get(i), b.get(i)));
    }

    private static <M> List<M> join(List<M> a, List<M> b) {
        List<M> all = new ArrayList<>(a);
        all.addAll(b);
        return all;
    }

    private static <M> List<M> each(int n, IntFunction<M> element) {
        return IntStream.range(0, n).mapToObj(element).toList();
    }

    private static <M> List<M> zerosLike(Blocks<M> k, List<M> list) {
        return list.stream().map(x -> k.zeros(k.rows(x), k.columns(x))).toList();
    }

    private static <M> List<M> splitColumns(Blocks<M> k, M x, List<Integer> sizes) {
        List<M> parts = new ArrayList<>();
        int from = 0;
        for (int size : sizes) {
            parts.add(k.block(x, 0, k.rows(x), from, from + size));
            from += size;
        }
        return parts;
    }

    private static <M> void requireShape(Blocks<M> k, String what, M x, int rows, int columns) {
        if (k.rows(x) != rows || k.columns(x) != columns) {
            throw ShapeException.mismatch(what, k.rows(x) + "x" + k.columns(x), rows + "x" + columns);
        }
    }

    private static void requireSame(String what, List<Integer> a, List<Integer> b) {
        if (!a.equals(b)) {
            throw ShapeException.mismatch(what, "sizes " + a, "sizes " + b);
        }
    }

    private static <M> void requireSameBlocks(String what, Blocks<M> k, Generators<M> a, Generators<M> b) {
        if (!a.rowSizes(k).equals(b.rowSizes(k)) || !a.columnSizes(k).equals(b.columnSizes(k))) {
            throw ShapeException.mismatch(
                    what,
                    "rows " + a.rowSizes(k) + " columns " + a.columnSizes(k),
                    "rows " + b.rowSizes(k) + " columns " + b.columnSizes(k));
        }
    }

    private static <M> void requireChain(Blocks<M> k, Generators<M> a, Generators<M> b) {
        if (!a.columnSizes(k).equals(b.rowSizes(k))) {
            throw ShapeException.mismatch("product", "columns " + a.columnSizes(k), "rows " + b.rowSizes(k));
        }
    }

    static <M> void requireSquare(String what, Blocks<M> k, Generators<M> a) {
        if (!a.rowSizes(k).equals(a.columnSizes(k))) {
            throw ShapeException.mismatch(
                    what + " with square diagonal blocks", "rows " + a.rowSizes(k), "columns " + a.columnSizes(k));
        }
    }

    private static void requireTriangular(String half, List<Integer> otherRanks) {
        if (otherRanks.stream().anyMatch(rank -> rank != 0)) {
            throw ShapeException.mismatch(
                    "block " + half + " triangular matrix: ranks of the other half",
                    otherRanks.toString(),
                    Collections.nCopies(otherRanks.size(), 0).toString());
        }
    }
}
