package duality.semiseparable;

/**
 * Products and reflections of matrices of at most 34 columns, in flat arrays. Rows are padded to a multiple of four, and
 * four columns are computed at once, so that their sums stay in registers and do not wait for one another.
 */
final class SmallProducts {
    private SmallProducts() {}

    /** {@code out ← r x} for {@code r (rank×rank)} from rAt on and {@code x, out (rank×stride)}, 4 dividing stride. */
    static void multiply(int rank, double[] r, int rAt, double[] x, double[] out, int stride) {
        for (int a = 0; a < rank; a++) {
            multiplyRow(rank, r, rAt + a * rank, x, 0, out, a * stride, stride);
        }
    }

    /** {@code out ← p x} for one row {@code p} of {@code rank} entries and {@code x (rank×stride)} from xAt on. */
    static void multiplyRow(int rank, double[] p, int at, double[] x, int xAt, double[] out, int outAt, int stride) {
        int k = 0;
        if (rank < 8) {
            for (int b = outAt; b < outAt + stride; b++) {
                out[b] = 0;
            }
        }
        for (; k + 8 <= rank; k += 8) {
            addRow8(k == 0, p, at + k, x, xAt + k * stride, out, outAt, stride);
        }
        for (; k < rank; k++) {
            double factor = p[at + k];
            int row = xAt + k * stride;
            for (int b = 0; b < stride; b++) {
                out[outAt + b] += factor * x[row + b];
            }
        }
    }

    /**
     * {@code out ← p x}, plus {@code out} unless {@code first}, for 8 entries of p and rows of x. Written out, since
     * loops as short as these do not pay.
     */
    private static void addRow8(
            boolean first, double[] p, int at, double[] x, int xAt, double[] out, int outAt, int stride) {
        double p0 = p[at];
        double p1 = p[at + 1];
        double p2 = p[at + 2];
        double p3 = p[at + 3];
        double p4 = p[at + 4];
        double p5 = p[at + 5];
        double p6 = p[at + 6];
        double p7 = p[at + 7];
        for (int b = 0; b < stride; b += 4) {
            int o = outAt + b;
            int k0 = xAt + b;
            double s0 = (first ? 0 : out[o]) + p0 * x[k0];
            double s1 = (first ? 0 : out[o + 1]) + p0 * x[k0 + 1];
            double s2 = (first ? 0 : out[o + 2]) + p0 * x[k0 + 2];
            double s3 = (first ? 0 : out[o + 3]) + p0 * x[k0 + 3];
            int k1 = k0 + stride;
            s0 += p1 * x[k1];
            s1 += p1 * x[k1 + 1];
            s2 += p1 * x[k1 + 2];
            s3 += p1 * x[k1 + 3];
            int k2 = k1 + stride;
            s0 += p2 * x[k2];
            s1 += p2 * x[k2 + 1];
            s2 += p2 * x[k2 + 2];
            s3 += p2 * x[k2 + 3];
            int k3 = k2 + stride;
            s0 += p3 * x[k3];
            s1 += p3 * x[k3 + 1];
            s2 += p3 * x[k3 + 2];
            s3 += p3 * x[k3 + 3];
            int k4 = k3 + stride;
            s0 += p4 * x[k4];
            s1 += p4 * x[k4 + 1];
            s2 += p4 * x[k4 + 2];
            s3 += p4 * x[k4 + 3];
            int k5 = k4 + stride;
            s0 += p5 * x[k5];
            s1 += p5 * x[k5 + 1];
            s2 += p5 * x[k5 + 2];
            s3 += p5 * x[k5 + 3];
            int k6 = k5 + stride;
            s0 += p6 * x[k6];
            s1 += p6 * x[k6 + 1];
            s2 += p6 * x[k6 + 2];
            s3 += p6 * x[k6 + 3];
            int k7 = k6 + stride;
            s0 += p7 * x[k7];
            s1 += p7 * x[k7 + 1];
            s2 += p7 * x[k7 + 2];
            s3 += p7 * x[k7 + 3];
            out[o] = s0;
            out[o + 1] = s1;
            out[o + 2] = s2;
            out[o + 3] = s3;
        }
    }

    /** {@code Σ a_k b_k} of {@code length} entries each. */
    static double dot(double[] a, int at, double[] b, int bAt, int length) {
        double sum = 0;
        int k = 0;
        for (; k + 8 <= length; k += 8) {
            int i = at + k;
            int j = bAt + k;
            sum += ((a[i] * b[j] + a[i + 1] * b[j + 1]) + (a[i + 2] * b[j + 2] + a[i + 3] * b[j + 3]))
                    + ((a[i + 4] * b[j + 4] + a[i + 5] * b[j + 5]) + (a[i + 6] * b[j + 6] + a[i + 7] * b[j + 7]));
        }
        for (; k < length; k++) {
            sum += a[at + k] * b[bAt + k];
        }
        return sum;
    }

    /** {@code f ← x rᵀ + c cᵀ}, symmetric, for {@code x, f (rank×stride)} and {@code r (rank×rank)} from rAt on. */
    static void gram(int rank, double[] x, int stride, double[] r, int rAt, double[] c, double[] f) {
        for (int a = 0; a < rank; a++) {
            int row = a * stride;
            if (rank < 8) {
                for (int b = 0; b <= a; b++) {
                    f[row + b] = c[a] * c[b];
                }
            }
            int k = 0;
            for (; k + 8 <= rank; k += 8) {
                addDots8(k == 0, x, row + k, r, rAt + k, rank, c, a, f, stride);
            }
            for (; k < rank; k++) {
                for (int b = 0; b <= a; b++) {
                    f[row + b] += x[row + k] * r[rAt + b * rank + k];
                }
            }
            if (rank % 8 != 0) {
                for (int b = 0; b < a; b++) {
                    f[b * stride + a] = f[row + b];
                }
            }
        }
    }

    /**
     * {@code f_ab ← Σ_8 x r_b}, plus {@code c_a c_b} if {@code first}, else plus {@code f_ab}, for all b ≤ a; written
     * to both triangles of f.
     */
    private static void addDots8(
            boolean first,
            double[] x,
            int xAt,
            double[] r,
            int rAt,
            int rank,
            double[] c,
            int a,
            double[] f,
            int stride) {
        double x0 = x[xAt];
        double x1 = x[xAt + 1];
        double x2 = x[xAt + 2];
        double x3 = x[xAt + 3];
        double x4 = x[xAt + 4];
        double x5 = x[xAt + 5];
        double x6 = x[xAt + 6];
        double x7 = x[xAt + 7];
        double ca = c[a];
        for (int b = 0, j = rAt; b <= a; b++, j += rank) {
            double entry = ((x0 * r[j] + x1 * r[j + 1]) + (x2 * r[j + 2] + x3 * r[j + 3]))
                    + ((x4 * r[j + 4] + x5 * r[j + 5]) + (x6 * r[j + 6] + x7 * r[j + 7]))
                    + (first ? ca * c[b] : f[a * stride + b]);
            f[a * stride + b] = entry;
            f[b * stride + a] = entry;
        }
    }

    /**
     * The Householder reflection I − v vᵀ that maps a vector onto its entry number {@code pivot}: v, scaled, replaces
     * the vector.
     *
     * @return the entry that remains; v is zero where the vector has nothing but this entry
     */
    static double reflector(double[] v, int from, int to, int pivot) {
        double head = v[pivot];
        double sum = 0;
        for (int k = from; k < to; k++) {
            sum += v[k] * v[k];
        }
        if (sum == head * head) {
            // Compared with the sum as rounded: what else the vector has is below the rounding of its length.
            boolean alone = true;
            for (int k = from; k < to; k++) {
                alone &= k == pivot || v[k] == 0;
            }
            if (alone || sum == 0) {
                for (int k = from; k < to; k++) {
                    v[k] = 0;
                }
                return head;
            }
        }
        double norm = Math.sqrt(sum);
        double scale = 1 / Math.sqrt(norm * (norm + Math.abs(head)));
        for (int k = from; k < to; k++) {
            v[k] *= scale;
        }
        v[pivot] = (head + Math.copySign(norm, head)) * scale;
        return -Math.copySign(norm, head);
    }

    /** {@code m ← (I − v vᵀ) m} on rows {@code [from, to)} of {@code m} and columns {@code [fromColumn, stride)}. */
    static void reflectRows(double[] v, int vAt, int from, int to, double[] m, int stride, int fromColumn) {
        for (int b = fromColumn & ~3; b < stride; b += 4) {
            double s0 = 0;
            double s1 = 0;
            double s2 = 0;
            double s3 = 0;
            for (int k = from, mk = from * stride + b; k < to; k++, mk += stride) {
                double factor = v[vAt + k];
                s0 += factor * m[mk];
                s1 += factor * m[mk + 1];
                s2 += factor * m[mk + 2];
                s3 += factor * m[mk + 3];
            }
            for (int k = from, mk = from * stride + b; k < to; k++, mk += stride) {
                double factor = v[vAt + k];
                m[mk] -= factor * s0;
                m[mk + 1] -= factor * s1;
                m[mk + 2] -= factor * s2;
                m[mk + 3] -= factor * s3;
            }
        }
    }

    /** {@code m ← m (I − v vᵀ)} on the first {@code rows} rows and {@code width} columns from {@code column} on. */
    static void reflectColumns(double[] v, int vAt, int width, double[] m, int rows, int stride, int column) {
        int row = 0;
        for (; row + 4 <= rows; row += 4) {
            int m0 = row * stride + column;
            int m1 = m0 + stride;
            int m2 = m1 + stride;
            int m3 = m2 + stride;
            double s0 = 0;
            double s1 = 0;
            double s2 = 0;
            double s3 = 0;
            for (int k = 0; k < width; k++) {
                double factor = v[vAt + k];
                s0 += factor * m[m0 + k];
                s1 += factor * m[m1 + k];
                s2 += factor * m[m2 + k];
                s3 += factor * m[m3 + k];
            }
            for (int k = 0; k < width; k++) {
                double factor = v[vAt + k];
                m[m0 + k] -= factor * s0;
                m[m1 + k] -= factor * s1;
                m[m2 + k] -= factor * s2;
                m[m3 + k] -= factor * s3;
            }
        }
        for (; row < rows; row++) {
            int m0 = row * stride + column;
            double sum = 0;
            for (int k = 0; k < width; k++) {
                sum += v[vAt + k] * m[m0 + k];
            }
            for (int k = 0; k < width; k++) {
                m[m0 + k] -= v[vAt + k] * sum;
            }
        }
    }
}
