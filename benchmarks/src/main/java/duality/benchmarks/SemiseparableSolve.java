package duality.benchmarks;

import duality.semiseparable.ScalarCholesky;
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

/** Linear systems with a semiseparable matrix of scalar blocks; {@link DenseSolve} is beside them. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xmx6g", "-XX:+UseTransparentHugePages", "--add-modules=jdk.incubator.vector"})
@Warmup(iterations = 3)
@Measurement(iterations = 7)
public class SemiseparableSolve {
    /** The number of unknowns. */
    @Param({"100000", "1000000"})
    public int n;

    /** r and s. */
    @Param({"8"})
    public int rank;

    /** Whether transitions are diagonal. */
    @Param({"false", "true"})
    public boolean diagonal;

    @SuppressWarnings("NullAway.Init") // by JMH, through setUp
    private ScalarGenerators general;

    @SuppressWarnings("NullAway.Init") // by JMH, through setUp
    private ScalarGenerators positive;

    @SuppressWarnings("NullAway.Init") // by JMH, through setUp
    private ScalarCholesky factor;

    private double[] b = {};
    private double[] x = {};

    /** Draws the matrices. */
    @Setup
    public void setUp() {
        general = ScalarCases.general(n, rank, diagonal);
        positive = ScalarCases.positive(n, rank, diagonal);
        factor = positive.cholesky();
        b = ScalarCases.draw(new SplittableRandom(3), n, 1);
        x = new double[n];
    }

    /** Factor and solve. */
    @Benchmark
    public double[] cholesky() {
        return positive.cholesky().solve(b, x);
    }

    /** Solve with a factor that is there. */
    @Benchmark
    public double[] solveByFactor() {
        return factor.solve(b, x);
    }

    /** The general solver. */
    @Benchmark
    public double[] ulv() {
        return general.solve(b);
    }
}
