package duality.ssd;

import duality.errors.ShapeException;
import duality.ssd.internal.BlocksBackend;
import duality.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Compares computed results with the definition, entry by entry, against a derived bound.
 *
 * <p>Every entry of every output and gradient is a sum of products of inputs. If its computation passes each
 * product through at most k roundings, its error is at most {@code γ_k · m} with {@code γ_k = k u / (1 − k u)}
 * and m the same sum over absolute values (Higham, Accuracy and Stability of Numerical Algorithms, Section
 * 3.1). The magnitudes m come from running the operator on absolute values; k is counted for the worst of the
 * algorithms. With T the longest sequence:
 *
 * <ul>
 *   <li>forward, {@code 3T + N + 20}: at most T decays, each rounded on entry and multiplied once; at most T + 2
 *       additions over time and N over the state; conversion of x, B, C, D, h, the step size, skip and gate;
 *   <li>backward, {@code 8T + 2(N + P) + batch·time + H + 60}: decays as above; sums over time for the state,
 *       its gradient, the products inside a chunk and the two cumulative sums of the decay's gradient; inner
 *       products over N and P; for the gate, the forward pass; then sums over time, batch and heads.
 * </ul>
 *
 * <p>In {@link Precision#BFLOAT16} an output may also pass through two roundings to bfloat16 as an operand, which add γ_2
 * with the unit roundoff of bfloat16: of what goes into a state, and of the state itself; or of a state and of the
 * gradient of one. In the gradients of what has a gate they may be four, for there the gradient of y is rounded too.
 *
 * <p>Two results may differ by the sum of their bounds. Underflow adds an allowance of one smallest subnormal for
 * every operation, scaled by the largest inputs. The bounds hold as long as nothing overflows.
 */
public final class SsdCheck {
    private static final double BFLOAT16_ROUNDOFF = 0x1p-8;

    private final SsdInputs inputs;
    private final Precision precision;
    private @Nullable Expected expected;

    /** What the definition gives, and the magnitudes of its sums. */
    private record Expected(SsdOutputs definition, SsdOutputs magnitude) {}

    /**
     * How an array compares with the definition.
     *
     * @param name of the array: y, final_states, or grad_ and the name of an input
     * @param largest the largest absolute value in the definition's result
     * @param error the largest absolute difference
     * @param bound the largest bound on a difference
     * @param worst the largest quotient of a difference and its own bound; the check passes up to 1
     * @param worstIndex where that is; empty if the array is
     */
    public record Comparison(
            String name, double largest, double error, double bound, double worst, List<Long> worstIndex) {
        /** Whether every entry is within its bound. */
        public boolean passes() {
            return worst <= 1;
        }

        /** The largest difference relative to the largest value. */
        public double relativeError() {
            return error == 0 ? 0 : error / largest;
        }

        /** The largest bound relative to the largest value. */
        public double relativeBound() {
            return bound == 0 ? 0 : bound / largest;
        }
    }

    /** A check of results that were computed from {@code inputs} in {@code precision}. */
    public SsdCheck(SsdInputs inputs, Precision precision) {
        this.inputs = inputs.in(precision);
        this.precision = precision;
    }

    /** Compares outputs with the definition's, for y and the final states. The definition runs once. */
    public List<Comparison> forward(SsdOutputs actual) {
        if (expected == null) {
            SsdOptions options = SsdOptions.defaults();
            expected = new Expected(
                    SsdBackends.REFERENCE.forward(inputs, options),
                    BlocksBackend.magnitudes().forward(inputs, options));
        }
        SsdOutputs definition = expected.definition();
        SsdOutputs magnitude = expected.magnitude();
        return List.of(
                compare("y", actual.y(), definition.y(), magnitude.y(), forwardRoundings(), 1),
                compare(
                        "final_states",
                        actual.finalStates(),
                        definition.finalStates(),
                        magnitude.finalStates(),
                        forwardRoundings(),
                        1));
    }

    /** Compares gradients with those of the adjoint recurrence. */
    public List<Comparison> backward(SsdGradients actual, Tensor dy, @Nullable Tensor dFinalStates) {
        SsdOptions options = SsdOptions.defaults();
        SsdGradients definition = SsdBackends.REFERENCE.backward(inputs, dy, dFinalStates, options);
        SsdGradients magnitude = BlocksBackend.magnitudes().backward(inputs, dy, dFinalStates, options);
        List<Comparison> comparisons = new ArrayList<>();
        for (String name : definition.arrays().keySet()) {
            comparisons.add(compare(
                    "grad_" + name,
                    actual.of(name),
                    definition.of(name),
                    magnitude.of(name),
                    backwardRoundings(),
                    inputs.gate() == null ? 1 : 2));
        }
        return comparisons;
    }

    private double longest() {
        return inputs.sequences().stream()
                .mapToInt(SsdInputs.Sequence::length)
                .max()
                .orElse(0);
    }

    private double forwardRoundings() {
        return 3 * longest() + inputs.stateSize() + 20;
    }

    private double backwardRoundings() {
        return 8 * longest()
                + 2.0 * (inputs.stateSize() + inputs.headDim())
                + inputs.batch() * inputs.time()
                + inputs.heads()
                + 60;
    }

    /**
     * Compares an array.
     *
     * @param roundings of any product that is summed, in the precision of the computation
     * @param operands how many operands meet that were rounded as often as {@link Precision#operandRoundings()} says
     */
    private Comparison compare(
            String name, Tensor actual, Tensor definition, Tensor magnitude, double roundings, int operands) {
        if (!Arrays.equals(actual.shape(), definition.shape())) {
            throw ShapeException.mismatch(name, actual.toString(), definition.toString());
        }
        double relative = gamma(roundings, precision.unitRoundoff())
                + gamma(roundings, Precision.FLOAT64.unitRoundoff())
                + gamma(operands * precision.operandRoundings(), BFLOAT16_ROUNDOFF);
        double absolute = underflow(roundings);
        double storage = precision.storageRoundoff(name.replaceFirst("^grad_", ""));
        double largest = 0;
        double error = 0;
        double bound = 0;
        double worst = 0;
        long worstIndex = 0;
        for (long i = 0; i < actual.size(); i++) {
            double expected = definition.getDouble(i);
            double allowed = relative * magnitude.getDouble(i) + absolute;
            allowed += storage * (Math.abs(expected) + allowed);
            double difference = Math.abs(actual.getDouble(i) - expected);
            // A NaN, or a bound that overflowed, proves nothing and counts as a failure.
            double quotient =
                    difference == 0 ? 0 : allowed < Double.POSITIVE_INFINITY ? difference / allowed : Double.NaN;
            largest = Math.max(largest, Math.abs(expected));
            error = Math.max(error, difference);
            bound = Math.max(bound, allowed);
            if (!(quotient <= worst)) {
                worst = Double.isNaN(quotient) ? Double.POSITIVE_INFINITY : quotient;
                worstIndex = i;
            }
        }
        return new Comparison(
                name,
                largest,
                error,
                bound,
                worst,
                actual.size() == 0
                        ? List.of()
                        : Arrays.stream(actual.index(worstIndex)).boxed().toList());
    }

    /** γ_k; infinite where k u ≥ 1 and nothing can be promised. */
    private static double gamma(double k, double u) {
        return k * u < 1 ? k * u / (1 - k * u) : Double.POSITIVE_INFINITY;
    }

    /**
     * An error of one subnormal made anywhere is multiplied by at most five of the numbers B, C, x, dy, dt, A, D,
     * z and the state before it reaches a result.
     */
    private double underflow(double roundings) {
        double subnormal = precision == Precision.FLOAT64 ? Double.MIN_VALUE : Float.MIN_VALUE;
        double largest = 1;
        for (Tensor array : inputs.arrays().values()) {
            for (long i = 0; i < array.size(); i++) {
                double value = Math.abs(array.getDouble(i));
                largest = Math.max(largest, Double.isInfinite(value) ? 1 : value);
            }
        }
        return subnormal * roundings * roundings * Math.pow(largest, 5);
    }
}
