package duality.ssd;

import duality.algebra.Blocks;
import org.jspecify.annotations.Nullable;

/**
 * What surrounds the scan of one head on one sequence: step sizes that scale its inputs, a skip and a gate,
 *
 * <pre>
 *   y = (scan(exp(A dt), B, C, dt ∘ x, h) + x diag(D)) ∘ silu(z)
 * </pre>
 *
 * (Dao and Gu 2024, Sections 6 and 7), and its gradient by the chain rule around that of the scan. Functions of single
 * numbers come as their values and slopes, so that one text serves rounded numbers and any commutative ring.
 *
 * @param dt the step sizes after bias, softplus and limit {@code (T×1)}
 * @param dtSlope their derivatives with respect to the raw ones {@code (T×1)}
 * @param rate A {@code (1×1)}
 * @param x {@code (T×P)}
 * @param skip D for every channel {@code (1×P)}, zero if there is none
 * @param gate what multiplies the outputs, or null
 * @param <M> the type of a block
 */
public record SsdHead<M>(
        M dt, M dtSlope, M rate, M x, M skip, @Nullable Gate<M> gate) {
    /**
     * The gate's factors.
     *
     * @param value {@code silu(z) (T×P)}
     * @param slope {@code silu'(z) (T×P)}
     * @param <M> the type of a block
     */
    public record Gate<M>(M value, M slope) {}

    /**
     * Gradients, each of the shape of what it is the gradient of.
     *
     * @param x {@code (T×P)}
     * @param dt of the raw step sizes {@code (T×1)}
     * @param rate {@code (1×1)}
     * @param skip {@code (1×P)}
     * @param z of the gate's argument {@code (T×P)}, or null without a gate
     * @param <M> the type of a block
     */
    public record Gradient<M>(
            M x, M dt, M rate, M skip, @Nullable M z) {}

    /** The scan's inputs {@code dt ∘ x (T×P)}. */
    public M inputs(Blocks<M> k) {
        return k.scaleRows(dt, x);
    }

    /** The outputs {@code y (T×P)} from those of the scan. */
    public M outputs(Blocks<M> k, M scan) {
        M ungated = ungated(k, scan);
        return gate == null ? ungated : k.hadamard(ungated, gate.value());
    }

    /** The gradient of the scan's outputs {@code (T×P)} from that of y. */
    public M scanGradient(Blocks<M> k, M dy) {
        return gate == null ? dy : k.hadamard(dy, gate.value());
    }

    /**
     * The gradients of everything but B, C and the initial state, which are the scan's own.
     *
     * @param scan the scan's outputs {@code (T×P)}
     * @param dy the gradient of y {@code (T×P)}
     * @param inner the gradients of the scan, for {@link #scanGradient} as that of its outputs
     */
    public Gradient<M> gradient(Blocks<M> k, M scan, M dy, BlockGradient.Result<M> inner) {
        M dScan = scanGradient(k, dy);
        M ones = k.ones(k.rows(x), 1);
        M dStep = k.add(k.rowSums(k.hadamard(inner.x(), x)), k.scale(rate, inner.logDecay()));
        return new Gradient<>(
                k.add(k.scaleRows(dt, inner.x()), k.hadamard(everyRow(k, skip), dScan)),
                k.hadamard(dtSlope, dStep),
                k.multiplyTransposeLeft(dt, inner.logDecay()),
                k.multiplyTransposeLeft(ones, k.hadamard(dScan, x)),
                gate == null ? null : k.hadamard(k.hadamard(dy, gate.slope()), ungated(k, scan)));
    }

    private M ungated(Blocks<M> k, M scan) {
        return k.add(scan, k.hadamard(everyRow(k, skip), x));
    }

    private M everyRow(Blocks<M> k, M row) {
        return k.multiply(k.ones(k.rows(x), 1), row);
    }
}
