package duality.cli;

import duality.algebra.EjmlBlocks;
import duality.algebra.FieldBlocks;
import duality.algebra.PrimeField;
import duality.algebra.RingMatrix;
import duality.contraction.Contraction;
import duality.contraction.NdArray;
import duality.contraction.Operand;
import duality.contraction.Plan;
import duality.contraction.Step;
import duality.errors.Fault;
import duality.errors.ShapeException;
import duality.errors.ValueException;
import duality.figures.Axis;
import duality.figures.Figure;
import duality.figures.Figure.NamedPlan;
import duality.figures.Plot;
import duality.models.Classification;
import duality.models.Classifier;
import duality.models.ExactSamples;
import duality.models.LinearRecurrence;
import duality.models.MatrixProfile;
import duality.models.RealSamples;
import duality.models.Zoo;
import duality.semiseparable.CumProdSum;
import duality.semiseparable.SparseFactors;
import duality.sma.OneSemiseparableMask;
import duality.ssd.Cuts;
import duality.ssd.Precision;
import duality.ssd.ScalarSsm;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.SequencedMap;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.jspecify.annotations.Nullable;

/** The figures of the documentation, as SVG. The same call gives the same bytes. */
public final class Figures {
    private static final EjmlBlocks K = EjmlBlocks.INSTANCE;
    private static final FieldBlocks<Long> EXACT = new FieldBlocks<>(PrimeField.INSTANCE);
    private static final long SEED = 5;

    /** The pixels of a sparse factor. */
    private static final int FACTOR = 84;

    /** The usual length. */
    static final int LENGTH = 16;

    /** The usual cuts. */
    static final Cuts CUTS = Cuts.every(4);

    /** The figures that are drawn from measurements. */
    static final List<String> MEASURED = List.of("time", "memory", "error");

    private static final SequencedMap<String, Supplier<String>> ALL = new LinkedHashMap<>();

    static {
        ALL.put("matrix", Figures::matrix);
        ALL.put("blocks", Figures::blocks);
        ALL.put("masks", Figures::masks);
        ALL.put("models", Figures::models);
        ALL.put("ranks", Figures::ranks);
        ALL.put("contraction-orders", Figures::contractionOrders);
        ALL.put("state-passing", () -> statePassing(LENGTH, CUTS));
        ALL.put("cumprodsum", () -> cumProdSum(8));
        MEASURED.forEach(name -> ALL.put(name, () -> measured(name, data(name))));
    }

    private Figures() {}

    /** The names of all figures. */
    public static List<String> names() {
        return List.copyOf(ALL.keySet());
    }

    /**
     * The figure of a name.
     *
     * @throws ValueException with {@link Fault#WRONG_ARGUMENTS} if there is none; the message has all names
     */
    public static String of(String name) {
        return require(name).get();
    }

    static Supplier<String> require(String name) {
        Supplier<String> figure = ALL.get(name);
        if (figure == null) {
            throw new ValueException(
                    Fault.WRONG_ARGUMENTS, "no figure " + name + "; there are " + String.join(", ", names()));
        }
        return figure;
    }

    /** A figure of measurements. */
    static String measured(String name, Curves data) {
        return switch (name) {
            case "time" -> time(data);
            case "memory" -> memory(data);
            case "error" -> error(data);
            default -> throw new IllegalArgumentException(name);
        };
    }

    /** The measured curves that the documentation shows. */
    static Curves data(String name) {
        try (InputStream file =
                Objects.requireNonNull(Figures.class.getResourceAsStream("data/" + name + ".csv"), name)) {
            return Curves.parse(new String(file.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A small state space model with random parameters. */
    private static ScalarSsm<DMatrixRMaj> sample(int length) {
        SplittableRandom random = new SplittableRandom(2405);
        double[] decay = random.doubles(length, 0.6, 1).toArray();
        double[] b = random.doubles(length * 2L, -1, 1).toArray();
        double[] c = random.doubles(length * 2L, -1, 1).toArray();
        return ScalarSsm.of(
                K, K.of(length, 1, decay), K.of(length, 2, b), K.of(length, 2, c), K.zeros(length, 1), K.zeros(2, 1));
    }

    /** A small state space model as masked attention: the mask, the scores, and the matrix that is both. */
    public static String matrix() {
        ScalarSsm<DMatrixRMaj> ssm = sample(LENGTH);
        return new Figure("A state space model is masked attention: M = L ∘ C Bᵀ")
                .panels(272, 3)
                .heatMap("The mask  L = 1SS(a)", ssm.mask(K))
                .heatMap("The scores  C Bᵀ", K.multiplyTransposeRight(ssm.c(), ssm.b()))
                .heatMap("The model  M = L ∘ C Bᵀ", ssm.matrix(K))
                .svg();
    }

    /** A small state space model as its matrix, and the block decomposition of that matrix. */
    public static String blocks() {
        return blocks(LENGTH, CUTS);
    }

    /** The same for other lengths and cuts. */
    static String blocks(int length, Cuts cuts) {
        return new Figure("A state space model is a semiseparable matrix, and its blocks factor")
                .heatMap(
                        "The model as a matrix:  M = 1SS(a) ∘ (C Bᵀ)",
                        sample(length).matrix(K))
                .blocks("Cut: dense diagonal, low rank below", cuts.boundaries(length))
                .svg();
    }

    /**
     * A sequence model on random parameters as its matrix; with its mask if it is masked attention, in blocks if it has a
     * recurrence, and with the ranks below the diagonal.
     *
     * @param zoo the model
     * @param length T
     * @param cuts where to cut the blocks
     */
    public static String model(Zoo zoo, int length, Cuts cuts) {
        Zoo.Example<DMatrixRMaj> example = zoo.example(new RealSamples(SEED), length);
        DMatrixRMaj matrix = example.model().matrix(K);
        Figure figure = new Figure(zoo.label() + ": " + zoo.equation()).heatMap("The model as a matrix", matrix);
        if (example.scores() != null && classified(zoo, 128).hasMask()) {
            figure = figure.heatMap("Its mask of QKᵀ", quotient(matrix, example.scores()));
        }
        if (example.model() instanceof LinearRecurrence<DMatrixRMaj>) {
            figure = figure.blocks("Cut: dense diagonal, low rank below", cuts.boundaries(length));
        }
        RingMatrix<Long> exact =
                zoo.example(new ExactSamples(SEED), length).model().matrix(EXACT);
        return withRanks(figure, Classifier.exact(PrimeField.INSTANCE).profile(exact))
                .svg();
    }

    private static DMatrixRMaj quotient(DMatrixRMaj matrix, DMatrixRMaj scores) {
        DMatrixRMaj quotient = matrix.copy();
        for (int i = 0; i < quotient.getNumElements(); i++) {
            quotient.data[i] = matrix.data[i] == 0 ? 0 : matrix.data[i] / scores.data[i];
        }
        return quotient;
    }

    private static Figure withRanks(Figure figure, MatrixProfile profile) {
        return figure.ranks("Ranks below the diagonal", profile.strictlyLower());
    }

    private static double[] ranks(MatrixProfile profile) {
        return profile.strictlyLower().stream().mapToDouble(rank -> rank).toArray();
    }

    /**
     * A matrix from elsewhere, or its entrywise product with a mask; with the ranks below the diagonal if it is square, and
     * in blocks if there are cuts.
     *
     * @throws ShapeException if there is a mask or cuts, but the matrix is not square
     * @throws ValueException with {@link Fault#OUT_OF_DOMAIN} if there are cuts, but entries above the diagonal
     */
    static String input(String name, DMatrixRMaj given, @Nullable MaskExample mask, @Nullable Cuts cuts) {
        Figure figure = new Figure(name).heatMap(name, given);
        if (given.numRows != given.numCols) {
            if (mask != null || cuts != null) {
                throw new ShapeException(
                        Fault.SHAPE_MISMATCH,
                        "%s is %dx%d, but masks and cuts are for square matrices"
                                .formatted(name, given.numRows, given.numCols));
            }
            return figure.svg();
        }
        DMatrixRMaj matrix = given;
        if (mask != null) {
            DMatrixRMaj entries = mask.of(given.numRows).dense(K);
            matrix = K.hadamard(entries, given);
            figure = figure.heatMap("The mask " + mask.heading(), entries)
                    .heatMap(name + " under the mask " + mask.heading(), matrix);
        }
        if (cuts != null) {
            requireLowerTriangular(name, matrix);
            figure = figure.blocks("Cut: dense diagonal, low rank below", cuts.boundaries(matrix.numRows));
        }
        return withRanks(figure, Classifier.real(1e-10).profile(matrix)).svg();
    }

    private static void requireLowerTriangular(String name, DMatrixRMaj matrix) {
        for (int i = 0; i < matrix.numRows; i++) {
            for (int j = i + 1; j < matrix.numCols; j++) {
                if (matrix.get(i, j) != 0) {
                    throw new ValueException(
                            Fault.OUT_OF_DOMAIN,
                            "%s: blocks are of lower triangular matrices, but entry (%d, %d) is %s"
                                    .formatted(name, i, j, matrix.get(i, j)));
                }
            }
        }
    }

    /** A mask with its cost and its rank. */
    static String mask(MaskExample mask, int length) {
        return mask.of(length)
                .addTo(new Figure(mask.heading()), mask.heading(), K)
                .svg();
    }

    /** Every kind of mask of structured masked attention. */
    public static String masks() {
        Figure figure = new Figure("Masks of structured masked attention").panels(176, 4);
        for (MaskExample mask : MaskExample.values()) {
            figure = mask.of(LENGTH).addTo(figure, mask.heading(), K);
        }
        return figure.scale().svg();
    }

    /** Every sequence model as a matrix, with its class by exact ranks. */
    public static String models() {
        Figure figure = new Figure("Sequence models as matrices").panels(144, 6);
        for (Zoo zoo : Zoo.values()) {
            figure = figure.heatMap(
                    zoo.label(),
                    zoo.example(new RealSamples(SEED), LENGTH).model().matrix(K),
                    classified(zoo, 128).summary().replace(" + ", "\n+ "));
        }
        return figure.scale().svg();
    }

    private static Classification classified(Zoo zoo, int length) {
        Zoo.Example<RingMatrix<Long>> example = zoo.example(new ExactSamples(SEED), length);
        return Classifier.exact(PrimeField.INSTANCE).classify(example.model(), example.scores());
    }

    /** The ranks of blocks below the diagonal, and how the largest grows with the length. */
    public static String ranks() {
        int length = 128;
        Plot profile =
                new Plot("Ranks below the diagonal, T = 64", Axis.linear("cut i"), Axis.linear("rank of M[i:, :i]"));
        Plot growth = new Plot(
                "The largest of them, as T grows", Axis.binary("T, steps"), Axis.binary("state that is needed"));
        for (Zoo zoo : List.of(Zoo.SOFTMAX_ATTENTION, Zoo.LOG_LINEAR_ATTENTION, Zoo.GLA, Zoo.MAMBA_2)) {
            List<MatrixProfile> profiles = classified(zoo, length).matrix();
            MatrixProfile half = profiles.get(profiles.size() - 2);
            profile = profile.curve(
                    zoo.label(),
                    IntStream.range(0, half.length()).asDoubleStream().toArray(),
                    ranks(half));
            growth = growth.curve(
                    zoo.label(),
                    profiles.stream().mapToDouble(MatrixProfile::length).toArray(),
                    profiles.stream()
                            .mapToDouble(MatrixProfile::strictlyLowerOrder)
                            .toArray());
        }
        return new Figure("Off-diagonal ranks of sequence models")
                .plot(profile)
                .plot(growth)
                .svg();
    }

    /** The orders in which masked attention can be contracted; two of them have names. */
    public static String contractionOrders() {
        int length = 1024;
        int size = 64;
        NdArray<DMatrixRMaj> rows = NdArray.of(K, K.zeros(length, size), length, size);
        List<Operand<DMatrixRMaj>> operands = List.of(rows, rows, rows, OneSemiseparableMask.causal(K, length));
        List<NamedPlan> orders = Contraction.allOrders("TN,SN,SP,TS->TP", operands).stream()
                .map(plan -> new NamedPlan(orderName(plan), plan))
                .toList();
        return new Figure("Orders of the contraction of masked attention")
                .contractionOrders(
                        "Y = (L ∘ Q Kᵀ) V in every order: Q TN, K SN, V SP, L TS → Y TP, with T = S = 1024, N = P = 64",
                        List.of("Q", "K", "V", "L"),
                        orders)
                .svg();
    }

    /** By the first two steps that take two operands: Q Kᵀ and the mask, or K ⊗ V and the mask. */
    private static String orderName(Plan plan) {
        List<String> products = plan.steps().stream()
                .filter(step -> step.operands().size() == 2)
                .map(Step::output)
                .map(Figures::sorted)
                .toList();
        return products.equals(List.of("ST", "ST", "PT"))
                ? "quadratic attention"
                : products.equals(List.of("NPS", "NPT", "PT")) ? "linear recurrence" : "";
    }

    private static String sorted(String indices) {
        return indices.chars()
                .sorted()
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    /** The block decomposition as chunks that pass states along, and that passing as a scan. */
    public static String statePassing(int length, Cuts cuts) {
        int[] boundaries = cuts.boundaries(length);
        return new Figure("Chunks with state passing")
                .panels(FACTOR, 1)
                .statePassing("The same blocks as chunks that pass a state along", boundaries)
                .factors(
                        "Step 3 as an associative scan",
                        "of H₀ and what the chunks add; grey entries are 1, brown ones decays through chunks",
                        SparseFactors.of(CumProdSum.ASSOCIATIVE_SCAN, K, decays(boundaries.length)))
                .svg();
    }

    /** Factors to draw patterns with. */
    private static DMatrixRMaj decays(int length) {
        return K.of(
                length, 1, new SplittableRandom(6).doubles(length, 0.6, 0.95).toArray());
    }

    /** The six algorithms for 1SS(a) as products of sparse matrices. */
    public static String cumProdSum(int length) {
        DMatrixRMaj a = decays(length);
        Figure figure = new Figure("Six algorithms for y = 1SS(a) b as sparse factors").panels(FACTOR, 1);
        for (CumProdSum algorithm : CumProdSum.values()) {
            List<DMatrixRMaj> factors = SparseFactors.of(algorithm, K, a);
            long work = factors.stream()
                    .mapToLong(factor -> entries(factor) - length)
                    .sum();
            String name = algorithm.name().toLowerCase(Locale.ROOT).replace('_', ' ');
            figure = figure.factors(
                    name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1),
                    "%d %s, %d multiplications"
                            .formatted(factors.size(), factors.size() == 1 ? "factor" : "factors", work),
                    factors);
        }
        return figure.note(
                        "Grey entries are 1, brown ones products of factors a. The matrix on the right is applied first.")
                .svg();
    }

    private static long entries(DMatrixRMaj matrix) {
        return IntStream.range(0, matrix.getNumElements())
                .filter(i -> matrix.data[i] != 0)
                .count();
    }

    /** Time against the length, and where the block form comes to be the fastest. */
    static String time(Curves data) {
        return new Figure("Time against the length")
                .plot(crossovers(
                        new Plot(
                                "Time of one head, N = P = 64, one thread",
                                Axis.binary("T, steps"),
                                Axis.decimal("milliseconds")),
                        data))
                .svg();
    }

    /** Memory against the length. */
    static String memory(Curves data) {
        return new Figure("Memory against the length")
                .plot(crossovers(
                        new Plot(
                                "Memory beside the inputs, one head, N = P = 64",
                                Axis.binary("T, steps"),
                                Axis.decimal("mebibytes")),
                        data))
                .svg();
    }

    private static Plot crossovers(Plot empty, Curves data) {
        Plot plot = empty;
        for (var curve : data.curves().entrySet()) {
            plot = plot.curve(
                    curve.getKey(), curve.getValue().lengths(), curve.getValue().values());
        }
        for (String other : List.of(Measurements.QUADRATIC, Measurements.ATTENTION)) {
            OptionalDouble crossover = data.crossover(Measurements.BLOCK, other);
            if (crossover.isPresent()) {
                long about = Math.round(crossover.getAsDouble() / 10) * 10;
                plot = plot.mark(
                        crossover.getAsDouble(),
                        "T ≈ %d: %s pass below %s".formatted(about, Measurements.BLOCK, other));
            }
        }
        return plot;
    }

    /** Errors against the length for each precision, with their bounds. */
    static String error(Curves data) {
        Plot plot = new Plot(
                "Largest error of y, relative to the largest y, N = 16, P = 4",
                Axis.binary("T, steps"),
                Axis.decimal("relative error"));
        for (Precision precision : Precision.values()) {
            Curves.Curve error = data.of(precision.toString());
            Curves.Curve bound = data.of(precision + Measurements.BOUND);
            plot = plot.curve(precision.toString(), error.lengths(), error.values())
                    .rule("bound of " + precision, bound.lengths(), bound.values());
        }
        return new Figure("Errors against the length").plot(plot).svg();
    }
}
