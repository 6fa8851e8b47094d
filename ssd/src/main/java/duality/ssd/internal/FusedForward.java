package duality.ssd.internal;

import duality.kernels.Kernels;
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
    private final Kernels<A> k;
    private final ThreadLocal<Workspace<A>> workspaces;
    private final SsdInputs in;
    private final SsdOutputs out;
    private final int chunkLength;
    private final int stateLength;

    FusedForward(Kernels<A> k, ThreadLocal<Workspace<A>> workspaces, SsdInputs in, int chunkLength, SsdOutputs out) {
        this.k = k;
        this.workspaces = workspaces;
        this.in = in;
        this.out = out;
        this.chunkLength = chunkLength;
        stateLength = in.stateSize() * k.padded(in.headDim());
    }

    void run() {
        int threads = Parallel.threads();
        List<Lane> lanes = lanes(threads);
        if (lanes.size() < threads) {
            lanes.forEach(lane -> windows(lane, 4 * threads));
        } else {
            Parallel.run(lanes.size(), i -> walk(lanes.get(i)));
        }
    }

    /** Shorter lanes than the cache allows share C Bᵀ among fewer heads, which costs little down to about four. */
    private List<Lane> lanes(int threads) {
        int heads = Lane.longest(stateLength * k.bytes());
        List<Lane> lanes = Lane.of(in, heads);
        while (threads > 1 && lanes.size() < 2 * threads && heads > 4) {
            heads = Math.max(4, heads / 2);
            lanes = Lane.of(in, heads);
        }
        return lanes;
    }

    static void checkCancelled() {
        if (Thread.currentThread().isInterrupted()) {
            throw new CancellationException("interrupted");
        }
    }

    /** All chunks of a lane, one after another. */
    private void walk(Lane lane) {
        Workspace<A> work = workspaces.get();
        A states = work.array(Slot.STATES, lane.heads() * stateLength);
        load(lane, work, states);
        for (int from = 0; from < lane.sequence().length(); from += chunkLength) {
            checkCancelled();
            ChunkWork<A> chunk = chunk(lane, from);
            chunk.loadB(lane.from());
            chunk.loadC(lane.from());
            chunk.multiplyCB();
            for (int i = 0; i < lane.heads(); i++) {
                chunk.load(in.x(), lane.from() + i, chunk.x);
                writeOutputs(chunk, i, states, i * stateLength);
                chunk.updateState(i, states, i * stateLength, true);
            }
        }
        store(lane, work, states);
    }

    private void load(Lane lane, Workspace<A> work, A states) {
        ChunkWork.loadStates(k, in, in.initialStates(), lane.sequence(), lane.from(), lane.heads(), work, states);
    }

    private void store(Lane lane, Workspace<A> work, A states) {
        ChunkWork.storeStates(k, in, states, lane.sequence(), lane.from(), lane.heads(), work, out.finalStates());
    }

    /** All chunks of a lane, {@code width} at a time in parallel. */
    private void windows(Lane lane, int width) {
        int stride = lane.heads() * stateLength;
        A states = k.allocate(Math.multiplyExact(width + 1, stride));
        double[] through = new double[width * lane.heads()];
        load(lane, workspaces.get(), states);
        int length = lane.sequence().length();
        for (int start = 0; start < length; start += width * chunkLength) {
            checkCancelled();
            int first = start;
            int chunks = Math.min(width, Math.ceilDiv(length - start, chunkLength));
            Parallel.run(chunks, c -> {
                ChunkWork<A> chunk = chunk(lane, first + c * chunkLength);
                chunk.loadB(lane.from());
                for (int i = 0; i < lane.heads(); i++) {
                    chunk.load(in.x(), lane.from() + i, chunk.x);
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
                ChunkWork<A> chunk = chunk(lane, first + c * chunkLength);
                chunk.loadB(lane.from());
                chunk.loadC(lane.from());
                chunk.multiplyCB();
                for (int i = 0; i < lane.heads(); i++) {
                    chunk.load(in.x(), lane.from() + i, chunk.x);
                    writeOutputs(chunk, i, states, c * stride + i * stateLength);
                }
            });
            k.copy(states, chunks * stride, states, 0, stride);
        }
        store(lane, workspaces.get(), states);
    }

    private ChunkWork<A> chunk(Lane lane, int from) {
        int length = Math.min(chunkLength, lane.sequence().length() - from);
        return new ChunkWork<>(k, in, workspaces.get(), lane.sequence(), lane.from(), lane.heads(), from, length);
    }

    /** The outputs of head i of a chunk, gated and written. */
    private void writeOutputs(ChunkWork<A> chunk, int i, A states, int at) {
        int head = chunk.fromHead + i;
        chunk.outputs(i, states, at);
        Tensor z = in.gate();
        if (z != null) {
            int length = chunk.q * chunk.paddedP;
            A gate = chunk.work.array(Slot.Z, length);
            chunk.load(z, head, gate);
            k.gate(length, gate, 0, chunk.y, 0, chunk.work.array(Slot.GATE_SCRATCH, length));
        }
        chunk.store(chunk.y, out.y(), head);
    }
}
