package duality.semiseparable;

import duality.algebra.EjmlBlocks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.ejml.data.DMatrixRMaj;

/** Random instances of every type, and how large their entries can be before anything cancels. */
final class StructuredMatrices {
    static final EjmlBlocks K = EjmlBlocks.INSTANCE;

    private StructuredMatrices() {}

    static DMatrixRMaj dense(SplittableRandom random, int rows, int columns) {
        DMatrixRMaj a = new DMatrixRMaj(rows, columns);
        Arrays.setAll(a.data, i -> random.nextDouble(-1, 1));
        return a;
    }

    static double[] vector(SplittableRandom random, int n) {
        return random.doubles(n, -1, 1).toArray();
    }

    /** One of each type that can be rectangular. */
    static List<StructuredMatrix> rectangular(SplittableRandom random, int rows, int columns) {
        return new ArrayList<>(List.of(
                new Dense(dense(random, rows, columns)),
                new Banded(rows, columns, 1, vector(random, rows), vector(random, rows), vector(random, rows)),
                new Banded(rows, columns, -2, vector(random, rows)),
                new LowRank(dense(random, rows, 2), dense(random, columns, 2)),
                new Toeplitz(rows, columns, vector(random, Math.max(0, rows + columns - 1))),
                semiseparable(random, rows, columns)));
    }

    /** One of each type, for square ones. */
    static List<StructuredMatrix> square(SplittableRandom random, int n) {
        List<StructuredMatrix> all = rectangular(random, n, n);
        OneSemiseparable one = new OneSemiseparable(vector(random, n));
        Hierarchical mask = hierarchical(random, n);
        all.add(new Diagonal(vector(random, n)));
        all.add(one);
        all.add(one.transpose());
        all.add(mask);
        all.add(mask.hadamard(one));
        all.add(mask.transpose());
        all.add(new Toeplitz(n, n, causal(random, n)));
        all.add(semiseparable(random, n, n));
        all.add(mask.plus(new Toeplitz(n, n, vector(random, Math.max(0, 2 * n - 1)))));
        all.add(mask.times(new Toeplitz(n, n, causal(random, n))));
        all.add(mask.hadamard(new LowRank(dense(random, n, 2), dense(random, n, 2))));
        return all;
    }

    static double[] causal(SplittableRandom random, int n) {
        double[] lags = new double[Math.max(0, 2 * n - 1)];
        for (int k = n - 1; k >= 0 && k < lags.length; k++) {
            lags[k] = random.nextDouble(-1, 1);
        }
        return lags;
    }

    static Hierarchical hierarchical(SplittableRandom random, int n) {
        return new Hierarchical(dense(random, n, Hierarchical.levels(n) + 1));
    }

    static Semiseparable semiseparable(SplittableRandom random, int rows, int columns) {
        int blocks = 1 + random.nextInt(4);
        int[] rowSizes = sizes(random, rows, blocks);
        int[] columnSizes = rows == columns && random.nextBoolean() ? rowSizes : sizes(random, columns, blocks);
        return new Semiseparable(RandomGenerators.of(
                K,
                (r, c) -> dense(random, r, c),
                blocks,
                i -> rowSizes[i],
                i -> columnSizes[i],
                i -> random.nextInt(3)));
    }

    private static int[] sizes(SplittableRandom random, int total, int blocks) {
        int[] sizes = new int[blocks];
        for (int i = 0; i < total; i++) {
            sizes[random.nextInt(blocks)]++;
        }
        return sizes;
    }

    /** The largest entry when every generator is replaced by its absolute value. */
    static double magnitude(StructuredMatrix a) {
        return switch (a) {
            case LowRank x -> max(new LowRank(abs(x.left()), abs(x.right())).toDense());
            case Semiseparable x -> {
                Generators<DMatrixRMaj> g = x.generators();
                yield max(new Generators<>(
                                abs(g.d()), abs(g.p()), abs(g.r()), abs(g.q()), abs(g.u()), abs(g.w()), abs(g.v()))
                        .dense(K));
            }
            case Transpose x -> magnitude(x.of());
            case Sum x ->
                x.terms().stream().mapToDouble(StructuredMatrices::magnitude).sum();
            case Hadamard x ->
                x.factors().stream().mapToDouble(StructuredMatrices::magnitude).reduce(1, (s, t) -> s * t);
            case Product x ->
                x.factors().stream()
                        .mapToDouble(factor -> magnitude(factor) * Math.max(1, factor.columns()))
                        .reduce(1, (s, t) -> s * t);
            default -> max(a.toDense());
        };
    }

    static double max(DMatrixRMaj a) {
        return Arrays.stream(a.data, 0, a.getNumElements()).map(Math::abs).max().orElse(0);
    }

    private static DMatrixRMaj abs(DMatrixRMaj a) {
        DMatrixRMaj b = a.copy();
        Arrays.setAll(b.data, i -> Math.abs(b.data[i]));
        return b;
    }

    private static List<DMatrixRMaj> abs(List<DMatrixRMaj> list) {
        return list.stream().map(StructuredMatrices::abs).toList();
    }
}
