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
            set(y, yAt + i, s * get(x, xAt + i) + get(y, yAt + i));
        }
    }

    @Override
    public void gate(int n, A z, int zAt, A y, int yAt) {
        for (int i = 0; i < n; i++) {
            double v = get(z, zAt + i);
            double e = Math.exp(-Math.abs(v));
            set(y, yAt + i, get(y, yAt + i) * (v < 0 ? v * e : v) / (1 + e));
        }
    }

    @Override
    public void exp(int n, A x, int at) {
        for (int i = at; i < at + n; i++) {
            set(x, i, Math.exp(get(x, i)));
        }
    }

    @Override
    public void softplus(int n, A x, int at) {
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
