package duality.ssd;

import duality.tensor.Tensor;
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
