package duality.ssd;

import duality.errors.Fault;
import duality.errors.ShapeException;
import duality.tensor.Tensor;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Something that computes the SSD operator. The same inputs and options give the same bits from the same
 * backend, whatever the number of threads.
 */
public interface SsdBackend {
    /** What a backend computes. */
    enum Pass {
        /** {@link SsdBackend#forward}. */
        FORWARD,
        /** {@link SsdBackend#backward}. */
        BACKWARD,
        /** {@link SsdBackend#step}. */
        STEP;

        /** The name in lower case. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The name, as on the command line. */
    String name();

    /** One line for people: what it is and what it runs on. */
    String description();

    /** Why it cannot run on this machine, in one line; empty if it can. */
    default Optional<String> absence() {
        return Optional.empty();
    }

    /**
     * How long a pass should take here: what {@linkplain SsdBackends#auto() auto} goes by. Depends on shapes, types,
     * options and the machine alone. A backend without an estimate, as by default, is never taken.
     */
    default Estimate estimate(Pass pass, SsdInputs inputs, SsdOptions options) {
        return Estimate.never("without an estimate");
    }

    /** The outputs and final states. */
    SsdOutputs forward(SsdInputs inputs, SsdOptions options);

    /**
     * The same into tensors that are there already, so that repeated calls need no new memory.
     *
     * @param into modified; unspecified if an exception is thrown. They may have any floating-point types, and must not
     *     share memory with the inputs
     * @throws ShapeException if they have the wrong shapes
     */
    default void forward(SsdInputs inputs, SsdOptions options, SsdOutputs into) {
        into.requireFits(inputs);
        SsdOutputs computed = forward(inputs, options);
        computed.y().copyTo(into.y());
        computed.finalStates().copyTo(into.finalStates());
    }

    /**
     * The gradients of {@code Σ y·dy + Σ final_states·dfinal_states}.
     *
     * @param dy of the shape of y
     * @param dFinalStates of the shape of the final states, or null for zero
     * @throws ShapeException if they have other shapes
     * @throws duality.errors.ValueException if a value in them is not finite
     */
    SsdGradients backward(SsdInputs inputs, Tensor dy, @Nullable Tensor dFinalStates, SsdOptions options);

    /**
     * The same into tensors that are there already.
     *
     * @param into modified; unspecified if an exception is thrown. They may have any floating-point types, and must not
     *     share memory with the inputs
     * @throws ShapeException if they have the wrong shapes, or the others as above
     */
    default void backward(
            SsdInputs inputs, Tensor dy, @Nullable Tensor dFinalStates, SsdOptions options, SsdGradients into) {
        into.requireFits(inputs);
        backward(inputs, dy, dFinalStates, options)
                .arrays()
                .forEach((name, gradient) -> gradient.copyTo(into.of(name)));
    }

    /**
     * One step of decoding for a batch of sequences: the inputs have time 1, the state before the step is
     * their {@code initial_states} and the state after it the result's final states. To decode, pass it on
     * with {@link SsdInputs.Builder#initialStates}. The cost does not depend on the tokens before.
     *
     * @throws ShapeException if the inputs have another length or packed sequences
     */
    default SsdOutputs step(SsdInputs token, SsdOptions options) {
        requireOneStep(token);
        return forward(token, options.with(SsdOptions.Algorithm.RECURRENT));
    }

    /**
     * The same into tensors that are there already.
     *
     * @param into modified; the final states may be the {@code initial_states} of the token, which they then replace
     * @throws ShapeException if they have the wrong shapes, or the token as above
     */
    default void step(SsdInputs token, SsdOptions options, SsdOutputs into) {
        into.requireFits(token);
        SsdOutputs computed = step(token, options);
        computed.y().copyTo(into.y());
        computed.finalStates().copyTo(into.finalStates());
    }

    /**
     * Checks that inputs are those of a decoding step, for the backends.
     *
     * @throws ShapeException if they have another length or packed sequences
     */
    static void requireOneStep(SsdInputs token) {
        if (token.time() != 1 || token.cuSeqlens() != null) {
            throw new ShapeException(
                    Fault.SHAPE_MISMATCH, "a decoding step takes one token a sequence, but x is " + token.x());
        }
    }
}
