package duality.cli;

import duality.algebra.FloatBlocks;
import duality.algebra.FloatMatrix;
import duality.algebra.FloatingBlocks;
import duality.algebra.Ring;
import duality.algebra.RingBlocks;
import duality.algebra.RingMatrix;
import duality.kernels.Simd;
import duality.sma.SoftmaxAttention;
import duality.ssd.BlockDecomposition;
import duality.ssd.Precision;
import duality.ssd.QuadraticDual;
import duality.ssd.Recurrence;
import duality.ssd.ScalarSsm;
import duality.ssd.SsdAlgorithm;
import duality.ssd.SsdBackends;
import duality.ssd.SsdCheck;
import duality.ssd.SsdInputs;
import duality.ssd.SsdOptions;
import duality.ssd.SsdOutputs;
import duality.tensor.DType;
import duality.tensor.Tensor;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ForkJoinPool;
import java.util.function.DoubleSupplier;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * The measurements behind figures: time, memory and error against the length.
 *
 * @param longest the largest T of times; memory goes to half of it, as the quadratic form does, errors to twice as far
 * @param seconds how long to measure each time
 */
record Measurements(int longest, double seconds) {
    static final String RECURRENT = "recurrence";
    static final String QUADRATIC = "quadratic dual";
    static final String BLOCK = "blocks of 64";
    static final String FUSED = "fused blocks of 64";
    static final String ATTENTION = "softmax attention";

    /** What the name of a precision's bound ends in. */
    static final String BOUND = " bound";

    private static final int SIZE = 64;
    private static final int CHUNK = 64;
    private static final int SHORTEST = 64;
    private static final SsdOptions OPTIONS = SsdOptions.defaults().withChunkLength(CHUNK);

    /** What the documentation shows. */
    Measurements() {
        this(8192, 0.5);
    }

    /** A head of one layer, as the generic algorithms and as the operator take it. */
    private record Head(ScalarSsm<FloatMatrix> ssm, SsdInputs inputs) {
        static Head of(int length) {
            FloatBlocks k = FloatBlocks.INSTANCE;
            SsdInputs inputs = random(length, SIZE, SIZE).in(Precision.FLOAT32);
            double[] dt = inputs.dt().toDoubleArray();
            double rate = inputs.a().getDouble(0);
            double[] decay = new double[length];
            for (int t = 0; t < length; t++) {
                decay[t] = Math.exp(dt[t] * rate);
            }
            FloatMatrix scaled = k.scaleRows(
                    k.of(length, 1, dt), k.of(length, SIZE, inputs.x().toDoubleArray()));
            ScalarSsm<FloatMatrix> ssm = ScalarSsm.of(
                    k,
                    k.of(length, 1, decay),
                    k.of(length, SIZE, inputs.b().toDoubleArray()),
                    k.of(length, SIZE, inputs.c().toDoubleArray()),
                    scaled,
                    k.zeros(SIZE, SIZE));
            return new Head(ssm, inputs);
        }
    }

    /** Random inputs with step sizes in the range that Mamba-2 starts from; the state remembers about a thousand steps. */
    private static SsdInputs random(int length, int stateSize, int headDim) {
        SplittableRandom random = new SplittableRandom(64);
        DoubleSupplier symmetric = () -> random.nextDouble(-1, 1);
        return SsdInputs.builder(
                        single(Tensor.generate(symmetric, 1, length, 1, headDim)),
                        single(Tensor.generate(() -> random.nextDouble(1e-3, 1e-1), 1, length, 1)),
                        single(Tensor.generate(() -> -1.0 / 64, 1)),
                        single(Tensor.generate(symmetric, 1, length, 1, stateSize)),
                        single(Tensor.generate(symmetric, 1, length, 1, stateSize)))
                .build();
    }

    private static Tensor single(Tensor tensor) {
        return tensor.to(DType.FLOAT32);
    }

    /** A way to compute the outputs of a head over given operations. */
    private interface Way {
        Object run(FloatingBlocks<FloatMatrix> k, Head head);

        static Way of(SsdAlgorithm algorithm) {
            return (k, head) -> algorithm.run(k, head.ssm());
        }
    }

    /** Each of the generic algorithms, over float32. */
    private static SequencedMap<String, Way> ways() {
        SequencedMap<String, Way> ways = new LinkedHashMap<>();
        ways.put(RECURRENT, Way.of(new Recurrence()));
        ways.put(QUADRATIC, Way.of(new QuadraticDual()));
        ways.put(BLOCK, Way.of(new BlockDecomposition(CHUNK)));
        SoftmaxAttention attention = new SoftmaxAttention(1 / Math.sqrt(SIZE), true, CHUNK);
        ways.put(
                ATTENTION,
                (k, head) -> attention.run(
                        k, head.ssm().c(), head.ssm().b(), head.ssm().x()));
        return ways;
    }

    /** The curves of one of {@link Figures#MEASURED}. */
    Curves of(String name) {
        try (Progress progress = Progress.of("Measuring", name.equals("time") ? 5 : name.equals("memory") ? 4 : 3)) {
            return switch (name) {
                case "time" -> time(progress);
                case "memory" -> memory(progress);
                case "error" -> error(progress);
                default -> throw new IllegalArgumentException(name);
            };
        }
    }

    /** Milliseconds of one thread against T: medians. */
    private Curves time(Progress progress) {
        SequencedMap<String, Way> ways = ways();
        ways.put(FUSED, (_, head) -> SsdBackends.CPU.forward(head.inputs(), OPTIONS.with(Precision.FLOAT32)));
        try (ForkJoinPool one = new ForkJoinPool(1)) {
            Callable<Curves> all = () -> curves(
                    List.of(
                            "Processor time in milliseconds of one head, headDim 64, stateSize 64, float32, one thread: medians.",
                            "The first four are the generic algorithms over float32 blocks; fused blocks are the cpu backend."),
                    ways,
                    longest,
                    (way, length) -> {
                        Head head = Head.of(length);
                        return median(() -> way.run(FloatBlocks.INSTANCE, head));
                    },
                    progress);
            return one.submit(all).join();
        }
    }

    /**
     * The median of the processor's time in milliseconds, which does not count what others do meanwhile; of at least five
     * runs, after as many to warm up.
     */
    private double median(Runnable run) {
        ThreadMXBean clock = ManagementFactory.getThreadMXBean();
        List<Double> times = new ArrayList<>();
        for (int round = 0; round < 2; round++) {
            times.clear();
            long end = clock.getCurrentThreadCpuTime() + (long) (seconds * 1e9);
            while (times.size() < 5 || clock.getCurrentThreadCpuTime() < end) {
                long start = clock.getCurrentThreadCpuTime();
                run.run();
                times.add((clock.getCurrentThreadCpuTime() - start) / 1e6);
            }
        }
        return times.stream().sorted().toList().get(times.size() / 2);
    }

    /** The most mebibytes that are held at once, beside the inputs, against T. */
    private Curves memory(Progress progress) {
        return curves(
                List.of(
                        "Memory in MiB of one head, headDim 64, stateSize 64, float32: the most that the generic algorithms hold",
                        "at once beside the inputs, outputs included; an eighth more may have been missed."),
                ways(),
                longest / 2,
                (way, length) -> {
                    LiveBlocks<FloatMatrix> blocks = new LiveBlocks<>(FloatBlocks.INSTANCE);
                    way.run(blocks.operations(), Head.of(length));
                    return blocks.most() * Float.BYTES / 0x1p20;
                },
                progress);
    }

    /** A number for an algorithm and a length. */
    private interface Measure {
        double of(Way way, int length);
    }

    private Curves curves(
            List<String> notes, SequencedMap<String, Way> ways, int last, Measure measure, Progress progress) {
        SequencedMap<String, Curves.Curve> curves = new LinkedHashMap<>();
        ways.forEach((name, way) -> {
            progress.next(name);
            double[] lengths = lengths(name.equals(QUADRATIC) ? Math.min(last, longest / 2) : last);
            curves.put(
                    name,
                    new Curves.Curve(
                            lengths,
                            Arrays.stream(lengths)
                                    .map(length -> measure.of(way, (int) length))
                                    .toArray()));
        });
        return new Curves(withMachine(notes), curves);
    }

    private static double[] lengths(int longest) {
        return DoubleStream.iterate(SHORTEST, length -> length <= longest, length -> 2 * length)
                .toArray();
    }

    private static List<String> withMachine(List<String> notes) {
        List<String> all = new ArrayList<>(notes);
        all.add("Measured by Duality " + Main.Version.text() + " on Java " + InfoCommand.java() + ".");
        all.add(InfoCommand.system() + "; SIMD " + Simd.description() + ".");
        return all;
    }

    /**
     * The largest error of y relative to its largest value, for each precision, and the bound on it, against T. The block
     * form of the cpu backend, against forty digits from the same rounded inputs.
     */
    private Curves error(Progress progress) {
        SequencedMap<String, Curves.Curve> curves = new LinkedHashMap<>();
        double[] lengths = lengths(2 * longest);
        for (Precision precision : Precision.values()) {
            progress.next(precision.toString());
            double[] errors = new double[lengths.length];
            double[] bounds = new double[lengths.length];
            SsdInputs all = random(2 * longest, 16, 4).in(precision);
            double[] exact = exact(all);
            for (int i = 0; i < lengths.length; i++) {
                SsdInputs inputs = beginning(all, (int) lengths[i]);
                SsdOutputs outputs = SsdBackends.CPU.forward(inputs, OPTIONS.with(precision));
                errors[i] = relativeError(outputs.y().toDoubleArray(), exact);
                bounds[i] = new SsdCheck(inputs, precision)
                        .forward(outputs)
                        .getFirst()
                        .relativeBound();
            }
            curves.put(precision.toString(), new Curves.Curve(lengths, errors));
            curves.put(precision + BOUND, new Curves.Curve(lengths, bounds));
        }
        return new Curves(
                withMachine(
                        List.of(
                                "The largest error of y relative to its largest value: the block form of the cpu backend, chunks of 64,",
                                "headDim 4, stateSize 16, against 40 digits from the same inputs; and the bound that SsdCheck derives.")),
                curves);
    }

    private static double relativeError(double[] y, double[] exact) {
        double error = 0;
        double largest = 0;
        for (int i = 0; i < y.length; i++) {
            error = Math.max(error, Math.abs(y[i] - exact[i]));
            largest = Math.max(largest, Math.abs(exact[i]));
        }
        return error / largest;
    }

    /** The first steps of a sequence. */
    private static SsdInputs beginning(SsdInputs all, int length) {
        return SsdInputs.builder(
                        beginning(all.x(), length),
                        beginning(all.dt(), length),
                        all.a(),
                        beginning(all.b(), length),
                        beginning(all.c(), length))
                .build();
    }

    private static Tensor beginning(Tensor all, int length) {
        long[] shape = all.shape();
        long size = all.size() / shape[1] * length;
        shape[1] = length;
        return Tensor.of(Arrays.copyOf(all.toDoubleArray(), Math.toIntExact(size)), shape)
                .to(all.dtype());
    }

    /** The definition over numbers of forty digits, rounded at the end. */
    private static double[] exact(SsdInputs inputs) {
        RingBlocks<BigDecimal> k = new RingBlocks<>(new Decimals());
        int length = Math.toIntExact(inputs.time());
        RingMatrix<BigDecimal> dt = decimals(length, inputs.dt());
        BigDecimal rate = new BigDecimal(inputs.a().getDouble(0));
        ScalarSsm<RingMatrix<BigDecimal>> ssm = ScalarSsm.of(
                k,
                RingMatrix.of(length, 1, (t, _) -> Decimals.exp(dt.get(t, 0).multiply(rate))),
                decimals(length, inputs.b()),
                decimals(length, inputs.c()),
                k.scaleRows(dt, decimals(length, inputs.x())),
                k.zeros(Math.toIntExact(inputs.stateSize()), Math.toIntExact(inputs.headDim())));
        RingMatrix<BigDecimal> y = new Recurrence().run(k, ssm).y();
        return IntStream.range(0, y.rows() * y.columns())
                .mapToDouble(i -> y.get(i / y.columns(), i % y.columns()).doubleValue())
                .toArray();
    }

    private static RingMatrix<BigDecimal> decimals(int rows, Tensor tensor) {
        int columns = Math.toIntExact(tensor.size() / rows);
        return RingMatrix.of(rows, columns, (i, j) -> new BigDecimal(tensor.getDouble((long) i * columns + j)));
    }

    /** Numbers of forty digits. */
    private static final class Decimals implements Ring<BigDecimal> {
        private static final MathContext DIGITS = new MathContext(40);

        @Override
        public BigDecimal zero() {
            return BigDecimal.ZERO;
        }

        @Override
        public BigDecimal one() {
            return BigDecimal.ONE;
        }

        @Override
        public BigDecimal add(BigDecimal a, BigDecimal b) {
            return a.add(b, DIGITS);
        }

        @Override
        public BigDecimal negate(BigDecimal a) {
            return a.negate();
        }

        @Override
        public BigDecimal multiply(BigDecimal a, BigDecimal b) {
            return a.multiply(b, DIGITS);
        }

        @Override
        public boolean equal(BigDecimal a, BigDecimal b) {
            return a.compareTo(b) == 0;
        }

        /** The series, for |x| ≤ 1. */
        static BigDecimal exp(BigDecimal x) {
            BigDecimal sum = BigDecimal.ONE;
            BigDecimal term = BigDecimal.ONE;
            for (int n = 1; n <= 40; n++) {
                term = term.multiply(x, DIGITS).divide(BigDecimal.valueOf(n), DIGITS);
                sum = sum.add(term, DIGITS);
            }
            return sum;
        }
    }
}
