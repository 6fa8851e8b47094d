package duality.algebra;

import duality.errors.Fault;
import duality.errors.ValueException;

/**
 * The real numbers in double precision: a field up to rounding (IEEE 754 binary64). The axioms hold
 * exactly wherever no operation rounds, for instance on small integers.
 */
public enum Reals implements Field<Double> {
    /** The only instance. */
    INSTANCE;

    @Override
    public Double zero() {
        return 0.0;
    }

    @Override
    public Double one() {
        return 1.0;
    }

    @Override
    public Double add(Double a, Double b) {
        return a + b;
    }

    @Override
    public Double negate(Double a) {
        return -a;
    }

    @Override
    public Double subtract(Double a, Double b) {
        return a - b;
    }

    @Override
    public Double multiply(Double a, Double b) {
        return a * b;
    }

    /** Equality of numbers: {@code 0.0} equals {@code -0.0}, NaN equals nothing. */
    @Override
    public boolean equal(Double a, Double b) {
        return a.doubleValue() == b.doubleValue();
    }

    @Override
    public Double integer(long n) {
        return (double) n;
    }

    @Override
    public Double invert(Double a) {
        if (a == 0) {
            throw new ValueException(Fault.SINGULAR, "inverse of " + a + " in the real numbers");
        }
        return 1 / a;
    }
}
