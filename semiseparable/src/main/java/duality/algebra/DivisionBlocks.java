package duality.algebra;

/**
 * Block operations with division by square blocks: exactly over a field ({@link FieldBlocks}), by LU with partial
 * pivoting in floating point ({@link EjmlBlocks}).
 *
 * @param <M> the type of a block
 */
public interface DivisionBlocks<M> extends Blocks<M> {
    /**
     * {@code x (n×m)} with {@code a x = b} for {@code a (n×n)} and {@code b (n×m)}.
     *
     * @throws duality.errors.ValueException with {@link duality.errors.Fault#SINGULAR} if {@code a} is singular
     */
    M solve(M a, M b);

    /**
     * {@code a⁻¹} of {@code a (n×n)}.
     *
     * @throws duality.errors.ValueException with {@link duality.errors.Fault#SINGULAR} if {@code a} is singular
     */
    default M inverse(M a) {
        return solve(a, identity(rows(a)));
    }

    /** {@code det a} of {@code a (n×n)}, as a {@code 1×1} block; one if n = 0. */
    M determinant(M a);
}
