package duality.contraction;

import duality.algebra.FloatingBlocks;

/**
 * Arrays in floating point, over any blocks that can be read and made.
 *
 * @param blocks the operations on blocks
 * @param <M> the type of a block
 */
public record FloatingOperations<M>(FloatingBlocks<M> blocks) implements ArrayOperations<M> {
    @Override
    public M gather(M a, int[] lengths, int[] strides) {
        double[] from = blocks.toArray(a);
        int[] positions = Strides.positions(lengths, strides);
        double[] to = new double[positions.length];
        for (int i = 0; i < to.length; i++) {
            to[i] = from[positions[i]];
        }
        return blocks.of(1, to.length, to);
    }
}
