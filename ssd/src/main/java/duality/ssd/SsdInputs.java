package duality.ssd;

import duality.errors.Fault;
import duality.errors.ShapeException;
import duality.errors.UnsupportedRequestException;
import duality.errors.ValueException;
import duality.kernels.Parallel;
import duality.sma.HeadPattern;
import duality.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The inputs of the SSD operator as Mamba-2 layers use it. In order: {@code dt ← clamp(softplus(dt +
 * dt_bias), dt_limit)}; decay {@code exp(dt·A)}, input {@code dt·x}; the scan of {@link ScalarSsm}; {@code +
 * D·x}; {@code · silu(z)}.
 *
 * <table>
 *   <caption>Arrays</caption>
 *   <tr><th>name</th><th>shape</th><th></th></tr>
 *   <tr><td>x</td><td>(batch, time, xHeads, headDim)</td><td>inputs</td></tr>
 *   <tr><td>dt</td><td>(batch, time, heads)</td><td>step sizes, before bias, softplus and limit</td></tr>
 *   <tr><td>A</td><td>(heads)</td><td>rates, ≤ 0; −∞ forgets at every step with dt &gt; 0</td></tr>
 *   <tr><td>B</td><td>(batch, time, bGroups, stateSize)</td><td>input vectors</td></tr>
 *   <tr><td>C</td><td>(batch, time, cGroups, stateSize)</td><td>output vectors</td></tr>
 *   <tr><td>D</td><td>(heads) or (heads, headDim)</td><td>optional skip</td></tr>
 *   <tr><td>z</td><td>(batch, time, heads, headDim)</td><td>optional gate</td></tr>
 *   <tr><td>dt_bias</td><td>(heads)</td><td>optional</td></tr>
 *   <tr><td>initial_states</td><td>(sequences, heads, headDim, stateSize)</td><td>optional, zero if absent</td></tr>
 *   <tr><td>cu_seqlens</td><td>(sequences + 1)</td><td>optional, int32 or int64: batch is 1 and holds
 *     sequences one after another, the i-th at [cu_seqlens[i], cu_seqlens[i+1])</td></tr>
 * </table>
 *
 * <p>{@code xHeads}, {@code bGroups} and {@code cGroups} divide {@code heads}; head h reads number {@code h /
 * (heads / count)}, so neighbouring heads share. The {@linkplain HeadPattern head patterns} are choices of
 * these counts. {@code sequences} is {@code batch} without {@code cu_seqlens}.
 *
 * <p>Everything is checked once, here: shapes, types, finite values, {@code A ≤ 0}, {@code 0 ≤ min ≤ max} for
 * the limit. So every decay lies in [0, 1], and the algorithms check nothing. The tensors are not copied.
 */
public final class SsdInputs {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** What one task looks through. */
    private static final long SCAN_BYTES = 1 << 20;

    private final Tensor x;
    private final Tensor dt;
    private final Tensor a;
    private final Tensor b;
    private final Tensor c;
    private final @Nullable Tensor d;
    private final @Nullable Tensor z;
    private final @Nullable Tensor dtBias;
    private final @Nullable Tensor initialStates;
    private final @Nullable Tensor cuSeqlens;
    private final boolean dtSoftplus;
    private final double dtMin;
    private final double dtMax;
    private final List<Sequence> sequences;

    /**
     * A sequence inside the batch.
     *
     * @param index its number, the first axis of the states
     * @param batch where it is on the batch axis
     * @param from its first time step
     * @param to the time step after its last
     */
    public record Sequence(int index, long batch, long from, long to) {
        /** The number of time steps. */
        public int length() {
            return (int) (to - from);
        }
    }

    private SsdInputs(Builder from) {
        x = from.x;
        dt = from.dt;
        a = from.a;
        b = from.b;
        c = from.c;
        d = from.d;
        z = from.z;
        dtBias = from.dtBias;
        initialStates = from.initialStates;
        cuSeqlens = from.cuSeqlens;
        dtSoftplus = from.dtSoftplus;
        dtMin = from.dtMin;
        dtMax = from.dtMax;
        checkShapes();
        checkValues();
        sequences = cuSeqlens == null ? wholeRows() : packedSequences(cuSeqlens);
        if (initialStates != null) {
            requireStates("initial_states", initialStates);
        }
        checkHeadSizes();
    }

    /** Starts with what is always there; the arrays are described at {@link SsdInputs}. */
    public static Builder builder(Tensor x, Tensor dt, Tensor a, Tensor b, Tensor c) {
        return new Builder(x, dt, a, b, c);
    }

    /** The inputs, with room for what is optional. */
    public static final class Builder {
        private Tensor x;
        private Tensor dt;
        private Tensor a;
        private Tensor b;
        private Tensor c;
        private @Nullable Tensor d;
        private @Nullable Tensor z;
        private @Nullable Tensor dtBias;
        private @Nullable Tensor initialStates;
        private @Nullable Tensor cuSeqlens;
        private boolean dtSoftplus;
        private double dtMin = 0;
        private double dtMax = Double.POSITIVE_INFINITY;

        private Builder(Tensor x, Tensor dt, Tensor a, Tensor b, Tensor c) {
            this.x = x;
            this.dt = dt;
            this.a = a;
            this.b = b;
            this.c = c;
        }

        /** The skip D, {@code (heads)} or {@code (heads, headDim)}. */
        public Builder skip(@Nullable Tensor newD) {
            d = newD;
            return this;
        }

        /** The gate z, {@code (batch, time, heads, headDim)}. */
        public Builder gate(@Nullable Tensor newZ) {
            z = newZ;
            return this;
        }

        /** Added to dt first, {@code (heads)}. */
        public Builder dtBias(@Nullable Tensor newDtBias) {
            dtBias = newDtBias;
            return this;
        }

        /** Whether dt goes through softplus, {@code log(1 + exp(·))}. Default: no. */
        public Builder dtSoftplus(boolean newDtSoftplus) {
            dtSoftplus = newDtSoftplus;
            return this;
        }

        /** The interval that dt is clamped to, after softplus. Default: [0, ∞]. */
        public Builder dtLimit(double min, double max) {
            dtMin = min;
            dtMax = max;
            return this;
        }

        /** The states before the first step, {@code (sequences, heads, headDim, stateSize)}. */
        public Builder initialStates(@Nullable Tensor newInitialStates) {
            initialStates = newInitialStates;
            return this;
        }

        /** The boundaries of packed sequences, {@code (sequences + 1)}, from 0 to time. */
        public Builder cuSeqlens(@Nullable Tensor newCuSeqlens) {
            cuSeqlens = newCuSeqlens;
            return this;
        }

        /**
         * The checked inputs.
         *
         * @throws ShapeException if shapes do not fit together
         * @throws ValueException if a value is not finite or outside its domain; the message has its index
         */
        public SsdInputs build() {
            return new SsdInputs(this);
        }
    }

    private void checkShapes() {
        requireShape("x", x, "batch, time, heads, headDim", -1, -1, -1, -1);
        requireShape("A", a, "heads", -1);
        requireShape("dt", dt, "batch, time, heads", batch(), time(), heads());
        requireShape("B", b, "batch, time, groups, stateSize", batch(), time(), -1, -1);
        requireShape("C", c, "batch, time, groups, stateSize", batch(), time(), -1, stateSize());
        if (z != null) {
            requireShape("z", z, "batch, time, heads, headDim", batch(), time(), heads(), headDim());
        }
        if (dtBias != null) {
            requireShape("dt_bias", dtBias, "heads", heads());
        }
        if (d != null) {
            if (d.rank() == 2) {
                requireShape("D", d, "heads, headDim", heads(), headDim());
            } else {
                requireShape("D", d, "heads", heads());
            }
        }
        requireDivides("x", x, xHeads());
        requireDivides("B", b, bGroups());
        requireDivides("C", c, cGroups());
    }

    /** One head of one sequence is an array of the algorithms. */
    private void checkHeadSizes() {
        long longest = sequences.stream()
                .mapToLong(sequence -> sequence.to() - sequence.from())
                .max()
                .orElse(0);
        if (Math.max(longest, headDim()) * Math.max(headDim(), stateSize()) > Integer.MAX_VALUE
                || longest > Integer.MAX_VALUE) {
            throw new ShapeException(
                    Fault.OUT_OF_RANGE,
                    "one head of x " + x + " and B " + b + " has more than 2^31 - 1 entries; cut the sequence");
        }
    }

    private void requireShape(String name, Tensor tensor, String axes, long... expected) {
        if (tensor.rank() != expected.length) {
            throw new ShapeException(
                    Fault.WRONG_RANK,
                    name + ": " + tensor + " has " + tensor.rank() + " axes, expected (" + axes + ")");
        }
        if (name.equals("cu_seqlens") == tensor.dtype().isFloatingPoint()) {
            throw new UnsupportedRequestException(
                    Fault.WRONG_TYPE,
                    name + ": " + tensor + " where "
                            + (name.equals("cu_seqlens") ? "int32 or int64" : "a floating-point type")
                            + " is expected");
        }
        for (int axis = 0; axis < expected.length; axis++) {
            if (expected[axis] >= 0 && tensor.length(axis) != expected[axis]) {
                throw new ShapeException(
                        Fault.SHAPE_MISMATCH,
                        name + ": " + tensor + " does not fit x " + x + ", A " + a + ", B " + b + ": expected (" + axes
                                + ") = " + Arrays.toString(expected).replace("-1", "any"));
            }
        }
    }

    private void requireDivides(String name, Tensor tensor, long count) {
        if (heads() % Math.max(count, 1) != 0 || (count == 0 && heads() != 0)) {
            throw new ShapeException(
                    Fault.SHAPE_MISMATCH,
                    name + ": " + tensor + " has " + count + " heads or groups, which does not divide the " + heads()
                            + " heads of A " + a);
        }
    }

    private void checkValues() {
        if (!(0 <= dtMin && dtMin <= dtMax)) {
            throw new ValueException(
                    Fault.OUT_OF_DOMAIN, "dt_limit (" + dtMin + ", " + dtMax + "): expected 0 <= min <= max");
        }
        if (dtMin == Double.POSITIVE_INFINITY) {
            throw new ValueException(Fault.NOT_FINITE, "dt_limit (" + dtMin + ", " + dtMax + "): min must be finite");
        }
        arrays().forEach((name, tensor) -> {
            if (tensor.dtype().isFloatingPoint() && !name.equals("A")) {
                requireFinite(name, tensor);
            }
        });
        for (long h = 0; h < heads(); h++) {
            double rate = a.getDouble(h);
            if (!(rate <= 0)) {
                throw new ValueException(
                        Double.isNaN(rate) ? Fault.NOT_FINITE : Fault.OUT_OF_DOMAIN,
                        "A[" + h + "] = " + rate + ": rates must be negative, zero or -inf");
            }
        }
    }

    private static void requireFinite(String name, Tensor tensor) {
        if (allFinite(tensor)) {
            return;
        }
        int step = 1 << 14;
        for (long offset = 0; offset < tensor.size(); offset += step) {
            double[] values = tensor.readDoubles(offset, (int) Math.min(step, tensor.size() - offset));
            for (int i = 0; i < values.length; i++) {
                if (!Double.isFinite(values[i])) {
                    throw new ValueException(
                            Fault.NOT_FINITE,
                            name + Arrays.toString(tensor.index(offset + i)) + " = " + values[i] + ": must be finite");
                }
            }
        }
    }

    /**
     * Whether no number has the exponent of infinities and NaNs, all ones: then adding the lowest bit of the exponent
     * carries into the sign's place. A scan at memory speed.
     */
    private static boolean allFinite(Tensor tensor) {
        long exponents = switch (tensor.dtype()) {
            case FLOAT64 -> 0x7FF0_0000_0000_0000L;
            case FLOAT32 -> 0x7F80_0000_7F80_0000L;
            case BFLOAT16 -> 0x7F80_7F80_7F80_7F80L;
            case FLOAT16 -> 0x7C00_7C00_7C00_7C00L;
            case INT32, INT64 -> 0;
        };
        MemorySegment memory = tensor.segment();
        long size = memory.byteSize();
        AtomicLong carries = new AtomicLong();
        Parallel.run(Math.toIntExact(Math.ceilDiv(size, SCAN_BYTES)), block -> {
            long from = block * SCAN_BYTES;
            long found = carries(memory.asSlice(from, Math.min(SCAN_BYTES, size - from)), exponents);
            carries.getAndUpdate(before -> before | found);
        });
        return carries.get() == 0;
    }

    private static long carries(MemorySegment memory, long exponents) {
        long lowest = exponents & ~(exponents << 1);
        long signs = (exponents << 1) & ~exponents;
        long found = 0;
        long whole = memory.byteSize() & -Long.BYTES;
        for (long at = 0; at < whole; at += Long.BYTES) {
            found |= (memory.get(LONG, at) & exponents) + lowest;
        }
        long rest = 0;
        for (long at = whole; at < memory.byteSize(); at++) { // whole numbers, from the lowest on
            rest |= (memory.get(ValueLayout.JAVA_BYTE, at) & 0xFFL) << (Byte.SIZE * (at - whole));
        }
        return (found | ((rest & exponents) + lowest)) & signs;
    }

    private List<Sequence> wholeRows() {
        List<Sequence> rows = new ArrayList<>();
        for (int i = 0; i < batch(); i++) {
            rows.add(new Sequence(i, i, 0, time()));
        }
        return List.copyOf(rows);
    }

    private List<Sequence> packedSequences(Tensor offsets) {
        requireShape("cu_seqlens", offsets, "sequences + 1", -1);
        if (batch() != 1) {
            throw new ShapeException(
                    Fault.SHAPE_MISMATCH, "cu_seqlens packs sequences into a batch of 1, but x is " + x);
        }
        if (offsets.size() == 0) {
            throw new ValueException(Fault.BAD_OFFSETS, "cu_seqlens is empty: expected [0, ..., " + time() + "]");
        }
        List<Sequence> packed = new ArrayList<>();
        for (int i = 0; i < offsets.size(); i++) {
            long previous = i == 0 ? 0 : offsets.getLong(i - 1);
            long offset = offsets.getLong(i);
            boolean last = i == offsets.size() - 1;
            if (offset < previous || (i == 0 && offset != 0) || (last && offset != time())) {
                throw new ValueException(
                        Fault.BAD_OFFSETS,
                        "cu_seqlens[" + i + "] = " + offset + ": offsets start at 0, never decrease and end at time "
                                + time());
            }
            if (i > 0) {
                packed.add(new Sequence(i - 1, 0, previous, offset));
            }
        }
        return List.copyOf(packed);
    }

    private void requireStates(String name, Tensor states) {
        requireShape(
                name,
                states,
                "sequences, heads, headDim, stateSize",
                sequences.size(),
                heads(),
                headDim(),
                stateSize());
    }

    /**
     * Checks gradients that are to be sent back, for the backends.
     *
     * @param dy of the shape of y
     * @param dFinalStates of the shape of the final states, or null for zero
     * @throws ShapeException if the shapes are others
     * @throws ValueException if a value is not finite
     */
    public void checkGradients(Tensor dy, @Nullable Tensor dFinalStates) {
        requireShape("dy", dy, "batch, time, heads, headDim", batch(), time(), heads(), headDim());
        requireFinite("dy", dy);
        if (dFinalStates != null) {
            requireStates("dfinal_states", dFinalStates);
            requireFinite("dfinal_states", dFinalStates);
        }
    }

    void requireOutput(String name, Tensor tensor, long... expected) {
        requireShape(
                name,
                tensor,
                name.equals("y") ? "batch, time, heads, headDim" : "sequences, heads, headDim, stateSize",
                expected);
    }

    /** The arrays that are there, by the names of {@link SsdInputs}' table, in its order. */
    public SequencedMap<String, Tensor> arrays() {
        SequencedMap<String, Tensor> arrays = new LinkedHashMap<>();
        arrays.put("x", x);
        arrays.put("dt", dt);
        arrays.put("A", a);
        arrays.put("B", b);
        arrays.put("C", c);
        putIfPresent(arrays, "D", d);
        putIfPresent(arrays, "z", z);
        putIfPresent(arrays, "dt_bias", dtBias);
        putIfPresent(arrays, "initial_states", initialStates);
        putIfPresent(arrays, "cu_seqlens", cuSeqlens);
        return arrays;
    }

    private static void putIfPresent(SequencedMap<String, Tensor> arrays, String name, @Nullable Tensor tensor) {
        if (tensor != null) {
            arrays.put(name, tensor);
        }
    }

    /**
     * The inputs that the given arrays make up; the inverse of {@link #arrays()}.
     *
     * @param arrays by the names of {@link SsdInputs}' table; other names are ignored
     * @throws ValueException with {@link Fault#WRONG_ARGUMENTS} if one that is always needed is missing
     */
    public static Builder of(Map<String, Tensor> arrays) {
        return builder(
                        required(arrays, "x"),
                        required(arrays, "dt"),
                        required(arrays, "A"),
                        required(arrays, "B"),
                        required(arrays, "C"))
                .skip(arrays.get("D"))
                .gate(arrays.get("z"))
                .dtBias(arrays.get("dt_bias"))
                .initialStates(arrays.get("initial_states"))
                .cuSeqlens(arrays.get("cu_seqlens"));
    }

    private static Tensor required(Map<String, Tensor> arrays, String name) {
        Tensor tensor = arrays.get(name);
        if (tensor == null) {
            throw new ValueException(
                    Fault.WRONG_ARGUMENTS,
                    "no array " + name + " among " + arrays.keySet() + "; x, dt, A, B and C are needed");
        }
        return tensor;
    }

    /** The same inputs with every array replaced, for instance by one of another type. Checked anew. */
    public SsdInputs map(BiFunction<String, Tensor, Tensor> replace) {
        SequencedMap<String, Tensor> arrays = arrays();
        arrays.replaceAll(replace);
        return of(arrays).dtSoftplus(dtSoftplus).dtLimit(dtMin, dtMax).build();
    }

    /** The inputs as a precision takes them: {@link Precision#BFLOAT16} rounds x, B, C and z. */
    public SsdInputs in(Precision precision) {
        boolean fits = arrays().entrySet().stream()
                .allMatch(array -> precision.type(array.getKey()) != precision.activations()
                        || array.getValue().dtype() == precision.activations());
        return precision != Precision.BFLOAT16 || fits
                ? this
                : map((name, array) ->
                        precision.type(name) == precision.activations() ? array.to(precision.activations()) : array);
    }

    /** {@code (batch, time, xHeads, headDim)}. */
    public Tensor x() {
        return x;
    }

    /** {@code (batch, time, heads)}. */
    public Tensor dt() {
        return dt;
    }

    /** {@code (heads)}. */
    public Tensor a() {
        return a;
    }

    /** {@code (batch, time, bGroups, stateSize)}. */
    public Tensor b() {
        return b;
    }

    /** {@code (batch, time, cGroups, stateSize)}. */
    public Tensor c() {
        return c;
    }

    /** {@code (heads)} or {@code (heads, headDim)}. */
    public @Nullable Tensor skip() {
        return d;
    }

    /** {@code (batch, time, heads, headDim)}. */
    public @Nullable Tensor gate() {
        return z;
    }

    /** {@code (heads)}. */
    public @Nullable Tensor dtBias() {
        return dtBias;
    }

    /** {@code (sequences, heads, headDim, stateSize)}. */
    public @Nullable Tensor initialStates() {
        return initialStates;
    }

    /** {@code (sequences + 1)}. */
    public @Nullable Tensor cuSeqlens() {
        return cuSeqlens;
    }

    /** Whether dt goes through softplus. */
    public boolean dtSoftplus() {
        return dtSoftplus;
    }

    /** The least dt, ≥ 0. */
    public double dtMin() {
        return dtMin;
    }

    /** The greatest dt, possibly ∞. */
    public double dtMax() {
        return dtMax;
    }

    /** The sequences, each a stretch of one row of the batch. */
    public List<Sequence> sequences() {
        return sequences;
    }

    /** The length of the batch axis. */
    public long batch() {
        return x.length(0);
    }

    /** The length of the time axis. */
    public long time() {
        return x.length(1);
    }

    /** H, the number of rates and of outputs. */
    public int heads() {
        return Math.toIntExact(a.length(0));
    }

    /** The number of heads of x. */
    public int xHeads() {
        return Math.toIntExact(x.length(2));
    }

    /** The number of groups of B. */
    public int bGroups() {
        return Math.toIntExact(b.length(2));
    }

    /** The number of groups of C. */
    public int cGroups() {
        return Math.toIntExact(c.length(2));
    }

    /** P. */
    public int headDim() {
        return Math.toIntExact(x.length(3));
    }

    /** N. */
    public int stateSize() {
        return Math.toIntExact(b.length(3));
    }
}
