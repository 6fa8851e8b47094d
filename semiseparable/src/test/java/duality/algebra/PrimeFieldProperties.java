package duality.algebra;

import static org.assertj.core.api.Assertions.assertThat;

import duality.errors.Fault;
import java.math.BigInteger;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;

/** The arithmetic modulo 2⁶¹ − 1 against that of big integers, at random and at the edges. */
class PrimeFieldProperties {
    private static final PrimeField FIELD = PrimeField.INSTANCE;
    private static final long MODULUS = PrimeField.MODULUS;
    private static final BigInteger BIG_MODULUS = BigInteger.TWO.pow(61).subtract(BigInteger.ONE);

    @Provide
    Arbitrary<Long> elements() {
        return Arbitraries.oneOf(
                Arbitraries.longs().between(0, MODULUS - 1),
                Arbitraries.of(0L, 1L, 2L, MODULUS - 2, MODULUS - 1, MODULUS / 2, MODULUS / 2 + 1),
                Arbitraries.longs().between((1L << 60) - 9, (1L << 60) + 9),
                Arbitraries.longs().between((1L << 30) - 9, (1L << 32) + 9));
    }

    @Example
    void theModulusIsTheMersennePrime() {
        assertThat(BigInteger.valueOf(MODULUS)).isEqualTo(BIG_MODULUS);
        assertThat(BIG_MODULUS.isProbablePrime(100)).isTrue();
    }

    @Property
    void sumsAndProductsAreThoseOfBigIntegers(@ForAll("elements") long a, @ForAll("elements") long b) {
        BigInteger bigA = BigInteger.valueOf(a);
        BigInteger bigB = BigInteger.valueOf(b);
        assertThat(PrimeField.sum(a, b)).isEqualTo(residue(bigA.add(bigB)));
        assertThat(PrimeField.product(a, b)).isEqualTo(residue(bigA.multiply(bigB)));
        assertThat(FIELD.add(a, b)).isEqualTo(PrimeField.sum(a, b));
        assertThat(FIELD.multiply(a, b)).isEqualTo(PrimeField.product(a, b));
        assertThat(FIELD.subtract(a, b)).isEqualTo(residue(bigA.subtract(bigB)));
        assertThat(FIELD.negate(a)).isEqualTo(residue(bigA.negate()));
        assertThat(FIELD.equal(a, b)).isEqualTo(a == b);
        assertThat(FIELD.isZero(a)).isEqualTo(a == 0);
    }

    @Property
    void powersAreThoseOfBigIntegers(@ForAll("elements") long a, @ForAll @LongRange(min = 0) long n) {
        assertThat(PrimeField.power(a, n))
                .isEqualTo(BigInteger.valueOf(a)
                        .modPow(BigInteger.valueOf(n), BIG_MODULUS)
                        .longValueExact());
        assertThat(PrimeField.power(a, 0)).isOne();
        assertThat(PrimeField.power(a, 1)).isEqualTo(a);
        // Fermat's little theorem.
        assertThat(PrimeField.power(a, MODULUS)).isEqualTo(a);
    }

    @Property
    void inversesAreThoseOfBigIntegers(@ForAll("elements") long a, @ForAll("elements") long b) {
        if (a == 0) {
            Faults.assertFault(Fault.SINGULAR, () -> FIELD.invert(a), "0");
            Faults.assertFault(Fault.SINGULAR, () -> FIELD.divide(b, a), "0");
        } else {
            assertThat(FIELD.invert(a))
                    .isEqualTo(BigInteger.valueOf(a).modInverse(BIG_MODULUS).longValueExact());
            assertThat(FIELD.multiply(FIELD.divide(b, a), a)).isEqualTo(b);
        }
    }

    @Property
    void integersAreReduced(@ForAll long n) {
        assertThat(FIELD.integer(n)).isEqualTo(residue(BigInteger.valueOf(n)));
    }

    /** {@link Ring#integer} by doubling, which the field overrides, gives the same. */
    @Property
    void doublingReachesEveryInteger(@ForAll long n) {
        Field<CommonsMath.Element<Long>> roundTrip = CommonsMath.field(CommonsMath.elements(FIELD));
        assertThat(roundTrip.integer(n).value()).isEqualTo(FIELD.integer(n));
    }

    private static long residue(BigInteger n) {
        return n.mod(BIG_MODULUS).longValueExact();
    }
}
