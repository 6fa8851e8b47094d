package duality.proofs.laws;

import duality.sma.HeadPattern;
import duality.ssd.Precision;
import duality.ssd.SsdBackend;
import duality.ssd.SsdCheck;
import duality.ssd.SsdGradients;
import duality.ssd.SsdInputs;
import duality.ssd.SsdOptions;
import duality.ssd.SsdOptions.Algorithm;
import duality.ssd.SsdOutputs;
import duality.tensor.DType;
import duality.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.BiFunction;
import java.util.function.LongUnaryOperator;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import org.jspecify.annotations.Nullable;

/**
 * The laws of a backend: extend this class and name it. Identities are exact, on integers for which all arithmetic is;
 * results on real numbers are held against the definition within the bounds of {@link SsdCheck}.
 */
public abstract class SsdBackendLaws {
    private static final int TRIES = 40;

    /** For subclasses. */
    protected SsdBackendLaws() {}

    /** The backend. */
    protected abstract SsdBackend backend();

    /** The precisions that it has. Default: all. */
    protected List<Precision> precisions() {
        return List.of(Precision.values());
    }

    /** The algorithms that it has. Default: all. */
    protected List<Algorithm> algorithms() {
        return List.of(Algorithm.values());
    }

    /** Whether it has gradients. Default: yes. */
    protected boolean differentiable() {
        return true;
    }

    /** What the laws are tried on. */
    @Provide
    protected Arbitrary<SsdDraw> draws() {
        return SsdDraw.any();
    }

    private List<SsdOptions> options(SsdDraw draw) {
        List<SsdOptions> all = new ArrayList<>();
        for (Precision precision : precisions()) {
            for (Algorithm algorithm : algorithms()) {
                all.add(SsdOptions.defaults().with(algorithm).with(precision).withChunkLength(draw.chunkLength()));
            }
        }
        return all;
    }

    /** Options for which integers are exact. */
    private List<SsdOptions> exact(SsdDraw draw) {
        return options(draw).stream()
                .filter(options -> options.precision() != Precision.BFLOAT16)
                .toList();
    }

    private static void cover(SsdDraw draw) {
        Check.cover("chunks", draw.chunks(), "empty sequence", "one chunk", "whole chunks", "partial last chunk");
        Check.cover("sequences", draw.packed() ? "packed" : "batch", "packed", "batch");
        Check.cover("pattern", draw.pattern(), (Object[]) HeadPattern.values());
    }

    private static void equal(String law, SsdOutputs actual, SsdOutputs expected, Object at) {
        equal(law, "y", actual.y(), expected.y(), at);
        equal(law, "final states", actual.finalStates(), expected.finalStates(), at);
    }

    private static void equal(String law, String what, Tensor actual, Tensor expected, Object at) {
        Check.holds(
                law,
                Arrays.equals(actual.shape(), expected.shape()),
                what + " is " + actual + ", not " + expected + ", at " + at);
        Check.equal(law, what, actual.toDoubleArray(), expected.toDoubleArray(), expected::index, at);
    }

    private static String at(SsdDraw draw, SsdOptions options) {
        return options.algorithm() + " in " + options.precision() + ", " + draw;
    }

    /** Every algorithm in every precision is within the derived bound of the definition. */
    @Property(tries = TRIES, edgeCases = EdgeCasesMode.FIRST, shrinking = ShrinkingMode.FULL)
    void resultsAreWithinTheirBounds(@ForAll("draws") SsdDraw draw) {
        cover(draw);
        SsdInputs in = draw.reals();
        for (SsdOptions options : options(draw)) {
            SsdCheck check = new SsdCheck(in, options.precision());
            require(check.forward(backend().forward(in, options)), draw, options);
        }
    }

    /** Gradients too, at finite rates: at the rate −∞ a step size of zero is a jump, and has no derivative. */
    @Property(tries = TRIES, edgeCases = EdgeCasesMode.FIRST, shrinking = ShrinkingMode.FULL)
    void gradientsAreWithinTheirBounds(@ForAll("draws") SsdDraw draw) {
        cover(draw);
        if (differentiable()) {
            SsdInputs in = draw.reals()
                    .map((name, tensor) -> name.equals("A") ? Tensor.of(new double[] {-1, 0, -0.5, -4}, 4) : tensor);
            for (Precision precision : precisions()) {
                SsdOptions options = SsdOptions.defaults().with(precision).withChunkLength(draw.chunkLength());
                SsdGradients gradients = backend().backward(in, draw.dy(), draw.dFinalStates(), options);
                require(new SsdCheck(in, precision).backward(gradients, draw.dy(), draw.dFinalStates()), draw, options);
            }
        }
    }

    private static void require(List<SsdCheck.Comparison> comparisons, SsdDraw draw, SsdOptions options) {
        for (SsdCheck.Comparison comparison : comparisons) {
            Check.holds(
                    "derived bounds",
                    comparison.passes(),
                    "%s%s is %s of its bound off, at %s"
                            .formatted(
                                    comparison.name(), comparison.worstIndex(), comparison.worst(), at(draw, options)));
        }
    }

    /** Duality and chunk invariance: every algorithm and chunk length gives the same. */
    @Property(tries = TRIES, edgeCases = EdgeCasesMode.FIRST, shrinking = ShrinkingMode.FULL)
    void dualityAndChunkInvariance(@ForAll("draws") SsdDraw draw) {
        cover(draw);
        SsdInputs in = draw.integers();
        SsdOutputs first = null;
        for (SsdOptions options : exact(draw)) {
            SsdOutputs actual = backend().forward(in, options);
            first = first == null ? actual : first;
            equal("duality", actual, first, at(draw, options));
            equal(
                    "chunk invariance",
                    backend().forward(in, options.withChunkLength(draw.chunkLength() + 1)),
                    first,
                    at(draw, options));
        }
    }

    /** Linear in the inputs and initial states together, and homogeneous. */
    @Property(tries = TRIES, edgeCases = EdgeCasesMode.FIRST, shrinking = ShrinkingMode.FULL)
    void linearity(@ForAll("draws") SsdDraw draw) {
        SsdInputs one = draw.integers();
        SsdInputs other = draw.otherIntegers();
        SsdInputs sum = combined(one, other, (a, b) -> 2 * a + b);
        for (SsdOptions options : exact(draw)) {
            SsdOutputs f = backend().forward(one, options);
            SsdOutputs g = backend().forward(other, options);
            SsdOutputs actual = backend().forward(sum, options);
            equal("linearity", "y", actual.y(), combined(f.y(), g.y(), (a, b) -> 2 * a + b), at(draw, options));
            equal(
                    "linearity",
                    "final states",
                    actual.finalStates(),
                    combined(f.finalStates(), g.finalStates(), (a, b) -> 2 * a + b),
                    at(draw, options));
        }
    }

    private static SsdInputs combined(SsdInputs one, SsdInputs other, BiFunction<Double, Double, Double> how) {
        SequencedMap<String, Tensor> others = other.arrays();
        return one.map((name, tensor) -> {
            Tensor second = others.get(name);
            return second != null && (name.equals("x") || name.equals("initial_states"))
                    ? combined(tensor, second, how)
                    : tensor;
        });
    }

    private static Tensor combined(Tensor a, Tensor b, BiFunction<Double, Double, Double> how) {
        Tensor result = Tensor.zeros(DType.FLOAT64, a.shape());
        for (long i = 0; i < a.size(); i++) {
            result.setDouble(i, how.apply(a.getDouble(i), b.getDouble(i)));
        }
        return result;
    }

    /** No output depends on a later input. */
    @Property(tries = TRIES, edgeCases = EdgeCasesMode.FIRST, shrinking = ShrinkingMode.FULL)
    void causality(@ForAll("draws") SsdDraw draw) {
        SsdInputs in = draw.integers();
        SsdInputs other = draw.otherIntegers();
        long from = draw.time() / 2;
        SequencedMap<String, Tensor> others = other.arrays();
        SsdInputs changed = in.map((name, tensor) -> {
            Tensor later = others.get(name);
            return later != null && name.equals("x") ? joined(tensor, later, from) : tensor;
        });
        for (SsdOptions options : exact(draw)) {
            equal(
                    "causality",
                    "y before input " + from,
                    timeSlice(backend().forward(changed, options).y(), 0, from),
                    timeSlice(backend().forward(in, options).y(), 0, from),
                    at(draw, options));
        }
    }

    private static Tensor joined(Tensor before, Tensor after, long from) {
        long inner = width(before);
        Tensor result = Tensor.zeros(before.dtype(), before.shape());
        for (long i = 0; i < before.size(); i++) {
            boolean late = i / inner % before.length(1) >= from;
            result.setDouble(i, (late ? after : before).getDouble(i));
        }
        return result;
    }

    /** The number of entries of one step of an array (batch, time, …). */
    private static long width(Tensor tensor) {
        long[] shape = tensor.shape();
        return Math.max(1, Arrays.stream(shape).skip(2).reduce(1, (a, b) -> a * b));
    }

    private static Tensor timeSlice(Tensor tensor, long from, long to) {
        long[] shape = tensor.shape();
        long inner = width(tensor);
        long time = shape[1];
        shape[1] = to - from;
        Tensor slice = Tensor.zeros(tensor.dtype(), shape);
        for (long i = 0; i < slice.size(); i++) {
            long row = i / inner;
            long source = (row / (to - from) * time + from + row % (to - from)) * inner + i % inner;
            slice.setDouble(i, tensor.getDouble(source));
        }
        return slice;
    }

    private static SsdInputs slice(SsdInputs in, long from, long to, @Nullable Tensor states) {
        SequencedMap<String, Tensor> arrays = in.arrays();
        arrays.replaceAll((name, array) -> switch (name) {
            case "x", "dt", "B", "C", "z" -> timeSlice(array, from, to);
            default -> array;
        });
        return SsdInputs.of(arrays)
                .dtSoftplus(in.dtSoftplus())
                .dtLimit(in.dtMin(), in.dtMax())
                .initialStates(states)
                .build();
    }

    /** Stopping anywhere and resuming from the states gives the same; a step at a time is the extreme of it. */
    @Property(tries = TRIES, edgeCases = EdgeCasesMode.FIRST, shrinking = ShrinkingMode.FULL)
    void splitAndResumeAndStep(@ForAll("draws") SsdDraw draw) {
        Check.cover("length", draw.time() > 1 && !draw.packed() ? "can be split" : "cannot", "can be split");
        if (draw.packed()) {
            return;
        }
        SsdInputs in = draw.integers();
        for (SsdOptions options : exact(draw)) {
            SsdOutputs whole = backend().forward(in, options);
            Tensor states = in.initialStates();
            for (int t = 0; t < draw.time(); t++) {
                SsdOutputs step = backend().step(slice(in, t, t + 1L, states), options);
                equal("step equals run", "y", step.y(), timeSlice(whole.y(), t, t + 1L), at(draw, options));
                states = step.finalStates();
            }
            if (draw.time() > 0) {
                equal("step equals run", "final states", nonNull(states), whole.finalStates(), at(draw, options));
            }
            for (long cut = 0; cut <= draw.time(); cut += 1 + draw.time() / 4) {
                SsdOutputs first = backend().forward(slice(in, 0, cut, in.initialStates()), options);
                SsdOutputs second = backend().forward(slice(in, cut, draw.time(), first.finalStates()), options);
                equal("split and resume", "y", first.y(), timeSlice(whole.y(), 0, cut), at(draw, options));
                equal("split and resume", "y", second.y(), timeSlice(whole.y(), cut, draw.time()), at(draw, options));
                equal("split and resume", "final states", second.finalStates(), whole.finalStates(), at(draw, options));
            }
        }
    }

    private static Tensor nonNull(@Nullable Tensor tensor) {
        if (tensor == null) {
            throw new IllegalStateException("no states");
        }
        return tensor;
    }

    /** {@code Σ y·dy + Σ h_T·dh_T = Σ x·dx + Σ h·dh}: the backward pass is the adjoint of the forward pass. */
    @Property(tries = TRIES, edgeCases = EdgeCasesMode.FIRST, shrinking = ShrinkingMode.FULL)
    void adjoint(@ForAll("draws") SsdDraw draw) {
        if (!differentiable()) {
            return;
        }
        SsdInputs in = draw.integers();
        for (SsdOptions options : exact(draw)) {
            SsdOutputs out = backend().forward(in, options);
            SsdGradients gradients = backend().backward(in, draw.dy(), draw.dFinalStates(), options);
            double forward = inner(out.y(), draw.dy()) + inner(out.finalStates(), draw.dFinalStates());
            double backward = inner(in.x(), gradients.of("x"))
                    + inner(nonNull(in.initialStates()), gradients.of("initial_states"));
            Check.holds(
                    "adjoint identity",
                    forward == backward,
                    "⟨f(x), dy⟩ = " + forward + ", but ⟨x, f*(dy)⟩ = " + backward + " at " + at(draw, options));
        }
    }

    private static double inner(Tensor a, Tensor b) {
        double sum = 0;
        for (long i = 0; i < a.size(); i++) {
            sum += a.getDouble(i) * b.getDouble(i);
        }
        return sum;
    }

    /** Sequences and heads do not mix: in reverse order they give the same in reverse order. */
    @Property(tries = TRIES, edgeCases = EdgeCasesMode.FIRST, shrinking = ShrinkingMode.FULL)
    void permutationOfBatchAndHeads(@ForAll("draws") SsdDraw draw) {
        cover(draw);
        SsdInputs in = draw.integers();
        SsdInputs heads = in.map((name, tensor) -> switch (name) {
            case "x", "dt", "B", "C", "z" -> reversed(tensor, 2);
            case "A", "D", "dt_bias" -> reversed(tensor, 0);
            case "initial_states" -> reversed(tensor, 1);
            default -> tensor;
        });
        SsdInputs batch = in.map((name, tensor) -> switch (name) {
            case "x", "dt", "B", "C", "z", "initial_states" -> reversed(tensor, 0);
            default -> tensor;
        });
        for (SsdOptions options : exact(draw)) {
            SsdOutputs out = backend().forward(in, options);
            equal(
                    "permutation of heads",
                    backend().forward(heads, options),
                    new SsdOutputs(reversed(out.y(), 2), reversed(out.finalStates(), 1)),
                    at(draw, options));
            if (!draw.packed()) {
                equal(
                        "permutation of the batch",
                        backend().forward(batch, options),
                        new SsdOutputs(reversed(out.y(), 0), reversed(out.finalStates(), 0)),
                        at(draw, options));
            }
        }
    }

    private static Tensor reversed(Tensor tensor, int axis) {
        long[] shape = tensor.shape();
        long inner = Arrays.stream(shape).skip(axis + 1L).reduce(1, (a, b) -> a * b);
        LongUnaryOperator source = i -> {
            long at = i / inner % shape[axis];
            return i + (shape[axis] - 1 - 2 * at) * inner;
        };
        Tensor result = Tensor.zeros(tensor.dtype(), shape);
        for (long i = 0; i < tensor.size(); i++) {
            result.setDouble(i, tensor.getDouble(source.applyAsLong(i)));
        }
        return result;
    }

    /** After a step of decay zero nothing is left of what came before, and nothing is NaN. */
    @Property(tries = TRIES, edgeCases = EdgeCasesMode.FIRST, shrinking = ShrinkingMode.FULL)
    void resets(@ForAll("draws") SsdDraw draw) {
        Check.cover("reset", draw.time() > 1 && !draw.packed() ? "inside" : "none", "inside");
        if (draw.packed() || draw.time() == 0) {
            return;
        }
        long reset = draw.time() / 2;
        SequencedMap<String, Tensor> others = draw.otherIntegers().arrays();
        SsdInputs in = draw.integers().map((name, tensor) -> switch (name) {
            case "A" -> Tensor.of(filled(4, Double.NEGATIVE_INFINITY), 4);
            case "dt" -> withOnes(tensor, reset);
            default -> tensor;
        });
        SsdInputs changed = in.map((name, tensor) -> {
            Tensor other = others.get(name);
            return other == null
                    ? tensor
                    : name.equals("x") ? joined(other, tensor, reset) : name.equals("initial_states") ? other : tensor;
        });
        for (SsdOptions options : exact(draw)) {
            SsdOutputs one = backend().forward(in, options);
            SsdOutputs other = backend().forward(changed, options);
            equal(
                    "resets",
                    "y from the reset on",
                    timeSlice(other.y(), reset, draw.time()),
                    timeSlice(one.y(), reset, draw.time()),
                    at(draw, options));
            equal("resets", "final states", other.finalStates(), one.finalStates(), at(draw, options));
            Check.holds(
                    "resets",
                    Arrays.stream(one.y().toDoubleArray()).allMatch(Double::isFinite),
                    "y is not finite at " + at(draw, options));
        }
    }

    private static double[] filled(int n, double value) {
        double[] values = new double[n];
        Arrays.fill(values, value);
        return values;
    }

    private static Tensor withOnes(Tensor dt, long t) {
        Tensor result = Tensor.zeros(dt.dtype(), dt.shape());
        for (long i = 0; i < dt.size(); i++) {
            boolean here = i / dt.length(2) % dt.length(1) == t;
            result.setDouble(i, here ? 1 : dt.getDouble(i));
        }
        return result;
    }

    /** The same inputs and options give the same bits. */
    @Property(tries = TRIES, edgeCases = EdgeCasesMode.FIRST, shrinking = ShrinkingMode.FULL)
    void determinism(@ForAll("draws") SsdDraw draw) {
        SsdInputs in = draw.reals();
        for (SsdOptions options : options(draw)) {
            equal("determinism", backend().forward(in, options), backend().forward(in, options), at(draw, options));
        }
    }
}
