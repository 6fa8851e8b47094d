package duality.proofs;

import duality.algebra.Blocks;
import duality.models.ClosedForm;
import duality.models.LinearRecurrence;
import duality.models.ModelFamily;
import duality.models.SequenceModel;
import duality.models.Step;
import duality.semiseparable.Generators;
import duality.ssd.Cuts;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** What a sequence model must satisfy: the proofs that come with a {@link LinearRecurrence} that somebody writes. */
public final class ModelTheorems {
    private ModelTheorems() {}

    /** A way to make chunks of the steps of a model. */
    private interface Chunking {
        <M> LinearRecurrence<M> chunked(Blocks<M> k, LinearRecurrence<M> model, Cuts cuts);
    }

    /** The chunks that ship, each with a mistake. */
    private interface WrongChunk extends Chunking {
        <M> Step<M> wrong(Blocks<M> k, Step<M> chunk);

        @Override
        default <M> LinearRecurrence<M> chunked(Blocks<M> k, LinearRecurrence<M> model, Cuts cuts) {
            LinearRecurrence<M> chunks = model.chunked(k, cuts);
            return LinearRecurrence.of(IntStream.range(0, chunks.length(k))
                    .mapToObj(i -> wrong(k, chunks.step(k, i)))
                    .toList());
        }
    }

    private static final Chunking SHIPPED = new Chunking() {
        @Override
        public <M> LinearRecurrence<M> chunked(Blocks<M> k, LinearRecurrence<M> model, Cuts cuts) {
            return model.chunked(k, cuts);
        }
    };

    /**
     * That the forms of a model are one map: recurrent run, matrix, generators, block run with all possible cuts and, if
     * the model is a {@link ClosedForm}, its closed form. Over polynomials in all parameters and inputs, at the lengths 0
     * to {@code longest}; for other lengths by the theorem {@code state-space-composition}, but for the closed form.
     * And in rounded numbers, at the greatest length, within the sum of running error bounds.
     *
     * <p>The mutants are forms that forget something. A model without memory cannot tell them apart, and has nothing to
     * prove.
     *
     * @param name of the model
     * @param family the model
     * @param longest the greatest length, from 2; the work doubles with each
     */
    public static Theorem<?> of(String name, ModelFamily family, int longest) {
        Claim<Chunking> claim = new Claim<>() {
            @Override
            public <M> void at(Chunking program, World<M> world, Shape shape) {
                LinearRecurrence<M> model = family.model(new SymbolicSamples<>(world), shape.time());
                requireOneMap(world, model, shape.headDim(), allCuts(shape.time()), program);
            }
        };
        return Theorem.about(SHIPPED, name)
                .from("Dao and Gu 2024, equation 3 and theorem 6.1")
                .states(
                        "the recurrence, the matrix, its generators and every block decomposition of it are one map",
                        "h_t = A_t h_{t-1} + B_t x_t,\\; y_t = P_t h_{t-1} + D_t x_t \\iff y = M x,\\; "
                                + "M_{ji} = P_j A_{j-1} \\cdots A_{i+1} B_i \\;(j > i)")
                .of(LinearRecurrence.class, Step.class, Generators.class)
                .by(Proof.polynomials(
                        claim,
                        Shape.upTo(longest),
                        new Quantifier("parameters, inputs", "all", "variables"),
                        new Quantifier(
                                "T", "≤ " + longest, "each; all T by state-space-composition, but for a closed form"),
                        new Quantifier("cuts", "all", "each")))
                .refuting("chunks that ignore the state that enters", new WrongChunk() {
                    @Override
                    public <M> Step<M> wrong(Blocks<M> k, Step<M> chunk) {
                        M nothing = k.zeros(k.rows(chunk.readout()), k.columns(chunk.readout()));
                        return new Step<>(chunk.transition(), chunk.input(), nothing, chunk.direct());
                    }
                })
                .refuting("chunks that add nothing to the state that leaves", new WrongChunk() {
                    @Override
                    public <M> Step<M> wrong(Blocks<M> k, Step<M> chunk) {
                        M nothing = k.zeros(k.rows(chunk.input()), k.columns(chunk.input()));
                        return new Step<>(chunk.transition(), nothing, chunk.readout(), chunk.direct());
                    }
                })
                .refuting("chunks without their diagonal blocks", new WrongChunk() {
                    @Override
                    public <M> Step<M> wrong(Blocks<M> k, Step<M> chunk) {
                        M nothing = k.zeros(k.rows(chunk.direct()), k.columns(chunk.direct()));
                        return new Step<>(chunk.transition(), chunk.input(), chunk.readout(), nothing);
                    }
                })
                .rounded(claim, List.of(new Shape(longest, 1, 2)))
                .build();
    }

    /**
     * Requires the forms that a model has to be one map, on inputs of symbols.
     *
     * @param width the columns of the inputs
     * @throws Refutation where two differ
     */
    static <M> void requireOneMap(World<M> world, SequenceModel<M> model, int width, List<Cuts> cuts) {
        requireOneMap(world, model, width, cuts, SHIPPED);
    }

    private static <M> void requireOneMap(
            World<M> world, SequenceModel<M> model, int width, List<Cuts> cuts, Chunking chunking) {
        Blocks<M> k = world.k();
        M matrix = model.matrix(k);
        if (model instanceof ClosedForm<M> closed) {
            world.equal("the closed form", closed.closedForm(k), matrix);
        }
        if (model instanceof LinearRecurrence<M> recurrence) {
            int length = model.length(k);
            LinearRecurrence<M> steps = LinearRecurrence.of(IntStream.range(0, length)
                    .mapToObj(t -> recurrence.step(k, t))
                    .toList());
            M x = world.matrix("x", k.columns(matrix), width);
            M y = steps.recurrent(k, x);
            world.equal("M x", k.multiply(matrix, x), y);
            world.equal("the product by generators", steps.generators(k).multiply(k, x), y);
            for (Cuts some : cuts) {
                world.equal(
                        "y in chunks between " + Arrays.toString(some.boundaries(length)),
                        chunking.chunked(k, steps, some).recurrent(k, x),
                        y);
            }
        }
    }

    /** The cuts of a sequence, all 2^(T−1) of them. */
    private static List<Cuts> allCuts(int length) {
        return IntStream.range(0, 1 << Math.max(0, length - 1))
                .mapToObj(set -> Cuts.at(IntStream.range(1, length)
                        .filter(place -> (set >> (place - 1) & 1) != 0)
                        .toArray()))
                .toList();
    }
}
