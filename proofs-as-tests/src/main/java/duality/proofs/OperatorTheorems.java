package duality.proofs;

import duality.algebra.Blocks;
import duality.algebra.Ring;
import duality.models.DiagonalDecay;
import duality.proofs.symbolic.Dual;
import duality.proofs.symbolic.DualNumbers;
import duality.semiseparable.CumProdSum;
import duality.sma.HeadPattern;
import duality.ssd.BlockDecomposition;
import duality.ssd.Cuts;
import duality.ssd.Recurrence;
import duality.ssd.ScalarSsm;
import duality.ssd.SsdAlgorithm;
import duality.ssd.SsdBackend;
import duality.ssd.SsdBackends;
import duality.ssd.SsdGradients;
import duality.ssd.SsdInputs;
import duality.ssd.SsdOptions;
import duality.ssd.SsdOutputs;
import duality.tensor.DType;
import duality.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The operator on tensors: heads, groups, step sizes, gate, packed sequences (Dao and Gu 2024, Sections 6 to 8).
 *
 * <p>It computes in double precision, so it is run where that is exact: integers small enough for every sum and
 * product, rates A of zero (decay one, with the derivative of the exponential at zero, which is one) and of −∞ (decay
 * zero), and gates z of zero (silu 0, its slope 1/2). There the results are polynomials in the other inputs, and
 * compared without a tolerance with the definition over the integers, and over dual numbers of them for gradients. At
 * other rates and gates the definition's text is proven by {@link HeadTheorems}, over polynomials.
 */
final class OperatorTheorems {
    private static final int POINTS = 12;
    private static final int GRADIENT_POINTS = 8;
    private static final int NUMBERS = 64;
    private static final int DEGREE = 8;

    /** A polynomial of degree at most 8 that is not zero vanishes at a point of 64 numbers a variable with at most 1/8. */
    private static final double FALSE_PASS = Math.pow((double) DEGREE / NUMBERS, POINTS);

    private OperatorTheorems() {}

    static List<Theorem<?>> all() {
        return List.of(headPatterns(), selectiveScan(), operatorGradient());
    }

    // ---- The definition over any ring

    /** The arrays of the operator as elements of a ring. */
    private record Operands<E>(SsdInputs in, SequencedMap<String, List<E>> values) {
        E at(String name, long... index) {
            List<E> array = values.get(name);
            if (array == null) {
                throw new IllegalStateException("no array " + name);
            }
            Tensor tensor = in.arrays().get(name);
            if (tensor == null) {
                throw new IllegalStateException("no array " + name);
            }
            long[] shape = tensor.shape();
            long offset = 0;
            for (int axis = 0; axis < shape.length; axis++) {
                offset = offset * shape[axis] + index[axis];
            }
            return array.get(Math.toIntExact(offset));
        }

        boolean has(String name) {
            return values.containsKey(name);
        }
    }

    /** {@code y} and the final states, flattened. */
    private record Outputs<E>(List<E> y, List<E> finalStates) {}

    /** What the definition needs beyond a ring, at the points where it is exact. */
    private interface Functions<E> {
        /** The number as it is, for decisions. */
        double number(E e);

        /** exp at zero. */
        E expOfZero(E x);

        /** silu at zero. */
        E siluOfZero(E z);
    }

    private static <E> Outputs<E> definition(Ring<E> ring, Functions<E> f, Operands<E> arrays) {
        SsdInputs in = arrays.in;
        int heads = in.heads();
        int p = in.headDim();
        int n = in.stateSize();
        List<E> y = new ArrayList<>();
        for (long i = 0; i < in.batch() * in.time() * heads * p; i++) {
            y.add(ring.zero());
        }
        List<E> states = new ArrayList<>();
        for (SsdInputs.Sequence sequence : in.sequences()) {
            for (int h = 0; h < heads; h++) {
                int xHead = h / (heads / in.xHeads());
                int bGroup = h / (heads / in.bGroups());
                int cGroup = h / (heads / in.cGroups());
                double rate = f.number(arrays.at("A", h));
                List<E> state = new ArrayList<>();
                for (int c = 0; c < p * n; c++) {
                    state.add(
                            arrays.has("initial_states")
                                    ? arrays.at("initial_states", sequence.index(), h, c / n, c % n)
                                    : ring.zero());
                }
                for (long t = sequence.from(); t < sequence.to(); t++) {
                    E dt = arrays.at("dt", sequence.batch(), t, h);
                    if (arrays.has("dt_bias")) {
                        dt = ring.add(dt, arrays.at("dt_bias", h));
                    }
                    double raw = f.number(dt);
                    if (raw < in.dtMin() || raw > in.dtMax()) {
                        dt = ring.integer((long) Math.clamp(raw, in.dtMin(), in.dtMax()));
                    }
                    E decay = rate == 0
                            ? f.expOfZero(ring.multiply(dt, arrays.at("A", h)))
                            : f.number(dt) == 0 ? ring.one() : ring.zero();
                    for (int c = 0; c < p; c++) {
                        E x = arrays.at("x", sequence.batch(), t, xHead, c);
                        E out = ring.zero();
                        for (int m = 0; m < n; m++) {
                            E input =
                                    ring.multiply(ring.multiply(dt, x), arrays.at("B", sequence.batch(), t, bGroup, m));
                            state.set(c * n + m, ring.add(ring.multiply(decay, state.get(c * n + m)), input));
                            out = ring.add(
                                    out,
                                    ring.multiply(
                                            arrays.at("C", sequence.batch(), t, cGroup, m), state.get(c * n + m)));
                        }
                        if (arrays.has("D")) {
                            Tensor d = in.skip();
                            E skip = d != null && d.rank() == 1 ? arrays.at("D", h) : arrays.at("D", h, c);
                            out = ring.add(out, ring.multiply(skip, x));
                        }
                        if (arrays.has("z")) {
                            out = ring.multiply(out, f.siluOfZero(arrays.at("z", sequence.batch(), t, h, c)));
                        }
                        int position = Math.toIntExact(((sequence.batch() * in.time() + t) * heads + h) * p + c);
                        y.set(position, out);
                    }
                }
                states.addAll(state);
            }
        }
        return new Outputs<>(y, states);
    }

    /** The integers, in 64 bits that must not overflow. */
    private enum Longs implements Ring<Long>, Functions<Long> {
        INSTANCE;

        @Override
        public Long zero() {
            return 0L;
        }

        @Override
        public Long one() {
            return 1L;
        }

        @Override
        public Long add(Long a, Long b) {
            return Math.addExact(a, b);
        }

        @Override
        public Long negate(Long a) {
            return Math.negateExact(a);
        }

        @Override
        public Long multiply(Long a, Long b) {
            return Math.multiplyExact(a, b);
        }

        @Override
        public boolean equal(Long a, Long b) {
            return a.longValue() == b.longValue();
        }

        @Override
        public Long integer(long n) {
            return n;
        }

        @Override
        public double number(Long e) {
            return e;
        }

        @Override
        public Long expOfZero(Long x) {
            return 1L;
        }

        @Override
        public Long siluOfZero(Long z) {
            return 0L;
        }
    }

    private enum AtDuals implements Functions<Dual<Long>> {
        INSTANCE;

        @Override
        public double number(Dual<Long> e) {
            return e.value();
        }

        @Override
        public Dual<Long> expOfZero(Dual<Long> x) {
            return new Dual<>(1L, x.derivative());
        }

        @Override
        public Dual<Long> siluOfZero(Dual<Long> z) {
            return new Dual<>(0L, z.derivative() / 2); // seeded by 2
        }
    }

    // ---- Random integers

    private static final class Integers {
        private final SplittableRandom random;

        Integers(long seed) {
            random = new SplittableRandom(seed);
        }

        Tensor any(long... shape) {
            return Tensor.generate(() -> random.nextInt(-NUMBERS / 2, NUMBERS / 2), shape);
        }

        Tensor positive(long... shape) {
            return Tensor.generate(() -> random.nextInt(1, NUMBERS + 1), shape);
        }

        SsdInputs inputs(HeadPattern pattern, boolean packed, boolean gated, double rate) {
            int heads = 4;
            int p = 2;
            int n = 2;
            int batch = packed ? 1 : 2;
            int time = 5;
            Tensor rates = Tensor.generate(() -> rate, heads);
            SsdInputs.Builder in = SsdInputs.builder(
                            any(batch, time, pattern.xHeads(heads), p),
                            rate == 0
                                    ? positive(batch, time, heads)
                                    : Tensor.generate(() -> random.nextInt(3), batch, time, heads),
                            rates,
                            any(batch, time, pattern.bGroups(heads, 2), n),
                            any(batch, time, pattern.cGroups(heads, 2), n))
                    .skip(packed ? any(heads) : any(heads, p))
                    .initialStates(any(packed ? 3 : batch, heads, p, n))
                    .cuSeqlens(packed ? Tensor.of(new int[] {0, 2, 2, 5}, 4) : null);
            if (rate == 0) {
                in.dtBias(any(heads)).dtLimit(5, 60);
            }
            if (gated) {
                in.gate(Tensor.zeros(DType.FLOAT64, batch, time, heads, p));
            }
            return in.build();
        }
    }

    private static <E> Operands<E> arrays(SsdInputs in, LongFunction<E> element) {
        SequencedMap<String, List<E>> values = new LinkedHashMap<>();
        in.arrays().forEach((name, tensor) -> {
            List<E> list = new ArrayList<>();
            for (long i = 0; i < tensor.size(); i++) {
                double value = tensor.getDouble(i);
                list.add(element.apply(value == Double.NEGATIVE_INFINITY ? -1 : (long) value)); // only told from zero
            }
            values.put(name, list);
        });
        return new Operands<>(in, values);
    }

    /** Requires that numbers in double precision are halves of integers, exactly. */
    private static void requireHalves(String where, String what, Tensor actual, List<Long> twice) {
        for (int i = 0; i < twice.size(); i++) {
            if (actual.size() != twice.size() || 2 * actual.getDouble(i) != twice.get(i)) {
                throw new Refutation("%s: %s%s = %s, but %s by the definition"
                        .formatted(
                                where,
                                what,
                                Arrays.toString(actual.index(i)),
                                actual.getDouble(i),
                                twice.get(i) / 2.0));
            }
        }
    }

    private static List<Long> twice(List<Long> values) {
        return values.stream().map(value -> 2 * value).toList();
    }

    // ---- Section 7.2

    /** A backend with something wrong about its inputs or outputs. */
    private static class Wrong implements SsdBackend {
        private final UnaryOperator<SsdInputs> inputs;
        private final BiFunction<SsdInputs, SsdOutputs, SsdOutputs> outputs;

        Wrong(UnaryOperator<SsdInputs> inputs, BiFunction<SsdInputs, SsdOutputs, SsdOutputs> outputs) {
            this.inputs = inputs;
            this.outputs = outputs;
        }

        static Wrong given(UnaryOperator<SsdInputs> inputs) {
            return new Wrong(inputs, (in, out) -> out);
        }

        static Wrong array(String wrongName, UnaryOperator<Tensor> change) {
            return given(in -> in.map((name, tensor) -> name.equals(wrongName) ? change.apply(tensor) : tensor));
        }

        @Override
        public String name() {
            return "wrong";
        }

        @Override
        public String description() {
            return "wrong";
        }

        @Override
        public SsdOutputs forward(SsdInputs in, SsdOptions options) {
            return outputs.apply(in, SsdBackends.CPU.forward(inputs.apply(in), options));
        }

        @Override
        public SsdGradients backward(SsdInputs in, Tensor dy, @Nullable Tensor dFinalStates, SsdOptions options) {
            return SsdBackends.CPU.backward(inputs.apply(in), dy, dFinalStates, options);
        }
    }

    private static Tensor mapped(Tensor tensor, DoubleUnaryOperator of) {
        Tensor result = Tensor.zeros(tensor.dtype(), tensor.shape());
        for (long i = 0; i < tensor.size(); i++) {
            result.setDouble(i, of.applyAsDouble(tensor.getDouble(i)));
        }
        return result;
    }

    /** Groups moved on by one along axis 2. */
    private static Tensor rolled(Tensor tensor) {
        Tensor result = Tensor.zeros(tensor.dtype(), tensor.shape());
        long width = tensor.length(3);
        long groups = tensor.length(2);
        for (long i = 0; i < tensor.size(); i++) {
            long group = i / width % groups;
            long from = i + ((group + 1) % groups - group) * width;
            result.setDouble(i, tensor.getDouble(from));
        }
        return result;
    }

    private static Theorem<SsdBackend> headPatterns() {
        return Theorem.about(SsdBackends.CPU, "head-patterns")
                .from("Dao and Gu 2024, Section 7.2 (multi-head, -contract, -expand, -input, grouped) and Section 8.3")
                .states(
                        "every head of every pattern is the scalar model on the X, B and C that it shares, with steps in the order bias, "
                                + "limit, decay and input, scan, skip, gate; packed sequences are separate",
                        "Y^{(h)} = \\mathrm{SSD}(X^{(h / (H/H_X))}, A^{(h)}, B^{(h / (H/H_B))}, C^{(h / (H/H_C))})")
                .of(SsdBackend.class, HeadPattern.class, SsdInputs.class)
                .by(new Proof<>(
                        Method.RANDOM_IDENTITY,
                        "the backend that ships, on integers for which double precision is exact, against the definition over the integers",
                        List.of(
                                new Quantifier("pattern, packing", "all five, packed and not", "each"),
                                new Quantifier("algorithm", "recurrent, quadratic, block", "each"),
                                new Quantifier(
                                        "entries",
                                        "generic, decays 1 and 0",
                                        POINTS + " points of " + NUMBERS
                                                + " numbers; others: the definition by head, this backend by the bounds of SsdCheck"),
                                new Quantifier("B, T, H, P, N", "2, 5, 4, 2, 2", "one shape")),
                        OperatorTheorems::patternsAreHeads))
                .refuting("operator: group index off by one in B", Wrong.array("B", OperatorTheorems::rolled))
                .refuting("operator: group index off by one in C", Wrong.array("C", OperatorTheorems::rolled))
                .refuting("operator: missing dt in the input", Wrong.array("dt", dt -> mapped(dt, _ -> 5)))
                .refuting("operator: missing bias", Wrong.array("dt_bias", bias -> mapped(bias, _ -> 0)))
                .refuting(
                        "operator: limit ignored",
                        Wrong.given(in -> SsdInputs.of(in.arrays())
                                .dtSoftplus(in.dtSoftplus())
                                .build()))
                .refuting("operator: skip left out", Wrong.array("D", d -> mapped(d, _ -> 0)))
                .refuting("operator: initial states left out", Wrong.array("initial_states", h -> mapped(h, _ -> 0)))
                .refuting(
                        "operator: B and C exchanged",
                        Wrong.given(in -> in.map((name, tensor) -> switch (name) {
                            case "B" -> in.c();
                            case "C" -> in.b();
                            default -> tensor;
                        })))
                .refuting(
                        "operator: packed sequences not separated",
                        Wrong.given(in -> in.cuSeqlens() == null
                                ? in
                                : in.map((name, tensor) ->
                                        name.equals("cu_seqlens") ? Tensor.of(new int[] {0, 5, 5, 5}, 4) : tensor)))
                .refuting(
                        "operator: final states transposed",
                        new Wrong(in -> in, (in, out) -> new SsdOutputs(out.y(), swapped(out.finalStates()))))
                .refuting(
                        "operator: softplus where there is none",
                        Wrong.given(in -> SsdInputs.of(in.arrays())
                                .dtSoftplus(true)
                                .dtLimit(in.dtMin(), in.dtMax())
                                .build()))
                .rounded(
                        "γ_k m with k = 3T + N + 20 (SsdCheck); held by the laws of backends in double, single and half precision")
                .build();
    }

    private static Tensor swapped(Tensor states) {
        Tensor result = Tensor.zeros(states.dtype(), states.shape());
        int p = Math.toIntExact(states.length(2));
        int n = Math.toIntExact(states.length(3));
        for (long i = 0; i < states.size(); i++) {
            long inner = i % ((long) p * n);
            result.setDouble(i - inner + inner % n * p + inner / n, states.getDouble(i));
        }
        return result;
    }

    private static Evidence patternsAreHeads(SsdBackend backend) {
        long identities = 0;
        long terms = 0;
        for (int point = 0; point < POINTS; point++) {
            for (HeadPattern pattern : HeadPattern.values()) {
                for (boolean packed : new boolean[] {false, true}) {
                    for (double rate : new double[] {0, Double.NEGATIVE_INFINITY}) {
                        SsdInputs in = new Integers(point).inputs(pattern, packed, false, rate);
                        Outputs<Long> expected = definition(Longs.INSTANCE, Longs.INSTANCE, arrays(in, Long::valueOf));
                        for (SsdOptions.Algorithm algorithm : SsdOptions.Algorithm.values()) {
                            SsdOutputs actual = backend.forward(
                                    in, SsdOptions.defaults().with(algorithm).withChunkLength(2));
                            String where =
                                    "point %d, %s%s, %s".formatted(point, pattern, packed ? " packed" : "", algorithm);
                            requireHalves(where, "y", actual.y(), twice(expected.y()));
                            requireHalves(where, "h", actual.finalStates(), twice(expected.finalStates()));
                            identities += 2;
                            terms += actual.y().size() + actual.finalStates().size();
                        }
                    }
                }
            }
        }
        return new Evidence(
                identities,
                terms,
                FALSE_PASS,
                List.of("%d results equal in %d entries, without a tolerance".formatted(identities, terms)));
    }

    // ---- Proposition 7.2

    /** S6 on inputs of several channels. */
    interface SelectiveScan {
        <M> M run(Blocks<M> k, List<M> decay, M b, M c, M x);
    }

    private static SelectiveScan perChannel(SsdAlgorithm algorithm, boolean sharedDecay) {
        return new SelectiveScan() {
            @Override
            public <M> M run(Blocks<M> k, List<M> decay, M b, M c, M x) {
                int length = k.rows(x);
                List<M> y = new ArrayList<>();
                for (int d = 0; d < k.columns(x); d++) {
                    M sum = k.zeros(length, 1);
                    for (int n = 0; n < k.columns(b); n++) {
                        ScalarSsm<M> head = ScalarSsm.of(
                                k,
                                k.block(decay.get(sharedDecay ? 0 : d), 0, length, n, n + 1),
                                k.block(b, 0, length, n, n + 1),
                                k.block(c, 0, length, n, n + 1),
                                k.block(x, 0, length, d, d + 1),
                                k.zeros(1, 1));
                        sum = k.add(sum, algorithm.run(k, head).y());
                    }
                    y.add(sum);
                }
                return k.stackColumns(y);
            }
        };
    }

    private static Theorem<SelectiveScan> selectiveScan() {
        return Theorem.about(
                        perChannel(new BlockDecomposition(Cuts.every(2), CumProdSum.ASSOCIATIVE_SCAN), false), "s6")
                .from("Dao and Gu 2024, Proposition 7.2")
                .states(
                        "the selective scan S6 of Mamba-1 is the multi-input pattern with head dimension one and diagonal transitions: a head "
                                + "for each channel, B and C shared, and for each head a sum of N scalar models",
                        "h_{t,d,n} = a_{t,d,n} h_{t-1,d,n} + B_{t,n} x_{t,d},\\; y_{t,d} = \\sum_n C_{t,n} h_{t,d,n}")
                .of(DiagonalDecay.class, BlockDecomposition.class)
                .by(Proof.polynomials(
                        OperatorTheorems::isSelectiveScan,
                        Shape.upTo(4, 2, 2),
                        new Quantifier("entries", "all, over every commutative ring", "variables"),
                        new Quantifier(
                                "T, N, channels",
                                "≤ 4, 2, 2",
                                "each; all T by chunk-induction, all N and channels by linearity")))
                .refuting("S6: one decay for all channels", perChannel(new Recurrence(), true))
                .refuting("S6: outputs of the unmasked scores", new SelectiveScan() {
                    @Override
                    public <M> M run(Blocks<M> k, List<M> decay, M b, M c, M x) {
                        return k.multiply(k.multiplyTransposeRight(c, b), x);
                    }
                })
                .rounded(OperatorTheorems::isSelectiveScan, List.of(new Shape(12, 3, 2)))
                .build();
    }

    private static <M> void isSelectiveScan(SelectiveScan program, World<M> w, Shape shape) {
        Blocks<M> k = w.k();
        int length = shape.time();
        int channels = shape.headDim();
        M b = w.matrix("B", length, shape.stateSize());
        M c = w.matrix("C", length, shape.stateSize());
        M x = w.matrix("x", length, channels);
        List<M> decay = new ArrayList<>();
        List<M> expected = new ArrayList<>();
        for (int d = 0; d < channels; d++) {
            M own = w.scalars("a" + d, length, shape.stateSize());
            decay.add(own);
            M channel = k.block(x, 0, length, d, d + 1);
            expected.add(new DiagonalDecay<>(own, c, b).recurrent(k, channel));
            w.equal(
                    "the scan of channel " + d + ", step by step",
                    expected.getLast(),
                    stepByStep(k, own, b, c, channel));
        }
        w.equal("y", program.run(k, decay, b, c, x), k.stackColumns(expected));
    }

    private static <M> M stepByStep(Blocks<M> k, M decay, M b, M c, M x) {
        M h = k.zeros(1, k.columns(b));
        List<M> y = new ArrayList<>();
        y.add(k.zeros(0, 1));
        for (int t = 0; t < k.rows(x); t++) {
            h = k.add(k.hadamard(k.row(decay, t), h), k.scale(k.row(x, t), k.row(b, t)));
            y.add(k.rowSums(k.hadamard(k.row(c, t), h)));
        }
        return k.stackRows(y);
    }

    // ---- Gradients of the operator

    /** A backend with a wrong gradient. */
    private static SsdBackend wrongGradient(String of, UnaryOperator<Tensor> change) {
        return new Wrong(in -> in, (in, out) -> out) {
            @Override
            public SsdGradients backward(SsdInputs in, Tensor dy, @Nullable Tensor dFinalStates, SsdOptions options) {
                SequencedMap<String, Tensor> arrays =
                        super.backward(in, dy, dFinalStates, options).arrays();
                if (arrays.containsKey(of)) {
                    arrays.put(of, change.apply(arrays.get(of)));
                }
                return new SsdGradients(arrays);
            }
        };
    }

    private static Theorem<SsdBackend> operatorGradient() {
        return Theorem.about(SsdBackends.CPU, "gradient-operator")
                .from("differentiation of Dao and Gu 2024, Sections 6 and 7")
                .states(
                        "the gradient of every input of the operator is the derivative of the definition: x, dt, A, B, C, D, z, dt_bias and "
                                + "the initial states, through limit, decay, skip and gate",
                        "\\nabla_{x, \\Delta, A, B, C, D, z, b, h} \\left( \\sum y \\cdot \\mathrm{d}y + \\sum h_T \\cdot \\mathrm{d}h_T \\right)")
                .of(SsdBackend.class, SsdGradients.class)
                .by(new Proof<>(
                        Method.RANDOM_IDENTITY,
                        "the backend that ships, on integers for which double precision is exact, against the definition over dual numbers "
                                + "over the integers; A = 0 and z = 0, where exp and silu have rational derivatives",
                        List.of(
                                new Quantifier("input", "all nine", "each entry is seeded once"),
                                new Quantifier(
                                        "A, z",
                                        "0",
                                        "others: the definition by head, this backend by the bounds of SsdCheck"),
                                new Quantifier(
                                        "entries", "generic", GRADIENT_POINTS + " points of " + NUMBERS + " numbers"),
                                new Quantifier("pattern, packing", "three of them", "each")),
                        OperatorTheorems::gradientsAreDerivatives))
                .refuting(
                        "operator gradient: dA without the step sizes", wrongGradient("A", a -> mapped(a, v -> v / 2)))
                .refuting("operator gradient: no dD", wrongGradient("D", d -> mapped(d, _ -> 0)))
                .refuting("operator gradient: silu's slope for silu", wrongGradient("z", z -> mapped(z, v -> 2 * v)))
                .refuting("operator gradient: groups not summed", wrongGradient("B", OperatorTheorems::rolled))
                .refuting("operator gradient: the limit's mask ignored", new Wrong(in -> in, (in, out) -> out) {
                    @Override
                    public SsdGradients backward(
                            SsdInputs in, Tensor dy, @Nullable Tensor dFinalStates, SsdOptions options) {
                        SsdGradients right = super.backward(in, dy, dFinalStates, options);
                        SequencedMap<String, Tensor> arrays = right.arrays();
                        arrays.put("dt", mapped(right.of("dt"), v -> v == 0 ? 1 : v));
                        return new SsdGradients(arrays);
                    }
                })
                .refuting(
                        "operator gradient: dt_bias of one head",
                        wrongGradient("dt_bias", b -> mapped(b, v -> v == b.getDouble(0) ? v : 0)))
                .refuting(
                        "operator gradient: initial states without their decay's sign",
                        wrongGradient("initial_states", h -> mapped(h, v -> -v)))
                .rounded("γ_k m with k = 8T + 2(N + P) + batch·time + H + 60 (SsdCheck); held by the laws of backends")
                .build();
    }

    /** Inputs, gradients to send back, and what must come of them: computed once for the program and its mutants. */
    private record GradientCase(
            String where, SsdInputs in, Tensor dy, Tensor dFinal, SequencedMap<String, List<Long>> twiceExpected) {
        static final List<GradientCase> ALL = all();

        private static List<GradientCase> all() {
            List<GradientCase> cases = new ArrayList<>();
            for (int point = 0; point < GRADIENT_POINTS; point++) {
                for (HeadPattern pattern :
                        List.of(HeadPattern.GROUPED, HeadPattern.MULTI_CONTRACT, HeadPattern.MULTI_INPUT)) {
                    boolean packed = pattern == HeadPattern.MULTI_INPUT;
                    for (boolean gated : new boolean[] {false, true}) {
                        Integers integers = new Integers(100L + point);
                        SsdInputs in = integers.inputs(pattern, packed, gated, 0);
                        Tensor dy = integers.any(in.batch(), in.time(), in.heads(), in.headDim());
                        Tensor dFinal = integers.any(in.sequences().size(), in.heads(), in.headDim(), in.stateSize());
                        SequencedMap<String, List<Long>> expected = new LinkedHashMap<>();
                        in.arrays().forEach((name, tensor) -> {
                            if (tensor.dtype().isFloatingPoint()) {
                                expected.put(name, twiceDerivatives(in, name, dy, dFinal));
                            }
                        });
                        cases.add(new GradientCase(
                                "point %d, %s%s".formatted(point, pattern, gated ? " gated" : ""),
                                in,
                                dy,
                                dFinal,
                                expected));
                    }
                }
            }
            return List.copyOf(cases);
        }
    }

    private static Evidence gradientsAreDerivatives(SsdBackend backend) {
        long identities = 0;
        long terms = 0;
        for (GradientCase at : GradientCase.ALL) {
            SsdGradients actual = backend.backward(
                    at.in(), at.dy(), at.dFinal(), SsdOptions.defaults().withChunkLength(2));
            for (var entry : at.twiceExpected().entrySet()) {
                requireHalves(at.where(), "d" + entry.getKey(), actual.of(entry.getKey()), entry.getValue());
                identities++;
                terms += entry.getValue().size();
            }
        }
        return new Evidence(
                identities,
                terms,
                Math.pow((double) DEGREE / NUMBERS, GRADIENT_POINTS),
                List.of("%d gradients equal in %d entries, without a tolerance".formatted(identities, terms)));
    }

    /** The derivative by every entry of an array, times two. */
    private static List<Long> twiceDerivatives(SsdInputs in, String by, Tensor dy, Tensor dFinal) {
        DualNumbers<Long> ring = new DualNumbers<>(Longs.INSTANCE);
        Operands<Dual<Long>> arrays = arrays(in, ring::constant);
        List<Dual<Long>> seeded = arrays.values.getOrDefault(by, List.of());
        List<Long> derivatives = new ArrayList<>();
        for (int i = 0; i < seeded.size(); i++) {
            Dual<Long> constant = seeded.get(i);
            seeded.set(i, new Dual<>(constant.value(), 2L));
            Outputs<Dual<Long>> outputs = definition(ring, AtDuals.INSTANCE, arrays);
            seeded.set(i, constant);
            derivatives.add(inner(outputs.y(), dy) + inner(outputs.finalStates(), dFinal));
        }
        return derivatives;
    }

    private static long inner(List<Dual<Long>> outputs, Tensor weights) {
        long sum = 0;
        for (int i = 0; i < outputs.size(); i++) {
            sum += outputs.get(i).derivative() * (long) weights.getDouble(i);
        }
        return sum;
    }
}
