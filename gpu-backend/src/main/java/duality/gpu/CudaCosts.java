package duality.gpu;

import duality.ssd.Estimate;

/**
 * What calls from tensors to tensors should take on a GPU, beside its kernels. Measured on one H200, whose bus copies
 * 55 GB/s each way, and both at once.
 */
public final class CudaCosts {
    /** Bytes a second that the bus copies each way. */
    private static final double BUS = 50e9;
    /** Bytes a second that a thread copies between tensors and pinned memory while as many copy the other way. */
    private static final double THREAD = 3e9;
    /** Converting a number to another type on the way, for one thread. */
    private static final double CONVERSION = 10e-9;
    /** Launches, and the first and last pieces that nothing overlaps. */
    private static final double CALL = 250e-6;
    /** Opening the device, its kernels and pinned memory. */
    private static final double PREPARATION = 0.35;

    private CudaCosts() {}

    /**
     * A call.
     *
     * @param up what is copied to the device
     * @param down what is copied from it
     * @param kernels the seconds of the kernels
     * @param overlaps whether the copies and the kernels overlap
     */
    public static Estimate call(Copies up, Copies down, double kernels, boolean overlaps) {
        double upward = up.seconds();
        double downward = down.seconds();
        double seconds =
                CALL + (overlaps ? Math.max(Math.max(upward, downward), kernels) : upward + downward + kernels);
        return new Estimate(
                seconds,
                PREPARATION,
                "copies up " + Estimate.text(upward) + ", down " + Estimate.text(downward) + ", kernels "
                        + Estimate.text(kernels));
    }

    /**
     * What is copied one way.
     *
     * @param bytes on the device
     * @param conversions how many numbers have another type on the host
     */
    public record Copies(double bytes, double conversions) {
        /** Nothing yet. */
        public static final Copies NONE = new Copies(0, 0);

        /** These and others. */
        public Copies plus(Copies others) {
            return new Copies(bytes + others.bytes, conversions + others.conversions);
        }

        double seconds() {
            int threads = Staging.threads();
            return Math.max(bytes / BUS, (bytes / THREAD + conversions * CONVERSION) / threads);
        }
    }
}
