package duality.proofs.symbolic;

import duality.algebra.Field;
import duality.algebra.Ring;

/**
 * The dual numbers {@code R[ε]/ε²} over any ring R, with ε commuting with everything: a program run over
 * them returns its value and its directional derivative, exactly (forward-mode differentiation; Griewank
 * and Walther, Evaluating Derivatives, 2008, chapter 3).
 *
 * @param <E> the type of the elements of R
 */
public sealed class DualNumbers<E> implements Ring<Dual<E>> {
    final Ring<E> base;

    /** The dual numbers over a ring. */
    public DualNumbers(Ring<E> base) {
        this.base = base;
    }

    /**
     * The dual numbers over a field, with division wherever the value is not zero. They are no field,
     * since ε has no inverse (inverting it is refused as singular), but programs that divide by what is
     * not zero to first order can be differentiated.
     */
    public static <E> Field<Dual<E>> withDivision(Field<E> base) {
        return new WithDivision<>(base);
    }

    /** A number that does not vary. */
    public final Dual<E> constant(E value) {
        return new Dual<>(value, base.zero());
    }

    /** The number that the derivative is taken by: its own derivative is one. */
    public final Dual<E> variable(E value) {
        return new Dual<>(value, base.one());
    }

    @Override
    public final Dual<E> zero() {
        return constant(base.zero());
    }

    @Override
    public final Dual<E> one() {
        return constant(base.one());
    }

    @Override
    public final Dual<E> add(Dual<E> a, Dual<E> b) {
        return new Dual<>(base.add(a.value(), b.value()), base.add(a.derivative(), b.derivative()));
    }

    @Override
    public final Dual<E> negate(Dual<E> a) {
        return new Dual<>(base.negate(a.value()), base.negate(a.derivative()));
    }

    /** The rule of Leibniz, with the factors in order. */
    @Override
    public final Dual<E> multiply(Dual<E> a, Dual<E> b) {
        return new Dual<>(
                base.multiply(a.value(), b.value()),
                base.add(base.multiply(a.value(), b.derivative()), base.multiply(a.derivative(), b.value())));
    }

    @Override
    public final boolean equal(Dual<E> a, Dual<E> b) {
        return base.equal(a.value(), b.value()) && base.equal(a.derivative(), b.derivative());
    }

    @Override
    public final Dual<E> integer(long n) {
        return constant(base.integer(n));
    }

    private static final class WithDivision<E> extends DualNumbers<E> implements Field<Dual<E>> {
        private final Field<E> field;

        WithDivision(Field<E> field) {
            super(field);
            this.field = field;
        }

        /** {@code 1/(a + bε) = 1/a − b/a²·ε}. */
        @Override
        public Dual<E> invert(Dual<E> a) {
            E inverse = field.invert(a.value());
            E square = field.multiply(inverse, inverse);
            return new Dual<>(inverse, field.negate(field.multiply(square, a.derivative())));
        }
    }
}
