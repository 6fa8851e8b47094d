package duality.ssd;

import duality.errors.Fault;
import duality.errors.UnsupportedRequestException;
import duality.ssd.internal.BlocksBackend;
import java.util.List;

/** The backends of this library, by name. */
public final class SsdBackends {
    /** The definition: head by head, step by step, on one thread. Judges every other backend. */
    public static final SsdBackend REFERENCE =
            new BlocksBackend("reference", "the definition, one thread", SsdOptions.Algorithm.RECURRENT, false);

    /** The block form, heads in parallel. */
    public static final SsdBackend CPU =
            new BlocksBackend("cpu", "the block form, heads in parallel", SsdOptions.Algorithm.BLOCK, true);

    private SsdBackends() {}

    /** All backends that work on this machine. */
    public static List<SsdBackend> available() {
        return List.of(REFERENCE, CPU);
    }

    /** The backend for callers who do not mind which. */
    public static SsdBackend auto() {
        return CPU;
    }

    /**
     * The backend of that name.
     *
     * @throws UnsupportedRequestException with {@link Fault#UNAVAILABLE} if there is none
     */
    public static SsdBackend named(String name) {
        if (name.equals("auto")) {
            return auto();
        }
        return available().stream()
                .filter(backend -> backend.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new UnsupportedRequestException(
                        Fault.UNAVAILABLE,
                        "no SSD backend " + name + "; available: "
                                + available().stream().map(SsdBackend::name).toList()));
    }
}
