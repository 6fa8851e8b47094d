package duality.kernels;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The innermost loops, on arrays of one primitive type. Algorithms are written once against this class and run in
 * float32 and float64, with the Vector API or without. {@link Simd} chooses the implementation.
 *
 * <p>Matrices are row-major with a row stride, or in <em>panels</em>: the columns in blocks of W = {@link #panel()}, one
 * after another, each block row-major with stride W, the last one padded with zeros. The second factor of a product
 * comes in panels, so that the inner loop reads it from one end to the other.
 *
 * <p>Every entry of a product is summed in the order of its index, by fused multiply-adds where there are any. So
 * results depend neither on the vector's width nor on how the work is cut. Nothing is checked here beyond the bounds of the
 * arrays, and nothing is allocated.
 *
 * @param <A> {@code float[]} or {@code double[]}
 */
public abstract class Kernels<A> {
    /** Which entries of the first factor of a product may differ from zero; what is outside is not read. */
    public enum Part {
        /** All. */
        FULL,
        /** Those with column ≤ row. Up to {@link #TILE} − 1 zeros right of the diagonal are read. */
        LOWER,
        /** Those with column ≥ row. Up to {@link #TILE} − 1 zeros left of the diagonal are read. */
        UPPER
    }

    /** Rows of the largest tile that a product computes at once. */
    public static final int TILE = 4;

    /** For subclasses. */
    protected Kernels() {}

    /** W: the number of columns of a panel. */
    public abstract int panel();

    /** The number of columns of all panels of a matrix of that many columns. */
    public final int padded(int columns) {
        return (columns + panel() - 1) / panel() * panel();
    }

    /** A new array of zeros. */
    public abstract A allocate(int length);

    /** The length of an array. */
    public abstract int length(A array);

    /** Bytes of one number. */
    public abstract int bytes();

    /** The unit roundoff. */
    public abstract double unitRoundoff();

    /** One entry. */
    public abstract double get(A array, int at);

    /** Sets one entry, rounded. */
    public abstract void set(A array, int at, double value);

    /**
     * {@code C ← A B}, or {@code C ← diag(s) C + A B}, the product summed before the rest is added.
     *
     * @param m the rows of A and C
     * @param n the columns of B and C; C has room for whole panels, whose padding is overwritten
     * @param k the columns of A and rows of B
     * @param a A, row-major
     * @param aAt where A starts
     * @param aRow the stride of A's rows
     * @param part what to read of A
     * @param b B, in panels
     * @param bAt where B starts
     * @param bPanel from one panel of B to the next
     * @param c C
     * @param cAt where C starts
     * @param cRow the stride of C's rows
     * @param cPanel from one panel of C to the next: W if C is row-major
     * @param scale s, or null to overwrite C
     * @param scaleAt where s starts
     * @param scaleStep from one entry of s to the next: 0 for one factor for all rows
     */
    public abstract void multiply(
            int m,
            int n,
            int k,
            A a,
            int aAt,
            int aRow,
            Part part,
            A b,
            int bAt,
            int bPanel,
            A c,
            int cAt,
            int cRow,
            int cPanel,
            @Nullable A scale,
            int scaleAt,
            int scaleStep);

    /** Copies a row-major matrix into panels of {@code toRows} rows each, of which it fills the first {@code rows}. */
    public void pack(int rows, int columns, A from, int at, int row, A to, int toAt, int toRows) {
        int w = panel();
        for (int j = 0; j < columns; j += w) {
            int width = Math.min(w, columns - j);
            for (int i = 0; i < rows; i++) {
                int target = toAt + j * toRows + i * w;
                copy(from, at + i * row + j, to, target, width);
                if (width < w) {
                    fill(to, target + width, target + w, 0);
                }
            }
        }
    }

    /**
     * {@code to ← from}, where entry (i, j) of {@code from} lies at {@code at + i·row + j·column} and that of {@code to} at
     * {@code toAt + i·toRow + j}.
     */
    public abstract void gather(int rows, int columns, A from, int at, int row, int column, A to, int toAt, int toRow);

    /** Copies entries. */
    @SuppressWarnings("SuspiciousSystemArraycopy") // both are A
    public final void copy(A from, int at, A to, int toAt, int length) {
        System.arraycopy(from, at, to, toAt, length);
    }

    /** Sets the entries {@code [from, to)}. */
    public abstract void fill(A array, int from, int to, double value);

    /**
     * The masked Gram matrix {@code (1SS(a) ∘ G) diag(d)} of a chunk, by products of decays: row-major, and zero where a
     * product by {@link Part#LOWER} reads beyond the diagonal.
     *
     * @param q the number of steps
     * @param decay a (q)
     * @param decayAt where a starts
     * @param weight d (q)
     * @param weightAt where d starts
     * @param g G (q×q) on and below the diagonal, row-major with the stride {@code row}, a multiple of W
     * @param gAt where G starts
     * @param row the stride of G and the result
     * @param running scratch of {@code row} entries
     * @param m the result
     * @param mAt where the result starts
     */
    public abstract void maskedGram(
            int q, A decay, int decayAt, A weight, int weightAt, A g, int gAt, int row, A running, A m, int mAt);

    /** {@code out ← diag(s) x} in panels of {@code rows} rows. In place if out is x. */
    public abstract void scaleRows(int rows, int columns, A scale, int scaleAt, A x, int xAt, A out, int outAt);

    /** {@code y ← y + x diag(d)} in panels of {@code rows} rows; d is padded to whole panels. */
    public abstract void addScaledColumns(int rows, int columns, A d, int dAt, A x, int xAt, A y, int yAt);

    /** {@code y ← s x + y} for {@code n} entries, a multiple of W. */
    public abstract void addScaled(int n, double s, A x, int xAt, A y, int yAt);

    /** {@code y ← y ∘ silu(z)} for {@code n} entries, a multiple of W, as long as the scratch; silu(z) = z / (1 + exp(−z)). */
    public abstract void gate(int n, A z, int zAt, A y, int yAt, A scratch);

    /**
     * What the gradient of a chunk needs of its mask L = 1SS(a), transposed: rows are s and columns t ≥ s. With G = B Cᵀ and
     * F = X dYᵀ:
     *
     * <pre>
     *   m_st   = L_ts G_st                     zero where a product by {@link Part#UPPER} reads beyond the diagonal
     *   sum_st = sum_st + d_s L_ts F_st
     *   f_st   = d_s L_ts F_st G_st
     * </pre>
     *
     * @param q the number of steps
     * @param decay a (q)
     * @param decayAt where a starts
     * @param weight d (q)
     * @param weightAt where d starts
     * @param g G (q×q), row-major with the stride {@code row}, a multiple of W; so are f, m and sum
     * @param f F, overwritten
     * @param row the stride
     * @param running scratch of {@code row} entries
     * @param m overwritten
     * @param sum added to
     */
    public abstract void maskedAdjoint(
            int q, A decay, int decayAt, A weight, int weightAt, A g, A f, int row, A running, A m, A sum);

    /** {@code out_k = Σ_{s<k} Σ_{t≥k} w_st} for all q steps, summed directly; w as {@link #maskedAdjoint} leaves f. */
    public abstract void crossings(int q, A w, int row, A running, A out);

    /**
     * {@code sum ← sum + x diag(s)} and {@code dots_j ← dots_j + Σ_i w_ij x_ij s_j}, row-major with the stride {@code row}, a
     * multiple of W, up to which s must be readable.
     *
     * @param at where w and sum start
     */
    public abstract void addScaledDots(int rows, int columns, int row, A x, A s, int sAt, A w, A sum, int at, A dots);

    /** {@code out_i = Σ_j x_ij y_ij} in panels of {@code rows} rows. */
    public abstract void rowDots(int rows, int columns, A x, A y, A out);

    /** {@code out_j = Σ_i x_ij y_ij} in panels of {@code rows} rows; out has room for whole panels. */
    public abstract void columnDots(int rows, int columns, A x, A y, A out, int outAt);

    /** {@code Σ x_i y_i} for {@code n} entries, a multiple of W. */
    public abstract double dot(int n, A x, int xAt, A y, int yAt);

    /**
     * The gradient of {@link #gate} for {@code n} entries, a multiple of W: {@code y ← dy ∘ y ∘ silu′(z)}, which is that of z, and
     * {@code dy ← dy ∘ silu(z)}, which is that of y.
     */
    public abstract void gateAdjoint(int n, A z, A dy, A y, A scratch);

    /**
     * One step of a recurrence on a state {@code h (p×n)}, row-major in memory of this type's numbers: {@code h ← a h + x bᵀ}
     * and {@code y = h c}.
     *
     * @param from where h is
     * @param fromAt the byte at which it starts
     * @param to where the new h goes; may be where the old one is
     * @param toAt the byte at which it starts
     * @param decay a
     * @param x (p)
     * @param b (n)
     * @param c (n)
     * @param y (p)
     */
    public abstract void step(
            MemorySegment from,
            long fromAt,
            MemorySegment to,
            long toAt,
            int p,
            int n,
            double decay,
            A x,
            A b,
            A c,
            A y);

    /**
     * Nothing but fused multiply-adds in registers, enough of them independent to keep every unit busy: what the machine's
     * peak is measured by.
     *
     * @return the number of floating-point operations, a multiple of {@code n}
     */
    public abstract double multiplyAdds(int n);

    /**
     * {@code x ← exp(x)} for {@code n} entries, to within one unit in the last place. The array goes on to a multiple of W, and
     * what is beyond n is overwritten.
     */
    public abstract void exp(int n, A x, int at);

    /** {@code x ← log(1 + exp(x))} for {@code n} entries, as {@link #exp}; the scratch has room for whole panels, too. */
    public abstract void softplus(int n, A x, int at, A scratch);

    /**
     * Reads a matrix from memory of this type's numbers in the machine's byte order into panels of {@code toRows} rows.
     *
     * @param at the byte at which the matrix starts
     * @param row bytes from one row to the next
     */
    public abstract void load(MemorySegment from, long at, long row, int rows, int columns, A to, int toAt, int toRows);

    /** Writes a matrix in panels of {@code fromRows} rows to memory; the inverse of {@link #load}. */
    public abstract void store(
            A from, int fromAt, int fromRows, int rows, int columns, MemorySegment to, long at, long row);
}
