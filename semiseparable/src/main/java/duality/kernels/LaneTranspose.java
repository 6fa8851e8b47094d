package duality.kernels;

import java.util.stream.IntStream;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Transposes of squares of as many rows as a vector has lanes, in place. With halves, quarters, ... of the square as blocks,
 * each step exchanges the two blocks off the diagonal of every two by two:
 *
 * <pre>
 *   [A B; C D] → [A C; B D]
 * </pre>
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

    /** Transposes the square whose first row starts at {@code at}, with that stride of rows. */
    static void run(float[] square, int at, int row) {
        if (FLOATS.length() > 8) {
            exchange(square, at, row, 8, FLOATS_8, FLOATS_LEFT_8);
        }
        if (FLOATS.length() > 4) {
            exchange(square, at, row, 4, FLOATS_4, FLOATS_LEFT_4);
        }
        exchange(square, at, row, 2, FLOATS_2, FLOATS_LEFT_2);
        exchange(square, at, row, 1, FLOATS_1, FLOATS_LEFT_1);
    }

    private static void exchange(
            float[] square, int at, int row, int size, VectorShuffle<Float> exchange, VectorMask<Float> left) {
        for (int i = 0; i < FLOATS.length(); i += 2 * size) {
            for (int j = i; j < i + size; j++) {
                int upper = at + j * row;
                int lower = upper + size * row;
                FloatVector ab = FloatVector.fromArray(FLOATS, square, upper);
                FloatVector cd = FloatVector.fromArray(FLOATS, square, lower);
                cd.rearrange(exchange).blend(ab, left).intoArray(square, upper);
                ab.rearrange(exchange).blend(cd, left.not()).intoArray(square, lower);
            }
        }
    }

    /** Transposes the square whose first row starts at {@code at}, with that stride of rows. */
    static void run(double[] square, int at, int row) {
        if (DOUBLES.length() > 4) {
            exchange(square, at, row, 4, DOUBLES_4, DOUBLES_LEFT_4);
        }
        if (DOUBLES.length() > 2) {
            exchange(square, at, row, 2, DOUBLES_2, DOUBLES_LEFT_2);
        }
        exchange(square, at, row, 1, DOUBLES_1, DOUBLES_LEFT_1);
    }

    private static void exchange(
            double[] square, int at, int row, int size, VectorShuffle<Double> exchange, VectorMask<Double> left) {
        for (int i = 0; i < DOUBLES.length(); i += 2 * size) {
            for (int j = i; j < i + size; j++) {
                int upper = at + j * row;
                int lower = upper + size * row;
                DoubleVector ab = DoubleVector.fromArray(DOUBLES, square, upper);
                DoubleVector cd = DoubleVector.fromArray(DOUBLES, square, lower);
                cd.rearrange(exchange).blend(ab, left).intoArray(square, upper);
                ab.rearrange(exchange).blend(cd, left.not()).intoArray(square, lower);
            }
        }
    }
}
