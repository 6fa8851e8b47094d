package duality.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Drives {@link CudaDriver} against stand-ins for the driver's library. */
class CudaDriverTest {
    /** The libraries stay open until the JVM ends. */
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path folder;

    @Test
    void describesTheDevices() throws Exception {
        assertThat(CudaDriver.probe(standIn()))
                .isEqualTo(new CudaProbe.Present(
                        "13.2",
                        List.of(
                                new CudaDevice(0, "Stand-in 40", (40L << 32) + 1, 9, 0),
                                new CudaDevice(1, "Stand-in 41", (41L << 32) + 1, 9, 1))));
    }

    @Test
    void saysThatThereIsNoDevice() throws Exception {
        assertThat(CudaDriver.probe(standIn("-DINIT=100")))
                .isEqualTo(new CudaProbe.Absent("CUDA_ERROR_NO_DEVICE: no CUDA-capable device is detected"));
        assertThat(CudaDriver.probe(standIn("-DDEVICES=0")))
                .isEqualTo(new CudaProbe.Absent("the driver sees no device"));
    }

    @Test
    void passesOnWhatTheDriverSaysOfAnError() throws Exception {
        assertThat(CudaDriver.probe(standIn("-DNAME_RESULT=999")))
                .isEqualTo(new CudaProbe.Absent("CUDA_ERROR_UNKNOWN: unknown error"));
    }

    @Test
    void showsTheCodeOfAnErrorThatTheDriverCannotName() throws Exception {
        assertThat(CudaDriver.probe(standIn("-DINIT=12345")))
                .isEqualTo(new CudaProbe.Absent("CUDA error 12345: CUDA error 12345"));
    }

    @Test
    void namesTheFunctionThatAnOldDriverLacks() throws Exception {
        assertThat(CudaDriver.probe(standIn("-DOLD")))
                .isEqualTo(new CudaProbe.Absent("the driver is too old: it lacks cuDeviceGetAttribute"));
    }

    @Test
    void saysThatThereIsNoDriver() {
        assertThat(CudaDriver.probe("libno-such-driver.so.1"))
                .isEqualTo(new CudaProbe.Absent("no driver: cannot open libno-such-driver.so.1"));
    }

    @Test
    void probesThisMachineWithoutThrowing() {
        assertThat(CudaDriver.probe()).isNotNull();
    }

    /** Compiles the stand-in; the test is skipped where there is no gcc. */
    private String standIn(String... macros) throws IOException, InterruptedException {
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
}
