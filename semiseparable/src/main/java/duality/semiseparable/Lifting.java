package duality.semiseparable;

import duality.algebra.EjmlBlocks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;

/**
 * Writes the types below {@link Semiseparable} by generators, on any partition into blocks.
 *
 * <p>Exact, but for the products of decays in 1SS. Where two semiseparable matrices are cut in different places,
 * both are refined to all cuts: within a block that is split, the states carry the inputs so far, so that the ranks
 * there grow by at most its size.
 */
final class Lifting {
    private static final EjmlBlocks K = EjmlBlocks.INSTANCE;

    /** The highest rank that is kept by scalar blocks; above it blocks are as large as the rank. */
    private static final int SCALAR_RANK = 16;

    private Lifting() {}

    /**
     * Where blocks begin and end: block i has the rows from {@code rowCuts[i]} to {@code rowCuts[i + 1]}, and so the
     * columns. Both begin with 0 and do not decrease.
     */
    record Partition(int[] rowCuts, int[] columnCuts) {
        static Partition of(Generators<DMatrixRMaj> g) {
            int[] rows = new int[g.blocks() + 1];
            int[] columns = new int[g.blocks() + 1];
            for (int i = 0; i < g.blocks(); i++) {
                rows[i + 1] = rows[i] + g.d().get(i).numRows;
                columns[i + 1] = columns[i] + g.d().get(i).numCols;
            }
            return new Partition(rows, columns);
        }

        /** Square blocks of one size along the main diagonal, the last one as large as needed. */
        static Partition uniform(int rows, int columns, int size) {
            int blocks = Math.max(1, (Math.min(rows, columns) + size - 1) / size);
            int[] cuts = IntStream.rangeClosed(0, blocks).map(i -> i * size).toArray();
            int[] rowCuts = cuts.clone();
            rowCuts[blocks] = rows;
            cuts[blocks] = columns;
            return new Partition(rowCuts, cuts);
        }

        int blocks() {
            return rowCuts.length - 1;
        }

        int rows() {
            return rowCuts[blocks()];
        }

        int columns() {
            return columnCuts[blocks()];
        }

        boolean isSquare() {
            return Arrays.equals(rowCuts, columnCuts);
        }

        Partition transpose() {
            return new Partition(columnCuts, rowCuts);
        }

        boolean same(Partition other) {
            return Arrays.equals(rowCuts, other.rowCuts) && Arrays.equals(columnCuts, other.columnCuts);
        }

        /** All cuts of both, if no cut of one lies above and to the right of a cut of the other. */
        Optional<Partition> union(Partition other) {
            List<int[]> cuts = new ArrayList<>();
            int i = 1;
            int j = 1;
            while (i <= blocks() || j <= other.blocks()) {
                int order = i > blocks() ? 1 : j > other.blocks() ? -1 : compare(i, other, j);
                cuts.add(
                        order <= 0
                                ? new int[] {rowCuts[i], columnCuts[i]}
                                : new int[] {other.rowCuts[j], other.columnCuts[j]});
                i += order <= 0 ? 1 : 0;
                j += order >= 0 ? 1 : 0;
            }
            cuts.addFirst(new int[2]);
            for (int c = 1; c < cuts.size(); c++) {
                if (cuts.get(c)[0] < cuts.get(c - 1)[0] || cuts.get(c)[1] < cuts.get(c - 1)[1]) {
                    return Optional.empty();
                }
            }
            return Optional.of(new Partition(
                    cuts.stream().mapToInt(cut -> cut[0]).toArray(),
                    cuts.stream().mapToInt(cut -> cut[1]).toArray()));
        }

        private int compare(int i, Partition other, int j) {
            int byRow = Integer.compare(rowCuts[i], other.rowCuts[j]);
            return byRow != 0 ? byRow : Integer.compare(columnCuts[i], other.columnCuts[j]);
        }
    }

    /** Whether {@link #lift} can write this matrix by generators. */
    static boolean isLiftable(StructuredMatrix a) {
        return switch (a) {
            case Diagonal _, Banded _, LowRank _, OneSemiseparable _, Semiseparable _ -> true;
            case Transpose transpose -> transpose.of() instanceof OneSemiseparable;
            default -> false;
        };
    }

    /** This matrix on a partition that suits it. */
    static Generators<DMatrixRMaj> lift(StructuredMatrix a) {
        return a instanceof Semiseparable s
                ? s.generators()
                : lift(a, Partition.uniform(a.rows(), a.columns(), blockSize(rank(a))));
    }

    /** A partition for both, for operations entry by entry; none if their cuts do not fit together. */
    static Optional<Partition> common(StructuredMatrix a, StructuredMatrix b) {
        Optional<Partition> partition = switch (a) {
            case Semiseparable x ->
                b instanceof Semiseparable y ? x.partition().union(y.partition()) : Optional.of(x.partition());
            default ->
                Optional.of(
                        b instanceof Semiseparable y
                                ? y.partition()
                                : Partition.uniform(a.rows(), a.columns(), blockSize(Math.max(rank(a), rank(b)))));
        };
        return partition.filter(p -> p.isSquare() || !(wantsSquareBlocks(a) || wantsSquareBlocks(b)));
    }

    /** Partitions for the factors of a product, the columns of the first cut as the rows of the second. */
    static Partition[] inner(StructuredMatrix a, StructuredMatrix b) {
        int[] cuts;
        if (a instanceof Semiseparable x) {
            cuts = x.partition().columnCuts();
            if (b instanceof Semiseparable y) {
                cuts = merge(cuts, y.partition().rowCuts());
            }
        } else if (b instanceof Semiseparable y) {
            cuts = y.partition().rowCuts();
        } else {
            cuts = Partition.uniform(a.columns(), a.columns(), blockSize(Math.max(rank(a), rank(b))))
                    .rowCuts();
        }
        return new Partition[] {extend(a.transpose(), cuts).transpose(), extend(b, cuts)};
    }

    /** The cuts of both without the common ones twice. */
    private static int[] merge(int[] a, int[] b) {
        return new Partition(a, a)
                .union(new Partition(b, b))
                .orElseThrow() // the cuts of one dimension always fit
                .rowCuts();
    }

    /** These cuts of the rows with such cuts of the columns as suit the matrix. */
    private static Partition extend(StructuredMatrix a, int[] rowCuts) {
        int last = rowCuts.length - 1;
        int[] columnCuts = new int[rowCuts.length];
        if (a instanceof Semiseparable s) {
            Partition own = s.partition();
            int next = 1;
            for (int i = 1; i <= last; i++) {
                if (next <= own.blocks() && own.rowCuts()[next] == rowCuts[i]) {
                    columnCuts[i] = own.columnCuts()[next];
                    next++;
                } else {
                    int limit = next <= own.blocks() ? own.columnCuts()[next] : own.columns();
                    columnCuts[i] = Math.min(limit, columnCuts[i - 1] + rowCuts[i] - rowCuts[i - 1]);
                }
            }
        } else {
            int offset = a instanceof Banded band ? (band.upper() - band.lower()) / 2 : 0;
            for (int i = 1; i < last; i++) {
                columnCuts[i] = Math.clamp((long) rowCuts[i] + offset, 0, a.columns());
            }
        }
        if (last > 0) {
            columnCuts[last] = a.columns();
        }
        return new Partition(rowCuts, columnCuts);
    }

    private static boolean wantsSquareBlocks(StructuredMatrix a) {
        return a instanceof OneSemiseparable || a instanceof Transpose;
    }

    private static int rank(StructuredMatrix a) {
        return switch (a) {
            case Banded band -> Math.max(0, Math.max(band.lower(), band.upper()));
            case LowRank lowRank -> lowRank.rank();
            default -> 1;
        };
    }

    private static int blockSize(int rank) {
        return rank <= SCALAR_RANK ? 1 : rank;
    }

    /** This matrix by generators on a partition, which for a semiseparable matrix refines its own. */
    static Generators<DMatrixRMaj> lift(StructuredMatrix a, Partition partition) {
        if (a instanceof Semiseparable s && s.partition().same(partition)) {
            return s.generators();
        }
        List<DMatrixRMaj> d = new ArrayList<>();
        for (int i = 0; i < partition.blocks(); i++) {
            d.add(entries(
                    a,
                    partition.rowCuts()[i],
                    partition.rowCuts()[i + 1],
                    partition.columnCuts()[i],
                    partition.columnCuts()[i + 1]));
        }
        Half lower = lower(a, partition);
        Half upper = lower(a.transpose(), partition.transpose());
        return Generators.of(
                K, d, lower.p, lower.r, lower.q, transposed(upper.q), transposed(upper.r), transposed(upper.p));
    }

    private static List<DMatrixRMaj> transposed(List<DMatrixRMaj> list) {
        return list.stream().map(K::transpose).toList();
    }

    static DMatrixRMaj entries(StructuredMatrix a, int fromRow, int toRow, int fromColumn, int toColumn) {
        DMatrixRMaj block = new DMatrixRMaj(toRow - fromRow, Math.max(0, toColumn - fromColumn));
        for (int i = 0; i < block.numRows; i++) {
            for (int j = 0; j < block.numCols; j++) {
                block.set(i, j, a.get(fromRow + i, fromColumn + j));
            }
        }
        return block;
    }

    /** The generators of the blocks below the diagonal. */
    private record Half(List<DMatrixRMaj> p, List<DMatrixRMaj> r, List<DMatrixRMaj> q) {
        Half() {
            this(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        }

        void add(DMatrixRMaj rowGenerator, DMatrixRMaj transition, DMatrixRMaj columnGenerator) {
            p.add(rowGenerator);
            r.add(transition);
            q.add(columnGenerator);
        }
    }

    private static Half lower(StructuredMatrix a, Partition partition) {
        return switch (a) {
            case Diagonal _ -> windows(a, 0, partition);
            case Banded band -> windows(band, band.lower(), partition);
            case LowRank lowRank -> constant(lowRank, partition);
            case OneSemiseparable one -> decays(one, partition);
            case Transpose _ -> empty(partition);
            case Semiseparable s -> refined(s, partition);
            default ->
                throw new IllegalStateException(
                        "no generators of a " + a.getClass().getSimpleName());
        };
    }

    /**
     * The state that enters block i holds the inputs before it that its rows or later ones still touch: those from
     * column {@code row − lower} on.
     */
    private static Half windows(StructuredMatrix a, int lower, Partition partition) {
        int n = partition.blocks();
        int[] from = new int[n + 1];
        for (int i = 0; i <= n; i++) {
            int column = partition.columnCuts()[i];
            from[i] = i == n ? column : (int) Math.clamp((long) partition.rowCuts()[i] - lower, 0L, column);
        }
        Half half = new Half();
        for (int i = 0; i < n; i++) {
            int column = partition.columnCuts()[i];
            int nextColumn = partition.columnCuts()[i + 1];
            DMatrixRMaj keep = new DMatrixRMaj(nextColumn - from[i + 1], column - from[i]);
            DMatrixRMaj take = new DMatrixRMaj(nextColumn - from[i + 1], nextColumn - column);
            for (int c = from[i + 1]; c < nextColumn; c++) {
                if (c < column) {
                    keep.set(c - from[i + 1], c - from[i], 1);
                } else {
                    take.set(c - from[i + 1], c - column, 1);
                }
            }
            half.add(entries(a, partition.rowCuts()[i], partition.rowCuts()[i + 1], from[i], column), keep, take);
        }
        return half;
    }

    /** {@code P_i = left}, R = I, {@code Q_i = rightᵀ}. */
    private static Half constant(LowRank a, Partition partition) {
        int n = partition.blocks();
        DMatrixRMaj left = a.left();
        DMatrixRMaj right = a.right();
        Half half = new Half();
        for (int i = 0; i < n; i++) {
            int before = i == 0 ? 0 : a.rank();
            int after = i == n - 1 ? 0 : a.rank();
            DMatrixRMaj q = K.transpose(
                    K.rows(right, partition.columnCuts()[i], partition.columnCuts()[i + 1]));
            half.add(
                    K.block(left, partition.rowCuts()[i], partition.rowCuts()[i + 1], 0, before),
                    K.block(K.identity(a.rank()), 0, after, 0, before),
                    K.rows(q, 0, after));
        }
        return half;
    }

    /** The state that enters block i is the output just before it. */
    private static Half decays(OneSemiseparable one, Partition partition) {
        int n = partition.blocks();
        double[] a = one.a();
        Half half = new Half();
        for (int i = 0; i < n; i++) {
            int from = partition.rowCuts()[i];
            int to = partition.rowCuts()[i + 1];
            DMatrixRMaj products = new DMatrixRMaj(to - from + 1, 1); // a_{t:from−1} for t = from − 1 …
            products.set(0, 0, 1);
            for (int t = from; t < to; t++) {
                products.set(t - from + 1, 0, a[t] * products.get(t - from, 0));
            }
            DMatrixRMaj q = new DMatrixRMaj(1, to - from);
            for (int t = to - 1; t >= from; t--) {
                q.set(0, t - from, t == to - 1 ? 1 : a[t + 1] * q.get(0, t - from + 1));
            }
            int before = i == 0 ? 0 : 1;
            int after = i == n - 1 ? 0 : 1;
            half.add(
                    K.block(products, 1, to - from + 1, 0, before),
                    K.block(products, to - from, to - from + after, 0, before),
                    K.rows(q, 0, after));
        }
        return half;
    }

    private static Half empty(Partition partition) {
        Half half = new Half();
        for (int i = 0; i < partition.blocks(); i++) {
            half.add(
                    K.zeros(partition.rowCuts()[i + 1] - partition.rowCuts()[i], 0),
                    K.zeros(0, 0),
                    K.zeros(0, partition.columnCuts()[i + 1] - partition.columnCuts()[i]));
        }
        return half;
    }

    /** Splits the blocks: within one the state is the one that entered it and the block's inputs so far. */
    private static Half refined(Semiseparable s, Partition partition) {
        Generators<DMatrixRMaj> g = s.generators();
        if (g.blocks() == 0) {
            return empty(partition);
        }
        Partition own = s.partition();
        Half half = new Half();
        int part = 0;
        for (int i = 0; i < g.blocks(); i++) {
            DMatrixRMaj d = g.d().get(i);
            DMatrixRMaj p = g.p().get(i);
            DMatrixRMaj r = g.r().get(i);
            DMatrixRMaj q = g.q().get(i);
            boolean done = false;
            while (!done) {
                int fromRow = partition.rowCuts()[part] - own.rowCuts()[i];
                int toRow = partition.rowCuts()[part + 1] - own.rowCuts()[i];
                int from = partition.columnCuts()[part] - own.columnCuts()[i];
                int to = partition.columnCuts()[part + 1] - own.columnCuts()[i];
                done = i == g.blocks() - 1 ? part == partition.blocks() - 1 : toRow == d.numRows && to == d.numCols;
                DMatrixRMaj rows = K.beside(K.rows(p, fromRow, toRow), K.block(d, fromRow, toRow, 0, from));
                if (done) {
                    half.add(rows, K.beside(r, K.block(q, 0, q.numRows, 0, from)), K.block(q, 0, q.numRows, from, to));
                } else {
                    DMatrixRMaj identity = K.identity(p.numCols + to);
                    half.add(
                            rows,
                            K.block(identity, 0, identity.numRows, 0, p.numCols + from),
                            K.block(identity, 0, identity.numRows, p.numCols + from, p.numCols + to));
                }
                part++;
            }
        }
        return half;
    }

    /** The rows and columns of these ranges; blocks that become empty at the ends are left out. */
    static Generators<DMatrixRMaj> submatrix(Semiseparable s, int fromRow, int toRow, int fromColumn, int toColumn) {
        Generators<DMatrixRMaj> g = s.generators();
        Partition own = s.partition();
        int first = 0;
        int last = g.blocks() - 1;
        while (first <= last && own.rowCuts()[first + 1] <= fromRow && own.columnCuts()[first + 1] <= fromColumn) {
            first++;
        }
        while (last > first && own.rowCuts()[last] >= toRow && own.columnCuts()[last] >= toColumn) {
            last--;
        }
        if (first > last) {
            return GeneratorAlgebra.diagonal(K, List.of(K.zeros(toRow - fromRow, toColumn - fromColumn)));
        }
        List<List<DMatrixRMaj>> lists = new ArrayList<>();
        for (int list = 0; list < 7; list++) {
            lists.add(new ArrayList<>());
        }
        for (int i = first; i <= last; i++) {
            int top = Math.clamp((long) fromRow - own.rowCuts()[i], 0, g.d().get(i).numRows);
            int bottom = Math.clamp((long) toRow - own.rowCuts()[i], top, g.d().get(i).numRows);
            int left = Math.clamp((long) fromColumn - own.columnCuts()[i], 0, g.d().get(i).numCols);
            int right = Math.clamp((long) toColumn - own.columnCuts()[i], left, g.d().get(i).numCols);
            int below = i == first ? 0 : g.r().get(i).numCols;
            int belowNext = i == last ? 0 : g.r().get(i).numRows;
            int above = i == last ? 0 : g.w().get(i).numCols;
            int aboveNext = i == first ? 0 : g.w().get(i).numRows;
            lists.get(0).add(K.block(g.d().get(i), top, bottom, left, right));
            lists.get(1).add(K.block(g.p().get(i), top, bottom, 0, below));
            lists.get(2).add(K.block(g.r().get(i), 0, belowNext, 0, below));
            lists.get(3).add(K.block(g.q().get(i), 0, belowNext, left, right));
            lists.get(4).add(K.block(g.u().get(i), top, bottom, 0, above));
            lists.get(5).add(K.block(g.w().get(i), 0, aboveNext, 0, above));
            lists.get(6).add(K.block(g.v().get(i), 0, aboveNext, left, right));
        }
        return Generators.of(
                K, lists.get(0), lists.get(1), lists.get(2), lists.get(3), lists.get(4), lists.get(5), lists.get(6));
    }
}
