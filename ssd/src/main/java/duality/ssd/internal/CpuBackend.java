package duality.ssd.internal;

import duality.kernels.Kernels;
import duality.kernels.Simd;
import duality.semiseparable.CumProdSum;
import duality.ssd.Estimate;
import duality.ssd.Precision;
import duality.ssd.SsdBackend;
import duality.ssd.SsdGradients;
import duality.ssd.SsdInputs;
import duality.ssd.SsdOptions;
import duality.ssd.SsdOptions.Algorithm;
import duality.ssd.SsdOutputs;
import duality.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The block form by {@link FusedForward} and {@link FusedBackward}, in the precisions that the kernels have. The other forms, and other ways to pass
 * states, are the generic algorithms with heads in parallel.
 */
public final class CpuBackend implements SsdBackend {
    /** Chunks are cut to this length, beyond which C Bᵀ leaves the cache and nothing is gained. */
    private static final int LONGEST_CHUNK = 256;

    private static final ThreadLocal<Workspace<float[]>> FLOATS =
            ThreadLocal.withInitial(() -> new Workspace<>(Simd.floats()));
    private static final ThreadLocal<Workspace<double[]>> DOUBLES =
            ThreadLocal.withInitial(() -> new Workspace<>(Simd.doubles()));

    private static final Reserve<float[]> FLOAT_STATES = new Reserve<>(Simd::floats);
    private static final Reserve<double[]> DOUBLE_STATES = new Reserve<>(Simd::doubles);

    private final SsdBackend generic =
            new BlocksBackend("cpu", "the generic algorithms, heads in parallel", Algorithm.BLOCK, true);

    private final long keptBytes;

    /** The backend, whose backward pass keeps states in up to an eighth of the heap. */
    public CpuBackend() {
        this(Runtime.getRuntime().maxMemory() / 8);
    }

    /**
     * The backend.
     *
     * @param keptBytes what the backward pass may keep states in; with less than all of them need, it computes some twice
     */
    public CpuBackend(long keptBytes) {
        this.keptBytes = keptBytes;
    }

    @Override
    public String name() {
        return "cpu";
    }

    @Override
    public String description() {
        return "the block form, fused; SIMD " + Simd.description();
    }

    private static boolean fused(SsdOptions options) {
        return (options.algorithm() == Algorithm.AUTO || options.algorithm() == Algorithm.BLOCK)
                && options.statePassing() == CumProdSum.RECURRENT;
    }

    @Override
    public Estimate estimate(Pass pass, SsdInputs inputs, SsdOptions options) {
        return CpuCosts.estimate(pass, inputs, options, fused(options));
    }

    @Override
    public SsdOutputs forward(SsdInputs inputs, SsdOptions options) {
        if (!fused(options)) {
            return generic.forward(inputs, options);
        }
        SsdOutputs out = SsdOutputs.zeros(inputs, options.precision());
        forward(inputs, options, out);
        return out;
    }

    @Override
    public void forward(SsdInputs given, SsdOptions options, SsdOutputs into) {
        if (!fused(options)) {
            generic.forward(given, options, into);
            return;
        }
        SsdInputs in = given.in(options.precision());
        into.requireFits(in);
        int chunkLength = chunkLength(options);
        if (options.precision() == Precision.FLOAT64) {
            forward(Simd.doubles(), DOUBLES, in, chunkLength, into);
        } else {
            forward(Simd.floats(), FLOATS, in, chunkLength, into);
        }
    }

    private static <A> void forward(
            Kernels<A> k, ThreadLocal<Workspace<A>> workspaces, SsdInputs in, int chunkLength, SsdOutputs into) {
        new FusedForward<>(k, workspaces, in, chunkLength, into).run();
    }

    @Override
    public SsdOutputs step(SsdInputs token, SsdOptions options) {
        SsdBackend.requireOneStep(token);
        SsdOutputs out = SsdOutputs.zeros(token, options.precision());
        step(token, options, out);
        return out;
    }

    @Override
    public void step(SsdInputs token, SsdOptions options, SsdOutputs into) {
        SsdBackend.requireOneStep(token);
        SsdInputs in = token.in(options.precision());
        into.requireFits(in);
        if (options.precision() == Precision.FLOAT64) {
            new DecodingStep<>(Simd.doubles(), DOUBLES, in, into).run();
        } else {
            new DecodingStep<>(Simd.floats(), FLOATS, in, into).run();
        }
    }

    @Override
    public SsdGradients backward(SsdInputs inputs, Tensor dy, @Nullable Tensor dFinalStates, SsdOptions options) {
        if (!fused(options)) {
            return generic.backward(inputs, dy, dFinalStates, options);
        }
        SsdGradients gradients = SsdGradients.zeros(inputs, options.precision());
        backward(inputs, dy, dFinalStates, options, gradients);
        return gradients;
    }

    @Override
    public void backward(
            SsdInputs given, Tensor dy, @Nullable Tensor dFinalStates, SsdOptions options, SsdGradients into) {
        if (!fused(options)) {
            generic.backward(given, dy, dFinalStates, options, into);
            return;
        }
        SsdInputs in = given.in(options.precision());
        in.checkGradients(dy, dFinalStates);
        into.requireFits(in);
        if (options.precision() == Precision.FLOAT64) {
            backward(Simd.doubles(), DOUBLES, DOUBLE_STATES, in, dy, dFinalStates, options, into);
        } else {
            backward(Simd.floats(), FLOATS, FLOAT_STATES, in, dy, dFinalStates, options, into);
        }
    }

    /** What the fused passes take for a chunk. */
    static int chunkLength(SsdOptions options) {
        return Math.min(options.chunkLength(), LONGEST_CHUNK);
    }

    private <A> void backward(
            Kernels<A> k,
            ThreadLocal<Workspace<A>> workspaces,
            Reserve<A> states,
            SsdInputs in,
            Tensor dy,
            @Nullable Tensor dFinalStates,
            SsdOptions options,
            SsdGradients into) {
        int chunkLength = chunkLength(options);
        new FusedBackward<>(k, workspaces, states, in, chunkLength, keptBytes, dy, dFinalStates, into).run();
    }
}
