package duality.cli;

import duality.proofs.Catalogue;
import duality.proofs.Theorem;
import duality.semiseparable.CumProdSum;
import duality.ssd.Precision;
import duality.ssd.SsdBackend;
import duality.ssd.SsdBackends;
import duality.ssd.SsdCheck;
import duality.ssd.SsdInputs;
import duality.ssd.SsdOptions;
import duality.ssd.SsdOptions.Algorithm;
import duality.ssd.SsdOutputs;
import duality.tensor.Npz;
import duality.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code demo}: proves the duality, runs every algorithm, checks each, and writes a report. */
@Command(
        name = "demo",
        description = "Prove the duality, run every algorithm on two cases, write a report with pictures.",
        footer = "Exit code 1 if a proof fails or a result is outside its bound.")
final class DemoCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli's
    private CommandSpec spec;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            defaultValue = "demo",
            description = "The folder for report.html and blocks.svg. Default: ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // picocli's
    private Path output;

    /** A way to compute. */
    private record Way(SsdBackend backend, Algorithm algorithm, Precision precision) {
        SsdOptions options() {
            return new SsdOptions(algorithm, 64, CumProdSum.RECURRENT, precision);
        }
    }

    private static final List<Way> WAYS = List.of(
            new Way(SsdBackends.REFERENCE, Algorithm.RECURRENT, Precision.FLOAT64),
            new Way(SsdBackends.CPU, Algorithm.RECURRENT, Precision.FLOAT64),
            new Way(SsdBackends.CPU, Algorithm.QUADRATIC, Precision.FLOAT64),
            new Way(SsdBackends.CPU, Algorithm.BLOCK, Precision.FLOAT64),
            new Way(SsdBackends.CPU, Algorithm.BLOCK, Precision.FLOAT32),
            new Way(SsdBackends.CPU, Algorithm.BLOCK, Precision.BFLOAT16));

    @Override
    public void run() {
        PrintWriter out = spec.commandLine().getOut();
        List<String> failures = new ArrayList<>();
        try {
            Files.createDirectories(output);
            title(out, "The duality, proven on the programs that ship:");
            List<Theorem.Outcome> outcomes = ProveCommand.prove(Catalogue.theorems());
            ProveCommand.print(out, outcomes, false);

            title(out, "A case computed by an independent implementation (PyTorch, float64):");
            Table independent = independentCase(failures);
            independent.print(out);

            title(out, "A layer of Mamba-2-130m's size (24 heads of 64, state size 128, 2048 steps):");
            Table layer = compare("Layer", layer(), null, failures);
            layer.print(out);

            out.println();
            out.println("Report: " + Report.write(output, outcomes, independent, layer));
            ProveCommand.requireAllHold(outcomes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (!failures.isEmpty()) {
            throw new CheckFailedException(String.join("; ", failures));
        }
    }

    private static void title(PrintWriter out, String text) {
        out.println();
        out.println(text);
        out.flush();
    }

    /** The bundled case, with everything optional but packed sequences. */
    private static Table independentCase(List<String> failures) throws IOException {
        Path file = Files.createTempFile("duality-", ".npz");
        try {
            try (InputStream resource =
                    Objects.requireNonNull(DemoCommand.class.getResourceAsStream("independent.npz"))) {
                Files.copy(resource, file, StandardCopyOption.REPLACE_EXISTING);
            }
            Map<String, Tensor> arrays = Npz.read(file);
            SsdInputs inputs =
                    SsdInputs.of(arrays).dtSoftplus(true).dtLimit(0.05, 0.9).build();
            return compare("Case", inputs, arrays.get("y"), failures);
        } finally {
            Files.delete(file);
        }
    }

    /** Runs all ways and compares them with the definition, and y with an independent result if there is one. */
    private static Table compare(String what, SsdInputs inputs, @Nullable Tensor independent, List<String> failures) {
        Table table = independent == null
                ? new Table("algorithm", "backend", "precision", "#ms", "#error in y", "#bound", "result")
                : new Table(
                        "algorithm",
                        "backend",
                        "precision",
                        "#ms",
                        "#error in y",
                        "#bound",
                        "result",
                        "#off independent");
        Map<Precision, SsdCheck> checks = new EnumMap<>(Precision.class);
        try (Progress progress = Progress.of(what, WAYS.size())) {
            for (Way way : WAYS) {
                progress.next(way.algorithm() + " " + way.precision());
                Timed timed = timed(way, inputs);
                SsdOutputs outputs = timed.outputs();
                List<SsdCheck.Comparison> comparisons = checks.computeIfAbsent(
                                way.precision(), precision -> new SsdCheck(inputs, precision))
                        .forward(outputs);
                List<String> outside = comparisons.stream()
                        .filter(comparison -> !comparison.passes())
                        .map(comparison -> comparison.name() + comparison.worstIndex())
                        .toList();
                if (!outside.isEmpty()) {
                    failures.add("%s: %s in %s is outside its bound, worst at %s"
                            .formatted(what, way.algorithm(), way.precision(), String.join(", ", outside)));
                }
                SsdCheck.Comparison y = comparisons.getFirst();
                List<String> row = new ArrayList<>(List.of(
                        way.algorithm().toString(),
                        way.backend().name(),
                        way.precision().toString(),
                        "%.1f".formatted(timed.milliseconds()),
                        "%.1e".formatted(y.relativeError()),
                        "%.1e".formatted(y.relativeBound()),
                        outside.isEmpty() ? "within" : "OUTSIDE"));
                if (independent != null) {
                    row.add("%.1e".formatted(relativeDifference(outputs.y(), independent)));
                }
                table.row(row.toArray(String[]::new));
            }
        }
        return table;
    }

    private record Timed(SsdOutputs outputs, double milliseconds) {}

    /** Quick ways run a second time, since the first includes the compiler's. */
    private static Timed timed(Way way, SsdInputs inputs) {
        Timed first = timedOnce(way, inputs);
        return first.milliseconds() > 2000 ? first : timedOnce(way, inputs);
    }

    private static Timed timedOnce(Way way, SsdInputs inputs) {
        long start = System.nanoTime();
        SsdOutputs outputs = way.backend().forward(inputs, way.options());
        return new Timed(outputs, (System.nanoTime() - start) / 1e6);
    }

    private static double relativeDifference(Tensor actual, Tensor expected) {
        double largest = 0;
        double difference = 0;
        for (long i = 0; i < expected.size(); i++) {
            largest = Math.max(largest, Math.abs(expected.getDouble(i)));
            difference = Math.max(difference, Math.abs(actual.getDouble(i) - expected.getDouble(i)));
        }
        return difference / largest;
    }

    /** Random inputs of one layer's shape, with step sizes and rates in the ranges that Mamba-2 starts from. */
    private static SsdInputs layer() {
        int time = 2048;
        int heads = 24;
        int headDim = 64;
        int stateSize = 128;
        SplittableRandom random = new SplittableRandom(130);
        DoubleSupplier symmetric = () -> random.nextDouble(-1, 1);
        return SsdInputs.builder(
                        Tensor.generate(symmetric, 1, time, heads, headDim),
                        Tensor.generate(symmetric, 1, time, heads),
                        Tensor.generate(() -> -random.nextDouble(1, 16), heads),
                        Tensor.generate(symmetric, 1, time, 1, stateSize),
                        Tensor.generate(symmetric, 1, time, 1, stateSize))
                .skip(Tensor.generate(() -> 1, heads))
                .gate(Tensor.generate(symmetric, 1, time, heads, headDim))
                .dtBias(Tensor.generate(
                        () -> Math.log(Math.expm1(Math.exp(random.nextDouble(Math.log(1e-3), Math.log(1e-1))))), heads))
                .dtSoftplus(true)
                .build();
    }
}
