package duality.ssd.internal;

import duality.kernels.Kernels;
import duality.kernels.Parallel;
import duality.ssd.SsdInputs;
import duality.ssd.SsdOutputs;
import duality.ssd.internal.Workspace.Slot;
import duality.tensor.DType;
import duality.tensor.Tensor;

/**
 * One step of the recurrence for every sequence of a batch. Each state is read and written once, in the tensor's own
 * layout (headDim, stateSize), which is all that the time goes into. Heads run in parallel.
 *
 * @param <A> the type of arrays
 */
final class DecodingStep<A> {
    private final Kernels<A> k;
    private final ThreadLocal<Workspace<A>> workspaces;
    private final SsdInputs in;
    private final SsdOutputs out;
    private final Tensor states;
    private final int heads;
    private final int p;
    private final int n;

    /** A step; states of another type than the kernels' are converted first. */
    DecodingStep(Kernels<A> k, ThreadLocal<Workspace<A>> workspaces, SsdInputs in, SsdOutputs out) {
        this.k = k;
        this.workspaces = workspaces;
        this.in = in;
        this.out = out;
        heads = in.heads();
        p = in.headDim();
        n = in.stateSize();
        DType type = k.bytes() == Float.BYTES ? DType.FLOAT32 : DType.FLOAT64;
        Tensor initial = in.initialStates();
        states = initial == null
                ? Tensor.zeros(type, out.finalStates().shape())
                : initial.dtype() == type ? initial : initial.to(type);
    }

    void run() {
        Tensor to = out.finalStates();
        Tensor target = to.dtype() == states.dtype() ? to : Tensor.zeros(states.dtype(), to.shape());
        int parts = Math.min(
                heads,
                Math.max(1, 4 * Parallel.threads() / Math.max(1, in.sequences().size())));
        Parallel.run(in.sequences().size() * parts, task -> {
            FusedForward.checkCancelled();
            int part = task % parts;
            SsdInputs.Sequence sequence = in.sequences().get(task / parts);
            step(sequence, part * heads / parts, (part + 1) * heads / parts, target);
        });
        if (target != to) {
            target.copyTo(to);
        }
    }

    private void step(SsdInputs.Sequence sequence, int from, int to, Tensor target) {
        Workspace<A> work = workspaces.get();
        int count = to - from;
        int padded = k.padded(p);
        double[] steps = work.steps(count);
        double[] decays = work.decays(count);
        TensorRows.readDoubles(in.dt(), HeadProblem.rowOffset(in.dt(), sequence, 0, from, 1), count, steps, 0);
        StepSizes.prepare(in, from, count, 1, steps, decays);
        A x = work.array(Slot.X, padded);
        A scaled = work.array(Slot.WEIGHTED, padded);
        A b = work.array(Slot.B, n);
        A c = work.array(Slot.C, n);
        A y = work.array(Slot.Y, padded);
        for (int i = 0; i < count; i++) {
            int head = from + i;
            read(in.x(), sequence, head, p, x);
            read(in.b(), sequence, head, n, b);
            read(in.c(), sequence, head, n, c);
            for (int j = 0; j < p; j++) {
                k.set(scaled, j, steps[i] * k.get(x, j));
            }
            long at = HeadProblem.stateOffset(in, sequence, head) * k.bytes();
            k.step(states.segment(), at, target.segment(), at, p, n, decays[i], scaled, b, c, y);
            Tensor d = in.skip();
            for (int j = 0; d != null && j < p; j++) {
                double factor = d.getDouble(d.rank() == 1 ? head : (long) head * p + j);
                k.set(y, j, k.get(y, j) + factor * k.get(x, j));
            }
            Tensor z = in.gate();
            if (z != null) {
                A gate = work.array(Slot.Z, padded);
                read(z, sequence, head, p, gate);
                k.fill(gate, p, padded, 0);
                k.gate(padded, gate, 0, y, 0, work.array(Slot.GATE_SCRATCH, padded));
            }
            TensorRows.write(y, 0, p, out.y(), HeadProblem.rowOffset(out.y(), sequence, 0, head, p));
        }
    }

    private void read(Tensor from, SsdInputs.Sequence sequence, int head, int width, A to) {
        int shared = HeadProblem.shared(head, heads, Math.toIntExact(from.length(2)));
        TensorRows.read(from, HeadProblem.rowOffset(from, sequence, 0, shared, width), width, to, 0);
    }
}
