package duality.proofs.laws;

import duality.algebra.PrimeField;
import duality.algebra.RingBlocks;
import duality.algebra.RingMatrix;
import duality.contraction.ChunkedOperand;
import duality.contraction.Contraction;
import duality.contraction.MatrixOperand;
import duality.contraction.NdArray;
import duality.contraction.Operand;
import duality.contraction.Plan;
import duality.contraction.RingOperations;
import duality.models.Samples;
import java.util.List;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;

/**
 * The laws of an attention mask that multiplies by an algorithm of its own: extend this class and name the mask. Exact,
 * modulo 2⁶¹ − 1, on small integers.
 */
public abstract class MaskLaws {
    private static final PrimeField FIELD = PrimeField.INSTANCE;
    private static final RingBlocks<Long> K = new RingBlocks<>(FIELD);
    private static final String ATTENTION = "TN,SN,SP,TS->TP";

    /** For subclasses. */
    protected MaskLaws() {}

    /** The square mask of a length, with parameters drawn from the samples. */
    protected abstract <M> MatrixOperand<M> mask(Samples<M> samples, int length);

    /** Whether the mask is zero above the diagonal. Default: yes. */
    protected boolean causal() {
        return true;
    }

    /** What the laws are tried on. */
    @Provide
    protected Arbitrary<Draw> draws() {
        return Draw.any().filter(draw -> draw.length() > 0);
    }

    private MatrixOperand<RingMatrix<Long>> mask(Draw draw) {
        return mask(draw.samples(), draw.length());
    }

    /** The algorithm multiplies by the entries. */
    @Property(tries = 100, edgeCases = EdgeCasesMode.FIRST, shrinking = ShrinkingMode.FULL)
    void multipliesByItsEntries(@ForAll("draws") Draw draw) {
        MatrixOperand<RingMatrix<Long>> mask = mask(draw);
        RingMatrix<Long> dense = mask.dense(K);
        RingMatrix<Long> x = draw.inputs(0);
        Check.equal("multiplication", "L x", mask.multiply(K, x), K.multiply(dense, x), draw);
        Check.equal("multiplication", "Lᵀ x", mask.multiplyTransposed(K, x), K.multiplyTransposeLeft(dense, x), draw);
    }

    /** Zero above the diagonal. */
    @Property(tries = 100, edgeCases = EdgeCasesMode.FIRST, shrinking = ShrinkingMode.FULL)
    void causality(@ForAll("draws") Draw draw) {
        if (causal()) {
            RingMatrix<Long> dense = mask(draw).dense(K);
            for (int i = 0; i < dense.rows(); i++) {
                for (int j = i + 1; j < dense.columns(); j++) {
                    Check.holds(
                            "causality",
                            FIELD.isZero(dense.get(i, j)),
                            "L[" + i + "," + j + "] is not zero at " + draw);
                }
            }
        }
    }

    /** {@code L(3x + x') = 3 L x + L x'}. */
    @Property(tries = 100, edgeCases = EdgeCasesMode.FIRST, shrinking = ShrinkingMode.FULL)
    void linearity(@ForAll("draws") Draw draw) {
        MatrixOperand<RingMatrix<Long>> mask = mask(draw);
        RingMatrix<Long> three = RingMatrix.of(1, 1, (i, j) -> 3L);
        Check.equal(
                "linearity",
                "L(3x + x')",
                mask.multiply(K, K.add(K.scale(three, draw.inputs(0)), draw.inputs(1))),
                K.add(K.scale(three, mask.multiply(K, draw.inputs(0))), mask.multiply(K, draw.inputs(1))),
                draw);
    }

    /** {@code ⟨L x, w⟩ = ⟨x, Lᵀ w⟩}. */
    @Property(tries = 100, edgeCases = EdgeCasesMode.FIRST, shrinking = ShrinkingMode.FULL)
    void adjoint(@ForAll("draws") Draw draw) {
        MatrixOperand<RingMatrix<Long>> mask = mask(draw);
        RingMatrix<Long> x = draw.inputs(0);
        RingMatrix<Long> w = draw.inputs(1);
        long forward = Check.inner(K, mask.multiply(K, x), w);
        long backward = Check.inner(K, x, mask.multiplyTransposed(K, w));
        Check.holds(
                "adjoint identity",
                forward == backward,
                "⟨L x, w⟩ = " + forward + ", but ⟨x, Lᵀ w⟩ = " + backward + " at " + draw);
    }

    /** Attention under the mask is the same in every order of contraction, and as with the mask written out. */
    @Property(tries = 20, edgeCases = EdgeCasesMode.FIRST, shrinking = ShrinkingMode.FULL)
    void everyOrderOfAttention(@ForAll("draws") Draw draw) {
        RingOperations<Long> operations = new RingOperations<>(FIELD);
        MatrixOperand<RingMatrix<Long>> mask = mask(draw);
        int length = draw.length();
        List<NdArray<RingMatrix<Long>>> arrays = List.of(
                NdArray.of(K, draw.inputs(0), length, draw.width()),
                NdArray.of(K, draw.inputs(1), length, draw.width()),
                NdArray.of(K, draw.inputs(2), length, draw.width()));
        List<Operand<RingMatrix<Long>>> dense =
                List.of(arrays.get(0), arrays.get(1), arrays.get(2), NdArray.of(K, mask.dense(K), length, length));
        List<Operand<RingMatrix<Long>>> structured = List.of(arrays.get(0), arrays.get(1), arrays.get(2), mask);
        RingMatrix<Long> expected =
                reshaped(Contraction.allOrders(ATTENTION, dense).getFirst().execute(operations, dense), draw);
        for (Plan plan : Contraction.allOrders(ATTENTION, structured)) {
            Check.equal(
                    "contraction order",
                    "Y by " + plan.steps(),
                    reshaped(plan.execute(operations, structured), draw),
                    expected,
                    draw);
        }
    }

    private static RingMatrix<Long> reshaped(NdArray<RingMatrix<Long>> y, Draw draw) {
        return K.reshape(y.entries(), draw.length(), draw.width());
    }

    /** Where the mask can be cut, its factors make up its blocks, for chunks of every length. */
    @Property(tries = 50, edgeCases = EdgeCasesMode.FIRST, shrinking = ShrinkingMode.FULL)
    void chunkInvariance(@ForAll("draws") Draw draw) {
        if (mask(draw) instanceof ChunkedOperand<RingMatrix<Long>> chunked) {
            int length = draw.length();
            RingMatrix<Long> dense = chunked.dense(K);
            for (int q = 1; q <= length; q++) {
                int chunk = q;
                Check.cover("last chunk", length % q == 0 ? "whole" : "partial", "whole", "partial");
                ChunkedOperand.Chunks<RingMatrix<Long>> cut = chunked.cut(K, q);
                RingMatrix<Long> centre = cut.centre().dense(K);
                RingMatrix<Long> actual = RingMatrix.of(length, length, (i, j) -> {
                    int c = i / chunk;
                    int d = j / chunk;
                    return c == d
                            ? cut.diagonal().get(i, j % chunk)
                            : FIELD.multiply(
                                    FIELD.multiply(cut.left().get(i, 0), centre.get(c, d)),
                                    cut.right().get(j, 0));
                });
                Check.equal("chunk invariance", "L in chunks of " + q, actual, dense, draw);
            }
        }
    }

    /** The same samples give the same mask. */
    @Property(tries = 50, edgeCases = EdgeCasesMode.FIRST, shrinking = ShrinkingMode.FULL)
    void determinism(@ForAll("draws") Draw draw) {
        Check.equal("determinism", "L", mask(draw).dense(K), mask(draw).dense(K), draw);
    }
}
