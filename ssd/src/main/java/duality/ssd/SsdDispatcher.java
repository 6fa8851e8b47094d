package duality.ssd;

import duality.errors.Fault;
import duality.errors.UnsupportedRequestException;
import duality.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Sends every call to the backend whose {@linkplain SsdBackend#estimate estimate} is the smallest. What a first call
 * prepares does not count, so the choice depends on shapes, types, options, the machine and the threads of the caller's
 * pool alone. Each backend has its own bits.
 */
public final class SsdDispatcher implements SsdBackend {
    private final SequencedMap<String, SsdBackend> backends = new LinkedHashMap<>();

    /** Whether a backend works here cannot change, but takes time to find out. */
    private final Map<String, Optional<String>> absences = new ConcurrentHashMap<>();

    /**
     * A dispatcher.
     *
     * @param backends at least one, with different names; the first of equally fast ones is taken
     * @throws UnsupportedRequestException if there is none, or two have one name
     */
    public SsdDispatcher(List<SsdBackend> backends) {
        if (backends.isEmpty()) {
            throw new UnsupportedRequestException(Fault.WRONG_ARGUMENTS, "a dispatcher of no backends");
        }
        for (SsdBackend backend : backends) {
            if (this.backends.put(backend.name(), backend) != null) {
                throw new UnsupportedRequestException(
                        Fault.WRONG_ARGUMENTS, "two backends are called " + backend.name());
            }
        }
    }

    @Override
    public String name() {
        return "auto";
    }

    @Override
    public String description() {
        return "whatever should be fastest of " + String.join(", ", backends.keySet());
    }

    /** The backend for one call among many. */
    public Choice choose(Pass pass, SsdInputs inputs, SsdOptions options) {
        return Choice.fastest(estimates(List.of(pass), inputs, options), false);
    }

    /**
     * The backend for a program that makes these calls once, one after another, and pays for what the first prepares.
     *
     * @param passes at least one
     */
    public Choice chooseOnce(List<Pass> passes, SsdInputs inputs, SsdOptions options) {
        return Choice.fastest(estimates(passes, inputs, options), true);
    }

    private SequencedMap<String, Estimate> estimates(List<Pass> passes, SsdInputs inputs, SsdOptions options) {
        SequencedMap<String, Estimate> estimates = new LinkedHashMap<>();
        backends.forEach((name, backend) -> estimates.put(
                name,
                absences.computeIfAbsent(name, missing -> backend.absence())
                        .map(reason -> Estimate.never("absent, " + reason))
                        .orElseGet(() -> passes.stream()
                                .map(pass -> backend.estimate(pass, inputs, options))
                                .reduce(Estimate::then)
                                .orElseThrow())));
        return estimates;
    }

    private SsdBackend backend(Pass pass, SsdInputs inputs, SsdOptions options) {
        return Objects.requireNonNull(backends.get(choose(pass, inputs, options).name()));
    }

    @Override
    public Estimate estimate(Pass pass, SsdInputs inputs, SsdOptions options) {
        Choice choice = choose(pass, inputs, options);
        return Objects.requireNonNull(choice.estimates().get(choice.name()));
    }

    @Override
    public SsdOutputs forward(SsdInputs inputs, SsdOptions options) {
        return backend(Pass.FORWARD, inputs, options).forward(inputs, options);
    }

    @Override
    public void forward(SsdInputs inputs, SsdOptions options, SsdOutputs into) {
        backend(Pass.FORWARD, inputs, options).forward(inputs, options, into);
    }

    @Override
    public SsdGradients backward(SsdInputs inputs, Tensor dy, @Nullable Tensor dFinalStates, SsdOptions options) {
        return backend(Pass.BACKWARD, inputs, options).backward(inputs, dy, dFinalStates, options);
    }

    @Override
    public void backward(
            SsdInputs inputs, Tensor dy, @Nullable Tensor dFinalStates, SsdOptions options, SsdGradients into) {
        backend(Pass.BACKWARD, inputs, options).backward(inputs, dy, dFinalStates, options, into);
    }

    @Override
    public SsdOutputs step(SsdInputs token, SsdOptions options) {
        return backend(Pass.STEP, token, options).step(token, options);
    }

    @Override
    public void step(SsdInputs token, SsdOptions options, SsdOutputs into) {
        backend(Pass.STEP, token, options).step(token, options, into);
    }

    @Override
    public String toString() {
        return backends.keySet().stream().collect(Collectors.joining(", ", "auto of ", ""));
    }
}
