package duality.contraction;

import static org.assertj.core.api.Assertions.assertThat;

import duality.algebra.CommonsMath;
import duality.algebra.EjmlBlocks;
import duality.algebra.RingMatrix;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.apache.commons.math3.fraction.BigFraction;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DoubleOperationsTest {
    private static final FloatingOperations<DMatrixRMaj> EJML = new FloatingOperations<>(EjmlBlocks.INSTANCE);

    /** Sizes on both sides of a tile's, on integers so small that no sum rounds. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 5, 127, 128, 129, 260})
    void productsAreEjmls(int k) {
        Random random = new Random(k);
        for (int m : new int[] {0, 1, 3}) {
            for (int n : new int[] {0, 1, 2, 4, 127, 128, 130, 257}) {
                for (int batch : new int[] {0, 1, 3}) {
                    DMatrixRMaj a = integers(random, batch * m * k);
                    DMatrixRMaj b = integers(random, batch * k * n);
                    DMatrixRMaj c = DoubleOperations.INSTANCE.multiply(a, b, batch, m, k, n);
                    assertThat(c.getNumElements()).isEqualTo(batch * m * n);
                    assertThat(EjmlBlocks.INSTANCE.toArray(c))
                            .isEqualTo(EjmlBlocks.INSTANCE.toArray(EJML.multiply(a, b, batch, m, k, n)));
                }
            }
        }
    }

    private static DMatrixRMaj integers(Random random, int size) {
        return DMatrixRMaj.wrap(
                1, size, random.ints(size, 1, 100).asDoubleStream().toArray());
    }

    @Test
    void gathersAnyStrides() {
        Random random = new Random(1);
        DMatrixRMaj a = integers(random, 60);
        int[][] lengths = {{}, {5}, {3, 4, 5}, {5, 4, 3}, {4, 3}, {3, 0, 2}, {1, 60}, {2, 1}};
        int[][] strides = {{}, {12}, {20, 5, 1}, {1, 5, 20}, {6, 1}, {1, 1, 1}, {0, 1}, {30, 7}};
        for (int i = 0; i < lengths.length; i++) {
            assertThat(EjmlBlocks.INSTANCE.toArray(DoubleOperations.INSTANCE.gather(a, lengths[i], strides[i])))
                    .isEqualTo(EjmlBlocks.INSTANCE.toArray(EJML.gather(a, lengths[i], strides[i])));
        }
    }

    /**
     * Against rational arithmetic on the same numbers: a path from an operand's entry to the output's rounds at
     * most once for every operand and once for every term, so the error is at most γ_n Σ|…|.
     */
    @ParameterizedTest
    @ValueSource(strings = {"ab,bc->ac", "ab,bc,cd->ad", "TN,SN,SP,TS->TP", "xab,xbc,xc->xa", "ab,ab->", "aab,b->a"})
    void roundingStaysWithinTheBound(String text) {
        RingOperations<BigFraction> exact = new RingOperations<>(CommonsMath.RATIONALS);
        Random random = new Random(text.hashCode());
        Subscripts subscripts = Subscripts.parse(text);
        List<NdArray<DMatrixRMaj>> doubles = new ArrayList<>();
        for (String operand : subscripts.operands()) {
            long[] shape = operand.chars().mapToLong(index -> 3 + index % 5).toArray();
            int size = 1;
            for (long length : shape) {
                size *= Math.toIntExact(length);
            }
            double[] values = new double[size];
            for (int i = 0; i < size; i++) {
                values[i] = random.nextGaussian() * Math.scalb(1.0, random.nextInt(9));
            }
            doubles.add(NdArray.of(EjmlBlocks.INSTANCE, DMatrixRMaj.wrap(1, size, values), shape));
        }
        List<BigFraction> truth = contract(exact, text, doubles, UnaryOperator.identity());
        List<BigFraction> magnitude = contract(exact, text, doubles, BigFraction::abs);
        for (Plan plan : Contraction.allOrders(text, doubles)) {
            double[] actual = EjmlBlocks.INSTANCE.toArray(
                    plan.execute(DoubleOperations.INSTANCE, doubles).entries());
            double terms =
                    plan.lengths().values().stream().mapToLong(Long::longValue).reduce(1, (a, b) -> a * b);
            double n = (doubles.size() + terms) * 0x1p-53;
            BigFraction gamma = new BigFraction(n / (1 - n) * (1 + 0x1p-50));
            for (int i = 0; i < actual.length; i++) {
                assertThat(new BigFraction(actual[i]).subtract(truth.get(i)).abs())
                        .isLessThanOrEqualTo(gamma.multiply(magnitude.get(i)));
            }
        }
    }

    private static List<BigFraction> contract(
            RingOperations<BigFraction> exact,
            String text,
            List<NdArray<DMatrixRMaj>> operands,
            UnaryOperator<BigFraction> change) {
        List<NdArray<RingMatrix<BigFraction>>> rationals = new ArrayList<>();
        for (NdArray<DMatrixRMaj> operand : operands) {
            double[] values = EjmlBlocks.INSTANCE.toArray(operand.entries());
            rationals.add(NdArray.of(
                    exact.blocks(),
                    RingMatrix.of(1, values.length, (i, j) -> change.apply(new BigFraction(values[j]))),
                    operand.shape()));
        }
        return Arrays64.entries(
                Contraction.plan(text, Objective.FLOPS, rationals).execute(exact, rationals));
    }
}
