package duality.tensor;

import duality.errors.UnsupportedRequestException;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * NumPy's file of one array, versions 1.0, 2.0 and 3.0. All types but bfloat16 are supported, little-endian.
 *
 * @see <a href="https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html">NumPy: numpy.lib.format</a>
 */
public final class Npy {
    private Npy() {}

    /**
     * Reads a file. A row-major array is mapped, read-only, and must not be truncated by others while it is in use; a
     * column-major one ({@code fortran_order}) is copied into row-major order.
     *
     * @throws TensorFormatException when the file is not exactly one array of a supported type
     */
    public static Tensor read(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path)) {
            return tensor(Source.of(path), Source.map(channel));
        }
    }

    /**
     * Writes a file, the same bytes as {@code numpy.save}. A file that was there is replaced, in one step and only
     * when the new one is complete.
     *
     * @throws UnsupportedRequestException when the tensor is bfloat16, which NumPy does not have
     */
    public static void write(Path path, Tensor tensor) throws IOException {
        AtomicFile.replace(path, temporary -> {
            try (OutputStream out = Files.newOutputStream(temporary, StandardOpenOption.CREATE_NEW)) {
                write(tensor, out);
            }
        });
    }

    static void write(Tensor tensor, OutputStream out) throws IOException {
        out.write(NpyHeader.bytes(tensor));
        Sink.write(tensor, out);
    }

    /** The tensor whose file the bytes are: a view where they are in row-major order. */
    static Tensor tensor(Source source, MemorySegment bytes) throws TensorFormatException {
        NpyHeader header = NpyHeader.read(source, bytes);
        source.checkLength(header.totalBytes, bytes.byteSize());
        return tensor(header, bytes.asSlice(header.dataOffset));
    }

    static Tensor tensor(NpyHeader header, MemorySegment data) {
        return header.fortranOrder
                ? rowMajor(header.dtype, data, header.shape)
                : Tensor.wrap(header.dtype, data, header.shape);
    }

    /** A copy of column-major data. The odometer runs over positions in row-major order. */
    private static Tensor rowMajor(DType dtype, MemorySegment data, long[] shape) {
        Tensor columnMajor = Tensor.wrap(dtype, data, shape);
        Tensor result = Tensor.zeros(dtype, shape);
        long[] stride = new long[shape.length];
        long product = 1;
        for (int axis = 0; axis < shape.length; axis++) {
            stride[axis] = product;
            product *= Math.max(shape[axis], 1);
        }
        long[] index = new long[shape.length];
        long from = 0;
        for (long to = 0; to < result.size(); to++) {
            result.setBits(to, columnMajor.bits(from));
            for (int axis = shape.length - 1; axis >= 0; axis--) {
                from += stride[axis];
                if (++index[axis] < shape[axis]) {
                    break;
                }
                from -= stride[axis] * shape[axis];
                index[axis] = 0;
            }
        }
        return result;
    }
}
