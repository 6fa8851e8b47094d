package duality.gpu;

import duality.errors.ShapeException;
import duality.tensor.DType;
import duality.tensor.Tensor;
import java.util.Arrays;

/** An array in device memory, contiguous and row-major like a {@link Tensor}. */
public final class DeviceTensor implements AutoCloseable {
    private final DType dtype;
    private final long[] shape;
    private final DeviceMemory memory;

    private DeviceTensor(DType dtype, long[] shape, DeviceMemory memory) {
        this.dtype = dtype;
        this.shape = shape;
        this.memory = memory;
    }

    /** New memory in the order of a stream, with undefined contents. */
    public static DeviceTensor allocate(CudaStream stream, DType dtype, long... shape) {
        long size = 1;
        for (long length : shape) {
            size = Math.multiplyExact(size, length);
        }
        return new DeviceTensor(
                dtype,
                shape.clone(),
                stream.context().allocate(Math.multiplyExact(size, (long) dtype.byteSize()), stream));
    }

    /** The type of the elements. */
    public DType dtype() {
        return dtype;
    }

    /** A copy of the lengths of the axes. */
    public long[] shape() {
        return shape.clone();
    }

    /** The memory. */
    public DeviceMemory memory() {
        return memory;
    }

    /** The number of elements. */
    public long size() {
        return memory.byteSize() / dtype.byteSize();
    }

    /**
     * Checks the lengths of the axes.
     *
     * @param name for the message
     * @throws ShapeException if they are others
     */
    public void requireShape(String name, long... expected) {
        if (!Arrays.equals(shape, expected)) {
            throw ShapeException.mismatch(name, toString(), dtype + Arrays.toString(expected));
        }
    }

    @Override
    public void close() {
        memory.close();
    }

    @Override
    public String toString() {
        return dtype + Arrays.toString(shape);
    }
}
