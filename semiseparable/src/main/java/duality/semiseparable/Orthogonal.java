package duality.semiseparable;

import duality.algebra.Blocks;
import duality.algebra.FloatingBlocks;
import duality.algebra.OrthogonalBlocks;
import duality.errors.Fault;
import duality.errors.ShapeException;
import duality.errors.ValueException;
import java.util.List;

/** What the algorithms with orthogonal factorisations share. */
final class Orthogonal {
    private Orthogonal() {}

    /** The columns {@code [from, to)}. */
    static <M> M columns(Blocks<M> k, M a, int from, int to) {
        return k.block(a, 0, k.rows(a), from, to);
    }

    /** The blocks one below the other; without blocks, {@code 0×width}. */
    static <M> M stack(Blocks<M> k, List<M> parts, int width) {
        return parts.isEmpty() ? k.zeros(0, width) : k.stackRows(parts);
    }

    /** The Frobenius norm, scaled so that no square overflows or underflows. */
    static double norm(double... values) {
        double largest = 0;
        for (double value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        if (largest == 0 || !Double.isFinite(largest)) {
            return largest;
        }
        double sum = 0;
        for (double value : values) {
            sum += value / largest * (value / largest);
        }
        return largest * Math.sqrt(sum);
    }

    static <M> double norm(FloatingBlocks<M> k, M a) {
        return norm(k.toArray(a));
    }

    static <M> double norm(FloatingBlocks<M> k, List<M> blocks) {
        return norm(blocks.stream().mapToDouble(block -> norm(k, block)).toArray());
    }

    /** The diagonal of a square block. */
    static <M> double[] diagonal(FloatingBlocks<M> k, M a) {
        int n = k.rows(a);
        double[] entries = k.toArray(a);
        double[] diagonal = new double[n];
        for (int i = 0; i < n; i++) {
            diagonal[i] = entries[i * n + i];
        }
        return diagonal;
    }

    /**
     * The determinant, ±1, of an orthogonal block. Plane rotations, of determinant one, make it triangular with a
     * diagonal (1, …, 1, det): every step is orthogonal, so that rounding cannot change the sign.
     */
    static <M> int determinantSign(FloatingBlocks<M> k, M q) {
        int n = k.rows(q);
        double[] a = k.toArray(q);
        for (int j = 0; j < n - 1; j++) {
            for (int i = j + 1; i < n; i++) {
                double length = Math.hypot(a[j * n + j], a[i * n + j]);
                if (length == 0) {
                    continue;
                }
                double cos = a[j * n + j] / length;
                double sin = a[i * n + j] / length;
                for (int c = j; c < n; c++) {
                    double upper = a[j * n + c];
                    double lower = a[i * n + c];
                    a[j * n + c] = cos * upper + sin * lower;
                    a[i * n + c] = cos * lower - sin * upper;
                }
            }
        }
        return n == 0 || a[n * n - 1] > 0 ? 1 : -1;
    }

    /**
     * Checks that a triangle can be divided by: no pivot may be {@code tolerance · ‖t‖} or smaller.
     *
     * @param where says whose triangle it is
     */
    static <M> void requireRegular(OrthogonalBlocks<M> k, M t, double tolerance, String where) {
        double norm = norm(k, t);
        if (!Double.isFinite(norm)) {
            throw new ValueException(Fault.NOT_FINITE, "overflow in " + where);
        }
        double smallest = Double.POSITIVE_INFINITY;
        for (double pivot : diagonal(k, t)) {
            smallest = Math.min(smallest, Math.abs(pivot));
        }
        if (!(smallest > tolerance * norm)) {
            double[] values = k.svd(t).singularValues();
            double least = values[values.length - 1];
            throw new ValueException(
                    Fault.SINGULAR,
                    "singular in %s: pivot %s of a %dx%d triangle of norm %s and condition %.1e"
                            .formatted(
                                    where,
                                    smallest,
                                    k.rows(t),
                                    k.rows(t),
                                    norm,
                                    least == 0 ? Double.POSITIVE_INFINITY : values[0] / least));
        }
    }

    /** The fault of a system that has more equations than unknowns in its first blocks, or fewer. */
    static ValueException structurallySingular(String where, int equations, int unknowns) {
        return new ValueException(
                Fault.SINGULAR,
                "singular by its shape in %s: %d equations for %d unknowns, condition infinite"
                        .formatted(where, equations, unknowns));
    }

    static <M> void requireFinite(FloatingBlocks<M> k, Generators<M> a) {
        requireFinite(k, "D", a.d());
        requireFinite(k, "P", a.p());
        requireFinite(k, "R", a.r());
        requireFinite(k, "Q", a.q());
        requireFinite(k, "U", a.u());
        requireFinite(k, "W", a.w());
        requireFinite(k, "V", a.v());
    }

    private static <M> void requireFinite(FloatingBlocks<M> k, String name, List<M> blocks) {
        for (int i = 0; i < blocks.size(); i++) {
            requireFinite(k, "generator " + name + "[" + i + "]", blocks.get(i), 0, 0);
        }
    }

    /** Checks a block whose first entry is called {@code (row, column)}. */
    static <M> void requireFinite(FloatingBlocks<M> k, String name, M block, int row, int column) {
        double[] entries = k.toArray(block);
        for (int i = 0; i < entries.length; i++) {
            if (!Double.isFinite(entries[i])) {
                int columns = k.columns(block);
                throw new ValueException(
                        Fault.NOT_FINITE,
                        "%s has %s at (%d, %d)".formatted(name, entries[i], row + i / columns, column + i % columns));
            }
        }
    }

    static void requireTolerance(double tolerance) {
        if (!(tolerance >= 0)) {
            throw new ValueException(
                    Fault.OUT_OF_DOMAIN, "tolerance " + tolerance + ": must be zero or positive, and not NaN");
        }
    }

    static <M> void requireSquare(Blocks<M> k, Generators<M> a) {
        if (a.rows(k) != a.columns(k)) {
            throw ShapeException.mismatch("rows and columns of a square matrix", a.rows(k) + "", a.columns(k) + "");
        }
    }

    /** Checks the right-hand sides of a system. */
    static <M> void requireRightHandSide(FloatingBlocks<M> k, Generators<M> a, M b) {
        if (k.rows(b) != a.rows(k)) {
            throw ShapeException.mismatch("solve", a.rows(k) + "x" + a.columns(k), k.rows(b) + "x" + k.columns(b));
        }
        requireFinite(k, "the right-hand side", b, 0, 0);
    }
}
