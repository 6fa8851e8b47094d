package duality.explorer;

import duality.explorer.CountingBlocks.Counted;
import duality.models.LinearRecurrence;
import duality.models.Samples;
import duality.models.Zoo;
import duality.semiseparable.CumProdSum;
import duality.ssd.BlockDecomposition;
import duality.ssd.Cuts;
import duality.ssd.QuadraticDual;
import duality.ssd.Recurrence;
import duality.ssd.ScalarSsm;
import duality.ssd.SsdAlgorithm;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * What three ways to compute the same outputs cost, counted by running the library's programs on shapes.
 *
 * @param recurrent one step after another
 * @param quadratic the matrix, then its product with the inputs
 * @param block chunks with state passing
 */
record OperationCounts(Count recurrent, Count quadratic, Count block) {
    /**
     * A cost.
     *
     * @param operations scalar additions and multiplications
     * @param inProducts those of them in products of matrices, neither factor of which is a row, a column or a scalar
     * @param depth operations on whole blocks that must be done one after another
     */
    record Count(long operations, long inProducts, int depth) {}

    /** The lengths of {@link #series}: powers of two. */
    static final List<Integer> LENGTHS =
            IntStream.rangeClosed(4, 16).mapToObj(log -> 1 << log).toList();

    /** The costs of the SSD operator on one head. */
    static OperationCounts ofScalar(int length, int stateSize, int channels, Cuts cuts) {
        return new OperationCounts(
                count(new Recurrence(), length, stateSize, channels),
                count(new QuadraticDual(), length, stateSize, channels),
                count(new BlockDecomposition(cuts, CumProdSum.RECURRENT), length, stateSize, channels));
    }

    /** The costs at each of {@link #LENGTHS}. */
    static List<OperationCounts> series(int stateSize, int channels, int chunkLength) {
        return LENGTHS.stream()
                .map(length -> ofScalar(length, stateSize, channels, Cuts.every(chunkLength)))
                .toList();
    }

    private static Count count(SsdAlgorithm algorithm, int length, int stateSize, int channels) {
        CountingBlocks k = new CountingBlocks();
        Counted y = run(algorithm, k, length, stateSize, channels);
        return new Count(k.operations(), k.inProducts(), y.depth());
    }

    /** The outputs of one head of the SSD operator. */
    static Counted run(SsdAlgorithm algorithm, CountingBlocks k, int length, int stateSize, int channels) {
        return algorithm
                .run(
                        k,
                        ScalarSsm.of(
                                k,
                                k.ones(length, 1),
                                k.ones(length, stateSize),
                                k.ones(length, stateSize),
                                k.ones(length, channels),
                                k.zeros(stateSize, channels)))
                .y();
    }

    /** The costs of the forms that every recurrence has, with its transitions as matrices and what it takes to make them. */
    static OperationCounts ofRecurrence(Zoo zoo, int length, int channels, Cuts cuts) {
        return new OperationCounts(
                count(zoo, length, channels, (k, model) -> x -> model.recurrent(k, x)),
                count(zoo, length, channels, (k, model) -> x -> model.quadratic(k, x)),
                count(zoo, length, channels, (k, model) -> x -> model.block(k, x, cuts)));
    }

    /** A form of a model. */
    private interface Form {
        UnaryOperator<Counted> of(CountingBlocks k, LinearRecurrence<Counted> model);
    }

    private static Count count(Zoo zoo, int length, int channels, Form form) {
        CountingBlocks k = new CountingBlocks();
        if (!(zoo.example(new Shapes(k), length).model() instanceof LinearRecurrence<Counted> model)) {
            throw new IllegalArgumentException(zoo + " has no recurrence");
        }
        long before = k.operations();
        long beforeInProducts = k.inProducts();
        Counted y = form.of(k, model).apply(k.ones(length, channels));
        return new Count(k.operations() - before, k.inProducts() - beforeInProducts, y.depth());
    }

    /** Parameters as shapes. */
    private record Shapes(CountingBlocks blocks) implements Samples<Counted> {
        @Override
        public Counted numbers(int rows, int columns) {
            return blocks.ones(rows, columns);
        }

        @Override
        public Counted gates(int rows, int columns) {
            return blocks.ones(rows, columns);
        }

        @Override
        public Counted exponents(int rows, int columns) {
            return blocks.ones(rows, columns);
        }

        @Override
        public Counted exp(Counted exponents) {
            return exponents;
        }

        @Override
        public Counted half() {
            return blocks.ones(1, 1);
        }

        @Override
        public Angles<Counted> angles(int length) {
            return new Angles<>(blocks.ones(length, 1), blocks.ones(length, 1));
        }
    }
}
