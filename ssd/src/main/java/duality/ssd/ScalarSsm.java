package duality.ssd;

import duality.algebra.Blocks;
import duality.errors.ShapeException;

/**
 * One head of a state space model with scalar transitions, on one sequence:
 *
 * <pre>
 *   h_t = a_t h_{t−1} + B_t x_tᵀ      (N×P)
 *   y_t = C_tᵀ h_t                    (1×P)
 * </pre>
 *
 * which is multiplication by the semiseparable matrix {@code M = 1SS(a) ∘ (C Bᵀ)} (Dao and Gu 2024,
 * equation 3 and Corollary 5.1), plus what an initial state contributes. A step size is already part of
 * {@code a} and {@code x}.
 *
 * @param decay the factors {@code a (T×1)}; zero is a reset
 * @param b the input vectors {@code B (T×N)}
 * @param c the output vectors {@code C (T×N)}
 * @param x the inputs {@code X (T×P)}
 * @param initialState {@code h_{−1} (N×P)}
 * @param <M> the type of a block
 */
public record ScalarSsm<M>(M decay, M b, M c, M x, M initialState) {
    /**
     * The model with these generators.
     *
     * @throws ShapeException if their shapes do not fit together
     */
    public static <M> ScalarSsm<M> of(Blocks<M> k, M decay, M b, M c, M x, M initialState) {
        int length = k.rows(decay);
        require(k, "decay (T×1)", decay, length, 1);
        require(k, "B (T×N)", b, length, k.columns(b));
        require(k, "C (T×N)", c, length, k.columns(b));
        require(k, "X (T×P)", x, length, k.columns(x));
        require(k, "initial state (N×P)", initialState, k.columns(b), k.columns(x));
        return new ScalarSsm<>(decay, b, c, x, initialState);
    }

    private static <M> void require(Blocks<M> k, String what, M block, int rows, int columns) {
        if (k.rows(block) != rows || k.columns(block) != columns) {
            throw ShapeException.mismatch(what, k.rows(block) + "x" + k.columns(block), rows + "x" + columns);
        }
    }

    /** T. */
    public int length(Blocks<M> k) {
        return k.rows(decay);
    }

    /** The mask {@code L = 1SS(a) (T×T)}. */
    public M mask(Blocks<M> k) {
        return k.oneSemiseparable(decay);
    }

    /** The matrix {@code M = L ∘ (C Bᵀ) (T×T)}: the state space model as masked attention. */
    public M matrix(Blocks<M> k) {
        return k.hadamard(mask(k), k.multiplyTransposeRight(c, b));
    }

    /** The model on the rows {@code [from, to)} alone, entered with the given state. */
    public ScalarSsm<M> slice(Blocks<M> k, int from, int to, M state) {
        return new ScalarSsm<>(
                k.rows(decay, from, to), k.rows(b, from, to), k.rows(c, from, to), k.rows(x, from, to), state);
    }

    /**
     * What an algorithm computes.
     *
     * @param y the outputs {@code (T×P)}
     * @param finalState {@code h_{T−1} (N×P)}; the initial state if T = 0
     * @param <M> the type of a block
     */
    public record Result<M>(M y, M finalState) {}
}
