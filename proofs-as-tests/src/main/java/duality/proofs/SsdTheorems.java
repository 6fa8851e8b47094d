package duality.proofs;

import duality.algebra.Blocks;
import duality.algebra.FloatBlocks;
import duality.proofs.SsdMutants.BlockProgram;
import duality.semiseparable.CumProdSum;
import duality.ssd.BlockDecomposition;
import duality.ssd.Chunk;
import duality.ssd.Cuts;
import duality.ssd.QuadraticDual;
import duality.ssd.Recurrence;
import duality.ssd.ScalarSsm;
import duality.ssd.SsdAlgorithm;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** The duality itself: the recurrence, the quadratic form and the block form are one map (Dao and Gu 2024). */
final class SsdTheorems {
    private static final int LETTERS = 12;
    private static final int ALL_CUTS = 9;
    private static final Quantifier ANY_SIZE = new Quantifier(
            "N, P", "all", "rows of B, C, x and the state are letters of a free algebra, the decays central");
    private static final Quantifier ANY_ENTRY =
            new Quantifier("entries", "all, over every commutative ring", "variables; equal canonical forms");
    private static final List<Shape> SHAPES = Shape.upTo(8, 3, 2);

    private SsdTheorems() {}

    static List<Theorem<?>> all() {
        return List.of(
                matrix(),
                duality(),
                blocks(),
                chunkInduction(),
                stableDecays(),
                variableLength(),
                padding(),
                sequenceParallel());
    }

    private static Theorem<SsdAlgorithm> matrix() {
        return Theorem.<SsdAlgorithm>about(new Recurrence(), "matrix")
                .from("Dao and Gu 2024, equation 3 and Theorem 3.5, scalar transitions")
                .states(
                        "the recurrence with scalar transitions multiplies by M",
                        "y = M x,\\quad M_{ji} = a_j \\cdots a_{i+1}\\, C_j^\\top B_i")
                .of(Recurrence.class, ScalarSsm.class)
                .by(Proof.letters(
                        SsdTheorems::isEquation3,
                        Shape.upTo(LETTERS),
                        ANY_SIZE,
                        new Quantifier("T", "≤ " + LETTERS, "each; all T by chunk-induction")))
                .by(Proof.polynomials(
                        SsdTheorems::isEquation3, SHAPES, ANY_ENTRY, new Quantifier("T, N, P", "≤ 8, 3, 2", "each")))
                .refuting(SsdMutants.recurrenceMutants())
                .rounded(SsdTheorems::isEquation3, List.of(new Shape(24, 4, 3)))
                .build();
    }

    private static <M> void isEquation3(SsdAlgorithm program, World<M> w, Shape shape) {
        Blocks<M> k = w.k();
        int length = shape.time();
        ScalarSsm<M> ssm = w.ssm(shape);
        ScalarSsm<M> fromZero = ssm.slice(k, 0, length, k.zeros(shape.stateSize(), shape.headDim()));
        List<M> rows = new ArrayList<>();
        rows.add(k.zeros(0, length));
        for (int j = 0; j < length; j++) {
            List<M> row = new ArrayList<>();
            for (int i = 0; i < length; i++) {
                M entry = k.multiply(k.row(ssm.c(), j), k.transpose(k.row(ssm.b(), i)));
                for (int t = i + 1; t <= j; t++) {
                    entry = k.scale(k.row(ssm.decay(), t), entry);
                }
                row.add(i > j ? k.zeros(1, 1) : entry);
            }
            rows.add(k.stackColumns(row));
        }
        M m = k.stackRows(rows);
        w.equal("y", program.run(k, fromZero).y(), k.multiply(m, ssm.x()));
        w.equal("M", ssm.matrix(k), m);
    }

    private static Theorem<SsdAlgorithm> duality() {
        return Theorem.<SsdAlgorithm>about(new QuadraticDual(), "duality")
                .from("Dao and Gu 2024, Corollary 5.1 (equation 9 corrected)")
                .states(
                        "masked attention with the one-semiseparable mask is the recurrence, with any initial state",
                        "Y = (L \\circ C B^\\top) X,\\; L = \\mathrm{1SS}(a) \\iff "
                                + "h_t = a_t h_{t-1} + B_t x_t^\\top,\\; y_t = C_t^\\top h_t")
                .of(QuadraticDual.class, Recurrence.class, ScalarSsm.class)
                .by(Proof.letters(
                        SsdTheorems::isRecurrence,
                        Shape.upTo(LETTERS),
                        ANY_SIZE,
                        new Quantifier("T", "≤ " + LETTERS, "each; all T by chunk-induction")))
                .by(Proof.polynomials(
                        SsdTheorems::isRecurrence, SHAPES, ANY_ENTRY, new Quantifier("T, N, P", "≤ 8, 3, 2", "each")))
                .refuting(SsdMutants.quadraticMutants())
                .rounded(SsdTheorems::isRecurrence, List.of(new Shape(24, 4, 3)))
                .build();
    }

    private static <M> void isRecurrence(SsdAlgorithm program, World<M> w, Shape shape) {
        ScalarSsm<M> ssm = w.ssm(shape);
        w.equal("", program.run(w.k(), ssm), new Recurrence().run(w.k(), ssm));
    }

    private static Theorem<BlockProgram> blocks() {
        return Theorem.<BlockProgram>about(BlockDecomposition::new, "blocks")
                .from("Dao and Gu 2024, Theorem 6.1")
                .states(
                        "the four steps of the block decomposition are the recurrence, for all ways to cut and each of the six "
                                + "algorithms for step 3",
                        "Y = Y_{\\mathrm{diag}} + Y_{\\mathrm{off}},\\; Y_{\\mathrm{off},t} = a_{t:c} C_t^\\top H_{c-1},\\; "
                                + "H_c = a_{c+1:c} H_{c-1} + \\sum_{s \\in c} a_{c+1:s} B_s x_s^\\top")
                .of(BlockDecomposition.class, Chunk.class, CumProdSum.class)
                .by(Proof.letters(
                        SsdTheorems::allCuts,
                        Shape.upTo(ALL_CUTS),
                        ANY_SIZE,
                        new Quantifier(
                                "T, cuts", "T ≤ " + ALL_CUTS + ", all 2^(T−1)", "each; all T by chunk-induction"),
                        new Quantifier("algorithms for step 3", "six", "each")))
                .by(Proof.polynomials(
                        SsdTheorems::everyChunkLength,
                        SHAPES,
                        ANY_ENTRY,
                        new Quantifier("T, N, P, Q", "≤ 8, 3, 2, T + 1", "each")))
                .by(Proof.polynomials(
                        SsdTheorems::fullSize,
                        List.of(new Shape(32, 4, 4)),
                        new Quantifier("T, N, P, Q", "32, 4, 4, 8: 416 variables", "one shape")))
                .refuting(SsdMutants.blockMutants())
                .rounded(SsdTheorems::everyChunkLength, List.of(new Shape(12, 4, 3)))
                .build();
    }

    private static <M> void allCuts(BlockProgram program, World<M> w, Shape shape) {
        ScalarSsm<M> ssm = w.ssm(shape);
        ScalarSsm.Result<M> definition = new Recurrence().run(w.k(), ssm);
        int inner = Math.max(0, shape.time() - 1);
        for (int set = 0; set < 1 << inner; set++) {
            int chosen = set;
            int[] places = IntStream.rangeClosed(1, inner)
                    .filter(place -> (chosen >> (place - 1) & 1) != 0)
                    .toArray();
            for (CumProdSum scan : CumProdSum.values()) {
                w.equal(
                        "cuts " + Arrays.toString(places) + " " + scan + " ",
                        program.with(Cuts.at(places), scan).run(w.k(), ssm),
                        definition);
            }
        }
    }

    private static <M> void everyChunkLength(BlockProgram program, World<M> w, Shape shape) {
        ScalarSsm<M> ssm = w.ssm(shape);
        ScalarSsm.Result<M> definition = new Recurrence().run(w.k(), ssm);
        for (int chunk = 1; chunk <= shape.time() + 1; chunk++) {
            w.equal(
                    "Q=" + chunk + " ",
                    program.with(Cuts.every(chunk), CumProdSum.RECURRENT).run(w.k(), ssm),
                    definition);
        }
    }

    private static <M> void fullSize(BlockProgram program, World<M> w, Shape shape) {
        ScalarSsm<M> ssm = w.ssm(shape);
        ScalarSsm.Result<M> definition = new Recurrence().run(w.k(), ssm);
        w.equal("dual ", new QuadraticDual().run(w.k(), ssm), definition);
        w.equal("Q=8 ", program.with(Cuts.every(8), CumProdSum.RECURRENT).run(w.k(), ssm), definition);
    }

    private static Theorem<SsdAlgorithm> chunkInduction() {
        SequencedMap<String, SsdAlgorithm> mutants = new LinkedHashMap<>();
        SsdMutants.blockMutants().forEach((name, mutant) -> {
            if (name.startsWith("blocks, step")) {
                mutants.put(name, mutant.with(Cuts.at(), CumProdSum.RECURRENT));
            }
        });
        return Theorem.<SsdAlgorithm>about(new BlockDecomposition(Cuts.at(), CumProdSum.RECURRENT), "chunk-induction")
                .from("Dao and Gu 2024, Section 6")
                .states(
                        "from a free entry state, one chunk's outputs and exit state are those of its recurrent steps, and a longer "
                                + "chunk is a chunk and one more step: with state-passing, the block algorithm and the dual for sequences of any length",
                        "(H, x_1 \\ldots x_Q) \\mapsto (y_1 \\ldots y_Q, H')\\; \\text{is the composition of Q steps}")
                .of(BlockDecomposition.class, Chunk.class, Recurrence.class)
                .by(Proof.induction(
                        SsdTheorems::extends1,
                        "hypothesis: a chunk of n steps maps its free entry state as n steps do, and its parts are symbols; step: "
                                + "entered with that state, one more step gives the chunk of n + 1; chunks compose by state-passing",
                        Shape.upTo(LETTERS),
                        ANY_SIZE,
                        new Quantifier("T, number of chunks", "all", "induction over chunks, entry state free"),
                        new Quantifier(
                                "Q", "≤ " + LETTERS, "each: a longer chunk is two, whose composition is proven")))
                .refuting(mutants)
                .rounded(SsdTheorems::extends1, List.of(new Shape(16, 3, 2)))
                .build();
    }

    /** The chunk is the recurrence, and two chunks are what the program makes of the whole. */
    private static <M> void extends1(SsdAlgorithm program, World<M> w, Shape shape) {
        Blocks<M> k = w.k();
        ScalarSsm<M> ssm = w.ssm(shape);
        ScalarSsm.Result<M> whole = program.run(k, ssm);
        w.equal("", whole, new Recurrence().run(k, ssm));
        int length = shape.time();
        if (length > 0) {
            ScalarSsm.Result<M> first = program.run(k, ssm.slice(k, 0, length - 1, ssm.initialState()));
            ScalarSsm.Result<M> last = program.run(k, ssm.slice(k, length - 1, length, first.finalState()));
            w.equal("one more step: y", k.stackRows(List.of(first.y(), last.y())), whole.y());
            w.equal("one more step: h", last.finalState(), whole.finalState());
        }
    }

    // ---- Decays in rounded numbers

    /** The mask of decays in single precision, from their factors or their logarithms. */
    interface RoundedMask {
        float[][] of(float[] factors, double[] logarithms);
    }

    private static Theorem<RoundedMask> stableDecays() {
        return Theorem.<RoundedMask>about(
                        (factors, logarithms) -> {
                            FloatBlocks k = FloatBlocks.INSTANCE;
                            double[] values = new double[factors.length];
                            Arrays.setAll(values, i -> factors[i]);
                            double[] mask = k.toArray(k.oneSemiseparable(k.of(factors.length, 1, values)));
                            float[][] rows = new float[factors.length][factors.length];
                            for (int i = 0; i < mask.length; i++) {
                                rows[i / factors.length][i % factors.length] = (float) mask[i];
                            }
                            return rows;
                        },
                        "stable-decays")
                .from("Dao and Gu 2024, Listing 1 (corrected: products of factors, no differences of cumulative sums)")
                .states(
                        "the mask as products of decays has a relative error of at most γ in every entry, and exact zeros behind a reset",
                        "|\\hat a_{j:i} - a_{j:i}| \\le \\gamma_{j-i}\\, a_{j:i}")
                .of(FloatBlocks.class)
                .by(new Proof<>(
                        Method.FLOATING_POINT,
                        "single precision against exact products, T = 200, logarithms down to −20 and one step of −10⁸; then a reset",
                        List.of(
                                new Quantifier("entries", "every one that does not underflow", "each"),
                                new Quantifier("decays", "three kinds", "sampled")),
                        SsdTheorems::decaysAreAccurate))
                .refuting("decays: as printed in Listing 1, differences of cumulative sums", (factors, logarithms) -> {
                    int length = factors.length;
                    float[] sums = new float[length];
                    float sum = 0;
                    for (int t = 0; t < length; t++) {
                        sum += (float) logarithms[t];
                        sums[t] = sum;
                    }
                    float[][] mask = new float[length][length];
                    for (int j = 0; j < length; j++) {
                        for (int i = 0; i <= j; i++) {
                            mask[j][i] = (float) Math.exp(sums[j] - sums[i]);
                        }
                    }
                    return mask;
                })
                .rounded("the statement itself")
                .build();
    }

    private static Evidence decaysAreAccurate(RoundedMask program) {
        List<String> lines = new ArrayList<>();
        long entries = 0;
        for (String kind : List.of("moderate", "one step of −1e8", "a reset")) {
            int length = 200;
            SplittableRandom random = new SplittableRandom(9);
            double[] logarithms = random.doubles(length, kind.equals("moderate") ? -0.5 : -0.01, 0)
                    .toArray();
            if (!kind.equals("moderate")) {
                logarithms[100] = kind.equals("a reset") ? Double.NEGATIVE_INFINITY : -1e8;
            }
            float[] factors = new float[length];
            for (int t = 0; t < length; t++) {
                factors[t] = (float) Math.exp(logarithms[t]);
            }
            float[][] mask = program.of(factors, logarithms);
            double worst = 0;
            for (int i = 0; i < length; i++) {
                BigDecimal product = BigDecimal.ONE;
                for (int j = i; j < length; j++) {
                    product = j == i
                            ? product
                            : product.multiply(new BigDecimal(factors[j])).round(MathContext.DECIMAL128);
                    double exact = product.doubleValue();
                    // Factors of the logarithms themselves are off by half an ulp each: j − i more roundings.
                    double bound =
                            2 * (j - i) * 0x1p-24 / (1 - 2 * (j - i) * 0x1p-24) * exact + Float.MIN_VALUE * length;
                    double error = Math.abs(mask[j][i] - exact);
                    if (!(error <= bound)) {
                        throw new Refutation("%s: a[%d:%d] = %s, but %s exactly, more than %s apart"
                                .formatted(kind, j, i, mask[j][i], exact, bound));
                    }
                    worst = Math.max(worst, error == 0 ? 0 : error / bound);
                    entries++;
                }
            }
            lines.add("%s: at most %.2f of the bound".formatted(kind, worst));
        }
        return new Evidence(entries, entries, 0, lines);
    }

    // ---- Packed sequences

    /** Runs two sequences packed into one, the second at {@code from}. */
    interface Packing {
        <M> M decays(Blocks<M> k, M decay, int from);
    }

    private static Theorem<Packing> variableLength() {
        return Theorem.<Packing>about(
                        new Packing() {
                            @Override
                            public <M> M decays(Blocks<M> k, M decay, int from) {
                                return reset(k, decay, from);
                            }
                        },
                        "variable-length")
                .from("Dao and Gu 2024, Section 8.3 (corrected: the reset is on the first token of the next sequence)")
                .states(
                        "sequences packed one after another are run separately by a decay of zero at the first token of each",
                        "a_{\\mathrm{first}(i)} = 0 \\implies M = \\mathrm{diag}(M_1, \\ldots, M_n)")
                .of(ScalarSsm.class, Recurrence.class, QuadraticDual.class, BlockDecomposition.class)
                .by(Proof.letters(
                        SsdTheorems::separates,
                        Shape.upTo(8),
                        ANY_SIZE,
                        new Quantifier("T, where the second starts", "T ≤ 8, everywhere", "each")))
                .refuting("packing: as printed in Section 8.3, zero at the last token of a sequence", new Packing() {
                    @Override
                    public <M> M decays(Blocks<M> k, M decay, int from) {
                        return reset(k, decay, from - 1);
                    }
                })
                .refuting("packing: reset at the second token", new Packing() {
                    @Override
                    public <M> M decays(Blocks<M> k, M decay, int from) {
                        return reset(k, decay, Math.min(from + 1, k.rows(decay) - 1));
                    }
                })
                .refuting("packing: no reset", new Packing() {
                    @Override
                    public <M> M decays(Blocks<M> k, M decay, int from) {
                        return decay;
                    }
                })
                .rounded(SsdTheorems::separates, List.of(new Shape(10, 3, 2)))
                .build();
    }

    private static <M> M reset(Blocks<M> k, M decay, int at) {
        return k.stackRows(List.of(k.rows(decay, 0, at), k.zeros(1, 1), k.rows(decay, at + 1, k.rows(decay))));
    }

    private static <M> void separates(Packing program, World<M> w, Shape shape) {
        Blocks<M> k = w.k();
        ScalarSsm<M> ssm = w.ssm(shape);
        int length = shape.time();
        M zero = k.zeros(shape.stateSize(), shape.headDim());
        for (int from = 1; from < length; from++) {
            ScalarSsm<M> packed = new ScalarSsm<>(
                    program.decays(k, ssm.decay(), from), ssm.b(), ssm.c(), ssm.x(), ssm.initialState());
            ScalarSsm.Result<M> first = new Recurrence().run(k, ssm.slice(k, 0, from, ssm.initialState()));
            ScalarSsm.Result<M> second = new Recurrence().run(k, ssm.slice(k, from, length, zero));
            ScalarSsm.Result<M> expected =
                    new ScalarSsm.Result<>(k.stackRows(List.of(first.y(), second.y())), second.finalState());
            for (SsdAlgorithm algorithm : List.of(new Recurrence(), new QuadraticDual(), new BlockDecomposition(3))) {
                w.equal(
                        "second at " + from + ", " + algorithm.getClass().getSimpleName() + " ",
                        algorithm.run(k, packed),
                        expected);
            }
        }
    }

    // ---- Padding

    /** The decay and the input of a padded step. */
    interface Padding {
        <M> ScalarSsm<M> pad(Blocks<M> k, ScalarSsm<M> ssm, int at);
    }

    private static <M> ScalarSsm<M> insert(Blocks<M> k, ScalarSsm<M> ssm, int at, M decay, M x) {
        int length = ssm.length(k);
        return new ScalarSsm<>(
                k.stackRows(List.of(k.rows(ssm.decay(), 0, at), decay, k.rows(ssm.decay(), at, length))),
                k.stackRows(
                        List.of(k.rows(ssm.b(), 0, at), k.ones(1, k.columns(ssm.b())), k.rows(ssm.b(), at, length))),
                k.stackRows(
                        List.of(k.rows(ssm.c(), 0, at), k.ones(1, k.columns(ssm.c())), k.rows(ssm.c(), at, length))),
                k.stackRows(List.of(k.rows(ssm.x(), 0, at), x, k.rows(ssm.x(), at, length))),
                ssm.initialState());
    }

    private static Theorem<Padding> padding() {
        return Theorem.<Padding>about(
                        new Padding() {
                            @Override
                            public <M> ScalarSsm<M> pad(Blocks<M> k, ScalarSsm<M> ssm, int at) {
                                return insert(k, ssm, at, k.ones(1, 1), k.zeros(1, k.columns(ssm.x())));
                            }
                        },
                        "padding")
                .from("the padding of chunks; Dao and Gu 2024, Section 6")
                .states(
                        "a padded step has decay one and input zero (a step size of zero): it changes no other output and no state",
                        "\\Delta_t = 0 \\implies a_t = 1,\\; \\Delta_t x_t = 0,\\; h_t = h_{t-1}")
                .of(ScalarSsm.class, BlockDecomposition.class)
                .by(Proof.letters(
                        SsdTheorems::isNeutral,
                        Shape.upTo(7),
                        ANY_SIZE,
                        new Quantifier("T, place", "T ≤ 7, each", "each")))
                .refuting("padding: the padded step decays the state", new Padding() {
                    @Override
                    public <M> ScalarSsm<M> pad(Blocks<M> k, ScalarSsm<M> ssm, int at) {
                        return insert(k, ssm, at, k.zeros(1, 1), k.zeros(1, k.columns(ssm.x())));
                    }
                })
                .refuting("padding: the padded step has an input", new Padding() {
                    @Override
                    public <M> ScalarSsm<M> pad(Blocks<M> k, ScalarSsm<M> ssm, int at) {
                        return insert(k, ssm, at, k.ones(1, 1), k.ones(1, k.columns(ssm.x())));
                    }
                })
                .rounded(SsdTheorems::isNeutral, List.of(new Shape(8, 3, 2)))
                .build();
    }

    private static <M> void isNeutral(Padding program, World<M> w, Shape shape) {
        Blocks<M> k = w.k();
        ScalarSsm<M> ssm = w.ssm(shape);
        ScalarSsm.Result<M> expected = new Recurrence().run(k, ssm);
        for (int at = 0; at <= shape.time(); at++) {
            ScalarSsm.Result<M> padded = new BlockDecomposition(3).run(k, program.pad(k, ssm, at));
            M kept = k.stackRows(List.of(k.rows(padded.y(), 0, at), k.rows(padded.y(), at + 1, shape.time() + 1)));
            w.equal("padded at " + at + " ", new ScalarSsm.Result<>(kept, padded.finalState()), expected);
        }
    }

    // ---- Sequence parallelism

    /** What a worker adds for the state that it is given, once it has run its stretch from a state of zero. */
    interface Worker {
        <M> ScalarSsm.Result<M> correction(Blocks<M> k, ScalarSsm<M> stretch, M entering);
    }

    private static Theorem<Worker> sequenceParallel() {
        return Theorem.<Worker>about(
                        new Worker() {
                            @Override
                            public <M> ScalarSsm.Result<M> correction(Blocks<M> k, ScalarSsm<M> stretch, M entering) {
                                return withoutInputs(k, stretch, entering);
                            }
                        },
                        "sequence-parallel")
                .from("Dao and Gu 2024, Section 8.2")
                .states(
                        "workers run their stretches from a state of zero by the block algorithm, pass the states along, and add what "
                                + "the state that enters contributes: the map is linear in state and inputs",
                        "f(h, x) = f(0, x) + f(h, 0),\\quad h_{w+1} = \\alpha_w h_w + S_w")
                .of(BlockDecomposition.class, ScalarSsm.class)
                .by(Proof.letters(
                        SsdTheorems::isWhole,
                        Shape.upTo(8),
                        ANY_SIZE,
                        new Quantifier(
                                "T, stretches", "T ≤ 8; 1, 2, 3 steps a worker", "each; all by chunk-induction")))
                .refuting("workers: the state that enters is not decayed on its way through", new Worker() {
                    @Override
                    public <M> ScalarSsm.Result<M> correction(Blocks<M> k, ScalarSsm<M> stretch, M entering) {
                        return new ScalarSsm.Result<>(
                                withoutInputs(k, stretch, entering).y(), entering);
                    }
                })
                .refuting("workers: outputs not corrected", new Worker() {
                    @Override
                    public <M> ScalarSsm.Result<M> correction(Blocks<M> k, ScalarSsm<M> stretch, M entering) {
                        ScalarSsm.Result<M> right = withoutInputs(k, stretch, entering);
                        return new ScalarSsm.Result<>(
                                k.zeros(k.rows(right.y()), k.columns(right.y())), right.finalState());
                    }
                })
                .rounded(SsdTheorems::isWhole, List.of(new Shape(11, 3, 2)))
                .build();
    }

    private static <M> ScalarSsm.Result<M> withoutInputs(Blocks<M> k, ScalarSsm<M> stretch, M entering) {
        M nothing = k.zeros(stretch.length(k), k.columns(stretch.x()));
        return new BlockDecomposition(2)
                .run(k, new ScalarSsm<>(stretch.decay(), stretch.b(), stretch.c(), nothing, entering));
    }

    private static <M> void isWhole(Worker program, World<M> w, Shape shape) {
        Blocks<M> k = w.k();
        ScalarSsm<M> ssm = w.ssm(shape);
        ScalarSsm.Result<M> expected = new Recurrence().run(k, ssm);
        M zero = k.zeros(shape.stateSize(), shape.headDim());
        for (int steps = 1; steps <= 3; steps++) {
            List<M> y = new ArrayList<>();
            y.add(k.zeros(0, shape.headDim()));
            M state = ssm.initialState();
            for (int from = 0; from < shape.time(); from += steps) {
                ScalarSsm<M> stretch = ssm.slice(k, from, Math.min(from + steps, shape.time()), zero);
                ScalarSsm.Result<M> own = new BlockDecomposition(2).run(k, stretch);
                ScalarSsm.Result<M> rest = program.correction(k, stretch, state);
                y.add(k.add(own.y(), rest.y()));
                state = k.add(own.finalState(), rest.finalState());
            }
            w.equal(steps + " steps a worker: ", new ScalarSsm.Result<>(k.stackRows(y), state), expected);
        }
    }
}
