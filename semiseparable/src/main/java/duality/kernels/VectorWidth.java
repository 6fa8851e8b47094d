package duality.kernels;

import jdk.incubator.vector.VectorShape;

/** The width of the vectors, chosen once. */
final class VectorWidth {
    /** The shape of the machine's vectors, or of those that {@link Simd#PROPERTY} asks for. */
    static final VectorShape SHAPE = shape();

    /** A lower bound on the number of registers: AVX2 and SSE have 16. */
    static final int REGISTERS = VectorShape.preferredShape().vectorBitSize() >= 512
                    || System.getProperty("os.arch", "").equals("aarch64")
            ? 32
            : 16;

    private VectorWidth() {}

    private static VectorShape shape() {
        String bits = System.getProperty(Simd.PROPERTY, Simd.AUTO);
        return bits.equals(Simd.AUTO) ? VectorShape.preferredShape() : VectorShape.forBitSize(Integer.parseInt(bits));
    }
}
