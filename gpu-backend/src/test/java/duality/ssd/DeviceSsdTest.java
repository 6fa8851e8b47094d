package duality.ssd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import duality.errors.ShapeException;
import duality.errors.UnsupportedRequestException;
import duality.gpu.DeviceTensor;
import duality.gpu.ssd.CudaSsd;
import duality.gpu.ssd.CudaSsdBackend;
import duality.gpu.ssd.DeviceSsd;
import duality.gpu.ssd.SsdShape;
import duality.sma.HeadPattern;
import duality.ssd.Cases.Shape;
import duality.tensor.DType;
import duality.tensor.Tensor;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Problems whose arrays stay on the device. Closing the device fails if a test leaves a handle open. */
@SuppressWarnings("NullAway.Init") // device is set before each test
class DeviceSsdTest {
    /** Every byte set is a NaN in every floating-point type. */
    private static final byte NAN = -1;

    private final Cases cases = new Cases(5);
    private CudaSsd device;

    @BeforeEach
    void open() {
        Gpu.assumePresent();
        device = CudaSsd.open(0);
    }

    @AfterEach
    void close() {
        if (device != null) {
            device.close();
        }
    }

    private DeviceSsd upload(SsdInputs in, SsdOptions options) {
        DeviceSsd problem = device.problem(SsdShape.of(in, null, options));
        problem.shape().inputs().forEach(name -> problem.upload(name, tensor(in, name)));
        return problem;
    }

    private static Tensor tensor(SsdInputs in, String name) {
        return Objects.requireNonNull(in.arrays().get(name), name);
    }

    /** Everything that is not written shows as NaN: outputs, gradients, and all memory that kernels use in between. */
    @ParameterizedTest
    @EnumSource
    void everythingThatIsReadWasWritten(Precision precision) {
        try (DeviceTensor poison = DeviceTensor.allocate(device.stream(), DType.INT32, 1 << 26)) {
            poison.memory().fill(NAN, device.stream());
        }
        SsdInputs in = cases.full(new Shape(2, 203, 12, 4, 2, 6, 70, 24), null);
        Tensor dy = cases.normal(2, 203, 12, 70);
        SsdOptions options = SsdOptions.defaults().with(precision);
        try (DeviceSsd problem = upload(in, options)) {
            problem.upload("dy", dy);
            List<String> gradients = problem.shape().gradients().stream()
                    .map(name -> "grad_" + name)
                    .toList();
            problem.array("y").memory().fill(NAN, device.stream());
            problem.array("final_states").memory().fill(NAN, device.stream());
            gradients.forEach(name -> problem.array(name).memory().fill(NAN, device.stream()));
            problem.forward();
            problem.backward();
            Gpu.definition(in, dy, null, precision)
                    .forEach((name, expected) -> assertThat(Gpu.relativeError(problem.download(name), expected))
                            .as(name)
                            .isLessThan(Gpu.tolerance(precision, name, expected)));
        }
    }

    /** The backend's copies in slabs give the bits of a single run; kernels that cut it as they like are as near to it. */
    @ParameterizedTest
    @EnumSource
    void slabsDoNotChangeResults(Precision precision) {
        int time = 8_000; // two slabs of bfloat16, five of float64
        SsdInputs in = cases.bare(Shape.of(HeadPattern.MULTI_INPUT, 2, time, 20, 1, 64, 16))
                .build();
        SsdOptions options = SsdOptions.defaults().with(precision);
        CudaSsdBackend backend = new CudaSsdBackend();
        SsdOutputs slabs = backend.forward(in, options);
        SsdOutputs again = backend.forward(in, options);
        backend.release();
        try (DeviceSsd problem = upload(in, options)) {
            problem.forward();
            same(precision, "y", problem.download("y"), slabs.y());
            same(precision, "final_states", problem.download("final_states"), slabs.finalStates());
        }
        assertThat(again.y().contentEquals(slabs.y())).isTrue();
    }

    private static void same(Precision precision, String name, Tensor whole, Tensor slabs) {
        if (precision != Precision.FLOAT64) {
            assertThat(Gpu.relativeError(slabs, whole)).as(name).isLessThan(Gpu.tolerance(precision, name, whole));
        } else {
            assertThat(slabs.contentEquals(whole)).as(name).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void statesAreUpdatedInPlace(Precision precision) {
        SsdInputs token = cases.full(Shape.of(HeadPattern.MULTI_INPUT, 5, 1, 6, 1, 10, 24), null);
        SsdOptions options = SsdOptions.defaults().with(precision);
        CudaSsdBackend backend = new CudaSsdBackend();
        SsdInputs next = token;
        try (DeviceSsd problem = upload(token, options)) {
            problem.bind("final_states", problem.array("initial_states"));
            for (int step = 0; step < 4; step++) {
                problem.step();
                SsdOutputs expected = backend.step(next, options);
                assertThat(problem.download("y").contentEquals(expected.y())).isTrue();
                next = token.map((name, array) -> name.equals("initial_states") ? expected.finalStates() : array);
            }
        }
        backend.release();
    }

    @Test
    void resultsAreInputsOfTheNextCall() {
        SsdInputs in = cases.bare(Shape.of(HeadPattern.MULTI_INPUT, 1, 100, 4, 1, 8, 12))
                .build();
        SsdOptions options = SsdOptions.defaults();
        try (DeviceSsd first = upload(in, options);
                DeviceSsd second = upload(in, options)) {
            second.bind("x", first.array("y"));
            first.forward();
            second.forward();
            SsdOutputs expected = SsdBackends.CPU.forward(
                    in.map((name, array) -> name.equals("x")
                            ? SsdBackends.CPU.forward(in, options).y()
                            : array),
                    options);
            assertThat(Gpu.relativeError(second.download("y"), expected.y())).isLessThan(1e-12);
            assertThatThrownBy(() -> second.bind("x", first.array("final_states")))
                    .isInstanceOf(ShapeException.class);
            assertThatThrownBy(() -> first.upload("x", in.b())).isInstanceOf(ShapeException.class);
        }
    }

    @Test
    void boundArraysHaveTheRightType() {
        SsdInputs in = cases.bare(Shape.of(HeadPattern.MULTI_INPUT, 1, 10, 1, 1, 8, 12))
                .build();
        try (DeviceSsd problem = upload(in, SsdOptions.defaults());
                DeviceTensor narrow = DeviceTensor.allocate(device.stream(), DType.FLOAT32, 1, 10, 1, 8)) {
            assertThatThrownBy(() -> problem.bind("x", narrow))
                    .isInstanceOf(UnsupportedRequestException.class)
                    .hasMessage("x: float32[1, 10, 1, 8] where float64 is expected");
        }
    }

    /** More than 2^31 outputs; with resets at every step they are dt (C·B) x, and known without a long run. */
    @Test
    void offsetsHave64Bits() {
        int time = 1 << 19;
        int heads = 66;
        SsdInputs in = SsdInputs.builder(
                        cases.normal(1, time, 1, 64),
                        Tensor.generate(() -> 0.5, 1, time, heads),
                        Tensor.generate(() -> Double.NEGATIVE_INFINITY, heads),
                        cases.normal(1, time, 1, 2),
                        cases.normal(1, time, 1, 2))
                .build();
        SsdOptions options = SsdOptions.defaults().with(Precision.FLOAT32);
        try (DeviceSsd problem = upload(in, options)) {
            assertThat(problem.array("y").size()).isGreaterThan(1L << 31);
            problem.array("y").memory().fill(NAN, device.stream());
            problem.forward();
            try (Arena arena = Arena.ofConfined()) {
                for (long t : new long[] {0, 1, time / 2, time - 1}) {
                    for (int head : new int[] {0, heads - 1}) {
                        Tensor row = Tensor.wrap(DType.FLOAT32, arena.allocate(64 * 4L, 64), 64);
                        problem.array("y")
                                .memory()
                                .copyTo(row.segment(), ((t * heads) + head) * 64 * 4, device.stream());
                        device.stream().synchronize();
                        double weight = 0.5
                                * (in.b().getDouble(2 * t) * in.c().getDouble(2 * t)
                                        + in.b().getDouble(2 * t + 1) * in.c().getDouble(2 * t + 1));
                        double[] x = in.x().readDoubles(t * 64, 64);
                        for (int p = 0; p < 64; p++) {
                            assertThat(row.getDouble(p)).isCloseTo(weight * x[p], within(1e-5));
                        }
                    }
                }
            }
        }
    }
}
