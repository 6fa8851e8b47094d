package duality.ssd.internal;

import duality.kernels.Kernels;
import duality.kernels.Kernels.Part;
import duality.ssd.SsdInputs;
import duality.ssd.internal.Workspace.Slot;
import duality.tensor.Tensor;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One chunk of Q steps of some heads, in a thread's workspace: the arrays that it reads, and the products that the forward
 * and the backward pass share. States are N×P in panels; Bᵀ and Cᵀ are row-major with the stride {@link #row}.
 *
 * @param <A> the type of arrays
 */
final class ChunkWork<A> {
    final Kernels<A> k;
    final SsdInputs in;
    final Workspace<A> work;
    final SsdInputs.Sequence sequence;
    final int fromHead;
    final int heads;
    final int from;
    final int q;
    final int row;
    final int p;
    final int paddedP;
    final int n;
    final int w;

    /** For every head its {@code q} decays, step sizes, and products of decays. */
    final A decay;

    final A weight;
    final A fromStart;
    /** Products of the decays after a step, times its step size. */
    final A toEnd;

    final A through;

    /** C (Q×N) and B (Q×N), row-major without gaps; their transposes; the Gram matrix; a head's X and Y in panels. */
    final A c;

    final A b;
    final A bTransposed;
    final A gram;
    final A x;
    final A y;

    ChunkWork(
            Kernels<A> k,
            SsdInputs in,
            Workspace<A> work,
            SsdInputs.Sequence sequence,
            int fromHead,
            int heads,
            int from,
            int length) {
        this.k = k;
        this.in = in;
        this.work = work;
        this.sequence = sequence;
        this.fromHead = fromHead;
        this.heads = heads;
        this.from = from;
        q = length;
        row = k.padded(q);
        p = in.headDim();
        paddedP = k.padded(p);
        n = in.stateSize();
        w = k.panel();
        decay = work.array(Slot.DECAY, heads * q + w);
        weight = work.array(Slot.WEIGHT, heads * q + w);
        fromStart = work.array(Slot.FROM_START, heads * q + w);
        toEnd = work.array(Slot.TO_END, heads * q + w);
        through = work.array(Slot.THROUGH, heads);
        c = work.array(Slot.C, q * n);
        b = work.array(Slot.B, q * n);
        bTransposed = work.array(Slot.B_TRANSPOSED, n * row);
        gram = work.array(Slot.GRAM, q * row);
        x = work.array(Slot.X, q * paddedP);
        y = work.array(Slot.Y, q * paddedP);
        prepareSteps();
    }

    /** Reads the step sizes as they are given into the workspace (q×heads). */
    void loadSteps() {
        double[] steps = work.steps(heads * q);
        long offset = HeadProblem.rowOffset(in.dt(), sequence, from, fromHead, 1);
        for (int t = 0; t < q; t++) {
            TensorRows.readDoubles(in.dt(), offset + (long) t * in.heads(), heads, steps, t * heads);
        }
    }

    /** Writes what is in their place to a tensor of their shape. */
    void storeSteps(Tensor to) {
        double[] steps = work.steps(heads * q);
        long offset = HeadProblem.rowOffset(to, sequence, from, fromHead, 1);
        for (int t = 0; t < q; t++) {
            TensorRows.write(steps, t * heads, heads, to, offset + (long) t * in.heads());
        }
    }

    /** The step sizes after bias, softplus and limit, and the decays. */
    private void prepareSteps() {
        loadSteps();
        double[] steps = work.steps(heads * q);
        double[] decays = work.decays(heads * q);
        StepSizes.prepare(in, fromHead, heads, q, steps, decays);
        for (int i = 0; i < heads; i++) {
            double product = 1;
            for (int t = 0; t < q; t++) {
                k.set(decay, i * q + t, decays[t * heads + i]);
                k.set(weight, i * q + t, steps[t * heads + i]);
                product *= decays[t * heads + i];
                k.set(fromStart, i * q + t, product);
            }
            k.set(through, i, product);
            product = 1;
            for (int t = q - 1; t >= 0; t--) {
                k.set(toEnd, i * q + t, product * steps[t * heads + i]);
                product *= decays[t * heads + i];
            }
        }
    }

    /** Where this chunk starts in a tensor (batch, time, count, width), for the shared head that {@code head} reads. */
    private long offset(Tensor tensor, int head, int width) {
        int count = Math.toIntExact(tensor.length(2));
        return HeadProblem.rowOffset(tensor, sequence, from, HeadProblem.shared(head, in.heads(), count), width);
    }

    /** B and Bᵀ of a head. */
    void loadB(int head) {
        TensorRows.loadRows(in.b(), offset(in.b(), head, n), (long) in.bGroups() * n, q, n, b, 0);
        k.gather(n, q, b, 0, 1, n, bTransposed, 0, row);
    }

    /** C of a head. */
    void loadC(int head) {
        TensorRows.loadRows(in.c(), offset(in.c(), head, n), (long) in.cGroups() * n, q, n, c, 0);
    }

    /** C Bᵀ on and below the diagonal, and what is beside it in whole squares. */
    void multiplyCB() {
        A panels = work.array(Slot.PANELS, n * row);
        k.pack(n, q, bTransposed, 0, row, panels, 0, n);
        for (int t = 0; t < q; t += w) {
            int rows = Math.min(w, q - t);
            k.multiply(rows, t + rows, n, c, t * n, n, Part.FULL, panels, 0, n * w, gram, t * row, row, w, null, 0, 0);
        }
    }

    /** A head's rows of a tensor (batch, time, count, headDim), in panels. */
    void load(Tensor from, int head, A to) {
        long rowLength = from.length(2) * p;
        TensorRows.loadPanels(k, from, offset(from, head, p), rowLength, q, p, to, 0);
    }

    /** The inverse of {@link #load}. */
    void store(A panels, Tensor to, int head) {
        TensorRows.storePanels(k, panels, 0, q, p, to, offset(to, head, p), to.length(2) * p);
    }

    /** {@code Y ← diag(l) (C H) + M X + D X} for head number i, given the state H that enters; X is loaded. */
    void outputs(int i, A state, int at) {
        A masked = work.array(Slot.MASKED, q * row);
        k.maskedGram(q, decay, i * q, weight, i * q, gram, 0, row, work.array(Slot.RUNNING, row), masked, 0);
        k.multiply(q, p, n, c, 0, n, Part.FULL, state, at, n * w, y, 0, w, q * w, null, 0, 0);
        k.multiply(q, p, q, masked, 0, row, Part.LOWER, x, 0, q * w, y, 0, w, q * w, fromStart, i * q, 1);
        if (in.skip() != null) {
            k.addScaledColumns(q, p, skip(fromHead + i), 0, x, 0, y, 0);
        }
    }

    /** D of a head, padded to whole panels; there must be one. */
    A skip(int head) {
        Tensor d = Objects.requireNonNull(in.skip());
        A skip = work.array(Slot.SKIP, paddedP);
        if (d.rank() == 1) {
            k.fill(skip, 0, p, d.getDouble(head));
        } else {
            TensorRows.read(d, (long) head * p, p, skip, 0);
        }
        k.fill(skip, p, paddedP, 0);
        return skip;
    }

    /** {@code H ← Bᵀ diag(w dt) X}, or plus α H, for head number i; B and X are loaded. */
    void updateState(int i, A state, int at, boolean add) {
        A weighted = work.array(Slot.WEIGHTED, q * paddedP);
        k.scaleRows(q, p, toEnd, i * q, x, 0, weighted, 0);
        A scale = add ? through : null;
        k.multiply(n, p, q, bTransposed, 0, row, Part.FULL, weighted, 0, q * w, state, at, w, n * w, scale, i, 0);
    }

    /** Reads states (headDim, stateSize) of neighbouring heads, transposed into panels; zeros if there are none. */
    static <A> void loadStates(
            Kernels<A> k,
            SsdInputs in,
            @Nullable Tensor from,
            SsdInputs.Sequence sequence,
            int fromHead,
            int heads,
            Workspace<A> work,
            A to) {
        int p = in.headDim();
        int n = in.stateSize();
        int w = k.panel();
        int length = n * k.padded(p);
        k.fill(to, 0, heads * length, 0);
        if (from == null) {
            return;
        }
        A rows = work.array(Slot.STATE_ROWS, p * n);
        for (int i = 0; i < heads; i++) {
            TensorRows.read(from, HeadProblem.stateOffset(in, sequence, fromHead + i), p * n, rows, 0);
            for (int j = 0; j < p; j += w) {
                k.gather(n, Math.min(w, p - j), rows, j * n, 1, n, to, i * length + j * n, w);
            }
        }
    }

    /** The inverse of {@link #loadStates}. */
    static <A> void storeStates(
            Kernels<A> k,
            SsdInputs in,
            A from,
            SsdInputs.Sequence sequence,
            int fromHead,
            int heads,
            Workspace<A> work,
            Tensor to) {
        int p = in.headDim();
        int n = in.stateSize();
        int w = k.panel();
        int length = n * k.padded(p);
        A rows = work.array(Slot.STATE_ROWS, p * n);
        for (int i = 0; i < heads; i++) {
            for (int j = 0; j < p; j += w) {
                k.gather(Math.min(w, p - j), n, from, i * length + j * n, 1, w, rows, j * n, n);
            }
            TensorRows.write(rows, 0, p * n, to, HeadProblem.stateOffset(in, sequence, fromHead + i));
        }
    }
}
