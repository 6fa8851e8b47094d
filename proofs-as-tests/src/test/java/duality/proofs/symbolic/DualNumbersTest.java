package duality.proofs.symbolic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import duality.algebra.CommonsMath;
import duality.algebra.Field;
import duality.errors.ValueException;
import org.apache.commons.math3.fraction.BigFraction;
import org.junit.jupiter.api.Test;

class DualNumbersTest {
    @Test
    void differentiatesPolynomials() {
        Polynomials ring = new Polynomials();
        DualNumbers<Polynomial> duals = new DualNumbers<>(ring);
        Polynomial x = ring.variable("x");
        Polynomial y = ring.variable("y");
        Polynomial p = ring.add(ring.multiply(x, ring.multiply(x, ring.multiply(x, y))), ring.integer(4));
        Dual<Polynomial> byX = ring.evaluate(
                p, duals, name -> name.equals("x") ? duals.variable(x) : duals.constant(ring.variable(name)));
        assertThat(byX.value()).isEqualTo(p);
        assertThat(byX.derivative()).hasToString("3·x²·y");
    }

    @Test
    void keepsTheOrderOfFactors() {
        FreeAlgebra ring = new FreeAlgebra();
        DualNumbers<Polynomial> duals = new DualNumbers<>(ring);
        Dual<Polynomial> x = new Dual<>(ring.letter("X"), ring.letter("dX"));
        Dual<Polynomial> cube = duals.multiply(duals.multiply(x, x), x);
        assertThat(cube).hasToString("(X³) + (X²·dX + X·dX·X + dX·X²)ε");
    }

    @Test
    void dividesWhereTheValueIsNotZero() {
        Field<BigFraction> rationals = CommonsMath.RATIONALS;
        Field<Dual<BigFraction>> duals = DualNumbers.withDivision(rationals);
        Dual<BigFraction> x = new Dual<>(new BigFraction(2), BigFraction.ONE);
        assertThat(duals.invert(x)).isEqualTo(new Dual<>(new BigFraction(1, 2), new BigFraction(-1, 4)));
        assertThat(duals.equal(duals.divide(x, x), duals.one())).isTrue();
        assertThatThrownBy(() -> duals.invert(new Dual<>(BigFraction.ZERO, BigFraction.ONE)))
                .isInstanceOf(ValueException.class);
    }
}
