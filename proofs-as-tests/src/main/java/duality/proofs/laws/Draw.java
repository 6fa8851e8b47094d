package duality.proofs.laws;

import duality.algebra.PrimeField;
import duality.algebra.RingBlocks;
import duality.algebra.RingMatrix;
import duality.models.ExactSamples;
import duality.models.Samples;
import duality.ssd.Cuts;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/**
 * A length, a way to cut it, and small integers to fill parameters with: what the laws of sequence models and masks are
 * tried on. Shrinks to short sequences, few cuts and numbers near zero, so that a counterexample can be checked by
 * hand.
 *
 * @param length T
 * @param width P, the number of columns of the input
 * @param cutAfter whether to cut behind each step
 * @param numbers at least one
 */
public record Draw(int length, int width, List<Boolean> cutAfter, List<Integer> numbers) {
    private static final int LONGEST = 14;

    /** A case of each kind, the smallest first: with these every law begins, so that it has seen each kind. */
    private static final List<Draw> KINDS = List.of(of(0), of(1), of(2), of(2, 1), of(3, 2), of(4, 1, 3));

    /** Copies the lists. */
    public Draw {
        cutAfter = List.copyOf(cutAfter);
        numbers = List.copyOf(numbers);
    }

    private static Draw of(int length, int... cuts) {
        return new Draw(
                length,
                1,
                IntStream.range(0, LONGEST)
                        .mapToObj(t -> Arrays.stream(cuts).anyMatch(cut -> cut == t))
                        .toList(),
                List.of(1, 2, -1, 3, 1, -2, 2, 5, -3, 0, 1));
    }

    /** Draws with lengths from 0, widths from 1, any cuts, and numbers among which 0, 1 and −1 are frequent. */
    public static Arbitrary<Draw> any() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, LONGEST),
                        Arbitraries.integers().between(1, 3),
                        Arbitraries.of(false, true).list().ofSize(LONGEST),
                        small().list().ofMinSize(11).ofMaxSize(60))
                .as(Draw::new)
                .edgeCases(cases -> cases.filter(_ -> false).add(KINDS.toArray(Draw[]::new)));
    }

    static Arbitrary<Integer> small() {
        return Arbitraries.frequencyOf(
                Tuple.of(5, Arbitraries.integers().between(-9, 9)), Tuple.of(1, Arbitraries.of(0, 1, -1)));
    }

    /** The cuts. */
    public Cuts cuts() {
        return Cuts.at(
                IntStream.range(1, Math.max(1, length)).filter(cutAfter::get).toArray());
    }

    /** Parameters of a model from the numbers, modulo 2⁶¹ − 1: the same ones for every call. */
    public Samples<RingMatrix<Long>> samples() {
        return new Numbers(numbers);
    }

    /** The inputs X (T×P) from the numbers, others than those of {@link #samples}. */
    public RingMatrix<Long> inputs(int seed) {
        return new Numbers(numbers, 101 + 17 * seed).numbers(length, width);
    }

    /** What kind of case this is, for coverage. */
    public String chunks() {
        int[] boundaries = cuts().boundaries(length);
        if (length == 0) {
            return "empty sequence";
        }
        if (boundaries.length == 2) {
            return "one chunk";
        }
        int first = boundaries[1];
        boolean equal =
                IntStream.range(1, boundaries.length - 1).allMatch(i -> boundaries[i] - boundaries[i - 1] == first);
        int last = boundaries[boundaries.length - 1] - boundaries[boundaries.length - 2];
        return !equal ? "ragged chunks" : last == first ? "equal chunks" : "partial last chunk";
    }

    @Override
    public String toString() {
        return "T=" + length + " P=" + width + " cuts " + Arrays.toString(cuts().boundaries(length)) + " numbers "
                + numbers.stream().map(String::valueOf).collect(Collectors.joining(" "));
    }

    /** Small integers in turn, with strides that no list is a multiple of. */
    private static final class Numbers implements Samples<RingMatrix<Long>> {
        private static final RingBlocks<Long> OPS = new RingBlocks<>(PrimeField.INSTANCE);

        private final List<Integer> values;
        private final ExactSamples functions = new ExactSamples(1);
        private int next;

        Numbers(List<Integer> values) {
            this(values, 0);
        }

        Numbers(List<Integer> values, int next) {
            this.values = values;
            this.next = next;
        }

        /** Walks through the list, and through it again in another order. */
        private int next() {
            int size = values.size();
            int round = next / size;
            int index = Math.floorMod(next * (1 + round) + round, size);
            next++;
            return values.get(index);
        }

        @Override
        public RingBlocks<Long> blocks() {
            return OPS;
        }

        @Override
        public RingMatrix<Long> numbers(int rows, int columns) {
            return RingMatrix.of(rows, columns, (i, j) -> PrimeField.INSTANCE.integer(next()));
        }

        @Override
        public RingMatrix<Long> gates(int rows, int columns) {
            return numbers(rows, columns);
        }

        @Override
        public RingMatrix<Long> exponents(int rows, int columns) {
            return RingMatrix.of(rows, columns, (i, j) -> 1L + Math.abs(next()));
        }

        @Override
        public RingMatrix<Long> exp(RingMatrix<Long> exponents) {
            return functions.exp(exponents);
        }

        @Override
        public RingMatrix<Long> half() {
            return functions.half();
        }

        @Override
        public Angles<RingMatrix<Long>> angles(int length) {
            return functions.angles(length);
        }
    }
}
