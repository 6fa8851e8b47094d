package duality.ssd.internal;

import duality.kernels.Kernels;
import java.util.EnumMap;
import java.util.Map;

/** One thread's scratch arrays. They grow to the largest size asked for, and are kept. */
final class Workspace<A> {
    /** What an array is for. */
    enum Slot {
        C,
        B,
        B_TRANSPOSED,
        B_PANELS,
        GRAM,
        MASKED,
        RUNNING,
        X,
        WEIGHTED_X,
        Y,
        Z,
        STATES,
        STATE_ROWS,
        DECAY,
        WEIGHT,
        FROM_START,
        TO_END,
        THROUGH,
        SKIP
    }

    private final Kernels<A> k;
    private final Map<Slot, A> arrays = new EnumMap<>(Slot.class);
    private double[] steps = new double[0];
    private double[] exponents = new double[0];

    Workspace(Kernels<A> k) {
        this.k = k;
    }

    /** An array of at least that length, with whatever it was left with. */
    A array(Slot slot, int length) {
        A array = arrays.get(slot);
        if (array == null || k.length(array) < length) {
            array = k.allocate(length);
            arrays.put(slot, array);
        }
        return array;
    }

    /** Room for {@code length} step sizes. */
    double[] steps(int length) {
        if (steps.length < length) {
            steps = new double[length];
        }
        return steps;
    }

    /** Room for {@code length} exponents of decays. */
    double[] exponents(int length) {
        if (exponents.length < length) {
            exponents = new double[length];
        }
        return exponents;
    }
}
