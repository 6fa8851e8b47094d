package duality.gpu.ssd;

import duality.gpu.CudaContext;
import duality.gpu.CudaDevice;
import duality.gpu.KernelModules;
import duality.gpu.TensorMap;
import duality.ssd.Precision;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/**
 * The passes on GPUs of compute capability 9.0, with the warp-group matrix instructions and bulk copies: forward in
 * bfloat16 and float32 ({@link HopperForward}), backward in bfloat16 ({@link HopperGradients}). Takes state sizes and head
 * dimensions that are multiples of 8, state sizes up to 128, and chunks of 64 steps.
 */
final class HopperKernels implements SsdKernels {
    /** The channels of a tile, and the steps of a chunk. */
    private static final int TILE = 64;
    /** Boxes and strides of the bulk copies are multiples of 16 bytes. */
    private static final int GRAIN = 8;

    private static final int LARGEST_STATE = 2 * TILE;
    private static final int BOX_BYTES = 128;

    private final KernelModules kernels;
    private final boolean suited;

    HopperKernels(KernelModules kernels) {
        this.kernels = kernels;
        suited = suits(kernels.context().device());
    }

    /** Whether they run there. */
    static boolean suits(CudaDevice device) {
        return device.computeMajor() == 9;
    }

    private boolean takes(SsdShape shape, Precision... precisions) {
        return suited && List.of(precisions).contains(shape.precision()) && fits(shape);
    }

    /** Whether they take these sizes. */
    static boolean fits(SsdShape shape) {
        return shape.chunkLength() == HopperPlan.CHUNK
                && shape.rows() > 0
                && shape.rows() <= Integer.MAX_VALUE
                && shape.heads() > 0
                && shape.headDim() > 0
                && shape.headDim() % GRAIN == 0
                && shape.stateSize() > 0
                && shape.stateSize() <= LARGEST_STATE
                && shape.stateSize() % GRAIN == 0;
    }

    @Override
    public Optional<Pass> forward(DeviceSsd problem, Chunks.Range range) {
        return takes(problem.shape(), Precision.BFLOAT16, Precision.FLOAT32)
                ? Optional.of(new HopperForward(kernels, problem, range).pass())
                : Optional.empty();
    }

    @Override
    public Optional<Pass> backward(DeviceSsd problem) {
        return takes(problem.shape(), Precision.BFLOAT16) && HopperGradients.takes(problem.shape())
                ? Optional.of(new HopperGradients(kernels, problem).pass())
                : Optional.empty();
    }

    /** The most tiles, at most {@code most}, that neighbours can be grouped by so that they share their groups. */
    static int together(SsdShape shape, int most, int... groups) {
        int count = most;
        for (int group : groups) {
            while (group > 1 && shape.heads() / group * Math.ceilDiv(shape.headDim(), TILE) % count != 0) {
                count /= 2;
            }
        }
        return count;
    }

    /** An activation in boxes of 64 steps by 128 bytes of the last axis. */
    static MemorySegment map(CudaContext context, DeviceSsd problem, String name) {
        return map(context, problem, name, problem.array(name).memory().address());
    }

    /** Memory that holds an activation of the shape (batch, time, heads, width) that an array has. */
    static MemorySegment map(CudaContext context, DeviceSsd problem, String name, long address) {
        long[] lengths = problem.shape().lengths(name);
        TensorMap.Element element = problem.shape().precision() == Precision.FLOAT32
                ? TensorMap.Element.FLOAT32
                : TensorMap.Element.BFLOAT16;
        return map(context, problem, element, address, (int) lengths[2], (int) lengths[3]);
    }

    /** Memory (batch, time, heads, width). */
    static MemorySegment map(
            CudaContext context, DeviceSsd problem, TensorMap.Element element, long address, int heads, int width) {
        SsdShape shape = problem.shape();
        int bytes = element == TensorMap.Element.FLOAT32 ? Float.BYTES : Short.BYTES;
        long row = (long) width * bytes;
        return TensorMap.tiled(
                context,
                problem.arena(),
                element,
                address,
                new long[] {width, heads, shape.time(), shape.batch()},
                new long[] {row, row * heads, row * heads * shape.time()},
                new int[] {BOX_BYTES / bytes, 1, HopperPlan.CHUNK, 1},
                TensorMap.Swizzle.BYTES_128,
                TensorMap.Promotion.BYTES_256);
    }
}
