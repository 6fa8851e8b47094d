package duality.benchmarks;

import duality.algebra.EjmlBlocks;
import duality.contraction.Contraction;
import duality.contraction.DoubleOperations;
import duality.contraction.Objective;
import duality.contraction.Plan;
import duality.sma.OneSemiseparableMask;
import duality.sma.SoftmaxAttention;
import duality.sma.StructuredMaskedAttention;
import duality.sma.StructuredMaskedAttention.Form;
import duality.ssd.BlockDecomposition;
import duality.ssd.ScalarSsm;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.ejml.data.DMatrixRMaj;
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

/** One head of attention under a 1-semiseparable mask in double precision: the planned contraction beside algorithms. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class PlannedAttention {
    /** T. */
    @Param({"4096"})
    public int time;

    /** N and P. */
    @Param({"64"})
    public int size;

    /** Q of the hand-written block algorithm and of softmax attention. */
    @Param({"64"})
    public int chunkLength;

    @SuppressWarnings("NullAway.Init") // by JMH, through setUp
    private StructuredMaskedAttention<DMatrixRMaj> attention;

    @SuppressWarnings("NullAway.Init") // by JMH, through setUp
    private ScalarSsm<DMatrixRMaj> ssm;

    /** Draws the inputs. */
    @Setup
    public void setUp() {
        EjmlBlocks k = EjmlBlocks.INSTANCE;
        SplittableRandom random = new SplittableRandom(1);
        DMatrixRMaj decay = k.of(time, 1, random.doubles(time, 0.9, 1).toArray());
        DMatrixRMaj[] wide = new DMatrixRMaj[3];
        for (int i = 0; i < 3; i++) {
            wide[i] = k.of(time, size, random.doubles((long) time * size, -1, 1).toArray());
        }
        ssm = ScalarSsm.of(k, decay, wide[0], wide[1], wide[2], k.zeros(size, size));
        attention = StructuredMaskedAttention.of(k, OneSemiseparableMask.of(k, decay), wide[1], wide[0]);
    }

    /** The contraction in the order, and the chunks, that the planner finds; planning included. */
    @Benchmark
    public DMatrixRMaj planned() {
        return attention.run(Form.PLANNED, DoubleOperations.INSTANCE, ssm.x());
    }

    /** The linear order, without chunks. */
    @Benchmark
    public DMatrixRMaj linear() {
        return attention.run(Form.LINEAR, DoubleOperations.INSTANCE, ssm.x());
    }

    /** The quadratic order. */
    @Benchmark
    public DMatrixRMaj quadratic() {
        return attention.run(Form.QUADRATIC, DoubleOperations.INSTANCE, ssm.x());
    }

    /** The block algorithm as it is written by hand. */
    @Benchmark
    public DMatrixRMaj block() {
        return new BlockDecomposition(chunkLength).run(EjmlBlocks.INSTANCE, ssm).y();
    }

    /** Causal softmax attention of the same sizes, in blocks. */
    @Benchmark
    public DMatrixRMaj softmax() {
        return new SoftmaxAttention(1 / Math.sqrt(size), true, chunkLength)
                .run(EjmlBlocks.INSTANCE, ssm.c(), ssm.b(), ssm.x());
    }

    /** The best order of eight operands. */
    @Benchmark
    public Plan planning() {
        Map<Character, Long> lengths = new TreeMap<>();
        for (char index = 'a'; index <= 'i'; index++) {
            lengths.put(index, 2L + index % 5);
        }
        return Contraction.plan("ab,bc,cd,de,ef,fg,gh,hia->i", Objective.FLOPS, lengths);
    }
}
