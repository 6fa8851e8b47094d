package duality.ssd;

import duality.tensor.Tensor;

/**
 * The outputs of the SSD operator.
 *
 * @param y {@code (batch, time, heads, headDim)}
 * @param finalStates the state after the last step of every sequence, {@code (sequences, heads, headDim,
 *     stateSize)}
 */
public record SsdOutputs(Tensor y, Tensor finalStates) {}
