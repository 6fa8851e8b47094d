package duality.gpu;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Stand-ins for the driver's library, compiled from a few lines of C. */
@SuppressWarnings("restricted") // to call native code is what it is for
public final class StandIn {
    private StandIn() {}

    /** Compiles one into a folder; the test is skipped where there is no gcc. */
    public static String compile(Path folder, String... macros) throws IOException, InterruptedException {
        Path library = folder.resolve("libcuda" + String.join("", macros) + ".so");
        List<String> command = new ArrayList<>(List.of("gcc", "-shared", "-fPIC", "-o", library.toString()));
        command.addAll(List.of(macros));
        command.add("src/test/c/cuda_stand_in.c");
        Process gcc;
        try {
            gcc = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("gcc.log").toFile())
                    .start();
        } catch (IOException e) {
            assumeTrue(false, "gcc is not here: " + e.getMessage());
            throw e;
        }
        assertThat(gcc.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(gcc.exitValue()).isZero();
        return library.toString();
    }

    /** A context on a device of a stand-in. */
    public static CudaContext open(String library, int ordinal) {
        return CudaContext.open(CudaDriver.open(library), ordinal);
    }

    /** A number that a stand-in counts: {@code standInLive} or {@code standInRetained}. */
    public static int count(String library, String function) {
        try {
            return (int) Linker.nativeLinker()
                    .downcallHandle(
                            SymbolLookup.libraryLookup(library, Arena.global()).findOrThrow(function),
                            FunctionDescriptor.of(JAVA_INT))
                    .invokeExact();
        } catch (Throwable e) {
            throw new AssertionError(function, e);
        }
    }
}
