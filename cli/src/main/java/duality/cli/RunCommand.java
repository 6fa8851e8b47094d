package duality.cli;

import duality.errors.Fault;
import duality.errors.ValueException;
import duality.ssd.Choice;
import duality.ssd.Estimate;
import duality.ssd.Precision;
import duality.ssd.SsdBackend;
import duality.ssd.SsdBackend.Pass;
import duality.ssd.SsdBackends;
import duality.ssd.SsdCheck;
import duality.ssd.SsdGradients;
import duality.ssd.SsdInputs;
import duality.ssd.SsdOptions;
import duality.ssd.SsdOutputs;
import duality.tensor.DType;
import duality.tensor.Tensor;
import duality.tensor.TensorFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code run}: the SSD operator on arrays in a file. */
@Command(
        name = "run",
        sortOptions = false,
        description = "Run the SSD operator on arrays in a file.",
        footer = {
            "",
            "Arrays of the input: x (batch, time, heads, headDim), dt (batch, time, heads), A (heads), B and C (batch,"
                    + " time, groups, stateSize); optional D, z, dt_bias, initial_states, cu_seqlens; for --gradients dy"
                    + " and optionally dfinal_states. Results that such a file holds (y, final_states, grad_*) are ignored.",
            "Arrays of the output: y, final_states and, with --gradients, grad_* for every input."
        })
final class RunCommand implements Callable<Integer> {
    private static final Set<String> INPUTS = Set.of(
            "x", "dt", "A", "B", "C", "D", "z", "dt_bias", "initial_states", "cu_seqlens", "dy", "dfinal_states");
    private static final Set<String> RESULTS = Set.of("y", "final_states");

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli's
    private CommandSpec spec;

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // picocli's
    private Main main;

    @Option(names = "--input", required = true, paramLabel = "FILE", description = "A .npz or .safetensors file.")
    @SuppressWarnings("NullAway.Init") // picocli's
    private Path input;

    @Option(
            names = "--output",
            paramLabel = "FILE",
            description =
                    "A .npz or .safetensors file to write. bfloat16 becomes float32 in .npz, which has no such type.")
    private @Nullable Path output;

    @Option(names = "--algorithm", defaultValue = "auto", description = "${COMPLETION-CANDIDATES}. Default: auto.")
    @SuppressWarnings("NullAway.Init") // picocli's
    private SsdOptions.Algorithm algorithm;

    @Option(
            names = "--chunk",
            paramLabel = "N",
            defaultValue = "64",
            description = "Chunk length of block. Default: 64.")
    private int chunkLength;

    @Option(
            names = "--backend",
            defaultValue = "auto",
            description =
                    "auto, reference, cpu, cuda. Default: auto, the one that should be done first, copies to and from"
                            + " a GPU included.")
    @SuppressWarnings("NullAway.Init") // picocli's
    private String backend;

    @Option(
            names = "--precision",
            defaultValue = "float64",
            description = "${COMPLETION-CANDIDATES}. Default: float64.")
    @SuppressWarnings("NullAway.Init") // picocli's
    private Precision precision;

    @Option(names = "--dt-softplus", description = "Pass dt through softplus, after its bias.")
    private boolean dtSoftplus;

    @Option(
            names = "--dt-limit",
            paramLabel = "MIN,MAX",
            defaultValue = "0,inf",
            converter = Limit.Converter.class,
            description = "Clamp dt to this interval, after softplus. Default: 0,inf.")
    @SuppressWarnings("NullAway.Init") // picocli's
    private Limit dtLimit;

    @Option(names = "--gradients", description = "The gradients of sum(y dy) + sum(final_states dfinal_states) too.")
    private boolean gradients;

    @Option(names = "--check", description = "Compare with the definition; exit code 1 beyond the derived bound.")
    private boolean check;

    /** An interval of step sizes. */
    record Limit(double min, double max) {
        static final class Converter implements ITypeConverter<Limit> {
            @Override
            public Limit convert(String text) {
                String[] parts = text.split(",", -1);
                if (parts.length != 2) {
                    throw new TypeConversionException("'" + text + "' is not MIN,MAX");
                }
                return new Limit(number(parts[0]), number(parts[1]));
            }

            private static double number(String text) {
                try {
                    return text.strip().equalsIgnoreCase("inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(text);
                } catch (NumberFormatException e) {
                    throw new TypeConversionException("'" + text + "' is not a number");
                }
            }
        }
    }

    @Override
    public Integer call() throws IOException {
        requireNames(input);
        if (output != null) {
            requireNames(output); // now, not after the work
        }
        SequencedMap<String, Tensor> arrays = TensorFile.read(input);
        requireKnownNames(arrays.keySet());
        SsdInputs inputs = SsdInputs.of(arrays)
                .dtSoftplus(dtSoftplus)
                .dtLimit(dtLimit.min(), dtLimit.max())
                .build();
        Tensor dy = gradients ? requireGradient(arrays) : null;
        SsdOptions options =
                SsdOptions.defaults().with(algorithm).with(precision).withChunkLength(chunkLength);
        PrintWriter out = spec.commandLine().getOut();
        SsdBackend chosen = choose(inputs, options, out);

        long start = System.nanoTime();
        SsdOutputs outputs = chosen.forward(inputs, options);
        SsdGradients backward = dy == null ? null : chosen.backward(inputs, dy, arrays.get("dfinal_states"), options);
        double milliseconds = (System.nanoTime() - start) / 1e6;

        SequencedMap<String, Tensor> results = new LinkedHashMap<>();
        results.put("y", outputs.y());
        results.put("final_states", outputs.finalStates());
        if (backward != null) {
            backward.arrays().forEach((name, gradient) -> {
                if (arrays.containsKey(name)) {
                    results.put("grad_" + name, gradient);
                }
            });
        }
        if (output != null) {
            TensorFile.write(output, storable(output, results));
        }
        out.println("%s in %s by backend %s, algorithm %s, chunk length %d: %.1f ms"
                .formatted(inputs.x(), precision, chosen.name(), algorithm, chunkLength, milliseconds));
        results.forEach((name, tensor) -> out.println("  " + name + " " + tensor));
        if (check) {
            SsdCheck definition = new SsdCheck(inputs, precision);
            List<SsdCheck.Comparison> comparisons = new ArrayList<>(definition.forward(outputs));
            if (backward != null && dy != null) {
                comparisons.addAll(definition.backward(backward, dy, arrays.get("dfinal_states")));
            }
            report(out, comparisons);
        }
        return Main.DONE;
    }

    /** The backend that was asked for; of {@code auto} the one that should be fastest for all passes together. */
    private SsdBackend choose(SsdInputs inputs, SsdOptions options, PrintWriter out) {
        List<Pass> passes = gradients ? List.of(Pass.FORWARD, Pass.BACKWARD) : List.of(Pass.FORWARD);
        if (backend.equals("auto")) {
            Choice choice = SsdBackends.auto().chooseOnce(passes, inputs, options);
            if (main.isVerbose()) {
                out.println("auto takes " + choice);
            }
            return SsdBackends.named(choice.name());
        }
        SsdBackend named = SsdBackends.named(backend);
        if (main.isVerbose()) {
            out.println(backend + " was asked for: "
                    + passes.stream()
                            .map(pass -> named.estimate(pass, inputs, options))
                            .reduce(Estimate::then)
                            .orElseThrow());
        }
        return named;
    }

    private static void requireNames(Path path) {
        if (!TensorFile.holdsNames(path)) {
            throw new ValueException(
                    Fault.WRONG_ARGUMENTS, path + ": .npy holds one array without a name; use .npz or .safetensors");
        }
    }

    private void requireKnownNames(Set<String> names) {
        for (String name : names) {
            if (!INPUTS.contains(name) && !RESULTS.contains(name) && !name.startsWith("grad_")) {
                throw new ValueException(
                        Fault.WRONG_ARGUMENTS,
                        input + ": unknown array " + name + "; known: "
                                + String.join(", ", INPUTS.stream().sorted().toList()));
            }
        }
    }

    private Tensor requireGradient(Map<String, Tensor> arrays) {
        Tensor dy = arrays.get("dy");
        if (dy == null) {
            throw new ValueException(
                    Fault.WRONG_ARGUMENTS, input + ": --gradients needs an array dy of the shape of y");
        }
        return dy;
    }

    private static Map<String, Tensor> storable(Path path, SequencedMap<String, Tensor> results) {
        if (path.toString().endsWith(".safetensors")) {
            return results;
        }
        SequencedMap<String, Tensor> widened = new LinkedHashMap<>(results);
        widened.replaceAll((name, tensor) -> tensor.dtype() == DType.BFLOAT16 ? tensor.to(DType.FLOAT32) : tensor);
        return widened;
    }

    private static void report(PrintWriter out, List<SsdCheck.Comparison> comparisons) {
        Table table = new Table("check", "result", "#error", "#bound", "#worst error/bound");
        for (SsdCheck.Comparison comparison : comparisons) {
            table.row(
                    comparison.name(),
                    comparison.passes() ? "within" : "OUTSIDE",
                    "%.2e".formatted(comparison.error()),
                    "%.2e".formatted(comparison.bound()),
                    "%.2g".formatted(comparison.worst()));
        }
        table.print(out);
        List<String> failed = comparisons.stream()
                .filter(comparison -> !comparison.passes())
                .map(comparison -> comparison.name() + comparison.worstIndex())
                .toList();
        if (!failed.isEmpty()) {
            throw new CheckFailedException("outside the bound, worst at " + String.join(", ", failed));
        }
    }
}
