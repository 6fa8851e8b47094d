package duality.kernels;

/** The only door to the classes that need the Vector API: nothing links them before the module is there. */
final class VectorKernels {
    private VectorKernels() {}

    static Kernels<float[]> floats() {
        return new VectorFloats();
    }

    static Kernels<double[]> doubles() {
        return new VectorDoubles();
    }

    static StateKernels states() {
        return new VectorStateKernels();
    }
}
