package duality.proofs;

import duality.algebra.Blocks;
import duality.ssd.ScalarSsm;

/**
 * Where a claim is put to the test: the operations, symbols that stand for arbitrary numbers or matrices, and
 * equality. One text of a claim runs in all worlds, over polynomials as over random points or rounded numbers.
 *
 * @param <M> the type of a block
 */
public interface World<M> {
    /** The operations. */
    Blocks<M> k();

    /** A {@code rows×columns} block of scalars, which commute with everything; the same name is the same block. */
    M scalars(String name, int rows, int columns);

    /**
     * A {@code rows×columns} block of anything. Among letters each of its entries is itself a matrix of any size; the
     * claim must then keep the order of factors. The same name is the same block.
     */
    M matrix(String name, int rows, int columns);

    /**
     * Requires equality.
     *
     * @throws Refutation if the two differ
     */
    void equal(String what, M actual, M expected);

    /**
     * Requires equality of what is no block: ranks, counts.
     *
     * @throws Refutation if the two differ
     */
    default void same(String what, Object actual, Object expected) {
        if (!actual.equals(expected)) {
            throw new Refutation(what + " is " + actual + ", not " + expected);
        }
    }

    /** Requires equal outputs and final states. */
    default void equal(String what, ScalarSsm.Result<M> actual, ScalarSsm.Result<M> expected) {
        equal(what + "y", actual.y(), expected.y());
        equal(what + "h", actual.finalState(), expected.finalState());
    }

    /**
     * The state space model of symbols: decays a are scalars, and {@code B (T×N), C (T×N), x (T×P), h (N×P)} anything.
     * Among letters, at N = P = 1, the entry t of C stands for {@code C_tᵀ (1×N)}, that of B for {@code B_t (N×1)},
     * that of x for {@code x_tᵀ (1×P)} and h for {@code h (N×P)}, of any N and P: programs that treat rows of B, C and
     * x as wholes do to letters what they do to the blocks that these stand for.
     */
    default ScalarSsm<M> ssm(Shape shape) {
        return ScalarSsm.of(
                k(),
                scalars("a", shape.time(), 1),
                matrix("B", shape.time(), shape.stateSize()),
                matrix("C", shape.time(), shape.stateSize()),
                matrix("x", shape.time(), shape.headDim()),
                matrix("h", shape.stateSize(), shape.headDim()));
    }
}
