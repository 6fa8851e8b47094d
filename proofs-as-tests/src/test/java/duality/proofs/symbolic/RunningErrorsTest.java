package duality.proofs.symbolic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import duality.algebra.RingBlocks;
import duality.algebra.RingMatrix;
import duality.errors.Fault;
import duality.errors.ValueException;
import java.math.BigDecimal;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RunningErrorsTest {
    private static final RunningErrors RING = RunningErrors.INSTANCE;
    private static final double SINGLE = 0x1p-24;
    private static final double DOUBLE = 0x1p-53;

    /** The same random expression exactly, in both precisions, and with its bound. */
    private record Computed(BigDecimal exact, float single, double twice, Approximation bounded) {
        static Computed input(float value) {
            return new Computed(new BigDecimal(value), value, value, RING.exact(value));
        }

        Computed plus(Computed other) {
            return new Computed(
                    exact.add(other.exact),
                    single + other.single,
                    twice + other.twice,
                    RING.add(bounded, other.bounded));
        }

        Computed minus(Computed other) {
            return new Computed(
                    exact.subtract(other.exact),
                    single - other.single,
                    twice - other.twice,
                    RING.subtract(bounded, other.bounded));
        }

        Computed times(Computed other) {
            return new Computed(
                    exact.multiply(other.exact),
                    single * other.single,
                    twice * other.twice,
                    RING.multiply(bounded, other.bounded));
        }

        static Computed random(Random random, int operations) {
            if (operations == 0) {
                return input(
                        switch (random.nextInt(8)) {
                            case 0 -> 0;
                            case 1 -> 1;
                            case 2 -> -1;
                            // Products of these underflow, gradually or to zero.
                            case 3 -> (float) Math.scalb(random.nextGaussian(), -60 - random.nextInt(80));
                            default -> (float) random.nextGaussian();
                        });
            }
            int left = random.nextInt(operations);
            Computed a = random(random, left);
            Computed b = random(random, operations - 1 - left);
            return switch (random.nextInt(3)) {
                case 0 -> a.plus(b);
                case 1 -> a.minus(b);
                default -> a.times(b);
            };
        }
    }

    @Property(tries = 2000)
    void theErrorIsWithinTheBound(@ForAll Random random, @ForAll @IntRange(max = 40) int operations) {
        Computed computed = Computed.random(random, operations);
        assertThat(computed.bounded().value()).isEqualTo(computed.twice());
        assertThat(error(computed, computed.single()))
                .isLessThanOrEqualTo(new BigDecimal(RING.bound(computed.bounded(), SINGLE)));
        assertThat(error(computed, computed.twice()))
                .isLessThanOrEqualTo(new BigDecimal(RING.bound(computed.bounded(), DOUBLE)));
    }

    private static BigDecimal error(Computed computed, double value) {
        return new BigDecimal(value).subtract(computed.exact()).abs();
    }

    /** (1 + 2⁻¹²)² lies halfway between two floats: no smaller bound would do. */
    @Test
    void theBoundIsNearlyAttained() {
        Computed x = Computed.input(1 + 0x1p-12f);
        Computed square = x.times(x);
        double bound = RING.bound(square.bounded(), SINGLE);
        assertThat(error(square, square.single()).doubleValue()).isBetween(0.999 * bound, bound);
    }

    @Test
    void zerosAndOnesCostNothing() {
        Approximation x = RING.multiply(RING.exact(3), RING.exact(0.1));
        assertThat(x.depth()).isEqualTo(1);
        assertThat(RING.add(RING.zero(), x)).isEqualTo(x);
        assertThat(RING.add(x, RING.zero())).isEqualTo(x);
        assertThat(RING.multiply(x, RING.one())).isEqualTo(x);
        assertThat(RING.multiply(RING.one(), x)).isEqualTo(x);
        assertThat(RING.multiply(x, RING.integer(-1))).isEqualTo(RING.negate(x));
        assertThat(RING.multiply(RING.integer(-1), x)).isEqualTo(RING.negate(x));
        assertThat(RING.multiply(x, RING.zero())).isEqualTo(RING.zero());
        assertThat(RING.multiply(RING.zero(), x)).isEqualTo(RING.zero());
        assertThat(RING.bound(RING.exact(1e300), SINGLE)).isZero();
    }

    /** A difference that cancels is a zero that was computed, not an exact one. */
    @Test
    void cancellationIsNotExact() {
        Approximation x = RING.multiply(RING.exact(3), RING.exact(0.1));
        Approximation difference = RING.subtract(x, x);
        assertThat(RING.isZero(difference)).isTrue();
        assertThat(RING.add(RING.one(), difference).depth()).isEqualTo(3);
        assertThat(RING.bound(difference, DOUBLE)).isPositive();
    }

    @Test
    void anInnerProductHasTheDepthOfTheTextbook() {
        RingBlocks<Approximation> blocks = new RingBlocks<>(RING);
        RingMatrix<Approximation> u = RingMatrix.of(1, 48, (i, j) -> RING.exact(j + 2));
        Approximation product = blocks.multiplyTransposeRight(u, u).get(0, 0);
        assertThat(product.depth()).isEqualTo(48);
    }

    @Test
    void refusesWhatItCannotBound() {
        assertFault(Fault.NOT_FINITE, () -> RING.exact(Double.NaN));
        assertFault(Fault.NOT_FINITE, () -> RING.exact(Double.NEGATIVE_INFINITY));
        assertFault(Fault.OUT_OF_DOMAIN, () -> RING.integer((1L << 53) + 1));
        assertFault(Fault.OUT_OF_DOMAIN, () -> RING.integer(Long.MAX_VALUE));
        assertThat(RING.integer(Long.MIN_VALUE).value()).isEqualTo(-0x1p63);
        Approximation deep = new Approximation(1, 1, 1 << 24);
        assertFault(Fault.OUT_OF_DOMAIN, () -> RING.bound(deep, SINGLE));
        assertFault(Fault.OUT_OF_DOMAIN, () -> RING.bound(deep, Double.NaN));
        assertThat(RING.bound(deep, DOUBLE)).isPositive();
        Approximation deepest = new Approximation(1, 1, Integer.MAX_VALUE);
        assertFault(Fault.OVERFLOW, () -> RING.add(deepest, deepest));
    }

    private static void assertFault(Fault fault, Runnable call) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        ValueException.class,
                        thrown -> assertThat(thrown.fault()).isEqualTo(fault));
    }
}
