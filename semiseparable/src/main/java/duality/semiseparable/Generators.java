package duality.semiseparable;

import duality.algebra.Blocks;
import duality.errors.Fault;
import duality.errors.ShapeException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A block matrix given by generators, quasiseparable from both sides:
 *
 * <pre>
 *   A_ij = D_i                              i = j
 *        = P_i R_{i−1} … R_{j+1} Q_j        i &gt; j
 *        = U_i W_{i+1} … W_{j−1} V_j        i &lt; j
 * </pre>
 *
 * (Eidelman, Gohberg and Haimovici, Separable Type Representations of Matrices, 2014; Chandrasekaran and others,
 * SIAM J. Matrix Anal. Appl. 27, 2005, who call it sequentially semiseparable.) Read as a pair of recurrences, a
 * state g runs down and a state h runs up the blocks:
 *
 * <pre>
 *   y_i = D_i x_i + P_i g_i + U_i h_i,    g_{i+1} = R_i g_i + Q_i x_i,    h_{i−1} = W_i h_i + V_i x_i
 * </pre>
 *
 * from g_0 and h_{n−1} of size zero. With row sizes m_i, column sizes k_i, lower ranks r_i (the size of g_i) and
 * upper ranks s_i (the size of h_i), the shapes are
 *
 * <pre>
 *   D_i (m_i×k_i)   P_i (m_i×r_i)   R_i (r_{i+1}×r_i)   Q_i (r_{i+1}×k_i)
 *                   U_i (m_i×s_i)   W_i (s_{i−1}×s_i)   V_i (s_{i−1}×k_i)
 * </pre>
 *
 * with r_0 = r_n = 0 and s_{−1} = s_{n−1} = 0: blocks and ranks are ragged, and may be empty. A state space model
 * with states h_t = A_t h_{t−1} + B_t x_t and outputs C_tᵀ h_t is the lower half: P_t = C_tᵀA_t, R_t = A_t, Q_t = B_t,
 * D_t = C_tᵀB_t.
 *
 * @param d the diagonal blocks D
 * @param p the lower row generators P
 * @param r the lower transitions R
 * @param q the lower column generators Q
 * @param u the upper row generators U
 * @param w the upper transitions W
 * @param v the upper column generators V
 * @param <M> the type of a block
 */
public record Generators<M>(List<M> d, List<M> p, List<M> r, List<M> q, List<M> u, List<M> w, List<M> v) {
    /** Copies the lists; {@link #of} also checks the shapes. */
    public Generators {
        d = List.copyOf(d);
        p = List.copyOf(p);
        r = List.copyOf(r);
        q = List.copyOf(q);
        u = List.copyOf(u);
        w = List.copyOf(w);
        v = List.copyOf(v);
    }

    /**
     * The matrix with these generators.
     *
     * @throws ShapeException if the lists differ in length, or shapes do not chain; the message names the block
     */
    public static <M> Generators<M> of(
            Blocks<M> k, List<M> d, List<M> p, List<M> r, List<M> q, List<M> u, List<M> w, List<M> v) {
        Generators<M> generators = new Generators<>(d, p, r, q, u, w, v);
        int n = d.size();
        for (List<M> list : List.of(p, r, q, u, w, v)) {
            if (list.size() != n) {
                throw new ShapeException(
                        Fault.SHAPE_MISMATCH,
                        "generators of %d diagonal blocks: P, R, Q, U, W, V have %d, %d, %d, %d, %d, %d"
                                .formatted(n, p.size(), r.size(), q.size(), u.size(), w.size(), v.size()));
            }
        }
        for (int i = 0; i < n; i++) {
            int rows = k.rows(d.get(i));
            int columns = k.columns(d.get(i));
            int below = i == 0 ? 0 : k.rows(r.get(i - 1)); // size of g_i
            int belowNext = i == n - 1 ? 0 : k.columns(r.get(i + 1));
            int above = i == n - 1 ? 0 : k.rows(w.get(i + 1)); // size of h_i
            int aboveNext = i == 0 ? 0 : k.columns(w.get(i - 1));
            require(k, "P", i, p.get(i), rows, below);
            require(k, "R", i, r.get(i), belowNext, below);
            require(k, "Q", i, q.get(i), belowNext, columns);
            require(k, "U", i, u.get(i), rows, above);
            require(k, "W", i, w.get(i), aboveNext, above);
            require(k, "V", i, v.get(i), aboveNext, columns);
        }
        return generators;
    }

    /**
     * The lower triangular matrix of a recurrence {@code g_{i+1} = R_i g_i + Q_i x_i, y_i = P_i g_i + D_i x_i} from a
     * state of zero. Since nothing enters the first step and nothing leaves the last, what they would multiply is cut
     * off.
     *
     * @throws ShapeException as {@link #of}
     */
    public static <M> Generators<M> causal(Blocks<M> k, List<M> d, List<M> p, List<M> r, List<M> q) {
        int last = d.size() - 1;
        List<M> ps = new ArrayList<>(p);
        List<M> rs = new ArrayList<>(r);
        List<M> qs = new ArrayList<>(q);
        if (last >= 0) {
            ps.set(0, k.zeros(k.rows(p.getFirst()), 0));
            rs.set(0, k.zeros(k.rows(r.getFirst()), 0));
            rs.set(last, k.zeros(0, k.columns(rs.getLast())));
            qs.set(last, k.zeros(0, k.columns(q.getLast())));
        }
        List<M> u = d.stream().map(block -> k.zeros(k.rows(block), 0)).toList();
        List<M> w = d.stream().map(block -> k.zeros(0, 0)).toList();
        List<M> v = d.stream().map(block -> k.zeros(0, k.columns(block))).toList();
        return of(k, d, ps, rs, qs, u, w, v);
    }

    private static <M> void require(Blocks<M> k, String name, int i, M block, int rows, int columns) {
        if (k.rows(block) != rows || k.columns(block) != columns) {
            throw ShapeException.mismatch(
                    "generator " + name + "[" + i + "] beside its neighbours",
                    k.rows(block) + "x" + k.columns(block),
                    rows + "x" + columns);
        }
    }

    /** The number n of diagonal blocks. */
    public int blocks() {
        return d.size();
    }

    /** The number of rows of the whole matrix. */
    public int rows(Blocks<M> k) {
        return d.stream().mapToInt(k::rows).sum();
    }

    /** The number of columns of the whole matrix. */
    public int columns(Blocks<M> k) {
        return d.stream().mapToInt(k::columns).sum();
    }

    /** The row sizes m_0 … m_{n−1} of the blocks. */
    public List<Integer> rowSizes(Blocks<M> k) {
        return d.stream().map(k::rows).toList();
    }

    /** The column sizes k_0 … k_{n−1} of the blocks. */
    public List<Integer> columnSizes(Blocks<M> k) {
        return d.stream().map(k::columns).toList();
    }

    /** The lower ranks r_0 … r_{n−1}, the sizes of the states that run down. */
    public List<Integer> lowerRanks(Blocks<M> k) {
        return p.stream().map(k::columns).toList();
    }

    /** The upper ranks s_0 … s_{n−1}, the sizes of the states that run up. */
    public List<Integer> upperRanks(Blocks<M> k) {
        return u.stream().map(k::columns).toList();
    }

    /**
     * {@code A x} by the two recurrences. Cost O(n (m + r)²) for each column of {@code x (columns×any)}; backward
     * stable: entrywise the error is that of the dense product times a factor linear in n.
     */
    public M multiply(Blocks<M> k, M x) {
        if (k.rows(x) != columns(k)) {
            throw ShapeException.mismatch("product", rows(k) + "x" + columns(k), k.rows(x) + "x" + k.columns(x));
        }
        int n = blocks();
        int width = k.columns(x);
        List<M> parts = k.splitRows(x, columnSizes(k));
        List<M> y = new ArrayList<>();
        M g = k.zeros(0, width);
        for (int i = 0; i < n; i++) {
            y.add(k.add(k.multiply(d.get(i), parts.get(i)), k.multiply(p.get(i), g)));
            g = k.add(k.multiply(r.get(i), g), k.multiply(q.get(i), parts.get(i)));
        }
        M h = k.zeros(0, width);
        for (int i = n - 1; i >= 0; i--) {
            y.set(i, k.add(y.get(i), k.multiply(u.get(i), h)));
            h = k.add(k.multiply(w.get(i), h), k.multiply(v.get(i), parts.get(i)));
        }
        y.addFirst(k.zeros(0, width));
        return k.stackRows(y);
    }

    /** All entries. Cost O(n² m² r). */
    public M dense(Blocks<M> k) {
        return multiply(k, k.identity(columns(k)));
    }

    /** {@code Aᵀ}: (P, R, Q) and (Vᵀ, Wᵀ, Uᵀ) change places. No arithmetic. */
    public Generators<M> transpose(Blocks<M> k) {
        return new Generators<>(
                transposed(k, d),
                transposed(k, v),
                transposed(k, w),
                transposed(k, u),
                transposed(k, q),
                transposed(k, r),
                transposed(k, p));
    }

    private static <M> List<M> transposed(Blocks<M> k, List<M> list) {
        return list.stream().map(k::transpose).toList();
    }

    /** The same blocks in the opposite order, rows and columns both: lower and upper change places. */
    public Generators<M> reverse() {
        return new Generators<>(
                reversed(d), reversed(u), reversed(w), reversed(v), reversed(p), reversed(r), reversed(q));
    }

    private static <M> List<M> reversed(List<M> list) {
        List<M> copy = new ArrayList<>(list);
        Collections.reverse(copy);
        return copy;
    }
}
