package duality.cli;

import static org.assertj.core.api.Assertions.assertThat;

import duality.gpu.CudaDevice;
import duality.gpu.CudaProbe;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class InfoCommandTest {
    @Test
    void tellsOfTheMachine() {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        assertThat(Main.run(new PrintWriter(out), new PrintWriter(err), "info")).isZero();
        assertThat(err.toString()).isEmpty();
        assertThat(out.toString())
                .contains("Java      " + System.getProperty("java.runtime.version"))
                .contains(Runtime.getRuntime().availableProcessors() + " CPUs")
                .containsPattern("SIMD +\\d+ bits: \\d+ lanes of float32, \\d+ of float64")
                .containsPattern("(?m)^  cuda +\\S")
                .doesNotContain(System.getProperty("java.home"));
    }

    @Test
    void tellsOfGpusOrWhyThereIsNone() {
        assertThat(InfoCommand.cuda(new CudaProbe.Absent("no driver"))).isEqualTo("absent: no driver");
        assertThat(InfoCommand.cuda(
                        new CudaProbe.Present("13.0", List.of(new CudaDevice(0, "NVIDIA H200", 140L << 30, 9, 0)))))
                .isEqualTo("NVIDIA H200 (compute 9.0, 140.0 GiB); driver for CUDA 13.0");
    }
}
