package duality.gpu.dense;

import java.lang.foreign.StructLayout;

/** The structure of dense products, for the test of all structures. */
public final class DenseLayouts {
    /** {@code DenseProblem}. */
    public static final StructLayout STRUCT = DenseLayout.STRUCT;

    private DenseLayouts() {}
}
