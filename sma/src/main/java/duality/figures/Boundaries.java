package duality.figures;

import duality.errors.Fault;
import duality.errors.ShapeException;
import java.util.Arrays;

/** Where chunks begin and end: increasing, from 0 to the length. */
record Boundaries(int... at) {
    /** Checks and copies them. */
    Boundaries {
        if (at.length == 0 || at[0] != 0) {
            throw new ShapeException(Fault.BAD_OFFSETS, "boundaries " + Arrays.toString(at) + ": must begin with 0");
        }
        for (int i = 1; i < at.length; i++) {
            if (at[i] <= at[i - 1]) {
                throw new ShapeException(
                        Fault.BAD_OFFSETS,
                        "boundary %d is %d, after %d: boundaries must increase".formatted(i, at[i], at[i - 1]));
            }
        }
        at = at.clone();
    }

    int chunks() {
        return at.length - 1;
    }

    int length() {
        return at[at.length - 1];
    }

    int start(int chunk) {
        return at[chunk];
    }

    int size(int chunk) {
        return at[chunk + 1] - at[chunk];
    }

    @Override
    public String toString() {
        return Arrays.toString(at);
    }
}
