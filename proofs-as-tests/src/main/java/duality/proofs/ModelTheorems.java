package duality.proofs;

import duality.algebra.Blocks;
import duality.algebra.RingBlocks;
import duality.algebra.RingMatrix;
import duality.models.ClosedForm;
import duality.models.LinearRecurrence;
import duality.models.ModelFamily;
import duality.models.Step;
import duality.proofs.symbolic.FreeAlgebra;
import duality.proofs.symbolic.Polynomial;
import duality.proofs.symbolic.Polynomials;
import duality.ssd.Cuts;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
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

    /** A way to make one step of two. */
    private interface Composition {
        <M> Step<M> then(Blocks<M> k, Step<M> first, Step<M> next);
    }

    /**
     * That the forms of a model are one map: recurrent run, matrix, generators, block run with all possible cuts and, if
     * the model is a {@link ClosedForm}, its closed form. Over polynomials in all parameters and inputs, at the lengths 0
     * to {@code longest}; for other lengths by {@link #all() the composition theorem}, but for the closed form.
     *
     * <p>The mutants are forms that forget something. A model without memory cannot tell them apart, and has nothing to
     * prove.
     *
     * @param name of the model
     * @param family the model
     * @param longest the greatest length, from 2; the work doubles with each
     */
    public static Theorem<?> of(String name, ModelFamily family, int longest) {
        SequencedMap<String, Chunking> mutants = new LinkedHashMap<>();
        mutants.put("chunks that ignore the state that enters", new WrongChunk() {
            @Override
            public <M> Step<M> wrong(Blocks<M> k, Step<M> chunk) {
                M nothing = k.zeros(k.rows(chunk.readout()), k.columns(chunk.readout()));
                return new Step<>(chunk.transition(), chunk.input(), nothing, chunk.direct());
            }
        });
        mutants.put("chunks that add nothing to the state that leaves", new WrongChunk() {
            @Override
            public <M> Step<M> wrong(Blocks<M> k, Step<M> chunk) {
                M nothing = k.zeros(k.rows(chunk.input()), k.columns(chunk.input()));
                return new Step<>(chunk.transition(), nothing, chunk.readout(), chunk.direct());
            }
        });
        mutants.put("chunks without their diagonal blocks", new WrongChunk() {
            @Override
            public <M> Step<M> wrong(Blocks<M> k, Step<M> chunk) {
                M nothing = k.zeros(k.rows(chunk.direct()), k.columns(chunk.direct()));
                return new Step<>(chunk.transition(), chunk.input(), chunk.readout(), nothing);
            }
        });
        return new Theorem<>(
                name,
                "Dao and Gu 2024, equation 3 and theorem 6.1",
                "the recurrence, the matrix, its generators and every block decomposition of it are one map",
                Method.POLYNOMIAL_IDENTITY,
                "all parameters and inputs, lengths 0 to " + longest
                        + ", all cuts; other lengths by the theorem step-composition",
                new Chunking() {
                    @Override
                    public <M> LinearRecurrence<M> chunked(Blocks<M> k, LinearRecurrence<M> model, Cuts cuts) {
                        return model.chunked(k, cuts);
                    }
                },
                chunking -> proveForms(family, chunking, longest),
                mutants);
    }

    /** The theorems that hold of every linear recurrence. */
    static List<Theorem<?>> all() {
        SequencedMap<String, Composition> mutants = new LinkedHashMap<>();
        mutants.put("the later step first", new Composition() {
            @Override
            public <M> Step<M> then(Blocks<M> k, Step<M> first, Step<M> next) {
                return next.then(k, first);
            }
        });
        mutants.put("the first input not carried through the second step", new Composition() {
            @Override
            public <M> Step<M> then(Blocks<M> k, Step<M> first, Step<M> next) {
                Step<M> both = first.then(k, next);
                return new Step<>(
                        both.transition(), k.beside(first.input(), next.input()), both.readout(), both.direct());
            }
        });
        return List.of(new Theorem<>(
                "step-composition",
                "Dao and Gu 2024, section 6",
                "two steps of a linear recurrence composed into one read and update as they do one after the other; "
                        + "composition is associative, so that chunks between any cuts may be composed in any order",
                Method.DIMENSION_FREE,
                "all blocks A, B, P, D of all shapes (letters of a free algebra); by induction all lengths and cuts",
                new Composition() {
                    @Override
                    public <M> Step<M> then(Blocks<M> k, Step<M> first, Step<M> next) {
                        return first.then(k, next);
                    }
                },
                ModelTheorems::proveComposition,
                mutants));
    }

    private static Evidence proveComposition(Composition program) {
        FreeAlgebra ring = new FreeAlgebra();
        RingBlocks<Polynomial> k = new RingBlocks<>(ring);
        Comparisons equal = new Comparisons(ring);
        Step<RingMatrix<Polynomial>> first = letters(ring, 1);
        Step<RingMatrix<Polynomial>> second = letters(ring, 2);
        Step<RingMatrix<Polynomial>> third = letters(ring, 3);
        RingMatrix<Polynomial> h = RingMatrix.of(1, 1, (i, j) -> ring.letter("h"));
        RingMatrix<Polynomial> x = RingMatrix.of(2, 1, (i, j) -> ring.letter("x", i));
        Step<RingMatrix<Polynomial>> both = program.then(k, first, second);
        RingMatrix<Polynomial> between = first.update(k, h, k.row(x, 0));
        equal.require(
                "two steps",
                "y",
                both.read(k, h, x),
                k.stackRows(List.of(first.read(k, h, k.row(x, 0)), second.read(k, between, k.row(x, 1)))));
        equal.require("two steps", "h", both.update(k, h, x), second.update(k, between, k.row(x, 1)));
        Step<RingMatrix<Polynomial>> left = program.then(k, both, third);
        Step<RingMatrix<Polynomial>> right = program.then(k, first, program.then(k, second, third));
        equal.require("three steps", "A", left.transition(), right.transition());
        equal.require("three steps", "B", left.input(), right.input());
        equal.require("three steps", "P", left.readout(), right.readout());
        equal.require("three steps", "D", left.direct(), right.direct());
        return equal.evidence();
    }

    private static Step<RingMatrix<Polynomial>> letters(FreeAlgebra ring, int t) {
        return new Step<>(
                RingMatrix.of(1, 1, (i, j) -> ring.letter("A", t)),
                RingMatrix.of(1, 1, (i, j) -> ring.letter("B", t)),
                RingMatrix.of(1, 1, (i, j) -> ring.letter("P", t)),
                RingMatrix.of(1, 1, (i, j) -> ring.letter("D", t)));
    }

    private static Evidence proveForms(ModelFamily family, Chunking chunking, int longest) {
        Polynomials ring = new Polynomials();
        Comparisons equal = new Comparisons(ring);
        for (int length = 0; length <= longest; length++) {
            proveForms(ring, equal, family, chunking, length);
        }
        return equal.evidence();
    }

    private static void proveForms(
            Polynomials ring, Comparisons equal, ModelFamily family, Chunking chunking, int length) {
        SymbolicSamples s = new SymbolicSamples(ring);
        RingBlocks<Polynomial> k = s.blocks();
        LinearRecurrence<RingMatrix<Polynomial>> model = family.model(s, length);
        LinearRecurrence<RingMatrix<Polynomial>> steps = LinearRecurrence.of(
                IntStream.range(0, length).mapToObj(t -> model.step(k, t)).toList());
        String where = "T=" + length;
        RingMatrix<Polynomial> matrix = model.matrix(k);
        RingMatrix<Polynomial> x = s.numbers(matrix.columns(), 1);
        RingMatrix<Polynomial> y = steps.recurrent(k, x);
        equal.require(where, "M x", k.multiply(matrix, x), y);
        equal.require(where, "the product by generators", steps.generators(k).multiply(k, x), y);
        for (Cuts cuts : allCuts(length)) {
            equal.require(
                    "chunks between " + Arrays.toString(cuts.boundaries(length)),
                    "y",
                    chunking.chunked(k, steps, cuts).recurrent(k, x),
                    y);
        }
        if (model instanceof ClosedForm<RingMatrix<Polynomial>> closed) {
            equal.require(where, "the closed form", closed.closedForm(k), matrix);
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
