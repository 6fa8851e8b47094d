package duality.semiseparable;

import duality.errors.Fault;
import duality.errors.ShapeException;
import duality.errors.ValueException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.ejml.data.DMatrixRMaj;

/**
 * The mask of log-linear attention (Guo and others, arXiv 2506.04761): the prefix before t falls into the buckets of
 * a Fenwick tree, one for each bit set in t, and each bucket has its weight,
 *
 * <pre>
 *   A_ts = λ_t^{level(t, s)} a_t a_{t−1} … a_{s+1}    s ≤ t
 * </pre>
 *
 * with {@code level(t, t) = 0} and otherwise one more than the highest bit in which t and s differ: the bucket of
 * level ℓ ≥ 1 is there if bit ℓ − 1 of t is set, and holds the 2^{ℓ−1} positions s that agree with t above that bit
 * and do not have it. With all decays a one this is the mask alone; the decays make {@code 1SS(a) ∘ mask} of the
 * same type.
 *
 * <p>Multiplies as the model decodes: a state for each level, and the states below the lowest bit of t + 1 merge
 * into one after step t. O(T log T), the same to solve; no divisions but by {@code λ_t^0}, resets are exact.
 *
 * @param lambda the weights {@code T×(levels + 1)}, copied both ways; levels that no s ≤ t has are ignored
 * @param a the decays, copied both ways; the first one multiplies nothing
 * @param properties lower, and what is promised
 */
public record Hierarchical(DMatrixRMaj lambda, double[] a, Set<Property> properties) implements StructuredMatrix {
    /** Copies what is given, and checks it. */
    public Hierarchical {
        lambda = Checks.finite("lambda", lambda.copy());
        a = Checks.finite("a", a.clone());
        int length = lambda.numRows;
        if (lambda.numCols != levels(length) + 1) {
            throw ShapeException.mismatch(
                    "weights of " + length + " positions", Checks.shape(lambda), length + "x" + (levels(length) + 1));
        }
        if (a.length != length) {
            throw ShapeException.mismatch("weights and decays", Checks.shape(lambda), a.length + "x1");
        }
        properties = Checks.properties(length, length, properties, EnumSet.of(Property.LOWER));
    }

    /** The mask without decays. */
    public Hierarchical(DMatrixRMaj lambda) {
        this(lambda, ones(lambda.numRows), Set.of());
    }

    private static double[] ones(int length) {
        double[] ones = new double[length];
        Arrays.fill(ones, 1);
        return ones;
    }

    /** The highest level of a matrix of this size, ⌈log₂ T⌉. */
    public static int levels(int length) {
        return length == 0 ? 0 : level(length - 1, 0);
    }

    /** The level of the bucket of {@code [0, t]} that holds s. */
    public static int level(int t, int s) {
        return Integer.SIZE - Integer.numberOfLeadingZeros(t ^ s);
    }

    /** A copy. */
    @Override
    public DMatrixRMaj lambda() {
        return lambda.copy();
    }

    /** A copy. */
    @Override
    public double[] a() {
        return a.clone();
    }

    @Override
    public int rows() {
        return a.length;
    }

    @Override
    public int columns() {
        return a.length;
    }

    @Override
    public DMatrixRMaj multiply(DMatrixRMaj x) {
        return forward(x, false);
    }

    @Override
    public DMatrixRMaj multiplyTransposed(DMatrixRMaj x) {
        return backward(x, false);
    }

    /** {@code A in}, or with {@code solve} the x with {@code A x = in}. */
    DMatrixRMaj forward(DMatrixRMaj in, boolean solve) {
        Checks.requireProduct(this, in);
        int width = in.numCols;
        DMatrixRMaj out = new DMatrixRMaj(a.length, width);
        double[][] states = new double[levels(a.length) + 2][width];
        double[] sum = new double[width];
        for (int t = 0; t < a.length; t++) {
            Arrays.fill(sum, 0);
            for (int level = 1; level < lambda.numCols; level++) {
                for (int c = 0; c < width; c++) {
                    states[level][c] *= a[t];
                    sum[c] += lambda.get(t, level) * states[level][c];
                }
            }
            last(t, in, out, sum, solve);
            int merged = Integer.numberOfTrailingZeros(t + 1);
            for (int c = 0; c < width; c++) {
                double state = solve ? out.get(t, c) : in.get(t, c);
                for (int level = 1; level <= merged; level++) {
                    state += states[level][c];
                    states[level][c] = 0;
                }
                states[merged + 1][c] = state;
            }
        }
        return out;
    }

    /** {@code Aᵀ in}, or with {@code solve} the x with {@code Aᵀ x = in}: the steps above undone in turn. */
    DMatrixRMaj backward(DMatrixRMaj in, boolean solve) {
        Checks.requireProduct(this, in);
        int width = in.numCols;
        DMatrixRMaj out = new DMatrixRMaj(a.length, width);
        double[][] states = new double[levels(a.length) + 2][width];
        for (int t = a.length - 1; t >= 0; t--) {
            int merged = Integer.numberOfTrailingZeros(t + 1);
            double[] sum = states[merged + 1].clone(); // which a later step overwrites before one reads it again
            for (int level = 1; level <= merged; level++) {
                states[level] = sum.clone();
            }
            last(t, in, out, sum, solve);
            for (int level = 1; level < lambda.numCols; level++) {
                for (int c = 0; c < width; c++) {
                    double x = solve ? out.get(t, c) : in.get(t, c);
                    states[level][c] = a[t] * (states[level][c] + lambda.get(t, level) * x);
                }
            }
        }
        return out;
    }

    /** Row t of the output from the rest of the sum: the diagonal entry multiplies or divides. */
    private void last(int t, DMatrixRMaj in, DMatrixRMaj out, double[] sum, boolean solve) {
        double diagonal = lambda.get(t, 0);
        if (solve && diagonal == 0) {
            throw new ValueException(Fault.SINGULAR, "lambda(" + t + ", 0) is zero: a triangular matrix is singular");
        }
        for (int c = 0; c < sum.length; c++) {
            out.set(t, c, solve ? (in.get(t, c) - sum[c]) / diagonal : diagonal * in.get(t, c) + sum[c]);
        }
    }

    @Override
    public StructuredMatrix transpose() {
        return new Transpose(this, Property.ofTranspose(properties));
    }

    @Override
    public double get(int row, int column) {
        Checks.requireEntry(this, row, column);
        double product = row < column ? 0 : lambda.get(row, level(row, column));
        for (int t = column + 1; t <= row; t++) {
            product *= a[t];
        }
        return product;
    }

    @Override
    public long parameterCount() {
        return lambda.getNumElements() + (long) a.length;
    }

    @Override
    public long multiplyCost() {
        return 4L * lambda.getNumElements();
    }
}
