package duality.algebra;

/**
 * Another ring's numbers, counting what is done with them: run an algorithm that is written against {@link Blocks} over it,
 * and read off its cost. One thread at a time.
 *
 * @param <E> the type of elements
 */
public final class CountingRing<E> implements Ring<E> {
    private final Ring<E> numbers;
    private long additions;
    private long negations;
    private long multiplications;

    /** A ring of these numbers that has counted nothing yet. */
    public CountingRing(Ring<E> numbers) {
        this.numbers = numbers;
    }

    /** The number of additions and subtractions so far. */
    public long additions() {
        return additions;
    }

    /** The number of negations so far. */
    public long negations() {
        return negations;
    }

    /** The number of multiplications so far. */
    public long multiplications() {
        return multiplications;
    }

    @Override
    public E zero() {
        return numbers.zero();
    }

    @Override
    public E one() {
        return numbers.one();
    }

    @Override
    public E add(E a, E b) {
        additions++;
        return numbers.add(a, b);
    }

    @Override
    public E subtract(E a, E b) {
        additions++;
        return numbers.subtract(a, b);
    }

    @Override
    public E negate(E a) {
        negations++;
        return numbers.negate(a);
    }

    @Override
    public E multiply(E a, E b) {
        multiplications++;
        return numbers.multiply(a, b);
    }

    @Override
    public boolean equal(E a, E b) {
        return numbers.equal(a, b);
    }

    @Override
    public E integer(long n) {
        return numbers.integer(n);
    }
}
