package duality.ssd.internal;

import duality.kernels.Parallel;
import duality.kernels.Simd;
import duality.ssd.Estimate;
import duality.ssd.Precision;
import duality.ssd.SsdBackend.Pass;
import duality.ssd.SsdInputs;
import duality.ssd.SsdOptions;
import duality.tensor.Tensor;
import java.util.List;
import java.util.Map;

/**
 * What the processor's passes should take: for every step and head the multiplications of the block form, and something
 * for the step itself. The constants are times of one of 16 threads of a Xeon, with vectors of 512 bits.
 */
final class CpuCosts {
    /** Lanes of float32 of the vectors that were measured. */
    private static final double LANES = 16;
    /** Heads that share one C Bᵀ. */
    private static final double SHARING = 8;
    /** A backward pass in forward passes, as measured with an EPYC of two threads. */
    private static final double BACKWARD = 2.7;
    /** How much slower the generic algorithms are. */
    private static final double GENERIC = 8;
    /** Until the Java compiler is done with the loops. */
    private static final double PREPARATION = 0.2;
    /** What a call costs however small it is. */
    private static final double CALL = 10e-6;
    /** Rounding a number to bfloat16 before the pass, on one thread. */
    private static final double ROUNDING = 12e-9;
    /** A byte of a state, read and written by a decoding step. */
    private static final double STATE_BYTE = 0.16e-9;

    /** Seconds of a thread for a multiplication with its addition, and for a step of a head. */
    private record Costs(double multiplication, double step) {
        static Costs of(Precision precision) {
            return switch (precision) {
                case FLOAT64 -> new Costs(97e-12, 250e-9);
                case FLOAT32 -> new Costs(46e-12, 180e-9);
                case BFLOAT16 -> new Costs(50e-12, 260e-9);
            };
        }
    }

    private CpuCosts() {}

    static Estimate estimate(Pass pass, SsdInputs in, SsdOptions options, boolean fused) {
        int threads = Parallel.threads();
        double seconds = CALL + rounding(in, options.precision());
        String by = threads == 1 ? "a thread" : threads + " threads";
        if (pass == Pass.STEP) {
            double states = (double) in.batch() * in.heads() * in.headDim() * in.stateSize();
            seconds += states * options.precision().parameters().byteSize() * STATE_BYTE / threads;
            return new Estimate(seconds, PREPARATION, by);
        }
        Costs costs = Costs.of(options.precision());
        double steps =
                in.sequences().stream().mapToDouble(SsdInputs.Sequence::length).sum();
        double vectors = LANES / (Simd.floats().panel() / 2.0);
        double each = multiplications(in, options, fused) * costs.multiplication() * vectors + costs.step();
        double times = (pass == Pass.BACKWARD ? BACKWARD : 1) * (fused ? 1 : GENERIC);
        return new Estimate(
                seconds + steps * in.heads() * each * times / threads,
                PREPARATION,
                fused ? by : by + ", generic algorithms");
    }

    /** Of a step of a head, forward: the state's change and what it puts out, and half of each chunk's W X and C Bᵀ. */
    private static double multiplications(SsdInputs in, SsdOptions options, boolean fused) {
        double n = in.stateSize();
        double p = in.headDim();
        int longest = in.sequences().stream()
                .mapToInt(SsdInputs.Sequence::length)
                .max()
                .orElse(0);
        int chunk = Math.min(longest, fused ? CpuBackend.chunkLength(options) : options.chunkLength());
        return 2 * n * p + chunk / 2.0 * (p + n / SHARING);
    }

    private static double rounding(SsdInputs in, Precision precision) {
        double seconds = 0;
        if (precision == Precision.BFLOAT16) {
            Map<String, Tensor> arrays = in.arrays();
            for (String name : List.of("x", "B", "C", "z")) {
                Tensor array = arrays.get(name);
                seconds += array == null || array.dtype() == precision.activations() ? 0 : array.size() * ROUNDING;
            }
        }
        return seconds;
    }
}
