package duality.kernels;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Products of dense matrices: {@code C ← A B} or {@code C ← C + A B}. Entry (i, j) of a factor lies at {@code at + i·row +
 * j·column}, so transposes and slices are strides; C has columns of stride 1.
 *
 * <p>After Goto and van de Geijn (2008), "Anatomy of high-performance matrix multiplication": B is cut into blocks that
 * fit a share of the last cache and copied into panels that are read from one end to the other; a few rows of A stay in
 * the first cache while all panels pass by; and tiles of C are summed in registers. Large products run in {@linkplain Parallel parallel}. Sums over the inner index are cut every {@value
 * #INNER} terms, and each part is summed in order, so the bits depend on neither threads nor vectors.
 */
public final class DenseMultiply {
    /** The inner length of a block: 256 rows of a panel in float32 are 32 KiB. */
    private static final int INNER = 256;

    /** Rows of a block of A: 128 KiB in float32. */
    private static final int ROWS = 128;

    /** Bytes of a block of B. Less, and A is copied more often than it pays; the panels come fast enough from afar. */
    private static final int BLOCK_BYTES = 2 << 20;

    /** Multiplications from which on threads pay, and are used. */
    public static final long PARALLEL = 1L << 21;

    private static final DenseMultiply.Blocked<float[]> FLOATS = new Blocked<>(Simd.floats());
    private static final DenseMultiply.Blocked<double[]> DOUBLES = new Blocked<>(Simd.doubles());

    private DenseMultiply() {}

    /** Whether a product of that size gains from the panels; narrow ones do not. */
    public static boolean pays(int m, int n, int k) {
        return n >= 8 && (long) m * n * k >= 1 << 13;
    }

    /**
     * The product in float32.
     *
     * @param m the rows of A and C
     * @param n the columns of B and C
     * @param k the columns of A and rows of B
     * @param add whether C is added to, or overwritten
     */
    public static void multiply(
            int m,
            int n,
            int k,
            float[] a,
            int aAt,
            int aRow,
            int aColumn,
            float[] b,
            int bAt,
            int bRow,
            int bColumn,
            float[] c,
            int cAt,
            int cRow,
            boolean add) {
        FLOATS.multiply(m, n, k, a, aAt, aRow, aColumn, b, bAt, bRow, bColumn, c, cAt, cRow, add);
    }

    /** The product in float64; the arguments are those of float32. */
    public static void multiply(
            int m,
            int n,
            int k,
            double[] a,
            int aAt,
            int aRow,
            int aColumn,
            double[] b,
            int bAt,
            int bRow,
            int bColumn,
            double[] c,
            int cAt,
            int cRow,
            boolean add) {
        DOUBLES.multiply(m, n, k, a, aAt, aRow, aColumn, b, bAt, bRow, bColumn, c, cAt, cRow, add);
    }

    /** {@code C ← A B} of row-major {@code A (m×k)} and {@code B (k×n)} without gaps, {@code batch} times in a row. */
    public static void multiplyBatch(int batch, int m, int n, int k, float[] a, float[] b, float[] c) {
        for (int i = 0; i < batch; i++) {
            multiply(m, n, k, a, i * m * k, k, 1, b, i * k * n, n, 1, c, i * m * n, n, false);
        }
    }

    /** {@code C ← A B} of row-major {@code A (m×k)} and {@code B (k×n)} without gaps, {@code batch} times in a row. */
    public static void multiplyBatch(int batch, int m, int n, int k, double[] a, double[] b, double[] c) {
        for (int i = 0; i < batch; i++) {
            multiply(m, n, k, a, i * m * k, k, 1, b, i * k * n, n, 1, c, i * m * n, n, false);
        }
    }

    /** The algorithm for one type. */
    private static final class Blocked<A> {
        private final Kernels<A> k;
        private final A one;
        /** Columns of a block of B. */
        private final int most;

        private final Deque<Scratch<A>> free = new ArrayDeque<>();

        /** A block of A, one of B, and the last panel of a block of C if it is not whole. */
        private record Scratch<A>(A a, A b, A c) {}

        Blocked(Kernels<A> k) {
            this.k = k;
            one = k.allocate(1);
            k.set(one, 0, 1);
            most = BLOCK_BYTES / (INNER * k.bytes());
        }

        private Scratch<A> take() {
            synchronized (free) {
                if (!free.isEmpty()) {
                    return free.pop();
                }
            }
            return new Scratch<>(k.allocate(ROWS * INNER), k.allocate(INNER * most), k.allocate(ROWS * k.panel()));
        }

        private void give(Scratch<A> scratch) {
            synchronized (free) {
                free.push(scratch);
            }
        }

        void multiply(
                int m,
                int n,
                int inner,
                A a,
                int aAt,
                int aRow,
                int aColumn,
                A b,
                int bAt,
                int bRow,
                int bColumn,
                A c,
                int cAt,
                int cRow,
                boolean add) {
            int bands = (long) m * n * inner < PARALLEL || Parallel.threads() == 1 ? 1 : 2 * Parallel.threads();
            if (bands == 1) {
                band(m, n, inner, a, aAt, aRow, aColumn, b, bAt, bRow, bColumn, c, cAt, cRow, add);
            } else if (m >= n) {
                int rows = bandLength(m, bands, Kernels.TILE);
                Parallel.run((m + rows - 1) / rows, i -> {
                    int from = i * rows;
                    int length = Math.min(rows, m - from);
                    int at = cAt + from * cRow;
                    band(
                            length,
                            n,
                            inner,
                            a,
                            aAt + from * aRow,
                            aRow,
                            aColumn,
                            b,
                            bAt,
                            bRow,
                            bColumn,
                            c,
                            at,
                            cRow,
                            add);
                });
            } else {
                int columns = bandLength(n, bands, k.panel());
                Parallel.run((n + columns - 1) / columns, j -> {
                    int from = j * columns;
                    int length = Math.min(columns, n - from);
                    int at = bAt + from * bColumn;
                    band(m, length, inner, a, aAt, aRow, aColumn, b, at, bRow, bColumn, c, cAt + from, cRow, add);
                });
            }
        }

        private static int bandLength(int length, int bands, int multiple) {
            int shortest = (length + bands - 1) / bands;
            return (shortest + multiple - 1) / multiple * multiple;
        }

        private void band(
                int m,
                int n,
                int inner,
                A a,
                int aAt,
                int aRow,
                int aColumn,
                A b,
                int bAt,
                int bRow,
                int bColumn,
                A c,
                int cAt,
                int cRow,
                boolean add) {
            if (inner == 0 && !add) {
                for (int i = 0; i < m; i++) {
                    k.fill(c, cAt + i * cRow, cAt + i * cRow + n, 0);
                }
            }
            Scratch<A> scratch = take();
            // A small A is read in place; else its rows are brought together.
            boolean inPlace = aColumn == 1 && m <= ROWS;
            for (int j = 0; j < n; j += most) {
                int columns = Math.min(most, n - j);
                for (int p = 0; p < inner; p += INNER) {
                    int length = Math.min(INNER, inner - p);
                    packB(length, columns, b, bAt + p * bRow + j * bColumn, bRow, bColumn, scratch.b());
                    for (int i = 0; i < m; i += ROWS) {
                        int rows = Math.min(ROWS, m - i);
                        int at = aAt + i * aRow + p * aColumn;
                        if (inPlace) {
                            block(rows, columns, length, a, at, aRow, scratch, c, cAt + j, cRow, add || p > 0);
                        } else {
                            packA(rows, length, a, at, aRow, aColumn, scratch.a());
                            int to = cAt + i * cRow + j;
                            block(rows, columns, length, scratch.a(), 0, length, scratch, c, to, cRow, add || p > 0);
                        }
                    }
                }
            }
            give(scratch);
        }

        private void packA(int rows, int columns, A a, int at, int row, int column, A to) {
            if (column == 1) {
                for (int i = 0; i < rows; i++) {
                    k.copy(a, at + i * row, to, i * columns, columns);
                }
            } else {
                k.gather(rows, columns, a, at, row, column, to, 0, columns);
            }
        }

        private void packB(int rows, int columns, A b, int at, int row, int column, A to) {
            if (column == 1) {
                k.pack(rows, columns, b, at, row, to, 0, rows);
                return;
            }
            int w = k.panel();
            for (int j = 0; j < columns; j += w) {
                int width = Math.min(w, columns - j);
                if (width < w) {
                    k.fill(to, j * rows, j * rows + w * rows, 0);
                }
                k.gather(rows, width, b, at + j * column, row, column, to, j * rows, w);
            }
        }

        /** One block of A times one of B. */
        private void block(
                int m,
                int n,
                int inner,
                A a,
                int aAt,
                int aRow,
                Scratch<A> scratch,
                A c,
                int cAt,
                int cRow,
                boolean add) {
            int w = k.panel();
            int whole = n / w * w;
            A scale = add ? one : null;
            Kernels.Part full = Kernels.Part.FULL;
            int panel = inner * w;
            for (int i = 0; i < m; i += Kernels.TILE) { // so that C is walked through along its rows
                int rows = Math.min(Kernels.TILE, m - i);
                int ai = aAt + i * aRow;
                int ci = cAt + i * cRow;
                k.multiply(rows, whole, inner, a, ai, aRow, full, scratch.b(), 0, panel, c, ci, cRow, w, scale, 0, 0);
            }
            if (whole < n) {
                int at = whole * inner;
                k.multiply(m, w, inner, a, aAt, aRow, full, scratch.b(), at, 0, scratch.c(), 0, w, 0, null, 0, 0);
                for (int i = 0; i < m; i++) {
                    int to = cAt + i * cRow + whole;
                    if (add) {
                        for (int j = 0; j < n - whole; j++) {
                            k.set(c, to + j, k.get(c, to + j) + k.get(scratch.c(), i * w + j));
                        }
                    } else {
                        k.copy(scratch.c(), i * w, c, to, n - whole);
                    }
                }
            }
        }
    }
}
