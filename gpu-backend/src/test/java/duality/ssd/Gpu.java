package duality.ssd;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import duality.gpu.ssd.CudaSsdBackend;
import duality.tensor.DType;
import duality.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** What the tests on a GPU share. */
final class Gpu {
    private Gpu() {}

    /** Skips a test where there is no GPU. */
    static void assumePresent() {
        new CudaSsdBackend().absence().ifPresent(reason -> assumeTrue(false, "no GPU: " + reason));
    }

    /**
     * What the norm of the error may be relative to the norm of the result: for bfloat16 and float32 what the backend
     * promises, for float64 what independent implementations agree to. The few entries of a small array may lose more
     * than the promise when they are stored in bfloat16, even the definition's own: then a twentieth more than those.
     */
    static double tolerance(Precision precision, String name, Tensor expected) {
        return switch (precision) {
            case FLOAT64 -> 1e-11;
            case FLOAT32 -> 1e-5;
            case BFLOAT16 -> {
                DType stored = precision.type(name.replaceFirst("^grad_", ""));
                boolean fewSums = expected.rank() == 1 && expected.size() < 16;
                yield Math.max(fewSums ? 6.6e-3 : 3e-3, 1.05 * relativeError(expected.to(stored), expected));
            }
        };
    }

    /** ‖actual − expected‖ / ‖expected‖; NaN if anything is. */
    static double relativeError(Tensor actual, Tensor expected) {
        double difference = 0;
        double norm = 0;
        for (long i = 0; i < expected.size(); i++) {
            difference += Math.pow(actual.getDouble(i) - expected.getDouble(i), 2);
            norm += Math.pow(expected.getDouble(i), 2);
        }
        return difference == 0 ? 0 : Math.sqrt(difference / norm);
    }

    /** Outputs and gradients by name, the gradients as grad_ and the input's name. */
    static SequencedMap<String, Tensor> results(
            SsdBackend backend, SsdInputs in, Tensor dy, @Nullable Tensor dFinal, SsdOptions options) {
        SequencedMap<String, Tensor> results = new LinkedHashMap<>();
        SsdOutputs outputs = backend.forward(in, options);
        results.put("y", outputs.y());
        results.put("final_states", outputs.finalStates());
        backend.backward(in, dy, dFinal, options)
                .arrays()
                .forEach((name, tensor) -> results.put("grad_" + name, tensor));
        return results;
    }

    /** What the definition gives for inputs that are rounded as a precision stores them. */
    static SequencedMap<String, Tensor> definition(
            SsdInputs in, Tensor dy, @Nullable Tensor dFinal, Precision precision) {
        // The block form on all processors: in float64 it is the definition to 1e-13, and much faster.
        return results(SsdBackends.CPU, in.in(precision), dy, dFinal, SsdOptions.defaults());
    }
}
