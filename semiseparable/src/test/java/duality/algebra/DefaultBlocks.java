package duality.algebra;

import java.util.List;

/** Another instance's operations with the default methods of {@link Blocks}, none of them overridden. */
class DefaultBlocks<M> implements Blocks<M> {
    private final Blocks<M> blocks;

    DefaultBlocks(Blocks<M> blocks) {
        this.blocks = blocks;
    }

    @Override
    public int rows(M a) {
        return blocks.rows(a);
    }

    @Override
    public int columns(M a) {
        return blocks.columns(a);
    }

    @Override
    public M zeros(int rows, int columns) {
        return blocks.zeros(rows, columns);
    }

    @Override
    public M ones(int rows, int columns) {
        return blocks.ones(rows, columns);
    }

    @Override
    public M identity(int n) {
        return blocks.identity(n);
    }

    @Override
    public M add(M a, M b) {
        return blocks.add(a, b);
    }

    @Override
    public M subtract(M a, M b) {
        return blocks.subtract(a, b);
    }

    @Override
    public M multiply(M a, M b) {
        return blocks.multiply(a, b);
    }

    @Override
    public M hadamard(M a, M b) {
        return blocks.hadamard(a, b);
    }

    @Override
    public M scaleRows(M d, M a) {
        return blocks.scaleRows(d, a);
    }

    @Override
    public M transpose(M a) {
        return blocks.transpose(a);
    }

    @Override
    public M block(M a, int fromRow, int toRow, int fromColumn, int toColumn) {
        return blocks.block(a, fromRow, toRow, fromColumn, toColumn);
    }

    @Override
    public M stackRows(List<M> parts) {
        return blocks.stackRows(parts);
    }

    @Override
    public M reshape(M a, int rows, int columns) {
        return blocks.reshape(a, rows, columns);
    }

    @Override
    public M oneSemiseparable(M a) {
        return blocks.oneSemiseparable(a);
    }
}
