package duality.gpu.ssd;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import duality.gpu.CudaContext;
import duality.gpu.Dim3;
import duality.gpu.KernelLaunch;
import duality.gpu.KernelModules;
import duality.gpu.ssd.SsdKernels.Pass;
import duality.ssd.SsdInputs;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The launches of a backward pass on Hopper, {@code hopper_backward.cu}: the states, everything inside the chunks, and the
 * sums of what several blocks have parts of.
 */
final class HopperGradients {
    private static final int TILE = 64;
    private static final int GRADIENT_THREADS = 512;
    private static final int SIMPLE_THREADS = 256;

    /** What a block costs to begin and end, in tiles of heads. */
    private static final double BLOCK_COST = 3;

    private final KernelModules kernels;
    private final CudaContext context;
    private final DeviceSsd problem;
    private final SsdShape shape;
    private final HopperGradientLayout layout;
    private final List<KernelLaunch> launches = new ArrayList<>();
    private final int headTiles;
    private final int stateTiles;

    HopperGradients(KernelModules kernels, DeviceSsd problem) {
        this.kernels = kernels;
        this.problem = problem;
        context = kernels.context();
        shape = problem.shape();
        layout = new HopperGradientLayout(problem.arena());
        headTiles = Math.ceilDiv(shape.headDim(), TILE);
        stateTiles = Math.ceilDiv(shape.stateSize(), TILE);
    }

    /** Whether a shape that is right for Hopper is one for these kernels too. */
    static boolean takes(SsdShape shape) {
        return shape.gradientType() == shape.precision().activations() && shape.xHeads() == shape.heads();
    }

    Pass pass() {
        int chunks = problem.chunks().count();
        int tiles = shape.heads() * headTiles;
        int partHeads = partHeads(chunks);
        List.of("x", "B", "C", "grad_x")
                .forEach(name -> layout.set(name + "_map", HopperKernels.map(context, problem, name)));
        long entries = shape.rows() * shape.heads() * shape.headDim();
        Pass before = stream -> {};
        long dy = problem.array("dy").memory().address();
        if (shape.has("z")) {
            long y = problem.scratch("ungated y of gradients", entries * Short.BYTES)
                    .address();
            before = HopperForward.ungated(kernels, problem, y).pass();
            dy = gate(y, entries);
        }
        layout.set("dy_map", HopperKernels.map(context, problem, "dy", dy));
        List.of("dt", "A", "grad_initial_states", "grad_x", "grad_dt", "grad_B", "grad_C")
                .forEach(this::array);
        List.of("D", "dt_bias", "initial_states").stream().filter(shape::has).forEach(this::array);
        if (problem.hasArray("dfinal_states")) {
            array("dfinal_states");
        }
        layout.set("time", (int) shape.time());
        layout.set("heads", shape.heads());
        layout.set("head_dim", shape.headDim());
        layout.set("state_size", shape.stateSize());
        layout.set("head_tiles", headTiles);
        layout.set("b_share", shape.heads() / shape.bGroups());
        layout.set("c_share", shape.heads() / shape.cGroups());
        layout.set("part_heads", partHeads);
        layout.set("d_per_channel", shape.skipPerChannel());
        layout.set("dt_softplus", shape.dtSoftplus());
        layout.set("packed", shape.sequences().stream().anyMatch(sequence -> sequence.to() < shape.time()));
        layout.set("dt_min", (float) shape.dtMin());
        layout.set("dt_max", (float) shape.dtMax());
        table("sequences", sequences());
        long chunkTable = table("chunks", chunks());
        long states = (long) chunks * tiles * stateTiles * TILE * TILE * Short.BYTES;
        scratch("states", states);
        scratch("state_gradients", states);
        long perChunk = (long) chunks * shape.heads() * Float.BYTES;
        long partA = scratch("part_A", perChunk);
        long partBias = shape.has("dt_bias") ? scratch("part_dt_bias", perChunk) : 0;
        int skips = shape.skipPerChannel() ? shape.headDim() : 1;
        long partD = shape.has("D") ? scratch("part_D", perChunk * skips) : 0;
        if (partD != 0 && shape.skipPerChannel()) {
            skip(dy, chunkTable, partD);
        }
        int parts = shape.heads() / partHeads;
        long partB = partsOf("part_B", parts, shape.bGroups());
        long partC = partsOf("part_C", parts, shape.cGroups());

        String width = "_n" + stateTiles * TILE;
        int together = HopperKernels.together(shape, 2, shape.bGroups(), shape.cGroups());
        long walks = 2L * shape.sequences().size() * Math.ceilDiv(tiles, together);
        launches.add(wide("hopper_state_walk_" + together + width, walks, 128 * together + 32 * (1 + 2 * together))
                .build());
        launches.add(wide("hopper_gradients" + width, (long) chunks * parts, GRADIENT_THREADS)
                .overlapping()
                .build());
        Sums sums = new Sums(kernels, problem, launches);
        sum(sums, partB, "grad_B", parts, shape.bGroups());
        sum(sums, partC, "grad_C", parts, shape.cGroups());
        sums.ofParameters(partA, partBias, partD, skips);
        List<KernelLaunch> all = List.copyOf(launches);
        Pass first = before;
        return stream -> {
            first.on(stream);
            all.forEach(launch -> launch.on(stream));
        };
    }

    /** The gate's gradient, and that of what it multiplies, at the address that this returns. */
    private long gate(long y, long entries) {
        long gated =
                problem.scratch("gated dy of gradients", entries * Short.BYTES).address();
        long eights = entries / 8;
        launches.add(launch("gate_gradients", Dim3.of(Math.ceilDiv(eights, SIMPLE_THREADS)), SIMPLE_THREADS)
                .argument(problem.array("dy").memory().address())
                .argument(problem.array("z").memory().address())
                .argument(y)
                .argument(gated)
                .argument(problem.array("grad_z").memory().address())
                .argument(eights)
                .build());
        return gated;
    }

    /** The gradients of a skip for every channel, by chunks. */
    private void skip(long dy, long chunks, long target) {
        int pairs = shape.heads() * shape.headDim() / 2;
        Dim3 grid = new Dim3(problem.chunks().count(), Math.ceilDiv(pairs, SIMPLE_THREADS), 1);
        launches.add(launch("skip_gradients", grid, SIMPLE_THREADS)
                .argument(problem.array("x").memory().address())
                .argument(dy)
                .argument(chunks)
                .argument(target)
                .argument((int) shape.time())
                .argument(pairs)
                .build());
    }

    /** How many neighbouring heads a block sums, all of which share B and C: what fills the device best. */
    private int partHeads(int chunks) {
        int sharing = gcd(shape.heads() / shape.bGroups(), shape.heads() / shape.cGroups());
        return IntStream.rangeClosed(1, sharing)
                .filter(heads -> sharing % heads == 0)
                .boxed()
                .min(Comparator.comparingDouble(heads -> {
                    long blocks = (long) chunks * (shape.heads() / heads);
                    return Math.ceilDiv(blocks, context.multiprocessors()) * (heads * headTiles + BLOCK_COST);
                }))
                .orElseThrow();
    }

    private static int gcd(int a, int b) {
        return b == 0 ? a : gcd(b, a % b);
    }

    private IntStream sequences() {
        return shape.sequences().stream()
                .flatMapToInt(sequence -> fields(
                        sequence,
                        sequence.from(),
                        sequence.to(),
                        problem.chunks().first()[sequence.index()]));
    }

    private IntStream chunks() {
        return shape.sequences().stream()
                .flatMapToInt(sequence -> IntStream.range(
                                0, (int) Math.ceilDiv(sequence.to() - sequence.from(), HopperPlan.CHUNK))
                        .boxed()
                        .flatMapToInt(i -> {
                            long from = sequence.from() + (long) i * HopperPlan.CHUNK;
                            return fields(sequence, from, Math.min(sequence.to(), from + HopperPlan.CHUNK), 0);
                        }));
    }

    private static IntStream fields(SsdInputs.Sequence sequence, long from, long to, int first) {
        return new HopperPlan.Segment(
                        sequence.index(), (int) sequence.batch(), (int) from, (int) (to - from), first, false)
                .fields();
    }

    /** Memory for the parts of a gradient that several blocks sum, or 0 if each group is one block's. */
    private long partsOf(String name, int parts, int groups) {
        return parts == groups ? 0 : scratch(name, shape.rows() * parts * shape.stateSize() * Float.BYTES);
    }

    private void sum(Sums sums, long source, String target, int parts, int groups) {
        if (source != 0) {
            sums.parts(source, target, shape.rows() * groups, parts / groups, shape.stateSize());
        }
    }

    private void array(String name) {
        layout.set(name, problem.array(name).memory().address());
    }

    private long table(String field, IntStream values) {
        long address = problem.table(field + " of gradients", call -> call.allocateFrom(JAVA_INT, values.toArray()));
        layout.set(field, address);
        return address;
    }

    private long scratch(String field, long bytes) {
        long address = problem.scratch(field + " of gradients", bytes).address();
        layout.set(field, address);
        return address;
    }

    private KernelLaunch.Builder launch(String name, Dim3 grid, int threads) {
        return KernelLaunch.of(problem.arena(), kernels.function("hopper_backward", name), grid, Dim3.of(threads));
    }

    /** A launch for the problem with a multiprocessor's shared memory for each block. */
    private KernelLaunch.Builder wide(String name, long blocks, int threads) {
        return launch(name, Dim3.of(blocks), threads)
                .sharedBytes(context.sharedBytesPerBlock())
                .argument(layout.segment());
    }
}
