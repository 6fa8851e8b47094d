package duality.proofs;

import duality.algebra.RingBlocks;
import duality.algebra.RingMatrix;
import duality.proofs.symbolic.FreeAlgebra;
import duality.proofs.symbolic.Polynomial;
import duality.proofs.symbolic.Polynomials;
import duality.ssd.ScalarSsm;

/** State space models whose every number is a symbol of its own. */
final class SymbolicModels {
    private SymbolicModels() {}

    /** The model of a shape over polynomials, with variables a[t], B[t,n], C[t,n], x[t,p] and h[n,p]. */
    static ScalarSsm<RingMatrix<Polynomial>> ofShape(Polynomials ring, int length, int stateSize, int headDim) {
        return ScalarSsm.of(
                new RingBlocks<>(ring),
                matrix(ring, "a", length, 1),
                matrix(ring, "B", length, stateSize),
                matrix(ring, "C", length, stateSize),
                matrix(ring, "x", length, headDim),
                matrix(ring, "h", stateSize, headDim));
    }

    /** A matrix of variables. */
    static RingMatrix<Polynomial> matrix(Polynomials ring, String name, int rows, int columns) {
        return RingMatrix.of(
                rows, columns, (i, j) -> columns == 1 ? ring.variable(name, i) : ring.variable(name, i, j));
    }

    /**
     * The model of a length whose B[t], C[t], x[t] and h are letters that do not commute: each stands for a
     * whole matrix, C[t] for {@code C_tᵀ (1×N)}, B[t] for {@code B_t (N×1)}, x[t] for {@code x_tᵀ (1×P)} and h
     * for {@code h (N×P)}, of any N and P. The decays a[t] are scalars and commute. This is a model of state
     * size one as far as the programs can see; they only ever treat rows of B, C and x as a whole, so what they
     * do to letters is what they do to the blocks that the letters stand for.
     */
    static ScalarSsm<RingMatrix<Polynomial>> ofLetters(FreeAlgebra ring, int length) {
        return ScalarSsm.of(
                new RingBlocks<>(ring),
                RingMatrix.of(length, 1, (t, j) -> ring.variable("a", t)),
                RingMatrix.of(length, 1, (t, j) -> ring.letter("B", t)),
                RingMatrix.of(length, 1, (t, j) -> ring.letter("C", t)),
                RingMatrix.of(length, 1, (t, j) -> ring.letter("x", t)),
                RingMatrix.of(1, 1, (i, j) -> ring.letter("h")));
    }
}
