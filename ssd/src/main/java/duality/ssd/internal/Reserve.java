package duality.ssd.internal;

import duality.kernels.Kernels;
import java.lang.ref.SoftReference;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Large arrays for calls to come, since new ones cost the time to clear them. The garbage collector may have them when memory
 * is short.
 */
final class Reserve<A> {
    private final Supplier<Kernels<A>> k; // asked for late, once the vector module is there
    /** By length. */
    private SoftReference<Map<Integer, Deque<A>>> free = new SoftReference<>(new HashMap<>());

    Reserve(Supplier<Kernels<A>> k) {
        this.k = k;
    }

    private Deque<A> free(int length) {
        Map<Integer, Deque<A>> arrays = free.get();
        if (arrays == null) {
            arrays = new HashMap<>();
            free = new SoftReference<>(arrays);
        }
        return arrays.computeIfAbsent(length, l -> new ArrayDeque<>());
    }

    /** An array of that length, with whatever it was left with. */
    synchronized A take(int length) {
        A array = free(length).poll();
        return array == null ? k.get().allocate(length) : array;
    }

    /** Gives arrays back, which nobody may use from now on. */
    synchronized void give(List<A> arrays) {
        for (A array : arrays) {
            free(k.get().length(array)).push(array);
        }
    }
}
