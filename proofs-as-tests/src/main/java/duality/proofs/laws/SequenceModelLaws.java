package duality.proofs.laws;

import duality.algebra.Blocks;
import duality.algebra.EjmlBlocks;
import duality.algebra.PrimeField;
import duality.algebra.RingBlocks;
import duality.algebra.RingMatrix;
import duality.models.ClosedForm;
import duality.models.LinearRecurrence;
import duality.models.RealSamples;
import duality.models.Samples;
import duality.models.SequenceModel;
import duality.models.Step;
import duality.proofs.symbolic.Approximation;
import duality.proofs.symbolic.RunningErrors;
import duality.semiseparable.Generators;
import duality.ssd.Cuts;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import org.ejml.data.DMatrixRMaj;

/**
 * The laws of a sequence model: extend this class and name the model. With a {@link LinearRecurrence}, whatever of its
 * forms it overrides is held against the steps; with a {@link ClosedForm}, the formula too. All exact, modulo 2⁶¹ − 1, on
 * small integers, but for {@link #roundingStaysWithinItsBounds}.
 *
 * {@snippet :
 * class DeltaRuleLaws extends SequenceModelLaws {
 *     protected <M> SequenceModel<M> model(Samples<M> s, int length) {
 *         return new DeltaRule<>(s.gates(length, 1), s.numbers(length, 3), s.numbers(length, 3));
 *     }
 * }
 * }
 *
 * <p>Laws that do not apply (those of a recurrence to a model without one, causality to a two-sided model) pass at
 * once; override {@link #causal} for the latter.
 */
public abstract class SequenceModelLaws {
    private static final RingBlocks<Long> K = new RingBlocks<>(PrimeField.INSTANCE);
    private static final int TRIES = 100;
    private static final Object[] CHUNKS = {
        "empty sequence", "one chunk", "equal chunks", "partial last chunk", "ragged chunks"
    };

    /** For subclasses. */
    protected SequenceModelLaws() {}

    /** The model of a length, with parameters drawn from the samples. The same samples must give the same model. */
    protected abstract <M> SequenceModel<M> model(Samples<M> samples, int length);

    /** Whether no output depends on a later input. Default: yes. */
    protected boolean causal() {
        return true;
    }

    /** What the laws are tried on. */
    @Provide
    protected Arbitrary<Draw> draws() {
        return Draw.any();
    }

    private SequenceModel<RingMatrix<Long>> model(Draw draw) {
        return model(draw.samples(), draw.length());
    }

    /** A matrix of columns, each multiplied by single steps: the definition. */
    private static RingMatrix<Long> steps(LinearRecurrence<RingMatrix<Long>> model, RingMatrix<Long> x) {
        List<RingMatrix<Long>> y = new ArrayList<>();
        y.add(K.zeros(0, x.columns()));
        RingMatrix<Long> h =
                K.zeros(model.length(K) == 0 ? 0 : model.step(K, 0).transition().columns(), x.columns());
        for (int t = 0; t < model.length(K); t++) {
            Step<RingMatrix<Long>> step = model.step(K, t);
            y.add(step.read(K, h, K.row(x, t)));
            h = step.update(K, h, K.row(x, t));
        }
        return K.stackRows(y);
    }

    /** Duality: the quadratic form, the recurrence and the single steps give the same. */
    @Property(tries = TRIES, edgeCases = EdgeCasesMode.FIRST, shrinking = ShrinkingMode.FULL)
    void duality(@ForAll("draws") Draw draw) {
        Check.cover("chunks", draw.chunks(), CHUNKS);
        SequenceModel<RingMatrix<Long>> model = model(draw);
        RingMatrix<Long> x = draw.inputs(0);
        RingMatrix<Long> y = model.quadratic(K, x);
        Check.equal("duality", "matrix · x", K.multiply(model.matrix(K), x), y, draw);
        if (model instanceof LinearRecurrence<RingMatrix<Long>> recurrence) {
            Check.equal("step equals run", "recurrent", recurrence.recurrent(K, x), steps(recurrence, x), draw);
            Check.equal("duality", "recurrent", recurrence.recurrent(K, x), y, draw);
            Check.equal("duality", "generators", recurrence.generators(K).multiply(K, x), y, draw);
        }
    }

    /** The formula of the whole matrix is the matrix of the model. */
    @Property(tries = TRIES, edgeCases = EdgeCasesMode.FIRST, shrinking = ShrinkingMode.FULL)
    void closedFormIsTheMatrix(@ForAll("draws") Draw draw) {
        if (model(draw) instanceof ClosedForm<RingMatrix<Long>> closed) {
            Check.equal("closed form", "M", closed.closedForm(K), closed.matrix(K), draw);
            if (closed instanceof LinearRecurrence<RingMatrix<Long>> recurrence) {
                RingMatrix<Long> x = draw.inputs(0);
                Check.equal("closed form", "M x", K.multiply(closed.closedForm(K), x), steps(recurrence, x), draw);
            }
        }
    }

    /** No output depends on a later input. */
    @Property(tries = TRIES, edgeCases = EdgeCasesMode.FIRST, shrinking = ShrinkingMode.FULL)
    void causality(@ForAll("draws") Draw draw) {
        if (!causal()) {
            return;
        }
        SequenceModel<RingMatrix<Long>> model = model(draw);
        RingMatrix<Long> x = draw.inputs(0);
        for (int from = 0; from < draw.length(); from++) {
            RingMatrix<Long> changed =
                    K.stackRows(List.of(K.rows(x, 0, from), K.rows(draw.inputs(1), from, draw.length())));
            Check.equal(
                    "causality",
                    "y before input " + from,
                    K.rows(run(model, changed), 0, from),
                    K.rows(run(model, x), 0, from),
                    draw);
        }
    }

    private static RingMatrix<Long> run(SequenceModel<RingMatrix<Long>> model, RingMatrix<Long> x) {
        return model instanceof LinearRecurrence<RingMatrix<Long>> recurrence
                ? recurrence.recurrent(K, x)
                : model.quadratic(K, x);
    }

    /** {@code f(3x + x') = 3 f(x) + f(x')}. */
    @Property(tries = TRIES, edgeCases = EdgeCasesMode.FIRST, shrinking = ShrinkingMode.FULL)
    void linearity(@ForAll("draws") Draw draw) {
        SequenceModel<RingMatrix<Long>> model = model(draw);
        RingMatrix<Long> x = draw.inputs(0);
        RingMatrix<Long> other = draw.inputs(1);
        RingMatrix<Long> three = RingMatrix.of(1, 1, (i, j) -> 3L);
        Check.equal(
                "linearity",
                "f(3x + x')",
                run(model, K.add(K.scale(three, x), other)),
                K.add(K.scale(three, run(model, x)), run(model, other)),
                draw);
    }

    /** Any cuts give the same, and a stretch resumes from the state that the one before it left. */
    @Property(tries = TRIES, edgeCases = EdgeCasesMode.FIRST, shrinking = ShrinkingMode.FULL)
    void chunkInvariance(@ForAll("draws") Draw draw) {
        Check.cover("chunks", draw.chunks(), CHUNKS);
        if (model(draw) instanceof LinearRecurrence<RingMatrix<Long>> recurrence) {
            RingMatrix<Long> x = draw.inputs(0);
            RingMatrix<Long> y = steps(recurrence, x);
            Check.equal("chunk invariance", "y", recurrence.block(K, x, draw.cuts()), y, draw);
            Check.equal("chunk invariance", "y in twos", recurrence.block(K, x, Cuts.every(2)), y, draw);
            RingMatrix<Long> h = K.zeros(
                    draw.length() == 0 ? 0 : recurrence.step(K, 0).transition().columns(), x.columns());
            int[] boundaries = draw.cuts().boundaries(draw.length());
            for (int i = 1; i < boundaries.length; i++) {
                RingMatrix<Long> inputs = K.rows(x, boundaries[i - 1], boundaries[i]);
                Step<RingMatrix<Long>> span = recurrence.span(K, boundaries[i - 1], boundaries[i]);
                Check.equal(
                        "split and resume",
                        "y from " + boundaries[i - 1],
                        span.read(K, h, inputs),
                        K.rows(y, boundaries[i - 1], boundaries[i]),
                        draw);
                h = span.update(K, h, inputs);
            }
        }
    }

    /** {@code ⟨M x, w⟩ = ⟨x, Mᵀ w⟩} by the generators. */
    @Property(tries = TRIES, edgeCases = EdgeCasesMode.FIRST, shrinking = ShrinkingMode.FULL)
    void adjoint(@ForAll("draws") Draw draw) {
        SequenceModel<RingMatrix<Long>> model = model(draw);
        RingMatrix<Long> x = draw.inputs(0);
        RingMatrix<Long> w = draw.inputs(1);
        RingMatrix<Long> back;
        if (model instanceof LinearRecurrence<RingMatrix<Long>> recurrence) {
            Generators<RingMatrix<Long>> transposed = recurrence.generators(K).transpose(K);
            back = transposed.multiply(K, w);
        } else {
            back = K.multiplyTransposeLeft(model.matrix(K), w);
        }
        long forward = Check.inner(K, run(model, x), w);
        long backward = Check.inner(K, x, back);
        Check.holds(
                "adjoint identity",
                forward == backward,
                "⟨M x, w⟩ = " + forward + ", but ⟨x, Mᵀ w⟩ = " + backward + " at " + draw);
    }

    /** Columns of the input do not mix, and may come in any order. */
    @Property(tries = TRIES, edgeCases = EdgeCasesMode.FIRST, shrinking = ShrinkingMode.FULL)
    void permutationOfChannels(@ForAll("draws") Draw draw) {
        SequenceModel<RingMatrix<Long>> model = model(draw);
        RingMatrix<Long> x = draw.inputs(0);
        RingMatrix<Long> reversed = RingMatrix.of(x.rows(), x.columns(), (i, j) -> x.get(i, x.columns() - 1 - j));
        RingMatrix<Long> y = run(model, x);
        Check.equal(
                "permutation of channels",
                "y",
                run(model, reversed),
                RingMatrix.of(y.rows(), y.columns(), (i, j) -> y.get(i, y.columns() - 1 - j)),
                draw);
    }

    /** The same samples give the same result. */
    @Property(tries = TRIES, edgeCases = EdgeCasesMode.FIRST, shrinking = ShrinkingMode.FULL)
    void determinism(@ForAll("draws") Draw draw) {
        Check.equal("determinism", "y", run(model(draw), draw.inputs(0)), run(model(draw), draw.inputs(0)), draw);
    }

    /** In double precision the forms differ by no more than the sum of their running error bounds. */
    @Property(tries = 20, edgeCases = EdgeCasesMode.FIRST, shrinking = ShrinkingMode.FULL)
    void roundingStaysWithinItsBounds(@ForAll("draws") Draw draw) {
        RealSamples real = new RealSamples(draw.hashCode());
        DMatrixRMaj x = real.numbers(draw.length(), draw.width());
        if (model(new RealSamples(1), draw.length()) instanceof LinearRecurrence<DMatrixRMaj> model) {
            Bounds bounds = new Bounds();
            LinearRecurrence<RingMatrix<Approximation>> exact = LinearRecurrence.of(bounds.steps(model));
            within(draw, model.recurrent(Bounds.REAL, x), exact.recurrent(Bounds.K, bounds.of(x)), exact, bounds.of(x));
            within(
                    draw,
                    model.block(Bounds.REAL, x, draw.cuts()),
                    exact.block(Bounds.K, bounds.of(x), draw.cuts()),
                    exact,
                    bounds.of(x));
        }
    }

    private static void within(
            Draw draw,
            DMatrixRMaj actual,
            RingMatrix<Approximation> own,
            LinearRecurrence<RingMatrix<Approximation>> model,
            RingMatrix<Approximation> x) {
        RingMatrix<Approximation> definition = model.recurrent(Bounds.K, x);
        for (int i = 0; i < definition.rows(); i++) {
            for (int j = 0; j < definition.columns(); j++) {
                double allowed = RunningErrors.INSTANCE.bound(own.get(i, j), 0x1p-53)
                        + RunningErrors.INSTANCE.bound(definition.get(i, j), 0x1p-53);
                double difference =
                        Math.abs(actual.get(i, j) - definition.get(i, j).value());
                Check.holds(
                        "derived bounds",
                        difference <= allowed,
                        "y[%d,%d] is off by %s, more than %s, at %s".formatted(i, j, difference, allowed, draw));
            }
        }
    }

    /** Steps of rounded numbers as exact inputs of running errors. */
    private static final class Bounds {
        static final EjmlBlocks REAL = EjmlBlocks.INSTANCE;
        static final RingBlocks<Approximation> K = new RingBlocks<>(RunningErrors.INSTANCE);

        RingMatrix<Approximation> of(DMatrixRMaj a) {
            return RingMatrix.of(a.numRows, a.numCols, (i, j) -> RunningErrors.INSTANCE.exact(a.get(i, j)));
        }

        List<Step<RingMatrix<Approximation>>> steps(LinearRecurrence<DMatrixRMaj> model) {
            List<Step<RingMatrix<Approximation>>> steps = new ArrayList<>();
            Blocks<DMatrixRMaj> real = REAL;
            for (int t = 0; t < model.length(real); t++) {
                Step<DMatrixRMaj> step = model.step(real, t);
                steps.add(new Step<>(of(step.transition()), of(step.input()), of(step.readout()), of(step.direct())));
            }
            return steps;
        }
    }
}
