package duality.models;

import duality.algebra.Blocks;
import java.util.List;

/**
 * A linear time-invariant state space model: {@code h_t = A h_{t−1} + B x_t, y_t = C h_t}, the Toeplitz matrix of the
 * kernel {@code C A^j B}. S4 (Gu, Goel and Ré 2021, arXiv 2111.00396) has a general A, S4D (Gu, Gupta, Goel and Ré
 * 2022, arXiv 2206.11893) a diagonal one; A and B are given discretised.
 *
 * @param length T
 * @param a {@code A (N×N)}
 * @param b {@code B (N×1)}
 * @param c {@code C (1×N)}
 * @param <M> the type of a block
 */
public record TimeInvariant<M>(int length, M a, M b, M c) implements LinearRecurrence<M>, ClosedForm<M> {
    @Override
    public int length(Blocks<M> ops) {
        return length;
    }

    @Override
    public Step<M> step(Blocks<M> ops, int t) {
        return Step.of(ops, a, b, c);
    }

    /** The convolution with the kernel {@code [CB, CAB, CA²B, …]}. */
    @Override
    public M closedForm(Blocks<M> ops) {
        M kernel = ops.zeros(0, 1);
        M state = b;
        for (int j = 0; j < length; j++) {
            kernel = ops.stackRows(List.of(kernel, ops.multiply(c, state)));
            state = ops.multiply(a, state);
        }
        return new Convolution<>(kernel).matrix(ops);
    }
}
