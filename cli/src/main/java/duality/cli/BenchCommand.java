package duality.cli;

import duality.errors.Fault;
import duality.errors.ValueException;
import duality.kernels.DenseMultiply;
import duality.kernels.Kernels;
import duality.kernels.Parallel;
import duality.kernels.Simd;
import duality.ssd.Precision;
import duality.ssd.SsdBackends;
import duality.ssd.SsdGradients;
import duality.ssd.SsdInputs;
import duality.ssd.SsdOptions;
import duality.ssd.SsdOutputs;
import duality.tensor.AtomicFile;
import duality.tensor.DType;
import duality.tensor.Tensor;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ForkJoinPool;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench}: how fast this machine multiplies matrices and runs the operator, against its own peaks. */
@Command(
        name = "bench",
        sortOptions = false,
        description = "Measure matrix products and the SSD operator against this machine's peaks.",
        footer = {
            "",
            "Times are medians. The peak is that of fused multiply-adds in registers, the bandwidth that of a triad, both",
            "measured anew with every case. Operations of SSD count the block form with whole diagonal blocks."
        })
final class BenchCommand implements Callable<Integer> {
    private static final int HEADS = 24;
    private static final int HEAD_DIM = 64;
    private static final int STATE_SIZE = 128;
    private static final int CHUNK = 64;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli's
    private CommandSpec spec;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the medians to a file, too.")
    private @Nullable Path json;

    @Option(names = "--threads", paramLabel = "N", description = "Threads. Default: one for each processor.")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--seconds", paramLabel = "S", description = "Time for each case. Default: ${DEFAULT-VALUE}.")
    private double seconds = 8;

    /** Something to measure: how many operations and bytes one run has. */
    private record Case(String name, double operations, double bytes, boolean single, Runnable run) {}

    /** Medians: milliseconds, and the machine's peak and bandwidth in the same stretch of time. */
    private record Result(Case of, double milliseconds, double gigaflops, double gigabytes) {
        double share() {
            return of.operations() / milliseconds / 1e6 / gigaflops;
        }

        double bandwidthShare() {
            return of.bytes() / milliseconds / 1e6 / gigabytes;
        }
    }

    @Override
    public Integer call() throws IOException {
        if (threads < 1 || !(seconds > 0)) {
            throw new ValueException(
                    Fault.OUT_OF_DOMAIN, "--threads " + threads + ", --seconds " + seconds + ": must be positive");
        }
        List<Result> results = new ArrayList<>();
        try (ForkJoinPool pool = new ForkJoinPool(threads);
                Progress progress = Progress.of("Measuring", 13)) {
            for (int size : new int[] {64, 128, 1024, 2048}) {
                results.add(measure(pool, progress, sgemm(size)));
            }
            for (int size : new int[] {64, 1024, 2048}) {
                results.add(measure(pool, progress, dgemm(size)));
            }
            for (int time : new int[] {2048, 4096, 8192, 16384}) {
                results.add(measure(pool, progress, forward(time)));
            }
            results.add(measure(pool, progress, backward(2048)));
            results.add(measure(pool, progress, step(64)));
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println("SIMD " + Simd.description() + "; " + threads + (threads == 1 ? " thread" : " threads"));
        Table table = new Table("case", "#ms", "#GFLOP/s", "#of peak", "#GB/s", "#of triad");
        for (Result result : results) {
            table.row(
                    result.of().name(),
                    "%.3f".formatted(result.milliseconds()),
                    "%.1f".formatted(result.of().operations() / result.milliseconds() / 1e6),
                    "%.0f %%".formatted(100 * result.share()),
                    "%.1f".formatted(result.of().bytes() / result.milliseconds() / 1e6),
                    "%.0f %%".formatted(100 * result.bandwidthShare()));
        }
        table.print(out);
        if (json != null) {
            String text = json(results);
            AtomicFile.write(json, text);
        }
        return Main.DONE;
    }

    private String json(List<Result> results) {
        List<String> lines = new ArrayList<>();
        for (Result result : results) {
            lines.add(
                    "  {\"case\": \"%s\", \"threads\": %d, \"ms\": %.5f, \"share_of_peak\": %.4f, \"share_of_triad\": %.4f}"
                            .formatted(
                                    result.of().name(),
                                    threads,
                                    result.milliseconds(),
                                    result.share(),
                                    result.bandwidthShare()));
        }
        return "[\n" + String.join(",\n", lines) + "\n]\n";
    }

    /** Runs a case for some time, with a probe of the peak and the bandwidth beside every run. */
    private Result measure(ForkJoinPool pool, Progress progress, Case of) {
        progress.next(of.name());
        List<Double> times = new ArrayList<>();
        List<Double> peaks = new ArrayList<>();
        List<Double> bandwidths = new ArrayList<>();
        int inner = (int) Math.clamp(2e8 / of.operations(), 1, 10_000); // so that the clock's steps do not show
        long end = System.nanoTime() + (long) (seconds * 1e9);
        while (times.size() < 5 || System.nanoTime() < end) {
            peaks.add(inPool(pool, () -> peak(of.single())));
            bandwidths.add(inPool(pool, this::triad));
            times.add(inPool(pool, () -> {
                long start = System.nanoTime();
                for (int i = 0; i < inner; i++) {
                    of.run().run();
                }
                return (System.nanoTime() - start) / 1e6 / inner;
            }));
        }
        return new Result(of, median(times), median(peaks), median(bandwidths));
    }

    private static double inPool(ForkJoinPool pool, Callable<Double> task) {
        return pool.submit(task).join();
    }

    /** The median of the last two thirds; what is before is the compiler's. */
    private static double median(List<Double> values) {
        double[] sorted = values.subList(values.size() / 3, values.size()).stream()
                .mapToDouble(Double::doubleValue)
                .sorted()
                .toArray();
        return sorted[sorted.length / 2];
    }

    /** GFLOP/s of all threads. */
    private double peak(boolean single) {
        long start = System.nanoTime();
        double[] operations = new double[threads];
        Parallel.run(threads, i -> operations[i] = multiplyAdds(single ? Simd.floats() : Simd.doubles()));
        return Arrays.stream(operations).sum() / (System.nanoTime() - start);
    }

    /** In many calls: a compiler waits long for a method that is called rarely, and then may take its one loop for endless. */
    private static double multiplyAdds(Kernels<?> kernels) {
        double operations = 0;
        for (int i = 0; i < 100; i++) {
            operations += kernels.multiplyAdds(10_000);
        }
        return operations;
    }

    private static final int TRIAD = 8_000_000;
    private final float[] a = new float[TRIAD];
    private final float[] b = new float[TRIAD];
    private final float[] c = new float[TRIAD];

    /** GB/s of a ← b + 3 c, 12 bytes an entry. */
    private double triad() {
        long start = System.nanoTime();
        int length = TRIAD / threads;
        Parallel.run(threads, i -> triad(i * length, (i + 1) * length));
        return 12.0 * length * threads / (System.nanoTime() - start);
    }

    private void triad(int from, int to) {
        for (int i = from; i < to; i++) {
            a[i] = b[i] + 3 * c[i];
        }
    }

    private static Case sgemm(int size) {
        float[] left = new float[size * size];
        float[] right = new float[size * size];
        float[] product = new float[size * size];
        SplittableRandom random = new SplittableRandom(1);
        IntStream.range(0, left.length).forEach(i -> {
            left[i] = random.nextFloat();
            right[i] = random.nextFloat();
        });
        return new Case(
                "sgemm %d".formatted(size),
                2.0 * size * size * size,
                12.0 * size * size,
                true,
                () -> DenseMultiply.multiply(
                        size, size, size, left, 0, size, 1, right, 0, size, 1, product, 0, size, false));
    }

    private static Case dgemm(int size) {
        double[] left = new SplittableRandom(1).doubles((long) size * size).toArray();
        double[] right = new SplittableRandom(2).doubles((long) size * size).toArray();
        double[] product = new double[size * size];
        return new Case(
                "dgemm %d".formatted(size),
                2.0 * size * size * size,
                24.0 * size * size,
                false,
                () -> DenseMultiply.multiply(
                        size, size, size, left, 0, size, 1, right, 0, size, 1, product, 0, size, false));
    }

    private static SsdInputs.Builder inputs(int batch, int time) {
        SplittableRandom random = new SplittableRandom(1);
        DoubleSupplier symmetric = () -> random.nextDouble(-1, 1);
        return SsdInputs.builder(
                single(Tensor.generate(symmetric, batch, time, HEADS, HEAD_DIM)),
                single(Tensor.generate(() -> random.nextDouble(1e-3, 1e-1), batch, time, HEADS)),
                single(Tensor.generate(() -> -random.nextDouble(1, 16), HEADS)),
                single(Tensor.generate(symmetric, batch, time, 1, STATE_SIZE)),
                single(Tensor.generate(symmetric, batch, time, 1, STATE_SIZE)));
    }

    private static Tensor single(Tensor tensor) {
        return tensor.to(DType.FLOAT32);
    }

    private static SsdOptions options() {
        return SsdOptions.defaults().with(Precision.FLOAT32).withChunkLength(CHUNK);
    }

    /** Of a forward pass with whole diagonal blocks, C Bᵀ once for all heads. */
    private static double operations(int time) {
        double perHead = 4.0 * STATE_SIZE * HEAD_DIM + 2.0 * CHUNK * HEAD_DIM + 2.0 * CHUNK * STATE_SIZE / HEADS;
        return perHead * time * HEADS;
    }

    private static double bytes(int time) {
        return 4.0 * time * (2 * HEADS * HEAD_DIM + 2 * STATE_SIZE + HEADS);
    }

    private static Case forward(int time) {
        SsdInputs in = inputs(1, time).build();
        SsdOutputs out = SsdOutputs.zeros(in, Precision.FLOAT32);
        return new Case(
                "ssd forward T=%d".formatted(time),
                operations(time),
                bytes(time),
                true,
                () -> SsdBackends.CPU.forward(in, options(), out));
    }

    private static Case backward(int time) {
        SsdInputs in = inputs(1, time).build();
        SplittableRandom random = new SplittableRandom(2);
        Tensor dy = single(Tensor.generate(() -> random.nextDouble(-1, 1), 1, time, HEADS, HEAD_DIM));
        SsdGradients gradients = SsdGradients.zeros(in, Precision.FLOAT32);
        return new Case(
                "ssd backward T=%d".formatted(time),
                2.5 * operations(time),
                2.5 * bytes(time),
                true,
                () -> SsdBackends.CPU.backward(in, dy, null, options(), gradients));
    }

    /** Decoding in place: the states are read and written once. */
    private static Case step(int batch) {
        SplittableRandom random = new SplittableRandom(3);
        Tensor states = single(Tensor.generate(() -> random.nextDouble(-1, 1), batch, HEADS, HEAD_DIM, STATE_SIZE));
        SsdInputs token = inputs(batch, 1).initialStates(states).build();
        SsdOutputs out = new SsdOutputs(Tensor.zeros(DType.FLOAT32, batch, 1, HEADS, HEAD_DIM), states);
        double size = (double) batch * HEADS * HEAD_DIM * STATE_SIZE;
        return new Case(
                "ssd step batch=%d".formatted(batch),
                5 * size,
                8 * size,
                true,
                () -> SsdBackends.CPU.step(token, options(), out));
    }
}
