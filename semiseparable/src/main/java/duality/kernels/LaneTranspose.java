package duality.kernels;

import java.util.stream.IntStream;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Transposes of squares of as many rows as a vector has lanes. With halves, quarters, ... of the square as blocks, each step
 * exchanges the two blocks off the diagonal of every two by two:
 *
 * <pre>
 *   [A B; C D] → [A C; B D]
 * </pre>
 *
 * <p>Two steps at once meet in four rows, which stay in registers.
 */
final class LaneTranspose {
    private static final VectorSpecies<Float> FLOATS = VectorSpecies.of(float.class, VectorWidth.SHAPE);
    private static final VectorSpecies<Double> DOUBLES = VectorSpecies.of(double.class, VectorWidth.SHAPE);

    private static final VectorShuffle<Float> FLOATS_8 = LaneSum.exchange(FLOATS, 8);
    private static final VectorMask<Float> FLOATS_LEFT_8 = left(FLOATS, 8);
    private static final VectorShuffle<Float> FLOATS_4 = LaneSum.exchange(FLOATS, 4);
    private static final VectorMask<Float> FLOATS_LEFT_4 = left(FLOATS, 4);
    private static final VectorShuffle<Float> FLOATS_2 = LaneSum.exchange(FLOATS, 2);
    private static final VectorMask<Float> FLOATS_LEFT_2 = left(FLOATS, 2);
    private static final VectorShuffle<Float> FLOATS_1 = LaneSum.exchange(FLOATS, 1);
    private static final VectorMask<Float> FLOATS_LEFT_1 = left(FLOATS, 1);
    private static final VectorShuffle<Double> DOUBLES_4 = LaneSum.exchange(DOUBLES, 4);
    private static final VectorMask<Double> DOUBLES_LEFT_4 = left(DOUBLES, 4);
    private static final VectorShuffle<Double> DOUBLES_2 = LaneSum.exchange(DOUBLES, 2);
    private static final VectorMask<Double> DOUBLES_LEFT_2 = left(DOUBLES, 2);
    private static final VectorShuffle<Double> DOUBLES_1 = LaneSum.exchange(DOUBLES, 1);
    private static final VectorMask<Double> DOUBLES_LEFT_1 = left(DOUBLES, 1);

    private LaneTranspose() {}

    /** The lanes that are in the left one of two blocks. */
    private static <E> VectorMask<E> left(VectorSpecies<E> species, int size) {
        long lanes = IntStream.range(0, species.length())
                .filter(lane -> (lane & size) == 0)
                .mapToLong(lane -> 1L << lane)
                .sum();
        return VectorMask.fromLong(species, lanes);
    }

    /** Transposes the square whose first row starts at {@code at}; the other one's at {@code toAt}. */
    static void run(float[] from, int at, int row, float[] to, int toAt, int toRow) {
        if (FLOATS.length() == 16) {
            two(from, at, row, to, toAt, toRow, 8, FLOATS_8, FLOATS_LEFT_8, FLOATS_4, FLOATS_LEFT_4);
            two(to, toAt, toRow, to, toAt, toRow, 2, FLOATS_2, FLOATS_LEFT_2, FLOATS_1, FLOATS_LEFT_1);
        } else if (FLOATS.length() == 8) {
            one(from, at, row, to, toAt, toRow, 4, FLOATS_4, FLOATS_LEFT_4);
            two(to, toAt, toRow, to, toAt, toRow, 2, FLOATS_2, FLOATS_LEFT_2, FLOATS_1, FLOATS_LEFT_1);
        } else {
            two(from, at, row, to, toAt, toRow, 2, FLOATS_2, FLOATS_LEFT_2, FLOATS_1, FLOATS_LEFT_1);
        }
    }

    private static void one(
            float[] from,
            int at,
            int row,
            float[] to,
            int toAt,
            int toRow,
            int size,
            VectorShuffle<Float> exchange,
            VectorMask<Float> left) {
        for (int i = 0; i < FLOATS.length(); i += 2 * size) {
            for (int j = i; j < i + size; j++) {
                FloatVector a = FloatVector.fromArray(FLOATS, from, at + j * row);
                FloatVector b = FloatVector.fromArray(FLOATS, from, at + (j + size) * row);
                upper(a, b, exchange, left).intoArray(to, toAt + j * toRow);
                lower(a, b, exchange, left).intoArray(to, toAt + (j + size) * toRow);
            }
        }
    }

    /** The steps of that size and of half of it. */
    private static void two(
            float[] from,
            int at,
            int row,
            float[] to,
            int toAt,
            int toRow,
            int size,
            VectorShuffle<Float> exchange,
            VectorMask<Float> left,
            VectorShuffle<Float> half,
            VectorMask<Float> leftHalf) {
        int next = size / 2;
        for (int i = 0; i < FLOATS.length(); i += 2 * size) {
            for (int j = i; j < i + next; j++) {
                FloatVector a = FloatVector.fromArray(FLOATS, from, at + j * row);
                FloatVector b = FloatVector.fromArray(FLOATS, from, at + (j + next) * row);
                FloatVector c = FloatVector.fromArray(FLOATS, from, at + (j + size) * row);
                FloatVector d = FloatVector.fromArray(FLOATS, from, at + (j + size + next) * row);
                FloatVector ac = upper(a, c, exchange, left);
                FloatVector bd = upper(b, d, exchange, left);
                FloatVector ca = lower(a, c, exchange, left);
                FloatVector db = lower(b, d, exchange, left);
                upper(ac, bd, half, leftHalf).intoArray(to, toAt + j * toRow);
                lower(ac, bd, half, leftHalf).intoArray(to, toAt + (j + next) * toRow);
                upper(ca, db, half, leftHalf).intoArray(to, toAt + (j + size) * toRow);
                lower(ca, db, half, leftHalf).intoArray(to, toAt + (j + size + next) * toRow);
            }
        }
    }

    /** [A C] of a row [A B] and one below it [C D]. */
    private static FloatVector upper(
            FloatVector ab, FloatVector cd, VectorShuffle<Float> exchange, VectorMask<Float> left) {
        return cd.rearrange(exchange).blend(ab, left);
    }

    /** [B D]. */
    private static FloatVector lower(
            FloatVector ab, FloatVector cd, VectorShuffle<Float> exchange, VectorMask<Float> left) {
        return ab.rearrange(exchange).blend(cd, left.not());
    }

    /** Transposes the square whose first row starts at {@code at}; the other one's at {@code toAt}. */
    static void run(double[] from, int at, int row, double[] to, int toAt, int toRow) {
        if (DOUBLES.length() == 8) {
            one(from, at, row, to, toAt, toRow, 4, DOUBLES_4, DOUBLES_LEFT_4);
            two(to, toAt, toRow, to, toAt, toRow, 2, DOUBLES_2, DOUBLES_LEFT_2, DOUBLES_1, DOUBLES_LEFT_1);
        } else if (DOUBLES.length() == 4) {
            two(from, at, row, to, toAt, toRow, 2, DOUBLES_2, DOUBLES_LEFT_2, DOUBLES_1, DOUBLES_LEFT_1);
        } else {
            one(from, at, row, to, toAt, toRow, 1, DOUBLES_1, DOUBLES_LEFT_1);
        }
    }

    private static void one(
            double[] from,
            int at,
            int row,
            double[] to,
            int toAt,
            int toRow,
            int size,
            VectorShuffle<Double> exchange,
            VectorMask<Double> left) {
        for (int i = 0; i < DOUBLES.length(); i += 2 * size) {
            for (int j = i; j < i + size; j++) {
                DoubleVector a = DoubleVector.fromArray(DOUBLES, from, at + j * row);
                DoubleVector b = DoubleVector.fromArray(DOUBLES, from, at + (j + size) * row);
                upper(a, b, exchange, left).intoArray(to, toAt + j * toRow);
                lower(a, b, exchange, left).intoArray(to, toAt + (j + size) * toRow);
            }
        }
    }

    /** The steps of that size and of half of it. */
    private static void two(
            double[] from,
            int at,
            int row,
            double[] to,
            int toAt,
            int toRow,
            int size,
            VectorShuffle<Double> exchange,
            VectorMask<Double> left,
            VectorShuffle<Double> half,
            VectorMask<Double> leftHalf) {
        int next = size / 2;
        for (int i = 0; i < DOUBLES.length(); i += 2 * size) {
            for (int j = i; j < i + next; j++) {
                DoubleVector a = DoubleVector.fromArray(DOUBLES, from, at + j * row);
                DoubleVector b = DoubleVector.fromArray(DOUBLES, from, at + (j + next) * row);
                DoubleVector c = DoubleVector.fromArray(DOUBLES, from, at + (j + size) * row);
                DoubleVector d = DoubleVector.fromArray(DOUBLES, from, at + (j + size + next) * row);
                DoubleVector ac = upper(a, c, exchange, left);
                DoubleVector bd = upper(b, d, exchange, left);
                DoubleVector ca = lower(a, c, exchange, left);
                DoubleVector db = lower(b, d, exchange, left);
                upper(ac, bd, half, leftHalf).intoArray(to, toAt + j * toRow);
                lower(ac, bd, half, leftHalf).intoArray(to, toAt + (j + next) * toRow);
                upper(ca, db, half, leftHalf).intoArray(to, toAt + (j + size) * toRow);
                lower(ca, db, half, leftHalf).intoArray(to, toAt + (j + size + next) * toRow);
            }
        }
    }

    /** [A C] of a row [A B] and one below it [C D]. */
    private static DoubleVector upper(
            DoubleVector ab, DoubleVector cd, VectorShuffle<Double> exchange, VectorMask<Double> left) {
        return cd.rearrange(exchange).blend(ab, left);
    }

    /** [B D]. */
    private static DoubleVector lower(
            DoubleVector ab, DoubleVector cd, VectorShuffle<Double> exchange, VectorMask<Double> left) {
        return ab.rearrange(exchange).blend(cd, left.not());
    }
}
