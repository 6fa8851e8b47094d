package duality.proofs.laws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import duality.algebra.CommonsMath;
import duality.algebra.Field;
import duality.algebra.PrimeField;
import duality.algebra.Reals;
import duality.algebra.Ring;
import duality.errors.Fault;
import duality.errors.ValueException;
import duality.proofs.symbolic.Dual;
import duality.proofs.symbolic.DualNumbers;
import duality.proofs.symbolic.FreeAlgebra;
import duality.proofs.symbolic.Polynomial;
import duality.proofs.symbolic.Polynomials;
import duality.proofs.symbolic.RunningErrors;
import duality.proofs.symbolic.SymbolicRing;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.commons.math3.fraction.BigFraction;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RingLawsTest {
    private static final PrimeField PRIME = PrimeField.INSTANCE;
    private static final List<Long> RESIDUES =
            List.of(2L, 3L, 1L << 60, (1L << 60) - 1, PrimeField.MODULUS - 2, 1234567890123456789L);

    /** A ring with elements at which its laws are checked, so that the type of the elements agrees. */
    record Rings<E>(Ring<E> ring, List<E> samples) {
        void check() {
            RingLaws.check(ring, samples);
        }
    }

    record Fields<E>(Field<E> field, List<E> samples) {
        void check() {
            FieldLaws.check(field, samples);
        }
    }

    static Stream<Named<Rings<?>>> rings() {
        Polynomials polynomials = new Polynomials();
        FreeAlgebra words = new FreeAlgebra();
        List<Polynomial> centralSamples = samples(polynomials, polynomials.variable("x"), polynomials.variable("y"));
        List<Polynomial> wordSamples = samples(words, words.letter("X"), words.letter("Y"));
        return Stream.of(
                // Nothing rounds on small integers and dyadic values.
                Named.of("reals", new Rings<>(Reals.INSTANCE, List.of(-0.0, 3.0, -7.0, 0.375, 0x1p-20, 1024.5))),
                Named.of(
                        "values with running errors",
                        new Rings<>(
                                RunningErrors.INSTANCE,
                                Stream.of(3.0, -7.0, 0.375, 0x1p-10)
                                        .map(RunningErrors.INSTANCE::exact)
                                        .toList())),
                Named.of("polynomials", new Rings<>(polynomials, centralSamples)),
                Named.of("free algebra", new Rings<>(words, wordSamples)),
                Named.of("dual numbers over a prime field", duals(PRIME, RESIDUES)),
                Named.of("dual numbers over polynomials", duals(polynomials, centralSamples)),
                Named.of("dual numbers over the free algebra", duals(words, wordSamples)));
    }

    static Stream<Named<Fields<?>>> fields() {
        Field<CommonsMath.Element<Long>> roundTrip = CommonsMath.field(CommonsMath.elements(PRIME));
        return Stream.of(
                Named.of("reals", new Fields<>(Reals.INSTANCE, List.of(-0.0, 4.0, -0.5, 0x1p-20))),
                Named.of(
                        "rationals",
                        new Fields<>(
                                CommonsMath.RATIONALS,
                                List.of(new BigFraction(2, 3), new BigFraction(-7, 5), new BigFraction(1L << 40)))),
                Named.of("integers modulo a prime", new Fields<>(PRIME, RESIDUES)),
                Named.of(
                        "integers modulo a prime, through Commons Math and back",
                        new Fields<>(
                                roundTrip,
                                Stream.of(-2L, 3L, 1L << 60)
                                        .map(roundTrip::integer)
                                        .toList())));
    }

    private static List<Polynomial> samples(SymbolicRing ring, Polynomial x, Polynomial y) {
        Polynomial difference = ring.subtract(ring.multiply(ring.integer(2), x), y);
        Polynomial product = ring.add(ring.multiply(x, y), ring.variable("a"));
        return List.of(x, y, difference, product, ring.multiply(product, difference));
    }

    private static <E> Rings<Dual<E>> duals(Ring<E> base, List<E> samples) {
        DualNumbers<E> ring = new DualNumbers<>(base);
        return new Rings<>(
                ring,
                List.of(
                        ring.variable(base.zero()),
                        ring.variable(samples.get(0)),
                        ring.constant(samples.get(1)),
                        new Dual<>(samples.get(2), samples.get(3))));
    }

    @ParameterizedTest
    @MethodSource("rings")
    void everyRingKeepsTheLaws(Rings<?> rings) {
        rings.check();
    }

    @ParameterizedTest
    @MethodSource("fields")
    void everyFieldKeepsTheLaws(Fields<?> fields) {
        fields.check();
    }

    /** The prime field with one operation replaced. */
    private static class Mutant implements Field<Long> {
        @Override
        public Long zero() {
            return PRIME.zero();
        }

        @Override
        public Long one() {
            return PRIME.one();
        }

        @Override
        public Long add(Long a, Long b) {
            return PRIME.add(a, b);
        }

        @Override
        public Long negate(Long a) {
            return PRIME.negate(a);
        }

        @Override
        public Long multiply(Long a, Long b) {
            return PRIME.multiply(a, b);
        }

        @Override
        public boolean equal(Long a, Long b) {
            return PRIME.equal(a, b);
        }

        @Override
        public Long invert(Long a) {
            return PRIME.invert(a);
        }
    }

    private static final class Sum extends Mutant {
        private final Function<Long, Function<Long, Long>> sum;

        Sum(Function<Long, Function<Long, Long>> sum) {
            this.sum = sum;
        }

        @Override
        public Long add(Long a, Long b) {
            return sum.apply(a).apply(b);
        }
    }

    private static final class Product extends Mutant {
        private final Function<Long, Function<Long, Long>> product;

        Product(Function<Long, Function<Long, Long>> product) {
            this.product = product;
        }

        @Override
        public Long multiply(Long a, Long b) {
            return product.apply(a).apply(b);
        }
    }

    @Test
    void brokenRingsAreRefuted() {
        refuted("zero is not one", new Mutant() {
            @Override
            public boolean equal(Long a, Long b) {
                return true;
            }
        });
        refuted("equality is reflexive", new Mutant() {
            @Override
            public boolean equal(Long a, Long b) {
                return PRIME.equal(a, b) && a != 3;
            }
        });
        refuted("equality is symmetric", new Mutant() {
            @Override
            public boolean equal(Long a, Long b) {
                return PRIME.equal(a, b) || (a == 3 && b == 2);
            }
        });
        refuted("zero is neutral", new Sum(a -> b -> PRIME.add(PRIME.add(a, b), 1L)));
        refuted("addition commutes", new Sum(a -> b -> a == 2 && b == 3 ? 6 : PRIME.add(a, b)));
        refuted("addition is associative", new Sum(a -> b -> a + b == 5 ? 6 : PRIME.add(a, b)));
        refuted("the negative is an inverse", new Mutant() {
            @Override
            public Long negate(Long a) {
                return a;
            }
        });
        refuted("subtraction adds the negative", new Mutant() {
            @Override
            public Long subtract(Long a, Long b) {
                return PRIME.subtract(b, a);
            }
        });
        refuted("isZero means equal to zero", new Mutant() {
            @Override
            public boolean isZero(Long a) {
                return a == PrimeField.MODULUS;
            }
        });
        refuted("one is neutral from the left", new Product(a -> b -> a));
        refuted("one is neutral from the right", new Product(a -> b -> b));
        refuted("multiplication is associative", new Product(a -> b -> a == 0 && b == 2 ? 3 : PRIME.multiply(a, b)));
        // Both are associative, and one is neutral.
        refuted("multiplication distributes from the left", new Product(a -> b -> PRIME.subtract(PRIME.add(a, b), 1L)));
        refuted("multiplication distributes from the right", new Product(a -> b -> a == 1 ? b : a));
        refuted("integer maps 1 to one", new Mutant() {
            @Override
            public Long integer(long n) {
                return PRIME.integer(-n);
            }
        });
        refuted("integer keeps sums", new Mutant() {
            @Override
            public Long integer(long n) {
                return PRIME.integer(Math.abs(n));
            }
        });
        refuted("integer keeps products", new Mutant() {
            @Override
            public Long integer(long n) {
                return PRIME.integer(Math.abs(n) < 100 ? n : n + 1);
            }
        });
    }

    @Test
    void brokenFieldsAreRefuted() {
        refuted("zero has no inverse", new Mutant() {
            @Override
            public Long invert(Long a) {
                return PrimeField.power(a, PrimeField.MODULUS - 2);
            }
        });
        refuted("the inverse is an inverse", new Mutant() {
            @Override
            public Long invert(Long a) {
                return PrimeField.power(PRIME.invert(a), a == 0 ? 1 : 3);
            }
        });
        refuted("division multiplies by the inverse", new Mutant() {
            @Override
            public Long divide(Long a, Long b) {
                return PRIME.multiply(a, b);
            }
        });
    }

    /** A ring that claims to be a field in which nothing has an inverse. */
    private record Claimed<E>(Ring<E> ring) implements Field<E> {
        @Override
        public E zero() {
            return ring.zero();
        }

        @Override
        public E one() {
            return ring.one();
        }

        @Override
        public E add(E a, E b) {
            return ring.add(a, b);
        }

        @Override
        public E negate(E a) {
            return ring.negate(a);
        }

        @Override
        public E multiply(E a, E b) {
            return ring.multiply(a, b);
        }

        @Override
        public boolean equal(E a, E b) {
            return ring.equal(a, b);
        }

        @Override
        public E invert(E a) {
            throw new ValueException(Fault.SINGULAR, "inverse of " + a);
        }
    }

    @Test
    void ringsThatAreNoFieldsAreRefuted() {
        FreeAlgebra words = new FreeAlgebra();
        assertThatExceptionOfType(LawViolation.class)
                .isThrownBy(() -> FieldLaws.check(new Claimed<>(words), List.of(words.letter("X"), words.letter("Y"))))
                .withMessage("multiplication commutes: X·Y is not Y·X at a = X, b = Y");
        assertThatExceptionOfType(LawViolation.class)
                .isThrownBy(() -> FieldLaws.check(new Claimed<>(new Polynomials()), List.of()))
                .withMessage("all but zero has an inverse: does not hold at a = 1");
    }

    @Test
    void dualNumbersAreNoField() {
        Field<Dual<Long>> duals = DualNumbers.withDivision(PRIME);
        assertThatExceptionOfType(LawViolation.class)
                .isThrownBy(() -> FieldLaws.check(duals, List.of(new Dual<>(0L, 1L))))
                .satisfies(violation -> assertThat(violation.law()).isEqualTo("all but zero has an inverse"))
                .withMessageEndingWith("at a = (0) + (1)ε");
    }

    /** Rounding breaks the axioms: (1 − 1) + 0.1 is not 1 + (−1 + 0.1). */
    @Test
    void realNumbersThatRoundAreNoRing() {
        assertThatExceptionOfType(LawViolation.class)
                .isThrownBy(() -> RingLaws.check(Reals.INSTANCE, List.of(0.1)))
                .withMessage("addition is associative: 0.1 is not 0.09999999999999998 at a = 1.0, b = -1.0, c = 0.1");
    }

    private static void refuted(String law, Mutant mutant) {
        assertThatExceptionOfType(LawViolation.class)
                .isThrownBy(() -> FieldLaws.check(mutant, List.of(2L, 3L, 1L << 60)))
                .satisfies(violation -> assertThat(violation.law()).isEqualTo(law))
                .withMessageStartingWith(law);
    }
}
