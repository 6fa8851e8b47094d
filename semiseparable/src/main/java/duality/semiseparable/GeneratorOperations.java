package duality.semiseparable;

import duality.algebra.EjmlBlocks;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;
import org.ejml.data.DMatrixRMaj;

/**
 * The one door from the structured matrices to the algebra of generators in double precision. Both arguments of an
 * operation have their blocks cut at the same places: {@link Lifting} sees to it.
 */
final class GeneratorOperations {
    private static final EjmlBlocks K = EjmlBlocks.INSTANCE;

    private GeneratorOperations() {}

    /** {@code A + B}: ranks add. */
    static Generators<DMatrixRMaj> add(Generators<DMatrixRMaj> a, Generators<DMatrixRMaj> b) {
        return new Generators<>(
                each(a.d(), b.d(), K::add),
                each(a.p(), b.p(), GeneratorOperations::beside),
                each(a.r(), b.r(), GeneratorOperations::diagonal),
                each(a.q(), b.q(), GeneratorOperations::above),
                each(a.u(), b.u(), GeneratorOperations::beside),
                each(a.w(), b.w(), GeneratorOperations::diagonal),
                each(a.v(), b.v(), GeneratorOperations::above));
    }

    /** {@code factor · A}, on D, P and U. */
    static Generators<DMatrixRMaj> scale(double factor, Generators<DMatrixRMaj> a) {
        DMatrixRMaj s = new DMatrixRMaj(1, 1, true, factor);
        return new Generators<>(
                a.d().stream().map(x -> K.scale(s, x)).toList(),
                a.p().stream().map(x -> K.scale(s, x)).toList(),
                a.r(),
                a.q(),
                a.u().stream().map(x -> K.scale(s, x)).toList(),
                a.w(),
                a.v());
    }

    /** {@code A B}: ranks add. */
    static Generators<DMatrixRMaj> product(Generators<DMatrixRMaj> a, Generators<DMatrixRMaj> b) {
        int n = a.blocks();
        List<DMatrixRMaj> above = new ArrayList<>(); // H_i, what B's states running up carry into A's
        DMatrixRMaj h = K.zeros(0, 0);
        for (int i = n - 1; i >= 0; i--) {
            above.addFirst(h);
            h = K.add(multiply(a.w().get(i), h, b.r().get(i)), K.multiply(a.v().get(i), b.p().get(i)));
        }
        Lists c = new Lists();
        DMatrixRMaj g = K.zeros(0, 0); // G_i, the same for the states running down
        for (int i = 0; i < n; i++) {
            DMatrixRMaj da = a.d().get(i);
            DMatrixRMaj pa = a.p().get(i);
            DMatrixRMaj ra = a.r().get(i);
            DMatrixRMaj qa = a.q().get(i);
            DMatrixRMaj ua = a.u().get(i);
            DMatrixRMaj wa = a.w().get(i);
            DMatrixRMaj va = a.v().get(i);
            DMatrixRMaj db = b.d().get(i);
            DMatrixRMaj pb = b.p().get(i);
            DMatrixRMaj rb = b.r().get(i);
            DMatrixRMaj qb = b.q().get(i);
            DMatrixRMaj ub = b.u().get(i);
            DMatrixRMaj wb = b.w().get(i);
            DMatrixRMaj vb = b.v().get(i);
            h = above.get(i);
            c.d.add(K.add(K.multiply(da, db), K.add(multiply(pa, g, vb), multiply(ua, h, qb))));
            c.p.add(beside(pa, K.add(K.multiply(da, pb), multiply(ua, h, rb))));
            c.r.add(upperTriangle(ra, K.multiply(qa, pb), rb));
            c.q.add(above(K.add(K.multiply(qa, db), multiply(ra, g, vb)), qb));
            c.u.add(beside(ua, K.add(K.multiply(da, ub), multiply(pa, g, wb))));
            c.w.add(upperTriangle(wa, K.multiply(va, ub), wb));
            c.v.add(above(K.add(K.multiply(va, db), multiply(wa, h, qb)), vb));
            g = K.add(multiply(ra, g, wb), K.multiply(qa, ub));
        }
        return c.generators();
    }

    /** {@code A ∘ B}: ranks multiply. */
    static Generators<DMatrixRMaj> hadamard(Generators<DMatrixRMaj> a, Generators<DMatrixRMaj> b) {
        return new Generators<>(
                each(a.d(), b.d(), K::hadamard),
                each(a.p(), b.p(), GeneratorOperations::rowwiseKronecker),
                each(a.r(), b.r(), GeneratorOperations::kronecker),
                each(a.q(), b.q(), GeneratorOperations::columnwiseKronecker),
                each(a.u(), b.u(), GeneratorOperations::rowwiseKronecker),
                each(a.w(), b.w(), GeneratorOperations::kronecker),
                each(a.v(), b.v(), GeneratorOperations::columnwiseKronecker));
    }

    /** The entry at this place of block (i, j). */
    static double entry(Generators<DMatrixRMaj> a, int i, int row, int j, int column) {
        if (i == j) {
            return a.d().get(i).get(row, column);
        }
        DMatrixRMaj state = K.block(
                i > j ? a.q().get(j) : a.v().get(j),
                0,
                i > j ? a.q().get(j).numRows : a.v().get(j).numRows,
                column,
                column + 1);
        int step = i > j ? 1 : -1;
        for (int t = j + step; t != i; t += step) {
            state = K.multiply(i > j ? a.r().get(t) : a.w().get(t), state);
        }
        return K.multiply(K.row(i > j ? a.p().get(i) : a.u().get(i), row), state)
                .get(0, 0);
    }

    /** {@code A⁻¹} with the same ranks where its lower and upper halves have them. Dense for now, as one block. */
    static Generators<DMatrixRMaj> inverse(Generators<DMatrixRMaj> a) {
        DMatrixRMaj inverse = K.solve(a.dense(K), K.identity(a.rows(K)));
        return oneBlock(inverse);
    }

    /** {@code x} with {@code A x = b}. Dense for now. */
    static DMatrixRMaj solve(Generators<DMatrixRMaj> a, DMatrixRMaj b, Method method) {
        return method == Method.CHOLESKY ? Solver.choleskySolve(a.dense(K), b) : K.solve(a.dense(K), b);
    }

    /** The determinant; by Cholesky if positive definite, otherwise by ULV. Dense for now. */
    static LogDeterminant logDeterminant(Generators<DMatrixRMaj> a, boolean positiveDefinite) {
        return positiveDefinite ? Solver.choleskyLogDeterminant(a.dense(K)) : Solver.luLogDeterminant(a.dense(K));
    }

    /** A matrix of one block. */
    static Generators<DMatrixRMaj> oneBlock(DMatrixRMaj d) {
        DMatrixRMaj right = K.zeros(d.numRows, 0);
        DMatrixRMaj none = K.zeros(0, 0);
        DMatrixRMaj below = K.zeros(0, d.numCols);
        return new Generators<>(
                List.of(d),
                List.of(right),
                List.of(none),
                List.of(below),
                List.of(right),
                List.of(none),
                List.of(below));
    }

    private static final class Lists {
        final List<DMatrixRMaj> d = new ArrayList<>();
        final List<DMatrixRMaj> p = new ArrayList<>();
        final List<DMatrixRMaj> r = new ArrayList<>();
        final List<DMatrixRMaj> q = new ArrayList<>();
        final List<DMatrixRMaj> u = new ArrayList<>();
        final List<DMatrixRMaj> w = new ArrayList<>();
        final List<DMatrixRMaj> v = new ArrayList<>();

        Generators<DMatrixRMaj> generators() {
            return new Generators<>(d, p, r, q, u, w, v);
        }
    }

    private static List<DMatrixRMaj> each(
            List<DMatrixRMaj> a, List<DMatrixRMaj> b, BinaryOperator<DMatrixRMaj> operation) {
        List<DMatrixRMaj> result = new ArrayList<>();
        for (int i = 0; i < a.size(); i++) {
            result.add(operation.apply(a.get(i), b.get(i)));
        }
        return result;
    }

    private static DMatrixRMaj multiply(DMatrixRMaj a, DMatrixRMaj b, DMatrixRMaj c) {
        return K.multiply(K.multiply(a, b), c);
    }

    static DMatrixRMaj above(DMatrixRMaj a, DMatrixRMaj b) {
        return K.stackRows(List.of(a, b));
    }

    static DMatrixRMaj beside(DMatrixRMaj a, DMatrixRMaj b) {
        return K.transpose(above(K.transpose(a), K.transpose(b)));
    }

    private static DMatrixRMaj diagonal(DMatrixRMaj a, DMatrixRMaj b) {
        return upperTriangle(a, K.zeros(a.numRows, b.numCols), b);
    }

    private static DMatrixRMaj upperTriangle(DMatrixRMaj a, DMatrixRMaj b, DMatrixRMaj c) {
        return above(beside(a, b), beside(K.zeros(c.numRows, a.numCols), c));
    }

    private static DMatrixRMaj kronecker(DMatrixRMaj a, DMatrixRMaj b) {
        DMatrixRMaj c = new DMatrixRMaj(a.numRows * b.numRows, a.numCols * b.numCols);
        for (int i = 0; i < c.numRows; i++) {
            for (int j = 0; j < c.numCols; j++) {
                c.set(i, j, a.get(i / b.numRows, j / b.numCols) * b.get(i % b.numRows, j % b.numCols));
            }
        }
        return c;
    }

    static DMatrixRMaj rowwiseKronecker(DMatrixRMaj a, DMatrixRMaj b) {
        DMatrixRMaj c = new DMatrixRMaj(a.numRows, a.numCols * b.numCols);
        for (int i = 0; i < c.numRows; i++) {
            for (int j = 0; j < c.numCols; j++) {
                c.set(i, j, a.get(i, j / b.numCols) * b.get(i, j % b.numCols));
            }
        }
        return c;
    }

    private static DMatrixRMaj columnwiseKronecker(DMatrixRMaj a, DMatrixRMaj b) {
        return K.transpose(rowwiseKronecker(K.transpose(a), K.transpose(b)));
    }
}
