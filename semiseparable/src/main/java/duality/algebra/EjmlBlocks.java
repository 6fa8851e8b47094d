package duality.algebra;

import duality.errors.Fault;
import duality.errors.ValueException;
import duality.kernels.DenseMultiply;
import java.util.Arrays;
import java.util.List;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.SingularOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.dense.row.factory.LinearSolverFactory_DDRM;
import org.ejml.interfaces.decomposition.QRDecomposition;
import org.ejml.interfaces.decomposition.SingularValueDecomposition_F64;
import org.ejml.interfaces.linsol.LinearSolverDense;

/**
 * Block operations in double precision on EJML's row-major matrices, with its factorisations, and products that are large
 * enough by {@link DenseMultiply}.
 */
public enum EjmlBlocks implements OrthogonalBlocks<DMatrixRMaj> {
    /** The only instance. */
    INSTANCE;

    @Override
    public int rows(DMatrixRMaj a) {
        return a.numRows;
    }

    @Override
    public int columns(DMatrixRMaj a) {
        return a.numCols;
    }

    @Override
    public DMatrixRMaj zeros(int rows, int columns) {
        MatrixShapes.requireSize(rows, columns);
        return new DMatrixRMaj(rows, columns);
    }

    @Override
    public DMatrixRMaj ones(int rows, int columns) {
        DMatrixRMaj result = zeros(rows, columns);
        CommonOps_DDRM.fill(result, 1);
        return result;
    }

    @Override
    public DMatrixRMaj identity(int n) {
        MatrixShapes.requireSize(n, n);
        return CommonOps_DDRM.identity(n);
    }

    @Override
    public DMatrixRMaj add(DMatrixRMaj a, DMatrixRMaj b) {
        MatrixShapes.requireSame("sum", a.numRows, a.numCols, b.numRows, b.numCols);
        return CommonOps_DDRM.add(a, b, null);
    }

    @Override
    public DMatrixRMaj subtract(DMatrixRMaj a, DMatrixRMaj b) {
        MatrixShapes.requireSame("difference", a.numRows, a.numCols, b.numRows, b.numCols);
        return CommonOps_DDRM.subtract(a, b, (DMatrixRMaj) null);
    }

    @Override
    public DMatrixRMaj multiply(DMatrixRMaj a, DMatrixRMaj b) {
        MatrixShapes.requireProduct(a.numRows, a.numCols, b.numRows, b.numCols);
        MatrixShapes.requireSize(a.numRows, b.numCols);
        return DenseMultiply.pays(a.numRows, b.numCols, a.numCols)
                ? product(a.numRows, b.numCols, a.numCols, a, a.numCols, 1, b, b.numCols, 1)
                : CommonOps_DDRM.mult(a, b, (DMatrixRMaj) null);
    }

    @Override
    public DMatrixRMaj multiplyTransposeLeft(DMatrixRMaj a, DMatrixRMaj b) {
        MatrixShapes.requireProduct(a.numCols, a.numRows, b.numRows, b.numCols);
        MatrixShapes.requireSize(a.numCols, b.numCols);
        return DenseMultiply.pays(a.numCols, b.numCols, a.numRows)
                ? product(a.numCols, b.numCols, a.numRows, a, 1, a.numCols, b, b.numCols, 1)
                : CommonOps_DDRM.multTransA(a, b, (DMatrixRMaj) null);
    }

    @Override
    public DMatrixRMaj multiplyTransposeRight(DMatrixRMaj a, DMatrixRMaj b) {
        MatrixShapes.requireProduct(a.numRows, a.numCols, b.numCols, b.numRows);
        MatrixShapes.requireSize(a.numRows, b.numRows);
        return DenseMultiply.pays(a.numRows, b.numRows, a.numCols)
                ? product(a.numRows, b.numRows, a.numCols, a, a.numCols, 1, b, 1, b.numCols)
                : CommonOps_DDRM.multTransB(a, b, (DMatrixRMaj) null);
    }

    private static DMatrixRMaj product(
            int m, int n, int k, DMatrixRMaj a, int aRow, int aColumn, DMatrixRMaj b, int bRow, int bColumn) {
        DMatrixRMaj result = new DMatrixRMaj(m, n);
        DenseMultiply.multiply(m, n, k, a.data, 0, aRow, aColumn, b.data, 0, bRow, bColumn, result.data, 0, n, false);
        return result;
    }

    @Override
    public DMatrixRMaj hadamard(DMatrixRMaj a, DMatrixRMaj b) {
        MatrixShapes.requireSame("Hadamard product", a.numRows, a.numCols, b.numRows, b.numCols);
        return CommonOps_DDRM.elementMult(a, b, (DMatrixRMaj) null);
    }

    @Override
    public DMatrixRMaj scaleRows(DMatrixRMaj d, DMatrixRMaj a) {
        MatrixShapes.requireRowScale(d.numRows, d.numCols, a.numRows, a.numCols);
        DMatrixRMaj result = a.copy();
        CommonOps_DDRM.multRows(d.data, result);
        return result;
    }

    @Override
    public DMatrixRMaj transpose(DMatrixRMaj a) {
        return CommonOps_DDRM.transpose(a, null);
    }

    @Override
    public DMatrixRMaj block(DMatrixRMaj a, int fromRow, int toRow, int fromColumn, int toColumn) {
        MatrixShapes.requireBlock(a.numRows, a.numCols, fromRow, toRow, fromColumn, toColumn);
        DMatrixRMaj result = new DMatrixRMaj(toRow - fromRow, toColumn - fromColumn);
        for (int i = 0; i < result.numRows; i++) {
            System.arraycopy(
                    a.data, (fromRow + i) * a.numCols + fromColumn, result.data, i * result.numCols, result.numCols);
        }
        return result;
    }

    @Override
    public DMatrixRMaj stackRows(List<DMatrixRMaj> parts) {
        DMatrixRMaj result = new DMatrixRMaj(MatrixShapes.requireStack(this, parts), parts.getFirst().numCols);
        int offset = 0;
        for (DMatrixRMaj part : parts) {
            System.arraycopy(part.data, 0, result.data, offset, part.getNumElements());
            offset += part.getNumElements();
        }
        return result;
    }

    @Override
    public DMatrixRMaj stackColumns(List<DMatrixRMaj> parts) {
        int columns = MatrixShapes.requireBeside(this, parts);
        DMatrixRMaj result = new DMatrixRMaj(parts.getFirst().numRows, columns);
        int offset = 0;
        for (DMatrixRMaj part : parts) {
            for (int i = 0; i < part.numRows; i++) {
                System.arraycopy(part.data, i * part.numCols, result.data, i * columns + offset, part.numCols);
            }
            offset += part.numCols;
        }
        return result;
    }

    @Override
    public DMatrixRMaj kronecker(DMatrixRMaj a, DMatrixRMaj b) {
        DMatrixRMaj result = zeros(Math.multiplyExact(a.numRows, b.numRows), Math.multiplyExact(a.numCols, b.numCols));
        return result.getNumElements() == 0 ? result : CommonOps_DDRM.kron(a, b, result);
    }

    @Override
    public DMatrixRMaj reshape(DMatrixRMaj a, int rows, int columns) {
        MatrixShapes.requireReshape(a.numRows, a.numCols, rows, columns);
        return DMatrixRMaj.wrap(rows, columns, a.data);
    }

    @Override
    public DMatrixRMaj oneSemiseparable(DMatrixRMaj a) {
        MatrixShapes.requireColumn(a.numRows, a.numCols);
        int n = a.numRows;
        DMatrixRMaj result = zeros(n, n);
        double[] l = result.data;
        for (int j = 0; j < n; j++) {
            double factor = a.data[j];
            for (int i = 0; i < j; i++) {
                l[j * n + i] = factor * l[(j - 1) * n + i];
            }
            l[j * n + j] = 1;
        }
        return result;
    }

    @Override
    public DMatrixRMaj of(int rows, int columns, double[] rowMajor) {
        MatrixShapes.requireReshape(1, rowMajor.length, rows, columns);
        return DMatrixRMaj.wrap(rows, columns, rowMajor.clone());
    }

    @Override
    public double[] toArray(DMatrixRMaj a) {
        return Arrays.copyOf(a.data, a.getNumElements());
    }

    @Override
    public Factors<DMatrixRMaj> qr(DMatrixRMaj a) {
        if (a.getNumElements() == 0) {
            return new Factors<>(identity(a.numRows), a);
        }
        QRDecomposition<DMatrixRMaj> qr = DecompositionFactory_DDRM.qr(a.numRows, a.numCols);
        qr.decompose(a.copy());
        return new Factors<>(qr.getQ(null, false), qr.getR(null, false));
    }

    @Override
    public Svd<DMatrixRMaj> svd(DMatrixRMaj a) {
        if (a.getNumElements() == 0) {
            return new Svd<>(zeros(a.numRows, 0), new double[0], zeros(a.numCols, 0));
        }
        SingularValueDecomposition_F64<DMatrixRMaj> svd =
                DecompositionFactory_DDRM.svd(a.numRows, a.numCols, true, true, true);
        if (!svd.decompose(a.copy())) {
            throw new ValueException(
                    Fault.NOT_FINITE, "singular values of a " + MatrixShapes.text(a.numRows, a.numCols) + " block");
        }
        DMatrixRMaj u = svd.getU(null, false);
        DMatrixRMaj v = svd.getV(null, false);
        double[] values = Arrays.copyOf(svd.getSingularValues(), svd.numberOfSingularValues());
        SingularOps_DDRM.descendingOrder(u, false, values, values.length, v, false);
        return new Svd<>(u, values, v);
    }

    @Override
    public DMatrixRMaj cholesky(DMatrixRMaj a) {
        MatrixShapes.requireSame("Cholesky of a square block", a.numRows, a.numCols, a.numCols, a.numRows);
        DMatrixRMaj c = zeros(a.numRows, a.numCols);
        for (int j = 0; j < a.numRows; j++) {
            for (int i = j; i < a.numRows; i++) {
                double sum = a.get(i, j);
                for (int k = 0; k < j; k++) {
                    sum -= c.get(i, k) * c.get(j, k);
                }
                if (i == j && !(sum > 0)) {
                    throw new ValueException(
                            Fault.OUT_OF_DOMAIN,
                            "not positive definite: pivot " + j + " of a " + MatrixShapes.text(a.numRows, a.numCols)
                                    + " block is " + sum);
                }
                c.set(i, j, i == j ? Math.sqrt(sum) : sum / c.get(j, j));
            }
        }
        return c;
    }

    @Override
    public DMatrixRMaj solve(DMatrixRMaj a, DMatrixRMaj b) {
        MatrixShapes.requireSame("solve with a square block", a.numRows, a.numCols, a.numCols, a.numRows);
        MatrixShapes.requireProduct(a.numCols, a.numRows, b.numRows, b.numCols);
        if (a.numRows == 0) {
            return b;
        }
        LinearSolverDense<DMatrixRMaj> solver = LinearSolverFactory_DDRM.lu(a.numRows);
        if (!solver.setA(a.copy()) || solver.quality() == 0) {
            throw new ValueException(
                    Fault.SINGULAR, "a " + MatrixShapes.text(a.numRows, a.numCols) + " block is singular");
        }
        if (b.numCols == 0) {
            return b;
        }
        DMatrixRMaj x = zeros(a.numCols, b.numCols);
        solver.solve(b.copy(), x);
        return x;
    }

    @Override
    public DMatrixRMaj determinant(DMatrixRMaj a) {
        MatrixShapes.requireSame("determinant of a square block", a.numRows, a.numCols, a.numCols, a.numRows);
        return of(1, 1, new double[] {a.numRows == 0 ? 1 : CommonOps_DDRM.det(a)});
    }

    @Override
    public DMatrixRMaj solveTriangular(DMatrixRMaj t, DMatrixRMaj b, boolean lower) {
        MatrixShapes.requireSame("solve with a square block", t.numRows, t.numCols, t.numCols, t.numRows);
        MatrixShapes.requireProduct(t.numCols, t.numRows, b.numRows, b.numCols);
        int n = t.numRows;
        DMatrixRMaj x = b.copy();
        for (int step = 0; step < n; step++) {
            int i = lower ? step : n - 1 - step;
            double pivot = t.get(i, i);
            if (pivot == 0) {
                throw new ValueException(
                        Fault.SINGULAR, "a triangular " + MatrixShapes.text(n, n) + " block is zero at pivot " + i);
            }
            for (int column = 0; column < x.numCols; column++) {
                double sum = x.get(i, column);
                for (int j = lower ? 0 : i + 1; j < (lower ? i : n); j++) {
                    sum -= t.get(i, j) * x.get(j, column);
                }
                x.set(i, column, sum / pivot);
            }
        }
        return x;
    }

    @Override
    public double unitRoundoff() {
        return 0x1p-53;
    }
}
