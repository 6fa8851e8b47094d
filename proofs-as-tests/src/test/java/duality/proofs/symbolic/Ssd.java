package duality.proofs.symbolic;

import duality.algebra.Blocks;
import java.util.ArrayList;
import java.util.List;

/**
 * State space duality on a small scale (Dao and Gu 2024, section 6): three programs for the same map of
 * {@code x (time, headDim)}, with {@code a (time, 1)} and {@code b, c (time, stateSize)}.
 */
record Ssd<M>(Blocks<M> blocks) {
    /** {@code h_t = a_t h_{t−1} + b_tᵀ x_t; y_t = c_t h_t}. */
    M recurrent(M a, M b, M c, M x) {
        M state = blocks.zeros(blocks.columns(b), blocks.columns(x));
        List<M> outputs = new ArrayList<>();
        for (int t = 0; t < blocks.rows(x); t++) {
            state = blocks.add(
                    blocks.scale(blocks.entry(a, t, 0), state),
                    blocks.multiplyTransposeLeft(blocks.row(b, t), blocks.row(x, t)));
            outputs.add(blocks.multiply(blocks.row(c, t), state));
        }
        return blocks.stackRows(outputs);
    }

    /** {@code (1SS(a) ∘ c bᵀ) x}. */
    M quadratic(M a, M b, M c, M x) {
        return blocks.multiply(blocks.hadamard(blocks.oneSemiseparable(a), blocks.multiplyTransposeRight(c, b)), x);
    }

    /** The quadratic form in chunks of at most the given length, with states passed between them. */
    M chunked(M a, M b, M c, M x, int chunkLength) {
        M state = blocks.zeros(blocks.columns(b), blocks.columns(x));
        List<M> outputs = new ArrayList<>();
        int time = blocks.rows(x);
        for (int from = 0; from < time; from += chunkLength) {
            int to = Math.min(from + chunkLength, time);
            M decays = blocks.oneSemiseparable(blocks.rows(a, from, to));
            M fromState = blocks.scale(blocks.entry(a, from, 0), blocks.block(decays, 0, to - from, 0, 1));
            M toState = blocks.transpose(blocks.row(decays, to - from - 1));
            M bChunk = blocks.rows(b, from, to);
            M cChunk = blocks.rows(c, from, to);
            M xChunk = blocks.rows(x, from, to);
            outputs.add(blocks.add(
                    blocks.multiply(blocks.hadamard(decays, blocks.multiplyTransposeRight(cChunk, bChunk)), xChunk),
                    blocks.scaleRows(fromState, blocks.multiply(cChunk, state))));
            state = blocks.add(
                    blocks.scale(blocks.row(fromState, to - from - 1), state),
                    blocks.multiplyTransposeLeft(blocks.scaleRows(toState, bChunk), xChunk));
        }
        return blocks.stackRows(outputs);
    }
}
