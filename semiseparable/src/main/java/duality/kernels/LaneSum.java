package duality.kernels;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sums over the lanes of a vector in one fixed order, a tree: each step adds lanes that are half as far apart.
 *
 * <p>{@code reduceLanes} leaves the order of a floating-point sum to the implementation, and compiled code does choose
 * another than the interpreter, so that the last bits of a result would depend on when its loop was compiled.
 */
final class LaneSum {
    private static final VectorSpecies<Float> FLOATS = VectorSpecies.of(float.class, VectorWidth.SHAPE);
    private static final VectorSpecies<Double> DOUBLES = VectorSpecies.of(double.class, VectorWidth.SHAPE);

    private static final VectorShuffle<Float> FLOATS_8 = exchange(FLOATS, 8);
    private static final VectorShuffle<Float> FLOATS_4 = exchange(FLOATS, 4);
    private static final VectorShuffle<Float> FLOATS_2 = exchange(FLOATS, 2);
    private static final VectorShuffle<Double> DOUBLES_4 = exchange(DOUBLES, 4);
    private static final VectorShuffle<Double> DOUBLES_2 = exchange(DOUBLES, 2);

    private LaneSum() {}

    /** Exchanges neighbouring groups of so many lanes. */
    static <E> VectorShuffle<E> exchange(VectorSpecies<E> species, int group) {
        return VectorShuffle.fromOp(species, lane -> (lane ^ group) % species.length());
    }

    static float of(FloatVector v) {
        FloatVector sum = v;
        if (FLOATS.length() >= 16) {
            sum = sum.add(sum.rearrange(FLOATS_8));
        }
        if (FLOATS.length() >= 8) {
            sum = sum.add(sum.rearrange(FLOATS_4));
        }
        sum = sum.add(sum.rearrange(FLOATS_2));
        return sum.lane(0) + sum.lane(1);
    }

    static double of(DoubleVector v) {
        DoubleVector sum = v;
        if (DOUBLES.length() >= 8) {
            sum = sum.add(sum.rearrange(DOUBLES_4));
        }
        if (DOUBLES.length() >= 4) {
            sum = sum.add(sum.rearrange(DOUBLES_2));
        }
        return sum.lane(0) + sum.lane(1);
    }
}
