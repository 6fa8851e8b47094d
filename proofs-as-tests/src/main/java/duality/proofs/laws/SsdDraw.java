package duality.proofs.laws;

import duality.sma.HeadPattern;
import duality.ssd.SsdInputs;
import duality.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/**
 * Inputs of the SSD operator. {@link #integers} are exact in every precision that the laws use: small integers, rates
 * of 0 and −∞, so that decays are 1 and 0. {@link #reals} have step sizes down to subnormal decays, and everything
 * optional. Shrinks to short sequences and numbers near zero.
 *
 * @param pattern which of X, B and C the heads share
 * @param batch the number of sequences
 * @param time T
 * @param headDim P
 * @param stateSize N
 * @param chunkLength Q
 * @param packed whether the sequences are packed into a batch of one
 * @param numbers at least one
 */
public record SsdDraw(
        HeadPattern pattern,
        int batch,
        int time,
        int headDim,
        int stateSize,
        int chunkLength,
        boolean packed,
        List<Integer> numbers) {
    private static final int HEADS = 4;
    private static final int GROUPS = 2;

    /** A case of each kind, the smallest first: with these every law begins, so that it has seen each kind. */
    private static final List<SsdDraw> KINDS = List.of(
            of(HeadPattern.MULTI_HEAD, 1, 0, 1, false),
            of(HeadPattern.MULTI_CONTRACT, 1, 2, 2, false),
            of(HeadPattern.MULTI_EXPAND, 1, 2, 1, false),
            of(HeadPattern.MULTI_INPUT, 1, 3, 2, false),
            of(HeadPattern.GROUPED, 2, 3, 2, true));

    private static final double[] STEPS = {0, 1e-300, 1e-3, 0.25, 1, 3, 740, 1e4};
    private static final double[] RATES = {-1, 0, -0.5, Double.NEGATIVE_INFINITY};

    /** Copies the list. */
    public SsdDraw {
        numbers = List.copyOf(numbers);
    }

    private static SsdDraw of(HeadPattern pattern, int batch, int time, int chunkLength, boolean packed) {
        return new SsdDraw(
                pattern, batch, time, 1, 1, chunkLength, packed, List.of(1, 2, -1, 3, 1, -2, 2, 3, -3, 0, 1));
    }

    /** Draws with every pattern, lengths from 0, chunks longer and shorter, packed and not. */
    public static Arbitrary<SsdDraw> any() {
        return Combinators.combine(
                        Arbitraries.of(HeadPattern.class),
                        Arbitraries.integers().between(1, 3),
                        Arbitraries.integers().between(0, 13),
                        Arbitraries.integers().between(1, 3),
                        Arbitraries.integers().between(1, 4),
                        Arbitraries.integers().between(1, 6),
                        Arbitraries.of(false, true),
                        Arbitraries.integers()
                                .between(-3, 3)
                                .list()
                                .ofMinSize(7)
                                .ofMaxSize(60))
                .as(SsdDraw::new)
                .edgeCases(cases -> cases.filter(_ -> false).add(KINDS.toArray(SsdDraw[]::new)));
    }

    /** What kind of case this is, for coverage. */
    public String chunks() {
        return time == 0
                ? "empty sequence"
                : time <= chunkLength ? "one chunk" : time % chunkLength == 0 ? "whole chunks" : "partial last chunk";
    }

    /** The number at a position of a stream. */
    private int number(int stream, int index) {
        int at = 13 * stream + index;
        int round = at / numbers.size();
        return numbers.get(Math.floorMod(at * (1 + round) + round, numbers.size()));
    }

    private Tensor integers(int stream, long... shape) {
        int[] at = {0};
        return Tensor.generate(() -> number(stream, at[0]++), shape);
    }

    private Tensor reals(int stream, long... shape) {
        int[] at = {0};
        return Tensor.generate(() -> number(stream, at[0]++) + number(stream + 1, at[0]) / 7.0, shape);
    }

    private long rows() {
        return packed ? 1 : batch;
    }

    private SsdInputs.Builder sequences(SsdInputs.Builder in) {
        if (!packed) {
            return in;
        }
        int[] offsets =
                IntStream.rangeClosed(0, batch).map(i -> i * time / batch).toArray();
        return in.cuSeqlens(Tensor.of(offsets, offsets.length));
    }

    /** Inputs on which arithmetic is exact. */
    public SsdInputs integers() {
        int[] at = {0};
        return sequences(SsdInputs.builder(
                                integers(1, rows(), time, pattern.xHeads(HEADS), headDim),
                                Tensor.generate(() -> Math.abs(number(2, at[0]++)), rows(), time, HEADS),
                                Tensor.of(new double[] {0, Double.NEGATIVE_INFINITY, 0, 0}, HEADS),
                                integers(3, rows(), time, pattern.bGroups(HEADS, GROUPS), stateSize),
                                integers(4, rows(), time, pattern.cGroups(HEADS, GROUPS), stateSize))
                        .skip(integers(5, HEADS, headDim))
                        .initialStates(integers(6, batch, HEADS, headDim, stateSize)))
                .build();
    }

    /** Inputs of every size, with gate, bias, limits and softplus. */
    public SsdInputs reals() {
        int[] at = {0};
        boolean softplus = number(9, 0) > 0;
        return sequences(SsdInputs.builder(
                                reals(1, rows(), time, pattern.xHeads(HEADS), headDim),
                                Tensor.generate(
                                        () -> STEPS[Math.floorMod(number(2, at[0]++) + at[0], STEPS.length)],
                                        rows(),
                                        time,
                                        HEADS),
                                Tensor.of(RATES, HEADS),
                                reals(3, rows(), time, pattern.bGroups(HEADS, GROUPS), stateSize),
                                reals(4, rows(), time, pattern.cGroups(HEADS, GROUPS), stateSize))
                        .skip(reals(5, HEADS))
                        .gate(reals(7, rows(), time, HEADS, headDim))
                        .initialStates(reals(6, batch, HEADS, headDim, stateSize))
                        .dtBias(softplus ? reals(8, HEADS) : null)
                        .dtSoftplus(softplus)
                        .dtLimit(0, number(9, 1) > 0 ? 2 : Double.POSITIVE_INFINITY))
                .build();
    }

    /** Gradients of y to send back. */
    public Tensor dy() {
        return integers(10, rows(), time, HEADS, headDim);
    }

    /** Gradients of the final states to send back. */
    public Tensor dFinalStates() {
        return integers(11, batch, HEADS, headDim, stateSize);
    }

    /** The same with other numbers in x and the initial states. */
    SsdInputs otherIntegers() {
        return integers().map((name, tensor) -> switch (name) {
            case "x" -> integers(21, tensor.shape());
            case "initial_states" -> integers(22, tensor.shape());
            default -> tensor;
        });
    }

    @Override
    public String toString() {
        return "%s batch=%d T=%d P=%d N=%d Q=%d%s numbers %s"
                .formatted(
                        pattern,
                        batch,
                        time,
                        headDim,
                        stateSize,
                        chunkLength,
                        packed ? " packed" : "",
                        Arrays.toString(numbers.toArray()));
    }
}
