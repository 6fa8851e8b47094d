package duality.proofs.symbolic;

import static org.assertj.core.api.Assertions.assertThat;

import cc.redberry.rings.Rings;
import cc.redberry.rings.bigint.BigInteger;
import cc.redberry.rings.poly.multivar.MultivariatePolynomial;
import duality.algebra.RingBlocks;
import duality.algebra.RingMatrix;
import duality.ssd.BlockDecomposition;
import duality.ssd.Recurrence;
import duality.ssd.ScalarSsm;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Our polynomials against those of an independent computer algebra library (Rings, Poslavsky 2019). */
class IndependentAlgebraTest {
    private static final int VARIABLES = 6;

    private final Polynomials ours = new Polynomials();
    private final List<Polynomial> variables =
            IntStream.range(0, VARIABLES).mapToObj(i -> ours.variable("v", i)).toList();
    private final MultivariatePolynomial<BigInteger> one =
            MultivariatePolynomial.one(VARIABLES, Rings.Z, cc.redberry.rings.poly.multivar.MonomialOrder.DEFAULT);

    /** The same expression on both sides. */
    private record Both(Polynomial our, MultivariatePolynomial<BigInteger> their) {}

    private Both variable(int i) {
        return new Both(variables.get(i), one.createMonomial(i, 1));
    }

    private Both random(SplittableRandom random, int depth) {
        if (depth == 0) {
            int constant = random.nextInt(-3, 4);
            return random.nextInt(4) == 0
                    ? new Both(ours.integer(constant), one.createConstant(BigInteger.valueOf(constant)))
                    : variable(random.nextInt(VARIABLES));
        }
        Both a = random(random, depth - 1);
        Both b = random(random, depth - 1);
        return switch (random.nextInt(3)) {
            case 0 -> new Both(ours.add(a.our, b.our), a.their.copy().add(b.their));
            case 1 -> new Both(ours.subtract(a.our, b.our), a.their.copy().subtract(b.their));
            default -> new Both(ours.multiply(a.our, b.our), a.their.copy().multiply(b.their));
        };
    }

    /** Our terms, read from the other library's. */
    private Polynomial translated(MultivariatePolynomial<BigInteger> their) {
        Polynomial sum = ours.zero();
        for (var term : their) {
            Polynomial product = ours.integer(term.coefficient.longValueExact());
            for (int i = 0; i < VARIABLES; i++) {
                for (int power = 0; power < term.exponents[i]; power++) {
                    product = ours.multiply(product, variables.get(i));
                }
            }
            sum = ours.add(sum, product);
        }
        return sum;
    }

    @Test
    void randomExpressionsExpandToTheSamePolynomials() {
        SplittableRandom random = new SplittableRandom(7);
        int products = 0;
        for (int trial = 0; trial < 300; trial++) {
            Both both = random(random, 1 + trial % 4);
            assertThat(both.our).isEqualTo(translated(both.their));
            assertThat(both.our.terms()).isEqualTo(both.their.size());
            products += both.our.terms();
        }
        assertThat(products).isGreaterThan(1000);
    }

    /** The outputs of a small model, computed over their polynomials by a ring of ours. */
    @Test
    void theBlockAlgorithmGivesTheSamePolynomialsOverTheirs() {
        int length = 3;
        List<String> names = new ArrayList<>();
        for (String name : List.of("a", "B", "C", "x")) {
            for (int t = 0; t < length; t++) {
                names.add(name + t);
            }
        }
        var their = new duality.algebra.Ring<MultivariatePolynomial<BigInteger>>() {
            private final MultivariatePolynomial<BigInteger> unit = MultivariatePolynomial.one(
                    names.size(), Rings.Z, cc.redberry.rings.poly.multivar.MonomialOrder.DEFAULT);

            @Override
            public MultivariatePolynomial<BigInteger> zero() {
                return unit.createZero();
            }

            @Override
            public MultivariatePolynomial<BigInteger> one() {
                return unit;
            }

            @Override
            public MultivariatePolynomial<BigInteger> add(
                    MultivariatePolynomial<BigInteger> a, MultivariatePolynomial<BigInteger> b) {
                return a.copy().add(b);
            }

            @Override
            public MultivariatePolynomial<BigInteger> negate(MultivariatePolynomial<BigInteger> a) {
                return a.copy().negate();
            }

            @Override
            public MultivariatePolynomial<BigInteger> multiply(
                    MultivariatePolynomial<BigInteger> a, MultivariatePolynomial<BigInteger> b) {
                return a.copy().multiply(b);
            }

            @Override
            public boolean equal(MultivariatePolynomial<BigInteger> a, MultivariatePolynomial<BigInteger> b) {
                return a.equals(b);
            }

            MultivariatePolynomial<BigInteger> variable(String name) {
                return unit.createMonomial(names.indexOf(name), 1);
            }
        };
        RingBlocks<MultivariatePolynomial<BigInteger>> k = new RingBlocks<>(their);
        ScalarSsm<RingMatrix<MultivariatePolynomial<BigInteger>>> ssm = ScalarSsm.of(
                k,
                RingMatrix.of(length, 1, (t, j) -> their.variable("a" + t)),
                RingMatrix.of(length, 1, (t, j) -> their.variable("B" + t)),
                RingMatrix.of(length, 1, (t, j) -> their.variable("C" + t)),
                RingMatrix.of(length, 1, (t, j) -> their.variable("x" + t)),
                k.zeros(1, 1));
        var recurrent = new Recurrence().run(k, ssm).y();
        assertThat(k.equal(recurrent, new BlockDecomposition(2).run(k, ssm).y()))
                .isTrue();
        RingBlocks<Polynomial> our = new RingBlocks<>(ours);
        var expected = new Recurrence()
                .run(
                        our,
                        ScalarSsm.of(
                                our,
                                RingMatrix.of(length, 1, (t, j) -> ours.variable("a" + t)),
                                RingMatrix.of(length, 1, (t, j) -> ours.variable("B" + t)),
                                RingMatrix.of(length, 1, (t, j) -> ours.variable("C" + t)),
                                RingMatrix.of(length, 1, (t, j) -> ours.variable("x" + t)),
                                our.zeros(1, 1)))
                .y();
        for (int t = 0; t < length; t++) {
            Polynomial sum = ours.zero();
            for (var term : recurrent.get(t, 0)) {
                Polynomial product = ours.integer(term.coefficient.longValueExact());
                for (int i = 0; i < names.size(); i++) {
                    for (int power = 0; power < term.exponents[i]; power++) {
                        product = ours.multiply(product, ours.variable(names.get(i)));
                    }
                }
                sum = ours.add(sum, product);
            }
            assertThat(expected.get(t, 0)).isEqualTo(sum);
        }
    }
}
