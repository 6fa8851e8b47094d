package duality.algebra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import duality.algebra.CommonsMath.Element;
import duality.errors.Fault;
import org.apache.commons.math3.exception.MathArithmeticException;
import org.apache.commons.math3.fraction.BigFraction;
import org.apache.commons.math3.linear.FieldDecompositionSolver;
import org.apache.commons.math3.linear.FieldLUDecomposition;
import org.apache.commons.math3.linear.FieldMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Fields cross the bridge to Commons Math in both directions, and its decompositions run on ours. */
class CommonsMathTest {
    private static final PrimeField PRIME = PrimeField.INSTANCE;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7})
    void luDecompositionSolvesExactlyOverAPrimeField(int n) {
        solvesExactly(PRIME, n);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7})
    void luDecompositionSolvesExactlyOverTheRationals(int n) {
        solvesExactly(CommonsMath.RATIONALS, n);
    }

    /** A Hilbert matrix, on which floating point fails, and a right side that needs a row exchange. */
    private static <E> void solvesExactly(Field<E> field, int n) {
        RingBlocks<E> blocks = new RingBlocks<>(field);
        RingMatrix<E> hilbert = RingMatrix.of(n, n, (i, j) -> field.invert(field.integer(n - i + j)));
        RingMatrix<E> matrix =
                blocks.multiply(RingMatrix.of(n, n, (i, j) -> i + j == n - 1 ? field.one() : field.zero()), hilbert);
        RingMatrix<E> solution = RingMatrix.of(n, 2, (i, j) -> field.integer(3L * i - j));
        FieldDecompositionSolver<Element<E>> solver =
                new FieldLUDecomposition<>(CommonsMath.matrix(field, matrix)).getSolver();
        FieldMatrix<Element<E>> right = CommonsMath.matrix(field, blocks.multiply(matrix, solution));
        assertThat(blocks.equal(CommonsMath.matrix(solver.solve(right)), solution))
                .isTrue();
        assertThat(blocks.equal(blocks.multiply(CommonsMath.matrix(solver.getInverse()), matrix), blocks.identity(n)))
                .isTrue();
    }

    @Test
    void aSingularMatrixIsSeen() {
        RingMatrix<Long> ones = new RingBlocks<>(PRIME).ones(3, 3);
        FieldLUDecomposition<Element<Long>> lu = new FieldLUDecomposition<>(CommonsMath.matrix(PRIME, ones));
        assertThat(lu.getSolver().isNonSingular()).isFalse();
        assertThat(lu.getDeterminant().value()).isZero();
    }

    @Test
    void rationalsAreExact() {
        Field<BigFraction> field = CommonsMath.RATIONALS;
        BigFraction third = field.invert(field.integer(3));
        assertThat(field.add(third, field.add(third, third))).isEqualTo(field.one());
        assertThat(field.subtract(third, third)).isEqualTo(field.zero());
        assertThat(field.divide(field.integer(-4), field.integer(6))).isEqualTo(new BigFraction(-2, 3));
        assertThat(field.integer(Long.MIN_VALUE)).isEqualTo(new BigFraction(Long.MIN_VALUE));
        Faults.assertFault(Fault.SINGULAR, () -> field.invert(field.zero()), "0");
    }

    @Test
    void elementsKeepTheContractOfFieldElement() {
        org.apache.commons.math3.Field<Element<Long>> field = CommonsMath.elements(PRIME);
        Element<Long> five = field.getOne().multiply(5);
        assertThat(field.getRuntimeClass()).isEqualTo(Element.class);
        assertThat(five.getField()).isEqualTo(field);
        assertThat(five.value()).isEqualTo(5);
        assertThat(five).hasToString("5");
        assertThat(five.multiply(-1)).isEqualTo(five.negate());
        assertThat(five.add(five.negate())).isEqualTo(field.getZero());
        assertThat(five.subtract(field.getOne()).value()).isEqualTo(4);
        assertThat(five.divide(five)).isEqualTo(field.getOne()).hasSameHashCodeAs(field.getOne());
        assertThat(five.multiply(five.reciprocal())).isEqualTo(field.getOne());
        assertThat(five)
                .isNotEqualTo(field.getOne())
                .isNotEqualTo(5L)
                .isNotEqualTo(CommonsMath.elements(Reals.INSTANCE).getOne());
        assertThatThrownBy(() -> field.getZero().reciprocal()).isInstanceOf(MathArithmeticException.class);
        assertThatThrownBy(() -> five.divide(field.getZero())).isInstanceOf(MathArithmeticException.class);
    }

    @Test
    void emptyMatricesDoNotCross() {
        RingBlocks<Long> blocks = new RingBlocks<>(PRIME);
        Faults.assertFault(
                Fault.OUT_OF_RANGE, () -> CommonsMath.matrix(PRIME, blocks.zeros(0, 2)), "no empty matrices", "0x2");
        Faults.assertFault(Fault.OUT_OF_RANGE, () -> CommonsMath.matrix(PRIME, blocks.zeros(2, 0)), "2x0");
    }
}
