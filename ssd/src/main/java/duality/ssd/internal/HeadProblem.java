package duality.ssd.internal;

import duality.algebra.EjmlBlocks;
import duality.algebra.FloatingBlocks;
import duality.ssd.ScalarSsm;
import duality.ssd.SsdHead;
import duality.ssd.SsdInputs;
import duality.tensor.Tensor;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import org.ejml.data.DMatrixRMaj;
import org.jspecify.annotations.Nullable;

/**
 * One head on one sequence, read from the tensors into arrays, with the step sizes ready to use. T steps, head
 * dimension P, state size N; arrays are row-major.
 *
 * @param length T
 * @param headDim P
 * @param stateSize N
 * @param dt the step sizes after bias, softplus and limit (T)
 * @param dtSlope the derivative of {@code dt} with respect to the raw one (T): 0 where it was clamped
 * @param decay {@code exp(dt·A)} (T)
 * @param rate A
 * @param x (T×P)
 * @param b (T×N)
 * @param c (T×N)
 * @param skip D for every channel (P), zero if there is none
 * @param z the gate (T×P), or null
 * @param initialState (N×P), the transpose of the tensor's (headDim, stateSize)
 */
public record HeadProblem(
        int length,
        int headDim,
        int stateSize,
        double[] dt,
        double[] dtSlope,
        double[] decay,
        double rate,
        double[] x,
        double[] b,
        double[] c,
        double[] skip,
        double @Nullable [] z,
        double[] initialState) {
    private static final EjmlBlocks DOUBLES = EjmlBlocks.INSTANCE;

    /** Reads head {@code head} of a sequence. */
    public static HeadProblem read(SsdInputs in, SsdInputs.Sequence sequence, int head) {
        int length = sequence.length();
        int p = in.headDim();
        int n = in.stateSize();
        double rate = in.a().getDouble(head);
        double[] dt = rows(in.dt(), sequence, head, 1);
        double[] slope = new double[length];
        double[] decay = new double[length];
        double bias = in.dtBias() == null ? 0 : in.dtBias().getDouble(head);
        for (int t = 0; t < length; t++) {
            double raw = dt[t] + bias;
            double positive = in.dtSoftplus() ? softplus(raw) : raw;
            dt[t] = Math.clamp(positive, in.dtMin(), in.dtMax());
            slope[t] = dt[t] != positive ? 0 : in.dtSoftplus() ? sigmoid(raw) : 1;
            // A step of length zero does not decay, even at the rate −∞.
            decay[t] = dt[t] == 0 ? 1 : Math.exp(dt[t] * rate);
        }
        return new HeadProblem(
                length,
                p,
                n,
                dt,
                slope,
                decay,
                rate,
                rows(in.x(), sequence, shared(head, in.heads(), in.xHeads()), p),
                rows(in.b(), sequence, shared(head, in.heads(), in.bGroups()), n),
                rows(in.c(), sequence, shared(head, in.heads(), in.cGroups()), n),
                skip(in, head),
                in.gate() == null ? null : rows(in.gate(), sequence, head, p),
                in.initialStates() == null
                        ? new double[n * p]
                        : transpose(in.initialStates().readDoubles(stateOffset(in, sequence, head), p * n), p, n));
    }

    /** Which of {@code count} shared heads or groups a head reads: neighbours share. */
    public static int shared(int head, int heads, int count) {
        return head / (heads / count);
    }

    /** Where a head's state starts in a tensor (sequences, heads, headDim, stateSize). */
    public static long stateOffset(SsdInputs in, SsdInputs.Sequence sequence, int head) {
        return ((long) sequence.index() * in.heads() + head) * in.headDim() * in.stateSize();
    }

    /** The rows of one head of a tensor (batch, time, heads, width), or (batch, time, heads) with width 1. */
    static double[] rows(Tensor tensor, SsdInputs.Sequence sequence, int head, int width) {
        double[] rows = new double[sequence.length() * width];
        for (int t = 0; t < sequence.length(); t++) {
            double[] row = tensor.readDoubles(rowOffset(tensor, sequence, t, head, width), width);
            System.arraycopy(row, 0, rows, t * width, width);
        }
        return rows;
    }

    /** Where step {@code t} of a sequence and a head starts in a tensor (batch, time, heads, width). */
    public static long rowOffset(Tensor tensor, SsdInputs.Sequence sequence, int t, int head, int width) {
        long row = sequence.batch() * tensor.length(1) + sequence.from() + t;
        return (row * tensor.length(2) + head) * width;
    }

    private static double[] skip(SsdInputs in, int head) {
        Tensor d = in.skip();
        double[] skip = new double[in.headDim()];
        if (d != null && d.rank() == 1) {
            Arrays.fill(skip, d.getDouble(head));
        } else if (d != null) {
            skip = d.readDoubles((long) head * in.headDim(), in.headDim());
        }
        return skip;
    }

    /** The transpose of a {@code rows×columns} array. */
    public static double[] transpose(double[] a, int rows, int columns) {
        double[] result = new double[a.length];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                result[j * rows + i] = a[i * columns + j];
            }
        }
        return result;
    }

    /** {@code log(1 + exp(v))} without overflow. */
    static double softplus(double v) {
        return Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v)));
    }

    /** {@code 1 / (1 + exp(−v))} without overflow. */
    static double sigmoid(double v) {
        double e = Math.exp(-Math.abs(v));
        return (v >= 0 ? 1 : e) / (1 + e);
    }

    /** {@code z σ(z)}. */
    static double silu(double z) {
        return z * sigmoid(z);
    }

    /** The derivative of {@link #silu}. */
    static double siluSlope(double z) {
        double s = sigmoid(z);
        return s * (1 + z * (1 - s));
    }

    /** The scan that this head asks for, with the step sizes in the inputs. */
    public <M> ScalarSsm<M> scan(FloatingBlocks<M> k) {
        return ScalarSsm.of(
                k,
                k.of(length, 1, decay),
                k.of(length, stateSize, b),
                k.of(length, stateSize, c),
                k.of(length, headDim, DOUBLES.toArray(surroundings().inputs(DOUBLES))),
                k.of(stateSize, headDim, initialState));
    }

    /** What surrounds the scan, in double precision; without the decay's part in the gradients if the rate is infinite. */
    SsdHead<DMatrixRMaj> surroundings() {
        return new SsdHead<>(
                DOUBLES.of(length, 1, dt),
                DOUBLES.of(length, 1, dtSlope),
                DOUBLES.of(1, 1, new double[] {Double.isInfinite(rate) ? 0 : rate}),
                DOUBLES.of(length, headDim, x),
                DOUBLES.of(1, headDim, skip),
                z == null ? null : new SsdHead.Gate<>(mapped(z, HeadProblem::silu), mapped(z, HeadProblem::siluSlope)));
    }

    private DMatrixRMaj mapped(double[] rows, DoubleUnaryOperator function) {
        return DOUBLES.of(length, headDim, Arrays.stream(rows).map(function).toArray());
    }

    /**
     * The same head with every number replaced by its absolute value (the decays and step sizes are not
     * negative anyway). All outputs and gradients of the result are sums of products of non-negative numbers
     * and bound, term by term, those of this head: {@code |silu(z)| ≤ silu(|z|)}, and likewise its slope. They are
     * the magnitudes that rounding errors are relative to.
     */
    public HeadProblem absolute() {
        return new HeadProblem(
                length,
                headDim,
                stateSize,
                dt,
                dtSlope,
                decay,
                Math.abs(rate),
                absolute(x),
                absolute(b),
                absolute(c),
                absolute(skip),
                z == null ? null : absolute(z),
                absolute(initialState));
    }

    static double[] absolute(double[] values) {
        return Arrays.stream(values).map(Math::abs).toArray();
    }
}
