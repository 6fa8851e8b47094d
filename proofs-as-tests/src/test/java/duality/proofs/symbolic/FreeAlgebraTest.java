package duality.proofs.symbolic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import duality.errors.Fault;
import duality.errors.ValueException;
import org.junit.jupiter.api.Test;

class FreeAlgebraTest {
    private final FreeAlgebra ring = new FreeAlgebra();
    private final Polynomial a = ring.variable("a");
    private final Polynomial x = ring.letter("X");
    private final Polynomial y = ring.letter("Y");

    @Test
    void lettersDoNotCommuteAndVariablesDo() {
        assertThat(ring.multiply(x, y)).isNotEqualTo(ring.multiply(y, x));
        assertThat(ring.multiply(x, a)).isEqualTo(ring.multiply(a, x)).hasToString("a·X");
        Polynomial commutator = ring.subtract(ring.multiply(x, y), ring.multiply(y, x));
        assertThat(commutator).hasToString("X·Y − Y·X");
        assertThat(commutator.degree()).isEqualTo(2);
    }

    @Test
    void theBinomialTheoremFails() {
        Polynomial sum = ring.add(x, y);
        assertThat(ring.multiply(sum, sum)).hasToString("X² + X·Y + Y·X + Y²");
        Polynomial scaled = ring.add(ring.multiply(a, x), y);
        assertThat(ring.multiply(scaled, scaled)).hasToString("a²·X² + a·X·Y + a·Y·X + Y²");
    }

    @Test
    void aNameIsOneKindOfSymbol() {
        assertThat(ring.letter("B", 3)).hasToString("B[3]");
        assertThatThrownBy(() -> ring.letter("a"))
                .isInstanceOfSatisfying(
                        ValueException.class,
                        thrown -> assertThat(thrown.fault()).isEqualTo(Fault.WRONG_ARGUMENTS))
                .hasMessageContaining("symbol a is central already");
        assertThatThrownBy(() -> ring.variable("X")).hasMessageContaining("symbol X is a letter already");
    }
}
