package duality.ssd.internal;

import duality.kernels.Kernels;
import java.lang.ref.SoftReference;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Large arrays of one length for calls to come, since new ones cost the time to clear them. The garbage collector may have
 * them when memory is short, and those of another length go when they are asked for.
 */
final class Reserve<A> {
    private final Kernels<A> k;
    private int length;
    private SoftReference<Deque<A>> free = new SoftReference<>(new ArrayDeque<>());

    Reserve(Kernels<A> k) {
        this.k = k;
    }

    private Deque<A> free(int wanted) {
        Deque<A> arrays = free.get();
        if (arrays == null || wanted != length) {
            arrays = new ArrayDeque<>();
            free = new SoftReference<>(arrays);
            length = wanted;
        }
        return arrays;
    }

    /** An array of that length, with whatever it was left with. */
    synchronized A take(int wanted) {
        A array = free(wanted).poll();
        return array == null ? k.allocate(wanted) : array;
    }

    /** Gives arrays of one length back, which nobody may use from now on. */
    synchronized void give(List<A> arrays) {
        for (A array : arrays) {
            free(k.length(array)).push(array);
        }
    }
}
