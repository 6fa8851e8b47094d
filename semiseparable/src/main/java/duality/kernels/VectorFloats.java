package duality.kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/** The kernels in float32 by the Vector API. */
final class VectorFloats extends ScalarFloats {
    private static final VectorSpecies<Float> S = VectorSpecies.of(float.class, VectorWidth.SHAPE);

    private static final int LANES = S.length();
    /** As many zeros as there are lanes, then as many ones. */
    private static final float[] ZEROS_ONES = new float[2 * LANES];

    static {
        Arrays.fill(ZEROS_ONES, LANES, 2 * LANES, 1);
    }

    /** The number of each lane. */
    private static final FloatVector LANE = FloatVector.zero(S).addIndex(1);

    private static final int W = 2 * LANES;

    /** Bytes of one vector, half a row of a panel. */
    private static final long HALF = S.vectorByteSize();

    /**
     * Sums of two panels need 21 registers, which only the instruction sets with 32 have. More rows of one panel would do as
     * well for those, but every row takes a general register for its address, and eight of them do not fit.
     */
    private static final boolean PAIRS = VectorWidth.REGISTERS >= 32;

    private static final float LOG2_E = 0x1.715476p0f;
    /** log 2 in two parts, the first with few enough bits that its product with an exponent is exact. */
    private static final float LOG_2_HIGH = 0x1.62e4p-1f;

    private static final float LOG_2_LOW = 0x1.7f7d1cp-20f;
    /** Adding it rounds to an integer, which is then in the low bits. */
    private static final float ROUND = 0x1.8p23f;
    /** exp is 0 below and infinite above. */
    private static final float LEAST = -105;

    private static final float GREATEST = 89;
    private static final int BIAS = 127;
    private static final int MANTISSA = 23;

    @Override
    public int panel() {
        return W;
    }

    @Override
    public void multiply(
            int m,
            int n,
            int k,
            float[] a,
            int aAt,
            int aRow,
            Part part,
            float[] b,
            int bAt,
            int bPanel,
            float[] c,
            int cAt,
            int cRow,
            int cPanel,
            float @Nullable [] scale,
            int scaleAt,
            int scaleStep) {
        int panels = (n + W - 1) / W;
        int count;
        for (int j = 0; j < panels; j += count) {
            count = PAIRS && j + 1 < panels ? 2 : 1;
            int bj = bAt + j * bPanel;
            int cj = cAt + j * cPanel;
            int rows;
            for (int i = 0; i < m; i += rows) {
                rows = i + TILE <= m ? TILE : 1;
                int from = part == Part.UPPER ? Math.min(i, k) : 0;
                int length = (part == Part.LOWER ? Math.min(i + rows, k) : k) - from;
                int ai = aAt + i * aRow + from;
                int bi = bj + from * W;
                int ci = cj + i * cRow;
                int s = scaleAt + i * scaleStep;
                if (rows == 1) {
                    for (int h = 0; h < count; h++) {
                        rows1(length, a, ai, b, bi + h * bPanel, c, ci + h * cPanel, scale, s);
                    }
                } else if (count == 2) {
                    pair4(length, a, ai, aRow, b, bi, bPanel, c, ci, cRow, cPanel, scale, s, scaleStep);
                } else {
                    rows4(length, a, ai, aRow, b, bi, c, ci, cRow, scale, s, scaleStep);
                }
            }
        }
    }

    /** 4 rows of two panels of a product: 4×2W sums in registers. */
    private static void pair4(
            int k,
            float[] a,
            int aAt,
            int aRow,
            float[] b,
            int bAt,
            int bPanel,
            float[] c,
            int cAt,
            int cRow,
            int cPanel,
            float @Nullable [] scale,
            int s,
            int sStep) {
        FloatVector c0 = FloatVector.zero(S);
        FloatVector d0 = FloatVector.zero(S);
        FloatVector e0 = FloatVector.zero(S);
        FloatVector f0 = FloatVector.zero(S);
        FloatVector c1 = FloatVector.zero(S);
        FloatVector d1 = FloatVector.zero(S);
        FloatVector e1 = FloatVector.zero(S);
        FloatVector f1 = FloatVector.zero(S);
        FloatVector c2 = FloatVector.zero(S);
        FloatVector d2 = FloatVector.zero(S);
        FloatVector e2 = FloatVector.zero(S);
        FloatVector f2 = FloatVector.zero(S);
        FloatVector c3 = FloatVector.zero(S);
        FloatVector d3 = FloatVector.zero(S);
        FloatVector e3 = FloatVector.zero(S);
        FloatVector f3 = FloatVector.zero(S);
        int a1 = aAt + aRow;
        int a2 = aAt + 2 * aRow;
        int a3 = aAt + 3 * aRow;
        int bNext = bAt + bPanel;
        for (int p = 0; p < k; p++) {
            FloatVector l = FloatVector.fromArray(S, b, bAt + p * W);
            FloatVector r = FloatVector.fromArray(S, b, bAt + p * W + LANES);
            FloatVector u = FloatVector.fromArray(S, b, bNext + p * W);
            FloatVector v = FloatVector.fromArray(S, b, bNext + p * W + LANES);
            FloatVector x0 = FloatVector.broadcast(S, a[aAt + p]);
            c0 = x0.fma(l, c0);
            d0 = x0.fma(r, d0);
            e0 = x0.fma(u, e0);
            f0 = x0.fma(v, f0);
            FloatVector x1 = FloatVector.broadcast(S, a[a1 + p]);
            c1 = x1.fma(l, c1);
            d1 = x1.fma(r, d1);
            e1 = x1.fma(u, e1);
            f1 = x1.fma(v, f1);
            FloatVector x2 = FloatVector.broadcast(S, a[a2 + p]);
            c2 = x2.fma(l, c2);
            d2 = x2.fma(r, d2);
            e2 = x2.fma(u, e2);
            f2 = x2.fma(v, f2);
            FloatVector x3 = FloatVector.broadcast(S, a[a3 + p]);
            c3 = x3.fma(l, c3);
            d3 = x3.fma(r, d3);
            e3 = x3.fma(u, e3);
            f3 = x3.fma(v, f3);
        }
        int cNext = cAt + cPanel;
        if (scale != null) {
            FloatVector s0 = FloatVector.broadcast(S, scale[s]);
            c0 = s0.fma(FloatVector.fromArray(S, c, cAt), c0);
            d0 = s0.fma(FloatVector.fromArray(S, c, cAt + LANES), d0);
            e0 = s0.fma(FloatVector.fromArray(S, c, cNext), e0);
            f0 = s0.fma(FloatVector.fromArray(S, c, cNext + LANES), f0);
            FloatVector s1 = FloatVector.broadcast(S, scale[s + sStep]);
            c1 = s1.fma(FloatVector.fromArray(S, c, cAt + cRow), c1);
            d1 = s1.fma(FloatVector.fromArray(S, c, cAt + cRow + LANES), d1);
            e1 = s1.fma(FloatVector.fromArray(S, c, cNext + cRow), e1);
            f1 = s1.fma(FloatVector.fromArray(S, c, cNext + cRow + LANES), f1);
            FloatVector s2 = FloatVector.broadcast(S, scale[s + 2 * sStep]);
            c2 = s2.fma(FloatVector.fromArray(S, c, cAt + 2 * cRow), c2);
            d2 = s2.fma(FloatVector.fromArray(S, c, cAt + 2 * cRow + LANES), d2);
            e2 = s2.fma(FloatVector.fromArray(S, c, cNext + 2 * cRow), e2);
            f2 = s2.fma(FloatVector.fromArray(S, c, cNext + 2 * cRow + LANES), f2);
            FloatVector s3 = FloatVector.broadcast(S, scale[s + 3 * sStep]);
            c3 = s3.fma(FloatVector.fromArray(S, c, cAt + 3 * cRow), c3);
            d3 = s3.fma(FloatVector.fromArray(S, c, cAt + 3 * cRow + LANES), d3);
            e3 = s3.fma(FloatVector.fromArray(S, c, cNext + 3 * cRow), e3);
            f3 = s3.fma(FloatVector.fromArray(S, c, cNext + 3 * cRow + LANES), f3);
        }
        c0.intoArray(c, cAt);
        d0.intoArray(c, cAt + LANES);
        e0.intoArray(c, cNext);
        f0.intoArray(c, cNext + LANES);
        c1.intoArray(c, cAt + cRow);
        d1.intoArray(c, cAt + cRow + LANES);
        e1.intoArray(c, cNext + cRow);
        f1.intoArray(c, cNext + cRow + LANES);
        c2.intoArray(c, cAt + 2 * cRow);
        d2.intoArray(c, cAt + 2 * cRow + LANES);
        e2.intoArray(c, cNext + 2 * cRow);
        f2.intoArray(c, cNext + 2 * cRow + LANES);
        c3.intoArray(c, cAt + 3 * cRow);
        d3.intoArray(c, cAt + 3 * cRow + LANES);
        e3.intoArray(c, cNext + 3 * cRow);
        f3.intoArray(c, cNext + 3 * cRow + LANES);
    }

    /** 4 rows of one panel: 4×W sums in registers. */
    private static void rows4(
            int k,
            float[] a,
            int aAt,
            int aRow,
            float[] b,
            int bAt,
            float[] c,
            int cAt,
            int cRow,
            float @Nullable [] scale,
            int s,
            int sStep) {
        FloatVector c0 = FloatVector.zero(S);
        FloatVector d0 = FloatVector.zero(S);
        FloatVector c1 = FloatVector.zero(S);
        FloatVector d1 = FloatVector.zero(S);
        FloatVector c2 = FloatVector.zero(S);
        FloatVector d2 = FloatVector.zero(S);
        FloatVector c3 = FloatVector.zero(S);
        FloatVector d3 = FloatVector.zero(S);
        int a1 = aAt + aRow;
        int a2 = aAt + 2 * aRow;
        int a3 = aAt + 3 * aRow;
        for (int p = 0; p < k; p++) {
            FloatVector l = FloatVector.fromArray(S, b, bAt + p * W);
            FloatVector r = FloatVector.fromArray(S, b, bAt + p * W + LANES);
            FloatVector x0 = FloatVector.broadcast(S, a[aAt + p]);
            c0 = x0.fma(l, c0);
            d0 = x0.fma(r, d0);
            FloatVector x1 = FloatVector.broadcast(S, a[a1 + p]);
            c1 = x1.fma(l, c1);
            d1 = x1.fma(r, d1);
            FloatVector x2 = FloatVector.broadcast(S, a[a2 + p]);
            c2 = x2.fma(l, c2);
            d2 = x2.fma(r, d2);
            FloatVector x3 = FloatVector.broadcast(S, a[a3 + p]);
            c3 = x3.fma(l, c3);
            d3 = x3.fma(r, d3);
        }
        if (scale != null) {
            FloatVector s0 = FloatVector.broadcast(S, scale[s]);
            c0 = s0.fma(FloatVector.fromArray(S, c, cAt), c0);
            d0 = s0.fma(FloatVector.fromArray(S, c, cAt + LANES), d0);
            FloatVector s1 = FloatVector.broadcast(S, scale[s + sStep]);
            c1 = s1.fma(FloatVector.fromArray(S, c, cAt + cRow), c1);
            d1 = s1.fma(FloatVector.fromArray(S, c, cAt + cRow + LANES), d1);
            FloatVector s2 = FloatVector.broadcast(S, scale[s + 2 * sStep]);
            c2 = s2.fma(FloatVector.fromArray(S, c, cAt + 2 * cRow), c2);
            d2 = s2.fma(FloatVector.fromArray(S, c, cAt + 2 * cRow + LANES), d2);
            FloatVector s3 = FloatVector.broadcast(S, scale[s + 3 * sStep]);
            c3 = s3.fma(FloatVector.fromArray(S, c, cAt + 3 * cRow), c3);
            d3 = s3.fma(FloatVector.fromArray(S, c, cAt + 3 * cRow + LANES), d3);
        }
        c0.intoArray(c, cAt);
        d0.intoArray(c, cAt + LANES);
        c1.intoArray(c, cAt + cRow);
        d1.intoArray(c, cAt + cRow + LANES);
        c2.intoArray(c, cAt + 2 * cRow);
        d2.intoArray(c, cAt + 2 * cRow + LANES);
        c3.intoArray(c, cAt + 3 * cRow);
        d3.intoArray(c, cAt + 3 * cRow + LANES);
    }

    /** 1 row of one panel. */
    private static void rows1(
            int k, float[] a, int aAt, float[] b, int bAt, float[] c, int cAt, float @Nullable [] scale, int s) {
        FloatVector c0 = FloatVector.zero(S);
        FloatVector d0 = FloatVector.zero(S);
        for (int p = 0; p < k; p++) {
            FloatVector l = FloatVector.fromArray(S, b, bAt + p * W);
            FloatVector r = FloatVector.fromArray(S, b, bAt + p * W + LANES);
            FloatVector x0 = FloatVector.broadcast(S, a[aAt + p]);
            c0 = x0.fma(l, c0);
            d0 = x0.fma(r, d0);
        }
        if (scale != null) {
            FloatVector s0 = FloatVector.broadcast(S, scale[s]);
            c0 = s0.fma(FloatVector.fromArray(S, c, cAt), c0);
            d0 = s0.fma(FloatVector.fromArray(S, c, cAt + LANES), d0);
        }
        c0.intoArray(c, cAt);
        d0.intoArray(c, cAt + LANES);
    }

    @Override
    public void pack(int rows, int columns, float[] from, int at, int row, float[] to, int toAt, int toRows) {
        int whole = columns - columns % W;
        for (int j = 0; j < whole; j += W) {
            int source = at + j;
            int target = toAt + j * toRows;
            for (int i = 0; i < rows; i++) {
                FloatVector.fromArray(S, from, source + i * row).intoArray(to, target + i * W);
                FloatVector.fromArray(S, from, source + i * row + LANES).intoArray(to, target + i * W + LANES);
            }
        }
        super.pack(rows, columns - whole, from, at + whole, row, to, toAt + whole * toRows, toRows);
    }

    /** A transpose, in which the rows lie next to each other, goes by squares. */
    @Override
    public void gather(
            int rows, int columns, float[] from, int at, int row, int column, float[] to, int toAt, int toRow) {
        int wholeRows = row == 1 ? rows - rows % LANES : 0;
        int wholeColumns = columns - columns % LANES;
        for (int i = 0; i < wholeRows; i += LANES) {
            for (int j = 0; j < wholeColumns; j += LANES) {
                LaneTranspose.run(from, at + i + j * column, column, to, toAt + i * toRow + j, toRow);
            }
        }
        int right = at + wholeColumns * column;
        super.gather(wholeRows, columns - wholeColumns, from, right, row, column, to, toAt + wholeColumns, toRow);
        int below = at + wholeRows * row;
        super.gather(rows - wholeRows, columns, from, below, row, column, to, toAt + wholeRows * toRow, toRow);
    }

    @Override
    public void maskedGram(
            int q,
            float[] decay,
            int decayAt,
            float[] weight,
            int weightAt,
            float[] g,
            int gAt,
            int row,
            float[] running,
            float[] m,
            int mAt) {
        Arrays.fill(running, 0, row, 0);
        for (int t = 0; t < q; t++) {
            FloatVector a = FloatVector.broadcast(S, decay[decayAt + t]);
            FloatVector d = FloatVector.broadcast(S, weight[weightAt + t]);
            int gt = gAt + t * row;
            int mt = mAt + t * row;
            int whole = t - t % LANES;
            for (int s = 0; s < whole; s += LANES) {
                FloatVector l = a.mul(FloatVector.fromArray(S, running, s));
                l.intoArray(running, s);
                l.mul(FloatVector.fromArray(S, g, gt + s)).intoArray(m, mt + s);
            }
            for (int s = whole; s < t - t % TILE + TILE; s += LANES) {
                // The entry t of the running row is still zero, and what is beyond it in G does not count.
                FloatVector l = a.mul(FloatVector.fromArray(S, running, s)).blend(d, LANE.eq(t - s));
                l.intoArray(running, s);
                l.mul(FloatVector.fromArray(S, g, gt + s))
                        .blend(0, LANE.compare(VectorOperators.GT, t - s))
                        .intoArray(m, mt + s);
            }
        }
    }

    @Override
    public void scaleRows(
            int rows, int columns, float[] scale, int scaleAt, float[] x, int xAt, float[] out, int outAt) {
        for (int j = 0, at = 0; j < columns; j += W) {
            for (int i = 0; i < rows; i++, at += W) {
                FloatVector s = FloatVector.broadcast(S, scale[scaleAt + i]);
                s.mul(FloatVector.fromArray(S, x, xAt + at)).intoArray(out, outAt + at);
                s.mul(FloatVector.fromArray(S, x, xAt + at + LANES)).intoArray(out, outAt + at + LANES);
            }
        }
    }

    @Override
    public void addScaledColumns(int rows, int columns, float[] d, int dAt, float[] x, int xAt, float[] y, int yAt) {
        for (int j = 0, at = 0; j < columns; j += W) {
            FloatVector left = FloatVector.fromArray(S, d, dAt + j);
            FloatVector right = FloatVector.fromArray(S, d, dAt + j + LANES);
            for (int i = 0; i < rows; i++, at += W) {
                left.fma(FloatVector.fromArray(S, x, xAt + at), FloatVector.fromArray(S, y, yAt + at))
                        .intoArray(y, yAt + at);
                right.fma(FloatVector.fromArray(S, x, xAt + at + LANES), FloatVector.fromArray(S, y, yAt + at + LANES))
                        .intoArray(y, yAt + at + LANES);
            }
        }
    }

    @Override
    public void addScaled(int n, double s, float[] x, int xAt, float[] y, int yAt) {
        FloatVector factor = FloatVector.broadcast(S, (float) s);
        for (int i = 0; i < n; i += LANES) {
            factor.fma(FloatVector.fromArray(S, x, xAt + i), FloatVector.fromArray(S, y, yAt + i))
                    .intoArray(y, yAt + i);
        }
    }

    @Override
    public void gate(int n, float[] z, int zAt, float[] y, int yAt, float[] scratch) {
        exp(n, z, zAt, true, scratch, 0);
        for (int i = 0; i < n; i += LANES) {
            FloatVector v = FloatVector.fromArray(S, z, zAt + i);
            FloatVector e = FloatVector.fromArray(S, scratch, i);
            // σ(v) = 1/(1 + e) for v ≥ 0, else e/(1 + e).
            FloatVector numerator = v.blend(v.mul(e), v.lt(0));
            numerator.div(e.add(1)).mul(FloatVector.fromArray(S, y, yAt + i)).intoArray(y, yAt + i);
        }
    }

    @Override
    public void maskedAdjoint(
            int q,
            float[] decay,
            int decayAt,
            float[] weight,
            int weightAt,
            float[] g,
            float[] f,
            int row,
            float[] running,
            float[] m,
            float[] sum) {
        Arrays.fill(running, 0, row, 0);
        for (int s = q - 1; s >= 0; s--) {
            FloatVector a = FloatVector.broadcast(S, s + 1 < q ? decay[decayAt + s + 1] : 0);
            FloatVector d = FloatVector.broadcast(S, weight[weightAt + s]);
            for (int t = s - s % Math.max(LANES, TILE); t < q; t += LANES) {
                int at = s * row + t;
                FloatVector l = a.mul(FloatVector.fromArray(S, running, t)).blend(1, LANE.eq(s - t));
                l.intoArray(running, t);
                l.mul(FloatVector.fromArray(S, g, at)).intoArray(m, at);
                FloatVector e = l.mul(d).mul(FloatVector.fromArray(S, f, at));
                e.add(FloatVector.fromArray(S, sum, at)).intoArray(sum, at);
                e.mul(FloatVector.fromArray(S, g, at)).intoArray(f, at);
            }
        }
    }

    @Override
    public void crossings(int q, float[] w, int row, float[] running, float[] out) {
        Arrays.fill(running, 0, row, 0);
        out[0] = 0;
        for (int k = 1; k < q; k++) {
            int s = k - 1;
            int start = s - s % LANES;
            FloatVector crossed =
                    FloatVector.fromArray(S, running, start).add(FloatVector.fromArray(S, w, s * row + start));
            crossed.intoArray(running, start);
            // Masks and comparisons would make this so large that the compiler boxes the argument of the sum.
            FloatVector sum = crossed.mul(FloatVector.fromArray(S, ZEROS_ONES, LANES - (k - start)));
            for (int t = start + LANES; t < q; t += LANES) {
                crossed = FloatVector.fromArray(S, running, t).add(FloatVector.fromArray(S, w, s * row + t));
                crossed.intoArray(running, t);
                sum = sum.add(crossed);
            }
            out[k] = LaneSum.of(sum);
        }
    }

    @Override
    public void addScaledDots(
            int rows,
            int columns,
            int row,
            float[] x,
            float[] s,
            int sAt,
            float[] w,
            float[] sum,
            int at,
            float[] dots) {
        for (int j = 0; j < columns; j += LANES) {
            FloatVector scale = FloatVector.fromArray(S, s, sAt + j);
            FloatVector dot = FloatVector.fromArray(S, dots, j);
            for (int i = 0, entry = j; i < rows; i++, entry += row) {
                FloatVector v = scale.mul(FloatVector.fromArray(S, x, entry));
                v.add(FloatVector.fromArray(S, sum, at + entry)).intoArray(sum, at + entry);
                dot = v.fma(FloatVector.fromArray(S, w, at + entry), dot);
            }
            dot.intoArray(dots, j);
        }
    }

    @Override
    public void rowDots(int rows, int columns, float[] x, float[] y, float[] out) {
        for (int i = 0; i < rows; i++) {
            FloatVector left = FloatVector.zero(S);
            FloatVector right = FloatVector.zero(S);
            for (int j = 0, at = i * W; j < columns; j += W, at += rows * W) {
                left = FloatVector.fromArray(S, x, at).fma(FloatVector.fromArray(S, y, at), left);
                right = FloatVector.fromArray(S, x, at + LANES).fma(FloatVector.fromArray(S, y, at + LANES), right);
            }
            out[i] = LaneSum.of(left.add(right));
        }
    }

    @Override
    public void columnDots(int rows, int columns, float[] x, float[] y, float[] out, int outAt) {
        for (int j = 0, at = 0; j < columns; j += W) {
            FloatVector left = FloatVector.zero(S);
            FloatVector right = FloatVector.zero(S);
            for (int i = 0; i < rows; i++, at += W) {
                left = FloatVector.fromArray(S, x, at).fma(FloatVector.fromArray(S, y, at), left);
                right = FloatVector.fromArray(S, x, at + LANES).fma(FloatVector.fromArray(S, y, at + LANES), right);
            }
            left.intoArray(out, outAt + j);
            right.intoArray(out, outAt + j + LANES);
        }
    }

    @Override
    public double dot(int n, float[] x, int xAt, float[] y, int yAt) {
        FloatVector left = FloatVector.zero(S);
        FloatVector right = FloatVector.zero(S);
        for (int i = 0; i < n; i += W) {
            left = FloatVector.fromArray(S, x, xAt + i).fma(FloatVector.fromArray(S, y, yAt + i), left);
            right = FloatVector.fromArray(S, x, xAt + i + LANES)
                    .fma(FloatVector.fromArray(S, y, yAt + i + LANES), right);
        }
        return LaneSum.of(left.add(right));
    }

    @Override
    public void gateAdjoint(int n, float[] z, float[] dy, float[] y, float[] scratch) {
        exp(n, z, 0, true, scratch, 0);
        for (int i = 0; i < n; i += LANES) {
            FloatVector v = FloatVector.fromArray(S, z, i);
            FloatVector e = FloatVector.fromArray(S, scratch, i);
            FloatVector one = FloatVector.broadcast(S, 1);
            FloatVector denominator = e.add(1);
            var negative = v.lt(0);
            FloatVector sigmoid = one.blend(e, negative).div(denominator);
            FloatVector rest = e.blend(one, negative).div(denominator);
            FloatVector slope = sigmoid.mul(v.fma(rest, one));
            FloatVector gradient = FloatVector.fromArray(S, dy, i);
            gradient.mul(FloatVector.fromArray(S, y, i)).mul(slope).intoArray(y, i);
            gradient.mul(v.mul(sigmoid)).intoArray(dy, i);
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
            float[] x,
            float[] b,
            float[] c,
            float[] y) {
        FloatVector a = FloatVector.broadcast(S, (float) decay);
        int whole = n - n % LANES;
        for (int i = 0; i < p; i++) {
            long source = fromAt + (long) i * n * Float.BYTES;
            long target = toAt + (long) i * n * Float.BYTES;
            FloatVector xi = FloatVector.broadcast(S, x[i]);
            FloatVector sum = FloatVector.zero(S);
            for (int j = 0; j < whole; j += LANES) {
                long at = (long) j * Float.BYTES;
                FloatVector h = a.fma(
                        FloatVector.fromMemorySegment(S, from, source + at, ByteOrder.nativeOrder()),
                        xi.mul(FloatVector.fromArray(S, b, j)));
                h.intoMemorySegment(to, target + at, ByteOrder.nativeOrder());
                sum = h.fma(FloatVector.fromArray(S, c, j), sum);
            }
            float rest = LaneSum.of(sum);
            for (int j = whole; j < n; j++) {
                long at = (long) j * Float.BYTES;
                float h = (float) decay * from.get(ValueLayout.JAVA_FLOAT_UNALIGNED, source + at) + x[i] * b[j];
                to.set(ValueLayout.JAVA_FLOAT_UNALIGNED, target + at, h);
                rest += h * c[j];
            }
            y[i] = rest;
        }
    }

    @Override
    public double multiplyAdds(int n) {
        FloatVector x = FloatVector.broadcast(S, 0.999f);
        FloatVector y = FloatVector.broadcast(S, 0.001f);
        FloatVector c0 = FloatVector.broadcast(S, 0);
        FloatVector c1 = FloatVector.broadcast(S, 1);
        FloatVector c2 = FloatVector.broadcast(S, 2);
        FloatVector c3 = FloatVector.broadcast(S, 3);
        FloatVector c4 = FloatVector.broadcast(S, 4);
        FloatVector c5 = FloatVector.broadcast(S, 5);
        FloatVector c6 = FloatVector.broadcast(S, 6);
        FloatVector c7 = FloatVector.broadcast(S, 7);
        FloatVector c8 = FloatVector.broadcast(S, 8);
        FloatVector c9 = FloatVector.broadcast(S, 9);
        FloatVector c10 = FloatVector.broadcast(S, 10);
        FloatVector c11 = FloatVector.broadcast(S, 11);
        for (int i = 0; i < n; i++) {
            c0 = c0.fma(x, y);
            c1 = c1.fma(x, y);
            c2 = c2.fma(x, y);
            c3 = c3.fma(x, y);
            c4 = c4.fma(x, y);
            c5 = c5.fma(x, y);
            c6 = c6.fma(x, y);
            c7 = c7.fma(x, y);
            c8 = c8.fma(x, y);
            c9 = c9.fma(x, y);
            c10 = c10.fma(x, y);
            c11 = c11.fma(x, y);
        }
        // The sum is finite; looking at it keeps the loop from being removed.
        FloatVector sum = c0.add(c1)
                .add(c2)
                .add(c3)
                .add(c4)
                .add(c5)
                .add(c6)
                .add(c7)
                .add(c8)
                .add(c9)
                .add(c10)
                .add(c11);
        return sum.lane(0) == 42 ? 0 : 2.0 * 12 * LANES * n;
    }

    @Override
    public void exp(int n, float[] x, int at) {
        exp(n, x, at, false, x, at);
    }

    /**
     * {@code out ← exp(x)}, or exp(−|x|). With m the integer nearest to v/log 2 and r = v − m log 2, exp(v) = 2ᵐ exp(r), |r| ≤
     * 0.3466, and exp(r) by its Taylor polynomial of degree 7, whose remainder is below 5e-9. Over arrays, and not a function of a
     * vector: where that is not inlined its argument and result are boxed.
     */
    private static void exp(int n, float[] in, int at, boolean negative, float[] out, int outAt) {
        for (int i = 0; i < n; i += LANES) {
            FloatVector given = FloatVector.fromArray(S, in, at + i);
            FloatVector v = negative ? given.abs().neg() : given;
            FloatVector x = v.max(LEAST).min(GREATEST);
            FloatVector rounded = x.fma(FloatVector.broadcast(S, LOG2_E), FloatVector.broadcast(S, ROUND));
            FloatVector m = rounded.sub(ROUND);
            FloatVector r =
                    m.fma(FloatVector.broadcast(S, -LOG_2_LOW), m.fma(FloatVector.broadcast(S, -LOG_2_HIGH), x));
            FloatVector p = FloatVector.broadcast(S, 1f / 5040);
            p = p.fma(r, FloatVector.broadcast(S, 1f / 720));
            p = p.fma(r, FloatVector.broadcast(S, 1f / 120));
            p = p.fma(r, FloatVector.broadcast(S, 1f / 24));
            p = p.fma(r, FloatVector.broadcast(S, 1f / 6));
            p = p.fma(r, FloatVector.broadcast(S, 1f / 2));
            // 1 + r in two parts, so that the last addition is the only one whose rounding counts.
            FloatVector one = r.add(1);
            FloatVector rest = r.sub(one.sub(1));
            p = one.add(p.mul(r).fma(r, rest));
            // 2ᵐ in two factors, since subnormal results have m below the least exponent.
            IntVector exponent = rounded.reinterpretAsInts().sub(Float.floatToRawIntBits(ROUND));
            IntVector half = exponent.lanewise(VectorOperators.ASHR, 1);
            p.mul(power(half)).mul(power(exponent.sub(half))).intoArray(out, outAt + i);
        }
    }

    private static FloatVector power(IntVector exponent) {
        return exponent.add(BIAS).lanewise(VectorOperators.LSHL, MANTISSA).reinterpretAsFloats();
    }

    /**
     * max(v, 0) + log(1 + e) with e = exp(−|v|), and log(1 + e) = 2 artanh(s), s = e/(2 + e) ≤ 1/3, by 9 terms of the
     * series s + s³/3 + s⁵/5 + ….
     */
    @Override
    public void softplus(int n, float[] x, int at, float[] scratch) {
        exp(n, x, at, true, scratch, 0);
        for (int i = 0; i < n; i += LANES) {
            FloatVector e = FloatVector.fromArray(S, scratch, i);
            FloatVector s = e.div(e.add(2));
            FloatVector square = s.mul(s);
            FloatVector sum = FloatVector.broadcast(S, 1f / 17);
            for (int k = 15; k >= 1; k -= 2) {
                sum = sum.fma(square, FloatVector.broadcast(S, 1f / k));
            }
            sum.mul(s).mul(2).add(FloatVector.fromArray(S, x, at + i).max(0)).intoArray(x, at + i);
        }
    }

    @Override
    public void load(MemorySegment from, long at, long row, int rows, int columns, float[] to, int toAt, int toRows) {
        for (int j = 0; j < columns; j += W) {
            int width = Math.min(W, columns - j);
            long source = at + (long) j * Float.BYTES;
            int target = toAt + j * toRows;
            if (width == W) {
                for (int i = 0; i < rows; i++) {
                    FloatVector.fromMemorySegment(S, from, source + i * row, ByteOrder.nativeOrder())
                            .intoArray(to, target + i * W);
                    FloatVector.fromMemorySegment(S, from, source + i * row + HALF, ByteOrder.nativeOrder())
                            .intoArray(to, target + i * W + LANES);
                }
            } else {
                for (int i = 0; i < rows; i++) {
                    MemorySegment.copy(
                            from, ValueLayout.JAVA_FLOAT_UNALIGNED, source + i * row, to, target + i * W, width);
                    Arrays.fill(to, target + i * W + width, target + (i + 1) * W, 0);
                }
            }
        }
    }

    @Override
    public void store(
            float[] from, int fromAt, int fromRows, int rows, int columns, MemorySegment to, long at, long row) {
        for (int j = 0; j < columns; j += W) {
            int width = Math.min(W, columns - j);
            long target = at + (long) j * Float.BYTES;
            int source = fromAt + j * fromRows;
            if (width == W) {
                for (int i = 0; i < rows; i++) {
                    FloatVector.fromArray(S, from, source + i * W)
                            .intoMemorySegment(to, target + i * row, ByteOrder.nativeOrder());
                    FloatVector.fromArray(S, from, source + i * W + LANES)
                            .intoMemorySegment(to, target + i * row + HALF, ByteOrder.nativeOrder());
                }
            } else {
                for (int i = 0; i < rows; i++) {
                    MemorySegment.copy(
                            from, source + i * W, to, ValueLayout.JAVA_FLOAT_UNALIGNED, target + i * row, width);
                }
            }
        }
    }
}
