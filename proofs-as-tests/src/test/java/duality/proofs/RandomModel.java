package duality.proofs;

import duality.algebra.Blocks;
import duality.ssd.Cuts;
import duality.ssd.ScalarSsm;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/**
 * A state space model with numbers that float32 holds exactly, gradients to send back, and a way to cut it. The
 * decays include resets, one, its neighbour below, and numbers whose products underflow; lengths include 0 and 1;
 * the cuts are ragged.
 *
 * @param decay (T)
 * @param numbers what the other arrays are filled from, in turn
 */
record RandomModel(List<Float> decay, int stateSize, int headDim, List<Float> numbers, List<Boolean> cutAfter) {
    private static final int LONGEST = 24;

    static Arbitrary<RandomModel> any() {
        Arbitrary<Float> decay = Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(6, Arbitraries.floats().between(0, 1)),
                net.jqwik.api.Tuple.of(2, Arbitraries.of(0f, 1f, Math.nextDown(1f))),
                net.jqwik.api.Tuple.of(1, Arbitraries.of(1e-30f, Float.MIN_NORMAL, Float.MIN_VALUE)));
        Arbitrary<Float> number = Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(9, Arbitraries.floats().between(-4, 4)),
                net.jqwik.api.Tuple.of(1, Arbitraries.of(0f, -0f, 1e6f, -1e-6f, 1e-20f)));
        return Combinators.combine(
                        decay.list().ofMaxSize(LONGEST),
                        Arbitraries.integers().between(0, 4),
                        Arbitraries.integers().between(0, 3),
                        number.list().ofMinSize(7).ofMaxSize(200),
                        Arbitraries.of(true, false).list().ofSize(LONGEST))
                .as(RandomModel::new);
    }

    int length() {
        return decay.size();
    }

    Cuts cuts() {
        return Cuts.at(
                IntStream.range(1, Math.max(1, length())).filter(cutAfter::get).toArray());
    }

    /** Makes a block of a given shape from row-major numbers. */
    interface Maker<M> {
        M of(int rows, int columns, double[] rowMajor);
    }

    <M> ScalarSsm<M> ssm(Blocks<M> k, Maker<M> maker) {
        return ScalarSsm.of(
                k,
                maker.of(
                        length(),
                        1,
                        decay.stream().mapToDouble(Float::doubleValue).toArray()),
                filled(maker, 1, length(), stateSize),
                filled(maker, 2, length(), stateSize),
                filled(maker, 3, length(), headDim),
                filled(maker, 4, stateSize, headDim));
    }

    <M> M dy(Maker<M> maker) {
        return filled(maker, 5, length(), headDim);
    }

    <M> M dFinalState(Maker<M> maker) {
        return filled(maker, 6, stateSize, headDim);
    }

    /** Each array starts at another number, so that they differ. */
    private <M> M filled(Maker<M> maker, int which, int rows, int columns) {
        double[] values = new double[rows * columns];
        Arrays.setAll(values, i -> numbers.get((i * 7 + which * 31) % numbers.size()));
        return maker.of(rows, columns, values);
    }
}
