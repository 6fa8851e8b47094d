package duality.proofs.symbolic;

import static org.assertj.core.api.Assertions.assertThat;

import duality.algebra.PrimeField;
import duality.proofs.laws.FieldLaws;
import java.util.List;
import org.junit.jupiter.api.Test;

class RandomPointTest {
    @Test
    void isAField() {
        RandomPoint point = new RandomPoint(1);
        FieldLaws.check(point, List.of(point.variable(), point.variable(), point.variable()));
    }

    @Test
    void countsTheDegreesOfWhatItDecides() {
        RandomPoint point = new RandomPoint(2);
        RandomPoint.Value x = point.variable();
        RandomPoint.Value y = point.variable();
        assertThat(point.risk()).isZero();
        assertThat(point.equal(point.multiply(x, y), point.multiply(y, x))).isTrue();
        assertThat(point.risk()).isEqualTo(2.0 / PrimeField.MODULUS);
        // x/y = y/x has the numerator x² − y².
        assertThat(point.equal(point.divide(x, y), point.divide(y, x))).isFalse();
        assertThat(point.risk()).isEqualTo(4.0 / PrimeField.MODULUS);
    }
}
