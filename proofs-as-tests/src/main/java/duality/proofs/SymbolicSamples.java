package duality.proofs;

import duality.algebra.RingBlocks;
import duality.algebra.RingMatrix;
import duality.models.Samples;
import duality.proofs.symbolic.Polynomial;
import duality.proofs.symbolic.Polynomials;

/**
 * Parameters of models that are symbols, each a new one. Functions of analysis give new symbols too: an identity that
 * holds for symbols in the place of their values holds for their values, whatever the arguments.
 */
final class SymbolicSamples implements Samples<RingMatrix<Polynomial>> {
    private final Polynomials ring;
    private final RingBlocks<Polynomial> blocks;
    private int drawn;

    SymbolicSamples(Polynomials ring) {
        this.ring = ring;
        this.blocks = new RingBlocks<>(ring);
    }

    @Override
    public RingBlocks<Polynomial> blocks() {
        return blocks;
    }

    private RingMatrix<Polynomial> symbols(String name, int rows, int columns) {
        return SymbolicModels.matrix(ring, name + drawn++, rows, columns);
    }

    @Override
    public RingMatrix<Polynomial> numbers(int rows, int columns) {
        return symbols("x", rows, columns);
    }

    @Override
    public RingMatrix<Polynomial> gates(int rows, int columns) {
        return symbols("a", rows, columns);
    }

    @Override
    public RingMatrix<Polynomial> exponents(int rows, int columns) {
        return symbols("t", rows, columns);
    }

    @Override
    public RingMatrix<Polynomial> exp(RingMatrix<Polynomial> exponents) {
        return symbols("exp", exponents.rows(), exponents.columns());
    }

    @Override
    public RingMatrix<Polynomial> half() {
        return RingMatrix.of(1, 1, (i, j) -> ring.variable("half"));
    }

    @Override
    public Angles<RingMatrix<Polynomial>> angles(int length) {
        return new Angles<>(symbols("cos", length, 1), symbols("sin", length, 1));
    }
}
