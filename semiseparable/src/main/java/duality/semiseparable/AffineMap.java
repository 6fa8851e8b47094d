package duality.semiseparable;

import duality.algebra.Blocks;

/**
 * The map {@code y ↦ factor · y + offset}, one step or a whole stretch of a scalar recurrence. Their
 * composition is the operation that state passing repeats: associative, with identity (1, 0).
 *
 * @param factor the scalar, {@code 1×1}
 * @param offset the row added, {@code 1×K}
 * @param <M> the type of a block
 */
public record AffineMap<M>(M factor, M offset) {
    /** The identity (1, 0) on rows of {@code width} entries. */
    public static <M> AffineMap<M> identity(Blocks<M> k, int width) {
        return new AffineMap<>(k.identity(1), k.zeros(1, width));
    }

    /** This map after an earlier one: {@code (a₂, b₂) ∘ (a₁, b₁) = (a₂ a₁, a₂ b₁ + b₂)}. */
    public AffineMap<M> after(Blocks<M> k, AffineMap<M> earlier) {
        return new AffineMap<>(k.hadamard(factor, earlier.factor), k.add(k.scale(factor, earlier.offset), offset));
    }
}
