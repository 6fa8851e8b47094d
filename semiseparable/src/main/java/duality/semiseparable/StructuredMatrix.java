package duality.semiseparable;

import duality.algebra.EjmlBlocks;
import duality.errors.Fault;
import duality.errors.ValueException;
import java.util.Arrays;
import java.util.Set;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.RealLinearOperator;
import org.apache.commons.math3.linear.RealVector;
import org.ejml.data.DMatrixRMaj;

/**
 * A real matrix kept by its generators. Immutable: what goes in is copied or, like the blocks of {@link Generators},
 * a value that nobody changes.
 *
 * <p>Operations give the tightest closed type (the sum of diagonal matrices is diagonal, the Hadamard product of
 * semiseparable matrices is semiseparable, the product of a low-rank matrix with anything is of low rank) and
 * where there is none a lazy {@link Sum}, {@link Product}, {@link Hadamard}, {@link Transpose} or {@link Inverse}:
 *
 * <pre>
 *              Dense        absorbs everything but what is sparser or of lower rank
 *                │
 *          Semiseparable    Toeplitz   Hierarchical
 *        ╱       │      ╲
 *   Banded   LowRank   OneSemiseparable and its transpose
 *      │
 *   Diagonal
 * </pre>
 *
 * Two types below Semiseparable that have no closer type in common are lifted to it.
 */
public sealed interface StructuredMatrix
        permits Dense,
                Diagonal,
                Banded,
                LowRank,
                Toeplitz,
                OneSemiseparable,
                Semiseparable,
                Hierarchical,
                Sum,
                Product,
                Hadamard,
                Transpose,
                Inverse {
    /** The dense matrix with these entries, which are copied. */
    static Dense of(DMatrixRMaj a) {
        return new Dense(a);
    }

    /** The matrix of an operator of Commons Math, dense: one {@code operate} for each column. */
    static Dense of(RealLinearOperator operator) {
        DMatrixRMaj a = new DMatrixRMaj(operator.getRowDimension(), operator.getColumnDimension());
        for (int j = 0; j < a.numCols; j++) {
            RealVector unit = new ArrayRealVector(a.numCols);
            unit.setEntry(j, 1);
            RealVector column = operator.operate(unit);
            for (int i = 0; i < a.numRows; i++) {
                a.set(i, j, column.getEntry(i));
            }
        }
        return new Dense(a);
    }

    /** The identity. */
    static Diagonal identity(int n) {
        double[] ones = new double[n];
        Arrays.fill(ones, 1);
        return new Diagonal(ones);
    }

    /** The number of rows. */
    int rows();

    /** The number of columns. */
    int columns();

    /** What is known of this matrix, an unmodifiable set. */
    Set<Property> properties();

    /** Whether this property is known. */
    default boolean is(Property property) {
        return properties().contains(property);
    }

    /** {@code A x (rows×any)} of {@code x (columns×any)}, new; cost {@link #multiplyCost} for each column. */
    DMatrixRMaj multiply(DMatrixRMaj x);

    /** {@code A x} of a vector. */
    default double[] multiply(double[] x) {
        return multiply(DMatrixRMaj.wrap(x.length, 1, x)).data;
    }

    /** {@code Aᵀ x (columns×any)} of {@code x (rows×any)}, new. */
    default DMatrixRMaj multiplyTransposed(DMatrixRMaj x) {
        return transpose().multiply(x);
    }

    /** {@code Aᵀ}. No arithmetic. */
    StructuredMatrix transpose();

    /** The entry in this row and column. */
    double get(int row, int column);

    /** All entries, new. */
    default DMatrixRMaj toDense() {
        return multiply(EjmlBlocks.INSTANCE.identity(columns()));
    }

    /** How many numbers the generators hold. */
    long parameterCount();

    /** Multiplications and additions, roughly, to multiply one vector. */
    long multiplyCost();

    /**
     * This matrix with properties that the caller promises.
     *
     * @throws ValueException with {@link Fault#OUT_OF_DOMAIN} if the generators show that a promise is false
     */
    default StructuredMatrix with(Property... promises) {
        return Algebra.promise(this, Set.of(promises));
    }

    /**
     * Tests every known property on the entries; dense, O(n³).
     *
     * @param tolerance how far an entry may be from what the property wants
     * @throws ValueException with {@link Fault#OUT_OF_DOMAIN} for the first property that does not hold
     */
    default void check(double tolerance) {
        if (!(tolerance >= 0)) {
            throw new ValueException(Fault.OUT_OF_DOMAIN, "a tolerance is not negative: " + tolerance);
        }
        DMatrixRMaj dense = toDense();
        for (Property property : properties()) {
            if (!property.holds(dense, tolerance)) {
                throw new ValueException(
                        Fault.OUT_OF_DOMAIN,
                        "claimed to be %s, but the %s matrix is not within %s"
                                .formatted(property, Checks.shape(this), tolerance));
            }
        }
    }

    /** {@code A + B}. Ranks and bandwidths of semiseparable, low-rank and banded matrices add or take the maximum. */
    default StructuredMatrix plus(StructuredMatrix b) {
        return Algebra.add(this, b);
    }

    /** {@code A − B}. */
    default StructuredMatrix minus(StructuredMatrix b) {
        return Algebra.add(this, b.scale(-1));
    }

    /** {@code A B}. Ranks of semiseparable matrices and bandwidths add, the rank of a low-rank factor stays. */
    default StructuredMatrix times(StructuredMatrix b) {
        return Algebra.multiply(this, b);
    }

    /** {@code A ∘ B}, entry by entry. Ranks multiply. */
    default StructuredMatrix hadamard(StructuredMatrix b) {
        return Algebra.hadamard(this, b);
    }

    /**
     * {@code factor · A}, of the same type, but that a 1SS becomes semiseparable (its diagonal is one no more) and
     * transposes and inverses become products.
     */
    default StructuredMatrix scale(double factor) {
        return Algebra.scale(factor, this);
    }

    /** {@code AᵀA}, symmetric. */
    default StructuredMatrix gram() {
        return Algebra.gram(this);
    }

    /**
     * {@code A⁻¹}: the transpose of an orthogonal matrix, diagonal of diagonal, bidiagonal of 1SS and back, otherwise
     * lazy, so that multiplying by it solves stably.
     */
    default StructuredMatrix inverse() {
        return Algebra.inverse(this);
    }

    /**
     * {@code A⁻¹} by its entries or generators: semiseparable with the same ranks where A is, and dense otherwise. In
     * linear time by block LU where that is accurate, which is measured; else by ULV and compression in quadratic time.
     * Explicit inverses lose accuracy as A becomes ill-conditioned; to solve, use {@link #solve}.
     */
    default StructuredMatrix explicitInverse() {
        return Algebra.explicitInverse(this);
    }

    /** {@code [A B]}. */
    default StructuredMatrix beside(StructuredMatrix b) {
        return Algebra.beside(this, b);
    }

    /** {@code [A; B]}, this matrix over the other. */
    default StructuredMatrix above(StructuredMatrix b) {
        return Algebra.beside(transpose(), b.transpose()).transpose();
    }

    /** The rows {@code [fromRow, toRow)} and columns {@code [fromColumn, toColumn)}. */
    default StructuredMatrix submatrix(int fromRow, int toRow, int fromColumn, int toColumn) {
        return Algebra.submatrix(this, fromRow, toRow, fromColumn, toColumn);
    }

    /**
     * {@code x} with {@code A x = b}. In this order: products solve by their factors, triangular matrices by
     * substitution, orthogonal ones and inverses multiply, positive definite ones by Cholesky, what lifts to a
     * semiseparable matrix by ULV, and the rest by dense LU; least squares by dense QR if there are more rows than
     * columns.
     *
     * @throws ValueException with {@link Fault#SINGULAR} if a pivot is zero, and with {@link Fault#OUT_OF_DOMAIN} if
     *     a matrix promised to be positive definite is not
     */
    default Solution solve(DMatrixRMaj b) {
        return solve(b, Method.AUTOMATIC);
    }

    /**
     * {@code x} with {@code A x = b} by a named algorithm.
     *
     * @throws duality.errors.UnsupportedRequestException if this matrix has not the structure or properties it needs
     */
    default Solution solve(DMatrixRMaj b, Method method) {
        return Solver.solve(this, b, method);
    }

    /** The determinant by its logarithm and sign, from the same factorisations as {@link #solve(DMatrixRMaj)}. */
    default LogDeterminant logDeterminant() {
        return Solver.logDeterminant(this);
    }

    /** This matrix as an operator of Commons Math, for its iterative solvers. */
    default RealLinearOperator toLinearOperator() {
        return new CommonsMathOperator(this);
    }
}
