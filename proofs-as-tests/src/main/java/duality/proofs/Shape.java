package duality.proofs;

import java.util.ArrayList;
import java.util.List;

/**
 * The sizes at which a claim is run. For structured matrices they are the number of blocks, the rank and the block size.
 *
 * @param time T
 * @param stateSize N
 * @param headDim P
 */
public record Shape(int time, int stateSize, int headDim) {
    /** Every shape up to the given sizes, T from 0, N and P from 1; smallest first. */
    public static List<Shape> upTo(int time, int stateSize, int headDim) {
        List<Shape> shapes = new ArrayList<>();
        for (int t = 0; t <= time; t++) {
            for (int n = 1; n <= stateSize; n++) {
                for (int p = 1; p <= headDim; p++) {
                    shapes.add(new Shape(t, n, p));
                }
            }
        }
        return shapes;
    }

    /** Every length up to the given one, where a letter stands for all of a state or a head. */
    public static List<Shape> upTo(int time) {
        return upTo(time, 1, 1);
    }

    @Override
    public String toString() {
        return "T=" + time + " N=" + stateSize + " P=" + headDim;
    }
}
