package duality.proofs.laws;

import duality.algebra.Ring;
import java.util.ArrayList;
import java.util.List;

/** The axioms of a ring with identity, and that the other methods of {@link Ring} follow from them. */
public final class RingLaws {
    private static final long[] INTEGERS = {-12, -5, -2, -1, 0, 1, 2, 3, 7, 16};

    private RingLaws() {}

    /**
     * Checks every law at every triple of the samples, of zero, one and minus one. The ring with one
     * element, in which zero is one, is refused: an equality that holds always would pass for it.
     *
     * @throws LawViolation if a law does not hold
     */
    public static <E> void check(Ring<E> ring, List<E> samples) {
        Equations<E> law = new Equations<>(ring);
        E zero = ring.zero();
        E one = ring.one();
        law.holds("zero is not one", !ring.equal(zero, one));
        List<E> all = law.withUnits(samples);
        for (E a : all) {
            law.equal("equality is reflexive", a, a, a);
            law.equal("zero is neutral", ring.add(zero, a), a, a);
            law.equal("one is neutral from the left", ring.multiply(one, a), a, a);
            law.equal("one is neutral from the right", ring.multiply(a, one), a, a);
            law.equal("the negative is an inverse", ring.add(a, ring.negate(a)), zero, a);
            law.holds("isZero means equal to zero", ring.isZero(a) == ring.equal(a, zero), a);
        }
        for (E a : all) {
            for (E b : all) {
                law.holds("equality is symmetric", ring.equal(a, b) == ring.equal(b, a), a, b);
                law.equal("addition commutes", ring.add(a, b), ring.add(b, a), a, b);
                law.equal("subtraction adds the negative", ring.subtract(a, b), ring.add(a, ring.negate(b)), a, b);
            }
        }
        for (E a : all) {
            for (E b : all) {
                for (E c : all) {
                    law.equal(
                            "addition is associative",
                            ring.add(ring.add(a, b), c),
                            ring.add(a, ring.add(b, c)),
                            a,
                            b,
                            c);
                    law.equal(
                            "multiplication is associative",
                            ring.multiply(ring.multiply(a, b), c),
                            ring.multiply(a, ring.multiply(b, c)),
                            a,
                            b,
                            c);
                    law.equal(
                            "multiplication distributes from the left",
                            ring.multiply(a, ring.add(b, c)),
                            ring.add(ring.multiply(a, b), ring.multiply(a, c)),
                            a,
                            b,
                            c);
                    law.equal(
                            "multiplication distributes from the right",
                            ring.multiply(ring.add(a, b), c),
                            ring.add(ring.multiply(a, c), ring.multiply(b, c)),
                            a,
                            b,
                            c);
                }
            }
        }
        checkIntegers(ring, law);
    }

    private static <E> void checkIntegers(Ring<E> ring, Equations<E> law) {
        law.equal("integer maps 1 to one", ring.integer(1), ring.one());
        for (long m : INTEGERS) {
            for (long n : INTEGERS) {
                E a = ring.integer(m);
                E b = ring.integer(n);
                law.equal("integer keeps sums", ring.integer(m + n), ring.add(a, b), a, b);
                law.equal("integer keeps products", ring.integer(m * n), ring.multiply(a, b), a, b);
            }
        }
    }

    /** Equations in a ring that, where they fail, show the elements they fail at. */
    record Equations<E>(Ring<E> ring) {
        List<E> withUnits(List<E> samples) {
            List<E> all = new ArrayList<>(List.of(ring.zero(), ring.one(), ring.negate(ring.one())));
            all.addAll(samples);
            return all;
        }

        void equal(String law, E left, E right, Object... elements) {
            if (!ring.equal(left, right)) {
                throw new LawViolation(law, left + " is not " + right + at(elements));
            }
        }

        void holds(String law, boolean holds, Object... elements) {
            if (!holds) {
                throw new LawViolation(law, "does not hold" + at(elements));
            }
        }

        private static String at(Object[] elements) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < elements.length; i++) {
                text.append(i == 0 ? " at " : ", ")
                        .append((char) ('a' + i))
                        .append(" = ")
                        .append(elements[i]);
            }
            return text.toString();
        }
    }
}
