package duality.ssd.internal;

import duality.kernels.Kernels;
import duality.kernels.Kernels.Part;
import duality.kernels.Parallel;
import duality.ssd.SsdGradients;
import duality.ssd.SsdInputs;
import duality.ssd.internal.Workspace.Slot;
import duality.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The gradient of {@link duality.ssd.BlockGradient} as fast as the kernels let it be. The states that enter the chunks are
 * computed first and kept; where they would take too much memory only every so many are, and the rest recomputed. Then the
 * chunks are walked through from the last to the first with the gradient G of the state that leaves. With l, w and α the
 * decays from the start, to the end and through the chunk, L its mask, S the state that enters, O the gradient of the
 * outputs before the gate, and X̃ = diag(dt) X:
 *
 * <pre>
 *   E    = L ∘ (O X̃ᵀ)                        summed over the heads that share B and C
 *   dX̃   = (L ∘ C Bᵀ)ᵀ O + diag(w) (B G)
 *   dCᵀ += (S Oᵀ) diag(l)                    and Bᵀ Eᵀ once for all heads
 *   dBᵀ += G (diag(w) X̃)ᵀ                    and Cᵀ E once for all heads
 *   G   ← α G + Cᵀ diag(l) O
 * </pre>
 *
 * <p>Threads take some heads each and keep their G in the second-level cache. Where there are too few heads, or X is
 * shared among them, G is passed through a window of chunks first, and then each takes a chunk. Either way what neighbouring
 * heads add to dB, dC and E is summed in order, and then these sums, so the bits do not depend on the threads.
 *
 * @param <A> the type of arrays
 */
final class FusedBackward<A> {
    /** Rows of a product with states at once: with Q = 64 they take 8 KiB in float32, as do the rows they are added to. */
    private static final int STATE_ROWS = 32;

    private final Kernels<A> k;
    private final ThreadLocal<Workspace<A>> workspaces;
    private final Reserve<A> reserve;
    private final SsdInputs in;
    private final int chunkLength;
    private final long keptBytes;
    private final Tensor dy;
    private final @Nullable Tensor dFinalStates;
    private final SsdGradients gradients;
    private final int p;
    private final int paddedP;
    private final int n;
    private final int heads;
    private final int stateLength;
    private final A one;

    FusedBackward(
            Kernels<A> k,
            ThreadLocal<Workspace<A>> workspaces,
            Reserve<A> reserve,
            SsdInputs in,
            int chunkLength,
            long keptBytes,
            Tensor dy,
            @Nullable Tensor dFinalStates,
            SsdGradients gradients) {
        this.k = k;
        this.workspaces = workspaces;
        this.reserve = reserve;
        this.in = in;
        this.chunkLength = chunkLength;
        this.keptBytes = keptBytes;
        this.dy = dy;
        this.dFinalStates = dFinalStates;
        this.gradients = gradients;
        p = in.headDim();
        paddedP = k.padded(p);
        n = in.stateSize();
        heads = in.heads();
        stateLength = n * paddedP;
        one = k.allocate(1);
        k.set(one, 0, 1);
    }

    void run() {
        List<Sums> sums = new ArrayList<>();
        in.sequences().forEach(sequence -> sums.add(new Sums()));
        Parallel.run(sums.size(), i -> new Walk(in.sequences().get(i), sums.get(i)).run());
        Sums total = new Sums();
        sums.forEach(total::add);
        total.write();
    }

    /** The gradients that are sums over all time steps, in float64. */
    private final class Sums {
        final double[] rate = new double[heads];
        final double[] bias = new double[heads];
        final double[] skip = new double[heads * p];

        void add(Sums other) {
            add(rate, other.rate);
            add(bias, other.bias);
            add(skip, other.skip);
        }

        private static void add(double[] to, double[] from) {
            for (int i = 0; i < to.length; i++) {
                to[i] += from[i];
            }
        }

        void write() {
            gradients.of("A").writeDoubles(0, rate);
            if (in.dtBias() != null) {
                gradients.of("dt_bias").writeDoubles(0, bias);
            }
            Tensor d = in.skip();
            if (d != null && d.rank() == 2) {
                gradients.of("D").writeDoubles(0, skip);
            } else if (d != null) {
                double[] perHead = new double[heads];
                for (int i = 0; i < skip.length; i++) {
                    perHead[i / p] += skip[i];
                }
                gradients.of("D").writeDoubles(0, perHead);
            }
        }
    }

    /** One sequence. */
    private final class Walk {
        /** All states at one boundary of chunks. */
        private final int slab = Math.multiplyExact(heads, stateLength);

        private final SsdInputs.Sequence sequence;
        private final Sums sums;
        private final int chunks;
        private final List<Lane> lanes;
        private final boolean alone = Parallel.threads() == 1;
        private final boolean byLanes;
        /** Whether the gradients of the states that leave a chunk are replaced by those of the ones that enter. */
        private final boolean inPlace;

        private final int window;
        private final List<A> taken = new ArrayList<>();

        Walk(SsdInputs.Sequence sequence, Sums sums) {
            this.sequence = sequence;
            this.sums = sums;
            chunks = Math.ceilDiv(sequence.length(), chunkLength);
            lanes = Lane.of(in, sequence, Lane.longest(stateLength * k.bytes()));
            byLanes = !alone && lanes.size() >= Parallel.threads() && in.xHeads() == heads;
            inPlace = alone || byLanes;
            window = alone ? 1 : Math.clamp(chunks, 1, (byLanes ? 8 : 4) * Parallel.threads());
        }

        private ChunkWork<A> chunk(int number, int fromHead, int count) {
            int from = number * chunkLength;
            int length = Math.min(chunkLength, sequence.length() - from);
            return new ChunkWork<>(k, in, workspaces.get(), sequence, fromHead, count, from, length);
        }

        private List<A> take(int count, int length) {
            List<A> arrays =
                    Stream.generate(() -> reserve.take(length)).limit(count).toList();
            taken.addAll(arrays);
            return arrays;
        }

        void run() {
            int segment = segment();
            List<A> entering = take(segment + 1, slab);
            A first = entering.getFirst();
            ChunkWork.loadStates(k, in, in.initialStates(), sequence, 0, heads, workspaces.get(), first);
            List<A> starts = new ArrayList<>();
            for (int from = 0; from + segment < chunks; from += segment) {
                starts.addAll(take(1, slab));
                k.copy(first, 0, starts.getLast(), 0, slab);
                pass(from, segment, false, entering);
                k.copy(entering.get(segment), 0, first, 0, slab);
            }
            List<A> leaving = take(inPlace ? 1 : window + 1, slab);
            List<Shares<A>> shares = byLanes ? shares() : List.of();
            A last = leaving.getLast();
            ChunkWork.loadStates(k, in, dFinalStates, sequence, 0, heads, workspaces.get(), last);
            for (int s = starts.size(); s >= 0; s--) {
                int from = s * segment;
                int to = Math.min(from + segment, chunks);
                if (s < starts.size()) {
                    k.copy(starts.get(s), 0, first, 0, slab);
                }
                pass(from, to - from - 1, false, entering);
                for (int end = to; end > from; end -= window) {
                    FusedForward.checkCancelled();
                    int start = Math.max(from, end - window);
                    backward(start, entering.subList(start - from, end - from), leaving, shares);
                }
            }
            ChunkWork.storeStates(k, in, last, sequence, 0, heads, workspaces.get(), gradients.of("initial_states"));
            reserve.give(taken);
        }

        /**
         * How many chunks have their states kept at once: all, or else as many as there is room for, but no fewer than
         * their square root, where those that are kept and those that each segment starts from are fewest together.
         */
        private int segment() {
            long walks = Math.min(Parallel.threads(), in.sequences().size());
            long most = keptBytes / walks / Math.max(1, (long) slab * k.bytes());
            int fewest = Math.max(1, (int) Math.ceil(Math.sqrt(chunks)));
            return Math.clamp(most, fewest, Math.max(fewest, chunks));
        }

        /** Room for what every lane adds in every chunk of a window. */
        private List<Shares<A>> shares() {
            int longest = Math.min(chunkLength, sequence.length());
            int row = k.padded(longest);
            List<A> transposed = take(2 * window * lanes.size(), n * row);
            List<A> grams = take(window * lanes.size(), longest * row);
            return IntStream.range(0, grams.size())
                    .mapToObj(i -> new Shares<>(transposed.get(2 * i), transposed.get(2 * i + 1), grams.get(i)))
                    .toList();
        }

        /**
         * Passes states through the chunks {@code [from, from + count)}, or their gradients backwards.
         *
         * @param states those at the boundaries of the chunks, of which the first, or backwards the last, is there
         */
        private void pass(int from, int count, boolean backwards, List<A> states) {
            if (lanes.size() >= Parallel.threads()) {
                Parallel.run(lanes.size(), l -> {
                    for (int j = 0; j < count; j++) {
                        int c = backwards ? count - 1 - j : j;
                        A source = states.get(backwards ? c + 1 : c);
                        pass(from + c, lanes.get(l), backwards, source, states.get(backwards ? c : c + 1));
                    }
                });
                return;
            }
            double[] through = new double[Math.max(0, count) * heads];
            Parallel.run(count * lanes.size(), task -> {
                int c = task / lanes.size();
                Lane lane = lanes.get(task % lanes.size());
                ChunkWork<A> chunk = pass(from + c, lane, backwards, null, states.get(backwards ? c : c + 1));
                for (int i = 0; i < lane.heads(); i++) {
                    through[c * heads + lane.from() + i] = k.get(chunk.through, i);
                }
            });
            Parallel.run(heads, h -> {
                for (int j = 0; j < count; j++) {
                    int c = backwards ? count - 1 - j : j;
                    A source = states.get(backwards ? c + 1 : c);
                    A target = states.get(backwards ? c : c + 1);
                    int at = h * stateLength;
                    k.addScaled(stateLength, through[c * heads + h], source, at, target, at);
                }
            });
        }

        /** The same for one chunk and some heads; without a source only what the chunk adds. */
        private ChunkWork<A> pass(int number, Lane lane, boolean backwards, @Nullable A source, A target) {
            FusedForward.checkCancelled();
            ChunkWork<A> chunk = chunk(number, lane.from(), lane.heads());
            if (backwards) {
                transposeC(chunk, lane.from());
            } else {
                chunk.loadB(lane.from());
            }
            for (int i = 0; i < lane.heads(); i++) {
                int head = lane.from() + i;
                int at = head * stateLength;
                if (source != null) {
                    k.copy(source, at, target, at, stateLength);
                }
                if (backwards) {
                    adjointState(chunk, i, loadOut(chunk, head), target, at, source != null);
                } else {
                    chunk.load(in.x(), head, chunk.x);
                    chunk.updateState(i, target, at, source != null);
                }
            }
            return chunk;
        }

        /**
         * The gradients of the chunks from {@code from} on, given the states that enter them.
         *
         * @param leaving the last holds the gradient of the states that leave them; afterwards that of the states that enter
         */
        private void backward(int from, List<A> entering, List<A> leaving, List<Shares<A>> shares) {
            int count = entering.size();
            A last = leaving.getLast();
            List<A> boundaries = inPlace ? leaving : leaving.subList(window - count, window + 1);
            if (!inPlace) {
                pass(from, count, true, boundaries);
            }
            List<ChunkGradient> parts = new ArrayList<>();
            for (int c = 0; c < count; c++) {
                parts.add(new ChunkGradient(this, from + c, entering.get(c), inPlace ? last : boundaries.get(c + 1)));
            }
            if (byLanes) {
                Parallel.run(lanes.size(), l -> {
                    for (int c = count - 1; c >= 0; c--) {
                        parts.get(c).lane(lanes.get(l), true, shares.get(c * lanes.size() + l));
                    }
                });
                Parallel.run(count, c -> parts.get(c).sum(shares.subList(c * lanes.size(), (c + 1) * lanes.size())));
            } else {
                Parallel.run(count, c -> parts.get(c).run());
            }
            for (int c = count - 1; c >= 0; c--) {
                sums.add(parts.get(c).sums);
            }
            if (!inPlace) {
                k.copy(boundaries.getFirst(), 0, last, 0, slab);
            }
        }
    }

    /** What the heads of a lane add to dBᵀ and dCᵀ (n×q) and to E, transposed (q×q), row-major with the chunk's stride. */
    private record Shares<A>(A b, A c, A gram) {}

    /** The gradient of a head's outputs before the gate; that of the gate replaces the outputs in Y. */
    private A loadOut(ChunkWork<A> chunk, int head) {
        int area = chunk.q * paddedP;
        A out = chunk.work.array(Slot.D_OUT, area);
        chunk.load(dy, head, out);
        Tensor z = in.gate();
        if (z != null) {
            A gate = chunk.work.array(Slot.Z, area);
            chunk.load(z, head, gate);
            k.gateAdjoint(area, gate, out, chunk.y, chunk.work.array(Slot.GATE_SCRATCH, area));
        }
        return out;
    }

    private void transposeC(ChunkWork<A> chunk, int head) {
        chunk.loadC(head);
        k.gather(n, chunk.q, chunk.c, 0, 1, n, chunk.work.array(Slot.C_TRANSPOSED, n * chunk.row), 0, chunk.row);
    }

    /** {@code G ← Cᵀ diag(l) O}, or plus α G, for the chunk's head number i; Cᵀ is there. */
    private void adjointState(ChunkWork<A> chunk, int i, A out, A g, int at, boolean add) {
        int q = chunk.q;
        int w = chunk.w;
        int row = chunk.row;
        A weighted = chunk.work.array(Slot.WEIGHTED, q * paddedP);
        A cTransposed = chunk.work.array(Slot.C_TRANSPOSED, n * row);
        A scale = add ? chunk.through : null;
        k.scaleRows(q, p, chunk.fromStart, i * q, out, 0, weighted, 0);
        k.multiply(n, p, q, cTransposed, 0, row, Part.FULL, weighted, 0, q * w, g, at, w, n * w, scale, i, 0);
    }

    /** All gradients of one chunk, given the states that enter and the gradients of those that leave. */
    private final class ChunkGradient {
        private final Walk walk;
        private final int number;
        private final A entering;
        private final A leaving;
        private final Sums sums = new Sums();
        private final int commonHeads = Lane.commonHeads(in);

        ChunkGradient(Walk walk, int number, A entering, A leaving) {
            this.walk = walk;
            this.number = number;
            this.entering = entering;
            this.leaving = leaving;
        }

        /** One lane after another. */
        void run() {
            Workspace<A> work = workspaces.get();
            int row = k.padded(chunkLength);
            Shares<A> shares = new Shares<>(
                    work.array(Slot.D_B, n * row),
                    work.array(Slot.D_C, n * row),
                    work.array(Slot.D_GRAM, chunkLength * row));
            for (Lane lane : walk.lanes) {
                ChunkWork<A> chunk = lane(lane, lane.from() % commonHeads == 0, shares);
                sum(chunk, lane, shares);
            }
        }

        /** After the lanes. */
        void sum(List<Shares<A>> shares) {
            ChunkWork<A> chunk = walk.chunk(number, 0, 0);
            for (int l = 0; l < shares.size(); l++) {
                Lane lane = walk.lanes.get(l);
                if (lane.from() % commonHeads == 0) {
                    chunk.loadB(lane.from());
                    transposeC(chunk, lane.from());
                }
                sum(chunk, lane, shares.get(l));
            }
        }

        /**
         * The heads of a lane.
         *
         * @param fresh whether B and C are other ones than those that this thread read last
         */
        ChunkWork<A> lane(Lane lane, boolean fresh, Shares<A> shares) {
            FusedForward.checkCancelled();
            ChunkWork<A> chunk = walk.chunk(number, lane.from(), lane.heads());
            int q = chunk.q;
            int row = chunk.row;
            int w = chunk.w;
            if (fresh) {
                chunk.loadB(lane.from());
                transposeC(chunk, lane.from());
                A panels = chunk.work.array(Slot.PANELS, n * row);
                A gram = chunk.work.array(Slot.GRAM_TRANSPOSED, q * row);
                A cTransposed = chunk.work.array(Slot.C_TRANSPOSED, n * row);
                k.pack(n, q, cTransposed, 0, row, panels, 0, n);
                k.multiply(q, q, n, chunk.b, 0, n, Part.FULL, panels, 0, n * w, gram, 0, row, w, null, 0, 0);
                if (in.gate() != null) {
                    chunk.multiplyCB();
                }
            }
            k.fill(shares.b(), 0, n * row, 0);
            k.fill(shares.c(), 0, n * row, 0);
            k.fill(shares.gram(), 0, q * row, 0);
            chunk.loadSteps();
            for (int i = 0; i < lane.heads(); i++) {
                head(chunk, i, shares);
            }
            chunk.storeSteps(gradients.of("dt"));
            return chunk;
        }

        /** Adds the next lane; with the last one that reads a B or C its gradient is done. B and C are there. */
        private void sum(ChunkWork<A> chunk, Lane lane, Shares<A> shares) {
            Workspace<A> work = chunk.work;
            int q = chunk.q;
            int row = chunk.row;
            int w = chunk.w;
            A dGram = work.array(Slot.D_GRAM_SUM, q * row);
            A dB = work.array(Slot.D_B_SUM, n * row);
            A dC = work.array(Slot.D_C_SUM, n * row);
            sum(q * row, shares.gram(), lane.from() % commonHeads == 0, dGram);
            sum(n * row, shares.b(), isFirst(lane.from(), in.bGroups()), dB);
            sum(n * row, shares.c(), isFirst(lane.from(), in.cGroups()), dC);
            if (lane.to() % commonHeads == 0) {
                A cTransposed = work.array(Slot.C_TRANSPOSED, n * row);
                A panels = work.array(Slot.PANELS, Math.max(n, q) * row);
                k.pack(q, q, dGram, 0, row, panels, 0, q);
                k.multiply(n, q, q, chunk.bTransposed, 0, row, Part.FULL, panels, 0, q * w, dC, 0, row, w, one, 0, 0);
                A transposed = work.array(Slot.CROSS_GRAM, q * row);
                k.gather(q, q, dGram, 0, 1, row, transposed, 0, row);
                k.pack(q, q, transposed, 0, row, panels, 0, q);
                k.multiply(n, q, q, cTransposed, 0, row, Part.FULL, panels, 0, q * w, dB, 0, row, w, one, 0, 0);
            }
            if (isFirst(lane.to(), in.bGroups())) {
                storeTransposed(chunk, dB, gradients.of("B"), lane.from());
            }
            if (isFirst(lane.to(), in.cGroups())) {
                storeTransposed(chunk, dC, gradients.of("C"), lane.from());
            }
        }

        private void sum(int length, A share, boolean first, A sum) {
            if (first) {
                k.copy(share, 0, sum, 0, length);
            } else {
                k.addScaled(length, 1, share, 0, sum, 0);
            }
        }

        private boolean isFirst(int head, int count) {
            return head % (heads / count) == 0;
        }

        private void storeTransposed(ChunkWork<A> chunk, A transposed, Tensor to, int head) {
            A rows = chunk.work.array(Slot.PANELS, Math.max(n, chunk.q) * chunk.row);
            k.gather(chunk.q, n, transposed, 0, 1, chunk.row, rows, 0, n);
            int shared = HeadProblem.shared(head, heads, Math.toIntExact(to.length(2)));
            for (int t = 0; t < chunk.q; t++) {
                long offset = HeadProblem.rowOffset(to, chunk.sequence, chunk.from + t, shared, n);
                TensorRows.write(rows, t * n, n, to, offset);
            }
        }

        private void head(ChunkWork<A> chunk, int i, Shares<A> shares) {
            int h = chunk.fromHead + i;
            Workspace<A> work = chunk.work;
            int q = chunk.q;
            int row = chunk.row;
            int w = chunk.w;
            int area = q * paddedP;
            int state = h * stateLength;
            A x = chunk.x;
            chunk.load(in.x(), h, x);
            if (in.gate() != null) {
                chunk.outputs(i, entering, state);
            }
            A out = loadOut(chunk, h);
            if (in.gate() != null) {
                chunk.store(chunk.y, gradients.of("z"), h);
            }
            A outTransposed = work.array(Slot.D_OUT_TRANSPOSED, p * row);
            transpose(q, out, outTransposed);

            // F = X Oᵀ, then E, the masked Gram matrix and the paths that cross each step.
            A crossGram = work.array(Slot.CROSS_GRAM, q * row);
            for (int t = 0; t < q; t += w) { // of the columns [t, t + w) the rows s < t + w are needed
                multiplyPanels(Math.min(q, t + w), w, x, 0, q, outTransposed, t * p, crossGram, t, row, false);
            }
            A masked = work.array(Slot.MASKED, q * row);
            A running = work.array(Slot.RUNNING, row);
            A gramTransposed = work.array(Slot.GRAM_TRANSPOSED, q * row);
            k.maskedAdjoint(
                    q,
                    chunk.decay,
                    i * q,
                    chunk.weight,
                    i * q,
                    gramTransposed,
                    crossGram,
                    row,
                    running,
                    masked,
                    shares.gram());
            A crossings = work.array(Slot.CROSSINGS, q);
            k.crossings(q, crossGram, row, running, crossings);

            // dX̃ = (L ∘ C Bᵀ)ᵀ O + diag(w) (B G)
            A dX = work.array(Slot.D_X, area);
            A suffix = work.array(Slot.SUFFIX, q);
            suffixes(chunk, i, suffix);
            k.multiply(q, p, n, chunk.b, 0, n, Part.FULL, leaving, state, n * w, dX, 0, w, q * w, null, 0, 0);
            A intoState = work.array(Slot.INTO_STATE, q);
            k.rowDots(q, p, dX, x, intoState);
            k.multiply(q, p, q, masked, 0, row, Part.UPPER, out, 0, q * w, dX, 0, w, q * w, suffix, 0, 1);
            A rowDots = work.array(Slot.ROW_DOTS, q);
            k.rowDots(q, p, dX, x, rowDots);

            // What the states contribute to dCᵀ, a few rows at a time, which stay in the first-level cache, and to dBᵀ.
            A product = work.array(Slot.STATE_PRODUCT, STATE_ROWS * row);
            A fromState = work.array(Slot.FROM_STATE, row);
            k.fill(fromState, 0, row, 0);
            A cTransposed = work.array(Slot.C_TRANSPOSED, n * row);
            for (int j = 0; j < n; j += STATE_ROWS) {
                int rows = Math.min(STATE_ROWS, n - j);
                multiplyPanels(rows, q, entering, state + j * w, n, outTransposed, 0, product, 0, row, false);
                k.addScaledDots(
                        rows, q, row, product, chunk.fromStart, i * q, cTransposed, shares.c(), j * row, fromState);
            }
            A weighted = work.array(Slot.WEIGHTED, area);
            k.scaleRows(q, p, chunk.toEnd, i * q, x, 0, weighted, 0);
            A weightedTransposed = work.array(Slot.X_TRANSPOSED, p * row);
            transpose(q, weighted, weightedTransposed);
            multiplyPanels(n, q, leaving, state, n, weightedTransposed, 0, shares.b(), 0, row, true);

            double inner = k.dot(stateLength, entering, state, leaving, state);
            steps(chunk, i, fromState, intoState, crossings, rowDots, inner);
            Tensor d = in.skip();
            k.scaleRows(q, p, chunk.weight, i * q, dX, 0, dX, 0);
            if (d != null) {
                k.addScaledColumns(q, p, chunk.skip(h), 0, out, 0, dX, 0);
                A dSkip = work.array(Slot.D_SKIP, paddedP);
                k.columnDots(q, p, out, x, dSkip, 0);
                for (int j = 0; j < p; j++) {
                    sums.skip[h * p + j] = k.get(dSkip, j);
                }
            }
            storeX(chunk, h, dX);
            if (walk.inPlace) {
                adjointState(chunk, i, out, leaving, state, true);
            }
        }

        /** Writes dX, after adding that of the other heads that read the same X. */
        private void storeX(ChunkWork<A> chunk, int h, A dX) {
            if (in.xHeads() == heads) {
                chunk.store(dX, gradients.of("x"), h);
                return;
            }
            int area = chunk.q * paddedP;
            A sum = chunk.work.array(Slot.D_X_SHARED, area);
            if (isFirst(h, in.xHeads())) {
                k.copy(dX, 0, sum, 0, area);
            } else {
                k.addScaled(area, 1, dX, 0, sum, 0);
            }
            if (h + 1 == heads || isFirst(h + 1, in.xHeads())) {
                chunk.store(sum, gradients.of("x"), h);
            }
        }

        /** From panels of {@code rows} rows with p columns to panels of p rows with {@code rows} columns. */
        private void transpose(int rows, A from, A to) {
            int w = k.panel();
            for (int i = 0; i < rows; i += w) {
                int height = Math.min(w, rows - i);
                if (height < w) {
                    k.fill(to, i * p, i * p + p * w, 0);
                }
                for (int j = 0; j < p; j += w) {
                    k.gather(Math.min(w, p - j), height, from, j * rows + i * w, 1, w, to, i * p + j * w, w);
                }
            }
        }

        /** {@code C ← A B} or {@code C ← C + A B} of the first m rows of A (aRows×p) in panels, {@code B (p×columns)} in panels and row-major C. */
        private void multiplyPanels(
                int m, int columns, A a, int aAt, int aRows, A b, int bAt, A c, int cAt, int row, boolean add) {
            int w = k.panel();
            for (int j = 0; j == 0 || j < p; j += w) { // once even if p is 0
                A scale = j == 0 && !add ? null : one;
                k.multiply(
                        m,
                        columns,
                        Math.min(w, p - j),
                        a,
                        aAt + j * aRows,
                        w,
                        Part.FULL,
                        b,
                        bAt + j * w,
                        p * w,
                        c,
                        cAt,
                        row,
                        w,
                        scale,
                        0,
                        0);
            }
        }

        /** The products of the decays after each step: what {@code toEnd} has times the step size. */
        private void suffixes(ChunkWork<A> chunk, int i, A to) {
            double product = 1;
            for (int t = chunk.q - 1; t >= 0; t--) {
                k.set(to, t, product);
                product *= k.get(chunk.decay, i * chunk.q + t);
            }
        }

        /**
         * The gradients of the step sizes, which replace them, of A and of the bias. The decay a_k is in every path that crosses from before step
         * k to step k or later; see {@link duality.ssd.BlockGradient}.
         */
        private void steps(ChunkWork<A> chunk, int i, A fromState, A intoState, A crossings, A rowDots, double inner) {
            int q = chunk.q;
            int h = chunk.fromHead + i;
            double through = k.get(chunk.through, i) * inner;
            double rate = in.a().getDouble(h);
            double bias = in.dtBias() == null ? 0 : in.dtBias().getDouble(h);
            double[] logDecay = chunk.work.decays(q);
            double fromStates = 0;
            for (int t = q - 1; t >= 0; t--) {
                fromStates += k.get(fromState, t);
                logDecay[t] = fromStates + through + k.get(crossings, t);
            }
            double intoStates = 0;
            double[] dt = chunk.work.steps(chunk.heads * q);
            for (int t = 0; t < q; t++) {
                double total = logDecay[t] + intoStates;
                intoStates += k.get(chunk.toEnd, i * q + t) * k.get(intoState, t);
                double gradient = k.get(rowDots, t);
                if (total != 0) { // a reset's gradient is zero even at the rate −∞
                    sums.rate[h] += total * k.get(chunk.weight, i * q + t);
                    gradient += total * rate;
                }
                gradient *= StepSizes.slope(in, dt[t * chunk.heads + i] + bias);
                sums.bias[h] += gradient;
                dt[t * chunk.heads + i] = gradient;
            }
        }
    }
}
