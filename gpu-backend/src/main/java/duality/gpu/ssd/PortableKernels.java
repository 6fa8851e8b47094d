package duality.gpu.ssd;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import duality.gpu.Dim3;
import duality.gpu.KernelLaunch;
import duality.gpu.KernelModules;
import duality.tensor.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Kernels for every problem on every GPU of compute capability 8.0 or later: {@code ssd_forward.cu}, {@code
 * ssd_backward.cu} and {@code ssd_step.cu}.
 */
final class PortableKernels implements SsdKernels {
    private static final int THREADS = 256;
    private static final int TILE = SsdShape.LONGEST_CHUNK;
    private static final int DECODE_WARPS = 4;
    private static final int DECODE_CHANNELS = 4;

    /** The most heads that a block sums before memory is touched; more save memory, fewer give more blocks. */
    private static final int MOST_HEADS_OF_A_PART = 8;

    private final KernelModules kernels;

    PortableKernels(KernelModules kernels) {
        this.kernels = kernels;
    }

    /** A pass in the making: the problem's structure, and the launches so far. */
    private final class Launches {
        private final DeviceSsd problem;
        private final SsdShape shape;
        private final Arena arena;
        private final ProblemLayout layout;
        private final List<KernelLaunch> launches = new ArrayList<>();

        Launches(DeviceSsd problem) {
            this.problem = problem;
            shape = problem.shape();
            arena = problem.arena();
            layout = new ProblemLayout(arena);
            Chunks chunks = problem.chunks();
            layout.set("rows", shape.rows());
            layout.set("sequences", shape.sequences().size());
            layout.set("chunks", chunks.count());
            layout.set("heads", shape.heads());
            layout.set("x_heads", shape.xHeads());
            layout.set("b_groups", shape.bGroups());
            layout.set("c_groups", shape.cGroups());
            layout.set("head_dim", shape.headDim());
            layout.set("state_size", shape.stateSize());
            layout.set("d_per_channel", shape.skipPerChannel());
            layout.set("dt_softplus", shape.dtSoftplus());
            layout.set("dt_min", shape.dtMin());
            layout.set("dt_max", shape.dtMax());
            shape.inputs().forEach(this::array);
            array("y");
            array("final_states");
        }

        void array(String name) {
            layout.set(name, problem.array(name).memory().address());
        }

        /** Scratch memory in the parameters' type. */
        long scratch(String name, long entries) {
            long address =
                    problem.scratch(name, entries * parameters().byteSize()).address();
            layout.set(name, address);
            return address;
        }

        DType parameters() {
            return shape.precision().parameters();
        }

        void chunkTable() {
            Chunks chunks = problem.chunks();
            layout.set("chunk_row", problem.table("chunk_row", call -> call.allocateFrom(JAVA_LONG, chunks.rows())));
            layout.set(
                    "chunk_length",
                    problem.table("chunk_length", call -> call.allocateFrom(JAVA_INT, chunks.lengths())));
            layout.set(
                    "first_chunk", problem.table("first_chunk", call -> call.allocateFrom(JAVA_INT, chunks.first())));
            long perStep = shape.rows() * shape.heads();
            List.of("step", "decay", "from_start", "to_end").forEach(name -> scratch(name, perStep));
            scratch("through", (long) chunks.count() * shape.heads());
            scratch("states", chunks.count() * state());
        }

        /** The entries of a sequence's state. */
        long state() {
            return (long) shape.heads() * shape.headDim() * shape.stateSize();
        }

        /** The tiles of (headDim, stateSize). */
        long stateTiles() {
            return tiles(shape.headDim()) * tiles(shape.stateSize());
        }

        long tiles(int length) {
            return Math.ceilDiv(length, TILE);
        }

        /** A launch for the problem, unless the grid is empty. */
        void add(String file, String name, long blocks, int threads, int sharedBytes, MemorySegment... more) {
            if (blocks > 0) {
                KernelLaunch.Builder launch =
                        KernelLaunch.of(arena, kernels.function(file, name), Dim3.of(blocks), Dim3.of(threads));
                if (sharedBytes > 0) {
                    launch.sharedBytes(sharedBytes);
                }
                for (MemorySegment argument : more) {
                    launch.argument(argument);
                }
                launches.add(launch.build());
            }
        }

        String suffix() {
            return "_" + shape.precision();
        }

        /** What a kernel asks for at launch: two panels and a tile. */
        int tileBytes() {
            int width = parameters().byteSize();
            return 2 * KernelModules.panelBytes(TILE, width) + TILE * (TILE + 4) * width;
        }

        /** A thread for every entry. */
        long blocksFor(long entries) {
            return Math.ceilDiv(entries, THREADS);
        }

        /** A thread for every four entries of the states, or for every one if a head's do not come in fours. */
        long blocksToPass() {
            long entries = shape.sequences().size() * state();
            return blocksFor(shape.headDim() * shape.stateSize() % 4 == 0 ? entries / 4 : entries);
        }

        void forward(String kernel, long blocks, int sharedBytes, Chunks.Range range) {
            add(
                    "ssd_forward",
                    kernel + suffix(),
                    blocks,
                    THREADS,
                    sharedBytes,
                    layout.segment(),
                    arena.allocateFrom(JAVA_INT, range.first()),
                    arena.allocateFrom(JAVA_INT, range.count()));
        }

        /** The states that enter the chunks of a range. */
        void states(Chunks.Range range) {
            long heads = (long) range.count() * shape.heads();
            Chunks chunks = problem.chunks();
            long rows = chunks.rowsBefore(range.end()) - chunks.rowsBefore(range.first());
            forward("ssd_steps", blocksFor(rows * shape.heads()), 0, range);
            forward("ssd_decays", blocksFor(heads), 0, range);
            forward("ssd_chunk_states", heads * stateTiles(), 0, range);
            forward("ssd_pass_states", blocksToPass(), 0, range);
        }

        void backward(String kernel, long blocks, int sharedBytes) {
            add("ssd_backward", kernel, blocks, THREADS, sharedBytes, layout.segment());
        }

        Sums sums() {
            return new Sums(kernels, problem, launches);
        }

        Pass pass() {
            List<KernelLaunch> all = List.copyOf(launches);
            return stream -> all.forEach(launch -> launch.on(stream));
        }
    }

    @Override
    public Optional<Pass> forward(DeviceSsd problem, Chunks.Range range) {
        Launches pass = new Launches(problem);
        pass.chunkTable();
        pass.states(range);
        pass.forward("ssd_outputs", (long) range.count() * problem.shape().heads(), pass.tileBytes(), range);
        return Optional.of(pass.pass());
    }

    @Override
    public Optional<Pass> backward(DeviceSsd problem) {
        SsdShape shape = problem.shape();
        Chunks chunks = problem.chunks();
        List<String> gradients =
                shape.gradients().stream().map(name -> "grad_" + name).toList();
        if (shape.heads() == 0) { // whatever else there is has no influence
            return Optional.of(stream ->
                    gradients.forEach(name -> problem.array(name).memory().fill((byte) 0, stream)));
        }
        Launches pass = new Launches(problem);
        pass.chunkTable();
        gradients.forEach(pass::array);
        pass.array("dy");
        if (problem.hasArray("dfinal_states")) {
            pass.array("dfinal_states");
        }
        long entries = shape.rows() * shape.heads() * shape.headDim();
        long blocks = (long) chunks.count() * shape.heads();
        pass.scratch("state_gradients", chunks.count() * pass.state());
        boolean gated = shape.has("z");
        boolean widened = shape.gradientType() != pass.parameters();
        String gate = shape.gradientType() == shape.precision().activations()
                ? pass.suffix()
                : pass.suffix() + "_of_" + shape.gradientType();
        if (gated || widened) {
            pass.scratch("gated_dy", entries);
        } else {
            pass.layout.set("gated_dy", problem.array("dy").memory().address());
        }
        if (gated) {
            pass.scratch("ungated_y", entries);
        }
        boolean sharedX = shape.xHeads() != shape.heads();
        long partX = sharedX ? pass.scratch("part_x", entries) : 0;
        long partA = pass.scratch("part_A", blocks);
        long partBias = shape.has("dt_bias") ? pass.scratch("part_dt_bias", blocks) : 0;
        long partD = shape.has("D") ? pass.scratch("part_D", blocks * shape.headDim()) : 0;

        pass.states(chunks.all());
        if (gated || widened) {
            pass.backward("ssd_gate" + gate, pass.blocksFor(entries), 0);
        }
        pass.backward("ssd_chunk_state_gradients" + pass.suffix(), blocks * pass.stateTiles(), 0);
        pass.backward("ssd_pass_state_gradients" + pass.suffix(), pass.blocksToPass(), 0);
        pass.backward("ssd_input_gradients" + pass.suffix(), blocks, pass.tileBytes());
        group(pass, "b", "B", shape.bGroups());
        group(pass, "c", "C", shape.cGroups());
        if (gated) {
            pass.backward("ssd_gate_gradient" + gate, pass.blocksFor(entries), 0);
        }
        if (sharedX) {
            pass.sums()
                    .parts(
                            partX,
                            "grad_x",
                            shape.rows() * shape.xHeads(),
                            shape.heads() / shape.xHeads(),
                            shape.headDim());
        }
        pass.sums().ofParameters(partA, partBias, partD, shape.headDim());
        return Optional.of(pass.pass());
    }

    /** The gradient of B or C: parts of a group's heads first, then the sums of the parts. */
    private static void group(Launches pass, String letter, String name, int groups) {
        SsdShape shape = pass.shape;
        int parts = parts(shape.heads(), groups);
        pass.layout.set(letter + "_parts", parts);
        long scratch = parts == groups ? 0 : pass.scratch("part_" + name, shape.rows() * parts * shape.stateSize());
        pass.backward(
                "ssd_" + letter + "_gradients" + pass.suffix(),
                pass.problem.chunks().count() * (long) parts * pass.tiles(shape.stateSize()),
                pass.tileBytes());
        if (scratch != 0) {
            pass.sums().parts(scratch, "grad_" + name, shape.rows() * groups, parts / groups, shape.stateSize());
        }
    }

    /** How many parts the heads of all groups make, each of as many heads as fit. */
    static int parts(int heads, int groups) {
        int each = Math.min(heads / groups, MOST_HEADS_OF_A_PART);
        while (heads / groups % each != 0) {
            each--;
        }
        return heads / each;
    }

    @Override
    public Optional<Pass> step(DeviceSsd problem) {
        SsdShape shape = problem.shape();
        Launches pass = new Launches(problem);
        long warps = (long) shape.sequences().size() * shape.heads() * Math.ceilDiv(shape.headDim(), DECODE_CHANNELS);
        pass.add(
                "ssd_step",
                "ssd_decode" + pass.suffix(),
                Math.ceilDiv(warps, DECODE_WARPS),
                32 * DECODE_WARPS,
                0,
                pass.layout.segment());
        return Optional.of(pass.pass());
    }
}
