package duality.ssd.internal;

import duality.algebra.EjmlBlocks;
import duality.algebra.FloatingBlocks;
import duality.ssd.BlockDecomposition;
import duality.ssd.BlockGradient;
import duality.ssd.Cuts;
import duality.ssd.Precision;
import duality.ssd.QuadraticDual;
import duality.ssd.Recurrence;
import duality.ssd.ScalarSsm;
import duality.ssd.SsdAlgorithm;
import duality.ssd.SsdBackend;
import duality.ssd.SsdGradients;
import duality.ssd.SsdHead;
import duality.ssd.SsdInputs;
import duality.ssd.SsdOptions;
import duality.ssd.SsdOptions.Algorithm;
import duality.ssd.SsdOutputs;
import duality.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.jspecify.annotations.Nullable;

/**
 * The operator by the generic algorithms over floating-point blocks: every head of every sequence is a
 * {@link HeadProblem} of its own. Heads may run in parallel; what they share is summed afterwards, in a fixed
 * order.
 */
public final class BlocksBackend implements SsdBackend {
    private static final EjmlBlocks DOUBLES = EjmlBlocks.INSTANCE;

    private final String name;
    private final String description;
    private final Algorithm auto;
    private final boolean parallel;
    private final boolean magnitudes;

    /**
     * A backend.
     *
     * @param auto the algorithm that {@link Algorithm#AUTO} stands for
     * @param parallel whether heads run in parallel
     */
    public BlocksBackend(String name, String description, Algorithm auto, boolean parallel) {
        this(name, description, auto, parallel, false);
    }

    private BlocksBackend(String name, String description, Algorithm auto, boolean parallel, boolean magnitudes) {
        this.name = name;
        this.description = description;
        this.auto = auto;
        this.parallel = parallel;
        this.magnitudes = magnitudes;
    }

    /** A backend that computes the {@linkplain HeadProblem#absolute magnitudes} of outputs and gradients. */
    public static SsdBackend magnitudes() {
        return new BlocksBackend("magnitudes", "the operator on absolute values", Algorithm.BLOCK, true, true);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String description() {
        return description;
    }

    @Override
    public SsdOutputs forward(SsdInputs given, SsdOptions options) {
        SsdInputs in = given.in(options.precision());
        SsdOutputs out = SsdOutputs.zeros(in, options.precision());
        Tensor y = out.y();
        Tensor finalStates = out.finalStates();
        SsdAlgorithm algorithm = algorithm(options);
        forEachHead(in, head -> {
            Scanned scanned = scan(options.precision().blocks(), algorithm, head.problem());
            writeRows(y, head.sequence(), head.index(), head.problem().headDim(), outputs(head.problem(), scanned));
            finalStates.writeDoubles(HeadProblem.stateOffset(in, head.sequence(), head.index()), scanned.finalState());
            return head.index();
        });
        return out;
    }

    /** The scan alone: y (T×P) and the final state, transposed to (P×N). */
    private record Scanned(double[] y, double[] finalState) {}

    private static <M> Scanned scan(FloatingBlocks<M> k, SsdAlgorithm algorithm, HeadProblem problem) {
        ScalarSsm.Result<M> result = algorithm.run(k, problem.scan(k));
        return new Scanned(k.toArray(result.y()), k.toArray(k.transpose(result.finalState())));
    }

    private static double[] outputs(HeadProblem problem, Scanned scanned) {
        return DOUBLES.toArray(problem.surroundings().outputs(DOUBLES, block(problem, scanned.y())));
    }

    /** Rows of the head's channels. */
    private static DMatrixRMaj block(HeadProblem problem, double[] rows) {
        return DOUBLES.of(problem.length(), problem.headDim(), rows);
    }

    @Override
    public SsdGradients backward(SsdInputs given, Tensor dy, @Nullable Tensor dFinalStates, SsdOptions options) {
        SsdInputs in = given.in(options.precision());
        in.checkGradients(dy, dFinalStates);
        List<HeadGradient> heads = forEachHead(
                in,
                head -> gradient(
                        options.precision().blocks(),
                        blockDecomposition(options, head.problem()),
                        in,
                        head,
                        dy,
                        dFinalStates));
        GradientSums sums = new GradientSums(in);
        heads.forEach(sums::add);
        return sums.rounded(options.precision());
    }

    /** One head's share of every gradient, in the layout of {@link HeadProblem}. */
    private record HeadGradient(
            SsdInputs.Sequence sequence,
            int head,
            double[] x,
            double[] dt,
            double rate,
            double[] b,
            double[] c,
            double[] skip,
            double @Nullable [] z,
            double[] initialState) {}

    private <M> HeadGradient gradient(
            FloatingBlocks<M> k,
            BlockDecomposition blocks,
            SsdInputs in,
            Head head,
            Tensor dy,
            @Nullable Tensor dFinalStates) {
        HeadProblem problem = head.problem();
        int p = problem.headDim();
        int n = problem.stateSize();
        double[] dFinal = dFinalStates == null
                ? new double[n * p]
                : prepared(HeadProblem.transpose(
                        dFinalStates.readDoubles(HeadProblem.stateOffset(in, head.sequence(), head.index()), n * p),
                        p,
                        n));
        DMatrixRMaj dOut = block(problem, prepared(HeadProblem.rows(dy, head.sequence(), head.index(), p)));
        SsdHead<DMatrixRMaj> surroundings = problem.surroundings();
        BlockGradient.Result<M> scan = new BlockGradient(blocks)
                .run(
                        k,
                        problem.scan(k),
                        k.of(problem.length(), p, DOUBLES.toArray(surroundings.scanGradient(DOUBLES, dOut))),
                        k.of(n, p, dFinal));
        double[] b = k.toArray(scan.b());
        double[] c = k.toArray(scan.c());
        double[] logDecay = k.toArray(scan.logDecay());
        double[] initialState = k.toArray(k.transpose(scan.initialState()));
        SsdHead.Gradient<DMatrixRMaj> gradient = surroundings.gradient(
                DOUBLES,
                // Only the gate's gradient needs the outputs.
                block(
                        problem,
                        problem.z() == null
                                ? new double[problem.length() * p]
                                : scan(k, blocks, problem).y()),
                dOut,
                new BlockGradient.Result<>(
                        DOUBLES.of(problem.length(), 1, logDecay),
                        DOUBLES.of(problem.length(), n, b),
                        DOUBLES.of(problem.length(), n, c),
                        block(problem, k.toArray(scan.x())),
                        DOUBLES.of(p, n, initialState)));
        double[] dt = DOUBLES.toArray(gradient.dt());
        if (Double.isInfinite(problem.rate())) {
            for (int t = 0; t < dt.length; t++) {
                // The gradient of a reset is zero; that of a step of length zero has no other limit than this.
                dt[t] += logDecay[t] == 0 ? 0 : logDecay[t] * problem.rate() * problem.dtSlope()[t];
            }
        }
        return new HeadGradient(
                head.sequence(),
                head.index(),
                DOUBLES.toArray(gradient.x()),
                dt,
                DOUBLES.toArray(gradient.rate())[0],
                b,
                c,
                DOUBLES.toArray(gradient.skip()),
                gradient.z() == null ? null : DOUBLES.toArray(gradient.z()),
                initialState);
    }

    private double[] prepared(double[] gradient) {
        return magnitudes ? HeadProblem.absolute(gradient) : gradient;
    }

    private HeadProblem prepared(HeadProblem problem) {
        return magnitudes ? problem.absolute() : problem;
    }

    /** The sum of all heads' gradients, in float64, in the order of sequences and heads. */
    private static final class GradientSums {
        private final SsdInputs in;
        private final SsdGradients sums;

        GradientSums(SsdInputs in) {
            this.in = in;
            sums = SsdGradients.zeros(in, Precision.FLOAT64);
        }

        void add(HeadGradient gradient) {
            int h = gradient.head();
            addRows("x", gradient, HeadProblem.shared(h, in.heads(), in.xHeads()), in.headDim(), gradient.x());
            addRows("dt", gradient, h, 1, gradient.dt());
            add("A", h, gradient.rate());
            addRows("B", gradient, HeadProblem.shared(h, in.heads(), in.bGroups()), in.stateSize(), gradient.b());
            addRows("C", gradient, HeadProblem.shared(h, in.heads(), in.cGroups()), in.stateSize(), gradient.c());
            double[] dz = gradient.z();
            if (dz != null) {
                addRows("z", gradient, h, in.headDim(), dz);
            }
            if (in.dtBias() != null) {
                add("dt_bias", h, sum(gradient.dt()));
            }
            Tensor d = in.skip();
            if (d != null && d.rank() == 1) {
                add("D", h, sum(gradient.skip()));
            } else if (d != null) {
                add("D", (long) h * in.headDim(), gradient.skip());
            }
            add("initial_states", HeadProblem.stateOffset(in, gradient.sequence(), h), gradient.initialState());
        }

        private static double sum(double[] values) {
            double sum = 0;
            for (double value : values) {
                sum += value;
            }
            return sum;
        }

        private void addRows(String name, HeadGradient gradient, int head, int width, double[] rows) {
            Tensor target = sums.of(name);
            for (int t = 0; t < gradient.sequence().length(); t++) {
                add(
                        name,
                        HeadProblem.rowOffset(target, gradient.sequence(), t, head, width),
                        Arrays.copyOfRange(rows, t * width, (t + 1) * width));
            }
        }

        private void add(String name, long offset, double... values) {
            Tensor target = sums.of(name);
            double[] sum = target.readDoubles(offset, values.length);
            for (int i = 0; i < values.length; i++) {
                sum[i] += values[i];
            }
            target.writeDoubles(offset, sum);
        }

        SsdGradients rounded(Precision precision) {
            SequencedMap<String, Tensor> result = new LinkedHashMap<>();
            sums.arrays().forEach((name, sum) -> result.put(name, sum.to(precision.type(name))));
            return new SsdGradients(result);
        }
    }

    private static void writeRows(Tensor target, SsdInputs.Sequence sequence, int head, int width, double[] rows) {
        for (int t = 0; t < sequence.length(); t++) {
            target.writeDoubles(
                    HeadProblem.rowOffset(target, sequence, t, head, width),
                    Arrays.copyOfRange(rows, t * width, (t + 1) * width));
        }
    }

    private SsdAlgorithm algorithm(SsdOptions options) {
        return switch (options.algorithm() == Algorithm.AUTO ? auto : options.algorithm()) {
            case RECURRENT -> new Recurrence();
            case QUADRATIC -> new QuadraticDual();
            case BLOCK, AUTO -> new BlockDecomposition(Cuts.every(options.chunkLength()), options.statePassing());
        };
    }

    /** The cuts that make the block gradient the gradient of the algorithm asked for. */
    private BlockDecomposition blockDecomposition(SsdOptions options, HeadProblem problem) {
        int chunkLength = switch (options.algorithm() == Algorithm.AUTO ? auto : options.algorithm()) {
            case RECURRENT -> 1;
            case QUADRATIC -> Math.max(1, problem.length());
            case BLOCK, AUTO -> options.chunkLength();
        };
        return new BlockDecomposition(Cuts.every(chunkLength), options.statePassing());
    }

    private record Head(SsdInputs.Sequence sequence, int index, HeadProblem problem) {}

    /** Runs a task for every head of every sequence and returns the results in order. */
    private <R> List<R> forEachHead(SsdInputs in, Function<Head, R> task) {
        IntStream numbers = IntStream.range(0, Math.multiplyExact(in.sequences().size(), in.heads()));
        return (parallel ? numbers.parallel() : numbers)
                .mapToObj(i -> {
                    SsdInputs.Sequence sequence = in.sequences().get(i / in.heads());
                    int head = i % in.heads();
                    return task.apply(new Head(sequence, head, prepared(HeadProblem.read(in, sequence, head))));
                })
                .toList();
    }
}
