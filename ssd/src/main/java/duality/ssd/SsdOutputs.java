package duality.ssd;

import duality.tensor.Tensor;

/**
 * The outputs of the SSD operator.
 *
 * @param y {@code (batch, time, heads, headDim)}
 * @param finalStates the state after the last step of every sequence, {@code (sequences, heads, headDim,
 *     stateSize)}
 */
public record SsdOutputs(Tensor y, Tensor finalStates) {
    /** Zeros of the shapes and types that the inputs have in a precision. */
    public static SsdOutputs zeros(SsdInputs in, Precision precision) {
        return new SsdOutputs(
                Tensor.zeros(precision.activations(), in.batch(), in.time(), in.heads(), in.headDim()),
                Tensor.zeros(precision.parameters(), in.sequences().size(), in.heads(), in.headDim(), in.stateSize()));
    }

    /**
     * Checks that the shapes are those of the outputs for some inputs.
     *
     * @throws duality.errors.ShapeException if they are not
     */
    public void requireFits(SsdInputs in) {
        in.requireOutput("y", y, in.batch(), in.time(), in.heads(), in.headDim());
        in.requireOutput("final_states", finalStates, in.sequences().size(), in.heads(), in.headDim(), in.stateSize());
    }
}
