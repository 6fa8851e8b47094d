package duality.models;

import duality.algebra.Blocks;
import duality.errors.ShapeException;
import java.util.List;

/**
 * One step of a linear recurrence, or a whole stretch of steps seen as one. With the state h and the inputs x of the
 * stretch,
 *
 * <pre>
 *   y_t = P_t h_{t−1} + D_t x_t      P (m×N)   D (m×k)
 *   h_t = A_t h_{t−1} + B_t x_t      A (N'×N)  B (N'×k)
 * </pre>
 *
 * so that the readout is of the state <em>before</em> the update, as for the generators of a semiseparable matrix. The
 * usual output {@code y_t = C_t h_t} is P = CA, D = CB ({@link #of}). State sizes may differ from step to step. Where
 * a state is a matrix S (N×P), P is the width of x.
 *
 * @param transition {@code A}
 * @param input {@code B}
 * @param readout {@code P}
 * @param direct {@code D}
 * @param <M> the type of a block
 */
public record Step<M>(M transition, M input, M readout, M direct) {
    /** The step {@code h = A h + B x, y = C h} with {@code A (N'×N), B (N'×k), C (m×N')}. */
    public static <M> Step<M> of(Blocks<M> k, M transition, M input, M output) {
        return readingBefore(k, transition, input, k.multiply(output, transition), k.multiply(output, input));
    }

    /** The step {@code h = A h + B x, y = C h + E x} with {@code E (m×k)}. */
    public static <M> Step<M> of(Blocks<M> k, M transition, M input, M output, M direct) {
        return readingBefore(
                k, transition, input, k.multiply(output, transition), k.add(k.multiply(output, input), direct));
    }

    /**
     * The step {@code y = P h + D x, h = A h + B x}, which reads the state before it updates it.
     *
     * @throws ShapeException if the shapes do not fit together
     */
    public static <M> Step<M> readingBefore(Blocks<M> k, M transition, M input, M readout, M direct) {
        require(k, "input B (N'×k)", input, k.rows(transition), k.columns(input));
        require(k, "readout P (m×N)", readout, k.rows(readout), k.columns(transition));
        require(k, "direct term D (m×k)", direct, k.rows(readout), k.columns(input));
        return new Step<>(transition, input, readout, direct);
    }

    private static <M> void require(Blocks<M> k, String what, M block, int rows, int columns) {
        if (k.rows(block) != rows || k.columns(block) != columns) {
            throw ShapeException.mismatch(what, k.rows(block) + "x" + k.columns(block), rows + "x" + columns);
        }
    }

    /** {@code P h + D x}, the outputs {@code (m×P)} for the state {@code h (N×P)} before the step. */
    public M read(Blocks<M> k, M h, M x) {
        return k.add(k.multiply(readout, h), k.multiply(direct, x));
    }

    /** {@code A h + B x}, the state {@code (N'×P)} after the step. */
    public M update(Blocks<M> k, M h, M x) {
        return k.add(k.multiply(transition, h), k.multiply(input, x));
    }

    /**
     * This step and then the next one, as one step:
     *
     * <pre>
     *   A = A₂A₁    B = [A₂B₁  B₂]    P = [P₁; P₂A₁]    D = [D₁ 0; P₂B₁ D₂]
     * </pre>
     *
     * Associative. A chunk composed in this way has the factors of the block decomposition: D is its diagonal block, B
     * its right, A its centre and P its left factor.
     */
    public Step<M> then(Blocks<M> k, Step<M> next) {
        M corner = k.zeros(k.rows(direct), k.columns(next.direct));
        return new Step<>(
                k.multiply(next.transition, transition),
                k.beside(k.multiply(next.transition, input), next.input),
                k.stackRows(List.of(readout, k.multiply(next.readout, transition))),
                k.stackRows(List.of(k.beside(direct, corner), k.beside(k.multiply(next.readout, input), next.direct))));
    }
}
