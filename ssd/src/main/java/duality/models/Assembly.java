package duality.models;

import duality.algebra.Blocks;

/** Blocks put together from blocks. */
final class Assembly {
    private Assembly() {}

    /** Row {@code t} as a column. */
    static <M> M column(Blocks<M> k, M a, int t) {
        return k.transpose(k.row(a, t));
    }

    /** {@code diag(d) (n×n)} of {@code d (n×1)}. */
    static <M> M diagonal(Blocks<M> k, M d) {
        return k.scaleRows(d, k.identity(k.rows(d)));
    }

    /** The part of a square {@code a} below the diagonal. */
    static <M> M strictlyLower(Blocks<M> k, M a) {
        int n = k.rows(a);
        return k.hadamard(k.subtract(k.oneSemiseparable(k.ones(n, 1)), k.identity(n)), a);
    }

    /**
     * {@code (I + X)⁻¹} of a strictly lower triangular {@code X (n×n)}, without a division: {@code Π_j (I + (−X)^(2^j))},
     * since Xⁿ = 0. Work O(n³ log n).
     */
    static <M> M inverseOfUnitLower(Blocks<M> k, M x) {
        int n = k.rows(x);
        M power = k.negate(x);
        M inverse = k.add(k.identity(n), power);
        for (int j = 2; j < n; j *= 2) {
            power = k.multiply(power, power);
            inverse = k.add(inverse, k.multiply(power, inverse));
        }
        return inverse;
    }
}
