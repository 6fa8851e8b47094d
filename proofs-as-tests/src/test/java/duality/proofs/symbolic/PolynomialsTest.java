package duality.proofs.symbolic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import duality.algebra.Reals;
import duality.errors.Fault;
import duality.errors.ValueException;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class PolynomialsTest {
    private final Polynomials ring = new Polynomials();
    private final Polynomial x = ring.variable("x");
    private final Polynomial y = ring.variable("y");

    @Test
    void printsTermsInMonomialOrder() {
        assertThat(ring.zero()).hasToString("0");
        assertThat(ring.one()).hasToString("1");
        assertThat(ring.integer(-3)).hasToString("−3");
        assertThat(ring.integer(Long.MIN_VALUE)).hasToString("−9223372036854775808");
        assertThat(ring.variable("x", 3, 1)).hasToString("x[3,1]");
        assertThat(ring.variable("z", new int[0])).hasToString("z");
        Polynomial p = ring.subtract(
                ring.add(ring.multiply(ring.integer(2), power(x, 12)), ring.multiply(y, x)),
                ring.add(y, ring.integer(5)));
        assertThat(p).hasToString("2·x¹² + x·y − y − 5");
    }

    @Test
    void formIsCanonical() {
        Polynomial binomial = power(ring.add(x, y), 2);
        Polynomial expanded = ring.add(
                ring.multiply(y, y),
                ring.add(ring.multiply(ring.integer(2), ring.multiply(y, x)), ring.multiply(x, x)));
        assertThat(binomial).isEqualTo(expanded).hasSameHashCodeAs(expanded).hasToString("x² + 2·x·y + y²");
        assertThat(ring.subtract(binomial, expanded)).isEqualTo(ring.zero());
        assertThat(ring.multiply(ring.add(x, y), ring.subtract(x, y)).terms()).isEqualTo(2);
        assertThat(x).isNotEqualTo(y).isNotEqualTo("x").isNotEqualTo(new Polynomials().variable("x"));
        assertThat(ring.variable("x")).isEqualTo(x);
    }

    @Test
    void countsTermsAndDegree() {
        assertThat(ring.zero().terms()).isZero();
        assertThat(ring.zero().degree()).isEqualTo(-1);
        assertThat(ring.one().degree()).isZero();
        Polynomial p = power(ring.add(ring.add(x, y), ring.one()), 9);
        assertThat(p.degree()).isEqualTo(9);
        assertThat(p.terms()).isEqualTo(55);
    }

    @Test
    void evaluatesInAnyRing() {
        Map<String, Double> point = Map.of("x", 3.0, "y", 0.5);
        Polynomial p = ring.subtract(ring.multiply(power(x, 2), y), ring.integer(7));
        assertThat(ring.evaluate(p, Reals.INSTANCE, name -> Objects.requireNonNull(point.get(name))))
                .isEqualTo(-2.5);
        assertThat(ring.evaluate(p, ring, ring::variable)).isEqualTo(p);
        assertThat(ring.evaluate(p, ring, name -> ring.zero())).isEqualTo(ring.integer(-7));
    }

    @Test
    void evaluationAsksForEachSymbolOnce() {
        AtomicInteger questions = new AtomicInteger();
        Double value = ring.evaluate(power(ring.add(x, y), 5), Reals.INSTANCE, name -> {
            questions.incrementAndGet();
            return 1.0;
        });
        assertThat(value).isEqualTo(32);
        assertThat(questions).hasValue(2);
    }

    @Test
    void coefficientsDoNotWrapAround() {
        Polynomial largest = ring.multiply(ring.integer(Long.MAX_VALUE), x);
        Polynomial smallest = ring.multiply(ring.integer(Long.MIN_VALUE), x);
        assertFault(Fault.OVERFLOW, () -> ring.add(largest, x));
        assertFault(Fault.OVERFLOW, () -> ring.subtract(smallest, x));
        assertFault(Fault.OVERFLOW, () -> ring.negate(smallest));
        assertFault(Fault.OVERFLOW, () -> ring.multiply(largest, largest));
        assertThat(ring.add(largest, smallest)).isEqualTo(ring.negate(x));
    }

    @Test
    void ringsDoNotMix() {
        Polynomials other = new Polynomials();
        assertFault(Fault.WRONG_ARGUMENTS, () -> ring.add(x, other.zero()));
        assertFault(Fault.WRONG_ARGUMENTS, () -> ring.multiply(other.variable("x"), x));
        assertFault(Fault.WRONG_ARGUMENTS, () -> ring.evaluate(other.one(), ring, ring::variable));
    }

    private Polynomial power(Polynomial p, int n) {
        Polynomial result = ring.one();
        for (int i = 0; i < n; i++) {
            result = ring.multiply(result, p);
        }
        return result;
    }

    private static void assertFault(Fault fault, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ValueException.class,
                        thrown -> assertThat(thrown.fault()).isEqualTo(fault));
    }
}
