package duality.tensor;

import duality.errors.ShapeException;
import duality.tensor.TensorFormatException.Problem;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * What is being read, for messages.
 *
 * @param path the file
 * @param part empty, or words for a part of it that end in a colon and a space
 */
record Source(Path path, String part) {
    static Source of(Path path) {
        return new Source(path, "");
    }

    Source entry(String name) {
        return new Source(path, "entry '" + printable(name) + "': ");
    }

    TensorFormatException fault(Problem problem, String message) {
        return new TensorFormatException(path, problem, part + message, null);
    }

    TensorFormatException fault(Problem problem, String message, Throwable cause) {
        return new TensorFormatException(path, problem, part + message, cause);
    }

    /** The bytes of a tensor whose type and shape come from the file. */
    long byteCount(DType dtype, long... shape) throws TensorFormatException {
        try {
            return Tensor.byteCount(dtype, shape);
        } catch (ShapeException e) {
            throw fault(Problem.BAD_SHAPE, String.valueOf(e.getMessage()), e);
        }
    }

    /** Checks that there are as many bytes as announced. */
    void checkLength(long announced, long actual) throws TensorFormatException {
        if (actual != announced) {
            throw fault(
                    actual < announced ? Problem.TRUNCATED : Problem.TRAILING_BYTES,
                    "header and data take " + announced + " bytes, but " + actual + " are there");
        }
    }

    /** Text that must be well-formed UTF-8. */
    String utf8(byte[] bytes, Problem problem) throws TensorFormatException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            String start = new String(Arrays.copyOf(bytes, Math.min(bytes.length, 80)), StandardCharsets.UTF_8);
            throw fault(problem, "'" + printable(start) + "' is not UTF-8", e);
        }
    }

    /** The whole of an open file, read-only. It stays mapped while a tensor uses it. */
    static MemorySegment map(FileChannel channel) throws IOException {
        return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto());
    }

    /** At most 80 characters of a text from a file, with control characters shown as question marks. */
    static String printable(String text) {
        return text.substring(0, Math.min(text.length(), 80)).replaceAll("\\p{Cntrl}", "?");
    }
}
