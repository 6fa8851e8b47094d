package duality.kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.jspecify.annotations.Nullable;

/** The kernels in double64 by the Vector API. */
final class VectorDoubles extends ScalarDoubles {
    private static final VectorSpecies<Double> S = VectorSpecies.of(double.class, VectorWidth.SHAPE);

    private static final int LANES = S.length();
    /** As many zeros as there are lanes, then as many ones. */
    private static final double[] ZEROS_ONES = new double[2 * LANES];

    static {
        Arrays.fill(ZEROS_ONES, LANES, 2 * LANES, 1);
    }

    /** The number of each lane. */
    private static final DoubleVector LANE = DoubleVector.zero(S).addIndex(1);

    private static final int W = 2 * LANES;

    /** Bytes of one vector, half a row of a panel. */
    private static final long HALF = S.vectorByteSize();

    /**
     * Sums of two panels need 21 registers, which only the instruction sets with 32 have. More rows of one panel would do as
     * well for those, but every row takes a general register for its address, and eight of them do not fit.
     */
    private static final boolean PAIRS = VectorWidth.REGISTERS >= 32;

    private static final double LOG2_E = 1.4426950408889634;
    /** log 2 in two parts, the first with few enough bits that its product with an exponent is exact. */
    private static final double LOG_2_HIGH = 0x1.62e42feep-1;

    private static final double LOG_2_LOW = 0x1.a39ef35793c76p-33;
    /** Adding it rounds to an integer, which is then in the low bits. */
    private static final double ROUND = 0x1.8p52;
    /** exp is 0 below and infinite above. */
    private static final double LEAST = -746;

    private static final double GREATEST = 710;
    private static final long BIAS = 1023;
    private static final int MANTISSA = 52;

    @Override
    public int panel() {
        return W;
    }

    @Override
    public void multiply(
            int m,
            int n,
            int k,
            double[] a,
            int aAt,
            int aRow,
            Part part,
            double[] b,
            int bAt,
            int bPanel,
            double[] c,
            int cAt,
            int cRow,
            int cPanel,
            double @Nullable [] scale,
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
            double[] a,
            int aAt,
            int aRow,
            double[] b,
            int bAt,
            int bPanel,
            double[] c,
            int cAt,
            int cRow,
            int cPanel,
            double @Nullable [] scale,
            int s,
            int sStep) {
        DoubleVector c0 = DoubleVector.zero(S);
        DoubleVector d0 = DoubleVector.zero(S);
        DoubleVector e0 = DoubleVector.zero(S);
        DoubleVector f0 = DoubleVector.zero(S);
        DoubleVector c1 = DoubleVector.zero(S);
        DoubleVector d1 = DoubleVector.zero(S);
        DoubleVector e1 = DoubleVector.zero(S);
        DoubleVector f1 = DoubleVector.zero(S);
        DoubleVector c2 = DoubleVector.zero(S);
        DoubleVector d2 = DoubleVector.zero(S);
        DoubleVector e2 = DoubleVector.zero(S);
        DoubleVector f2 = DoubleVector.zero(S);
        DoubleVector c3 = DoubleVector.zero(S);
        DoubleVector d3 = DoubleVector.zero(S);
        DoubleVector e3 = DoubleVector.zero(S);
        DoubleVector f3 = DoubleVector.zero(S);
        int a1 = aAt + aRow;
        int a2 = aAt + 2 * aRow;
        int a3 = aAt + 3 * aRow;
        int bNext = bAt + bPanel;
        for (int p = 0; p < k; p++) {
            DoubleVector l = DoubleVector.fromArray(S, b, bAt + p * W);
            DoubleVector r = DoubleVector.fromArray(S, b, bAt + p * W + LANES);
            DoubleVector u = DoubleVector.fromArray(S, b, bNext + p * W);
            DoubleVector v = DoubleVector.fromArray(S, b, bNext + p * W + LANES);
            DoubleVector x0 = DoubleVector.broadcast(S, a[aAt + p]);
            c0 = x0.fma(l, c0);
            d0 = x0.fma(r, d0);
            e0 = x0.fma(u, e0);
            f0 = x0.fma(v, f0);
            DoubleVector x1 = DoubleVector.broadcast(S, a[a1 + p]);
            c1 = x1.fma(l, c1);
            d1 = x1.fma(r, d1);
            e1 = x1.fma(u, e1);
            f1 = x1.fma(v, f1);
            DoubleVector x2 = DoubleVector.broadcast(S, a[a2 + p]);
            c2 = x2.fma(l, c2);
            d2 = x2.fma(r, d2);
            e2 = x2.fma(u, e2);
            f2 = x2.fma(v, f2);
            DoubleVector x3 = DoubleVector.broadcast(S, a[a3 + p]);
            c3 = x3.fma(l, c3);
            d3 = x3.fma(r, d3);
            e3 = x3.fma(u, e3);
            f3 = x3.fma(v, f3);
        }
        int cNext = cAt + cPanel;
        if (scale != null) {
            DoubleVector s0 = DoubleVector.broadcast(S, scale[s]);
            c0 = s0.fma(DoubleVector.fromArray(S, c, cAt), c0);
            d0 = s0.fma(DoubleVector.fromArray(S, c, cAt + LANES), d0);
            e0 = s0.fma(DoubleVector.fromArray(S, c, cNext), e0);
            f0 = s0.fma(DoubleVector.fromArray(S, c, cNext + LANES), f0);
            DoubleVector s1 = DoubleVector.broadcast(S, scale[s + sStep]);
            c1 = s1.fma(DoubleVector.fromArray(S, c, cAt + cRow), c1);
            d1 = s1.fma(DoubleVector.fromArray(S, c, cAt + cRow + LANES), d1);
            e1 = s1.fma(DoubleVector.fromArray(S, c, cNext + cRow), e1);
            f1 = s1.fma(DoubleVector.fromArray(S, c, cNext + cRow + LANES), f1);
            DoubleVector s2 = DoubleVector.broadcast(S, scale[s + 2 * sStep]);
            c2 = s2.fma(DoubleVector.fromArray(S, c, cAt + 2 * cRow), c2);
            d2 = s2.fma(DoubleVector.fromArray(S, c, cAt + 2 * cRow + LANES), d2);
            e2 = s2.fma(DoubleVector.fromArray(S, c, cNext + 2 * cRow), e2);
            f2 = s2.fma(DoubleVector.fromArray(S, c, cNext + 2 * cRow + LANES), f2);
            DoubleVector s3 = DoubleVector.broadcast(S, scale[s + 3 * sStep]);
            c3 = s3.fma(DoubleVector.fromArray(S, c, cAt + 3 * cRow), c3);
            d3 = s3.fma(DoubleVector.fromArray(S, c, cAt + 3 * cRow + LANES), d3);
            e3 = s3.fma(DoubleVector.fromArray(S, c, cNext + 3 * cRow), e3);
            f3 = s3.fma(DoubleVector.fromArray(S, c, cNext + 3 * cRow + LANES), f3);
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
            double[] a,
            int aAt,
            int aRow,
            double[] b,
            int bAt,
            double[] c,
            int cAt,
            int cRow,
            double @Nullable [] scale,
            int s,
            int sStep) {
        DoubleVector c0 = DoubleVector.zero(S);
        DoubleVector d0 = DoubleVector.zero(S);
        DoubleVector c1 = DoubleVector.zero(S);
        DoubleVector d1 = DoubleVector.zero(S);
        DoubleVector c2 = DoubleVector.zero(S);
        DoubleVector d2 = DoubleVector.zero(S);
        DoubleVector c3 = DoubleVector.zero(S);
        DoubleVector d3 = DoubleVector.zero(S);
        int a1 = aAt + aRow;
        int a2 = aAt + 2 * aRow;
        int a3 = aAt + 3 * aRow;
        for (int p = 0; p < k; p++) {
            DoubleVector l = DoubleVector.fromArray(S, b, bAt + p * W);
            DoubleVector r = DoubleVector.fromArray(S, b, bAt + p * W + LANES);
            DoubleVector x0 = DoubleVector.broadcast(S, a[aAt + p]);
            c0 = x0.fma(l, c0);
            d0 = x0.fma(r, d0);
            DoubleVector x1 = DoubleVector.broadcast(S, a[a1 + p]);
            c1 = x1.fma(l, c1);
            d1 = x1.fma(r, d1);
            DoubleVector x2 = DoubleVector.broadcast(S, a[a2 + p]);
            c2 = x2.fma(l, c2);
            d2 = x2.fma(r, d2);
            DoubleVector x3 = DoubleVector.broadcast(S, a[a3 + p]);
            c3 = x3.fma(l, c3);
            d3 = x3.fma(r, d3);
        }
        if (scale != null) {
            DoubleVector s0 = DoubleVector.broadcast(S, scale[s]);
            c0 = s0.fma(DoubleVector.fromArray(S, c, cAt), c0);
            d0 = s0.fma(DoubleVector.fromArray(S, c, cAt + LANES), d0);
            DoubleVector s1 = DoubleVector.broadcast(S, scale[s + sStep]);
            c1 = s1.fma(DoubleVector.fromArray(S, c, cAt + cRow), c1);
            d1 = s1.fma(DoubleVector.fromArray(S, c, cAt + cRow + LANES), d1);
            DoubleVector s2 = DoubleVector.broadcast(S, scale[s + 2 * sStep]);
            c2 = s2.fma(DoubleVector.fromArray(S, c, cAt + 2 * cRow), c2);
            d2 = s2.fma(DoubleVector.fromArray(S, c, cAt + 2 * cRow + LANES), d2);
            DoubleVector s3 = DoubleVector.broadcast(S, scale[s + 3 * sStep]);
            c3 = s3.fma(DoubleVector.fromArray(S, c, cAt + 3 * cRow), c3);
            d3 = s3.fma(DoubleVector.fromArray(S, c, cAt + 3 * cRow + LANES), d3);
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
            int k, double[] a, int aAt, double[] b, int bAt, double[] c, int cAt, double @Nullable [] scale, int s) {
        DoubleVector c0 = DoubleVector.zero(S);
        DoubleVector d0 = DoubleVector.zero(S);
        for (int p = 0; p < k; p++) {
            DoubleVector l = DoubleVector.fromArray(S, b, bAt + p * W);
            DoubleVector r = DoubleVector.fromArray(S, b, bAt + p * W + LANES);
            DoubleVector x0 = DoubleVector.broadcast(S, a[aAt + p]);
            c0 = x0.fma(l, c0);
            d0 = x0.fma(r, d0);
        }
        if (scale != null) {
            DoubleVector s0 = DoubleVector.broadcast(S, scale[s]);
            c0 = s0.fma(DoubleVector.fromArray(S, c, cAt), c0);
            d0 = s0.fma(DoubleVector.fromArray(S, c, cAt + LANES), d0);
        }
        c0.intoArray(c, cAt);
        d0.intoArray(c, cAt + LANES);
    }

    @Override
    public void pack(int rows, int columns, double[] from, int at, int row, double[] to, int toAt, int toRows) {
        int whole = columns - columns % W;
        for (int j = 0; j < whole; j += W) {
            int source = at + j;
            int target = toAt + j * toRows;
            for (int i = 0; i < rows; i++) {
                DoubleVector.fromArray(S, from, source + i * row).intoArray(to, target + i * W);
                DoubleVector.fromArray(S, from, source + i * row + LANES).intoArray(to, target + i * W + LANES);
            }
        }
        super.pack(rows, columns - whole, from, at + whole, row, to, toAt + whole * toRows, toRows);
    }

    /** A transpose, in which the rows lie next to each other, goes by squares. */
    @Override
    public void gather(
            int rows, int columns, double[] from, int at, int row, int column, double[] to, int toAt, int toRow) {
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
            double[] decay,
            int decayAt,
            double[] weight,
            int weightAt,
            double[] g,
            int gAt,
            int row,
            double[] running,
            double[] m,
            int mAt) {
        Arrays.fill(running, 0, row, 0);
        for (int t = 0; t < q; t++) {
            DoubleVector a = DoubleVector.broadcast(S, decay[decayAt + t]);
            DoubleVector d = DoubleVector.broadcast(S, weight[weightAt + t]);
            int gt = gAt + t * row;
            int mt = mAt + t * row;
            int whole = t - t % LANES;
            for (int s = 0; s < whole; s += LANES) {
                DoubleVector l = a.mul(DoubleVector.fromArray(S, running, s));
                l.intoArray(running, s);
                l.mul(DoubleVector.fromArray(S, g, gt + s)).intoArray(m, mt + s);
            }
            for (int s = whole; s < t - t % TILE + TILE; s += LANES) {
                // The entry t of the running row is still zero, and what is beyond it in G does not count.
                DoubleVector l = a.mul(DoubleVector.fromArray(S, running, s)).blend(d, LANE.eq(t - s));
                l.intoArray(running, s);
                l.mul(DoubleVector.fromArray(S, g, gt + s))
                        .blend(0, LANE.compare(VectorOperators.GT, t - s))
                        .intoArray(m, mt + s);
            }
        }
    }

    @Override
    public void scaleRows(
            int rows, int columns, double[] scale, int scaleAt, double[] x, int xAt, double[] out, int outAt) {
        for (int j = 0, at = 0; j < columns; j += W) {
            for (int i = 0; i < rows; i++, at += W) {
                DoubleVector s = DoubleVector.broadcast(S, scale[scaleAt + i]);
                s.mul(DoubleVector.fromArray(S, x, xAt + at)).intoArray(out, outAt + at);
                s.mul(DoubleVector.fromArray(S, x, xAt + at + LANES)).intoArray(out, outAt + at + LANES);
            }
        }
    }

    @Override
    public void addScaledColumns(int rows, int columns, double[] d, int dAt, double[] x, int xAt, double[] y, int yAt) {
        for (int j = 0, at = 0; j < columns; j += W) {
            DoubleVector left = DoubleVector.fromArray(S, d, dAt + j);
            DoubleVector right = DoubleVector.fromArray(S, d, dAt + j + LANES);
            for (int i = 0; i < rows; i++, at += W) {
                left.fma(DoubleVector.fromArray(S, x, xAt + at), DoubleVector.fromArray(S, y, yAt + at))
                        .intoArray(y, yAt + at);
                right.fma(
                                DoubleVector.fromArray(S, x, xAt + at + LANES),
                                DoubleVector.fromArray(S, y, yAt + at + LANES))
                        .intoArray(y, yAt + at + LANES);
            }
        }
    }

    @Override
    public void addScaled(int n, double s, double[] x, int xAt, double[] y, int yAt) {
        DoubleVector factor = DoubleVector.broadcast(S, s);
        for (int i = 0; i < n; i += LANES) {
            factor.fma(DoubleVector.fromArray(S, x, xAt + i), DoubleVector.fromArray(S, y, yAt + i))
                    .intoArray(y, yAt + i);
        }
    }

    @Override
    public void gate(int n, double[] z, int zAt, double[] y, int yAt, double[] scratch) {
        exp(n, z, zAt, true, scratch, 0);
        for (int i = 0; i < n; i += LANES) {
            DoubleVector v = DoubleVector.fromArray(S, z, zAt + i);
            DoubleVector e = DoubleVector.fromArray(S, scratch, i);
            // σ(v) = 1/(1 + e) for v ≥ 0, else e/(1 + e).
            DoubleVector numerator = v.blend(v.mul(e), v.lt(0));
            numerator.div(e.add(1)).mul(DoubleVector.fromArray(S, y, yAt + i)).intoArray(y, yAt + i);
        }
    }

    @Override
    public void maskedAdjoint(
            int q,
            double[] decay,
            int decayAt,
            double[] weight,
            int weightAt,
            double[] g,
            double[] f,
            int row,
            double[] running,
            double[] m,
            double[] sum) {
        Arrays.fill(running, 0, row, 0);
        for (int s = q - 1; s >= 0; s--) {
            DoubleVector a = DoubleVector.broadcast(S, s + 1 < q ? decay[decayAt + s + 1] : 0);
            DoubleVector d = DoubleVector.broadcast(S, weight[weightAt + s]);
            for (int t = s - s % Math.max(LANES, TILE); t < q; t += LANES) {
                int at = s * row + t;
                DoubleVector l = a.mul(DoubleVector.fromArray(S, running, t)).blend(1, LANE.eq(s - t));
                l.intoArray(running, t);
                l.mul(DoubleVector.fromArray(S, g, at)).intoArray(m, at);
                DoubleVector e = l.mul(d).mul(DoubleVector.fromArray(S, f, at));
                e.add(DoubleVector.fromArray(S, sum, at)).intoArray(sum, at);
                e.mul(DoubleVector.fromArray(S, g, at)).intoArray(f, at);
            }
        }
    }

    @Override
    public void crossings(int q, double[] w, int row, double[] running, double[] out) {
        Arrays.fill(running, 0, row, 0);
        out[0] = 0;
        for (int k = 1; k < q; k++) {
            int s = k - 1;
            int start = s - s % LANES;
            DoubleVector crossed =
                    DoubleVector.fromArray(S, running, start).add(DoubleVector.fromArray(S, w, s * row + start));
            crossed.intoArray(running, start);
            // Masks and comparisons would make this so large that the compiler boxes the argument of the sum.
            DoubleVector sum = crossed.mul(DoubleVector.fromArray(S, ZEROS_ONES, LANES - (k - start)));
            for (int t = start + LANES; t < q; t += LANES) {
                crossed = DoubleVector.fromArray(S, running, t).add(DoubleVector.fromArray(S, w, s * row + t));
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
            double[] x,
            double[] s,
            int sAt,
            double[] w,
            double[] sum,
            int at,
            double[] dots) {
        for (int j = 0; j < columns; j += LANES) {
            DoubleVector scale = DoubleVector.fromArray(S, s, sAt + j);
            DoubleVector dot = DoubleVector.fromArray(S, dots, j);
            for (int i = 0, entry = j; i < rows; i++, entry += row) {
                DoubleVector v = scale.mul(DoubleVector.fromArray(S, x, entry));
                v.add(DoubleVector.fromArray(S, sum, at + entry)).intoArray(sum, at + entry);
                dot = v.fma(DoubleVector.fromArray(S, w, at + entry), dot);
            }
            dot.intoArray(dots, j);
        }
    }

    @Override
    public void rowDots(int rows, int columns, double[] x, double[] y, double[] out) {
        for (int i = 0; i < rows; i++) {
            DoubleVector left = DoubleVector.zero(S);
            DoubleVector right = DoubleVector.zero(S);
            for (int j = 0, at = i * W; j < columns; j += W, at += rows * W) {
                left = DoubleVector.fromArray(S, x, at).fma(DoubleVector.fromArray(S, y, at), left);
                right = DoubleVector.fromArray(S, x, at + LANES).fma(DoubleVector.fromArray(S, y, at + LANES), right);
            }
            out[i] = LaneSum.of(left.add(right));
        }
    }

    @Override
    public void columnDots(int rows, int columns, double[] x, double[] y, double[] out, int outAt) {
        for (int j = 0, at = 0; j < columns; j += W) {
            DoubleVector left = DoubleVector.zero(S);
            DoubleVector right = DoubleVector.zero(S);
            for (int i = 0; i < rows; i++, at += W) {
                left = DoubleVector.fromArray(S, x, at).fma(DoubleVector.fromArray(S, y, at), left);
                right = DoubleVector.fromArray(S, x, at + LANES).fma(DoubleVector.fromArray(S, y, at + LANES), right);
            }
            left.intoArray(out, outAt + j);
            right.intoArray(out, outAt + j + LANES);
        }
    }

    @Override
    public double dot(int n, double[] x, int xAt, double[] y, int yAt) {
        DoubleVector left = DoubleVector.zero(S);
        DoubleVector right = DoubleVector.zero(S);
        for (int i = 0; i < n; i += W) {
            left = DoubleVector.fromArray(S, x, xAt + i).fma(DoubleVector.fromArray(S, y, yAt + i), left);
            right = DoubleVector.fromArray(S, x, xAt + i + LANES)
                    .fma(DoubleVector.fromArray(S, y, yAt + i + LANES), right);
        }
        return LaneSum.of(left.add(right));
    }

    @Override
    public void gateAdjoint(int n, double[] z, double[] dy, double[] y, double[] scratch) {
        exp(n, z, 0, true, scratch, 0);
        for (int i = 0; i < n; i += LANES) {
            DoubleVector v = DoubleVector.fromArray(S, z, i);
            DoubleVector e = DoubleVector.fromArray(S, scratch, i);
            DoubleVector one = DoubleVector.broadcast(S, 1);
            DoubleVector denominator = e.add(1);
            var negative = v.lt(0);
            DoubleVector sigmoid = one.blend(e, negative).div(denominator);
            DoubleVector rest = e.blend(one, negative).div(denominator);
            DoubleVector slope = sigmoid.mul(v.fma(rest, one));
            DoubleVector gradient = DoubleVector.fromArray(S, dy, i);
            gradient.mul(DoubleVector.fromArray(S, y, i)).mul(slope).intoArray(y, i);
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
            double[] x,
            double[] b,
            double[] c,
            double[] y) {
        DoubleVector a = DoubleVector.broadcast(S, decay);
        int whole = n - n % LANES;
        for (int i = 0; i < p; i++) {
            long source = fromAt + (long) i * n * Double.BYTES;
            long target = toAt + (long) i * n * Double.BYTES;
            DoubleVector xi = DoubleVector.broadcast(S, x[i]);
            DoubleVector sum = DoubleVector.zero(S);
            for (int j = 0; j < whole; j += LANES) {
                long at = (long) j * Double.BYTES;
                DoubleVector h = a.fma(
                        DoubleVector.fromMemorySegment(S, from, source + at, ByteOrder.nativeOrder()),
                        xi.mul(DoubleVector.fromArray(S, b, j)));
                h.intoMemorySegment(to, target + at, ByteOrder.nativeOrder());
                sum = h.fma(DoubleVector.fromArray(S, c, j), sum);
            }
            double rest = LaneSum.of(sum);
            for (int j = whole; j < n; j++) {
                long at = (long) j * Double.BYTES;
                double h = decay * from.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, source + at) + x[i] * b[j];
                to.set(ValueLayout.JAVA_DOUBLE_UNALIGNED, target + at, h);
                rest += h * c[j];
            }
            y[i] = rest;
        }
    }

    @Override
    public double multiplyAdds(int n) {
        DoubleVector x = DoubleVector.broadcast(S, 0.999);
        DoubleVector y = DoubleVector.broadcast(S, 0.001);
        DoubleVector c0 = DoubleVector.broadcast(S, 0);
        DoubleVector c1 = DoubleVector.broadcast(S, 1);
        DoubleVector c2 = DoubleVector.broadcast(S, 2);
        DoubleVector c3 = DoubleVector.broadcast(S, 3);
        DoubleVector c4 = DoubleVector.broadcast(S, 4);
        DoubleVector c5 = DoubleVector.broadcast(S, 5);
        DoubleVector c6 = DoubleVector.broadcast(S, 6);
        DoubleVector c7 = DoubleVector.broadcast(S, 7);
        DoubleVector c8 = DoubleVector.broadcast(S, 8);
        DoubleVector c9 = DoubleVector.broadcast(S, 9);
        DoubleVector c10 = DoubleVector.broadcast(S, 10);
        DoubleVector c11 = DoubleVector.broadcast(S, 11);
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
        DoubleVector sum = c0.add(c1)
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
    public void exp(int n, double[] x, int at) {
        exp(n, x, at, false, x, at);
    }

    /**
     * {@code out ← exp(x)}, or exp(−|x|). With m the integer nearest to v/log 2 and r = v − m log 2, exp(v) = 2ᵐ exp(r), |r| ≤
     * 0.3466, and exp(r) by its Taylor polynomial of degree 13, whose remainder is below 5e-18. Over arrays, and not a function of a
     * vector: where that is not inlined its argument and result are boxed.
     */
    private static void exp(int n, double[] in, int at, boolean negative, double[] out, int outAt) {
        for (int i = 0; i < n; i += LANES) {
            DoubleVector given = DoubleVector.fromArray(S, in, at + i);
            DoubleVector v = negative ? given.abs().neg() : given;
            DoubleVector x = v.max(LEAST).min(GREATEST);
            DoubleVector rounded = x.fma(DoubleVector.broadcast(S, LOG2_E), DoubleVector.broadcast(S, ROUND));
            DoubleVector m = rounded.sub(ROUND);
            DoubleVector r =
                    m.fma(DoubleVector.broadcast(S, -LOG_2_LOW), m.fma(DoubleVector.broadcast(S, -LOG_2_HIGH), x));
            DoubleVector p = DoubleVector.broadcast(S, 1.0 / 6227020800L);
            p = p.fma(r, DoubleVector.broadcast(S, 1.0 / 479001600));
            p = p.fma(r, DoubleVector.broadcast(S, 1.0 / 39916800));
            p = p.fma(r, DoubleVector.broadcast(S, 1.0 / 3628800));
            p = p.fma(r, DoubleVector.broadcast(S, 1.0 / 362880));
            p = p.fma(r, DoubleVector.broadcast(S, 1.0 / 40320));
            p = p.fma(r, DoubleVector.broadcast(S, 1.0 / 5040));
            p = p.fma(r, DoubleVector.broadcast(S, 1.0 / 720));
            p = p.fma(r, DoubleVector.broadcast(S, 1.0 / 120));
            p = p.fma(r, DoubleVector.broadcast(S, 1.0 / 24));
            p = p.fma(r, DoubleVector.broadcast(S, 1.0 / 6));
            p = p.fma(r, DoubleVector.broadcast(S, 1.0 / 2));
            // 1 + r in two parts, so that the last addition is the only one whose rounding counts.
            DoubleVector one = r.add(1);
            DoubleVector rest = r.sub(one.sub(1));
            p = one.add(p.mul(r).fma(r, rest));
            // 2ᵐ in two factors, since subnormal results have m below the least exponent.
            LongVector exponent = rounded.reinterpretAsLongs().sub(Double.doubleToRawLongBits(ROUND));
            LongVector half = exponent.lanewise(VectorOperators.ASHR, 1);
            p.mul(power(half)).mul(power(exponent.sub(half))).intoArray(out, outAt + i);
        }
    }

    private static DoubleVector power(LongVector exponent) {
        return exponent.add(BIAS).lanewise(VectorOperators.LSHL, MANTISSA).reinterpretAsDoubles();
    }

    /**
     * max(v, 0) + log(1 + e) with e = exp(−|v|), and log(1 + e) = 2 artanh(s), s = e/(2 + e) ≤ 1/3, by 18 terms of the
     * series s + s³/3 + s⁵/5 + ….
     */
    @Override
    public void softplus(int n, double[] x, int at, double[] scratch) {
        exp(n, x, at, true, scratch, 0);
        for (int i = 0; i < n; i += LANES) {
            DoubleVector e = DoubleVector.fromArray(S, scratch, i);
            DoubleVector s = e.div(e.add(2));
            DoubleVector square = s.mul(s);
            DoubleVector sum = DoubleVector.broadcast(S, 1.0 / 35);
            for (int k = 33; k >= 1; k -= 2) {
                sum = sum.fma(square, DoubleVector.broadcast(S, 1.0 / k));
            }
            sum.mul(s).mul(2).add(DoubleVector.fromArray(S, x, at + i).max(0)).intoArray(x, at + i);
        }
    }

    @Override
    public void load(MemorySegment from, long at, long row, int rows, int columns, double[] to, int toAt, int toRows) {
        for (int j = 0; j < columns; j += W) {
            int width = Math.min(W, columns - j);
            long source = at + (long) j * Double.BYTES;
            int target = toAt + j * toRows;
            if (width == W) {
                for (int i = 0; i < rows; i++) {
                    DoubleVector.fromMemorySegment(S, from, source + i * row, ByteOrder.nativeOrder())
                            .intoArray(to, target + i * W);
                    DoubleVector.fromMemorySegment(S, from, source + i * row + HALF, ByteOrder.nativeOrder())
                            .intoArray(to, target + i * W + LANES);
                }
            } else {
                for (int i = 0; i < rows; i++) {
                    MemorySegment.copy(
                            from, ValueLayout.JAVA_DOUBLE_UNALIGNED, source + i * row, to, target + i * W, width);
                    Arrays.fill(to, target + i * W + width, target + (i + 1) * W, 0);
                }
            }
        }
    }

    @Override
    public void store(
            double[] from, int fromAt, int fromRows, int rows, int columns, MemorySegment to, long at, long row) {
        for (int j = 0; j < columns; j += W) {
            int width = Math.min(W, columns - j);
            long target = at + (long) j * Double.BYTES;
            int source = fromAt + j * fromRows;
            if (width == W) {
                for (int i = 0; i < rows; i++) {
                    DoubleVector.fromArray(S, from, source + i * W)
                            .intoMemorySegment(to, target + i * row, ByteOrder.nativeOrder());
                    DoubleVector.fromArray(S, from, source + i * W + LANES)
                            .intoMemorySegment(to, target + i * row + HALF, ByteOrder.nativeOrder());
                }
            } else {
                for (int i = 0; i < rows; i++) {
                    MemorySegment.copy(
                            from, source + i * W, to, ValueLayout.JAVA_DOUBLE_UNALIGNED, target + i * row, width);
                }
            }
        }
    }
}
