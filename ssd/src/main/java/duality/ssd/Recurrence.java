package duality.ssd;

import duality.algebra.Blocks;
import java.util.ArrayList;
import java.util.List;

/**
 * The definition: one step of the recurrence after another (Dao and Gu 2024, equation 2). Work O(TNP),
 * memory O(NP) beyond the output, depth T. Every other algorithm is judged by this one.
 */
public final class Recurrence implements SsdAlgorithm {
    @Override
    public <M> ScalarSsm.Result<M> run(Blocks<M> k, ScalarSsm<M> ssm) {
        M state = ssm.initialState();
        List<M> y = new ArrayList<>();
        y.add(k.zeros(0, k.columns(ssm.x())));
        for (int t = 0; t < ssm.length(k); t++) {
            M input = k.multiplyTransposeLeft(k.row(ssm.b(), t), k.row(ssm.x(), t)); // B_t x_tᵀ
            state = k.add(k.scale(k.row(ssm.decay(), t), state), input); // h_t = a_t h_{t−1} + B_t x_tᵀ
            y.add(k.multiply(k.row(ssm.c(), t), state)); // y_t = C_tᵀ h_t
        }
        return new ScalarSsm.Result<>(k.stackRows(y), state);
    }
}
