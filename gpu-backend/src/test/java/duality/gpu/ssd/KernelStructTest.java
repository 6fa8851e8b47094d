package duality.gpu.ssd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import duality.gpu.dense.DenseLayouts;
import java.io.IOException;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.StructLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelStructTest {
    @TempDir
    Path folder;

    /** Sizes, names, order and offsets are those of the C compiler. */
    @Test
    void structuresAreThoseOfTheKernels() throws Exception {
        String program = folder.resolve("kernel_structs").toString();
        try {
            run("gcc", "-o", program, "src/test/c/kernel_structs.c");
        } catch (IOException e) {
            assumeTrue(false, "gcc is not here: " + e.getMessage());
        }
        List<String> expected = new ArrayList<>();
        expected.addAll(fields(ProblemLayout.STRUCT));
        expected.addAll(fields(HopperLayout.STRUCT));
        expected.addAll(fields(HopperGradientLayout.STRUCT));
        expected.addAll(fields(DenseLayouts.STRUCT));
        expected.addAll(List.of("24", "sequence 0", "batch 4", "from 8", "length 12", "previous 16", "last 20"));
        assertThat(run(program).lines().toList()).isEqualTo(expected);
        assertThat(new HopperPlan.Segment(1, 2, 3, 4, 5, true).fields()).containsExactly(1, 2, 3, 4, 5, 1);
    }

    private static List<String> fields(StructLayout struct) {
        List<String> fields = new ArrayList<>(List.of(String.valueOf(struct.byteSize())));
        for (MemoryLayout field : struct.memberLayouts()) {
            field.name().ifPresent(name -> fields.add(name + " " + struct.byteOffset(PathElement.groupElement(name))));
        }
        return fields;
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }
}
