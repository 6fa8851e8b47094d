package duality.tensor;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/** Writes that happen entirely or not at all. */
final class Sink {
    /** Bytes copied at a time. */
    static final int BUFFER_SIZE = 1 << 16;

    /** Creates the file that it is given. */
    interface Body {
        void writeTo(Path path) throws IOException;
    }

    private Sink() {}

    /** Has a new file written beside the target, forces it to the device, and moves it to the target in one step. */
    static void replace(Path path, Body body) throws IOException {
        Path target = Files.exists(path) ? path.toRealPath() : path.toAbsolutePath();
        Path temporary = target.resolveSibling("." + UUID.randomUUID() + ".tmp");
        try {
            body.writeTo(temporary);
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

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
