package duality.ssd.internal;

import duality.kernels.Kernels;
import duality.kernels.Simd;
import duality.ssd.SsdInputs;
import duality.tensor.Tensor;

/** Step sizes and decays, in float64 for every precision: they are few, and errors in them would grow with the rates. */
final class StepSizes {
    private StepSizes() {}

    /**
     * Prepares {@code q} steps of {@code heads} heads, each array (q×heads) with room for whole panels.
     *
     * @param from the first head
     * @param steps dt as given; then after bias, softplus and limit
     * @param decays filled with {@code exp(dt·A)}
     */
    static void prepare(SsdInputs in, int from, int heads, int q, double[] steps, double[] decays) {
        Kernels<double[]> k = Simd.doubles();
        int count = q * heads;
        Tensor bias = in.dtBias();
        if (bias != null) {
            for (int i = 0; i < heads; i++) {
                double added = bias.getDouble(from + i);
                for (int at = i; at < count; at += heads) {
                    steps[at] += added;
                }
            }
        }
        if (in.dtSoftplus()) {
            k.softplus(count, steps, 0, decays);
        }
        for (int i = 0; i < heads; i++) {
            double rate = in.a().getDouble(from + i);
            for (int at = i; at < count; at += heads) {
                double dt = Math.clamp(steps[at], in.dtMin(), in.dtMax());
                steps[at] = dt;
                // A step of length zero does not decay, even at the rate −∞.
                decays[at] = dt == 0 ? 0 : dt * rate;
            }
        }
        k.exp(count, decays, 0);
    }

    /** The derivative of a prepared step size with respect to the given one plus its bias: 0 where it was clamped. */
    static double slope(SsdInputs in, double raw) {
        double positive = in.dtSoftplus() ? HeadProblem.softplus(raw) : raw;
        if (Math.clamp(positive, in.dtMin(), in.dtMax()) != positive) {
            return 0;
        }
        return in.dtSoftplus() ? HeadProblem.sigmoid(raw) : 1;
    }
}
