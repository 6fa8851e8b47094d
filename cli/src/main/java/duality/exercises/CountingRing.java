package duality.exercises;

import duality.algebra.Ring;

/**
 * The integers modulo 2⁶⁴, counting how often two of them are multiplied: run an algorithm that is written against {@link
 * duality.algebra.Blocks} over it, and read off its cost. One thread at a time.
 */
public final class CountingRing implements Ring<Long> {
    private long multiplications;

    /** A ring that has counted nothing yet. */
    public CountingRing() {}

    /** The number of multiplications so far. */
    public long multiplications() {
        return multiplications;
    }

    @Override
    public Long zero() {
        return 0L;
    }

    @Override
    public Long one() {
        return 1L;
    }

    @Override
    public Long add(Long a, Long b) {
        return a + b;
    }

    @Override
    public Long negate(Long a) {
        return -a;
    }

    @Override
    public Long multiply(Long a, Long b) {
        multiplications++;
        return a * b;
    }

    @Override
    public boolean equal(Long a, Long b) {
        return a.longValue() == b.longValue();
    }

    @Override
    public Long integer(long n) {
        return n;
    }
}
