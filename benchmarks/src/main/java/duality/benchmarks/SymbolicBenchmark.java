package duality.benchmarks;

import duality.algebra.RingBlocks;
import duality.algebra.RingMatrix;
import duality.proofs.symbolic.Polynomial;
import duality.proofs.symbolic.Polynomials;
import duality.ssd.BlockDecomposition;
import duality.ssd.QuadraticDual;
import duality.ssd.Recurrence;
import duality.ssd.ScalarSsm;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The largest polynomial identity of the catalogue: T = 32, N = 4, P = 4, in 416 variables besides an initial state of
 * zero, recurrent = quadratic = block. The rule is that it takes less than 60 ms warm.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class SymbolicBenchmark {
    private static final int T = 32;
    private static final int N = 4;
    private static final int P = 4;

    /** Proves that the three forms are one map. */
    @Benchmark
    public boolean duality() {
        Polynomials ring = new Polynomials();
        RingBlocks<Polynomial> k = new RingBlocks<>(ring);
        ScalarSsm<RingMatrix<Polynomial>> ssm = ScalarSsm.of(
                k,
                RingMatrix.of(T, 1, (t, j) -> ring.variable("a", t)),
                RingMatrix.of(T, N, (t, n) -> ring.variable("B", t, n)),
                RingMatrix.of(T, N, (t, n) -> ring.variable("C", t, n)),
                RingMatrix.of(T, P, (t, p) -> ring.variable("x", t, p)),
                k.zeros(N, P));
        RingMatrix<Polynomial> recurrent = new Recurrence().run(k, ssm).y();
        return k.equal(recurrent, new QuadraticDual().run(k, ssm).y())
                && k.equal(recurrent, new BlockDecomposition(8).run(k, ssm).y());
    }
}
