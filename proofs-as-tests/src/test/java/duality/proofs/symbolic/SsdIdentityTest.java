package duality.proofs.symbolic;

import static org.assertj.core.api.Assertions.assertThat;

import duality.algebra.RingBlocks;
import duality.algebra.RingMatrix;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The symbolic rings at work: the forms of SSD are equal as polynomials, and as words in matrices. */
class SsdIdentityTest {
    @ParameterizedTest
    @CsvSource({"1, 1, 1, 1", "2, 1, 1, 2", "7, 2, 3, 3", "5, 3, 1, 1", "32, 4, 4, 8", "32, 4, 4, 5"})
    void theFormsAreEqualAsPolynomials(int time, int stateSize, int headDim, int chunkLength) {
        Polynomials ring = new Polynomials();
        RingBlocks<Polynomial> blocks = new RingBlocks<>(ring);
        Ssd<RingMatrix<Polynomial>> ssd = new Ssd<>(blocks);
        RingMatrix<Polynomial> a = RingMatrix.of(time, 1, (t, i) -> ring.variable("a", t));
        RingMatrix<Polynomial> b = RingMatrix.of(time, stateSize, (t, n) -> ring.variable("B", t, n));
        RingMatrix<Polynomial> c = RingMatrix.of(time, stateSize, (t, n) -> ring.variable("C", t, n));
        RingMatrix<Polynomial> x = RingMatrix.of(time, headDim, (t, p) -> ring.variable("x", t, p));

        RingMatrix<Polynomial> recurrent = ssd.recurrent(a, b, c, x);
        assertThat(blocks.equal(recurrent, ssd.quadratic(a, b, c, x))).isTrue();
        assertThat(blocks.equal(recurrent, ssd.chunked(a, b, c, x, chunkLength)))
                .isTrue();
        assertThat(recurrent.get(time - 1, 0).terms()).isEqualTo(time * stateSize);
        assertThat(recurrent.get(time - 1, 0).degree()).isEqualTo(time + 2);
    }

    @Test
    void aDecayOffByOneIsAnotherPolynomial() {
        Polynomials ring = new Polynomials();
        RingBlocks<Polynomial> blocks = new RingBlocks<>(ring);
        Ssd<RingMatrix<Polynomial>> ssd = new Ssd<>(blocks);
        Function<Integer, RingMatrix<Polynomial>> decay =
                shift -> RingMatrix.of(3, 1, (t, i) -> ring.variable("a", t + shift));
        RingMatrix<Polynomial> u = RingMatrix.of(3, 1, (t, i) -> ring.variable("u", t));
        assertThat(blocks.equal(ssd.recurrent(decay.apply(0), u, u, u), ssd.quadratic(decay.apply(1), u, u, u)))
                .isFalse();
    }

    /** One-by-one blocks of letters are matrices of any size: central decays, C and B of any width. */
    @Test
    void theFormsAreEqualInTheFreeAlgebra() {
        FreeAlgebra ring = new FreeAlgebra();
        RingBlocks<Polynomial> blocks = new RingBlocks<>(ring);
        Ssd<RingMatrix<Polynomial>> ssd = new Ssd<>(blocks);
        int time = 11;
        RingMatrix<Polynomial> a = RingMatrix.of(time, 1, (t, i) -> ring.variable("a", t));
        RingMatrix<Polynomial> b = RingMatrix.of(time, 1, (t, i) -> ring.letter("B", t));
        RingMatrix<Polynomial> c = RingMatrix.of(time, 1, (t, i) -> ring.letter("C", t));
        RingMatrix<Polynomial> x = RingMatrix.of(time, 1, (t, i) -> ring.letter("x", t));

        RingMatrix<Polynomial> recurrent = ssd.recurrent(a, b, c, x);
        assertThat(blocks.equal(recurrent, ssd.quadratic(a, b, c, x))).isTrue();
        for (int chunkLength = 1; chunkLength <= time + 1; chunkLength++) {
            assertThat(blocks.equal(recurrent, ssd.chunked(a, b, c, x, chunkLength)))
                    .as("chunks of %d", chunkLength)
                    .isTrue();
        }
        assertThat(recurrent.get(1, 0)).hasToString("a[1]·C[1]·B[0]·x[0] + C[1]·B[1]·x[1]");
    }
}
