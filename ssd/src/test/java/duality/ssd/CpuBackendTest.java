package duality.ssd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import duality.errors.ShapeException;
import duality.sma.HeadPattern;
import duality.ssd.Cases.Shape;
import duality.ssd.internal.CpuBackend;
import duality.tensor.DType;
import duality.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ForkJoinPool;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The fused block form against the definition, at sizes around every vector's and in extreme cases. */
class CpuBackendTest {
    private static final SsdOptions OPTIONS = SsdOptions.defaults();
    private static final List<HeadPattern> PATTERNS = List.of(HeadPattern.values());
    private static final List<Precision> PRECISIONS = List.of(Precision.values());

    private static void assertWithinBounds(SsdInputs in, SsdOptions options) {
        SsdCheck check = new SsdCheck(in, options.precision());
        assertThat(check.forward(SsdBackends.CPU.forward(in, options))).allMatch(SsdCheck.Comparison::passes);
        Cases cases = new Cases(5);
        Tensor dy = cases.normal(in.batch(), in.time(), in.heads(), in.headDim());
        Tensor dFinal = cases.normal(in.sequences().size(), in.heads(), in.headDim(), in.stateSize());
        assertThat(check.backward(SsdBackends.CPU.backward(in, dy, dFinal, options), dy, dFinal))
                .allMatch(SsdCheck.Comparison::passes);
    }

    /** Every size from 0 to 67 as time, head dimension and state size, beside random others. */
    static void allSizes() {
        SplittableRandom random = new SplittableRandom(2);
        for (int size = 0; size <= 67; size++) {
            for (int axis = 0; axis < 3; axis++) {
                int time = axis == 0 ? size : random.nextInt(1, 40);
                int headDim = axis == 1 ? size : random.nextInt(1, 20);
                int stateSize = axis == 2 ? size : random.nextInt(1, 20);
                HeadPattern pattern = PATTERNS.get(random.nextInt(PATTERNS.size()));
                SsdInputs in =
                        new Cases(size * 3L + axis).full(Shape.of(pattern, 1, time, 2, 2, headDim, stateSize), null);
                Precision precision = PRECISIONS.get(random.nextInt(PRECISIONS.size()));
                assertWithinBounds(
                        in, OPTIONS.with(precision).withChunkLength(random.nextInt(1, Math.max(2, time + 5))));
            }
        }
    }

    /** For the JVMs that the tests start: without arguments all sizes and threads, else the bits of a run. */
    public static void main(String[] arguments) {
        if (arguments.length == 0) {
            allSizes();
            new CpuBackendTest().threadsDoNotChangeBits(3);
            System.out.println("all within bounds, SIMD " + SsdBackends.CPU.description());
        } else {
            System.out.println(bits());
        }
    }

    /** What {@link #main} prints in a JVM with these options. */
    private static String inAnotherJvm(List<String> options, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--add-exports=java.base/jdk.internal.module=ALL-UNNAMED");
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), CpuBackendTest.class.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
        Process java = builder.start();
        try (var output = java.inputReader()) {
            String printed = output.readAllAsString();
            assertThat(java.waitFor()).as(printed).isZero();
            return printed.strip();
        }
    }

    @Test
    void allSizesAreWithinTheirBounds() {
        allSizes();
    }

    @ParameterizedTest
    @ValueSource(strings = {"off", "128", "256"})
    void everyWidthComputesAllSizes(String width) throws IOException, InterruptedException {
        assertThat(inAnotherJvm(List.of("-Dduality.simd=" + width)))
                .startsWith("all within bounds")
                .contains("SIMD " + width);
    }

    /** Every bit of outputs and gradients, in each precision, as one number. */
    private static String bits() {
        CRC32C bits = new CRC32C();
        SsdInputs in = new Cases(3).full(Shape.of(HeadPattern.GROUPED, 1, 45, 4, 2, 9, 20), null);
        Tensor dy = new Cases(9).normal(1, 45, 4, 9);
        for (Precision precision : PRECISIONS) {
            SsdOptions options = OPTIONS.with(precision).withChunkLength(16);
            SsdOutputs outputs = SsdBackends.CPU.forward(in, options);
            List<Tensor> all = new ArrayList<>(List.of(outputs.y(), outputs.finalStates()));
            all.addAll(SsdBackends.CPU.backward(in, dy, null, options).arrays().values());
            for (Tensor tensor : all) {
                bits.update(tensor.segment().asByteBuffer());
            }
        }
        return Long.toHexString(bits.getValue());
    }

    /** The compiler may choose its own order for a vector's sum over lanes; ours is fixed. */
    @Test
    void compilationDoesNotChangeBits() throws IOException, InterruptedException {
        String interpreted = inAnotherJvm(List.of("-Xint"), "bits");
        for (int run = 0; run < 400; run++) {
            assertThat(bits()).as("run %d", run).isEqualTo(interpreted);
        }
    }

    @ParameterizedTest
    @EnumSource
    void chunksDoNotMatter(Precision precision) {
        SsdInputs in = new Cases(1).full(Shape.of(HeadPattern.GROUPED, 2, 300, 4, 2, 17, 33), null);
        for (int chunkLength : new int[] {1, 2, 7, 64, 100, 256, 300, 5000}) {
            assertWithinBounds(in, OPTIONS.with(precision).withChunkLength(chunkLength));
        }
    }

    /** With few heads, windows of chunks run in parallel; the bits are those of one thread all the same. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 24})
    void threadsDoNotChangeBits(int heads) {
        for (Precision precision : Precision.values()) {
            SsdInputs in = new Cases(heads).full(Shape.of(HeadPattern.MULTI_INPUT, 1, 333, heads, 1, 9, 20), null);
            SsdOptions options = OPTIONS.with(precision).withChunkLength(8);
            Tensor dy = new Cases(9).normal(1, 333, heads, 9);
            SsdOutputs one = outputs(1, in, options);
            SsdGradients gradients = gradients(1, in, dy, options);
            for (int threads : new int[] {2, 3, 7}) {
                SsdOutputs many = outputs(threads, in, options);
                assertThat(many.y().contentEquals(one.y())).isTrue();
                assertThat(many.finalStates().contentEquals(one.finalStates())).isTrue();
                gradients(threads, in, dy, options)
                        .arrays()
                        .forEach((name, gradient) -> assertThat(gradient.contentEquals(gradients.of(name)))
                                .as(name)
                                .isTrue());
            }
        }
    }

    /** A backend that keeps as few states as it can computes the others again. */
    @ParameterizedTest
    @EnumSource
    void recomputedStatesDoNotChangeBits(HeadPattern pattern) {
        SsdBackend forgetful = new CpuBackend(0);
        for (Precision precision : List.of(Precision.FLOAT32, Precision.FLOAT64)) {
            for (int time : new int[] {0, 1, 4, 8, 9, 21, 64, 67}) { // chunks of 4
                int[] packed = {0, time / 3, time / 3, time};
                SsdInputs in = new Cases(time).full(Shape.of(pattern, 1, time, 4, 2, 5, 7), packed);
                Tensor dy = new Cases(7).normal(1, time, 4, 5);
                Tensor dFinal = new Cases(8).normal(3, 4, 5, 7);
                SsdOptions options = OPTIONS.with(precision).withChunkLength(4);
                SsdGradients all = SsdBackends.CPU.backward(in, dy, dFinal, options);
                SsdGradients some = forgetful.backward(in, dy, dFinal, options);
                all.arrays()
                        .forEach((name, expected) -> assertThat(some.of(name).contentEquals(expected))
                                .as(name)
                                .isTrue());
            }
        }
    }

    /** With states so large that a thread takes two heads, or one. */
    @ParameterizedTest
    @EnumSource
    void threadsThatTakeSomeHeadsDoNotChangeBits(HeadPattern pattern) {
        SsdInputs in = new Cases(5).full(Shape.of(pattern, 1, 37, 8, 2, 40, 600), null);
        Tensor dy = new Cases(9).normal(1, 37, 8, 40);
        for (Precision precision : List.of(Precision.FLOAT64, Precision.FLOAT32)) {
            SsdOptions options = OPTIONS.with(precision).withChunkLength(7);
            SsdGradients one = gradients(1, in, dy, options);
            for (int threads : new int[] {2, 3, 9}) {
                gradients(threads, in, dy, options)
                        .arrays()
                        .forEach((name, gradient) -> assertThat(gradient.contentEquals(one.of(name)))
                                .as(name)
                                .isTrue());
            }
            assertWithinBounds(in, options);
        }
    }

    private static SsdOutputs outputs(int threads, SsdInputs in, SsdOptions options) {
        try (ForkJoinPool pool = new ForkJoinPool(threads)) {
            return pool.submit(() -> SsdBackends.CPU.forward(in, options)).join();
        }
    }

    private static SsdGradients gradients(int threads, SsdInputs in, Tensor dy, SsdOptions options) {
        try (ForkJoinPool pool = new ForkJoinPool(threads)) {
            return pool.submit(() -> SsdBackends.CPU.backward(in, dy, null, options))
                    .join();
        }
    }

    /** Subnormal inputs, steps so long that every decay underflows, no steps, resets. */
    @ParameterizedTest
    @EnumSource(names = {"FLOAT64", "FLOAT32"})
    void extremesAreWithinTheirBounds(Precision precision) {
        double tiny = precision == Precision.FLOAT64 ? 0x1p-1060 : 0x1p-140;
        Shape shape = Shape.of(HeadPattern.MULTI_INPUT, 1, 90, 3, 1, 5, 18);
        for (double[] extreme : new double[][] {
            {1, 1e4, -16},
            {1, 1e-30, -1e-30},
            {tiny, 1, -1},
            {1, 30, -3},
            {1, 0, -5},
            {1, 0.4, Double.NEGATIVE_INFINITY}
        }) {
            Cases cases = new Cases(4);
            SsdInputs in = cases.bare(shape).build();
            SsdInputs scaled = in.map((name, array) -> switch (name) {
                case "x" -> scaled(array, extreme[0]);
                case "dt" -> scaled(array, extreme[1]);
                case "A" -> Tensor.of(new double[] {extreme[2], extreme[2] / 2, 0}, 3);
                default -> array;
            });
            assertWithinBounds(scaled, OPTIONS.with(precision));
        }
    }

    private static Tensor scaled(Tensor tensor, double factor) {
        Tensor result = tensor.to(DType.FLOAT64);
        for (long i = 0; i < result.size(); i++) {
            result.setDouble(i, factor * result.getDouble(i));
        }
        return result;
    }

    @Test
    void narrowTensorsAreReadAsTheyAre() {
        SsdInputs in = new Cases(6).full(Shape.of(HeadPattern.GROUPED, 2, 50, 4, 2, 20, 35), null);
        for (DType type : new DType[] {DType.BFLOAT16, DType.FLOAT16}) {
            SsdInputs narrow = in.map((name, array) -> array.to(type));
            SsdInputs wide = narrow.map((name, array) -> array.to(DType.FLOAT32));
            SsdOptions options = OPTIONS.with(Precision.FLOAT32);
            SsdOutputs expected = SsdBackends.CPU.forward(wide, options);
            assertThat(SsdBackends.CPU.forward(narrow, options).y().contentEquals(expected.y()))
                    .isTrue();
            SsdOutputs into = new SsdOutputs(Tensor.zeros(type, 2, 50, 4, 20), Tensor.zeros(type, 2, 4, 20, 35));
            SsdBackends.CPU.forward(narrow, options, into);
            assertThat(into.y().contentEquals(expected.y().to(type))).isTrue();
            assertThat(into.finalStates().contentEquals(expected.finalStates().to(type)))
                    .isTrue();
        }
    }

    @Test
    void outputsMayBeThereAlready() {
        SsdInputs in = new Cases(8).full(Shape.of(HeadPattern.GROUPED, 1, 40, 4, 2, 6, 7), new int[] {0, 9, 9, 40});
        for (SsdBackend backend : SsdBackends.available()) {
            SsdOutputs fresh = backend.forward(in, OPTIONS);
            SsdOutputs into = new SsdOutputs(
                    Tensor.generate(() -> Double.NaN, 1, 40, 4, 6), Tensor.generate(() -> Double.NaN, 3, 4, 6, 7));
            backend.forward(in, OPTIONS, into);
            assertThat(into.y().contentEquals(fresh.y())).isTrue();
            assertThat(into.finalStates().contentEquals(fresh.finalStates())).isTrue();
            SsdOutputs wrong = new SsdOutputs(fresh.finalStates(), fresh.y());
            assertThatThrownBy(() -> backend.forward(in, OPTIONS, wrong))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("y: float64[3, 4, 6, 7]");
        }
    }

    @Test
    void gradientsMayBeThereAlready() {
        SsdInputs in = new Cases(8).full(Shape.of(HeadPattern.GROUPED, 1, 40, 4, 2, 6, 7), new int[] {0, 9, 9, 40});
        Tensor dy = new Cases(9).normal(1, 40, 4, 6);
        for (SsdBackend backend : SsdBackends.available()) {
            SsdGradients fresh = backend.backward(in, dy, null, OPTIONS);
            SsdGradients into = SsdGradients.zeros(in, Precision.FLOAT64);
            into.arrays().values().forEach(array -> array.segment().fill((byte) -1)); // which is NaN
            backend.backward(in, dy, null, OPTIONS, into);
            assertThat(into.arrays().keySet()).isEqualTo(fresh.arrays().keySet());
            into.arrays()
                    .forEach((name, gradient) -> assertThat(gradient.contentEquals(fresh.of(name)))
                            .as(name)
                            .isTrue());
            SsdGradients wrong = SsdGradients.zeros(in, Precision.FLOAT64);
            wrong.arrays().put("dt", fresh.of("A"));
            assertThatThrownBy(() -> backend.backward(in, dy, null, OPTIONS, wrong))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("gradient of dt: float64[4]");
        }
    }

    /** A step is the definition of one step, in place too, whatever the types. */
    @ParameterizedTest
    @EnumSource
    void stepsAreWithinTheirBounds(HeadPattern pattern) {
        for (Precision precision : Precision.values()) {
            for (int size : new int[] {0, 1, 5, 16, 35}) {
                SsdInputs token = new Cases(size).full(Shape.of(pattern, 3, 1, 4, 2, size + 2, size), null);
                SsdOptions options = OPTIONS.with(precision);
                SsdCheck check = new SsdCheck(token, precision);
                SsdOutputs step = SsdBackends.CPU.step(token, options);
                assertThat(check.forward(step)).allMatch(SsdCheck.Comparison::passes);
                SsdInputs inPlace = token.map(
                        (name, array) -> name.equals("initial_states") ? array.to(precision.type(name)) : array);
                Tensor states = Objects.requireNonNull(inPlace.initialStates());
                SsdBackends.CPU.step(inPlace, options, new SsdOutputs(step.y(), states));
                assertThat(check.forward(new SsdOutputs(step.y(), states))).allMatch(SsdCheck.Comparison::passes);
            }
        }
    }

    @Test
    void anInterruptCancels() {
        SsdInputs in = new Cases(8)
                .bare(Shape.of(HeadPattern.MULTI_INPUT, 1, 40, 4, 1, 6, 7))
                .build();
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> SsdBackends.CPU.forward(in, OPTIONS)).isInstanceOf(CancellationException.class);
            Tensor dy = Tensor.zeros(DType.FLOAT64, 1, 40, 4, 6);
            assertThatThrownBy(() -> SsdBackends.CPU.backward(in, dy, null, OPTIONS))
                    .isInstanceOf(CancellationException.class);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    /** A check of the checks: what a wrong decay, a wrong mask or a lost state would give is refused. */
    @Test
    void wrongModelsAreOutsideTheBounds() {
        SsdInputs in = new Cases(3).full(Shape.of(HeadPattern.GROUPED, 1, 130, 4, 2, 8, 16), null);
        SsdOptions options = OPTIONS.with(Precision.FLOAT32);
        List<SsdInputs> mutants = new ArrayList<>();
        mutants.add(in.map((name, array) -> name.equals("A") ? scaled(array, 1.001) : array));
        mutants.add(in.map((name, array) -> name.equals("initial_states") ? scaled(array, 0.999) : array));
        mutants.add(in.map((name, array) -> name.equals("D") ? scaled(array, 1.001) : array));
        for (SsdInputs mutant : mutants) {
            assertThat(new SsdCheck(in, Precision.FLOAT32).forward(SsdBackends.CPU.forward(mutant, options)))
                    .anyMatch(comparison -> !comparison.passes());
        }
    }
}
