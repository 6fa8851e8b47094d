package duality.ssd;

import duality.sma.HeadPattern;
import duality.tensor.Tensor;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Random inputs of a given shape. */
final class Cases {
    private final SplittableRandom random;

    Cases(long seed) {
        random = new SplittableRandom(seed);
    }

    /** The sizes of a case. */
    record Shape(int batch, int time, int heads, int xHeads, int bGroups, int cGroups, int headDim, int stateSize) {
        static Shape of(HeadPattern pattern, int batch, int time, int heads, int groups, int headDim, int stateSize) {
            return new Shape(
                    batch,
                    time,
                    heads,
                    pattern.xHeads(heads),
                    pattern.bGroups(heads, groups),
                    pattern.cGroups(heads, groups),
                    headDim,
                    stateSize);
        }
    }

    Tensor normal(long... shape) {
        return Tensor.generate(this::gaussian, shape);
    }

    Tensor uniform(double low, double high, long... shape) {
        return Tensor.generate(() -> random.nextDouble(low, high), shape);
    }

    private double gaussian() {
        // The sum of twelve uniform numbers is near enough to normal, and the same on every JDK.
        double sum = -6;
        for (int i = 0; i < 12; i++) {
            sum += random.nextDouble();
        }
        return sum;
    }

    /** Inputs with everything optional there, {@code packed} sequences if that is not null. */
    SsdInputs full(Shape s, int @Nullable [] packed) {
        int sequences = packed == null ? s.batch() : packed.length - 1;
        return bare(s).dtSoftplus(true)
                .dtLimit(0.01, 2)
                .dtBias(normal(s.heads()))
                .skip(normal(s.heads(), s.headDim()))
                .gate(normal(s.batch(), s.time(), s.heads(), s.headDim()))
                .initialStates(normal(sequences, s.heads(), s.headDim(), s.stateSize()))
                .cuSeqlens(packed == null ? null : Tensor.of(packed, packed.length))
                .build();
    }

    /** Inputs with nothing optional there. */
    SsdInputs.Builder bare(Shape s) {
        return SsdInputs.builder(
                normal(s.batch(), s.time(), s.xHeads(), s.headDim()),
                uniform(0, 1.5, s.batch(), s.time(), s.heads()),
                uniform(-2, 0, s.heads()),
                normal(s.batch(), s.time(), s.bGroups(), s.stateSize()),
                normal(s.batch(), s.time(), s.cGroups(), s.stateSize()));
    }

    /** The time steps {@code [from, to)} of the arrays that have a time axis, entered with the given states. */
    static SsdInputs slice(SsdInputs in, long from, long to, @Nullable Tensor states) {
        var arrays = in.arrays();
        arrays.replaceAll((name, array) -> switch (name) {
            case "x", "dt", "B", "C", "z" -> timeSlice(array, from, to);
            default -> array;
        });
        return SsdInputs.of(arrays)
                .dtSoftplus(in.dtSoftplus())
                .dtLimit(in.dtMin(), in.dtMax())
                .initialStates(states)
                .cuSeqlens(null)
                .build();
    }

    static Tensor timeSlice(Tensor array, long from, long to) {
        long[] shape = array.shape();
        long inner = array.size() == 0 ? 0 : array.size() / (shape[0] * shape[1]);
        long time = shape[1];
        shape[1] = to - from;
        Tensor slice = Tensor.zeros(array.dtype(), shape);
        for (long batch = 0; batch < shape[0]; batch++) {
            slice.writeDoubles(batch * shape[1] * inner, array.readDoubles((batch * time + from) * inner, (int)
                    (shape[1] * inner)));
        }
        return slice;
    }
}
