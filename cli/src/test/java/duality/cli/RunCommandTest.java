package duality.cli;

import static org.assertj.core.api.Assertions.assertThat;

import duality.tensor.DType;
import duality.tensor.Tensor;
import duality.tensor.TensorFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RunCommandTest {
    private static final String[] OPTIONS = {"--dt-softplus", "--dt-limit", "0.05,0.9"};

    @TempDir
    private Path folder;

    private Path input;

    @BeforeEach
    void copyTheBundledCase() throws IOException {
        input = folder.resolve("in.npz");
        try (InputStream bundled = Objects.requireNonNull(DemoCommand.class.getResourceAsStream("independent.npz"))) {
            Files.copy(bundled, input);
        }
    }

    private CommandRun runCase(String... more) {
        return CommandRun.of(
                Stream.of(Stream.of("run", "--input", input.toString()), Stream.of(OPTIONS), Stream.of(more))
                        .flatMap(words -> words)
                        .toArray(String[]::new));
    }

    private static void assertClose(Tensor actual, Tensor expected, double tolerance) {
        assertThat(actual.shape()).isEqualTo(expected.shape());
        for (long i = 0; i < expected.size(); i++) {
            assertThat(actual.getDouble(i) - expected.getDouble(i)).isBetween(-tolerance, tolerance);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "auto, auto, npz",
        "recurrent, reference, safetensors",
        "quadratic, cpu, npz",
        "block, cpu, safetensors",
        "BLOCK, auto, npz"
    })
    void writesWhatTheIndependentImplementationWrote(String algorithm, String backend, String format)
            throws IOException {
        Path output = folder.resolve("out." + format);
        CommandRun ended = runCase(
                "--gradients",
                "--check",
                "--chunk",
                "5",
                "--algorithm",
                algorithm,
                "--backend",
                backend,
                "--output",
                output.toString());
        assertThat(ended.err()).isEmpty();
        assertThat(ended.code()).isZero();
        assertThat(ended.out()).contains("grad_initial_states  within").doesNotContain("OUTSIDE");
        Map<String, Tensor> expected = TensorFile.read(input);
        Map<String, Tensor> actual = TensorFile.read(output);
        assertThat(actual.keySet())
                .containsExactlyInAnyOrderElementsOf(expected.keySet().stream()
                        .filter(name -> name.startsWith("grad_")
                                || List.of("y", "final_states").contains(name))
                        .toList());
        actual.forEach((name, tensor) -> assertClose(tensor, Objects.requireNonNull(expected.get(name)), 1e-9));
    }

    @Test
    void verboseSaysWhichBackendAndWhy() {
        assertThat(runCase("--verbose", "--gradients").out().lines().findFirst())
                .hasValueSatisfying(
                        line -> assertThat(line)
                                .matches(
                                        "auto takes cpu: estimated \\S+ ms and \\S+ ms once \\(.* threads?; .* threads?\\); cuda: .*"));
        assertThat(runCase("--verbose", "--backend", "cpu").out()).startsWith("cpu was asked for: estimated ");
        assertThat(runCase("--verbose", "--backend", "reference").out())
                .startsWith("reference was asked for: without an estimate");
        assertThat(runCase().out()).doesNotContain("estimate");
    }

    @Test
    void safetensorsAreReadToo() throws IOException {
        Path converted = folder.resolve("in.safetensors");
        TensorFile.write(converted, TensorFile.read(input));
        input = converted;
        assertThat(runCase("--check").code()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "float64, npz, FLOAT64",
        "float32, npz, FLOAT32",
        "bfloat16, npz, FLOAT32",
        "bfloat16, safetensors, BFLOAT16"
    })
    void precisionsAreWithinTheirBounds(String precision, String format, DType stored) throws IOException {
        Path output = folder.resolve("out." + format);
        CommandRun ended = runCase("--precision", precision, "--check", "--gradients", "--output", output.toString());
        assertThat(ended.code()).isZero();
        assertThat(Objects.requireNonNull(TensorFile.read(output).get("y")).dtype())
                .isEqualTo(stored);
    }

    /** Numbers that overflow in float32 but not in the definition: the check must say so. */
    @Test
    void aResultOutsideItsBoundEndsWithOne() throws IOException {
        SequencedMap<String, Tensor> arrays = new LinkedHashMap<>(TensorFile.read(input));
        for (String name : List.of("x", "B", "C")) {
            Tensor huge = Objects.requireNonNull(arrays.get(name)).to(DType.FLOAT64);
            huge.setDouble(0, 1e30);
            arrays.put(name, huge);
        }
        TensorFile.write(input, arrays);
        assertThat(runCase("--check").code()).isZero();
        CommandRun single = runCase("--check", "--precision", "float32");
        assertThat(single.code()).isEqualTo(1);
        assertThat(single.out()).contains("OUTSIDE");
        assertThat(single.err()).startsWith("duality: outside the bound, worst at y[0, 0, 0, 0]");
    }

    @Test
    void withoutAnOutputItSaysWhatItComputed() {
        assertThat(runCase().out()).contains("y float64[2, 17, 1, 16]", "final_states float64[2, 1, 16, 4]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"inf", "INF", "2.5"})
    void theLimitMayBeInfinite(String max) {
        assertThat(CommandRun.of("run", "--input", input.toString(), "--dt-limit", "0," + max)
                        .code())
                .isZero();
    }

    private void assertRefused(String reason, String... arguments) {
        CommandRun ended = runCase(arguments);
        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.err().strip()).startsWith("duality: ").contains(reason).doesNotContain("\n");
        assertThat(ended.out()).isEmpty();
    }

    @Test
    void badUsageIsRefusedInOneLine() {
        assertRefused("'1' is not MIN,MAX", "--dt-limit", "1");
        assertRefused("'x' is not a number", "--dt-limit", "x,1");
        assertRefused("chunk length 0", "--chunk", "0");
        assertRefused("no SSD backend gpu; available: [reference, cpu]", "--backend", "gpu");
        assertRefused("backend cuda is absent: ", "--backend", "cuda");
        assertRefused("fastest", "--algorithm", "fastest");
        assertRefused("float8", "--precision", "float8");
        assertRefused(
                "out.txt: unknown extension",
                "--output",
                folder.resolve("out.txt").toString());
        assertRefused(
                ".npy holds one array", "--output", folder.resolve("out.npy").toString());
        CommandRun ended = runCase("--output", folder.resolve("nowhere/out.npz").toString());
        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.err()).isEqualTo("duality: no such file: %s%n".formatted(folder.resolve("nowhere")));
    }

    @Test
    void badInputIsRefusedInOneLine() throws IOException {
        SequencedMap<String, Tensor> arrays = new LinkedHashMap<>(TensorFile.read(input));
        Tensor b = Objects.requireNonNull(arrays.remove("B"));
        TensorFile.write(input, arrays);
        assertRefused("no array B");

        arrays.put("B", Tensor.zeros(DType.FLOAT64, 2, 16, 1, 4));
        TensorFile.write(input, arrays);
        assertRefused("B: float64[2, 16, 1, 4] does not fit");

        arrays.put("B", b);
        arrays.put("dt_biass", b);
        TensorFile.write(input, arrays);
        assertRefused("unknown array dt_biass");

        arrays.remove("dt_biass");
        arrays.remove("dy");
        TensorFile.write(input, arrays);
        assertRefused("--gradients needs an array dy", "--gradients");

        Files.writeString(input, "not a zip file");
        assertRefused("in.npz");
        Files.delete(input);
        assertRefused("no such file");
    }
}
