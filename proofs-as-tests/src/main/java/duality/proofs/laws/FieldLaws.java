package duality.proofs.laws;

import duality.algebra.Field;
import duality.errors.Fault;
import duality.errors.InvalidInputException;
import java.util.List;

/** The axioms of a field: those of a ring, and that multiplication commutes and has inverses. */
public final class FieldLaws {
    private FieldLaws() {}

    /**
     * Checks every law at the samples, as {@link RingLaws#check} does.
     *
     * @throws LawViolation if a law does not hold
     */
    public static <E> void check(Field<E> field, List<E> samples) {
        RingLaws.check(field, samples);
        RingLaws.Equations<E> law = new RingLaws.Equations<>(field);
        List<E> all = law.withUnits(samples);
        for (E a : all) {
            for (E b : all) {
                law.equal("multiplication commutes", field.multiply(a, b), field.multiply(b, a), a, b);
            }
        }
        law.holds("zero has no inverse", refusesToInvert(field, field.zero()));
        for (E b : all) {
            if (!field.isZero(b)) {
                law.holds("all but zero has an inverse", !refusesToInvert(field, b), b);
                E inverse = field.invert(b);
                law.equal("the inverse is an inverse", field.multiply(b, inverse), field.one(), b);
                for (E a : all) {
                    law.equal(
                            "division multiplies by the inverse", field.divide(a, b), field.multiply(a, inverse), a, b);
                }
            }
        }
    }

    private static <E> boolean refusesToInvert(Field<E> field, E a) {
        try {
            E _ = field.invert(a);
            return false;
        } catch (InvalidInputException refusal) {
            return refusal.fault() == Fault.SINGULAR;
        }
    }
}
