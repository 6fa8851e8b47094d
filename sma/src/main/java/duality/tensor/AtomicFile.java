package duality.tensor;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/** Writes of files that happen entirely or not at all. */
public final class AtomicFile {
    /** Creates the file that it is given. */
    @FunctionalInterface
    public interface Body {
        /** Writes the whole file to the given path. */
        void writeTo(Path path) throws IOException;
    }

    private AtomicFile() {}

    /**
     * Writes text in UTF-8.
     *
     * @throws NoSuchFileException naming the folder, if it is not there
     */
    public static void write(Path path, String text) throws IOException {
        replace(path, temporary -> Files.writeString(temporary, text));
    }

    /**
     * Has a new file written beside the target, forces it to the device, and moves it to the target in one step.
     *
     * @throws NoSuchFileException naming the folder, if it is not there
     */
    public static void replace(Path path, Body body) throws IOException {
        Path target = Files.exists(path) ? path.toRealPath() : path.toAbsolutePath();
        Path folder = target.getParent();
        if (folder != null && !Files.isDirectory(folder)) {
            throw new NoSuchFileException(folder.toString());
        }
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
}
