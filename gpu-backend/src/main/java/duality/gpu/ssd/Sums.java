package duality.gpu.ssd;

import duality.gpu.Dim3;
import duality.gpu.KernelLaunch;
import duality.gpu.KernelModules;
import java.util.List;

/** The sums that end a backward pass, in an order that depends on the sizes alone: {@code ssd_backward.cu}. */
final class Sums {
    private static final int THREADS = 256;

    private final KernelModules kernels;
    private final DeviceSsd problem;
    private final List<KernelLaunch> launches;

    /**
     * Sums of a problem.
     *
     * @param launches where the launches go
     */
    Sums(KernelModules kernels, DeviceSsd problem, List<KernelLaunch> launches) {
        this.kernels = kernels;
        this.problem = problem;
        this.launches = launches;
    }

    /** target (outer, width) ← the sums over the middle axis of source (outer, parts, width). */
    void parts(long source, String target, long outer, int parts, int width) {
        if (outer * width > 0) {
            launches.add(launch("ssd_sum_parts", Math.ceilDiv(outer * width, THREADS), source, target)
                    .argument(outer)
                    .argument(parts)
                    .argument(width)
                    .build());
        }
    }

    /** target (width) ← the sums over the chunks and the last axis of source (chunks, width, inner). */
    void chunks(long source, String target, int width, int inner) {
        if (width > 0) {
            launches.add(launch("ssd_sum_chunks", width, source, target)
                    .argument((long) problem.chunks().count())
                    .argument(width)
                    .argument(inner)
                    .build());
        }
    }

    /** The gradients of what heads have one of, from parts (chunks, heads) or, of D, (chunks, heads, channels). */
    void ofParameters(long partA, long partBias, long partD, int channels) {
        SsdShape shape = problem.shape();
        chunks(partA, "grad_A", shape.heads(), 1);
        if (partBias != 0) {
            chunks(partBias, "grad_dt_bias", shape.heads(), 1);
        }
        if (partD != 0) {
            boolean perChannel = shape.skipPerChannel();
            chunks(partD, "grad_D", perChannel ? shape.heads() * channels : shape.heads(), perChannel ? 1 : channels);
        }
    }

    private KernelLaunch.Builder launch(String kernel, long blocks, long source, String target) {
        return KernelLaunch.of(
                        problem.arena(),
                        kernels.function(
                                "ssd_backward", kernel + "_" + problem.shape().precision()),
                        Dim3.of(blocks),
                        Dim3.of(THREADS))
                .argument(source)
                .argument(problem.array(target).memory().address());
    }
}
