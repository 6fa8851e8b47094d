package duality.ssd;

import duality.errors.Fault;
import duality.errors.UnsupportedRequestException;
import duality.ssd.internal.BlocksBackend;
import duality.ssd.internal.CpuBackend;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Stream;

/** The backends of this library, by name. */
public final class SsdBackends {
    /** The definition: head by head, step by step, on one thread. Judges every other backend. */
    public static final SsdBackend REFERENCE =
            new BlocksBackend("reference", "the definition, one thread", SsdOptions.Algorithm.RECURRENT, false);

    /** The block form on vectors and all processors. */
    public static final SsdBackend CPU = new CpuBackend();

    private SsdBackends() {}

    /** The two of this module, then those that other modules on the class path provide as services. */
    public static List<SsdBackend> all() {
        return Stream.concat(Stream.of(REFERENCE, CPU), Provided.BACKENDS.stream())
                .toList();
    }

    /** All backends that work on this machine. */
    public static List<SsdBackend> available() {
        return all().stream().filter(backend -> backend.absence().isEmpty()).toList();
    }

    /** Found on first use, and once. */
    private static final class Provided {
        static final List<SsdBackend> BACKENDS =
                ServiceLoader.load(SsdBackend.class, SsdBackend.class.getClassLoader()).stream()
                        .map(ServiceLoader.Provider::get)
                        .toList();

        static final SsdDispatcher AUTO = new SsdDispatcher(
                Stream.concat(Stream.of(CPU), BACKENDS.stream()).toList());
    }

    /**
     * The backend for callers who do not mind which: for every call the one that should be fastest, copies included, of
     * the processor and what other modules provide. Where there is no GPU, it is the processor's. On another machine, or
     * for another size, it may be another backend, and results differ within their bounds then: bits are a backend's own.
     */
    public static SsdDispatcher auto() {
        return Provided.AUTO;
    }

    /**
     * The backend of that name.
     *
     * @throws UnsupportedRequestException with {@link Fault#UNAVAILABLE} if there is none, or it cannot run on this machine
     */
    public static SsdBackend named(String name) {
        if (name.equals("auto")) {
            return auto();
        }
        SsdBackend named = all().stream()
                .filter(backend -> backend.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new UnsupportedRequestException(
                        Fault.UNAVAILABLE,
                        "no SSD backend " + name + "; available: "
                                + available().stream().map(SsdBackend::name).toList()));
        named.absence().ifPresent(reason -> {
            throw new UnsupportedRequestException(Fault.UNAVAILABLE, "backend " + name + " is absent: " + reason);
        });
        return named;
    }
}
