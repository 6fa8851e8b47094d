package duality.gpu.ssd;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import duality.gpu.CudaContext;
import duality.gpu.CudaFunction;
import duality.gpu.Dim3;
import duality.gpu.KernelLaunch;
import duality.gpu.KernelModules;
import duality.gpu.TensorMap;
import duality.gpu.ssd.SsdKernels.Pass;
import duality.ssd.Precision;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The launches of a forward pass on Hopper for a range of chunks: {@code hopper_forward.cu} in bfloat16, {@code
 * hopper_forward32.cu} in float32.
 */
final class HopperForward {
    private static final int TILE = 64;
    /** The rows that a block of {@code split_rows} takes, four a warp. */
    private static final int SPLIT_ROWS = 32;

    private static final int SPLIT_THREADS = 256;
    private static final int SCAN_THREADS = 256;
    private static final int SCAN_ENTRIES = 4 * SCAN_THREADS;

    private final KernelModules kernels;
    private final CudaContext context;
    private final DeviceSsd problem;
    private final Chunks.Range chunks;
    private final SsdShape shape;
    private final boolean split;
    private final Arena arena;
    private final HopperLayout layout;
    private final HopperPlan plan;
    private final String range;
    private final int tiles;
    private final int together;
    private final int piecesTogether;
    private final int stateWidth;
    private final boolean gated;

    HopperForward(KernelModules kernels, DeviceSsd problem, Chunks.Range range) {
        this(
                kernels,
                problem,
                range,
                problem.shape().has("z"),
                problem.array("y").memory().address());
    }

    /** What a gate multiplies, into memory of y's shape. */
    static HopperForward ungated(KernelModules kernels, DeviceSsd problem, long y) {
        return new HopperForward(kernels, problem, problem.chunks().all(), false, y);
    }

    private HopperForward(KernelModules kernels, DeviceSsd problem, Chunks.Range range, boolean gated, long y) {
        this.kernels = kernels;
        this.problem = problem;
        this.gated = gated;
        context = kernels.context();
        this.range = " of chunks from %d to %d".formatted(range.first(), range.end());
        chunks = range;
        shape = problem.shape();
        split = shape.precision() == Precision.FLOAT32;
        arena = problem.arena();
        layout = new HopperLayout(arena);
        int headTiles = Math.ceilDiv(shape.headDim(), TILE);
        tiles = shape.heads() * headTiles;
        together = HopperKernels.together(shape, split ? 1 : 2, shape.bGroups(), shape.cGroups());
        piecesTogether = HopperKernels.together(shape, split ? 2 : 4, shape.bGroups());
        stateWidth = Math.ceilDiv(shape.stateSize(), TILE) * TILE;
        plan = HopperPlan.of(
                HopperPlan.Part.of(shape, problem.chunks(), range),
                new HopperPlan.Device(
                        shape.sequences().size(),
                        tiles,
                        together,
                        piecesTogether,
                        context.multiprocessors(),
                        split ? HopperPlan.Times.FLOAT32 : HopperPlan.Times.BFLOAT16));
        layout.set("head_tiles", headTiles);
        describe(y);
        allocate();
    }

    private void describe(long y) {
        layout.set("x_map", HopperKernels.map(context, problem, "x"));
        if (gated) {
            layout.set("z_map", HopperKernels.map(context, problem, "z"));
        }
        layout.set("y_map", HopperKernels.map(context, problem, "y", y));
        layout.set("y", y);
        operand("B", shape.bGroups());
        operand("C", shape.cGroups());
        List.of("dt", "A", "final_states").forEach(this::array);
        List.of("D", "dt_bias", "initial_states").stream().filter(shape::has).forEach(this::array);
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

    /** B or C, or the parts that they are split into: two float16 for a float32, and scales of rows. */
    private void operand(String name, int groups) {
        if (split) {
            long rows = shape.rows() * groups;
            long parts = problem.scratch(name + "_parts", rows * shape.stateSize() * Float.BYTES)
                    .address();
            layout.set(
                    name + "_map",
                    HopperKernels.map(
                            context, problem, TensorMap.Element.FLOAT16, parts, 2 * groups, shape.stateSize()));
            layout.set(
                    name + "_scales",
                    problem.scratch(name + "_scales", rows * Float.BYTES).address());
        } else {
            layout.set(name + "_map", HopperKernels.map(context, problem, name));
        }
    }

    /** Splits the rows of B or C that the range covers. */
    private Optional<KernelLaunch> splitRows(String name, int groups) {
        Chunks all = problem.chunks();
        long first = all.rowsBefore(chunks.first()) * groups;
        long rows = all.rowsBefore(chunks.end()) * groups - first;
        if (rows <= 0) {
            return Optional.empty();
        }
        long numbers = first * shape.stateSize() * Float.BYTES;
        long scales = problem.scratch(name + "_scales", shape.rows() * groups * Float.BYTES)
                .address();
        long parts = problem.scratch(name + "_parts", shape.rows() * groups * shape.stateSize() * Float.BYTES)
                .address();
        return Optional.of(KernelLaunch.of(
                        arena,
                        kernels.function("hopper_forward32", "split_rows"),
                        Dim3.of(Math.ceilDiv(rows, SPLIT_ROWS)),
                        Dim3.of(SPLIT_THREADS))
                .argument(problem.array(name).memory().address() + numbers)
                .argument(parts + numbers)
                .argument(scales + first * Float.BYTES)
                .argument(rows)
                .argument(shape.stateSize())
                .build());
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

    private KernelLaunch.Builder launch(CudaFunction function, Dim3 grid, int threads) {
        return KernelLaunch.of(arena, function, grid, Dim3.of(threads)).argument(layout.segment());
    }

    /** A launch of as many blocks as run at a time, each with all the shared memory. */
    private KernelLaunch.Builder persistent(String name, int stretches, int each, int warpGroups) {
        long blocks = Math.min(context.multiprocessors(), (long) stretches * Math.ceilDiv(tiles, each));
        CudaFunction function = kernels.function(split ? "hopper_forward32" : "hopper_forward", name);
        return launch(function, Dim3.of(blocks), 128 * warpGroups).sharedBytes(context.sharedBytesPerBlock());
    }

    Pass pass() {
        String gate = gated ? "_gated" : "";
        KernelLaunch.Builder walk = persistent(
                split ? "hopper_forward32_" + width() + gate : "hopper_forward_" + together + "_" + width() + gate,
                plan.segments().size(),
                together,
                split ? 4 : together + 2);
        List<KernelLaunch> launches = new ArrayList<>();
        if (split) {
            splitRows("B", shape.bGroups()).ifPresent(launches::add);
            splitRows("C", shape.cGroups()).ifPresent(launches::add);
        }
        if (plan.chained()) {
            launches.add(walk.cooperative().build()); // for blocks wait for each other
        } else {
            launches.add(persistent(
                            (split ? "hopper_states32_" : "hopper_states_") + piecesTogether + "_" + width(),
                            plan.pieces().size(),
                            piecesTogether,
                            Math.min(piecesTogether, 2) + 1)
                    .build());
            launches.add(launch(
                            kernels.function("hopper_forward", "scan_states_" + width()),
                            new Dim3(shape.sequences().size() * tiles, TILE * stateWidth / SCAN_ENTRIES, 1),
                            SCAN_THREADS)
                    .overlapping()
                    .build());
            launches.add(walk.overlapping().build());
        }
        return stream -> launches.forEach(launch -> launch.on(stream));
    }
}
