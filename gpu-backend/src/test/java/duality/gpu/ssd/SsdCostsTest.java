package duality.gpu.ssd;

import static org.assertj.core.api.Assertions.assertThat;

import duality.gpu.CudaDevice;
import duality.semiseparable.CumProdSum;
import duality.ssd.Estimate;
import duality.ssd.Precision;
import duality.ssd.SsdBackend.Pass;
import duality.ssd.SsdBackends;
import duality.ssd.SsdInputs;
import duality.ssd.SsdOptions;
import duality.ssd.SsdOptions.Algorithm;
import duality.tensor.DType;
import duality.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the GPU should take, and how that compares with the processor. No GPU is needed. */
class SsdCostsTest {
    private static final CudaDevice H200 = new CudaDevice(0, "NVIDIA H200", 139L << 30, 9, 0);
    private static final SsdOptions OPTIONS = SsdOptions.defaults();

    private static SsdInputs inputs(DType type, int batch, int time, int heads, int headDim, int stateSize) {
        return SsdInputs.builder(
                        Tensor.zeros(type, batch, time, heads, headDim),
                        Tensor.zeros(type, batch, time, heads),
                        Tensor.zeros(type, heads),
                        Tensor.zeros(type, batch, time, 1, stateSize),
                        Tensor.zeros(type, batch, time, 1, stateSize))
                .build();
    }

    private static double seconds(Pass pass, SsdInputs in, SsdOptions options) {
        return SsdCosts.estimate(pass, in, options, H200).seconds();
    }

    @ParameterizedTest
    @EnumSource
    void largeProblemsGoToTheGpuAndSmallOnesDoNot(Precision precision) {
        SsdOptions options = OPTIONS.with(precision);
        SsdInputs large = inputs(DType.FLOAT32, 2, 2048, 24, 64, 128);
        SsdInputs small = inputs(DType.FLOAT32, 1, 16, 2, 8, 8);
        for (Pass pass : new Pass[] {Pass.FORWARD, Pass.BACKWARD}) {
            assertThat(seconds(pass, large, options))
                    .isLessThan(SsdBackends.CPU.estimate(pass, large, options).seconds());
            assertThat(seconds(pass, small, options))
                    .isGreaterThan(
                            SsdBackends.CPU.estimate(pass, small, options).seconds());
        }
    }

    /** A decoding step reads and writes each number of the state once: the bus is slower than the memory. */
    @Test
    void decodingStaysOnTheProcessor() {
        SsdInputs token = inputs(DType.FLOAT32, 4, 1, 24, 64, 128);
        assertThat(seconds(Pass.STEP, token, OPTIONS.with(Precision.FLOAT32)))
                .isGreaterThan(SsdBackends.CPU
                        .estimate(Pass.STEP, token, OPTIONS.with(Precision.FLOAT32))
                        .seconds());
    }

    @Test
    void conversionsAndGradientsCost() {
        SsdOptions options = OPTIONS.with(Precision.FLOAT32);
        SsdInputs wide = inputs(DType.FLOAT64, 1, 1000, 8, 64, 64);
        SsdInputs ready = inputs(DType.FLOAT32, 1, 1000, 8, 64, 64);
        assertThat(seconds(Pass.FORWARD, wide, options)).isGreaterThan(seconds(Pass.FORWARD, ready, options));
        assertThat(seconds(Pass.BACKWARD, ready, options)).isGreaterThan(seconds(Pass.FORWARD, ready, options));
    }

    @Test
    void saysWhatItCannot() {
        SsdInputs in = inputs(DType.FLOAT32, 1, 200, 2, 4, 4);
        assertThat(SsdCosts.estimate(Pass.FORWARD, in, OPTIONS.with(CumProdSum.ASSOCIATIVE_SCAN), H200))
                .isEqualTo(Estimate.never("states pass in order, not by " + CumProdSum.ASSOCIATIVE_SCAN));
        assertThat(SsdCosts.estimate(Pass.FORWARD, in, OPTIONS.with(Algorithm.QUADRATIC), H200))
                .matches(estimate -> !estimate.isPossible() && estimate.reason().contains("200 steps"));
        CudaDevice tiny = new CudaDevice(0, "Tiny", 1 << 20, 9, 0);
        assertThat(SsdCosts.estimate(Pass.BACKWARD, inputs(DType.FLOAT32, 1, 20_000, 4, 16, 16), OPTIONS, tiny)
                        .toString())
                .endsWith(" GiB of memory where there are 0.0");
    }

    @Test
    void saysWhatTakesTheTime() {
        assertThat(SsdCosts.estimate(
                                Pass.FORWARD,
                                inputs(DType.BFLOAT16, 1, 1000, 8, 64, 64),
                                OPTIONS.with(Precision.BFLOAT16),
                                H200)
                        .toString())
                .matches("estimated \\S+ ms and \\S+ ms once \\(copies up \\S+ ms, down \\S+ ms, kernels \\S+ ms\\)");
    }
}
