package duality.models;

import duality.algebra.Blocks;
import duality.algebra.FloatingBlocks;
import duality.errors.ShapeException;
import duality.figures.Figure;
import duality.semiseparable.Generators;
import duality.ssd.Cuts;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A sequence model with a linear recurrence: what a researcher writes is {@link #length} and {@link #step}. That the
 * model is a semiseparable matrix with {@code M_ts = P_t A_{t−1} … A_{s+1} B_s} below the diagonal (Dao and Gu 2024,
 * equation 3) follows, and with it every other form:
 *
 * <ul>
 *   <li>{@link #recurrent}: one step after another;
 *   <li>{@link #block}: chunks between any cuts, each composed into a single step;
 *   <li>{@link #matrix} and {@link #quadratic}: all steps composed into a single one;
 *   <li>{@link #generators}: the structured matrix, with its algebra and its {@link
 *       duality.semiseparable.RankProfile};
 *   <li>{@link #figure(FloatingBlocks, Cuts)}: the matrix and its blocks as a picture.
 * </ul>
 *
 * <p>With random parameters of a {@link ModelFamily} also its class ({@link Classifier}), and the proofs that all forms
 * agree ({@code duality.proofs.ModelTheorems}).
 *
 * They are the same map over every ring, whether or not its multiplication commutes. A model of one's own is short:
 *
 * {@snippet :
 * record DeltaRule<M>(M rate, M q, M k) implements LinearRecurrence<M> {
 *     public int length(Blocks<M> ops) {
 *         return ops.rows(k);
 *     }
 *
 *     public Step<M> step(Blocks<M> ops, int t) { // S = (I − b k kᵀ) S + b k vᵀ, o = qᵀ S
 *         M key = ops.transpose(ops.row(k, t));
 *         M write = ops.scale(ops.row(rate, t), key);
 *         M erase = ops.subtract(ops.identity(ops.rows(key)), ops.multiplyTransposeRight(write, key));
 *         return Step.of(ops, erase, write, ops.row(q, t));
 *     }
 * }
 * }
 *
 * @param <M> the type of a block
 */
public interface LinearRecurrence<M> extends SequenceModel<M> {
    /** The step at time {@code t}, from 0. The state before step 0 is zero. */
    Step<M> step(Blocks<M> k, int t);

    /** The recurrence with the given steps. */
    static <M> LinearRecurrence<M> of(List<Step<M>> steps) {
        record Steps<M>(List<Step<M>> steps) implements LinearRecurrence<M> {
            @Override
            public int length(Blocks<M> k) {
                return steps.size();
            }

            @Override
            public Step<M> step(Blocks<M> k, int t) {
                return steps.get(t);
            }
        }
        return new Steps<>(List.copyOf(steps));
    }

    /** The steps {@code [from, to)} as one step, to > from, composed in halves. */
    default Step<M> span(Blocks<M> k, int from, int to) {
        if (to - from == 1) {
            return step(k, from);
        }
        int half = (from + to) / 2;
        return span(k, from, half).then(k, span(k, half, to));
    }

    /** The same model with chunks for steps. */
    default LinearRecurrence<M> chunked(Blocks<M> k, Cuts cuts) {
        int[] boundaries = cuts.boundaries(length(k));
        List<Step<M>> chunks = new ArrayList<>();
        for (int i = 1; i < boundaries.length; i++) {
            chunks.add(span(k, boundaries[i - 1], boundaries[i]));
        }
        return of(chunks);
    }

    /** The matrix {@code M (T×T)}, or blocks of it where a step has several inputs and outputs. */
    @Override
    default M matrix(Blocks<M> k) {
        return length(k) == 0 ? k.zeros(0, 0) : span(k, 0, length(k)).direct();
    }

    /**
     * The recurrent form. Work O(T N² P) at most, memory O(N P) beyond the output.
     *
     * @param x the inputs {@code (T×P)}
     * @return {@code (T×P)}
     * @throws ShapeException if {@code x} does not have the rows of the matrix's columns
     */
    default M recurrent(Blocks<M> k, M x) {
        int length = length(k);
        int width = k.columns(x);
        List<M> y = new ArrayList<>();
        y.add(k.zeros(0, width));
        M h = k.zeros(length == 0 ? 0 : k.columns(step(k, 0).transition()), width);
        int row = 0;
        for (int t = 0; t < length; t++) {
            Step<M> step = step(k, t);
            int next = row + k.columns(step.input());
            M inputs = k.rows(x, row, next);
            y.add(step.read(k, h, inputs));
            h = step.update(k, h, inputs);
            row = next;
        }
        if (row != k.rows(x)) {
            throw ShapeException.mismatch("inputs of " + length + " steps", k.rows(x) + " rows", row + " rows");
        }
        return k.stackRows(y);
    }

    /** The block form: the quadratic form inside the chunks, the recurrence between them. */
    default M block(Blocks<M> k, M x, Cuts cuts) {
        return chunked(k, cuts).recurrent(k, x);
    }

    /** The matrix by its generators: the readouts P, transitions R = A, inputs Q = B and direct terms D of the steps. */
    default Generators<M> generators(Blocks<M> k) {
        List<Step<M>> steps =
                IntStream.range(0, length(k)).mapToObj(t -> step(k, t)).toList();
        return Generators.causal(
                k,
                steps.stream().map(Step::direct).toList(),
                steps.stream().map(Step::readout).toList(),
                steps.stream().map(Step::transition).toList(),
                steps.stream().map(Step::input).toList());
    }

    /** The entries of the matrix as a picture, and beside them the blocks that {@code cuts} make of it. */
    default Figure figure(FloatingBlocks<M> k, Cuts cuts) {
        return figure(k).blocks("Cut: dense diagonal, low rank below", cuts.boundaries(length(k)));
    }
}
