package duality.models;

import duality.algebra.EjmlBlocks;
import duality.algebra.OrthogonalBlocks;
import duality.errors.Fault;
import duality.errors.ValueException;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.MatrixFeatures_DDRM;
import org.ejml.dense.row.NormOps_DDRM;

/**
 * Decisions in double precision: a singular value or an entry counts as zero up to {@code tolerance} times the
 * Frobenius norm of the whole matrix.
 */
record RealJudge(double tolerance) implements Judge<DMatrixRMaj> {
    RealJudge {
        if (!(tolerance > 0 && tolerance < 1)) {
            throw new ValueException(Fault.OUT_OF_DOMAIN, "tolerance " + tolerance + ": must be between 0 and 1");
        }
    }

    @Override
    public EjmlBlocks blocks() {
        return EjmlBlocks.INSTANCE;
    }

    @Override
    public double scale(DMatrixRMaj whole) {
        if (MatrixFeatures_DDRM.hasUncountable(whole)) {
            throw new ValueException(Fault.NOT_FINITE, "a matrix with NaN or infinity: entries must be finite");
        }
        return NormOps_DDRM.normF(whole);
    }

    @Override
    public boolean isZero(DMatrixRMaj a, double scale) {
        return a.getNumElements() == 0 || CommonOps_DDRM.elementMaxAbs(a) <= tolerance * scale;
    }

    /** {@code ΣVᵀ}, without the singular values that count as zero. */
    @Override
    public DMatrixRMaj rowBasis(DMatrixRMaj a, double scale) {
        OrthogonalBlocks.Svd<DMatrixRMaj> svd = blocks().svd(a);
        double[] values = svd.singularValues();
        int rank = 0;
        while (rank < values.length && values[rank] > tolerance * scale) {
            rank++;
        }
        DMatrixRMaj all = blocks().scaleRows(blocks().of(values.length, 1, values), blocks().transpose(svd.v()));
        return blocks().rows(all, 0, rank);
    }

    @Override
    public DMatrixRMaj lowerQuotient(DMatrixRMaj a, DMatrixRMaj b) {
        DMatrixRMaj result = blocks().zeros(a.numRows, a.numCols);
        for (int i = 0; i < a.numRows; i++) {
            for (int j = 0; j <= i; j++) {
                result.set(i, j, a.get(i, j) / b.get(i, j));
            }
        }
        return result;
    }
}
