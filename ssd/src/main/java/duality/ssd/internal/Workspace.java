package duality.ssd.internal;

import duality.kernels.Kernels;
import duality.kernels.Simd;
import java.util.EnumMap;
import java.util.Map;

/** One thread's scratch arrays. They grow to the largest size asked for, and are kept. */
final class Workspace<A> {
    /** What an array is for. */
    enum Slot {
        B,
        B_TRANSPOSED,
        C,
        C_TRANSPOSED,
        CROSSINGS,
        CROSS_GRAM,
        D_B,
        D_B_SUM,
        D_C,
        D_C_SUM,
        D_GRAM,
        D_GRAM_SUM,
        D_OUT,
        D_OUT_TRANSPOSED,
        D_SKIP,
        D_X,
        D_X_SHARED,
        DECAY,
        FROM_START,
        FROM_STATE,
        GATE_SCRATCH,
        GRAM,
        GRAM_TRANSPOSED,
        INTO_STATE,
        MASKED,
        PANELS,
        ROW_DOTS,
        RUNNING,
        SKIP,
        STATES,
        STATE_PRODUCT,
        STATE_ROWS,
        SUFFIX,
        THROUGH,
        TO_END,
        WEIGHT,
        WEIGHTED,
        X,
        X_TRANSPOSED,
        Y,
        Z
    }

    private final Kernels<A> k;
    private final Map<Slot, A> arrays = new EnumMap<>(Slot.class);
    private double[] steps = new double[0];
    private double[] decays = new double[0];

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

    /** Room for {@code length} step sizes, in whole panels. */
    double[] steps(int length) {
        if (steps.length < Simd.doubles().padded(length)) {
            steps = new double[Simd.doubles().padded(length)];
        }
        return steps;
    }

    /** Room for {@code length} decays of decays. */
    double[] decays(int length) {
        if (decays.length < Simd.doubles().padded(length)) {
            decays = new double[Simd.doubles().padded(length)];
        }
        return decays;
    }
}
