package duality.ssd.internal;

import duality.kernels.Kernels;
import duality.tensor.DType;
import duality.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Moves numbers between tensors of any floating-point type and arrays of the kernels' type, rounding once. */
final class TensorRows {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;

    private TensorRows() {}

    /** Reads {@code n} elements from a flat index on into {@code to}, a {@code float[]} or {@code double[]}. */
    static <A> void read(Tensor from, long offset, int n, A to, int at) {
        if (to instanceof float[] floats) {
            readFloats(from, offset, n, floats, at);
        } else {
            readDoubles(from, offset, n, (double[]) to, at);
        }
    }

    private static void readFloats(Tensor from, long offset, int n, float[] to, int at) {
        MemorySegment s = from.segment();
        switch (from.dtype()) {
            case FLOAT32 -> MemorySegment.copy(s, FLOAT, offset * Float.BYTES, to, at, n);
            case BFLOAT16 -> {
                for (int i = 0; i < n; i++) {
                    to[at + i] = Float.intBitsToFloat(s.get(SHORT, (offset + i) * Short.BYTES) << 16);
                }
            }
            case FLOAT16 -> {
                for (int i = 0; i < n; i++) {
                    to[at + i] = Float.float16ToFloat(s.get(SHORT, (offset + i) * Short.BYTES));
                }
            }
            case FLOAT64 -> {
                for (int i = 0; i < n; i++) {
                    to[at + i] = (float) s.get(DOUBLE, (offset + i) * Double.BYTES);
                }
            }
            default -> throw new IllegalStateException(from + " is no array of SsdInputs");
        }
    }

    static void readDoubles(Tensor from, long offset, int n, double[] to, int at) {
        MemorySegment s = from.segment();
        switch (from.dtype()) {
            case FLOAT64 -> MemorySegment.copy(s, DOUBLE, offset * Double.BYTES, to, at, n);
            case FLOAT32 -> {
                for (int i = 0; i < n; i++) {
                    to[at + i] = s.get(FLOAT, (offset + i) * Float.BYTES);
                }
            }
            default -> {
                for (int i = 0; i < n; i++) {
                    to[at + i] = from.getDouble(offset + i);
                }
            }
        }
    }

    /** Writes {@code n} elements from a flat index on. */
    static <A> void write(A from, int at, int n, Tensor to, long offset) {
        MemorySegment s = to.segment();
        if (from instanceof double[] doubles) {
            if (to.dtype() == DType.FLOAT64) {
                MemorySegment.copy(doubles, at, s, DOUBLE, offset * Double.BYTES, n);
            } else if (to.dtype() == DType.FLOAT32) {
                for (int i = 0; i < n; i++) {
                    s.set(FLOAT, (offset + i) * Float.BYTES, (float) doubles[at + i]);
                }
            } else {
                for (int i = 0; i < n; i++) {
                    to.setDouble(offset + i, doubles[at + i]);
                }
            }
            return;
        }
        float[] floats = (float[]) from;
        switch (to.dtype()) {
            case FLOAT32 -> MemorySegment.copy(floats, at, s, FLOAT, offset * Float.BYTES, n);
            case BFLOAT16 -> {
                for (int i = 0; i < n; i++) {
                    s.set(SHORT, (offset + i) * Short.BYTES, bfloat16(floats[at + i]));
                }
            }
            case FLOAT16 -> {
                for (int i = 0; i < n; i++) {
                    s.set(SHORT, (offset + i) * Short.BYTES, Float.floatToFloat16(floats[at + i]));
                }
            }
            default -> {
                for (int i = 0; i < n; i++) {
                    to.setDouble(offset + i, floats[at + i]);
                }
            }
        }
    }

    /** The nearest bfloat16, ties to even. */
    private static short bfloat16(float value) {
        int bits = Float.floatToRawIntBits(value);
        return (short) (Float.isNaN(value) ? (bits >> 16) | 0x40 : (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    private static <A> boolean isNative(Kernels<A> k, Tensor tensor) {
        return tensor.dtype() == (k.bytes() == Float.BYTES ? DType.FLOAT32 : DType.FLOAT64);
    }

    /** Reads rows that lie {@code row} elements apart into panels of {@code rows} rows. */
    static <A> void loadPanels(Kernels<A> k, Tensor from, long offset, long row, int rows, int columns, A to, int at) {
        if (isNative(k, from)) {
            k.load(from.segment(), offset * k.bytes(), row * k.bytes(), rows, columns, to, at, rows);
            return;
        }
        int w = k.panel();
        for (int j = 0; j < columns; j += w) {
            int width = Math.min(w, columns - j);
            for (int i = 0; i < rows; i++) {
                int target = at + j * rows + i * w;
                read(from, offset + i * row + j, width, to, target);
                if (width < w) {
                    k.fill(to, target + width, target + w, 0);
                }
            }
        }
    }

    /** Writes panels of {@code rows} rows to rows that lie {@code row} elements apart. */
    static <A> void storePanels(Kernels<A> k, A from, int at, int rows, int columns, Tensor to, long offset, long row) {
        if (isNative(k, to)) {
            k.store(from, at, rows, rows, columns, to.segment(), offset * k.bytes(), row * k.bytes());
            return;
        }
        int w = k.panel();
        for (int j = 0; j < columns; j += w) {
            for (int i = 0; i < rows; i++) {
                write(from, at + j * rows + i * w, Math.min(w, columns - j), to, offset + i * row + j);
            }
        }
    }

    /** Reads rows that lie {@code row} elements apart into a row-major matrix without gaps. */
    static <A> void loadRows(Tensor from, long offset, long row, int rows, int columns, A to, int at) {
        for (int i = 0; i < rows; i++) {
            read(from, offset + i * row, columns, to, at + i * columns);
        }
    }
}
