package duality.benchmarks;

import duality.semiseparable.ScalarGenerators;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
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

/** A semiseparable matrix of scalar blocks, equal ranks on both sides, times a vector. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xmx6g", "-XX:+UseTransparentHugePages", "--add-modules=jdk.incubator.vector"})
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class SemiseparableMultiply {
    /** The number of rows. */
    @Param({"100000", "1000000"})
    public int n;

    /** r and s. */
    @Param({"8"})
    public int rank;

    /** Whether transitions are diagonal. */
    @Param({"false", "true"})
    public boolean diagonal;

    @SuppressWarnings("NullAway.Init") // by JMH, through setUp
    private ScalarGenerators a;

    private double[] x = {};
    private double[] y = {};
    private double[] stream = {};

    /** Draws the matrix. */
    @Setup
    public void setUp() {
        a = ScalarCases.general(n, rank, diagonal);
        x = ScalarCases.draw(new SplittableRandom(3), n, 1);
        y = new double[n];
        stream = new double[2 * n * (diagonal ? rank : rank * rank)];
    }

    /** {@code A x}. */
    @Benchmark
    public double[] multiply() {
        return a.multiply(x, y);
    }

    /** {@code Aᵀ x}. */
    @Benchmark
    public double[] multiplyTransposed() {
        return a.multiplyTransposed(x, y);
    }

    /** Reads as many bytes as the transitions of both sides have: what memory allows. */
    @Benchmark
    public double readTransitions() {
        double s0 = 0;
        double s1 = 0;
        double s2 = 0;
        double s3 = 0;
        for (int i = 0; i + 4 <= stream.length; i += 4) {
            s0 += stream[i];
            s1 += stream[i + 1];
            s2 += stream[i + 2];
            s3 += stream[i + 3];
        }
        return (s0 + s1) + (s2 + s3);
    }
}
