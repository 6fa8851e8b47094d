package duality.benchmarks;

import duality.semiseparable.ScalarGenerators;
import duality.semiseparable.examples.GaussianProcess;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.LinearSolverFactory_DDRM;
import org.ejml.interfaces.linsol.LinearSolverDense;
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

/** Small systems: where the structured solvers overtake EJML's dense ones. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class DenseSolve {
    private static final List<GaussianProcess.Term> TERMS =
            List.of(new GaussianProcess.Term(1, 0.03, 0.6), new GaussianProcess.Term(0.1, 0.05, 1.2));

    /** The number of unknowns. */
    @Param({"16", "64", "256", "1000", "4000"})
    public int n;

    @SuppressWarnings("NullAway.Init") // by JMH, through setUp
    private ScalarGenerators a;

    @SuppressWarnings("NullAway.Init") // by JMH, through setUp
    private DMatrixRMaj dense;

    private double[] times = {};
    private double[] b = {};

    /** Draws a matrix of ranks 8 and writes it out. */
    @Setup
    public void setUp() {
        a = ScalarCases.general(n, 8, false);
        dense = dense(a);
        SplittableRandom random = new SplittableRandom(3);
        b = ScalarCases.draw(random, n, 1);
        times = new double[n];
        for (int i = 1; i < n; i++) {
            times[i] = times[i - 1] + random.nextDouble(0.1, 2);
        }
    }

    private static DMatrixRMaj dense(ScalarGenerators a) {
        int n = a.size();
        DMatrixRMaj result = new DMatrixRMaj(n, n);
        double[] unit = new double[n];
        double[] row = new double[n];
        for (int i = 0; i < n; i++) {
            unit[i] = 1;
            a.multiplyTransposed(unit, row);
            System.arraycopy(row, 0, result.data, i * n, n);
            unit[i] = 0;
        }
        return result;
    }

    /** The structured solver. */
    @Benchmark
    public double[] ulv() {
        return a.solve(b);
    }

    /** EJML's LU. */
    @Benchmark
    public double[] denseLu() {
        return solve(LinearSolverFactory_DDRM.lu(n), dense.copy());
    }

    /** The example's regression: two oscillating terms. */
    @Benchmark
    public double regression() {
        return new GaussianProcess(TERMS, times, b, 0.1).logLikelihood();
    }

    /** The same by EJML's Cholesky of the dense covariance, without its logarithms. */
    @Benchmark
    public double[] denseRegression() {
        DMatrixRMaj covariance = new DMatrixRMaj(n, n);
        for (int i = 0; i < n; i++) {
            for (int j = 0; j <= i; j++) {
                double tau = times[i] - times[j];
                double entry = i == j ? 0.1 : 0;
                for (GaussianProcess.Term term : TERMS) {
                    entry += term.amplitude() * Math.exp(-term.decay() * tau) * Math.cos(term.frequency() * tau);
                }
                covariance.set(i, j, entry);
                covariance.set(j, i, entry);
            }
        }
        return solve(LinearSolverFactory_DDRM.chol(n), covariance);
    }

    private double[] solve(LinearSolverDense<DMatrixRMaj> solver, DMatrixRMaj matrix) {
        DMatrixRMaj x = new DMatrixRMaj(n, 1);
        if (!solver.setA(matrix)) {
            throw new IllegalStateException("singular");
        }
        solver.solve(new DMatrixRMaj(n, 1, true, b), x);
        return x.data;
    }
}
