package duality.algebra;

import duality.errors.Fault;
import duality.errors.ValueException;
import org.apache.commons.math3.FieldElement;
import org.apache.commons.math3.exception.MathArithmeticException;
import org.apache.commons.math3.fraction.BigFraction;
import org.apache.commons.math3.fraction.BigFractionField;
import org.apache.commons.math3.linear.Array2DRowFieldMatrix;
import org.apache.commons.math3.linear.FieldMatrix;
import org.jspecify.annotations.Nullable;

/**
 * The bridge to Apache Commons Math, in both directions: its fields as ours ({@link #field}), and ours
 * as its ({@link #elements}), so that its exact decompositions work on our matrices.
 */
public final class CommonsMath {
    /** The rational numbers, of any size. */
    public static final Field<BigFraction> RATIONALS = field(BigFractionField.getInstance());

    private CommonsMath() {}

    /** A Commons Math field as a {@link Field}. Equality is {@link Object#equals}. */
    public static <T extends FieldElement<T>> Field<T> field(org.apache.commons.math3.Field<T> field) {
        return new Adapted<>(field);
    }

    /** A {@link Field} as a Commons Math field, whose elements know their field. */
    public static <E> org.apache.commons.math3.Field<Element<E>> elements(Field<E> field) {
        return new Elements<>(field);
    }

    /**
     * A copy of a matrix over our field as a Commons Math matrix.
     *
     * @throws duality.errors.ShapeException if the matrix has no rows or no columns, which Commons Math
     *     cannot represent
     */
    public static <E> FieldMatrix<Element<E>> matrix(Field<E> field, RingMatrix<E> matrix) {
        if (matrix.rows() == 0 || matrix.columns() == 0) {
            throw new duality.errors.ShapeException(
                    Fault.OUT_OF_RANGE,
                    "Commons Math has no empty matrices: " + matrix.rows() + "x" + matrix.columns());
        }
        FieldMatrix<Element<E>> result = new Array2DRowFieldMatrix<>(elements(field), matrix.rows(), matrix.columns());
        for (int i = 0; i < matrix.rows(); i++) {
            for (int j = 0; j < matrix.columns(); j++) {
                result.setEntry(i, j, new Element<>(field, matrix.get(i, j)));
            }
        }
        return result;
    }

    /** A copy of a Commons Math matrix as a {@link RingMatrix}. */
    public static <E> RingMatrix<E> matrix(FieldMatrix<Element<E>> matrix) {
        return RingMatrix.of(
                matrix.getRowDimension(),
                matrix.getColumnDimension(),
                (i, j) -> matrix.getEntry(i, j).value());
    }

    private static ValueException singular(Object element) {
        return new ValueException(Fault.SINGULAR, "inverse of " + element);
    }

    private record Adapted<T extends FieldElement<T>>(org.apache.commons.math3.Field<T> field) implements Field<T> {
        @Override
        public T zero() {
            return field.getZero();
        }

        @Override
        public T one() {
            return field.getOne();
        }

        @Override
        public T add(T a, T b) {
            return a.add(b);
        }

        @Override
        public T negate(T a) {
            return a.negate();
        }

        @Override
        public T subtract(T a, T b) {
            return a.subtract(b);
        }

        @Override
        public T multiply(T a, T b) {
            return a.multiply(b);
        }

        @Override
        public boolean equal(T a, T b) {
            return a.equals(b);
        }

        @Override
        public T invert(T a) {
            if (isZero(a)) {
                throw singular(a);
            }
            return a.reciprocal();
        }
    }

    private record Elements<E>(Field<E> field) implements org.apache.commons.math3.Field<Element<E>> {
        @Override
        public Element<E> getZero() {
            return new Element<>(field, field.zero());
        }

        @Override
        public Element<E> getOne() {
            return new Element<>(field, field.one());
        }

        @Override
        @SuppressWarnings("unchecked")
        public Class<? extends FieldElement<Element<E>>> getRuntimeClass() {
            return (Class<? extends FieldElement<Element<E>>>) (Class<?>) Element.class;
        }
    }

    /** An element together with its field, as Commons Math wants it. */
    public static final class Element<E> implements FieldElement<Element<E>> {
        private final Field<E> field;
        private final E value;

        Element(Field<E> field, E value) {
            this.field = field;
            this.value = value;
        }

        /** The element without its field. */
        public E value() {
            return value;
        }

        @Override
        public Element<E> add(Element<E> other) {
            return new Element<>(field, field.add(value, other.value));
        }

        @Override
        public Element<E> subtract(Element<E> other) {
            return new Element<>(field, field.subtract(value, other.value));
        }

        @Override
        public Element<E> negate() {
            return new Element<>(field, field.negate(value));
        }

        @Override
        public Element<E> multiply(int n) {
            return new Element<>(field, field.multiply(field.integer(n), value));
        }

        @Override
        public Element<E> multiply(Element<E> other) {
            return new Element<>(field, field.multiply(value, other.value));
        }

        @Override
        public Element<E> divide(Element<E> other) {
            return multiply(other.reciprocal());
        }

        @Override
        public Element<E> reciprocal() {
            if (field.isZero(value)) {
                throw new MathArithmeticException();
            }
            return new Element<>(field, field.invert(value));
        }

        @Override
        public org.apache.commons.math3.Field<Element<E>> getField() {
            return elements(field);
        }

        @Override
        @SuppressWarnings("unchecked")
        public boolean equals(@Nullable Object other) {
            return other instanceof Element<?> element
                    && field.equals(element.field)
                    && field.equal(value, ((Element<E>) element).value);
        }

        /** Constant, since a ring's equality may identify values with different hash codes. */
        @Override
        public int hashCode() {
            return field.hashCode();
        }

        @Override
        public String toString() {
            return value.toString();
        }
    }
}
