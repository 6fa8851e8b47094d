package duality.proofs;

import duality.algebra.Blocks;
import duality.models.Samples;

/**
 * Parameters of models that are symbols of a world, each a new one. Functions of analysis give new symbols too: an
 * identity that holds for symbols in the place of their values holds for their values, whatever the arguments.
 *
 * @param <M> the type of a block
 */
final class SymbolicSamples<M> implements Samples<M> {
    private final World<M> world;
    private int drawn;

    SymbolicSamples(World<M> world) {
        this.world = world;
    }

    @Override
    public Blocks<M> blocks() {
        return world.k();
    }

    private M scalars(String name, int rows, int columns) {
        return world.scalars(name + drawn++, rows, columns);
    }

    @Override
    public M numbers(int rows, int columns) {
        return world.matrix("x" + drawn++, rows, columns);
    }

    @Override
    public M gates(int rows, int columns) {
        return scalars("a", rows, columns);
    }

    @Override
    public M exponents(int rows, int columns) {
        return scalars("t", rows, columns);
    }

    @Override
    public M exp(M exponents) {
        return scalars("exp", world.k().rows(exponents), world.k().columns(exponents));
    }

    @Override
    public M half() {
        return world.scalars("half", 1, 1);
    }

    @Override
    public Angles<M> angles(int length) {
        return new Angles<>(scalars("cos", length, 1), scalars("sin", length, 1));
    }
}
