package duality.algebra;

import java.util.List;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;

/** Block operations in double precision on EJML's row-major matrices. */
public enum EjmlBlocks implements FloatingBlocks<DMatrixRMaj> {
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
        return CommonOps_DDRM.mult(a, b, (DMatrixRMaj) null);
    }

    @Override
    public DMatrixRMaj multiplyTransposeLeft(DMatrixRMaj a, DMatrixRMaj b) {
        MatrixShapes.requireProduct(a.numCols, a.numRows, b.numRows, b.numCols);
        MatrixShapes.requireSize(a.numCols, b.numCols);
        return CommonOps_DDRM.multTransA(a, b, (DMatrixRMaj) null);
    }

    @Override
    public DMatrixRMaj multiplyTransposeRight(DMatrixRMaj a, DMatrixRMaj b) {
        MatrixShapes.requireProduct(a.numRows, a.numCols, b.numCols, b.numRows);
        MatrixShapes.requireSize(a.numRows, b.numRows);
        return CommonOps_DDRM.multTransB(a, b, (DMatrixRMaj) null);
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
        return java.util.Arrays.copyOf(a.data, a.getNumElements());
    }

    @Override
    public double unitRoundoff() {
        return 0x1p-53;
    }
}
