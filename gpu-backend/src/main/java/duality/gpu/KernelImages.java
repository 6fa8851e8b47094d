package duality.gpu;

import duality.errors.Fault;
import duality.errors.UnsupportedRequestException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The kernels that were compiled into this build, one fat binary for each source file. */
public final class KernelImages {
    private static final String FOLDER = "kernels/";

    private KernelImages() {}

    /** Why there are none, in one line; empty if there are. */
    public static Optional<String> absence() {
        byte[] reason = resource("absent.txt");
        return Optional.ofNullable(reason)
                .map(text -> "this build has no kernels: " + new String(text, StandardCharsets.UTF_8));
    }

    /**
     * The fat binary of a source file.
     *
     * @param name the file's, without {@code .cu}
     * @throws UnsupportedRequestException if it is not in this build
     */
    public static byte[] image(String name) {
        byte[] image = resource(name + ".fatbin");
        if (image == null) {
            throw new UnsupportedRequestException(
                    Fault.UNAVAILABLE, absence().orElse("this build has no kernels called " + name));
        }
        return image;
    }

    private static byte @Nullable [] resource(String name) {
        try (InputStream in = KernelImages.class.getResourceAsStream(FOLDER + name)) {
            return in == null ? null : in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(name, e);
        }
    }
}
