package duality.gpu;

import duality.errors.Fault;
import duality.errors.UnsupportedRequestException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The kernels that were compiled into this build, one fat binary for each source file. */
public final class KernelImages {
    private static final String FOLDER = "kernels/";

    private static final int LEAST_COMPUTE_MAJOR = 8;

    private KernelImages() {}

    /** Why there are none, in one line; empty if there are. */
    public static Optional<String> absence() {
        byte[] reason = resource("absent.txt");
        return Optional.ofNullable(reason)
                .map(text -> "this build has no kernels: " + new String(text, StandardCharsets.UTF_8));
    }

    /** Why the kernels do not run on the first device that a probe found, in one line; empty if they do. */
    public static Optional<String> absence(CudaProbe probe) {
        return switch (probe) {
            case CudaProbe.Absent(String reason) -> Optional.of(reason);
            case CudaProbe.Present(String driver, List<CudaDevice> devices) ->
                devices.getFirst().computeMajor() < LEAST_COMPUTE_MAJOR
                        ? Optional.of(devices.getFirst().name() + " has compute capability "
                                + devices.getFirst().computeCapability() + "; the kernels need 8.0")
                        : absence();
        };
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
