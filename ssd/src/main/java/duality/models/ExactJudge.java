package duality.models;

import duality.algebra.Field;
import duality.algebra.FieldBlocks;
import duality.algebra.RingBlocks;
import duality.algebra.RingMatrix;

/** Decisions over a field, by Gaussian elimination. */
record ExactJudge<E>(Field<E> field) implements Judge<RingMatrix<E>> {
    @Override
    public RingBlocks<E> blocks() {
        return new RingBlocks<>(field);
    }

    @Override
    public double scale(RingMatrix<E> whole) {
        return 0;
    }

    @Override
    public boolean isZero(RingMatrix<E> a, double scale) {
        for (int i = 0; i < a.rows(); i++) {
            for (int j = 0; j < a.columns(); j++) {
                if (!field.isZero(a.get(i, j))) {
                    return false;
                }
            }
        }
        return true;
    }

    /** The rows of the echelon form. */
    @Override
    public RingMatrix<E> rowBasis(RingMatrix<E> a, double scale) {
        return new FieldBlocks<>(field).rowEchelon(a).basis();
    }

    @Override
    public RingMatrix<E> lowerQuotient(RingMatrix<E> a, RingMatrix<E> b) {
        return RingMatrix.of(
                a.rows(), a.columns(), (i, j) -> i < j ? field.zero() : field.divide(a.get(i, j), b.get(i, j)));
    }
}
