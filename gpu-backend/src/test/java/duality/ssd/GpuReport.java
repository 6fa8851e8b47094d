package duality.ssd;

import duality.gpu.CudaContext;
import duality.gpu.CudaEvent;
import duality.gpu.CudaStream;
import duality.gpu.DeviceMemory;
import duality.gpu.DeviceTensor;
import duality.gpu.PinnedMemory;
import duality.gpu.dense.DenseProducts;
import duality.gpu.dense.DeviceMatrix;
import duality.gpu.dense.TensorProducts;
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
 * Prints what the GPU computes and how fast: a table of relative error norms over the fixtures, one of kernel times, and
 * calls from the host to the host beside the bus, and beside what the dispatchers expect. Arguments: {@code errors},
 * {@code times}, {@code copies}, {@code estimates}, {@code products}, and a file of another implementation's times, a line for each shape with its name, forward and forward
 * and backward in milliseconds between tabs.
 */
final class GpuReport {
    /** Inputs take turns until together they are several times the cache. */
    private static final long CACHE_BYTES = 256L << 20;

    private static final double SECONDS_EACH = 0.4;
    private static final long LEAST_NANOSECONDS = 150_000_000;

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
                if (!Set.of("errors", "times", "copies", "estimates", "products")
                                .contains(file)
                        && Files.exists(Path.of(file))) {
                    for (String line : Files.readAllLines(Path.of(file))) {
                        String[] fields = line.split("\t");
                        if (fields.length == 3) {
                            others.put(fields[0], fields);
                        }
                    }
                }
            }
            report.times(others);
            backend.release();
        }
        if (what.contains("copies")) {
            report.copies(backend);
        }
        if (what.contains("estimates")) {
            report.estimates(backend);
        }
        backend.release();
        if (what.contains("products")) {
            report.products();
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

    private static SsdInputs inputs(Size size, Precision precision) {
        DType wide = precision.parameters();
        DType narrow = precision.activations();
        return SsdInputs.builder(
                        random("x", narrow, size.batch(), size.time(), size.heads(), size.headDim()),
                        random("dt", wide, size.batch(), size.time(), size.heads()),
                        random("A", wide, size.heads()),
                        random("B", narrow, size.batch(), size.time(), size.groups(), size.stateSize()),
                        random("C", narrow, size.batch(), size.time(), size.groups(), size.stateSize()))
                .dtSoftplus(true)
                .build();
    }

    /** Calls from tensors to tensors, beside what the bus needs for their bytes from and to pinned memory. */
    private void copies(SsdBackend backend) {
        Size size = SIZES.getFirst();
        SsdInputs in = inputs(size, Precision.BFLOAT16);
        SsdOptions options = SsdOptions.defaults().with(Precision.BFLOAT16);
        SsdOutputs results = SsdOutputs.zeros(in, Precision.BFLOAT16);
        Tensor dy = random("dy", DType.BFLOAT16, size.batch(), size.time(), size.heads(), size.headDim());
        long start = System.nanoTime();
        backend.forward(in, options);
        double first = (System.nanoTime() - start) / 1e6;
        long up = in.arrays().values().stream()
                .mapToLong(array -> array.segment().byteSize())
                .sum();
        long down = results.y().segment().byteSize()
                + results.finalStates().segment().byteSize();
        out.println();
        out.printf(
                Locale.ROOT,
                "host to host, %s bfloat16, %.2f GB up and %.2f GB down, ms%n",
                size,
                up / 1e9,
                down / 1e9);
        bus(up, down);
        out.printf(Locale.ROOT, "first call %.0f%n", first);
        line("forward", () -> backend.forward(in, options));
        line("forward into", () -> backend.forward(in, options, results));
        line("backward", () -> backend.backward(in, dy, null, options));
    }

    private void bus(long up, long down) {
        try (CudaContext context = CudaContext.open(0);
                CudaStream there = context.stream();
                CudaStream back = context.stream();
                PinnedMemory source = context.pinned(up);
                PinnedMemory target = context.pinned(down);
                DeviceMemory sent = context.allocate(up, there);
                DeviceMemory fetched = context.allocate(down, there)) {
            there.synchronize();
            Runnable send = () -> sent.copyFrom(source.segment(), 0, there);
            Runnable fetch = () -> fetched.copyTo(target.segment(), 0, back);
            line("bus up", () -> {
                send.run();
                there.synchronize();
            });
            line("bus down", () -> {
                fetch.run();
                back.synchronize();
            });
            line("bus both ways", () -> {
                send.run();
                fetch.run();
                there.synchronize();
                back.synchronize();
            });
        }
    }

    private void line(String name, Runnable call) {
        double[] times = seconds(8, call);
        out.printf(Locale.ROOT, "%-16s%8.1f, best %.1f%n", name, times[times.length / 2] * 1e3, times[0] * 1e3);
    }

    /** The times of at least some calls, sorted. */
    private static double[] seconds(int calls, Runnable call) {
        List<Double> times = new ArrayList<>();
        long first = System.nanoTime();
        while (times.size() < calls || System.nanoTime() - first < LEAST_NANOSECONDS) {
            long start = System.nanoTime();
            call.run();
            times.add((System.nanoTime() - start) / 1e9);
        }
        return times.stream().mapToDouble(time -> time).sorted().toArray();
    }

    /** What the dispatchers expect of calls from tensors to tensors, and what they take, in both places. */
    private void estimates(SsdBackend backend) {
        out.println();
        out.println("calls from tensors to tensors, ms: estimated, measured");
        out.printf("%-44s%10s%10s%12s%10s  %s%n", "", "cpu", "", backend.name(), "", "auto");
        SsdDispatcher auto = new SsdDispatcher(List.of(SsdBackends.CPU, backend));
        for (Size size : List.of(
                new Size(1, 64, 4, 16, 16, 1),
                new Size(1, 512, 8, 64, 128, 1),
                new Size(1, 2048, 24, 64, 128, 1),
                new Size(2, 4096, 80, 64, 64, 1),
                new Size(2, 4096, 80, 64, 128, 1))) {
            for (Precision precision : Precision.values()) {
                SsdInputs in = inputs(size, precision);
                SsdOptions options = SsdOptions.defaults().with(precision);
                SsdOutputs results = SsdOutputs.zeros(in, precision);
                Tensor dy = random("dy", precision.activations(), results.y().shape());
                for (SsdBackend.Pass pass : List.of(SsdBackend.Pass.FORWARD, SsdBackend.Pass.BACKWARD)) {
                    compare("%s %s %s".formatted(pass, precision, size), auto.choose(pass, in, options), place -> {
                        SsdBackend by = place.equals(backend.name()) ? backend : SsdBackends.CPU;
                        if (pass == SsdBackend.Pass.FORWARD) {
                            by.forward(in, options, results);
                        } else {
                            by.backward(in, dy, null, options);
                        }
                    });
                }
            }
        }
        for (int sequences : new int[] {1, 64}) {
            Size size = new Size(sequences, 1, 80, 64, 128, 1);
            SsdInputs in = SsdInputs.of(inputs(size, Precision.BFLOAT16).arrays())
                    .initialStates(random("initial_states", DType.FLOAT32, sequences, 80, 64, 128))
                    .build();
            SsdOptions options = SsdOptions.defaults().with(Precision.BFLOAT16);
            SsdOutputs results = SsdOutputs.zeros(in, Precision.BFLOAT16);
            compare(
                    "step bfloat16 " + size,
                    auto.choose(SsdBackend.Pass.STEP, in, options),
                    place -> (place.equals(backend.name()) ? backend : SsdBackends.CPU).step(in, options, results));
        }
        try (TensorProducts products = new TensorProducts();
                DenseProducts device = DenseProducts.open(0)) {
            for (int n : new int[] {64, 512, 1024, 2048, 4096}) {
                for (DType type : List.of(DType.BFLOAT16, DType.FLOAT32, DType.FLOAT64)) {
                    Tensor a = random("a", type, n, n);
                    Tensor b = random("b", type, n, n);
                    compare("product %s %d".formatted(type, n), products.choose(a, b), place -> {
                        if (place.equals("cuda")) {
                            device.multiply(a, b);
                        } else {
                            TensorProducts.onCpu(a, b);
                        }
                    });
                }
            }
        }
    }

    private void compare(String name, Choice choice, Consumer<String> call) {
        out.printf("%-44s", name);
        double best = Double.POSITIVE_INFINITY;
        String fastest = "";
        for (Map.Entry<String, Estimate> place : choice.estimates().entrySet()) {
            double expected = place.getValue().seconds();
            double measured = seconds(expected > 0.2 ? 1 : 3, () -> call.accept(place.getKey()))[0];
            out.printf(Locale.ROOT, "%10.2f%10.2f", expected * 1e3, measured * 1e3);
            if (measured < best) {
                best = measured;
                fastest = place.getKey();
            }
        }
        out.println("  " + choice.name() + (choice.name().equals(fastest) ? "" : ", but " + fastest + " is faster"));
    }

    /** Times of products on the device. */
    private void products() {
        out.println();
        out.println("products of n by n matrices on the device: ms, TFLOP/s");
        try (DenseProducts products = DenseProducts.open(0)) {
            for (int n : new int[] {1024, 2048, 4096, 8192}) {
                for (DType type : List.of(DType.BFLOAT16, DType.FLOAT32, DType.FLOAT64)) {
                    try (DeviceTensor a = products.upload(random("a", type, n, n));
                            DeviceTensor b = products.upload(random("b", type, n, n));
                            DeviceTensor c = products.allocate(type, n, n);
                            CudaEvent start = products.context().event();
                            CudaEvent end = products.context().event()) {
                        List<Float> times = new ArrayList<>();
                        for (int i = 0; i < 12; i++) {
                            start.record(products.stream());
                            products.multiply(DeviceMatrix.of(a), DeviceMatrix.of(b), DeviceMatrix.of(c), false);
                            end.record(products.stream());
                            end.synchronize();
                            times.add(end.millisecondsSince(start));
                        }
                        double median = times.stream().sorted().toList().get(6);
                        out.printf(
                                Locale.ROOT, "%-10s%6d%10.3f%8.0f%n", type, n, median, 2.0 * n * n * n / median / 1e9);
                    }
                }
            }
        }
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
