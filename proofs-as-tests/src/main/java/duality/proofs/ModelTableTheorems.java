package duality.proofs;

import duality.algebra.Blocks;
import duality.algebra.PrimeField;
import duality.algebra.RingMatrix;
import duality.models.Classification;
import duality.models.Classifier;
import duality.models.ClosedForm;
import duality.models.ExactSamples;
import duality.models.LinearRecurrence;
import duality.models.MaskedAttention;
import duality.models.Samples;
import duality.models.Step;
import duality.models.Zoo;
import duality.ssd.Cuts;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** The sequence models of the literature: their forms agree, and they are matrices of their class. */
final class ModelTableTheorems {
    private static final int LENGTH = 64;
    private static final int SHORT = 13;

    /** The class of each model, and a wrong model that is to be told from it. */
    private record Row(Zoo model, String summary, String formula, String wrongName, Example wrong) {}

    /** A model on random parameters. */
    interface Example {
        <M> Zoo.Example<M> of(Samples<M> samples, int length);
    }

    private ModelTableTheorems() {}

    static List<Theorem<?>> all() {
        List<Theorem<?>> theorems = new ArrayList<>();
        for (Row row : rows()) {
            theorems.add(theorem(row));
        }
        return theorems;
    }

    /** Another model in this one's place. */
    private static Example instead(Zoo other) {
        return new Example() {
            @Override
            public <M> Zoo.Example<M> of(Samples<M> samples, int length) {
                return other.example(samples, length);
            }
        };
    }

    /** The model under a mask that leaves the current token out. */
    private static Example strictly(Zoo model) {
        return new Example() {
            @Override
            public <M> Zoo.Example<M> of(Samples<M> samples, int length) {
                Zoo.Example<M> right = model.example(samples, length);
                Blocks<M> k = samples.blocks();
                M strict = k.subtract(k.oneSemiseparable(k.ones(length, 1)), k.identity(length));
                return new Zoo.Example<>(
                        new MaskedAttention<>(strict, right.model().matrix(k)), right.scores());
            }
        };
    }

    private static List<Row> rows() {
        return List.of(
                new Row(
                        Zoo.LINEAR_ATTENTION,
                        "1-SS mask ∩ Toeplitz",
                        "S_t = S_{t-1} + k_t v_t^\\top",
                        "a decay that varies",
                        instead(Zoo.MAMBA_2)),
                new Row(
                        Zoo.RETNET,
                        "1-SS mask ∩ Toeplitz",
                        "S_t = \\gamma S_{t-1} + k_t v_t^\\top",
                        "a decay that varies",
                        instead(Zoo.MAMBA_2)),
                new Row(
                        Zoo.MAMBA_2,
                        "1-SS mask",
                        "S_t = e^{\\Delta_t A} S_{t-1} + \\Delta_t B_t x_t^\\top",
                        "a constant decay",
                        instead(Zoo.RETNET)),
                new Row(
                        Zoo.MLSTM,
                        "1-SS mask + input gate",
                        "C_t = f_t C_{t-1} + i_t k_t v_t^\\top",
                        "no input gate",
                        instead(Zoo.MAMBA_2)),
                new Row(
                        Zoo.BASED,
                        "1-SS mask ∩ Toeplitz",
                        "\\phi(q) \\cdot \\phi(k) = 1 + q \\cdot k + (q \\cdot k)^2 / 2",
                        "the exponential in place of its Taylor polynomial",
                        instead(Zoo.SOFTMAX_ATTENTION)),
                new Row(
                        Zoo.PERFORMER,
                        "1-SS mask ∩ Toeplitz",
                        "\\phi(x) = (e^{W x}, e^{-W x}) / \\sqrt 2",
                        "the exponential of the score itself",
                        instead(Zoo.SOFTMAX_ATTENTION)),
                new Row(
                        Zoo.COSFORMER,
                        "2-SS mask ∩ Toeplitz",
                        "L_{ts} = \\cos(\\pi (t - s) / 2T)",
                        "cosines alone, without sines",
                        instead(Zoo.LINEAR_ATTENTION)),
                new Row(Zoo.S4, "4-SS ∩ Toeplitz", "M_{ts} = C A^{t-s} B", "a diagonal transition", instead(Zoo.S4D)),
                new Row(
                        Zoo.S4D,
                        "diagonal 4-SS ∩ Toeplitz",
                        "M_{ts} = C\\, \\mathrm{diag}(a)^{t-s} B",
                        "transitions that vary",
                        instead(Zoo.MAMBA_1)),
                new Row(
                        Zoo.HYENA,
                        "unbounded ∩ Toeplitz",
                        "M_{ts} = h_{t-s}",
                        "a kernel of finite order",
                        instead(Zoo.S4)),
                new Row(
                        Zoo.MAMBA_1,
                        "diagonal 4-SS",
                        "h_t = e^{\\Delta_t A} h_{t-1} + \\Delta_t B_t x_t,\\; A \\text{ diagonal}",
                        "constant steps",
                        instead(Zoo.S4D)),
                new Row(
                        Zoo.GLA,
                        "diagonal 4-SS",
                        "S_t = \\mathrm{diag}(\\alpha_t) S_{t-1} + k_t v_t^\\top",
                        "one gate for all rows",
                        instead(Zoo.MAMBA_2)),
                new Row(
                        Zoo.HGRN2,
                        "diagonal 4-SS",
                        "S_t = \\mathrm{diag}(f_t) S_{t-1} + (1 - f_t) v_t^\\top",
                        "the current token not seen",
                        strictly(Zoo.HGRN2)),
                new Row(
                        Zoo.RWKV_6,
                        "diagonal 4-SS + free diagonal",
                        "o_t = q_t^\\top (S_{t-1} + \\mathrm{diag}(u) k_t v_t^\\top)",
                        "no bonus",
                        instead(Zoo.GLA)),
                new Row(
                        Zoo.RWKV_7,
                        "diagonal + rank 1 4-SS",
                        "S_t = (\\mathrm{diag}(w_t) + a_t b_t^\\top) S_{t-1} + k_t v_t^\\top",
                        "nothing erased",
                        instead(Zoo.GLA)),
                new Row(
                        Zoo.DELTANET,
                        "diagonal + rank 1 4-SS",
                        "S_t = (I - b_t k_t k_t^\\top) S_{t-1} + b_t k_t v_t^\\top",
                        "nothing erased",
                        instead(Zoo.LINEAR_ATTENTION)),
                new Row(
                        Zoo.GATED_DELTANET,
                        "diagonal + rank 1 4-SS",
                        "S_t = a_t (I - b_t k_t k_t^\\top) S_{t-1} + b_t k_t v_t^\\top",
                        "nothing erased",
                        instead(Zoo.MAMBA_2)),
                new Row(
                        Zoo.KDA,
                        "diagonal + rank 1 4-SS",
                        "S_t = (I - b_t k_t k_t^\\top) \\mathrm{diag}(a_t) S_{t-1} + b_t k_t v_t^\\top",
                        "nothing erased",
                        instead(Zoo.GLA)),
                new Row(
                        Zoo.MAMBA_3,
                        "2-SS mask",
                        "h_t = \\alpha_t h_{t-1} + \\beta_t B_{t-1} x_{t-1} + \\gamma_t B_t x_t",
                        "λ = 1",
                        instead(Zoo.MAMBA_2)),
                new Row(
                        Zoo.HYDRA,
                        "two-sided 2-SS + free diagonal",
                        "M = \\mathrm{shift}(SS) + \\mathrm{flip}(\\mathrm{shift}(SS')) + \\mathrm{diag}(\\delta)",
                        "one direction",
                        instead(Zoo.MAMBA_2)),
                new Row(
                        Zoo.LOG_LINEAR_ATTENTION,
                        "hierarchical mask",
                        "M = Q K^\\top \\circ \\mathrm{1SS}(a) \\circ \\lambda_t^{\\mathrm{level}(t, s)}",
                        "one level",
                        instead(Zoo.MAMBA_2)),
                new Row(
                        Zoo.SOFTMAX_ATTENTION,
                        "unbounded",
                        "M = \\exp(Q K^\\top)",
                        "a linear kernel",
                        instead(Zoo.LINEAR_ATTENTION)));
    }

    private static Theorem<Example> theorem(Row row) {
        Zoo.Example<RingMatrix<Long>> some = row.model().example(new ExactSamples(1), SHORT);
        Theorem.Builder<Example> theorem = Theorem.about(
                        instead(row.model()), "model-" + row.model().label())
                .from(row.model().source())
                .states(
                        row.model().equation()
                                + ": its recurrent, quadratic, block and closed forms agree, and its matrix is of class "
                                + row.summary(),
                        row.formula())
                .of(some.model().getClass(), Classifier.class)
                .by(new Proof<>(
                        Method.RANDOM_IDENTITY,
                        "random parameters modulo p = 2⁶¹ − 1; forms at T = " + SHORT
                                + ", exact ranks of all off-diagonal blocks up to T = " + LENGTH,
                        List.of(
                                new Quantifier("parameters", "generic", "one random point"),
                                new Quantifier("T", SHORT + "; ranks at 8, 16, 32, 64", "each")),
                        program -> check(program, row.summary())))
                .refuting(row.model().label() + ": " + row.wrongName(), row.wrong())
                .rounded("numerical ranks agree where they are bounded; forms as for state-space");
        if (some.model() instanceof ClosedForm && some.model() instanceof LinearRecurrence) {
            theorem.refuting(row.model().label() + ": the state read before its update", readBefore(row.model()));
        }
        return theorem.build();
    }

    private static Example readBefore(Zoo model) {
        return new Example() {
            @Override
            public <M> Zoo.Example<M> of(Samples<M> samples, int length) {
                Zoo.Example<M> right = model.example(samples, length);
                return right.model() instanceof LinearRecurrence<M> recurrence
                                && right.model() instanceof ClosedForm<M> closed
                        ? new Zoo.Example<>(new Early<>(recurrence, closed), right.scores())
                        : right;
            }
        };
    }

    /** Steps that read only what was there before. */
    private record Early<M>(LinearRecurrence<M> recurrence, ClosedForm<M> closed)
            implements LinearRecurrence<M>, ClosedForm<M> {
        @Override
        public int length(Blocks<M> k) {
            return recurrence.length(k);
        }

        @Override
        public Step<M> step(Blocks<M> k, int t) {
            Step<M> right = recurrence.step(k, t);
            return new Step<>(
                    right.transition(),
                    right.input(),
                    right.readout(),
                    k.zeros(k.rows(right.direct()), k.columns(right.direct())));
        }

        @Override
        public M closedForm(Blocks<M> k) {
            return closed.closedForm(k);
        }
    }

    private static Evidence check(Example program, String summary) {
        ExactWorld<Long> world = ExactWorld.residues(new SplittableRandom(5));
        world.enter("T=" + SHORT);
        ModelTheorems.requireOneMap(
                world, program.of(new ExactSamples(5), SHORT).model(), 2, List.of(Cuts.at(1, 5, 11)));
        Zoo.Example<RingMatrix<Long>> example = program.of(new ExactSamples(5), LENGTH);
        Classification found = Classifier.exact(PrimeField.INSTANCE).classify(example.model(), example.scores());
        if (!found.summary().equals(summary)) {
            throw new Refutation("T=" + LENGTH + ": the class is " + found.summary() + ", not " + summary);
        }
        List<String> lines = new ArrayList<>(world.lines());
        lines.add("T=" + LENGTH + ": " + found.summary() + ", lower orders "
                + Classification.text(found.matrix(), profile -> profile.lowerOrder()));
        // Every decision is about a rational function of degree below 16 T.
        double decisions = 2.0 * LENGTH * LENGTH * LENGTH;
        return new Evidence(
                world.identities() + 1,
                world.terms() + (long) LENGTH * LENGTH,
                decisions * 16 * LENGTH / PrimeField.MODULUS,
                lines);
    }
}
