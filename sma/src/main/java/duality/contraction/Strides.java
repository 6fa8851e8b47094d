package duality.contraction;

/** Regular positions in a row-major array. */
final class Strides {
    private Strides() {}

    /** The number of positions. */
    static int size(int[] lengths) {
        int size = 1;
        for (int length : lengths) {
            size *= length;
        }
        return size;
    }

    /** Every position, row-major over the lengths. */
    static int[] positions(int[] lengths, int[] strides) {
        int[] positions = new int[size(lengths)];
        int[] index = new int[lengths.length];
        int position = 0;
        for (int i = 0; i < positions.length; i++) {
            positions[i] = position;
            position = next(index, lengths, strides, lengths.length, position);
        }
        return positions;
    }

    /** Counts the first {@code axes} places of an index up by one; returns the position after it. */
    static int next(int[] index, int[] lengths, int[] strides, int axes, int position) {
        int result = position;
        for (int axis = axes - 1; axis >= 0; axis--) {
            result += strides[axis];
            if (++index[axis] < lengths[axis]) {
                return result;
            }
            result -= lengths[axis] * strides[axis];
            index[axis] = 0;
        }
        return result;
    }
}
