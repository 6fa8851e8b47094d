package duality.ssd;

import duality.errors.ShapeException;
import duality.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * The gradients of {@code Σ y·dy + Σ final_states·dfinal_states} with respect to the inputs, each of the
 * shape of its input.
 *
 * @param arrays by the names of {@link SsdInputs}' table, for the inputs that are there; {@code
 *     initial_states} always (a model that starts from zero may still want to learn where to start)
 */
public record SsdGradients(SequencedMap<String, Tensor> arrays) {
    /** Copies the map, not the tensors. */
    public SsdGradients {
        arrays = new LinkedHashMap<>(arrays);
    }

    /** Zeros of the shapes and types that the gradients have in a precision. */
    public static SsdGradients zeros(SsdInputs in, Precision precision) {
        SequencedMap<String, Tensor> arrays = new LinkedHashMap<>();
        shapes(in).forEach((name, shape) -> arrays.put(name, Tensor.zeros(precision.type(name), shape)));
        return new SsdGradients(arrays);
    }

    private static SequencedMap<String, long[]> shapes(SsdInputs in) {
        SequencedMap<String, long[]> shapes = new LinkedHashMap<>();
        in.arrays().forEach((name, array) -> {
            if (array.dtype().isFloatingPoint()) {
                shapes.put(name, array.shape());
            }
        });
        long[] states = {in.sequences().size(), in.heads(), in.headDim(), in.stateSize()};
        shapes.put("initial_states", states);
        return shapes;
    }

    /**
     * Checks that the names and shapes are those of the gradients for some inputs.
     *
     * @throws ShapeException if they are not
     */
    public void requireFits(SsdInputs in) {
        shapes(in).forEach((name, shape) -> {
            Tensor gradient = arrays.get(name);
            if (gradient == null || !Arrays.equals(gradient.shape(), shape)) {
                throw ShapeException.mismatch(
                        "gradient of " + name, gradient == null ? "none" : gradient.toString(), Arrays.toString(shape));
            }
        });
    }

    /**
     * The gradient of one input.
     *
     * @throws java.util.NoSuchElementException if that input is not there
     */
    public Tensor of(String name) {
        Tensor gradient = arrays.get(name);
        if (gradient == null) {
            throw new java.util.NoSuchElementException("no gradient of " + name + " among " + arrays.keySet());
        }
        return gradient;
    }
}
