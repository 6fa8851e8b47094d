package duality.sma;

import duality.algebra.Blocks;
import java.util.List;

/** Features that every ring has, for use with exact numbers. In floating point see {@link FeatureMap}. */
public final class Features {
    private Features() {}

    /**
     * {@code [1, x, c x⊗x]} of every row of {@code x (T×d)}, {@code T×(1+d+d²)}. With factors c and c′ on both sides the
     * kernel is {@code 1 + u + c c′ u²}, u = q·k: that of Based, the exponential to second order, if c c′ = 1/2 (Arora et
     * al. 2024, arXiv 2402.18668).
     *
     * @param c {@code (1×1)}
     */
    public static <M> M taylor(Blocks<M> ops, M x, M c) {
        return ops.stackColumns(List.of(ops.ones(ops.rows(x), 1), x, ops.scale(c, ops.khatriRaoRows(x, x))));
    }

    /**
     * {@code [x cos θt, x sin θt]} of every row of {@code x (T×d)}, {@code T×2d}: on both sides they put the mask {@code
     * cos θ(t−s)} on {@code q·k} (Qin et al. 2022, arXiv 2202.08791).
     *
     * @param cosines {@code cos θt (T×1)}
     * @param sines {@code sin θt (T×1)}
     */
    public static <M> M rotated(Blocks<M> ops, M x, M cosines, M sines) {
        return ops.beside(ops.scaleRows(cosines, x), ops.scaleRows(sines, x));
    }
}
