package duality.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import duality.kernels.Kernels.Part;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.SplittableRandom;

/**
 * What all kernels must do. Products of small integers are exact in both types, so they are compared exactly, at all
 * sizes around the widths of vectors, panels and tiles. Runs in a class loader of its own for every width.
 *
 * @param <A> the type of arrays
 */
final class KernelLaws<A> implements Runnable {
    private final Kernels<A> k;
    private final SplittableRandom random = new SplittableRandom(3);

    private KernelLaws(Kernels<A> kernels) {
        k = kernels;
    }

    /** Checks the kernels that {@link Simd} chose. */
    @SuppressWarnings("unused") // by reflection
    static void checkChosen() {
        new KernelLaws<>(Simd.floats()).run();
        new KernelLaws<>(Simd.doubles()).run();
    }

    @Override
    public void run() {
        for (int size = 0; size <= 67; size++) {
            products(size, random.nextInt(68), random.nextInt(68));
            products(random.nextInt(68), size, random.nextInt(68));
            products(random.nextInt(68), random.nextInt(68), size);
            entrywise(size, random.nextInt(68));
            maskedGram(size);
            adjoints(size, random.nextInt(68));
            memory(size, random.nextInt(68));
            step(random.nextInt(20), size);
            exponentials(size);
        }
        exponentialsAreWithinOneUnit();
    }

    private A integers(int length) {
        A array = k.allocate(length);
        for (int i = 0; i < length; i++) {
            k.set(array, i, random.nextInt(-4, 5));
        }
        return array;
    }

    private void products(int m, int n, int inner) {
        int w = k.panel();
        for (Part part : Part.values()) {
            int aRow = inner + random.nextInt(3);
            int aAt = random.nextInt(4);
            A a = integers(aAt + m * aRow + inner);
            for (int i = 0; i < m; i++) {
                for (int p = 0; p < inner; p++) {
                    if ((part == Part.LOWER && p > i) || (part == Part.UPPER && p < i)) {
                        k.set(a, aAt + i * aRow + p, 0);
                    }
                }
            }
            int bPanel = inner * w + random.nextInt(5);
            A b = integers(3 + k.padded(n) / w * bPanel);
            boolean rowMajor = random.nextBoolean();
            int cRow = rowMajor ? k.padded(n) + random.nextInt(3) : w;
            int cPanel = rowMajor ? w : m * w;
            A c = integers(2 + m * cRow + k.padded(n) * (m + 1));
            double[] before = values(c);
            int step = random.nextInt(2);
            A scale = random.nextInt(3) == 0 ? null : integers(1 + m);
            k.multiply(m, n, inner, a, aAt, aRow, part, b, 3, bPanel, c, 2, cRow, cPanel, scale, 1, step);
            for (int i = 0; i < m; i++) {
                for (int j = 0; j < n; j++) {
                    double sum = 0;
                    for (int p = 0; p < inner; p++) {
                        sum += k.get(a, aAt + i * aRow + p) * k.get(b, 3 + j / w * bPanel + p * w + j % w);
                    }
                    int at = 2 + i * cRow + j / w * cPanel + j % w;
                    if (scale != null) {
                        sum += k.get(scale, 1 + i * step) * before[at];
                    }
                    same(k.get(c, at), sum);
                }
            }
        }
    }

    /** Equal as numbers; zeros of either sign are. */
    private static void same(double actual, double expected) {
        require(actual == expected, actual, expected);
    }

    /** Checks without the cost of a fluent assertion for each of a million numbers. */
    private static void require(boolean holds, double actual, double expected) {
        if (!holds) {
            throw new AssertionError(actual + " where " + expected + " is expected");
        }
    }

    private double[] values(A array) {
        double[] values = new double[k.length(array)];
        for (int i = 0; i < values.length; i++) {
            values[i] = k.get(array, i);
        }
        return values;
    }

    private void entrywise(int rows, int columns) {
        int w = k.panel();
        int length = rows * k.padded(columns);
        A x = integers(length + 1);
        A y = integers(length + 2);
        A scale = integers(rows + 1);
        A d = integers(k.padded(columns) + 1);
        double[] before = values(y);
        k.addScaledColumns(rows, columns, d, 1, x, 1, y, 2);
        for (int i = 0; i < length; i++) {
            double factor = k.get(d, 1 + i / (rows * w) * w + i % w);
            same(k.get(y, 2 + i), before[2 + i] + factor * k.get(x, 1 + i));
        }
        A out = k.allocate(length + 2);
        k.scaleRows(rows, columns, scale, 1, x, 1, out, 2);
        for (int i = 0; i < length; i++) {
            same(k.get(out, 2 + i), k.get(scale, 1 + i / w % rows) * k.get(x, 1 + i));
        }
        double[] outBefore = values(out);
        k.addScaled(length, -3, x, 1, out, 2);
        for (int i = 0; i < length; i++) {
            same(k.get(out, 2 + i), -3 * k.get(x, 1 + i) + outBefore[2 + i]);
        }
        A gathered = k.allocate(columns * rows + 1);
        A from = integers(rows * columns + 1);
        k.gather(/* rows= */ columns, /* columns= */ rows, from, 1, 1, columns, gathered, 1, rows);
        A panels = k.allocate((rows + 2) * k.padded(columns));
        k.pack(rows, columns, from, 1, columns, panels, 0, rows + 2);
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                double value = k.get(from, 1 + i * columns + j);
                same(k.get(gathered, 1 + j * rows + i), value);
                same(k.get(panels, j / w * w * (rows + 2) + i * w + j % w), value);
            }
        }
    }

    /** With decays and weights that are powers of two all products are exact; a reset is zero. */
    private void maskedGram(int q) {
        int row = k.padded(q) + k.panel();
        A g = integers(q * row + row);
        A decay = k.allocate(q + 1);
        A weight = k.allocate(q + 2);
        for (int t = 0; t < q; t++) {
            k.set(decay, 1 + t, random.nextInt(9) == 0 ? 0 : random.nextInt(2) == 0 ? 0.5 : 1);
            k.set(weight, 2 + t, random.nextInt(2) == 0 ? 0.25 : 2);
            for (int s = t + 1; s < row; s++) {
                k.set(g, t * row + s, Double.NaN); // what is above the diagonal does not count
            }
        }
        A m = k.allocate(q * row + row);
        k.maskedGram(q, decay, 1, weight, 2, g, 0, row, integers(row), m, 0);
        for (int t = 0; t < q; t++) {
            for (int s = 0; s < Math.min((t / Kernels.TILE + 1) * Kernels.TILE, row); s++) {
                double expected = s > t ? 0 : k.get(weight, 2 + s) * k.get(g, t * row + s);
                for (int i = s + 1; i <= t; i++) {
                    expected *= k.get(decay, 1 + i);
                }
                same(k.get(m, t * row + s), expected);
            }
        }
    }

    private void adjoints(int q, int other) {
        int w = k.panel();
        int row = k.padded(q) + k.panel();
        A g = integers(q * row + row);
        A f = integers(q * row + row);
        A sum = integers(q * row + row);
        A decay = k.allocate(q + 1);
        A weight = integers(q + 2);
        for (int t = 0; t < q; t++) {
            k.set(decay, 1 + t, random.nextInt(9) == 0 ? 0 : random.nextInt(9) == 0 ? 0.5 : 1);
            k.fill(f, t * row + q, t * row + row, 0); // the padding of a product
        }
        double[] before = values(f);
        double[] sumBefore = values(sum);
        A m = integers(q * row + row);
        k.maskedAdjoint(q, decay, 1, weight, 2, g, f, row, integers(row), m, sum);
        for (int s = 0; s < q; s++) {
            double l = 1;
            for (int t = s; t < q; t++) {
                int at = s * row + t;
                l *= t == s ? 1 : k.get(decay, 1 + t);
                same(k.get(m, at), l * k.get(g, at));
                double e = k.get(weight, 2 + s) * l * before[at];
                same(k.get(sum, at), sumBefore[at] + e);
                same(k.get(f, at), e * k.get(g, at));
            }
            for (int t = s - s % Kernels.TILE; t < s; t++) {
                same(k.get(m, s * row + t), 0);
            }
        }
        A crossings = k.allocate(q + 1);
        k.crossings(q, f, row, integers(row), crossings);
        for (int i = 0; i < q; i++) {
            double expected = 0;
            for (int s = 0; s < i; s++) {
                for (int t = i; t < q; t++) {
                    expected += k.get(f, s * row + t);
                }
            }
            double magnitude = k.bytes() == Float.BYTES ? 0x1p20 : 0; // halves of halves need not stay exact in float32
            require(
                    Math.abs(k.get(crossings, i) - expected) <= magnitude * k.unitRoundoff(),
                    k.get(crossings, i),
                    expected);
        }
        dots(q, other, w);
    }

    private void dots(int rows, int columns, int w) {
        int length = rows * k.padded(columns);
        A x = integers(length);
        A y = integers(length);
        A byRow = k.allocate(rows);
        A byColumn = k.allocate(k.padded(columns) + 1);
        k.rowDots(rows, columns, x, y, byRow);
        k.columnDots(rows, columns, x, y, byColumn, 1);
        double[] rowSums = new double[rows];
        double[] columnSums = new double[k.padded(columns)];
        double sum = 0;
        for (int at = 0; at < length; at++) {
            double product = k.get(x, at) * k.get(y, at);
            rowSums[at / w % rows] += product;
            columnSums[at / (rows * w) * w + at % w] += product;
            sum += product;
        }
        for (int i = 0; i < rows; i++) {
            same(k.get(byRow, i), rowSums[i]);
        }
        for (int j = 0; j < columnSums.length; j++) {
            same(k.get(byColumn, 1 + j), columnSums[j]);
        }
        same(k.dot(length, x, 0, y, 0), sum);
        int row = k.padded(columns);
        A scale = integers(row + 1);
        A weights = integers(length + 3);
        A total = integers(length + 3);
        double[] before = values(total);
        A dots = integers(row);
        double[] dotsBefore = values(dots);
        k.addScaledDots(rows, columns, row, x, scale, 1, weights, total, 3, dots);
        for (int j = 0; j < columns; j++) {
            double dot = dotsBefore[j];
            for (int i = 0; i < rows; i++) {
                double v = k.get(x, i * row + j) * k.get(scale, 1 + j);
                same(k.get(total, 3 + i * row + j), before[3 + i * row + j] + v);
                dot += v * k.get(weights, 3 + i * row + j);
            }
            same(k.get(dots, j), dot);
        }
    }

    private void memory(int rows, int columns) {
        try (Arena arena = Arena.ofConfined()) {
            int w = k.panel();
            long row = (columns + 2L) * k.bytes();
            MemorySegment from = arena.allocate(k.bytes() + rows * row, 1);
            for (long i = 0; i < from.byteSize(); i++) {
                from.set(ValueLayout.JAVA_BYTE, i, (byte) (random.nextInt(64) + 1));
            }
            A panels = integers((rows + 1) * k.padded(columns) + 1);
            k.load(from, k.bytes(), row, rows, columns, panels, 1, rows + 1);
            for (int i = 0; i < rows; i++) {
                for (int j = columns; j < k.padded(columns); j++) {
                    same(k.get(panels, 1 + j / w * w * (rows + 1) + i * w + j % w), 0);
                }
            }
            MemorySegment to = arena.allocate(from.byteSize(), 1);
            to.copyFrom(from);
            for (int i = 0; i < rows; i++) {
                to.asSlice(k.bytes() + i * row, (long) columns * k.bytes()).fill((byte) 0);
            }
            k.store(panels, 1, rows + 1, rows, columns, to, k.bytes(), row);
            assertThat(to.mismatch(from)).isEqualTo(-1);
        }
    }

    private void step(int p, int n) {
        try (Arena arena = Arena.ofConfined()) {
            A states = integers(p * n);
            MemorySegment memory = arena.allocate((1L + (long) p * n) * k.bytes(), 1);
            for (int i = 0; i < p * n; i++) {
                if (k.bytes() == Float.BYTES) {
                    memory.setAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, 1L + i, (float) k.get(states, i));
                } else {
                    memory.setAtIndex(ValueLayout.JAVA_DOUBLE_UNALIGNED, 1L + i, k.get(states, i));
                }
            }
            A x = integers(p);
            A b = integers(n);
            A c = integers(n);
            A y = k.allocate(p);
            k.step(memory, k.bytes(), memory, k.bytes(), p, n, -3, x, b, c, y);
            for (int i = 0; i < p; i++) {
                double sum = 0;
                for (int j = 0; j < n; j++) {
                    double h = -3 * k.get(states, i * n + j) + k.get(x, i) * k.get(b, j);
                    long at = 1L + (long) i * n + j;
                    same(
                            k.bytes() == Float.BYTES
                                    ? memory.getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, at)
                                    : memory.getAtIndex(ValueLayout.JAVA_DOUBLE_UNALIGNED, at),
                            h);
                    sum += h * k.get(c, j);
                }
                same(k.get(y, i), sum);
            }
        }
    }

    private void exponentials(int n) {
        A x = k.allocate(k.padded(n) + 1);
        A y = k.allocate(k.padded(n) + 1);
        A scratch = k.allocate(k.padded(n));
        A z = k.allocate(k.padded(n) + 1);
        A gated = k.allocate(k.padded(n) + 1);
        A zeroBased = k.allocate(k.padded(n));
        A dy = k.allocate(k.padded(n));
        A dz = k.allocate(k.padded(n));
        double[] v = new double[n];
        for (int i = 0; i < n; i++) {
            k.set(x, 1 + i, random.nextDouble(-1, 1) * Math.scalb(1.0, random.nextInt(-10, 7)));
            v[i] = k.get(x, 1 + i);
            k.set(y, 1 + i, v[i]);
            k.set(z, 1 + i, v[i]);
            k.set(gated, 1 + i, 3);
            k.set(zeroBased, i, v[i]);
            k.set(dy, i, 5);
            k.set(dz, i, 3);
        }
        k.exp(n, x, 1);
        k.softplus(n, y, 1, scratch);
        k.gate(k.padded(n), z, 1, gated, 1, scratch);
        k.gateAdjoint(k.padded(n), zeroBased, dy, dz, scratch);
        for (int i = 0; i < n; i++) {
            double e = Math.exp(-Math.abs(v[i]));
            close(k.get(x, 1 + i), Math.exp(v[i]), 2);
            close(k.get(y, 1 + i), Math.max(v[i], 0) + Math.log1p(e), 8);
            double silu = (v[i] < 0 ? v[i] * e : v[i]) / (1 + e);
            close(k.get(gated, 1 + i), 3 * silu, 8);
            close(k.get(dy, i), 5 * silu, 8);
            // Near the zero of the slope the error is relative to its summands.
            double sigmoid = (v[i] < 0 ? e : 1) / (1 + e);
            double summands = 15 * sigmoid * (1 + Math.abs(v[i]));
            double slope = sigmoid * (1 + v[i] * (v[i] < 0 ? 1 : e) / (1 + e));
            require(Math.abs(k.get(dz, i) - 15 * slope) <= 12 * k.unitRoundoff() * summands, k.get(dz, i), 15 * slope);
        }
    }

    private void close(double actual, double expected, double roundoffs) {
        double least = k.bytes() == Float.BYTES ? Float.MIN_VALUE : Double.MIN_VALUE;
        require(
                Math.abs(actual - expected) <= roundoffs * k.unitRoundoff() * Math.abs(expected) + least,
                actual,
                expected);
    }

    /** In float32 against float64, in float64 against the series in 40 digits; subnormal results and the ends too. */
    private void exponentialsAreWithinOneUnit() {
        boolean single = k.bytes() == Float.BYTES;
        double[] ends = {0, -0.0, Double.NEGATIVE_INFINITY, -1e4, -103.9, -87.5, -745.1, -708.5, 88.7, 709.7, 1e4};
        int count = single ? 200_000 : 2_000;
        A x = k.allocate(k.padded(count));
        double[] v = new double[count];
        for (int i = 0; i < count; i++) {
            double value =
                    i < ends.length ? ends[i] : random.nextDouble(-1, 1) * Math.scalb(1.0, random.nextInt(-20, 7));
            k.set(x, i, value);
            v[i] = k.get(x, i);
        }
        k.exp(count, x, 0);
        for (int i = 0; i < count; i++) {
            double exact = single || i < ends.length ? Math.exp(v[i]) : series(v[i]);
            double unit = single ? Math.ulp((float) exact) : Math.ulp(exact);
            double error = k.get(x, i) == exact || k.get(x, i) == (float) exact ? 0 : Math.abs(k.get(x, i) - exact);
            require(error <= unit, k.get(x, i), exact);
        }
    }

    private static double series(double v) {
        MathContext digits = new MathContext(40);
        BigDecimal reduced = new BigDecimal(v).divide(BigDecimal.valueOf(1 << 12), digits);
        BigDecimal term = BigDecimal.ONE;
        BigDecimal sum = term;
        for (int i = 1; i < 16; i++) {
            term = term.multiply(reduced, digits).divide(BigDecimal.valueOf(i), digits);
            sum = sum.add(term, digits);
        }
        for (int i = 0; i < 12; i++) {
            sum = sum.multiply(sum, digits);
        }
        return sum.doubleValue();
    }
}
