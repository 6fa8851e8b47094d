package duality.tensor;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Bytes of tensors into streams. */
final class Sink {
    /** Bytes copied at a time. */
    static final int BUFFER_SIZE = 1 << 16;

    private Sink() {}

    /** Writes all bytes of a tensor. */
    static void write(Tensor tensor, OutputStream out) throws IOException {
        MemorySegment from = tensor.segment();
        byte[] buffer = new byte[(int) Math.min(BUFFER_SIZE, from.byteSize())];
        for (long offset = 0; offset < from.byteSize(); offset += buffer.length) {
            int count = (int) Math.min(buffer.length, from.byteSize() - offset);
            MemorySegment.copy(from, ValueLayout.JAVA_BYTE, offset, buffer, 0, count);
            out.write(buffer, 0, count);
        }
    }
}
