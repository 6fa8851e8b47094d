package duality.contraction;

import duality.algebra.Blocks;
import java.util.ArrayList;
import java.util.List;

/**
 * The operations that a contraction is written against: those on blocks, and two more that see a block as
 * the entries of an array, row by row.
 *
 * @param <M> the type of a block
 */
public interface ArrayOperations<M> {
    /** The operations on blocks. */
    Blocks<M> blocks();

    /**
     * Entries at regular positions: at {@code (i_0, i_1, …)}, row-major over the lengths, the entry {@code
     * Σ i_j strides_j} of {@code a}. Transposes arrays and takes diagonals.
     *
     * @return a block of any form
     */
    M gather(M a, int[] lengths, int[] strides);

    /**
     * The batched matrix product: for each i of the batch the product of {@code a_i (m×k)} and {@code b_i
     * (k×n)}, in 2·batch·m·k·n operations.
     *
     * @param a the entries of an array {@code (batch, m, k)}
     * @param b the entries of an array {@code (batch, k, n)}
     * @return the entries of an array {@code (batch, m, n)}
     */
    default M multiply(M a, M b, int batch, int m, int k, int n) {
        Blocks<M> blocks = blocks();
        if (batch == 0) {
            return blocks.zeros(0, n);
        }
        M left = blocks.reshape(a, batch * m, k);
        M right = blocks.reshape(b, batch * k, n);
        List<M> products = new ArrayList<>();
        for (int i = 0; i < batch; i++) {
            products.add(
                    blocks.multiply(blocks.rows(left, i * m, (i + 1) * m), blocks.rows(right, i * k, (i + 1) * k)));
        }
        return blocks.stackRows(products);
    }
}
