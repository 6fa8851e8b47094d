package duality.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** In JVMs of its own, since the tests' JVM has the module from the start. */
class VectorModuleTest {
    @Test
    void loadsTheModuleWithoutAWarning() throws Exception {
        assertThat(info("--add-exports=java.base/jdk.internal.module=ALL-UNNAMED"))
                .containsPattern("SIMD +\\d+ bits: ")
                .doesNotContain("WARNING");
    }

    @Test
    void saysWhyTheModuleIsAbsent() throws Exception {
        assertThat(info())
                .containsPattern("SIMD +off: the JVM runs without --add-modules=jdk.incubator.vector")
                .containsOnlyOnce("WARNING")
                .contains("Start Java with --add-modules=jdk.incubator.vector");
    }

    /** What {@code info} writes to stdout and stderr. */
    private static String info(String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED"));
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName(), "info"));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
        Process java = builder.start();
        try (var output = java.inputReader()) {
            String text = output.readAllAsString();
            assertThat(java.waitFor()).isZero();
            return text;
        }
    }
}
