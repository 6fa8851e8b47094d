package duality.gpu;

/**
 * A GPU as the driver describes it.
 *
 * @param ordinal its number, from 0
 * @param name the product's name
 * @param memoryBytes the whole of its memory
 * @param computeMajor the compute capability before the point
 * @param computeMinor the compute capability after the point
 */
public record CudaDevice(int ordinal, String name, long memoryBytes, int computeMajor, int computeMinor) {
    /** The compute capability as it is usually written, such as {@code 9.0}. */
    public String computeCapability() {
        return computeMajor + "." + computeMinor;
    }
}
