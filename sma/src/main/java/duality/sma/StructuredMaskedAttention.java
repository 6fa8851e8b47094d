package duality.sma;

import duality.algebra.Blocks;
import duality.algebra.DivisionBlocks;
import duality.contraction.ArrayOperations;
import duality.contraction.Contraction;
import duality.contraction.MatrixOperand;
import duality.contraction.NdArray;
import duality.errors.Fault;
import duality.errors.ShapeException;
import duality.errors.ValueException;
import java.util.ArrayList;
import java.util.List;

/**
 * Structured masked attention, {@code Y = (L ∘ Q Kᵀ) V}: the contraction {@code TN,SN,SP,TS->TP} of queries, keys,
 * values and a mask (Dao and Gu 2024, definition 4.2 and equation 12).
 *
 * @param mask {@code L (T×S)}; a {@link Mask} or another matrix with a multiplication of its own
 * @param q the queries {@code Q (T×N)}
 * @param k the keys {@code K (S×N)}
 * @param <M> the type of a block
 */
public record StructuredMaskedAttention<M>(MatrixOperand<M> mask, M q, M k) {
    private static final String SUBSCRIPTS = "TN,SN,SP,TS->TP";

    /** An order of the contraction. All give the same Y over every commutative ring. */
    public enum Form {
        /** {@code G = Q Kᵀ, M = G ∘ L, Y = M V}. Work O(T S (N + P)). */
        QUADRATIC,
        /**
         * {@code Z_s = k_s v_sᵀ, H = L Z, y_t = q_tᵀ H_t}, in which the mask multiplies by its own algorithm. Work O(T N P)
         * and N P columns of that; holds T N P numbers.
         */
        LINEAR,
        /** The order that takes the fewest operations, in chunks where the mask can be cut. */
        PLANNED
    }

    /**
     * The attention of a mask, queries and keys.
     *
     * @throws ShapeException if the shapes do not fit together
     */
    public static <M> StructuredMaskedAttention<M> of(Blocks<M> ops, MatrixOperand<M> mask, M q, M k) {
        String found = shape(ops, q) + " and " + shape(ops, k);
        if (ops.rows(q) != mask.rows() || ops.rows(k) != mask.columns() || ops.columns(q) != ops.columns(k)) {
            throw ShapeException.mismatch(
                    "queries and keys under a mask " + mask.rows() + "x" + mask.columns(),
                    found,
                    mask.rows() + "xN and " + mask.columns() + "xN");
        }
        return new StructuredMaskedAttention<>(mask, q, k);
    }

    private static <M> String shape(Blocks<M> ops, M a) {
        return ops.rows(a) + "x" + ops.columns(a);
    }

    /** {@code M = L ∘ Q Kᵀ (T×S)}. */
    public M matrix(Blocks<M> ops) {
        return ops.hadamard(mask.dense(ops), ops.multiplyTransposeRight(q, k));
    }

    /**
     * The outputs.
     *
     * @param form the order in which to contract
     * @param operations the operations, with a commutative multiplication
     * @param v the values {@code V (S×P)}
     * @return {@code Y (T×P)}
     * @throws ShapeException if there is not one value for each key
     */
    public M run(Form form, ArrayOperations<M> operations, M v) {
        Blocks<M> ops = operations.blocks();
        if (ops.rows(v) != mask.columns()) {
            throw ShapeException.mismatch("values of keys " + shape(ops, k), shape(ops, v), mask.columns() + "xP");
        }
        return switch (form) {
            case QUADRATIC -> quadratic(operations, v);
            case LINEAR -> linear(operations, v);
            case PLANNED ->
                matrix(
                        ops,
                        Contraction.contract(
                                operations, SUBSCRIPTS, array(ops, q), array(ops, k), array(ops, v), mask));
        };
    }

    private M quadratic(ArrayOperations<M> operations, M v) {
        Blocks<M> ops = operations.blocks();
        NdArray<M> g = Contraction.contract(operations, "TN,SN->TS", array(ops, q), array(ops, k));
        NdArray<M> m = Contraction.contract(operations, "TS,TS->TS", g, array(ops, mask.dense(ops)));
        return matrix(ops, Contraction.contract(operations, "TS,SP->TP", m, array(ops, v)));
    }

    private M linear(ArrayOperations<M> operations, M v) {
        Blocks<M> ops = operations.blocks();
        int n = ops.columns(k);
        int p = ops.columns(v);
        NdArray<M> z = Contraction.contract(operations, "SN,SP->SNP", array(ops, k), array(ops, v));
        M h = mask.multiply(ops, ops.reshape(z.entries(), mask.columns(), n * p));
        NdArray<M> states = NdArray.of(ops, h, mask.rows(), n, p);
        return matrix(ops, Contraction.contract(operations, "TN,TNP->TP", array(ops, q), states));
    }

    private static <M> NdArray<M> array(Blocks<M> ops, M a) {
        return NdArray.of(ops, a, ops.rows(a), ops.columns(a));
    }

    private static <M> M matrix(Blocks<M> ops, NdArray<M> array) {
        long[] shape = array.shape();
        return ops.reshape(array.entries(), (int) shape[0], (int) shape[1]);
    }

    /**
     * The normalised outputs, {@code y_t / Σ_s M_ts}: the values have a column of ones appended, and the last column
     * of the outputs divides the others (Katharopoulos et al. 2020). Weights that are positive, as those of a feature
     * map with a {@linkplain FeatureMap#hasPositiveKernel positive kernel} under a mask of positive numbers, make
     * the outputs averages of the values; of others sums may cancel.
     *
     * @param division divides by the sums of weights
     * @throws ValueException with {@link Fault#SINGULAR} if the weights of a row sum to zero; the message names it
     */
    public M normalised(Form form, ArrayOperations<M> operations, DivisionBlocks<M> division, M v) {
        Blocks<M> ops = operations.blocks();
        M y = run(form, operations, ops.beside(v, ops.ones(ops.rows(v), 1)));
        int width = ops.columns(v);
        M one = division.identity(1);
        List<M> reciprocals = new ArrayList<>();
        reciprocals.add(division.zeros(0, 1));
        for (int t = 0; t < ops.rows(y); t++) {
            try {
                reciprocals.add(division.solve(ops.entry(y, t, width), one));
            } catch (ValueException singular) {
                throw new ValueException(singular.fault(), "the weights of row " + t + " sum to zero");
            }
        }
        return ops.scaleRows(ops.stackRows(reciprocals), ops.block(y, 0, ops.rows(y), 0, width));
    }
}
