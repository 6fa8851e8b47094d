package duality.gpu.ssd;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import duality.gpu.CudaContext;
import duality.gpu.Dim3;
import duality.gpu.KernelLaunch;
import duality.gpu.TensorMap;
import duality.ssd.Precision;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The forward pass in bfloat16 on GPUs of compute capability 9.0, with the warp-group matrix instructions and bulk
 * copies: {@code hopper_forward.cu}. Takes state sizes and head dimensions that are multiples of 8, state sizes up to
 * 128, and chunks of 64 steps.
 */
final class HopperKernels implements SsdKernels {
    /** The channels of a tile, and the steps of a chunk. */
    private static final int TILE = 64;
    /** Boxes and strides of the bulk copies are multiples of 16 bytes. */
    private static final int GRAIN = 8;

    private static final int LARGEST_STATE = 2 * TILE;
    private static final int SCAN_THREADS = 256;
    private static final int SCAN_ENTRIES = 4 * SCAN_THREADS;

    private final Modules modules;
    private final CudaContext context;
    private final boolean suited;

    HopperKernels(Modules modules) {
        this.modules = modules;
        context = modules.context();
        suited = context.device().computeMajor() == 9;
    }

    private boolean takes(SsdShape shape) {
        return suited
                && shape.precision() == Precision.BFLOAT16
                && shape.chunkLength() == HopperPlan.CHUNK
                && shape.rows() > 0
                && shape.rows() <= Integer.MAX_VALUE
                && shape.heads() > 0
                && shape.headDim() > 0
                && shape.headDim() % GRAIN == 0
                && shape.stateSize() > 0
                && shape.stateSize() <= LARGEST_STATE
                && shape.stateSize() % GRAIN == 0;
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

    /** An activation in boxes of 64 steps by 64 of the last axis. */
    static MemorySegment map(CudaContext context, DeviceSsd problem, String name) {
        return map(context, problem, name, problem.array(name).memory().address());
    }

    /** Memory that holds an activation of the shape (batch, time, heads, width) that an array has. */
    static MemorySegment map(CudaContext context, DeviceSsd problem, String name, long address) {
        long[] lengths = problem.shape().lengths(name);
        long row = lengths[3] * Short.BYTES;
        return TensorMap.tiled(
                context,
                problem.arena(),
                TensorMap.Element.BFLOAT16,
                address,
                new long[] {lengths[3], lengths[2], lengths[1], lengths[0]},
                new long[] {row, row * lengths[2], row * lengths[2] * lengths[1]},
                new int[] {TILE, 1, HopperPlan.CHUNK, 1},
                TensorMap.Swizzle.BYTES_128,
                TensorMap.Promotion.BYTES_256);
    }

    @Override
    public Optional<Pass> forward(DeviceSsd problem, Chunks.Range range) {
        return takes(problem.shape()) ? Optional.of(new Forward(problem, range).pass()) : Optional.empty();
    }

    /** What a gate multiplies, into memory of y's shape. */
    private Pass ungated(DeviceSsd problem, long address) {
        return new Forward(problem, problem.chunks().all(), address).pass();
    }

    @Override
    public Optional<Pass> backward(DeviceSsd problem) {
        return takes(problem.shape()) && HopperGradients.takes(problem.shape())
                ? Optional.of(new HopperGradients(modules, problem).pass(address -> ungated(problem, address)))
                : Optional.empty();
    }

    /** The launches for a range of chunks. */
    private final class Forward {
        private final DeviceSsd problem;
        private final SsdShape shape;
        private final Arena arena;
        private final HopperLayout layout;
        private final HopperPlan plan;
        private final String range;
        private final int tiles;
        private final int together;
        private final int piecesTogether;
        private final int stateWidth;
        private final boolean gated;

        Forward(DeviceSsd problem, Chunks.Range range) {
            this(
                    problem,
                    range,
                    problem.shape().has("z"),
                    problem.array("y").memory().address());
        }

        /** Everything but the gate. */
        Forward(DeviceSsd problem, Chunks.Range range, long y) {
            this(problem, range, false, y);
        }

        private Forward(DeviceSsd problem, Chunks.Range range, boolean gated, long y) {
            this.problem = problem;
            this.gated = gated;
            this.range = " of chunks from " + range.first();
            shape = problem.shape();
            arena = problem.arena();
            layout = new HopperLayout(arena);
            int headTiles = Math.ceilDiv(shape.headDim(), TILE);
            tiles = shape.heads() * headTiles;
            together = together(shape, 2, shape.bGroups(), shape.cGroups());
            piecesTogether = together(shape, 4, shape.bGroups());
            stateWidth = Math.ceilDiv(shape.stateSize(), TILE) * TILE;
            plan = HopperPlan.of(
                    HopperPlan.Part.of(shape, problem.chunks(), range),
                    new HopperPlan.Device(
                            shape.sequences().size(), tiles, together, piecesTogether, context.multiprocessors()));
            layout.set("head_tiles", headTiles);
            describe(y);
            allocate();
        }

        private void describe(long y) {
            List.of("x", "B", "C").forEach(name -> layout.set(name + "_map", map(context, problem, name)));
            if (gated) {
                layout.set("z_map", map(context, problem, "z"));
            }
            layout.set("y_map", map(context, problem, "y", y));
            layout.set("y", y);
            List.of("dt", "A", "final_states").forEach(this::array);
            List.of("D", "dt_bias", "initial_states").stream()
                    .filter(shape::has)
                    .forEach(this::array);
            layout.set("time", (int) shape.time());
            layout.set("heads", shape.heads());
            layout.set("head_dim", shape.headDim());
            layout.set("state_size", shape.stateSize());
            layout.set("x_share", shape.heads() / shape.xHeads());
            layout.set("b_share", shape.heads() / shape.bGroups());
            layout.set("c_share", shape.heads() / shape.cGroups());
            layout.set("d_per_channel", shape.skipPerChannel());
            layout.set("dt_softplus", shape.dtSoftplus());
            layout.set("dt_min", (float) shape.dtMin());
            layout.set("dt_max", (float) shape.dtMax());
            layout.set("packed", shape.sequences().stream().anyMatch(sequence -> sequence.to() < shape.time()));
        }

        private void array(String name) {
            layout.set(name, problem.array(name).memory().address());
        }

        private void allocate() {
            int segments = plan.segments().size();
            int pieces = plan.pieces().size();
            layout.set("chained", plan.chained());
            layout.set("segment_count", segments);
            layout.set("piece_count", pieces);
            table("segments", plan.segments().stream().flatMapToInt(HopperPlan.Segment::fields));
            table("pieces", plan.pieces().stream().flatMapToInt(HopperPlan.Segment::fields));
            table("first_pieces", IntStream.of(plan.firstPieces()));
            table("last_segments", IntStream.of(plan.lastSegments()));
            table("flags", IntStream.range(0, segments * tiles).map(i -> 0));
            long state = (long) tiles * TILE * stateWidth * Float.BYTES;
            scratch("segment_states", segments * state);
            scratch("piece_states", pieces * state);
            scratch("piece_decays", (long) pieces * tiles * Float.BYTES);
        }

        private void table(String field, IntStream values) {
            layout.set(field, problem.table(field + range, call -> call.allocateFrom(JAVA_INT, values.toArray())));
        }

        private void scratch(String field, long bytes) {
            layout.set(field, problem.scratch(field + range, bytes).address());
        }

        private String width() {
            return "n" + stateWidth;
        }

        private KernelLaunch.Builder launch(String name, Dim3 grid, int threads) {
            return KernelLaunch.of(arena, modules.function("hopper_forward", name), grid, Dim3.of(threads))
                    .argument(layout.segment());
        }

        /** A launch of as many blocks as run at a time, each with all the shared memory. */
        private KernelLaunch.Builder persistent(String name, int stretches, int each, int warpGroups) {
            long blocks = Math.min(context.multiprocessors(), (long) stretches * Math.ceilDiv(tiles, each));
            return launch(name, Dim3.of(blocks), 128 * warpGroups).sharedBytes(context.sharedBytesPerBlock());
        }

        Pass pass() {
            String gate = gated ? "_gated" : "";
            KernelLaunch.Builder walk = persistent(
                    "hopper_forward_" + together + "_" + width() + gate,
                    plan.segments().size(),
                    together,
                    together + 2);
            if (plan.chained()) {
                return walk.cooperative().build()::on; // for blocks wait for each other
            }
            KernelLaunch sums = persistent(
                            "hopper_states_" + piecesTogether + "_" + width(),
                            plan.pieces().size(),
                            piecesTogether,
                            Math.min(piecesTogether, 2) + 1)
                    .build();
            KernelLaunch scan = launch(
                            "scan_states_" + width(),
                            new Dim3(shape.sequences().size() * tiles, TILE * stateWidth / SCAN_ENTRIES, 1),
                            SCAN_THREADS)
                    .overlapping()
                    .build();
            KernelLaunch outputs = walk.overlapping().build();
            return stream -> {
                sums.on(stream);
                scan.on(stream);
                outputs.on(stream);
            };
        }
    }
}
