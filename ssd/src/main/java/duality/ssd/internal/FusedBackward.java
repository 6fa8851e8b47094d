package duality.ssd.internal;

import duality.kernels.Kernels;
import duality.kernels.Kernels.Part;
import duality.kernels.Parallel;
import duality.ssd.Precision;
import duality.ssd.SsdGradients;
import duality.ssd.SsdInputs;
import duality.ssd.internal.Workspace.Slot;
import duality.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;
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
 *   dBᵀ += (G Xᵀ) diag(w dt)                 and Cᵀ E once for all heads
 *   G   ← α G + Cᵀ diag(l) O
 * </pre>
 *
 * <p>Windows of chunks run in parallel: first what each adds to G, then the recurrence of G, then the rest. A chunk's heads
 * are summed in order by one thread, and chunks in order afterwards, so the bits do not depend on the threads.
 *
 * @param <A> the type of arrays
 */
final class FusedBackward<A> {
    private final Kernels<A> k;
    private final ThreadLocal<Workspace<A>> workspaces;
    private final SsdInputs in;
    private final int chunkLength;
    private final Tensor dy;
    private final @Nullable Tensor dFinalStates;
    private final SequencedMap<String, Tensor> gradients = new LinkedHashMap<>();
    private final int p;
    private final int paddedP;
    private final int n;
    private final int heads;
    private final int stateLength;
    private final A one;

    FusedBackward(
            Kernels<A> k,
            ThreadLocal<Workspace<A>> workspaces,
            SsdInputs in,
            int chunkLength,
            Tensor dy,
            @Nullable Tensor dFinalStates,
            Precision precision) {
        this.k = k;
        this.workspaces = workspaces;
        this.in = in;
        this.chunkLength = chunkLength;
        this.dy = dy;
        this.dFinalStates = dFinalStates;
        p = in.headDim();
        paddedP = k.padded(p);
        n = in.stateSize();
        heads = in.heads();
        stateLength = n * paddedP;
        one = k.allocate(1);
        k.set(one, 0, 1);
        in.arrays().forEach((name, array) -> {
            if (array.dtype().isFloatingPoint()) {
                gradients.put(name, Tensor.zeros(precision.type(name), array.shape()));
            }
        });
        gradients.put(
                "initial_states",
                Tensor.zeros(precision.parameters(), in.sequences().size(), heads, p, n));
    }

    private Tensor gradient(String name) {
        return Objects.requireNonNull(gradients.get(name));
    }

    SsdGradients run() {
        List<Sums> sums = new ArrayList<>();
        in.sequences().forEach(sequence -> sums.add(new Sums()));
        Parallel.run(sums.size(), i -> new Walk(in.sequences().get(i), sums.get(i)).run());
        Sums total = new Sums();
        sums.forEach(total::add);
        total.write();
        return new SsdGradients(gradients);
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
            gradient("A").writeDoubles(0, rate);
            if (in.dtBias() != null) {
                gradient("dt_bias").writeDoubles(0, bias);
            }
            Tensor d = in.skip();
            if (d != null && d.rank() == 2) {
                gradient("D").writeDoubles(0, skip);
            } else if (d != null) {
                double[] perHead = new double[heads];
                for (int i = 0; i < skip.length; i++) {
                    perHead[i / p] += skip[i];
                }
                gradient("D").writeDoubles(0, perHead);
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
        private final int window = Parallel.threads() == 1 ? 1 : 4 * Parallel.threads();

        Walk(SsdInputs.Sequence sequence, Sums sums) {
            this.sequence = sequence;
            this.sums = sums;
            chunks = Math.ceilDiv(sequence.length(), chunkLength);
        }

        private ChunkWork<A> chunk(int number, int fromHead, int count) {
            int from = number * chunkLength;
            int length = Math.min(chunkLength, sequence.length() - from);
            return new ChunkWork<>(k, in, workspaces.get(), sequence, fromHead, count, from, length);
        }

        void run() {
            // Kept states may take an eighth of the heap.
            long most = Runtime.getRuntime().maxMemory() / 8 / Math.max(1, (long) slab * k.bytes());
            int segment = Math.clamp(most, 1, Math.max(1, chunks));
            A state = k.allocate(slab);
            ChunkWork.loadStates(k, in, in.initialStates(), sequence, 0, heads, workspaces.get(), state);
            List<A> starts = new ArrayList<>();
            List<A> entering = new ArrayList<>();
            for (int from = 0; from < chunks; from += segment) {
                starts.add(copy(state));
                boolean last = from + segment >= chunks;
                advance(from, Math.min(from + segment, chunks), state, last ? entering : null);
            }
            List<A> leaving = new ArrayList<>();
            for (int i = 0; i <= window; i++) {
                leaving.add(k.allocate(slab));
            }
            A last = leaving.get(window);
            ChunkWork.loadStates(k, in, dFinalStates, sequence, 0, heads, workspaces.get(), last);
            for (int s = starts.size() - 1; s >= 0; s--) {
                int from = s * segment;
                int to = Math.min(from + segment, chunks);
                if (to < chunks) {
                    entering.clear();
                    advance(from, to, starts.get(s), entering);
                }
                for (int end = to; end > from; end -= window) {
                    FusedForward.checkCancelled();
                    backward(Math.max(from, end - window), end, from, entering, leaving);
                }
            }
            ChunkWork.storeStates(k, in, last, sequence, 0, heads, workspaces.get(), gradient("initial_states"));
        }

        private A copy(A state) {
            A copy = k.allocate(slab);
            k.copy(state, 0, copy, 0, slab);
            return copy;
        }

        /**
         * Moves the state through the chunks {@code [from, to)}.
         *
         * @param kept if not null, the states that enter them are added
         */
        private void advance(int from, int to, A state, @Nullable List<A> kept) {
            for (int i = from; kept != null && i < to; i++) {
                kept.add(k.allocate(slab));
            }
            List<Lane> lanes = Lane.of(in, 4).stream()
                    .filter(lane -> lane.sequence().index() == sequence.index())
                    .toList();
            if (lanes.size() >= Parallel.threads()) {
                Parallel.run(lanes.size(), l -> {
                    Lane lane = lanes.get(l);
                    for (int number = from; number < to; number++) {
                        FusedForward.checkCancelled();
                        ChunkWork<A> chunk = chunk(number, lane.from(), lane.heads());
                        chunk.loadB(lane.from());
                        for (int i = 0; i < lane.heads(); i++) {
                            int at = (lane.from() + i) * stateLength;
                            if (kept != null) {
                                k.copy(state, at, kept.get(number - from), at, stateLength);
                            }
                            chunk.load(in.x(), lane.from() + i, chunk.x);
                            chunk.updateState(i, state, at, true);
                        }
                    }
                });
                return;
            }
            List<A> added = new ArrayList<>();
            for (int i = 0; i < Math.min(window, to - from); i++) {
                added.add(k.allocate(slab));
            }
            double[] through = new double[window * heads];
            for (int start = from; start < to; start += window) {
                FusedForward.checkCancelled();
                int first = start;
                int count = Math.min(window, to - start);
                Parallel.run(count * lanes.size(), task -> {
                    int c = task / lanes.size();
                    Lane lane = lanes.get(task % lanes.size());
                    ChunkWork<A> chunk = chunk(first + c, lane.from(), lane.heads());
                    chunk.loadB(lane.from());
                    for (int i = 0; i < lane.heads(); i++) {
                        int head = lane.from() + i;
                        chunk.load(in.x(), head, chunk.x);
                        chunk.updateState(i, added.get(c), head * stateLength, false);
                        through[c * heads + head] = k.get(chunk.through, i);
                    }
                });
                for (int c = 0; c < count; c++) {
                    if (kept != null) {
                        k.copy(state, 0, kept.get(start + c - from), 0, slab);
                    }
                    for (int i = 0; i < heads; i++) {
                        k.addScaled(
                                stateLength,
                                through[c * heads + i],
                                state,
                                i * stateLength,
                                added.get(c),
                                i * stateLength);
                    }
                    k.copy(added.get(c), 0, state, 0, slab);
                }
            }
        }

        /** The chunks {@code [from, to)}; the last of {@code leaving} holds the gradient of the state that leaves them. */
        private void backward(int from, int to, int firstKept, List<A> entering, List<A> leaving) {
            int count = to - from;
            A last = leaving.get(window);
            if (window == 1) {
                ChunkGradient part = new ChunkGradient(this, from, entering.get(from - firstKept), last, true);
                part.run();
                part.add(sums);
                return;
            }
            k.copy(last, 0, leaving.get(count), 0, count == window ? 0 : slab);
            double[] through = new double[count * heads];
            Parallel.run(count, c -> adjointStates(from + c, leaving.get(c), through, c * heads));
            for (int c = count - 1; c >= 0; c--) {
                for (int i = 0; i < heads; i++) {
                    int at = i * stateLength;
                    k.addScaled(stateLength, through[c * heads + i], leaving.get(c + 1), at, leaving.get(c), at);
                }
            }
            List<ChunkGradient> parts = new ArrayList<>();
            for (int c = 0; c < count; c++) {
                parts.add(new ChunkGradient(
                        this, from + c, entering.get(from + c - firstKept), leaving.get(c + 1), false));
            }
            Parallel.run(count, c -> parts.get(c).run());
            for (int c = count - 1; c >= 0; c--) {
                parts.get(c).add(sums);
            }
            k.copy(leaving.getFirst(), 0, last, 0, slab);
        }

        /** What a chunk adds to the gradient of the state that enters it: {@code Cᵀ diag(l) O} for every head. */
        private void adjointStates(int number, A to, double[] through, int throughAt) {
            ChunkWork<A> chunk = chunk(number, 0, heads);
            int group = -1;
            for (int i = 0; i < heads; i++) {
                if (HeadProblem.shared(i, heads, in.cGroups()) != group) {
                    group = HeadProblem.shared(i, heads, in.cGroups());
                    transposeC(chunk, i);
                }
                A out = chunk.work.array(Slot.D_OUT, chunk.q * paddedP);
                chunk.load(dy, i, out);
                Tensor z = in.gate();
                if (z != null) {
                    A gate = chunk.work.array(Slot.Z, chunk.q * paddedP);
                    chunk.load(z, i, gate);
                    A scratch = chunk.work.array(Slot.GATE_SCRATCH, chunk.q * paddedP);
                    k.gateAdjoint(chunk.q * paddedP, gate, out, chunk.y, scratch); // y is not looked at
                }
                adjointState(chunk, i, out, to, false);
                through[throughAt + i] = k.get(chunk.through, i);
            }
        }
    }

    private void transposeC(ChunkWork<A> chunk, int head) {
        chunk.loadC(head);
        k.gather(n, chunk.q, chunk.c, 0, 1, n, chunk.work.array(Slot.C_TRANSPOSED, n * chunk.row), 0, chunk.row);
    }

    /** {@code G ← Cᵀ diag(l) O}, or plus α G, for a head; all heads are in the chunk. */
    private void adjointState(ChunkWork<A> chunk, int head, A out, A g, boolean add) {
        int q = chunk.q;
        int w = chunk.w;
        A weighted = chunk.work.array(Slot.WEIGHTED, q * paddedP);
        A cTransposed = chunk.work.array(Slot.C_TRANSPOSED, n * chunk.row);
        k.scaleRows(q, p, chunk.fromStart, head * q, out, 0, weighted, 0);
        k.multiply(
                n,
                p,
                q,
                cTransposed,
                0,
                chunk.row,
                Part.FULL,
                weighted,
                0,
                q * w,
                g,
                head * stateLength,
                w,
                n * w,
                add ? chunk.through : null,
                head,
                0);
    }

    /** All gradients of one chunk, given the states that enter and the gradients of those that leave. */
    private final class ChunkGradient {
        private final Walk walk;
        private final int number;
        private final A entering;
        private final A leaving;
        private final boolean update;
        private final Sums sums = new Sums();

        /** @param update whether to replace the gradients of the states that leave by those of the ones that enter */
        ChunkGradient(Walk walk, int number, A entering, A leaving, boolean update) {
            this.walk = walk;
            this.number = number;
            this.entering = entering;
            this.leaving = leaving;
            this.update = update;
        }

        void run() {
            ChunkWork<A> chunk = walk.chunk(number, 0, heads);
            Workspace<A> work = chunk.work;
            int q = chunk.q;
            int row = chunk.row;
            int w = chunk.w;
            A cTransposed = work.array(Slot.C_TRANSPOSED, n * row);
            A gramTransposed = work.array(Slot.GRAM_TRANSPOSED, q * row);
            A dGram = work.array(Slot.D_GRAM, q * row);
            A dB = work.array(Slot.D_B, n * row);
            A dC = work.array(Slot.D_C, n * row);
            for (int h = 0; h < heads; h++) {
                boolean newB = isFirst(h, in.bGroups());
                boolean newC = isFirst(h, in.cGroups());
                if (newB) {
                    chunk.loadB(h);
                    k.fill(dB, 0, n * row, 0);
                }
                if (newC) {
                    transposeC(chunk, h);
                    k.fill(dC, 0, n * row, 0);
                }
                if (newB || newC) {
                    A panels = work.array(Slot.PANELS, n * row);
                    k.pack(n, q, cTransposed, 0, row, panels, 0, n);
                    k.multiply(
                            q, q, n, chunk.b, 0, n, Part.FULL, panels, 0, n * w, gramTransposed, 0, row, w, null, 0, 0);
                    if (in.gate() != null) {
                        chunk.multiplyCB();
                    }
                    k.fill(dGram, 0, q * row, 0);
                }
                head(chunk, h);
                boolean lastB = h + 1 == heads || isFirst(h + 1, in.bGroups());
                boolean lastC = h + 1 == heads || isFirst(h + 1, in.cGroups());
                if (lastB || lastC) {
                    A panels = work.array(Slot.PANELS, Math.max(n, q) * row);
                    k.pack(q, q, dGram, 0, row, panels, 0, q);
                    k.multiply(
                            n, q, q, chunk.bTransposed, 0, row, Part.FULL, panels, 0, q * w, dC, 0, row, w, one, 0, 0);
                    A transposed = work.array(Slot.CROSS_GRAM, q * row);
                    k.gather(q, q, dGram, 0, 1, row, transposed, 0, row);
                    k.pack(q, q, transposed, 0, row, panels, 0, q);
                    k.multiply(n, q, q, cTransposed, 0, row, Part.FULL, panels, 0, q * w, dB, 0, row, w, one, 0, 0);
                }
                if (lastB) {
                    storeTransposed(chunk, dB, gradient("B"), h);
                }
                if (lastC) {
                    storeTransposed(chunk, dC, gradient("C"), h);
                }
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

        private void head(ChunkWork<A> chunk, int h) {
            Workspace<A> work = chunk.work;
            int q = chunk.q;
            int row = chunk.row;
            int w = chunk.w;
            int area = q * paddedP;
            int state = h * stateLength;
            A x = chunk.x;
            A out = work.array(Slot.D_OUT, area);
            chunk.load(in.x(), h, x);
            chunk.load(dy, h, out);
            Tensor z = in.gate();
            if (z != null) {
                A gate = work.array(Slot.Z, area);
                chunk.load(z, h, gate);
                chunk.outputs(h, entering, state);
                k.gateAdjoint(area, gate, out, chunk.y, work.array(Slot.GATE_SCRATCH, area));
                chunk.store(chunk.y, gradient("z"), h);
            }
            A xTransposed = work.array(Slot.X_TRANSPOSED, p * row);
            A outTransposed = work.array(Slot.D_OUT_TRANSPOSED, p * row);
            transpose(q, x, xTransposed);
            transpose(q, out, outTransposed);

            // F = X Oᵀ, then E, the masked Gram matrix and the paths that cross each step.
            A crossGram = work.array(Slot.CROSS_GRAM, q * row);
            for (int t = 0; t < q; t += w) { // of the columns [t, t + w) the rows s < t + w are needed
                multiplyPanels(Math.min(q, t + w), w, x, 0, q, outTransposed, t * p, crossGram, t, row);
            }
            A masked = work.array(Slot.MASKED, q * row);
            A running = work.array(Slot.RUNNING, row);
            A gramTransposed = work.array(Slot.GRAM_TRANSPOSED, q * row);
            A dGram = work.array(Slot.D_GRAM, q * row);
            k.maskedAdjoint(
                    q, chunk.decay, h * q, chunk.weight, h * q, gramTransposed, crossGram, row, running, masked, dGram);
            A crossings = work.array(Slot.CROSSINGS, q);
            k.crossings(q, crossGram, row, running, crossings);

            // dX̃ = (L ∘ C Bᵀ)ᵀ O + diag(w) (B G)
            A dX = work.array(Slot.D_X, area);
            A suffix = work.array(Slot.SUFFIX, q);
            suffixes(chunk, h, suffix);
            k.multiply(q, p, n, chunk.b, 0, n, Part.FULL, leaving, state, n * w, dX, 0, w, q * w, null, 0, 0);
            k.multiply(q, p, q, masked, 0, row, Part.UPPER, out, 0, q * w, dX, 0, w, q * w, suffix, 0, 1);

            // What states contribute to dC and dB.
            A product = work.array(Slot.STATE_PRODUCT, n * row);
            A fromState = work.array(Slot.FROM_STATE, row);
            A intoState = work.array(Slot.INTO_STATE, row);
            multiplyPanels(n, q, entering, state, n, outTransposed, 0, product, 0, row);
            A cTransposed = work.array(Slot.C_TRANSPOSED, n * row);
            A dC = work.array(Slot.D_C, n * row);
            k.addScaledDots(n, q, row, product, chunk.fromStart, h * q, cTransposed, dC, fromState);
            multiplyPanels(n, q, leaving, state, n, xTransposed, 0, product, 0, row);
            A dB = work.array(Slot.D_B, n * row);
            k.addScaledDots(n, q, row, product, chunk.toEnd, h * q, chunk.bTransposed, dB, intoState);
            double inner = k.dot(stateLength, entering, state, leaving, state);

            A rowDots = work.array(Slot.ROW_DOTS, q);
            k.rowDots(q, p, dX, x, rowDots);
            steps(chunk, h, fromState, intoState, crossings, rowDots, inner);
            Tensor d = in.skip();
            k.scaleRows(q, p, chunk.weight, h * q, dX, 0, dX, 0);
            if (d != null) {
                k.addScaledColumns(q, p, chunk.skip(h), 0, out, 0, dX, 0);
                A dSkip = work.array(Slot.D_SKIP, paddedP);
                k.columnDots(q, p, out, x, dSkip, 0);
                for (int j = 0; j < p; j++) {
                    sums.skip[h * p + j] = k.get(dSkip, j);
                }
            }
            storeX(chunk, h, dX);
            if (update) {
                adjointState(chunk, h, out, leaving, true);
            }
        }

        /** Writes dX, after adding that of the other heads that read the same X. */
        private void storeX(ChunkWork<A> chunk, int h, A dX) {
            if (in.xHeads() == heads) {
                chunk.store(dX, gradient("x"), h);
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
                chunk.store(sum, gradient("x"), h);
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

        /** {@code C ← A B} of the first m rows of A (aRows×p) in panels, {@code B (p×columns)} in panels and row-major C. */
        private void multiplyPanels(int m, int columns, A a, int aAt, int aRows, A b, int bAt, A c, int cAt, int row) {
            int w = k.panel();
            for (int j = 0; j == 0 || j < p; j += w) { // once even if p is 0
                A scale = j == 0 ? null : one;
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
        private void suffixes(ChunkWork<A> chunk, int h, A to) {
            double product = 1;
            for (int t = chunk.q - 1; t >= 0; t--) {
                k.set(to, t, product);
                product *= k.get(chunk.decay, h * chunk.q + t);
            }
        }

        /**
         * The gradients of the step sizes, of A and of the bias. The decay a_k is in every path that crosses from before step
         * k to step k or later; see {@link duality.ssd.BlockGradient}.
         */
        private void steps(ChunkWork<A> chunk, int h, A fromState, A intoState, A crossings, A rowDots, double inner) {
            int q = chunk.q;
            double through = k.get(chunk.through, h) * inner;
            double rate = in.a().getDouble(h);
            double bias = in.dtBias() == null ? 0 : in.dtBias().getDouble(h);
            double[] logDecay = new double[q];
            double fromStates = 0;
            for (int t = q - 1; t >= 0; t--) {
                fromStates += k.get(fromState, t);
                logDecay[t] = fromStates + through + k.get(crossings, t);
            }
            double intoStates = 0;
            Tensor dDt = gradient("dt");
            for (int t = 0; t < q; t++) {
                logDecay[t] += intoStates;
                intoStates += k.get(intoState, t);
                double dt = k.get(chunk.weight, h * q + t);
                double gradient = k.get(rowDots, t);
                if (logDecay[t] != 0) { // a reset's gradient is zero even at the rate −∞
                    sums.rate[h] += logDecay[t] * dt;
                    gradient += logDecay[t] * rate;
                }
                long at = HeadProblem.rowOffset(dDt, chunk.sequence, chunk.from + t, h, 1);
                gradient *= StepSizes.slope(in, in.dt().getDouble(at) + bias);
                sums.bias[h] += gradient;
                dDt.setDouble(at, gradient);
            }
        }

        void add(Sums total) {
            total.add(sums);
        }
    }
}
