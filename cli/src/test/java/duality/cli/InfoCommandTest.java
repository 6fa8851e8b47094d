package duality.cli;

import static org.assertj.core.api.Assertions.assertThat;

import duality.gpu.CudaDevice;
import duality.gpu.CudaProbe;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class InfoCommandTest {
    @Test
    void tellsOfTheMachine() {
        CommandRun info = CommandRun.of("info");
        assertThat(info.code()).isZero();
        assertThat(info.err()).isEmpty();
        assertThat(info.out())
                .containsPattern("Java +" + Pattern.quote(System.getProperty("java.runtime.version")))
                .contains(Runtime.getRuntime().availableProcessors() + " CPUs")
                .containsPattern("SIMD +\\d+ bits: \\d+ lanes of float32, \\d+ of float64")
                .containsPattern("(?m)^  cuda +absent: \\S")
                .contains("reference", "cpu")
                .doesNotContain(System.getProperty("java.home"));
    }

    @Test
    void tellsOfGpusOrWhyThereIsNone() {
        assertThat(Backends.cuda(new CudaProbe.Absent("no driver"))).isEqualTo("absent: no driver");
        assertThat(Backends.cuda(
                        new CudaProbe.Present("13.0", List.of(new CudaDevice(0, "NVIDIA H200", 140L << 30, 9, 0)))))
                .isEqualTo(
                        "absent: this build has no SSD kernels for NVIDIA H200 (compute 9.0, 140.0 GiB); driver for CUDA 13.0");
    }
}
