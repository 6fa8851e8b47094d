package duality.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A damaged file gives a {@link TensorFormatException} or tensors, and nothing else: no other exception, no large memory. */
class FuzzTest {
    /** The files have at most some hundred bytes; classes are loaded on first use. */
    private static final long MOST_ALLOCATED = 1 << 24;

    @TempDir
    Path folder;

    private Path valid(String kind) throws IOException {
        Path file = folder.resolve("valid." + kind.replace("deflated.", ""));
        switch (kind) {
            case "npy" -> Npy.write(file, Fixtures.VECTOR);
            case "deflated.npz" -> Npz.writeCompressed(file, Fixtures.small());
            case "safetensors" -> Safetensors.write(file, Fixtures.small(), Map.of("k", "v"));
            default -> TensorFile.write(file, Fixtures.small());
        }
        return file;
    }

    @ParameterizedTest
    @ValueSource(strings = {"npy", "npz", "deflated.npz", "safetensors"})
    void truncated_anywhere(String kind) throws IOException {
        Path file = valid(kind);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            for (long length = channel.size() - 1; length >= 0; length--) {
                channel.truncate(length);
                assertThat(isRead(file)).as("first %d bytes", length).isFalse();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"npy", "npz", "deflated.npz", "safetensors"})
    void damaged_anywhere(String kind) throws IOException {
        Path file = valid(kind);
        byte[] bytes = Files.readAllBytes(file);
        Random random = new Random(1);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            for (int position = 0; position < bytes.length; position++) {
                for (int flip : new int[] {1, 0x80, 0xFF, 1 + random.nextInt(255)}) {
                    channel.write(ByteBuffer.wrap(new byte[] {(byte) (bytes[position] ^ flip)}), position);
                    isRead(file);
                }
                channel.write(ByteBuffer.wrap(bytes, position, 1), position);
            }
            for (int round = 0; round < 1000; round++) {
                byte[] damaged = bytes.clone();
                for (int i = 0; i <= round % 8; i++) {
                    damaged[random.nextInt(bytes.length)] = (byte) random.nextInt();
                }
                channel.write(ByteBuffer.wrap(damaged), 0);
                isRead(file);
            }
        }
    }

    private static boolean isRead(Path file) throws IOException {
        long before = allocated();
        try {
            for (Tensor tensor : TensorFile.read(file).values()) {
                assertThat(tensor.toDoubleArray()).hasSize((int) tensor.size());
            }
            return true;
        } catch (TensorFormatException expected) {
            return false;
        } finally {
            assertThat(allocated() - before).as("bytes allocated").isLessThan(MOST_ALLOCATED);
        }
    }

    /** Bytes that this thread got on the heap so far, and that all threads have outside it. */
    private static long allocated() {
        long direct = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getTotalCapacity)
                .sum();
        return direct + ManagementFactory.getPlatformMXBean(ThreadMXBean.class).getCurrentThreadAllocatedBytes();
    }
}
