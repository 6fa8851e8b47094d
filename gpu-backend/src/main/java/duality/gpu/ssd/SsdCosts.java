package duality.gpu.ssd;

import duality.errors.UnsupportedRequestException;
import duality.gpu.CudaCosts;
import duality.gpu.CudaCosts.Copies;
import duality.gpu.CudaDevice;
import duality.semiseparable.CumProdSum;
import duality.ssd.Estimate;
import duality.ssd.Precision;
import duality.ssd.SsdBackend.Pass;
import duality.ssd.SsdInputs;
import duality.ssd.SsdOptions;
import duality.tensor.DType;
import duality.tensor.Tensor;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the passes of {@link CudaSsdBackend} should take. Kernel times are the portable kernels' on one H200, so that
 * where Hopper's own run, which are faster, a call takes less than its estimate.
 */
final class SsdCosts {
    private static final int TILE = 64;

    /** Bytes a second of a decoding step, which reads and writes the states. */
    private static final double STATES = 3e12;

    private SsdCosts() {}

    static Estimate estimate(Pass pass, SsdInputs in, SsdOptions options, CudaDevice device) {
        if (options.statePassing() != CumProdSum.RECURRENT) {
            return Estimate.never("states pass in order, not by " + options.statePassing());
        }
        SsdShape shape;
        try {
            shape = SsdShape.of(in, null, pass == Pass.STEP ? options.with(SsdOptions.Algorithm.RECURRENT) : options);
        } catch (UnsupportedRequestException e) {
            return Estimate.never(Objects.requireNonNull(e.getMessage()));
        }
        double needed = deviceBytes(shape, pass, HopperKernels.suits(device) && HopperKernels.fits(shape));
        if (needed > device.memoryBytes()) {
            return Estimate.never("%.1f GiB of memory where there are %.1f"
                    .formatted(needed / 0x1p30, device.memoryBytes() / 0x1p30));
        }
        Copies up = Copies.NONE;
        for (String name : shape.inputs()) {
            up = up.plus(copies(shape, name, in.arrays()));
        }
        Copies down = Copies.NONE;
        if (pass == Pass.BACKWARD) {
            up = up.plus(copies(shape, "dy", Map.of()));
            for (String name : shape.gradients()) {
                down = down.plus(copies(shape, "grad_" + name, Map.of()));
            }
        } else {
            down = copies(shape, "y", Map.of()).plus(copies(shape, "final_states", Map.of()));
        }
        return CudaCosts.call(up, down, kernels(pass, shape), pass == Pass.FORWARD);
    }

    private static Copies copies(SsdShape shape, String name, Map<String, Tensor> host) {
        double size = size(shape, name);
        DType type = shape.type(name);
        @Nullable Tensor tensor = host.get(name);
        return new Copies(size * type.byteSize(), tensor == null || tensor.dtype() == type ? 0 : size);
    }

    private static double size(SsdShape shape, String name) {
        return Arrays.stream(shape.lengths(name)).asDoubleStream().reduce(1, (a, b) -> a * b);
    }

    /** The arrays, and the states and what goes with them that the portable kernels keep. */
    private static double deviceBytes(SsdShape shape, Pass pass, boolean onHopper) {
        double bytes = 0;
        for (String name : shape.inputs()) {
            bytes += bytes(shape, name) * (pass == Pass.BACKWARD ? 2 : 1);
        }
        bytes += bytes(shape, "y") + bytes(shape, "final_states");
        double states = (double) Math.ceilDiv(shape.rows(), shape.chunkLength())
                * shape.heads()
                * shape.headDim()
                * shape.stateSize()
                * shape.precision().parameters().byteSize();
        return switch (pass) {
            case STEP -> bytes;
            case FORWARD -> bytes + (onHopper && shape.precision() != Precision.FLOAT64 ? 0 : states);
            case BACKWARD ->
                bytes
                        + 2 * states
                        + 2 * size(shape, "y") * shape.precision().parameters().byteSize();
        };
    }

    private static double bytes(SsdShape shape, String name) {
        return size(shape, name) * shape.type(name).byteSize();
    }

    /** Seconds of the kernels: for every step and head the same for a tile of 64 channels by 64 states. */
    private static double kernels(Pass pass, SsdShape shape) {
        double tiles = (double) shape.rows()
                * shape.heads()
                * Math.ceilDiv(shape.headDim(), TILE)
                * Math.ceilDiv(shape.stateSize(), TILE);
        boolean doubles = shape.precision() == Precision.FLOAT64;
        return switch (pass) {
            case FORWARD -> tiles * (doubles ? 2e-9 : 1.2e-9);
            case BACKWARD -> tiles * (doubles ? 8.6e-9 : 4.4e-9);
            case STEP -> 2 * bytes(shape, "final_states") / STATES;
        };
    }
}
