package duality.proofs;

import duality.algebra.CommonsMath;
import duality.algebra.FieldBlocks;
import duality.algebra.OrthogonalBlocks;
import duality.algebra.RingMatrix;
import duality.errors.Fault;
import duality.errors.UnsupportedRequestException;
import duality.errors.ValueException;
import java.math.BigInteger;
import java.util.List;
import org.apache.commons.math3.fraction.BigFraction;

/** Rational numbers with the Cholesky factorisation, for matrices whose pivots are squares. */
final class RationalBlocks implements OrthogonalBlocks<RingMatrix<BigFraction>> {
    private final FieldBlocks<BigFraction> exact = new FieldBlocks<>(CommonsMath.RATIONALS);

    @Override
    public RingMatrix<BigFraction> cholesky(RingMatrix<BigFraction> a) {
        BigFraction[][] c = new BigFraction[a.rows()][a.rows()];
        for (int i = 0; i < a.rows(); i++) {
            for (int j = 0; j <= i; j++) {
                BigFraction sum = a.get(i, j);
                for (int l = 0; l < j; l++) {
                    sum = sum.subtract(c[i][l].multiply(c[j][l]));
                }
                c[i][j] = i == j ? root(sum) : sum.divide(c[j][j]);
            }
        }
        return RingMatrix.of(a.rows(), a.rows(), (i, j) -> j <= i ? c[i][j] : BigFraction.ZERO);
    }

    private static BigFraction root(BigFraction square) {
        BigInteger numerator = square.getNumerator();
        BigInteger denominator = square.getDenominator();
        if (numerator.signum() > 0) {
            BigFraction root = new BigFraction(numerator.sqrt(), denominator.sqrt());
            if (root.multiply(root).equals(square)) {
                return root;
            }
        }
        throw new ValueException(Fault.OUT_OF_DOMAIN, "pivot " + square + " is not the square of a positive rational");
    }

    @Override
    public RingMatrix<BigFraction> solveTriangular(
            RingMatrix<BigFraction> t, RingMatrix<BigFraction> b, boolean lower) {
        return exact.solve(t, b);
    }

    @Override
    public RingMatrix<BigFraction> of(int rows, int columns, double[] rowMajor) {
        return RingMatrix.of(rows, columns, (i, j) -> new BigFraction(rowMajor[i * columns + j]));
    }

    /** The nearest numbers in double precision, for checks of finiteness. */
    @Override
    public double[] toArray(RingMatrix<BigFraction> a) {
        double[] values = new double[a.rows() * a.columns()];
        for (int i = 0; i < values.length; i++) {
            values[i] = a.get(i / a.columns(), i % a.columns()).doubleValue();
        }
        return values;
    }

    @Override
    public double unitRoundoff() {
        return 0;
    }

    @Override
    public Factors<RingMatrix<BigFraction>> qr(RingMatrix<BigFraction> a) {
        throw new UnsupportedRequestException(Fault.UNAVAILABLE, "no QR decomposition over the rationals");
    }

    @Override
    public Svd<RingMatrix<BigFraction>> svd(RingMatrix<BigFraction> a) {
        throw new UnsupportedRequestException(Fault.UNAVAILABLE, "no singular values over the rationals");
    }

    @Override
    public RingMatrix<BigFraction> solve(RingMatrix<BigFraction> a, RingMatrix<BigFraction> b) {
        return exact.solve(a, b);
    }

    @Override
    public RingMatrix<BigFraction> determinant(RingMatrix<BigFraction> a) {
        return exact.determinant(a);
    }

    @Override
    public int rows(RingMatrix<BigFraction> a) {
        return a.rows();
    }

    @Override
    public int columns(RingMatrix<BigFraction> a) {
        return a.columns();
    }

    @Override
    public RingMatrix<BigFraction> zeros(int rows, int columns) {
        return exact.zeros(rows, columns);
    }

    @Override
    public RingMatrix<BigFraction> ones(int rows, int columns) {
        return exact.ones(rows, columns);
    }

    @Override
    public RingMatrix<BigFraction> identity(int n) {
        return exact.identity(n);
    }

    @Override
    public RingMatrix<BigFraction> add(RingMatrix<BigFraction> a, RingMatrix<BigFraction> b) {
        return exact.add(a, b);
    }

    @Override
    public RingMatrix<BigFraction> subtract(RingMatrix<BigFraction> a, RingMatrix<BigFraction> b) {
        return exact.subtract(a, b);
    }

    @Override
    public RingMatrix<BigFraction> multiply(RingMatrix<BigFraction> a, RingMatrix<BigFraction> b) {
        return exact.multiply(a, b);
    }

    @Override
    public RingMatrix<BigFraction> hadamard(RingMatrix<BigFraction> a, RingMatrix<BigFraction> b) {
        return exact.hadamard(a, b);
    }

    @Override
    public RingMatrix<BigFraction> scaleRows(RingMatrix<BigFraction> d, RingMatrix<BigFraction> a) {
        return exact.scaleRows(d, a);
    }

    @Override
    public RingMatrix<BigFraction> transpose(RingMatrix<BigFraction> a) {
        return exact.transpose(a);
    }

    @Override
    public RingMatrix<BigFraction> block(
            RingMatrix<BigFraction> a, int fromRow, int toRow, int fromColumn, int toColumn) {
        return exact.block(a, fromRow, toRow, fromColumn, toColumn);
    }

    @Override
    public RingMatrix<BigFraction> stackRows(List<RingMatrix<BigFraction>> parts) {
        return exact.stackRows(parts);
    }

    @Override
    public RingMatrix<BigFraction> reshape(RingMatrix<BigFraction> a, int rows, int columns) {
        return exact.reshape(a, rows, columns);
    }

    @Override
    public RingMatrix<BigFraction> oneSemiseparable(RingMatrix<BigFraction> a) {
        return exact.oneSemiseparable(a);
    }
}
