package duality.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
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

    private String standIn(String... macros) throws Exception {
        return StandIn.compile(folder, macros);
    }
}
