package duality.models;

import duality.algebra.Field;
import duality.algebra.RingBlocks;
import duality.algebra.RingMatrix;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

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
            if (leading(row(a, i)) < a.columns()) {
                return false;
            }
        }
        return true;
    }

    /** The rows of an echelon form. Rows already in that form cost nothing but a look. */
    @Override
    public RingMatrix<E> rowBasis(RingMatrix<E> a, double scale) {
        TreeMap<Integer, List<E>> pivots = new TreeMap<>(); // rows by their leading column, where they are one
        for (int i = 0; i < a.rows(); i++) {
            List<E> row = row(a, i);
            for (Map.Entry<Integer, List<E>> pivot : pivots.entrySet()) {
                E factor = row.get(pivot.getKey());
                if (!field.isZero(factor)) {
                    subtract(row, factor, pivot.getValue());
                }
            }
            int leading = leading(row);
            if (leading < a.columns()) {
                normalise(row, leading);
                pivots.put(leading, row);
            }
        }
        List<E> entries = new ArrayList<>();
        pivots.values().forEach(entries::addAll);
        return RingMatrix.of(pivots.size(), a.columns(), entries);
    }

    @Override
    public RingMatrix<E> lowerQuotient(RingMatrix<E> a, RingMatrix<E> b) {
        return RingMatrix.of(
                a.rows(), a.columns(), (i, j) -> i < j ? field.zero() : field.divide(a.get(i, j), b.get(i, j)));
    }

    private static <E> List<E> row(RingMatrix<E> a, int i) {
        List<E> row = new ArrayList<>(a.columns());
        for (int j = 0; j < a.columns(); j++) {
            row.add(a.get(i, j));
        }
        return row;
    }

    private void subtract(List<E> row, E factor, List<E> pivot) {
        for (int j = 0; j < row.size(); j++) {
            if (!field.isZero(pivot.get(j))) {
                row.set(j, field.subtract(row.get(j), field.multiply(factor, pivot.get(j))));
            }
        }
    }

    private int leading(List<E> row) {
        int j = 0;
        while (j < row.size() && field.isZero(row.get(j))) {
            j++;
        }
        return j;
    }

    private void normalise(List<E> row, int leading) {
        if (!field.equal(row.get(leading), field.one())) {
            E inverse = field.invert(row.get(leading));
            row.replaceAll(entry -> field.multiply(inverse, entry));
        }
    }
}
