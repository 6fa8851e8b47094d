package duality.proofs.symbolic;

/**
 * The free algebra {@code Z[a, b, …]⟨X, Y, …⟩}: polynomials in letters that do not commute with each
 * other, and in variables that commute with everything.
 *
 * <p>A letter stands for a matrix and a variable for a scalar. An identity that holds here holds for
 * matrices of every size over every commutative ring: for square ones because the algebra is free, and
 * for rectangular ones because they are blocks of square ones. Transposition is no operation of the
 * algebra; the transpose of a matrix is a letter of its own.
 */
public final class FreeAlgebra extends SymbolicRing {
    /** An algebra with no symbols yet. */
    public FreeAlgebra() {}

    /** The symbol of a name that commutes only with variables; the same name is the same symbol. */
    public Polynomial letter(String name) {
        return symbol(name, false);
    }

    /**
     * The inverse of a word of letters, which then stand for invertible matrices: words are reduced as in a free group,
     * {@code X X⁻¹ = 1}. An identity that holds here holds wherever these matrices have inverses.
     *
     * @throws duality.errors.ValueException with {@link duality.errors.Fault#SINGULAR} for anything but a word, up to
     *     its sign
     */
    public Polynomial invert(Polynomial word) {
        word.requireIn(zero().symbols);
        return word.inverse();
    }

    /** {@link #letter(String)} of a name with indices: {@code letter("B", 3)} is {@code B[3]}. */
    public Polynomial letter(String name, int... indices) {
        return letter(indexed(name, indices));
    }
}
