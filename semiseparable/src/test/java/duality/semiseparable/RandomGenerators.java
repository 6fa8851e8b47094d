package duality.semiseparable;

import duality.algebra.Blocks;
import duality.algebra.EjmlBlocks;
import duality.algebra.PrimeField;
import duality.algebra.RingBlocks;
import duality.algebra.RingMatrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;
import org.ejml.data.DMatrixRMaj;

/** Random generators with ragged block sizes and ranks, zero among them. */
final class RandomGenerators {
    private RandomGenerators() {}

    /** Makes a random block of a given shape. */
    interface Maker<M> {
        M of(int rows, int columns);
    }

    /** A matrix of n blocks over the prime field, with sizes up to 3 and ranks up to 2. */
    static Generators<RingMatrix<Long>> exact(SplittableRandom random, int n) {
        return of(
                new RingBlocks<>(PrimeField.INSTANCE),
                (rows, columns) -> RingMatrix.of(rows, columns, (i, j) -> random.nextLong(PrimeField.MODULUS)),
                n,
                i -> random.nextInt(4),
                i -> random.nextInt(4),
                i -> random.nextInt(3));
    }

    /** A square matrix of n blocks with sizes 1 to {@code size} and ranks 0 to {@code rank}, entries in (−1, 1). */
    static Generators<DMatrixRMaj> square(SplittableRandom random, int n, int size, int rank) {
        int[] sizes = new int[n];
        Arrays.setAll(sizes, i -> 1 + random.nextInt(size));
        return of(
                EjmlBlocks.INSTANCE,
                (rows, columns) -> {
                    DMatrixRMaj block = new DMatrixRMaj(rows, columns);
                    Arrays.setAll(block.data, i -> random.nextDouble(-1, 1));
                    return block;
                },
                n,
                i -> sizes[i],
                i -> sizes[i],
                i -> random.nextInt(rank + 1));
    }

    static <M> Generators<M> of(
            Blocks<M> k, Maker<M> make, int n, IntUnaryOperator rows, IntUnaryOperator columns, IntUnaryOperator rank) {
        int[] lower = new int[n + 1];
        int[] upper = new int[n + 1]; // upper[i] is the size of h_{i−1}
        for (int i = 1; i < n; i++) {
            lower[i] = rank.applyAsInt(i);
            upper[i] = rank.applyAsInt(i);
        }
        List<List<M>> lists = new ArrayList<>();
        for (int list = 0; list < 7; list++) {
            lists.add(new ArrayList<>());
        }
        for (int i = 0; i < n; i++) {
            int m = rows.applyAsInt(i);
            int c = columns.applyAsInt(i);
            lists.get(0).add(make.of(m, c));
            lists.get(1).add(make.of(m, lower[i]));
            lists.get(2).add(make.of(lower[i + 1], lower[i]));
            lists.get(3).add(make.of(lower[i + 1], c));
            lists.get(4).add(make.of(m, upper[i + 1]));
            lists.get(5).add(make.of(upper[i], upper[i + 1]));
            lists.get(6).add(make.of(upper[i], c));
        }
        return Generators.of(
                k, lists.get(0), lists.get(1), lists.get(2), lists.get(3), lists.get(4), lists.get(5), lists.get(6));
    }
}
