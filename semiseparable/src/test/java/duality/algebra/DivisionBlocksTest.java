package duality.algebra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import duality.errors.Fault;
import java.util.List;
import java.util.SplittableRandom;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.api.Test;

/** Division by blocks, rank and determinant: exactly over fields, and in double precision. */
class DivisionBlocksTest {
    private final SplittableRandom random = new SplittableRandom(11);

    @Test
    void dividesExactly() {
        for (int n = 0; n <= 7; n++) {
            divides(PrimeField.INSTANCE, n);
            divides(CommonsMath.RATIONALS, n);
        }
    }

    private <E> void divides(Field<E> field, int n) {
        FieldBlocks<E> k = new FieldBlocks<>(field);
        RingMatrix<E> a = regular(k, n);
        RingMatrix<E> b = random(field, n, 2);
        assertThat(k.equal(k.multiply(a, k.solve(a, b)), b)).isTrue();
        assertThat(k.equal(k.multiply(k.inverse(a), a), k.identity(n))).isTrue();
        assertThat(k.rank(a)).isEqualTo(n);
    }

    /** Small entries, many of them zero, so that pivots have to be looked for. */
    private <E> RingMatrix<E> random(Field<E> field, int rows, int columns) {
        return RingMatrix.of(rows, columns, (i, j) -> field.integer(random.nextInt(-2, 3)));
    }

    private <E> RingMatrix<E> regular(FieldBlocks<E> k, int n) {
        while (true) {
            RingMatrix<E> a = random(k.ring(), n, n);
            if (!k.ring().isZero(leibniz(k.ring(), a))) {
                return a;
            }
        }
    }

    /** The determinant by expansion along the first row. */
    private static <E> E leibniz(Field<E> field, RingMatrix<E> a) {
        int n = a.rows();
        E sum = n == 0 ? field.one() : field.zero();
        for (int column = 0; column < n; column++) {
            int without = column;
            E minor = leibniz(field, RingMatrix.of(n - 1, n - 1, (i, j) -> a.get(i + 1, j < without ? j : j + 1)));
            E term = field.multiply(a.get(0, column), minor);
            sum = column % 2 == 0 ? field.add(sum, term) : field.subtract(sum, term);
        }
        return sum;
    }

    @Test
    void determinantIsTheExpansion() {
        FieldBlocks<Long> k = new FieldBlocks<>(PrimeField.INSTANCE);
        for (int n = 0; n <= 6; n++) {
            for (int trial = 0; trial < 10; trial++) {
                RingMatrix<Long> a = random(k.ring(), n, n);
                assertThat(k.determinant(a).get(0, 0)).isEqualTo(leibniz(k.ring(), a));
                long integer = leibniz(k.ring(), a);
                double signed = integer > PrimeField.MODULUS / 2 ? integer - PrimeField.MODULUS : integer;
                DMatrixRMaj real = new DMatrixRMaj(n, n);
                for (int i = 0; i < n * n; i++) {
                    long entry = a.get(i / n, i % n);
                    real.data[i] = entry > 2 ? entry - PrimeField.MODULUS : entry;
                }
                // Hadamard: |det| <= (2 sqrt 6)^6 < 2^14, and LU loses a few bits of that.
                assertThat(EjmlBlocks.INSTANCE.determinant(real).get(0, 0)).isCloseTo(signed, within(0x1p-34));
            }
        }
    }

    @Test
    void rankIsThatOfTheFactors() {
        FieldBlocks<Long> k = new FieldBlocks<>(PrimeField.INSTANCE);
        for (int rank = 0; rank <= 4; rank++) {
            RingMatrix<Long> a = k.multiply(uniform(6, rank), uniform(rank, 5));
            assertThat(k.rank(a)).isEqualTo(rank);
            FieldBlocks.RowEchelon<Long> echelon = k.rowEchelon(a);
            assertThat(echelon.basis().rows()).isEqualTo(rank);
            for (int i = 0; i < rank; i++) {
                for (int j = 0; j < rank; j++) {
                    assertThat(echelon.basis().get(i, echelon.pivots().get(j))).isEqualTo(i == j ? 1 : 0);
                }
            }
            assertThat(k.rank(k.stackRows(List.of(a, echelon.basis())))).isEqualTo(rank);
        }
        assertThat(k.rank(k.zeros(0, 3))).isZero();
        assertThat(k.rank(k.zeros(3, 0))).isZero();
    }

    private RingMatrix<Long> uniform(int rows, int columns) {
        return RingMatrix.of(rows, columns, (i, j) -> random.nextLong(PrimeField.MODULUS));
    }

    @Test
    void faults() {
        FieldBlocks<Long> k = new FieldBlocks<>(PrimeField.INSTANCE);
        faults(k);
        faults(EjmlBlocks.INSTANCE);
        Faults.assertFault(Fault.SINGULAR, () -> k.solve(k.ones(2, 2), k.zeros(2, 0)), "2x2", "rank is 1");
    }

    private static <M> void faults(DivisionBlocks<M> k) {
        Faults.assertFault(Fault.SINGULAR, () -> k.solve(k.ones(2, 2), k.ones(2, 1)), "2x2");
        Faults.assertFault(Fault.SINGULAR, () -> k.solve(k.ones(2, 2), k.zeros(2, 0)), "2x2");
        Faults.assertFault(Fault.SHAPE_MISMATCH, () -> k.solve(k.ones(2, 3), k.ones(2, 1)), "2x3");
        Faults.assertFault(Fault.SHAPE_MISMATCH, () -> k.solve(k.identity(2), k.ones(3, 1)), "2x2", "3x1");
        Faults.assertFault(Fault.SHAPE_MISMATCH, () -> k.determinant(k.ones(2, 3)), "2x3");
    }
}
