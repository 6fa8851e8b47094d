package duality.ssd.internal;

import duality.kernels.Kernels;
import duality.kernels.Kernels.Part;
import duality.kernels.Parallel;
import duality.ssd.SsdInputs;
import duality.ssd.SsdOutputs;
import duality.ssd.internal.Workspace.Slot;
import duality.tensor.Tensor;
import java.util.List;
import java.util.concurrent.CancellationException;

/**
 * The block decomposition of {@link duality.ssd.BlockDecomposition} as fast as the kernels let it be. A thread walks
 * through the chunks of a {@link Lane} and keeps the states (N×P, in panels) of its heads in the second-level cache. For
 * each chunk of Q steps it forms C Bᵀ once for all heads, and for each head, with l, w and α the decays from the start, to
 * the end and through the chunk:
 *
 * <pre>
 *   M = (1SS(a) ∘ C Bᵀ) diag(dt)
 *   Y = diag(l) (C H) + M X           then + D X, ∘ silu(z)
 *   H ← α H + Bᵀ (diag(w dt) X)
 * </pre>
 *
 * <p>Where there are too few lanes for the threads, windows of chunks run in parallel instead: first what each adds to
 * the state, then the states that enter them, one after another, then the outputs. Every number is computed by the same
 * operations in the same order either way, so the bits do not depend on the threads. Step sizes and decays are computed in
 * float64. Scratch memory is O(threads), whatever the length.
 *
 * @param <A> the type of arrays
 */
final class FusedForward<A> {
    /** Bytes of states that a lane may keep: a part of the second-level cache. */
    private static final int STATE_BYTES = 400 << 10;

    private final Kernels<A> k;
    private final ThreadLocal<Workspace<A>> workspaces;
    private final SsdInputs in;
    private final SsdOutputs out;
    private final int chunkLength;
    private final int p;
    private final int paddedP;
    private final int n;
    private final int stateLength;

    FusedForward(Kernels<A> k, ThreadLocal<Workspace<A>> workspaces, SsdInputs in, int chunkLength, SsdOutputs out) {
        this.k = k;
        this.workspaces = workspaces;
        this.in = in;
        this.out = out;
        this.chunkLength = chunkLength;
        p = in.headDim();
        paddedP = k.padded(p);
        n = in.stateSize();
        stateLength = n * paddedP;
    }

    void run() {
        int threads = Parallel.threads();
        int heads = Math.max(1, STATE_BYTES / Math.max(1, stateLength * k.bytes()));
        List<Lane> lanes = Lane.of(in, heads);
        // Shorter lanes share C Bᵀ among fewer heads, which costs little down to about four.
        while (threads > 1 && lanes.size() < 2 * threads && heads > 4) {
            heads = Math.max(4, heads / 2);
            lanes = Lane.of(in, heads);
        }
        if (threads > 1 && lanes.size() < threads) {
            lanes.forEach(lane -> windows(lane, 4 * threads));
        } else {
            List<Lane> all = lanes;
            Parallel.run(all.size(), i -> walk(all.get(i)));
        }
    }

    private static void checkCancelled() {
        if (Thread.currentThread().isInterrupted()) {
            throw new CancellationException("interrupted");
        }
    }

    /** All chunks of a lane, one after another. */
    private void walk(Lane lane) {
        Workspace<A> work = workspaces.get();
        A states = work.array(Slot.STATES, lane.heads() * stateLength);
        loadStates(lane, work, states, 0);
        for (int from = 0; from < lane.sequence().length(); from += chunkLength) {
            checkCancelled();
            Chunk chunk = new Chunk(lane, from, work);
            chunk.loadB();
            chunk.loadC();
            for (int i = 0; i < lane.heads(); i++) {
                chunk.loadX(i);
                chunk.outputs(i, states, i * stateLength);
                chunk.updateState(i, states, i * stateLength, true);
            }
        }
        storeStates(lane, work, states, 0);
    }

    /** All chunks of a lane, {@code width} at a time in parallel. */
    private void windows(Lane lane, int width) {
        int stride = lane.heads() * stateLength;
        A states = k.allocate(Math.multiplyExact(width + 1, stride));
        double[] through = new double[width * lane.heads()];
        loadStates(lane, workspaces.get(), states, 0);
        int length = lane.sequence().length();
        for (int start = 0; start < length; start += width * chunkLength) {
            checkCancelled();
            int first = start;
            int chunks = Math.min(width, Math.ceilDiv(length - start, chunkLength));
            Parallel.run(chunks, c -> {
                Chunk chunk = new Chunk(lane, first + c * chunkLength, workspaces.get());
                chunk.loadB();
                for (int i = 0; i < lane.heads(); i++) {
                    chunk.loadX(i);
                    chunk.updateState(i, states, (c + 1) * stride + i * stateLength, false);
                    through[c * lane.heads() + i] = k.get(chunk.through, i);
                }
            });
            for (int c = 0; c < chunks; c++) {
                for (int i = 0; i < lane.heads(); i++) {
                    int at = c * stride + i * stateLength;
                    k.addScaled(stateLength, through[c * lane.heads() + i], states, at, states, at + stride);
                }
            }
            Parallel.run(chunks, c -> {
                Chunk chunk = new Chunk(lane, first + c * chunkLength, workspaces.get());
                chunk.loadB();
                chunk.loadC();
                for (int i = 0; i < lane.heads(); i++) {
                    chunk.loadX(i);
                    chunk.outputs(i, states, c * stride + i * stateLength);
                }
            });
            k.copy(states, chunks * stride, states, 0, stride);
        }
        storeStates(lane, workspaces.get(), states, 0);
    }

    /** The states (headDim, stateSize) of a lane's heads, transposed into panels. */
    private void loadStates(Lane lane, Workspace<A> work, A states, int at) {
        Tensor initial = in.initialStates();
        k.fill(states, at, at + lane.heads() * stateLength, 0);
        if (initial == null) {
            return;
        }
        int w = k.panel();
        A rows = work.array(Slot.STATE_ROWS, p * n);
        for (int i = 0; i < lane.heads(); i++) {
            TensorRows.read(initial, HeadProblem.stateOffset(in, lane.sequence(), lane.from() + i), p * n, rows, 0);
            for (int j = 0; j < p; j += w) {
                k.gather(n, Math.min(w, p - j), rows, j * n, 1, n, states, at + i * stateLength + j * n, w);
            }
        }
    }

    private void storeStates(Lane lane, Workspace<A> work, A states, int at) {
        int w = k.panel();
        A rows = work.array(Slot.STATE_ROWS, p * n);
        for (int i = 0; i < lane.heads(); i++) {
            for (int j = 0; j < p; j += w) {
                k.gather(Math.min(w, p - j), n, states, at + i * stateLength + j * n, 1, w, rows, j * n, n);
            }
            long offset = HeadProblem.stateOffset(in, lane.sequence(), lane.from() + i);
            TensorRows.write(rows, 0, p * n, out.finalStates(), offset);
        }
    }

    /** One chunk of a lane, in a thread's workspace. */
    private final class Chunk {
        private final Lane lane;
        private final Workspace<A> work;
        private final int from;
        private final int q;
        private final int row;
        private final A decay;
        private final A weight;
        private final A fromStart;
        private final A toEnd;
        private final A through;
        private final A b;
        private final A c;
        private final A gram;
        private final A x;
        private final A y;

        Chunk(Lane lane, int from, Workspace<A> work) {
            this.lane = lane;
            this.work = work;
            this.from = from;
            q = Math.min(chunkLength, lane.sequence().length() - from);
            row = k.padded(q);
            int heads = lane.heads();
            decay = work.array(Slot.DECAY, heads * q);
            weight = work.array(Slot.WEIGHT, heads * q);
            fromStart = work.array(Slot.FROM_START, heads * q);
            toEnd = work.array(Slot.TO_END, heads * q);
            through = work.array(Slot.THROUGH, heads);
            b = work.array(Slot.B_TRANSPOSED, n * row);
            c = work.array(Slot.C, q * n);
            gram = work.array(Slot.GRAM, q * row);
            x = work.array(Slot.X, q * paddedP);
            y = work.array(Slot.Y, q * paddedP);
            loadSteps();
        }

        /** Where this chunk starts in a tensor (batch, time, count, width), for the shared head that {@code head} reads. */
        private long offset(Tensor tensor, int head, int width) {
            int count = Math.toIntExact(tensor.length(2));
            return HeadProblem.rowOffset(
                    tensor, lane.sequence(), from, HeadProblem.shared(head, in.heads(), count), width);
        }

        /** The step sizes after bias, softplus and limit, and the decays. */
        private void loadSteps() {
            int heads = lane.heads();
            double[] steps = work.steps(heads * q);
            double[] exponents = work.exponents(heads * q);
            long offset = HeadProblem.rowOffset(in.dt(), lane.sequence(), from, lane.from(), 1);
            for (int t = 0; t < q; t++) {
                TensorRows.readDoubles(in.dt(), offset + (long) t * in.heads(), heads, steps, t * heads);
            }
            StepSizes.prepare(in, lane.from(), heads, q, steps, exponents);
            for (int i = 0; i < heads; i++) {
                double product = 1;
                for (int t = 0; t < q; t++) {
                    k.set(decay, i * q + t, exponents[t * heads + i]);
                    k.set(weight, i * q + t, steps[t * heads + i]);
                    product *= exponents[t * heads + i];
                    k.set(fromStart, i * q + t, product);
                }
                k.set(through, i, product);
                product = 1;
                for (int t = q - 1; t >= 0; t--) {
                    k.set(toEnd, i * q + t, product * steps[t * heads + i]);
                    product *= exponents[t * heads + i];
                }
            }
        }

        /** Bᵀ (N×Q), row-major. */
        void loadB() {
            A rows = work.array(Slot.B, q * n);
            TensorRows.loadRows(in.b(), offset(in.b(), lane.from(), n), (long) in.bGroups() * n, q, n, rows, 0);
            k.gather(n, q, rows, 0, 1, n, b, 0, row);
        }

        /** C (Q×N), row-major, and C Bᵀ. */
        void loadC() {
            TensorRows.loadRows(in.c(), offset(in.c(), lane.from(), n), (long) in.cGroups() * n, q, n, c, 0);
            int w = k.panel();
            A panels = work.array(Slot.B_PANELS, n * row);
            k.pack(n, q, b, 0, row, panels, 0, n);
            k.multiply(q, q, n, c, 0, n, Part.FULL, panels, 0, n * w, gram, 0, row, w, null, 0, 0);
        }

        /** X (Q×P) of head i of the lane, in panels. */
        void loadX(int i) {
            long rowLength = (long) in.xHeads() * p;
            TensorRows.loadPanels(k, in.x(), offset(in.x(), lane.from() + i, p), rowLength, q, p, x, 0);
        }

        /** The outputs of head i, given the state that enters. */
        void outputs(int i, A state, int at) {
            int w = k.panel();
            int head = lane.from() + i;
            A masked = work.array(Slot.MASKED, q * row);
            k.maskedGram(q, decay, i * q, weight, i * q, gram, 0, row, work.array(Slot.RUNNING, row), masked, 0);
            k.multiply(q, p, n, c, 0, n, Part.FULL, state, at, n * w, y, 0, w, q * w, null, 0, 0);
            k.multiply(q, p, q, masked, 0, row, Part.LOWER, x, 0, q * w, y, 0, w, q * w, fromStart, i * q, 1);
            Tensor d = in.skip();
            if (d != null) {
                A skip = work.array(Slot.SKIP, paddedP);
                if (d.rank() == 1) {
                    k.fill(skip, 0, p, d.getDouble(head));
                } else {
                    TensorRows.read(d, (long) head * p, p, skip, 0);
                }
                k.fill(skip, p, paddedP, 0);
                k.addScaledColumns(q, p, skip, 0, x, 0, y, 0);
            }
            long rowLength = (long) in.heads() * p;
            Tensor z = in.gate();
            if (z != null) {
                A gate = work.array(Slot.Z, q * paddedP);
                TensorRows.loadPanels(k, z, offset(z, head, p), rowLength, q, p, gate, 0);
                k.gate(q * paddedP, gate, 0, y, 0);
            }
            TensorRows.storePanels(k, y, 0, q, p, out.y(), offset(out.y(), head, p), rowLength);
        }

        /** What the chunk adds to the state of head i: written to {@code state}, or added to α times it. */
        void updateState(int i, A state, int at, boolean add) {
            int w = k.panel();
            A weighted = work.array(Slot.WEIGHTED_X, q * paddedP);
            k.scaleRows(q, p, toEnd, i * q, x, 0, weighted, 0);
            A scale = add ? through : null;
            k.multiply(n, p, q, b, 0, row, Part.FULL, weighted, 0, q * w, state, at, w, n * w, scale, i, 0);
        }
    }
}
