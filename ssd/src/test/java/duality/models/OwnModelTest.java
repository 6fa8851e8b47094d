package duality.models;

import static org.assertj.core.api.Assertions.assertThat;

import duality.algebra.Blocks;
import duality.algebra.EjmlBlocks;
import duality.algebra.PrimeField;
import duality.algebra.RingBlocks;
import duality.algebra.RingMatrix;
import duality.ssd.Cuts;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.api.Test;

/** The model that the documentation of {@link LinearRecurrence} writes down, and what follows from it. */
class OwnModelTest {
    record DeltaRule<M>(M rate, M q, M k) implements LinearRecurrence<M> {
        @Override
        public int length(Blocks<M> ops) {
            return ops.rows(k);
        }

        @Override
        public Step<M> step(Blocks<M> ops, int t) { // S = (I − b k kᵀ) S + b k vᵀ, o = qᵀ S
            M key = ops.transpose(ops.row(k, t));
            M write = ops.scale(ops.row(rate, t), key);
            M erase = ops.subtract(ops.identity(ops.rows(key)), ops.multiplyTransposeRight(write, key));
            return Step.of(ops, erase, write, ops.row(q, t));
        }
    }

    @Test
    void everyFormAndTheClassFollow() {
        ExactSamples s = new ExactSamples(17);
        RingBlocks<Long> ops = s.blocks();
        DeltaRule<RingMatrix<Long>> model = new DeltaRule<>(s.gates(64, 1), s.numbers(64, 4), s.numbers(64, 4));
        RingMatrix<Long> v = s.numbers(64, 2);
        String o = model.recurrent(ops, v).toString();
        assertThat(model.quadratic(ops, v)).hasToString(o);
        assertThat(model.block(ops, v, Cuts.at(5, 30, 31))).hasToString(o);
        assertThat(model.generators(ops).multiply(ops, v)).hasToString(o);
        assertThat(Classifier.exact(PrimeField.INSTANCE)
                        .classify(model, ops.multiplyTransposeRight(model.q(), model.k()))
                        .summary())
                .isEqualTo("diagonal + rank 1 4-SS");
    }

    /** Decoding: one step at a time, on the same text in double precision. */
    @Test
    void stepsDecodeOneTokenAtATime() {
        RealSamples s = new RealSamples(17);
        EjmlBlocks ops = s.blocks();
        DeltaRule<DMatrixRMaj> model = new DeltaRule<>(s.gates(9, 1), s.numbers(9, 4), s.numbers(9, 4));
        DMatrixRMaj v = s.numbers(9, 2);
        DMatrixRMaj expected = model.recurrent(ops, v);
        DMatrixRMaj state = ops.zeros(4, 2);
        for (int t = 0; t < 9; t++) {
            Step<DMatrixRMaj> step = model.step(ops, t);
            assertThat(step.read(ops, state, ops.row(v, t)).data).isEqualTo(ops.row(expected, t).data);
            state = step.update(ops, state, ops.row(v, t));
        }
    }
}
