package duality.semiseparable;

import org.apache.commons.math3.exception.DimensionMismatchException;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.RealLinearOperator;
import org.apache.commons.math3.linear.RealVector;

/** A structured matrix as Commons Math sees it. */
final class CommonsMathOperator extends RealLinearOperator {
    private final StructuredMatrix a;

    CommonsMathOperator(StructuredMatrix a) {
        this.a = a;
    }

    @Override
    public int getRowDimension() {
        return a.rows();
    }

    @Override
    public int getColumnDimension() {
        return a.columns();
    }

    @Override
    public RealVector operate(RealVector x) {
        return apply(a, x);
    }

    @Override
    public RealVector operateTranspose(RealVector x) {
        return apply(a.transpose(), x);
    }

    @Override
    public boolean isTransposable() {
        return true;
    }

    private static RealVector apply(StructuredMatrix a, RealVector x) {
        if (x.getDimension() != a.columns()) {
            throw new DimensionMismatchException(x.getDimension(), a.columns());
        }
        return new ArrayRealVector(a.multiply(x.toArray()), false);
    }
}
