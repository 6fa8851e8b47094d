package duality.explorer;

import com.fasterxml.jackson.annotation.JsonInclude;
import duality.algebra.EjmlBlocks;
import duality.algebra.PrimeField;
import duality.algebra.RingMatrix;
import duality.models.Classification;
import duality.models.Classifier;
import duality.models.DiagonalDecay;
import duality.models.LinearRecurrence;
import duality.models.MatrixProfile;
import duality.models.ScalarDecay;
import duality.models.Step;
import duality.models.Zoo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.jspecify.annotations.Nullable;

/**
 * What the explorer shows of one model: the library's results, and nothing that is computed here. {@link Json} writes
 * it.
 *
 * @param matrix what depends on the model alone
 * @param blocks what depends on the input and the cuts as well
 */
record Exploration(MatrixView matrix, BlockView blocks) {
    private static final EjmlBlocks K = EjmlBlocks.INSTANCE;
    /** Singular values up to this share of the Frobenius norm count as zero. */
    static final double TOLERANCE = 1e-10;
    /** The length at which classes are found. */
    private static final int CLASS_LENGTH = 128;

    private static final Map<String, ModelClass> CLASSES = new ConcurrentHashMap<>();

    /**
     * A model as a matrix, a recurrence and attention.
     *
     * @param model the name
     * @param equation the recurrence
     * @param source the paper
     * @param kind the class of such models, by exact ranks
     * @param matrix {@code M (T×T)}
     * @param steps the recurrence
     * @param paths for every i, the states at the times i, i + 1, …, T − 1 that an input of one at time i leads to:
     *     the columns of {@code (N×1)} matrices
     * @param attention the model as masked attention, or null where it has no queries and keys that pair up
     * @param ranks of the off-diagonal blocks of M
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record MatrixView(
            String model,
            String equation,
            String source,
            ModelClass kind,
            DMatrixRMaj matrix,
            List<StepView> steps,
            List<List<DMatrixRMaj>> paths,
            @Nullable Attention attention,
            Ranks ranks) {}

    /**
     * The class of a model.
     *
     * @param summary in words
     * @param transition the kind of its transitions
     * @param length the length at which it was found
     */
    record ModelClass(String summary, String transition, int length) {}

    /**
     * A step {@code h = A h + B x}.
     *
     * @param scalar a where {@code A = a I}, otherwise null
     * @param diagonal {@code (N×1)} where {@code A = diag(a)}, otherwise null
     * @param transition {@code A (N'×N)} where it is neither, otherwise null
     * @param input {@code B (N'×1)}
     * @param output {@code C (1×N')} with {@code y = C h} after the step, or null where the model does not have it so
     * @param readout {@code P (1×N)} with {@code y = P h + D x} before the step
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record StepView(
            @Nullable Double scalar,
            @Nullable DMatrixRMaj diagonal,
            @Nullable DMatrixRMaj transition,
            DMatrixRMaj input,
            @Nullable DMatrixRMaj output,
            DMatrixRMaj readout) {}

    /**
     * {@code M = Σ_n (scores_n ∘ mask_n)}.
     *
     * @param kind how the terms were found
     * @param terms one, or N of state size one
     */
    record Attention(Kind kind, List<Term> terms) {
        /** How the terms were found. */
        enum Kind {
            /** A scalar decay: one 1-semiseparable mask (Dao and Gu 2024, Corollary 5.1). */
            ONE_SEMISEPARABLE,
            /** A diagonal decay: a sum of N of these (arXiv 2510.04944). */
            SUM,
            /** Otherwise: the mask is M divided by QKᵀ, entry by entry. */
            QUOTIENT
        }
    }

    /**
     * A masked attention.
     *
     * @param scores {@code (T×T)}
     * @param mask {@code (T×T)}
     * @param product {@code scores ∘ mask}
     */
    record Term(DMatrixRMaj scores, DMatrixRMaj mask, DMatrixRMaj product) {}

    /**
     * Numerical ranks of off-diagonal blocks.
     *
     * @param lower of {@code M[i:, :i+1]}
     * @param strictlyLower of {@code M[i:, :i]}
     * @param order the largest of {@code lower}
     * @param strictOrder the largest of {@code strictlyLower}
     * @param toeplitz whether entries depend on j − i alone
     */
    record Ranks(List<Integer> lower, List<Integer> strictlyLower, int order, int strictOrder, boolean toeplitz) {}

    /**
     * The outputs, and the block algorithm step by step.
     *
     * @param boundaries where chunks begin and end
     * @param x the inputs {@code (T×P)}
     * @param y the outputs {@code (T×P)}, by the recurrence
     * @param quadraticDifference the largest difference of the quadratic form from it
     * @param blockDifference the largest difference of the block form from it
     * @param chunks the four steps
     * @param counts what the forms cost
     */
    record BlockView(
            int[] boundaries,
            DMatrixRMaj x,
            DMatrixRMaj y,
            double quadraticDifference,
            double blockDifference,
            List<ChunkView> chunks,
            OperationCounts counts) {}

    /**
     * A chunk of Q steps, composed into one. Its dense block is {@code M[from:to, from:to]}.
     *
     * @param right {@code B (N×Q)}
     * @param centre {@code A (N×N)}, or a where it is {@code a I}
     * @param left {@code P (Q×N)}
     * @param fromInputs step 1: the dense block times the chunk's inputs {@code (Q×P)}
     * @param update step 2: the state that the chunk's inputs leave {@code (N×P)}
     * @param entering the state that enters {@code (N×P)}
     * @param leaving step 3: {@code A} times that plus the update {@code (N×P)}
     * @param fromState step 4: {@code P} times the state that enters {@code (Q×P)}
     * @param y the sum of steps 1 and 4 {@code (Q×P)}
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record ChunkView(
            DMatrixRMaj right,
            @Nullable Double scalarCentre,
            @Nullable DMatrixRMaj centre,
            DMatrixRMaj left,
            DMatrixRMaj fromInputs,
            DMatrixRMaj update,
            DMatrixRMaj entering,
            DMatrixRMaj leaving,
            DMatrixRMaj fromState,
            DMatrixRMaj y) {}

    /** Asks the library for everything. */
    static Exploration of(Settings settings) {
        Zoo.Example<DMatrixRMaj> example = settings.model().real(settings.length());
        if (!(example.model() instanceof LinearRecurrence<DMatrixRMaj> model)) {
            throw new IllegalArgumentException(settings.model().label() + " has no recurrence");
        }
        return new Exploration(matrixView(settings, example, model), blockView(settings, model));
    }

    private static MatrixView matrixView(
            Settings settings, Zoo.Example<DMatrixRMaj> example, LinearRecurrence<DMatrixRMaj> model) {
        DMatrixRMaj matrix = model.matrix(K);
        List<Step<DMatrixRMaj>> steps = IntStream.range(0, settings.length())
                .mapToObj(t -> model.step(K, t))
                .toList();
        return new MatrixView(
                settings.model().label(),
                settings.model().equation(),
                settings.model().source(),
                kind(settings.model()),
                matrix,
                IntStream.range(0, steps.size())
                        .mapToObj(t -> stepView(model, steps.get(t), t))
                        .toList(),
                IntStream.range(0, steps.size()).mapToObj(i -> path(steps, i)).toList(),
                attention(model, matrix, example.scores()),
                ranks(Classifier.real(TOLERANCE).profile(matrix)));
    }

    private static ModelClass kind(ExploredModel model) {
        String name = String.join("&", model.parameters().values());
        return CLASSES.computeIfAbsent(name, _ -> {
            Zoo.Example<RingMatrix<Long>> example = model.exact(CLASS_LENGTH);
            Classification found = Classifier.exact(PrimeField.INSTANCE).classify(example.model(), example.scores());
            return new ModelClass(found.summary(), String.valueOf(found.transition()), CLASS_LENGTH);
        });
    }

    private static StepView stepView(LinearRecurrence<DMatrixRMaj> model, Step<DMatrixRMaj> step, int t) {
        DMatrixRMaj a = step.transition();
        DMatrixRMaj output = switch (model) {
            case ScalarDecay<DMatrixRMaj> scalar -> K.row(scalar.q(), t);
            case DiagonalDecay<DMatrixRMaj> diagonal -> K.row(diagonal.q(), t);
            default -> null;
        };
        Double scalar = scalar(a);
        DMatrixRMaj diagonal = scalar == null ? diagonal(a) : null;
        return new StepView(
                scalar, diagonal, scalar == null && diagonal == null ? a : null, step.input(), output, step.readout());
    }

    /** The diagonal of a diagonal matrix. */
    private static @Nullable DMatrixRMaj diagonal(DMatrixRMaj a) {
        if (a.numRows != a.numCols) {
            return null;
        }
        DMatrixRMaj diagonal = CommonOps_DDRM.extractDiag(a, null);
        return isEqual(a, K.scaleRows(diagonal, K.identity(a.numRows))) ? diagonal : null;
    }

    /** The factor of a multiple of the identity. */
    private static @Nullable Double scalar(DMatrixRMaj a) {
        return a.numRows > 0 && a.numRows == a.numCols && isEqual(a, K.scale(K.entry(a, 0, 0), K.identity(a.numRows)))
                ? (Double) a.get(0, 0)
                : null;
    }

    private static boolean isEqual(DMatrixRMaj a, DMatrixRMaj b) {
        return largest(K.subtract(a, b)) == 0;
    }

    private static double largest(DMatrixRMaj a) {
        return a.getNumElements() == 0 ? 0 : CommonOps_DDRM.elementMaxAbs(a);
    }

    private static List<DMatrixRMaj> path(List<Step<DMatrixRMaj>> steps, int i) {
        List<DMatrixRMaj> states = new ArrayList<>();
        DMatrixRMaj h = K.zeros(steps.get(i).transition().numCols, 1);
        for (int t = i; t < steps.size(); t++) {
            h = steps.get(t).update(K, h, t == i ? K.ones(1, 1) : K.zeros(1, 1));
            states.add(h);
        }
        return states;
    }

    private static @Nullable Attention attention(
            LinearRecurrence<DMatrixRMaj> model, DMatrixRMaj matrix, @Nullable DMatrixRMaj scores) {
        return switch (model) {
            case ScalarDecay<DMatrixRMaj> scalar ->
                new Attention(Attention.Kind.ONE_SEMISEPARABLE, List.of(term(scalar)));
            case DiagonalDecay<DMatrixRMaj> diagonal ->
                new Attention(
                        Attention.Kind.SUM,
                        IntStream.range(0, K.columns(diagonal.decay()))
                                .mapToObj(n -> term(diagonal.term(K, n)))
                                .toList());
            default ->
                scores == null
                        ? null
                        : new Attention(
                                Attention.Kind.QUOTIENT,
                                List.of(new Term(
                                        scores, Classifier.real(TOLERANCE).mask(matrix, scores), matrix)));
        };
    }

    private static Term term(ScalarDecay<DMatrixRMaj> scalar) {
        return new Term(
                K.multiplyTransposeRight(scalar.q(), scalar.k()),
                K.oneSemiseparable(scalar.decay()),
                scalar.closedForm(K));
    }

    private static Ranks ranks(MatrixProfile profile) {
        return new Ranks(
                profile.lower(),
                profile.strictlyLower(),
                profile.lowerOrder(),
                profile.strictlyLowerOrder(),
                profile.toeplitz());
    }

    private static BlockView blockView(Settings settings, LinearRecurrence<DMatrixRMaj> model) {
        DMatrixRMaj x = inputs(settings);
        DMatrixRMaj y = model.recurrent(K, x);
        int[] boundaries = settings.boundaries();
        List<ChunkView> chunks = new ArrayList<>();
        DMatrixRMaj state = K.zeros(model.step(K, 0).transition().numCols, settings.channels());
        for (int c = 1; c < boundaries.length; c++) {
            ChunkView chunk = chunkView(
                    model.span(K, boundaries[c - 1], boundaries[c]),
                    K.rows(x, boundaries[c - 1], boundaries[c]),
                    state);
            chunks.add(chunk);
            state = chunk.leaving();
        }
        return new BlockView(
                boundaries,
                x,
                y,
                largest(K.subtract(model.quadratic(K, x), y)),
                largest(K.subtract(K.stackRows(chunks.stream().map(ChunkView::y).toList()), y)),
                chunks,
                counts(settings, model));
    }

    /** Inputs between −3 and 3, whole numbers, none zero. */
    static DMatrixRMaj inputs(Settings settings) {
        SplittableRandom random = new SplittableRandom(settings.model().seed() + 1000L);
        DMatrixRMaj x = K.zeros(settings.length(), settings.channels());
        for (int i = 0; i < x.getNumElements(); i++) {
            x.set(i, (random.nextBoolean() ? 1 : -1) * random.nextInt(1, 4));
        }
        return x;
    }

    private static ChunkView chunkView(Step<DMatrixRMaj> chunk, DMatrixRMaj x, DMatrixRMaj entering) {
        DMatrixRMaj fromInputs = K.multiply(chunk.direct(), x);
        DMatrixRMaj fromState = K.multiply(chunk.readout(), entering);
        Double scalar = scalar(chunk.transition());
        return new ChunkView(
                chunk.input(),
                scalar,
                scalar == null ? chunk.transition() : null,
                chunk.readout(),
                fromInputs,
                K.multiply(chunk.input(), x),
                entering,
                chunk.update(K, entering, x),
                fromState,
                K.add(fromInputs, fromState));
    }

    /** Of the SSD operator where the model is one, and of the general forms elsewhere. */
    private static OperationCounts counts(Settings settings, LinearRecurrence<DMatrixRMaj> model) {
        return settings.model() instanceof ExploredModel.OfZoo zoo && !(model instanceof ScalarDecay)
                ? OperationCounts.ofRecurrence(zoo.model(), settings.length(), settings.channels(), settings.cutting())
                : OperationCounts.ofScalar(
                        settings.length(),
                        model.step(K, 0).transition().numCols,
                        settings.channels(),
                        settings.cutting());
    }
}
