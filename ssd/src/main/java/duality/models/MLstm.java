package duality.models;

import duality.algebra.EjmlBlocks;
import org.ejml.data.DMatrixRMaj;

/**
 * The mLSTM of xLSTM (Beck et al. 2024, arXiv 2405.04517), in double precision. With the gates f and i given by their
 * logarithms,
 *
 * <pre>
 *   C_t = f_t C_{t−1} + i_t k_t v_tᵀ,   n_t = f_t n_{t−1} + i_t k_t,   h_t = C_tᵀ q_t / max(|n_tᵀ q_t|, 1)
 * </pre>
 *
 * which is {@link ScalarDecay} on the keys i_t k_t and on the values with a column of ones, and a division of rows.
 * Since i may be huge the state is kept as exp(−m_t) C_t, {@code m_t = max(log f_t + m_{t−1}, log i_t)}.
 *
 * @param logForget {@code log f (T×1)}, at most 0
 * @param logInput {@code log i (T×1)}
 * @param q the queries {@code (T×N)}
 * @param k the keys {@code (T×N)}, scaled by 1/√N as the paper has them
 */
public record MLstm(DMatrixRMaj logForget, DMatrixRMaj logInput, DMatrixRMaj q, DMatrixRMaj k) {
    private static final EjmlBlocks OPS = EjmlBlocks.INSTANCE;

    /** The part without the division, and without the stabiliser: {@code M = 1SS(f) diag(i) ∘ (Q Kᵀ)}. */
    public ScalarDecay<DMatrixRMaj> linear() {
        return new ScalarDecay<>(exp(logForget), q, OPS.scaleRows(exp(logInput), k));
    }

    /** The outputs by the definition, {@code linear()} and a division; overflows where the gates do. */
    public DMatrixRMaj unstabilised(DMatrixRMaj v) {
        return divide(linear().recurrent(OPS, withOnes(v)), new double[q.numRows]);
    }

    /** The outputs {@code h (T×P)} for the values {@code v (T×P)}, by the stabilised recurrence. */
    public DMatrixRMaj recurrent(DMatrixRMaj v) {
        int length = q.numRows;
        double[] m = new double[length];
        DMatrixRMaj forget = OPS.zeros(length, 1);
        DMatrixRMaj input = OPS.zeros(length, 1);
        for (int t = 0; t < length; t++) {
            double carried = t == 0 ? Double.NEGATIVE_INFINITY : logForget.get(t) + m[t - 1];
            m[t] = Math.max(carried, logInput.get(t));
            forget.set(t, Math.exp(carried - m[t])); // f' = exp(log f + m_{t−1} − m_t)
            input.set(t, Math.exp(logInput.get(t) - m[t])); // i' = exp(log i − m_t)
        }
        return divide(new ScalarDecay<>(forget, q, OPS.scaleRows(input, k)).recurrent(OPS, withOnes(v)), m);
    }

    private static DMatrixRMaj withOnes(DMatrixRMaj v) {
        return OPS.beside(v, OPS.ones(v.numRows, 1));
    }

    /** Rows divided by {@code max(|n·q|, exp(−m))}, with n·q in the last column. */
    private static DMatrixRMaj divide(DMatrixRMaj numerator, double[] m) {
        int width = numerator.numCols - 1;
        DMatrixRMaj h = OPS.zeros(numerator.numRows, width);
        for (int t = 0; t < numerator.numRows; t++) {
            double denominator = Math.max(Math.abs(numerator.get(t, width)), Math.exp(-m[t]));
            for (int j = 0; j < width; j++) {
                h.set(t, j, numerator.get(t, j) / denominator);
            }
        }
        return h;
    }

    private static DMatrixRMaj exp(DMatrixRMaj a) {
        DMatrixRMaj result = a.copy();
        for (int i = 0; i < result.getNumElements(); i++) {
            result.set(i, Math.exp(a.get(i)));
        }
        return result;
    }
}
