package duality.tensor;

import duality.errors.Fault;
import duality.errors.ShapeException;
import duality.errors.UnsupportedRequestException;
import duality.errors.ValueException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.function.DoubleSupplier;

/**
 * An array of numbers of one {@link DType} with any number of axes, contiguous and row-major over a {@link
 * MemorySegment}: on the heap, in native memory, or mapped from a file. Sizes and offsets are 64-bit, an axis may have
 * length 0, and rank 0 is a single number. Bytes are little-endian and need no alignment.
 *
 * <p>A <em>flat index</em> counts elements in row-major order, from 0. Tensors compare by identity; {@link
 * #contentEquals} compares what they hold.
 */
public final class Tensor {
    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfDouble DOUBLE =
            ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** New memory starts on a cache line, which is also the widest vector's alignment. */
    private static final int ALIGNMENT = 64;

    private final DType dtype;
    private final long[] shape;
    private final long size;
    private final MemorySegment segment;

    private Tensor(DType dtype, long[] shape, MemorySegment segment) {
        this.dtype = dtype;
        this.shape = shape;
        this.size = segment.byteSize() / dtype.byteSize();
        this.segment = segment;
    }

    /**
     * Zeros in native memory that the garbage collector frees. The Java option {@code -XX:MaxDirectMemorySize} bounds
     * it.
     *
     * @throws ShapeException when a length is negative, or the bytes do not fit 64 bits
     */
    public static Tensor zeros(DType dtype, long... shape) {
        return new Tensor(dtype, shape.clone(), Arena.ofAuto().allocate(byteCount(dtype, shape), ALIGNMENT));
    }

    /** A float64 tensor whose elements are asked for in row-major order, as a generator of random numbers wants. */
    public static Tensor generate(DoubleSupplier next, long... shape) {
        Tensor tensor = zeros(DType.FLOAT64, shape);
        for (long i = 0; i < tensor.size(); i++) {
            tensor.setDouble(i, next.getAsDouble());
        }
        return tensor;
    }

    /** A float64 tensor with a copy of the values, which must be as many as the shape has. */
    public static Tensor of(double[] values, long... shape) {
        Tensor tensor = zerosFor(DType.FLOAT64, values.length, shape);
        MemorySegment.copy(values, 0, tensor.segment, DOUBLE, 0, values.length);
        return tensor;
    }

    /** A float32 tensor with a copy of the values, which must be as many as the shape has. */
    public static Tensor of(float[] values, long... shape) {
        Tensor tensor = zerosFor(DType.FLOAT32, values.length, shape);
        MemorySegment.copy(values, 0, tensor.segment, FLOAT, 0, values.length);
        return tensor;
    }

    /** An int32 tensor with a copy of the values, which must be as many as the shape has. */
    public static Tensor of(int[] values, long... shape) {
        Tensor tensor = zerosFor(DType.INT32, values.length, shape);
        MemorySegment.copy(values, 0, tensor.segment, INT, 0, values.length);
        return tensor;
    }

    /** An int64 tensor with a copy of the values, which must be as many as the shape has. */
    public static Tensor of(long[] values, long... shape) {
        Tensor tensor = zerosFor(DType.INT64, values.length, shape);
        MemorySegment.copy(values, 0, tensor.segment, LONG, 0, values.length);
        return tensor;
    }

    /**
     * A tensor over existing little-endian memory, which it shares; read-only if the memory is.
     *
     * @throws ShapeException when the memory is not exactly as long as type and shape say
     */
    public static Tensor wrap(DType dtype, MemorySegment segment, long... shape) {
        long expected = byteCount(dtype, shape);
        if (segment.byteSize() != expected) {
            throw ShapeException.mismatch(
                    "memory of a tensor", segment.byteSize() + " bytes", expected + " bytes for " + text(dtype, shape));
        }
        return new Tensor(dtype, shape.clone(), segment);
    }

    /** The bytes a tensor takes. The product of the axes that are not 0 must fit too, so strides always do. */
    static long byteCount(DType dtype, long... shape) {
        long bytes = dtype.byteSize();
        boolean empty = false;
        for (long length : shape) {
            if (length < 0) {
                throw new ShapeException(
                        Fault.OUT_OF_RANGE,
                        text(dtype, shape) + ": length " + length + " of an axis; must be 0 or more");
            }
            empty |= length == 0;
            try {
                bytes = Math.multiplyExact(bytes, Math.max(length, 1));
            } catch (ArithmeticException tooLarge) {
                throw new ShapeException(Fault.OVERFLOW, text(dtype, shape) + ": bytes do not fit 64 bits");
            }
        }
        return empty ? 0 : bytes;
    }

    /** The type of the elements. */
    public DType dtype() {
        return dtype;
    }

    /** A copy of the lengths of the axes. */
    public long[] shape() {
        return shape.clone();
    }

    /** The number of axes. */
    public int rank() {
        return shape.length;
    }

    /** The length of one axis, counted from 0. */
    public long length(int axis) {
        if (axis < 0 || axis >= shape.length) {
            throw new ShapeException(
                    Fault.OUT_OF_RANGE, "axis " + axis + " of " + this + "; it has " + shape.length + " axes");
        }
        return shape[axis];
    }

    /** The number of elements. */
    public long size() {
        return size;
    }

    /** The memory itself, shared: row-major, little-endian, possibly read-only. */
    public MemorySegment segment() {
        return segment;
    }

    /** Whether writing is refused, as it is for tensors mapped from files. {@link #to} makes a writable copy. */
    public boolean isReadOnly() {
        return segment.isReadOnly();
    }

    /**
     * The flat index of a position.
     *
     * @param index one number for each axis
     * @throws ShapeException when there are more or fewer numbers than axes, or one is outside its axis
     */
    public long offset(long... index) {
        if (index.length != shape.length) {
            throw new ShapeException(
                    Fault.WRONG_RANK,
                    "index " + Arrays.toString(index) + " of " + this + ": " + index.length + " numbers vs "
                            + shape.length + " axes");
        }
        long offset = 0;
        for (int axis = 0; axis < index.length; axis++) {
            if (index[axis] < 0 || index[axis] >= shape[axis]) {
                throw new ShapeException(
                        Fault.OUT_OF_RANGE,
                        "index " + Arrays.toString(index) + " of " + this + ": " + index[axis] + " on axis " + axis
                                + " must be at least 0 and less than " + shape[axis]);
            }
            offset = offset * shape[axis] + index[axis];
        }
        return offset;
    }

    /**
     * The position of a flat index, one number for each axis: the inverse of {@link #offset}.
     *
     * @throws ShapeException when there is no such element
     */
    public long[] index(long flatIndex) {
        long rest = checked(flatIndex);
        long[] index = new long[shape.length];
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            index[axis] = rest % shape[axis];
            rest /= shape[axis];
        }
        return index;
    }

    /** The element at a flat index. Exact, except that integers beyond 2<sup>53</sup> round to nearest. */
    public double getDouble(long flatIndex) {
        return dtype.decode(bits(checked(flatIndex)));
    }

    /** The element at a position, as {@link #getDouble}. */
    public double getDoubleAt(long... index) {
        return getDouble(offset(index));
    }

    /**
     * Sets the element at a flat index. A floating-point element becomes the nearest value of its type, ties to even,
     * and infinite where IEEE 754 says so; NaN stays NaN.
     *
     * @throws ValueException when the elements are integers and the value is not one, or does not fit
     */
    public void setDouble(long flatIndex, double value) {
        checkWritable();
        setBits(
                checked(flatIndex),
                dtype.isFloatingPoint() ? dtype.encode(value) : fitted(flatIndex, toLong(flatIndex, value)));
    }

    /** Sets the element at a position, as {@link #setDouble}. */
    public void setDoubleAt(double value, long... index) {
        setDouble(offset(index), value);
    }

    /**
     * The element at a flat index, exactly.
     *
     * @throws ValueException when the element is not an integer of 64 bits
     */
    public long getLong(long flatIndex) {
        long bits = bits(checked(flatIndex));
        return dtype.isFloatingPoint() ? toLong(flatIndex, dtype.decode(bits)) : bits;
    }

    /** The element at a position, as {@link #getLong}. */
    public long getLongAt(long... index) {
        return getLong(offset(index));
    }

    /**
     * Sets the element at a flat index. A floating-point element becomes the nearest value of its type, ties to even.
     *
     * @throws ValueException when the elements are integers and the value does not fit
     */
    public void setLong(long flatIndex, long value) {
        checkWritable();
        setBits(
                checked(flatIndex),
                switch (dtype) {
                    case FLOAT64 -> dtype.encode((double) value);
                    case FLOAT32, BFLOAT16, FLOAT16 -> dtype.encode(DType.roundToOdd(value));
                    case INT32, INT64 -> fitted(flatIndex, value);
                });
    }

    /** Sets the element at a position, as {@link #setLong}. */
    public void setLongAt(long value, long... index) {
        setLong(offset(index), value);
    }

    /** Elements in row-major order from a flat index on, as {@link #getDouble}. */
    public double[] readDoubles(long offset, int count) {
        checkRange(offset, count);
        double[] values = new double[count];
        switch (dtype) {
            case FLOAT64 -> MemorySegment.copy(segment, DOUBLE, offset * Double.BYTES, values, 0, count);
            case FLOAT32 -> {
                for (int i = 0; i < count; i++) {
                    values[i] = segment.get(FLOAT, (offset + i) * Float.BYTES);
                }
            }
            default -> {
                for (int i = 0; i < count; i++) {
                    values[i] = dtype.decode(bits(offset + i));
                }
            }
        }
        return values;
    }

    /** Sets elements in row-major order from a flat index on, as {@link #setDouble}, up to the first that it refuses. */
    public void writeDoubles(long offset, double[] values) {
        checkWritable();
        checkRange(offset, values.length);
        switch (dtype) {
            case FLOAT64 -> MemorySegment.copy(values, 0, segment, DOUBLE, offset * Double.BYTES, values.length);
            case FLOAT32 -> {
                for (int i = 0; i < values.length; i++) {
                    segment.set(FLOAT, (offset + i) * Float.BYTES, (float) values[i]);
                }
            }
            default -> {
                for (int i = 0; i < values.length; i++) {
                    setDouble(offset + i, values[i]);
                }
            }
        }
    }

    /**
     * All elements in row-major order, as {@link #getDouble}.
     *
     * @throws UnsupportedRequestException when there are more than a Java array holds
     */
    public double[] toDoubleArray() {
        if (size > Integer.MAX_VALUE) {
            throw new UnsupportedRequestException(
                    Fault.OVERFLOW, this + " in one array: " + size + " elements; use readDoubles for parts of it");
        }
        return readDoubles(0, (int) size);
    }

    /**
     * The same memory with another shape.
     *
     * @throws ShapeException when the sizes differ
     */
    public Tensor reshape(long... newShape) {
        if (byteCount(dtype, newShape) != segment.byteSize()) {
            throw ShapeException.mismatch("reshape", toString(), text(dtype, newShape));
        }
        return new Tensor(dtype, newShape.clone(), segment);
    }

    /** A writable copy with elements of the given type, converted as {@link #copyTo} does. */
    public Tensor to(DType target) {
        Tensor copy = zeros(target, shape);
        copyTo(copy);
        return copy;
    }

    /**
     * Copies all elements. Between equal types bits are kept, and the tensors may overlap; otherwise each element is
     * rounded once, to nearest, ties to even.
     *
     * @param target as many elements on the same axes; modified, up to the first element that cannot be converted
     * @throws ShapeException when the shapes differ
     * @throws ValueException when an element has no counterpart in an integer type
     * @throws UnsupportedRequestException when the target is read-only, or types differ and the memory overlaps
     */
    public void copyTo(Tensor target) {
        target.checkWritable();
        if (!Arrays.equals(shape, target.shape)) {
            throw ShapeException.mismatch("copy", toString(), target.toString());
        }
        if (dtype == target.dtype) {
            target.segment.copyFrom(segment);
            return;
        }
        if (segment.asOverlappingSlice(target.segment).isPresent()) {
            throw new UnsupportedRequestException(
                    Fault.WRONG_ARGUMENTS, "copy " + this + " to " + target + " in the same memory; use other memory");
        }
        for (long i = 0; i < size; i++) {
            if (dtype.isFloatingPoint()) {
                target.setDouble(i, getDouble(i));
            } else {
                target.setLong(i, getLong(i));
            }
        }
    }

    /** Whether the other tensor has the same type, shape and bits: NaN equals itself, and 0.0 differs from -0.0. */
    public boolean contentEquals(Tensor other) {
        return dtype == other.dtype && Arrays.equals(shape, other.shape) && segment.mismatch(other.segment) == -1;
    }

    /** Type and shape, such as {@code float64[2, 3, 4]}. */
    @Override
    public String toString() {
        return text(dtype, shape);
    }

    /** The element's bits, sign-extended. */
    long bits(long flatIndex) {
        return switch (dtype.byteSize()) {
            case Short.BYTES -> segment.get(SHORT, flatIndex * Short.BYTES);
            case Integer.BYTES -> segment.get(INT, flatIndex * Integer.BYTES);
            default -> segment.get(LONG, flatIndex * Long.BYTES);
        };
    }

    void setBits(long flatIndex, long bits) {
        switch (dtype.byteSize()) {
            case Short.BYTES -> segment.set(SHORT, flatIndex * Short.BYTES, (short) bits);
            case Integer.BYTES -> segment.set(INT, flatIndex * Integer.BYTES, (int) bits);
            default -> segment.set(LONG, flatIndex * Long.BYTES, bits);
        }
    }

    private long toLong(long flatIndex, double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            throw badValue(Fault.NOT_FINITE, flatIndex, value, "an integer must be finite");
        }
        if (value != Math.rint(value)) {
            throw badValue(Fault.OUT_OF_DOMAIN, flatIndex, value, "must be an integer");
        }
        if (value < -0x1p63 || value >= 0x1p63) {
            throw badValue(Fault.OVERFLOW, flatIndex, value, "must fit 64 bits");
        }
        return (long) value;
    }

    private long fitted(long flatIndex, long value) {
        if (dtype == DType.INT32 && value != (int) value) {
            throw badValue(Fault.OVERFLOW, flatIndex, value, "must fit 32 bits");
        }
        return value;
    }

    private ValueException badValue(Fault fault, long flatIndex, Object value, String rule) {
        return new ValueException(fault, "element " + flatIndex + " of " + this + ": " + value + "; " + rule);
    }

    private long checked(long flatIndex) {
        if (flatIndex < 0 || flatIndex >= size) {
            throw new ShapeException(
                    Fault.OUT_OF_RANGE,
                    "flat index " + flatIndex + " of " + this + "; must be at least 0 and less than " + size);
        }
        return flatIndex;
    }

    private void checkRange(long offset, long count) {
        if (offset < 0 || count < 0 || offset > size - count) {
            throw new ShapeException(
                    Fault.OUT_OF_RANGE,
                    count + " elements from flat index " + offset + " of " + this + " of size " + size);
        }
    }

    private void checkWritable() {
        if (isReadOnly()) {
            throw new UnsupportedRequestException(
                    Fault.UNAVAILABLE,
                    "write to " + this + ", which is read-only; to(" + dtype + ") makes a writable copy");
        }
    }

    private static Tensor zerosFor(DType dtype, long count, long... shape) {
        if (byteCount(dtype, shape) != count * dtype.byteSize()) {
            throw ShapeException.mismatch("values of a tensor", count + " values", text(dtype, shape));
        }
        return zeros(dtype, shape);
    }

    private static String text(DType dtype, long... shape) {
        return dtype + Arrays.toString(shape);
    }
}
