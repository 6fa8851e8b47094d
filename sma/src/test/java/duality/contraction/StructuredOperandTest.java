package duality.contraction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import duality.algebra.EjmlBlocks;
import duality.semiseparable.OneSemiseparable;
import duality.semiseparable.StructuredMatrix;
import duality.semiseparable.Toeplitz;
import duality.tensor.Tensor;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Masked attention with a structured matrix for a mask equals that with the mask written out. */
class StructuredOperandTest {
    private static final int LENGTH = 13;
    private static final SplittableRandom RANDOM = new SplittableRandom(11);

    static Stream<StructuredMatrix> masks() {
        return Stream.of(
                new OneSemiseparable(numbers(LENGTH, 0, 1)),
                new Toeplitz(LENGTH, LENGTH, numbers(2 * LENGTH - 1, -1, 1)));
    }

    private static double[] numbers(int count, double low, double high) {
        return RANDOM.doubles(count, low, high).toArray();
    }

    private static NdArray<DMatrixRMaj> array(int rows, int columns) {
        return Contraction.array(EjmlBlocks.INSTANCE, Tensor.of(numbers(rows * columns, -1, 1), rows, columns));
    }

    private static double[] numbersOf(NdArray<DMatrixRMaj> array) {
        return EjmlBlocks.INSTANCE.toArray(array.entries());
    }

    @ParameterizedTest
    @MethodSource("masks")
    void attentionIsThatOfTheDenseMask(StructuredMatrix mask) {
        NdArray<DMatrixRMaj> q = array(LENGTH, 3);
        NdArray<DMatrixRMaj> k = array(LENGTH, 3);
        NdArray<DMatrixRMaj> v = array(LENGTH, 2);
        NdArray<DMatrixRMaj> dense = Contraction.array(
                EjmlBlocks.INSTANCE, Tensor.of(Arrays.copyOf(mask.toDense().data, LENGTH * LENGTH), LENGTH, LENGTH));
        double[] expected =
                numbersOf(Contraction.contract(DoubleOperations.INSTANCE, "TN,SN,SP,TS->TP", q, k, v, dense));
        double[] actual = numbersOf(Contraction.contract(
                DoubleOperations.INSTANCE, "TN,SN,SP,TS->TP", q, k, v, new StructuredOperand(mask)));
        assertThat(actual).containsExactly(expected, within(1e-12));
        // The transpose of the mask, too: the linear order asks for it.
        double[] transposed =
                numbersOf(Contraction.contract(DoubleOperations.INSTANCE, "TS,TP->SP", new StructuredOperand(mask), v));
        assertThat(transposed)
                .containsExactly(
                        EjmlBlocks.INSTANCE.toArray(EjmlBlocks.INSTANCE.multiplyTransposeLeft(
                                mask.toDense(), EjmlBlocks.INSTANCE.reshape(v.entries(), LENGTH, 2))),
                        within(1e-12));
    }
}
