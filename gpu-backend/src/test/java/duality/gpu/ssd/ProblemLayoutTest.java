package duality.gpu.ssd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProblemLayoutTest {
    @TempDir
    Path folder;

    /** Size, names, order and offsets are those of the C compiler. */
    @Test
    void isTheStructureOfTheKernels() throws Exception {
        String program = folder.resolve("problem_layout").toString();
        try {
            run("gcc", "-o", program, "src/test/c/problem_layout.c");
        } catch (IOException e) {
            assumeTrue(false, "gcc is not here: " + e.getMessage());
        }
        List<String> expected = new ArrayList<>(List.of(String.valueOf(ProblemLayout.STRUCT.byteSize())));
        for (MemoryLayout field : ProblemLayout.STRUCT.memberLayouts()) {
            String name = field.name().orElseThrow();
            expected.add(name + " " + ProblemLayout.STRUCT.byteOffset(PathElement.groupElement(name)));
        }
        assertThat(run(program).lines().toList()).isEqualTo(expected);
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }
}
