package duality.benchmarks;

import duality.semiseparable.CumProdSum;
import duality.ssd.Precision;
import duality.ssd.SsdBackends;
import duality.ssd.SsdGradients;
import duality.ssd.SsdInputs;
import duality.ssd.SsdOptions;
import duality.ssd.SsdOutputs;
import duality.tensor.Tensor;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The operator on a layer of Mamba-2-130m's size: batch 1, H = 24, P = 64, N = 128, G = 1. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = "--add-exports=java.base/jdk.internal.module=ALL-UNNAMED")
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 3)
public class SsdForward {
    /** T. */
    @Param({"2048"})
    public int time;

    /** Which algorithm of the cpu backend. */
    @Param({"RECURRENT", "BLOCK"})
    public SsdOptions.Algorithm algorithm = SsdOptions.Algorithm.BLOCK;

    /** The numbers to compute with. */
    @Param({"FLOAT64", "FLOAT32"})
    public Precision precision = Precision.FLOAT64;

    /** Q of the block form. */
    @Param({"64"})
    public int chunkLength;

    @SuppressWarnings("NullAway.Init") // by JMH, through setUp
    private SsdInputs inputs;

    @SuppressWarnings("NullAway.Init") // by JMH, through setUp
    private SsdOptions options;

    @SuppressWarnings("NullAway.Init") // by JMH, through setUp
    private SsdOutputs outputs;

    @SuppressWarnings("NullAway.Init") // by JMH, through setUp
    private Tensor dy;

    /** Draws the inputs. */
    @Setup
    public void setUp() {
        SplittableRandom random = new SplittableRandom(1);
        DoubleSupplier symmetric = () -> random.nextDouble(-1, 1);
        inputs = SsdInputs.builder(
                        Tensor.generate(symmetric, 1, time, 24, 64),
                        Tensor.generate(() -> random.nextDouble(1e-3, 1e-1), 1, time, 24),
                        Tensor.generate(() -> -random.nextDouble(1, 16), 24),
                        Tensor.generate(symmetric, 1, time, 1, 128),
                        Tensor.generate(symmetric, 1, time, 1, 128))
                .build();
        dy = Tensor.generate(symmetric, 1, time, 24, 64);
        outputs = SsdOutputs.zeros(inputs, precision);
        options = new SsdOptions(algorithm, chunkLength, CumProdSum.RECURRENT, precision);
    }

    /** One forward pass. */
    @Benchmark
    public SsdOutputs forward() {
        return SsdBackends.CPU.forward(inputs, options);
    }

    /** The same into tensors that are there already. */
    @Benchmark
    public SsdOutputs forwardInto() {
        SsdBackends.CPU.forward(inputs, options, outputs);
        return outputs;
    }

    /** One backward pass. */
    @Benchmark
    public SsdGradients backward() {
        return SsdBackends.CPU.backward(inputs, dy, null, options);
    }
}
