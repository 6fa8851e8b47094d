package duality.semiseparable;

import duality.algebra.EjmlBlocks;
import duality.errors.Fault;
import duality.errors.ShapeException;
import duality.errors.UnsupportedRequestException;
import duality.errors.ValueException;
import java.util.Arrays;
import java.util.Optional;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.dense.row.factory.LinearSolverFactory_DDRM;
import org.ejml.interfaces.decomposition.LUDecomposition_F64;
import org.ejml.interfaces.linsol.LinearSolverDense;

/** Chooses and runs the algorithm that solves. */
final class Solver {
    private static final EjmlBlocks K = EjmlBlocks.INSTANCE;

    private Solver() {}

    static Solution solve(StructuredMatrix a, DMatrixRMaj b, Method method) {
        if (a.rows() != b.numRows) {
            throw ShapeException.mismatch("solve", Checks.shape(a), Checks.shape(b));
        }
        Method chosen = method == Method.AUTOMATIC ? choose(a) : method;
        if (chosen != Method.DENSE_QR) {
            Checks.requireSquare("solution by " + chosen, a);
        }
        return new Solution(run(a, b, chosen), chosen);
    }

    private static boolean isTriangular(StructuredMatrix a) {
        return a.is(Property.LOWER) || a.is(Property.UPPER);
    }

    private static Method choose(StructuredMatrix a) {
        if (a.rows() != a.columns()) {
            return Method.DENSE_QR;
        }
        if (a instanceof Product product && hasSquareFactors(product)) {
            return Method.FACTORS;
        }
        if (a instanceof Inverse) {
            return Method.KNOWN_INVERSE;
        }
        if (isTriangular(a)) {
            return Method.TRIANGULAR;
        }
        if (a.is(Property.ORTHOGONAL)) {
            return Method.KNOWN_INVERSE;
        }
        boolean squareBlocks = !(a instanceof Semiseparable s) || s.partition().isSquare();
        if (a.is(Property.POSITIVE_DEFINITE) && squareBlocks) {
            return Method.CHOLESKY;
        }
        return Lifting.isLiftable(a) ? Method.ULV : Method.DENSE_LU;
    }

    private static boolean hasSquareFactors(Product a) {
        return a.factors().stream().allMatch(factor -> factor.rows() == factor.columns());
    }

    private static DMatrixRMaj run(StructuredMatrix a, DMatrixRMaj b, Method method) {
        return switch (method) {
            case KNOWN_INVERSE -> {
                if (a instanceof Inverse inverse) {
                    yield inverse.of().multiply(b);
                }
                require(a.is(Property.ORTHOGONAL), a, method, "is neither an inverse nor known to be orthogonal");
                yield a.multiplyTransposed(b);
            }
            case TRIANGULAR -> {
                require(isTriangular(a), a, method, "is not known to be triangular");
                yield triangular(a, b);
            }
            case FACTORS -> {
                require(a instanceof Product p && hasSquareFactors(p), a, method, "is no product of square factors");
                DMatrixRMaj x = b;
                for (StructuredMatrix factor : ((Product) a).factors()) {
                    x = factor.solve(x).x();
                }
                yield x;
            }
            case CHOLESKY -> {
                require(a.is(Property.POSITIVE_DEFINITE), a, method, "is not known to be positive definite");
                yield Lifting.isLiftable(a) ? solve(lifted(a), b, method) : choleskySolve(a.toDense(), b);
            }
            case ULV, LIFTED, BLOCK_LU -> {
                require(Lifting.isLiftable(a), a, method, "has no generators");
                yield solve(lifted(a), b, method);
            }
            case DENSE_LU -> K.solve(a.toDense(), b);
            case DENSE_QR -> leastSquares(a.toDense(), b);
            case AUTOMATIC -> throw new IllegalStateException("nothing chosen");
        };
    }

    private static void require(boolean possible, StructuredMatrix a, Method method, String why) {
        if (!possible) {
            throw new UnsupportedRequestException(
                    Fault.UNAVAILABLE,
                    "no solution by %s: the %s %s %s"
                            .formatted(method, Checks.shape(a), a.getClass().getSimpleName(), why));
        }
    }

    // Substitution

    private static DMatrixRMaj triangular(StructuredMatrix a, DMatrixRMaj b) {
        return switch (a) {
            case Diagonal x -> substitute(banded(x), b, true);
            case Banded x -> substitute(x, b, x.is(Property.LOWER));
            case OneSemiseparable x -> x.bidiagonalInverse().multiply(b);
            case Hierarchical x -> x.forward(b, true);
            case Transpose t
            when t.of() instanceof OneSemiseparable x ->
                x.bidiagonalInverse().transpose().multiply(b);
            case Transpose t when t.of() instanceof Hierarchical x -> x.backward(b, true);
            case Semiseparable x
            when x.partition().isSquare() ->
                x.is(Property.LOWER)
                        ? GeneratorAlgebra.solveLower(K, GeneratorAlgebra.lower(K, x.generators()), b)
                        : GeneratorAlgebra.solveUpper(K, GeneratorAlgebra.upper(K, x.generators()), b);
            default -> K.solveTriangular(a.toDense(), b, a.is(Property.LOWER));
        };
    }

    private static Banded banded(Diagonal x) {
        return new Banded(x.rows(), x.columns(), 0, new double[][] {x.d()});
    }

    private static DMatrixRMaj substitute(Banded a, DMatrixRMaj b, boolean lower) {
        DMatrixRMaj x = b.copy();
        int n = a.rows();
        for (int step = 0; step < n; step++) {
            int i = lower ? step : n - 1 - step;
            double pivot = a.get(i, i);
            if (pivot == 0) {
                throw new ValueException(
                        Fault.SINGULAR, "a triangular %s matrix is zero at pivot %d".formatted(Checks.shape(a), i));
            }
            int from = lower ? Math.max(0, i - a.lower()) : i + 1;
            int to = lower ? i : Math.min(n, i + a.upper() + 1);
            for (int c = 0; c < x.numCols; c++) {
                double sum = x.get(i, c);
                for (int j = from; j < to; j++) {
                    sum -= a.get(i, j) * x.get(j, c);
                }
                x.set(i, c, sum / pivot);
            }
        }
        return x;
    }

    // Factorisations of generators

    private static Semiseparable lifted(StructuredMatrix a) {
        return a instanceof Semiseparable s ? s : new Semiseparable(Lifting.lift(a));
    }

    private static DMatrixRMaj solve(Semiseparable a, DMatrixRMaj b, Method method) {
        Optional<ScalarGenerators> scalar = a.scalar();
        return switch (method) {
            case CHOLESKY ->
                scalar.map(ScalarGenerators::cholesky)
                        .map(factor -> Semiseparable.columnwise(b, factor::solve))
                        .orElseGet(() ->
                                SemiseparableCholesky.of(K, a.generators()).solve(b));
            case ULV ->
                scalar.map(flat -> Semiseparable.columnwise(b, flat::solve))
                        .orElseGet(() -> Ulv.factor(K, a.generators()).solve(b));
            case LIFTED -> LiftedSolve.factor(K, a.generators()).solve(b);
            case BLOCK_LU -> BlockLu.of(K, a.generators()).solve(K, b);
            default -> throw new IllegalStateException(method + " is none of generators");
        };
    }

    private static LogDeterminant generatorsLogDeterminant(Semiseparable a, boolean positiveDefinite) {
        if (positiveDefinite) {
            return new LogDeterminant(
                    1,
                    a.scalar()
                            .map(flat -> flat.cholesky().logDeterminant())
                            .orElseGet(() ->
                                    SemiseparableCholesky.of(K, a.generators()).logDeterminant()));
        }
        try {
            return Ulv.factor(K, a.generators(), 0).logDeterminant();
        } catch (ValueException e) {
            if (e.fault() == Fault.SINGULAR) {
                return new LogDeterminant(0, Double.NEGATIVE_INFINITY);
            }
            throw e;
        }
    }

    // Dense factorisations

    static DMatrixRMaj choleskySolve(DMatrixRMaj a, DMatrixRMaj b) {
        DMatrixRMaj c = K.cholesky(a);
        return K.solveTriangular(K.transpose(c), K.solveTriangular(c, b, true), false);
    }

    private static DMatrixRMaj leastSquares(DMatrixRMaj a, DMatrixRMaj b) {
        if (a.numRows < a.numCols) {
            throw new UnsupportedRequestException(
                    Fault.UNAVAILABLE, "least squares wants at least as many rows as columns, not " + Checks.shape(a));
        }
        if (a.numCols == 0 || b.numCols == 0) {
            return K.zeros(a.numCols, b.numCols);
        }
        LinearSolverDense<DMatrixRMaj> qr = LinearSolverFactory_DDRM.qr(a.numRows, a.numCols);
        if (!qr.setA(a.copy()) || qr.quality() == 0) {
            throw new ValueException(Fault.SINGULAR, "a " + Checks.shape(a) + " matrix has not full rank");
        }
        DMatrixRMaj x = K.zeros(a.numCols, b.numCols);
        qr.solve(b.copy(), x);
        return x;
    }

    // Determinants

    static LogDeterminant logDeterminant(StructuredMatrix a) {
        Checks.requireSquare("determinant", a);
        if (a instanceof Product product && hasSquareFactors(product)) {
            return product.factors().stream()
                    .map(StructuredMatrix::logDeterminant)
                    .reduce(LogDeterminant.ONE, LogDeterminant::times);
        }
        if (a instanceof Inverse inverse) {
            return inverse.of().logDeterminant().inverse();
        }
        if (isTriangular(a)) {
            LogDeterminant determinant = LogDeterminant.ONE;
            for (int i = 0; i < a.rows(); i++) {
                determinant = determinant.times(a.get(i, i));
            }
            return determinant;
        }
        boolean positive = a.is(Property.POSITIVE_DEFINITE);
        if (Lifting.isLiftable(a)) {
            return generatorsLogDeterminant(lifted(a), choose(a) == Method.CHOLESKY);
        }
        return positive ? choleskyLogDeterminant(a.toDense()) : luLogDeterminant(a.toDense());
    }

    static LogDeterminant choleskyLogDeterminant(DMatrixRMaj a) {
        DMatrixRMaj c = K.cholesky(a);
        LogDeterminant root = diagonalProduct(LogDeterminant.ONE, c);
        return root.times(root);
    }

    static LogDeterminant luLogDeterminant(DMatrixRMaj a) {
        if (a.numRows == 0) {
            return LogDeterminant.ONE;
        }
        LUDecomposition_F64<DMatrixRMaj> lu = DecompositionFactory_DDRM.lu(a.numRows, a.numCols);
        if (!lu.decompose(a.copy())) {
            return new LogDeterminant(0, Double.NEGATIVE_INFINITY);
        }
        int sign = parity(Arrays.copyOf(lu.getRowPivotV(null), a.numRows));
        return diagonalProduct(new LogDeterminant(sign, 0), lu.getUpper(null));
    }

    private static LogDeterminant diagonalProduct(LogDeterminant start, DMatrixRMaj a) {
        LogDeterminant determinant = start;
        for (int i = 0; i < a.numRows; i++) {
            determinant = determinant.times(a.get(i, i));
        }
        return determinant;
    }

    /** The sign of a permutation, by sorting it. */
    private static int parity(int[] permutation) {
        int sign = 1;
        for (int i = 0; i < permutation.length; i++) {
            while (permutation[i] != i) {
                int j = permutation[i];
                permutation[i] = permutation[j];
                permutation[j] = j;
                sign = -sign;
            }
        }
        return sign;
    }
}
