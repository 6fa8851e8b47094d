package duality.proofs.symbolic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import duality.errors.ValueException;
import duality.proofs.laws.FieldLaws;
import java.math.BigInteger;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ExponentialFieldTest {
    private static final ExponentialField FIELD = ExponentialField.INSTANCE;
    private final SplittableRandom random = new SplittableRandom(1);

    private List<ExponentialField.Element> variables(int count) {
        return Stream.generate(() -> FIELD.variable(random)).limit(count).toList();
    }

    @Test
    void isAField() {
        FieldLaws.check(FIELD, variables(6));
    }

    @Test
    void bothModuliArePrime() {
        assertThat(BigInteger.valueOf(ExponentialField.MODULUS).isProbablePrime(100))
                .isTrue();
        assertThat(BigInteger.valueOf(ExponentialField.ORDER).isProbablePrime(100))
                .isTrue();
        assertThat(BigInteger.valueOf(4)
                        .modPow(
                                BigInteger.valueOf(ExponentialField.ORDER),
                                BigInteger.valueOf(ExponentialField.MODULUS)))
                .isEqualTo(BigInteger.ONE);
    }

    @Test
    void productsAreThoseOfBigIntegers() {
        for (int i = 0; i < 2000; i++) {
            ExponentialField.Element a = FIELD.variable(random);
            ExponentialField.Element b = FIELD.variable(random);
            ExponentialField.Element product = FIELD.multiply(a, b);
            assertThat(product.value()).isEqualTo(product(a.value(), b.value(), ExponentialField.MODULUS));
            assertThat(product.exponent()).isEqualTo(product(a.exponent(), b.exponent(), ExponentialField.ORDER));
        }
    }

    private static long product(long a, long b, long modulus) {
        return BigInteger.valueOf(a)
                .multiply(BigInteger.valueOf(b))
                .mod(BigInteger.valueOf(modulus))
                .longValueExact();
    }

    @Test
    void expTurnsSumsIntoProducts() {
        for (int i = 0; i < 50; i++) {
            ExponentialField.Element x = FIELD.variable(random);
            ExponentialField.Element y = FIELD.multiply(FIELD.variable(random), FIELD.integer(-7));
            assertThat(FIELD.equal(FIELD.exp(FIELD.add(x, y)), FIELD.multiply(FIELD.exp(x), FIELD.exp(y))))
                    .isTrue();
        }
        assertThat(FIELD.equal(FIELD.exp(FIELD.zero()), FIELD.one())).isTrue();
        assertThat(FIELD.equal(FIELD.exp(FIELD.one()), FIELD.one())).isFalse();
    }

    @Test
    void towersOfExponentialsAreRefused() {
        ExponentialField.Element tower = FIELD.exp(FIELD.variable(random));
        assertThatThrownBy(() -> FIELD.exp(tower))
                .isInstanceOf(ValueException.class)
                .hasMessageContaining("residue modulo q");
    }
}
