package example;

import duality.models.Samples;
import duality.models.SequenceModel;
import duality.proofs.laws.SequenceModelLaws;

/** All laws of a sequence model, for this one. */
class MomentumAttentionLaws extends SequenceModelLaws {
    @Override
    protected <M> SequenceModel<M> model(Samples<M> samples, int length) {
        return new MomentumAttention<>(
                samples.gates(length, 1),
                samples.gates(length, 1),
                samples.numbers(length, 2),
                samples.numbers(length, 2));
    }
}
