package duality.proofs.laws;

import duality.contraction.MatrixOperand;
import duality.models.Samples;
import duality.models.SequenceModel;
import duality.models.Zoo;
import duality.semiseparable.Banded;
import duality.semiseparable.OneSemiseparable;
import duality.semiseparable.StructuredMatrix;
import duality.semiseparable.Toeplitz;
import duality.sma.OneSemiseparableMask;
import duality.ssd.SsdBackend;
import duality.ssd.SsdBackends;
import java.util.function.DoubleSupplier;
import net.jqwik.api.Group;

/** What ships obeys the laws that others extend. */
@SuppressWarnings("ClassCanBeStatic") // jqwik's groups must not be
class ShippedModelsTest {
    @Group
    class ReferenceBackend extends SsdBackendLaws {
        @Override
        protected SsdBackend backend() {
            return SsdBackends.REFERENCE;
        }
    }

    @Group
    class CpuBackend extends SsdBackendLaws {
        @Override
        protected SsdBackend backend() {
            return SsdBackends.CPU;
        }
    }

    @Group
    class Mamba2 extends SequenceModelLaws {
        @Override
        protected <M> SequenceModel<M> model(Samples<M> samples, int length) {
            return Zoo.MAMBA_2.example(samples, length).model();
        }
    }

    @Group
    class GatedDeltaNet extends SequenceModelLaws {
        @Override
        protected <M> SequenceModel<M> model(Samples<M> samples, int length) {
            return Zoo.GATED_DELTANET.example(samples, length).model();
        }
    }

    @Group
    class Rwkv7 extends SequenceModelLaws {
        @Override
        protected <M> SequenceModel<M> model(Samples<M> samples, int length) {
            return Zoo.RWKV_7.example(samples, length).model();
        }
    }

    @Group
    class LogLinearAttention extends SequenceModelLaws {
        @Override
        protected <M> SequenceModel<M> model(Samples<M> samples, int length) {
            return Zoo.LOG_LINEAR_ATTENTION.example(samples, length).model();
        }
    }

    @Group
    class Hydra extends SequenceModelLaws {
        @Override
        protected <M> SequenceModel<M> model(Samples<M> samples, int length) {
            return Zoo.HYDRA.example(samples, length).model();
        }

        @Override
        protected boolean causal() {
            return false;
        }
    }

    @Group
    class OneSemiseparableMasks extends MaskLaws {
        @Override
        protected <M> MatrixOperand<M> mask(Samples<M> samples, int length) {
            return OneSemiseparableMask.of(samples.blocks(), samples.gates(length, 1));
        }
    }

    @Group
    class OneSemiseparableMatrices extends StructuredMatrixLaws {
        @Override
        protected StructuredMatrix matrix(int size, DoubleSupplier next) {
            return new OneSemiseparable(numbers(size, next));
        }
    }

    @Group
    class ToeplitzMatrices extends StructuredMatrixLaws {
        @Override
        protected StructuredMatrix matrix(int size, DoubleSupplier next) {
            return new Toeplitz(size, size, numbers(2 * size - 1, next));
        }
    }

    @Group
    class ScaledSums extends StructuredMatrixLaws {
        @Override
        protected StructuredMatrix matrix(int size, DoubleSupplier next) {
            return new OneSemiseparable(numbers(size, next))
                    .plus(new OneSemiseparable(numbers(size, next)).transpose())
                    .plus(new Banded(size, size, 0, new double[][] {numbers(size, next)}));
        }
    }

    private static double[] numbers(int count, DoubleSupplier next) {
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
            values[i] = next.getAsDouble();
        }
        return values;
    }
}
