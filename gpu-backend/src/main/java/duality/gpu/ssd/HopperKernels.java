package duality.gpu.ssd;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import duality.gpu.CudaContext;
import duality.gpu.CudaModule;
import duality.gpu.Dim3;
import duality.gpu.KernelImages;
import duality.gpu.KernelLaunch;
import duality.gpu.TensorMap;
import duality.ssd.Precision;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

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

    private final CudaContext context;
    private final boolean suited;
    private @Nullable CudaModule module;

    HopperKernels(CudaContext context) {
        this.context = context;
        suited = context.device().computeMajor() == 9;
    }

    private CudaModule module() {
        CudaModule loaded = module;
        if (loaded == null) {
            loaded = context.load(KernelImages.image("hopper_forward"));
            module = loaded;
        }
        return loaded;
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

    @Override
    public Optional<Pass> forward(DeviceSsd problem, Chunks.Range range) {
        return takes(problem.shape()) ? Optional.of(new Forward(problem, range).pass()) : Optional.empty();
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

        Forward(DeviceSsd problem, Chunks.Range range) {
            this.problem = problem;
            this.range = " of chunks from " + range.first();
            shape = problem.shape();
            arena = problem.arena();
            layout = new HopperLayout(arena);
            int headTiles = Math.ceilDiv(shape.headDim(), TILE);
            tiles = shape.heads() * headTiles;
            together = together(headTiles, 2, shape.bGroups(), shape.cGroups());
            piecesTogether = together(headTiles, 4, shape.bGroups());
            stateWidth = Math.ceilDiv(shape.stateSize(), TILE) * TILE;
            plan = HopperPlan.of(
                    HopperPlan.Part.of(shape, problem.chunks(), range),
                    new HopperPlan.Device(
                            shape.sequences().size(), tiles, together, piecesTogether, context.multiprocessors()));
            layout.set("head_tiles", headTiles);
            describe();
            allocate();
        }

        /** The most tiles, at most {@code most}, that neighbours can be grouped by so that they share their groups. */
        private int together(int headTiles, int most, int... groups) {
            int count = most;
            for (int group : groups) {
                while (group > 1 && shape.heads() / group * headTiles % count != 0) {
                    count /= 2;
                }
            }
            return count;
        }

        private void describe() {
            layout.set("x_map", map("x", shape.xHeads(), shape.headDim()));
            layout.set("B_map", map("B", shape.bGroups(), shape.stateSize()));
            layout.set("C_map", map("C", shape.cGroups(), shape.stateSize()));
            layout.set("y_map", map("y", shape.heads(), shape.headDim()));
            if (shape.has("z")) {
                layout.set("z_map", map("z", shape.heads(), shape.headDim()));
            }
            List.of("dt", "A", "final_states", "y").forEach(this::array);
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

        /** An activation (batch, time, heads, width) in boxes of 64 steps by 64 of the last axis. */
        private MemorySegment map(String name, int heads, int width) {
            long row = (long) width * Short.BYTES;
            return TensorMap.tiled(
                    context,
                    arena,
                    TensorMap.Element.BFLOAT16,
                    problem.array(name).memory().address(),
                    new long[] {width, heads, shape.time(), shape.batch()},
                    new long[] {row, row * heads, row * heads * shape.time()},
                    new int[] {TILE, 1, HopperPlan.CHUNK, 1},
                    TensorMap.Swizzle.BYTES_128,
                    TensorMap.Promotion.BYTES_256);
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
            return KernelLaunch.of(arena, module().function(name), grid, Dim3.of(threads))
                    .argument(layout.segment());
        }

        /** A launch of as many blocks as run at a time, each with all the shared memory. */
        private KernelLaunch.Builder persistent(String name, int stretches, int each, int warpGroups) {
            long blocks = Math.min(context.multiprocessors(), (long) stretches * Math.ceilDiv(tiles, each));
            return launch(name, Dim3.of(blocks), 128 * warpGroups).sharedBytes(context.sharedBytesPerBlock());
        }

        Pass pass() {
            String gate = shape.has("z") ? "_gated" : "";
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

    @Override
    public void close() {
        if (module != null) {
            module.close();
        }
    }
}
