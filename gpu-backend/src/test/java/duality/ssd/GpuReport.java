package duality.ssd;

import duality.gpu.CudaEvent;
import duality.gpu.CudaStream;
import duality.gpu.ssd.CudaSsd;
import duality.gpu.ssd.CudaSsdBackend;
import duality.gpu.ssd.DeviceSsd;
import duality.gpu.ssd.SsdShape;
import duality.tensor.DType;
import duality.tensor.Tensor;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Prints what the GPU computes and how fast: one table of relative error norms over the fixtures, one of kernel times.
 * Arguments: {@code errors}, {@code times}, and a file of another implementation's times, a line for each shape with its
 * name, forward and forward and backward in milliseconds between tabs.
 */
final class GpuReport {
    /** Inputs take turns until together they are several times the cache. */
    private static final long CACHE_BYTES = 256L << 20;

    private static final double SECONDS_EACH = 0.4;

    /** Batch, time, heads, headDim, stateSize and groups of the table of times. */
    private record Size(int batch, int time, int heads, int headDim, int stateSize, int groups) {
        @Override
        public String toString() {
            return batch + "x" + time + " " + heads + " " + headDim + " " + stateSize + " " + groups;
        }
    }

    private static final List<Size> SIZES = List.of(
            new Size(8, 4096, 80, 64, 128, 1),
            new Size(1, 16384, 80, 64, 128, 1),
            new Size(1, 131072, 80, 64, 128, 1),
            new Size(1, 2048, 24, 64, 128, 1),
            new Size(8, 4096, 128, 64, 128, 8),
            new Size(8, 4096, 80, 64, 64, 1),
            new Size(1, 16384, 32, 64, 64, 1));

    private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    public static void main(String[] args) throws IOException {
        List<String> what = Arrays.asList(args);
        GpuReport report = new GpuReport();
        CudaSsdBackend backend = new CudaSsdBackend();
        report.out.println(backend.description());
        if (backend.absence().isPresent()) {
            report.out.println("absent: " + backend.absence().get());
            System.exit(2);
        }
        boolean good = !what.contains("errors") || report.errors(backend);
        backend.release();
        if (what.contains("times")) {
            Map<String, String[]> others = new HashMap<>();
            for (String file : what) {
                if (!Set.of("errors", "times").contains(file) && Files.exists(Path.of(file))) {
                    for (String line : Files.readAllLines(Path.of(file))) {
                        String[] fields = line.split("\t");
                        if (fields.length == 3) {
                            others.put(fields[0], fields);
                        }
                    }
                }
            }
            report.times(others);
            report.hostToHost(backend);
            backend.release();
        }
        System.exit(good ? 0 : 1);
    }

    /** The worst relative error norm over all fixtures, by array and precision; whether all are within tolerance. */
    private boolean errors(SsdBackend backend) {
        Precision[] precisions = Precision.values();
        Map<String, double[]> worst = new TreeMap<>();
        List<String> outside = new ArrayList<>();
        Fixture.all().forEach(fixture -> {
            for (int i = 0; i < precisions.length; i++) {
                Precision precision = precisions[i];
                int column = i;
                Tensor dy = fixture.array("dy");
                Tensor dFinal = fixture.array("dfinal_states");
                SsdOptions options = SsdOptions.defaults().with(precision);
                var actual = Gpu.results(backend, fixture.inputs(), dy, dFinal, options);
                Gpu.definition(fixture.inputs(), dy, dFinal, precision).forEach((name, expected) -> {
                    double error = Gpu.relativeError(Objects.requireNonNull(actual.get(name)), expected);
                    double[] row = worst.computeIfAbsent(name, missing -> new double[precisions.length]);
                    row[column] = error <= row[column] ? row[column] : error; // NaN stays
                    if (!(error <= Gpu.tolerance(precision, name, expected))) {
                        outside.add("%s of %s in %s: %.1e".formatted(name, fixture, precision, error));
                    }
                });
            }
        });
        out.println();
        out.println("relative error norm against the float64 definition, worst of 20 fixtures");
        out.printf("%-22s%12s%12s%12s%n", "", precisions[0], precisions[1], precisions[2]);
        worst.forEach(
                (name, row) -> out.printf(Locale.ROOT, "%-22s%12.1e%12.1e%12.1e%n", name, row[0], row[1], row[2]));
        out.println(outside.isEmpty() ? "all within tolerance" : "OUTSIDE the tolerance: " + outside);
        return outside.isEmpty();
    }

    private void times(Map<String, String[]> others) {
        out.println();
        out.println("kernel time in ms, median: batch x time, heads, headDim, stateSize, groups");
        out.printf(
                Locale.ROOT,
                "%-26s%-10s%10s%10s%10s%14s%14s%n",
                "shape",
                "precision",
                "forward",
                "both",
                "step",
                others.isEmpty() ? "" : "other forward",
                others.isEmpty() ? "" : "other both");
        try (CudaSsd device = CudaSsd.open(0)) {
            for (Size size : SIZES) {
                for (Precision precision : Precision.values()) {
                    if (precision != Precision.BFLOAT16 && !size.equals(SIZES.getFirst())) {
                        continue;
                    }
                    String[] other = precision == Precision.BFLOAT16
                            ? others.getOrDefault(size.toString(), new String[] {"", "", ""})
                            : new String[] {"", "", ""};
                    double forward = time(device, size, precision, size.time(), DeviceSsd::forward);
                    double both = time(device, size, precision, size.time(), problem -> {
                        problem.forward();
                        problem.backward();
                    });
                    double step = size.equals(SIZES.getFirst())
                            ? time(
                                    device,
                                    new Size(64, 1, size.heads(), size.headDim(), size.stateSize(), size.groups()),
                                    precision,
                                    1,
                                    DeviceSsd::step)
                            : Double.NaN;
                    out.printf(
                            Locale.ROOT,
                            "%-26s%-10s%10.3f%10.3f%10s%14s%14s%n",
                            size,
                            precision,
                            forward,
                            both,
                            Double.isNaN(step) ? "" : "%.4f".formatted(step),
                            other[1],
                            other[2]);
                }
            }
        }
    }

    /** The backend's call from tensors to tensors. */
    private void hostToHost(SsdBackend backend) {
        Size size = SIZES.getFirst();
        SsdInputs in = SsdInputs.builder(
                        random("x", DType.BFLOAT16, size.batch(), size.time(), size.heads(), size.headDim()),
                        random("dt", DType.FLOAT32, size.batch(), size.time(), size.heads()),
                        random("A", DType.FLOAT32, size.heads()),
                        random("B", DType.BFLOAT16, size.batch(), size.time(), size.groups(), size.stateSize()),
                        random("C", DType.BFLOAT16, size.batch(), size.time(), size.groups(), size.stateSize()))
                .dtSoftplus(true)
                .build();
        SsdOptions options = SsdOptions.defaults().with(Precision.BFLOAT16);
        List<Double> times = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            long start = System.nanoTime();
            backend.forward(in, options);
            times.add((System.nanoTime() - start) / 1e6);
        }
        out.printf(
                Locale.ROOT,
                "host to host, %s bfloat16: %.1f ms for %.2f GB up and %.2f GB down%n",
                size,
                times.stream().sorted().toList().get(times.size() / 2),
                (in.x().segment().byteSize() + in.dt().segment().byteSize()) / 1e9,
                in.x().segment().byteSize() / 1e9);
    }

    private static double time(CudaSsd device, Size size, Precision precision, int time, Consumer<DeviceSsd> pass) {
        SsdShape shape = new SsdShape(
                IntStream.range(0, size.batch())
                        .mapToObj(i -> new SsdInputs.Sequence(i, i, 0, time))
                        .toList(),
                size.batch(),
                time,
                size.heads(),
                size.heads(),
                size.groups(),
                size.groups(),
                size.headDim(),
                size.stateSize(),
                time == 1 ? Set.of("initial_states") : Set.of(),
                false,
                true,
                0,
                Double.POSITIVE_INFINITY,
                precision,
                SsdShape.LONGEST_CHUNK,
                precision.activations());
        List<DeviceSsd> problems = new ArrayList<>();
        try {
            long bytes = 0;
            do {
                DeviceSsd problem = device.problem(shape);
                problems.add(problem);
                for (String name : shape.inputs()) {
                    bytes += fill(problem, name);
                }
                if (time != 1) {
                    bytes += fill(problem, "dy");
                }
                pass.accept(problem); // makes everything that is made once
                pass.accept(problem);
            } while (bytes < CACHE_BYTES && problems.size() < 64);
            return median(device, problems, pass);
        } finally {
            problems.forEach(DeviceSsd::close);
        }
    }

    private static double median(CudaSsd device, List<DeviceSsd> problems, Consumer<DeviceSsd> pass) {
        CudaStream stream = device.stream();
        List<Float> times = new ArrayList<>();
        try (CudaEvent start = device.context().event();
                CudaEvent end = device.context().event()) {
            long until = System.nanoTime() + (long) (SECONDS_EACH * 1e9);
            for (int i = 0; times.size() < 5 || System.nanoTime() < until; i++) {
                start.record(stream);
                pass.accept(problems.get(i % problems.size()));
                end.record(stream);
                end.synchronize();
                times.add(end.millisecondsSince(start));
            }
        }
        return times.stream().sorted().toList().get(times.size() / 2);
    }

    /** Fills an array with random numbers; returns its bytes. */
    private static long fill(DeviceSsd problem, String name) {
        Tensor tensor =
                random(name, problem.array(name).dtype(), problem.array(name).shape());
        problem.upload(name, tensor);
        return tensor.segment().byteSize();
    }

    /** The same million random numbers again and again. */
    private static Tensor random(String name, DType type, long... shape) {
        Tensor tensor = Tensor.zeros(type, shape);
        Tensor tile = Tensor.zeros(type, Math.min(tensor.size(), 1 << 20));
        SplittableRandom random = new SplittableRandom(name.hashCode());
        for (long i = 0; i < tile.size(); i++) {
            tile.setDouble(
                    i,
                    switch (name) {
                        case "dt" -> random.nextDouble(-4, -2);
                        case "A" -> -random.nextDouble(1, 16);
                        default -> random.nextDouble(-1.7, 1.7);
                    });
        }
        long step = tile.segment().byteSize();
        long bytes = tensor.segment().byteSize();
        for (long at = 0; at < bytes; at += step) {
            MemorySegment.copy(tile.segment(), 0, tensor.segment(), at, Math.min(step, bytes - at));
        }
        return tensor;
    }
}
