package duality.kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What the kernels mean, entry by entry and in double precision. Where speed without the Vector API matters, subclasses
 * loop over their own type.
 */
abstract class ScalarKernels<A> extends Kernels<A> {
    private static final int PANEL = 8;

    @Override
    public int panel() {
        return PANEL;
    }

    @Override
    public void maskedGram(
            int q, A decay, int decayAt, A weight, int weightAt, A g, int gAt, int row, A running, A m, int mAt) {
        for (int t = 0; t < q; t++) {
            double a = get(decay, decayAt + t);
            for (int s = 0; s < t; s++) {
                set(running, s, a * get(running, s));
                set(m, mAt + t * row + s, get(running, s) * get(g, gAt + t * row + s));
            }
            set(running, t, get(weight, weightAt + t));
            set(m, mAt + t * row + t, get(running, t) * get(g, gAt + t * row + t));
            fill(m, mAt + t * row + t + 1, mAt + t * row + Math.min((t / TILE + 1) * TILE, row), 0);
        }
    }

    @Override
    public void scaleRows(int rows, int columns, A scale, int scaleAt, A x, int xAt, A out, int outAt) {
        int w = panel();
        for (int i = 0; i < rows * padded(columns); i++) {
            set(out, outAt + i, get(scale, scaleAt + i / w % rows) * get(x, xAt + i));
        }
    }

    @Override
    public void addScaledColumns(int rows, int columns, A d, int dAt, A x, int xAt, A y, int yAt) {
        int w = panel();
        for (int i = 0; i < rows * padded(columns); i++) {
            double factor = get(d, dAt + i / (rows * w) * w + i % w);
            set(y, yAt + i, get(y, yAt + i) + factor * get(x, xAt + i));
        }
    }

    @Override
    public void addScaled(int n, double s, A x, int xAt, A y, int yAt) {
        for (int i = 0; i < n; i++) {
            double addend = get(y, yAt + i);
            set(y, yAt + i, s * get(x, xAt + i)); // rounded, as in a product that is added to
            set(y, yAt + i, get(y, yAt + i) + addend);
        }
    }

    @Override
    public void gate(int n, A z, int zAt, A y, int yAt, A scratch) {
        for (int i = 0; i < n; i++) {
            double v = get(z, zAt + i);
            double e = Math.exp(-Math.abs(v));
            set(y, yAt + i, get(y, yAt + i) * (v < 0 ? v * e : v) / (1 + e));
        }
    }

    @Override
    public void maskedAdjoint(
            int q, A decay, int decayAt, A weight, int weightAt, A g, A f, int row, A running, A m, A sum) {
        for (int s = q - 1; s >= 0; s--) {
            for (int t = s - s % TILE; t < s; t++) {
                set(m, s * row + t, 0);
            }
            for (int t = s; t < q; t++) {
                set(running, t, t == s ? 1 : get(decay, decayAt + s + 1) * get(running, t));
                int at = s * row + t;
                double e = get(weight, weightAt + s) * get(running, t) * get(f, at);
                set(m, at, get(running, t) * get(g, at));
                set(sum, at, get(sum, at) + e);
                set(f, at, e * get(g, at));
            }
        }
    }

    @Override
    public void crossings(int q, A w, int row, A running, A out) {
        fill(running, 0, q, 0);
        for (int k = 0; k < q; k++) {
            double total = 0;
            for (int t = k; t < q; t++) {
                double sum = k == 0 ? 0 : get(running, t) + get(w, (k - 1) * row + t);
                set(running, t, sum);
                total += sum;
            }
            set(out, k, total);
        }
    }

    @Override
    public void addScaledDots(int rows, int columns, int row, A x, A s, int sAt, A w, A sum, int at, A dots) {
        for (int j = 0; j < columns; j++) {
            double dot = get(dots, j);
            for (int i = 0; i < rows; i++) {
                int entry = at + i * row + j;
                double v = get(x, i * row + j) * get(s, sAt + j);
                set(sum, entry, get(sum, entry) + v);
                dot += v * get(w, entry);
            }
            set(dots, j, dot);
        }
    }

    @Override
    public void rowDots(int rows, int columns, A x, A y, A out) {
        int w = panel();
        for (int i = 0; i < rows; i++) {
            double sum = 0;
            for (int j = 0; j < padded(columns); j++) {
                int at = j / w * w * rows + i * w + j % w;
                sum += get(x, at) * get(y, at);
            }
            set(out, i, sum);
        }
    }

    @Override
    public void columnDots(int rows, int columns, A x, A y, A out, int outAt) {
        int w = panel();
        for (int j = 0; j < padded(columns); j++) {
            double sum = 0;
            for (int i = 0; i < rows; i++) {
                int at = j / w * w * rows + i * w + j % w;
                sum += get(x, at) * get(y, at);
            }
            set(out, outAt + j, sum);
        }
    }

    @Override
    public double dot(int n, A x, int xAt, A y, int yAt) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += get(x, xAt + i) * get(y, yAt + i);
        }
        return sum;
    }

    @Override
    public void gateAdjoint(int n, A z, A dy, A y, A scratch) {
        for (int i = 0; i < n; i++) {
            double v = get(z, i);
            double e = Math.exp(-Math.abs(v));
            double sigmoid = (v < 0 ? e : 1) / (1 + e);
            double rest = (v < 0 ? 1 : e) / (1 + e);
            double gradient = get(dy, i);
            set(y, i, gradient * get(y, i) * sigmoid * (1 + v * rest));
            set(dy, i, gradient * v * sigmoid);
        }
    }

    @Override
    public void step(
            MemorySegment from,
            long fromAt,
            MemorySegment to,
            long toAt,
            int p,
            int n,
            double decay,
            A x,
            A b,
            A c,
            A y) {
        A h = allocate(n);
        for (int i = 0; i < p; i++) {
            long row = (long) i * n * bytes();
            MemorySegment.copy(from, layout(), fromAt + row, h, 0, n);
            double sum = 0;
            for (int j = 0; j < n; j++) {
                set(h, j, decay * get(h, j) + get(x, i) * get(b, j));
                sum += get(h, j) * get(c, j);
            }
            MemorySegment.copy(h, 0, to, layout(), toAt + row, n);
            set(y, i, sum);
        }
    }

    @Override
    public double multiplyAdds(int n) {
        double a = 1;
        double b = 2;
        double c = 3;
        double d = 4;
        for (int i = 0; i < n; i++) {
            a = a * 0.999 + 0.001;
            b = b * 0.999 + 0.001;
            c = c * 0.999 + 0.001;
            d = d * 0.999 + 0.001;
        }
        return a + b + c + d == 42 ? 0 : 2.0 * 4 * n;
    }

    @Override
    public void exp(int n, A x, int at) {
        for (int i = at; i < at + n; i++) {
            set(x, i, Math.exp(get(x, i)));
        }
    }

    @Override
    public void softplus(int n, A x, int at, A scratch) {
        for (int i = at; i < at + n; i++) {
            double v = get(x, i);
            set(x, i, Math.max(v, 0) + Math.log1p(Math.exp(-Math.abs(v))));
        }
    }

    private ValueLayout layout() {
        return bytes() == Float.BYTES ? ValueLayout.JAVA_FLOAT_UNALIGNED : ValueLayout.JAVA_DOUBLE_UNALIGNED;
    }

    @Override
    public void load(MemorySegment from, long at, long row, int rows, int columns, A to, int toAt, int toRows) {
        int w = panel();
        for (int j = 0; j < columns; j += w) {
            int width = Math.min(w, columns - j);
            for (int i = 0; i < rows; i++) {
                int target = toAt + j * toRows + i * w;
                MemorySegment.copy(from, layout(), at + i * row + (long) j * bytes(), to, target, width);
                fill(to, target + width, target + w, 0);
            }
        }
    }

    @Override
    public void store(A from, int fromAt, int fromRows, int rows, int columns, MemorySegment to, long at, long row) {
        int w = panel();
        for (int j = 0; j < columns; j += w) {
            int width = Math.min(w, columns - j);
            for (int i = 0; i < rows; i++) {
                int source = fromAt + j * fromRows + i * w;
                MemorySegment.copy(from, source, to, layout(), at + i * row + (long) j * bytes(), width);
            }
        }
    }
}
