package duality.semiseparable;

import duality.algebra.FieldBlocks;
import duality.algebra.RingMatrix;
import duality.errors.ShapeException;
import java.util.ArrayList;
import java.util.List;

/**
 * The exact ranks of the off-diagonal (Hankel) blocks of a block matrix, which are the least ranks that generators of
 * it can have (Dewilde and van der Veen, Time-Varying Systems and Computations, 1998; Eidelman, Gohberg and Haimovici
 * 2014, volume 1). Lists are indexed like {@link Generators#lowerRanks} and {@link Generators#upperRanks}.
 *
 * @param lower entry i is the rank of the block rows from i on, and block columns before i
 * @param upper entry i is the rank of the block rows up to and with i, and block columns after i
 */
public record RankProfile(List<Integer> lower, List<Integer> upper) {
    /** Copies the lists. */
    public RankProfile {
        lower = List.copyOf(lower);
        upper = List.copyOf(upper);
    }

    /**
     * The profile of a matrix given by generators. The lower block at cut i is O_i C_i with
     *
     * <pre>
     *   O_i = [P_i; O_{i+1} R_i]  (observability)     C_{i+1} = [R_i C_i  Q_i]  (controllability)
     * </pre>
     *
     * and its rank does not change when O_i is replaced by a basis of its row space and C_i by one of its column
     * space, which have at most r_i rows and columns. Cost O(n (m + r) r²) field operations.
     */
    public static <E> RankProfile of(FieldBlocks<E> k, Generators<RingMatrix<E>> a) {
        return new RankProfile(lower(k, a), lower(k, a.reverse()).reversed());
    }

    private static <E> List<Integer> lower(FieldBlocks<E> k, Generators<RingMatrix<E>> a) {
        int n = a.blocks();
        List<RingMatrix<E>> observability = new ArrayList<>();
        RingMatrix<E> o = k.zeros(0, 0);
        for (int i = n - 1; i >= 0; i--) {
            RingMatrix<E> rows = k.stackRows(List.of(a.p().get(i), k.multiply(o, a.r().get(i))));
            o = k.rowEchelon(rows).basis();
            observability.addFirst(o);
        }
        List<Integer> ranks = new ArrayList<>();
        RingMatrix<E> c = k.zeros(0, 0);
        for (int i = 0; i < n; i++) {
            ranks.add(k.rank(k.multiply(observability.get(i), c)));
            RingMatrix<E> columns = k.beside(k.multiply(a.r().get(i), c), a.q().get(i));
            c = k.transpose(k.rowEchelon(k.transpose(columns)).basis());
        }
        return ranks;
    }

    /**
     * The profile of a dense matrix cut into blocks of the given sizes, by the definition. Cost O(n N³) for an N×N
     * matrix.
     *
     * @throws ShapeException if the sizes do not add up, or there are not as many rows as columns of blocks
     */
    public static <E> RankProfile ofDense(
            FieldBlocks<E> k, RingMatrix<E> dense, List<Integer> rowSizes, List<Integer> columnSizes) {
        int rows = rowSizes.stream().mapToInt(Integer::intValue).sum();
        int columns = columnSizes.stream().mapToInt(Integer::intValue).sum();
        if (rows != dense.rows() || columns != dense.columns() || rowSizes.size() != columnSizes.size()) {
            throw ShapeException.mismatch(
                    "rank profile", dense.rows() + "x" + dense.columns(), "blocks " + rowSizes + "x" + columnSizes);
        }
        List<Integer> lower = new ArrayList<>();
        List<Integer> upper = new ArrayList<>();
        int row = 0;
        int column = 0;
        for (int i = 0; i < rowSizes.size(); i++) {
            lower.add(k.rank(k.block(dense, row, rows, 0, column)));
            row += rowSizes.get(i);
            column += columnSizes.get(i);
            upper.add(k.rank(k.block(dense, 0, row, column, columns)));
        }
        return new RankProfile(lower, upper);
    }

    /** Whether generators have the least ranks possible. Cost as {@link #of}. */
    public static <E> boolean isMinimal(FieldBlocks<E> k, Generators<RingMatrix<E>> a) {
        return of(k, a).equals(new RankProfile(a.lowerRanks(k), a.upperRanks(k)));
    }
}
