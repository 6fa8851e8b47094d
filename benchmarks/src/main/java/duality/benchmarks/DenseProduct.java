package duality.benchmarks;

import duality.kernels.DenseMultiply;
import duality.kernels.Simd;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
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

/** Square products of dense matrices, EJML's beside them, and the peak: a million rounds of multiply-adds. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgsAppend = "--add-exports=java.base/jdk.internal.module=ALL-UNNAMED")
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class DenseProduct {
    /** Rows and columns. */
    @Param({"16", "64", "128", "1024"})
    public int size;

    private float[] floatA = {};
    private float[] floatB = {};
    private float[] floatC = {};
    private DMatrixRMaj a = new DMatrixRMaj(0, 0);
    private DMatrixRMaj b = new DMatrixRMaj(0, 0);
    private DMatrixRMaj c = new DMatrixRMaj(0, 0);

    /** Draws the factors. */
    @Setup
    public void setUp() {
        SplittableRandom random = new SplittableRandom(1);
        a = new DMatrixRMaj(size, size);
        b = new DMatrixRMaj(size, size);
        c = new DMatrixRMaj(size, size);
        floatA = new float[size * size];
        floatB = new float[size * size];
        floatC = new float[size * size];
        for (int i = 0; i < size * size; i++) {
            a.data[i] = random.nextDouble();
            b.data[i] = random.nextDouble();
            floatA[i] = (float) a.data[i];
            floatB[i] = (float) b.data[i];
        }
    }

    /** In float32. */
    @Benchmark
    public float[] float32() {
        DenseMultiply.multiply(size, size, size, floatA, 0, size, 1, floatB, 0, size, 1, floatC, 0, size, false);
        return floatC;
    }

    /** In float64. */
    @Benchmark
    public double[] float64() {
        DenseMultiply.multiply(size, size, size, a.data, 0, size, 1, b.data, 0, size, 1, c.data, 0, size, false);
        return c.data;
    }

    /** EJML, in float64. */
    @Benchmark
    public DMatrixRMaj ejml() {
        return CommonOps_DDRM.mult(a, b, c);
    }

    /** A million rounds of 12 multiply-adds of vectors in float32. */
    @Benchmark
    public double peak() {
        return Simd.floats().multiplyAdds(1_000_000);
    }
}
