package duality.proofs;

import duality.algebra.CommonsMath;
import duality.algebra.Field;
import duality.algebra.FieldBlocks;
import duality.algebra.Ring;
import duality.algebra.RingMatrix;
import duality.proofs.symbolic.FreeAlgebra;
import duality.proofs.symbolic.Polynomial;
import duality.proofs.symbolic.RandomPoint;
import java.util.SplittableRandom;
import java.util.function.ToLongFunction;
import org.apache.commons.math3.fraction.BigFraction;

/**
 * An exact world with division.
 *
 * @param <E> the type of the elements
 */
public final class FieldWorld<E> extends ExactWorld<E> {
    private final FieldBlocks<E> blocks;
    private final boolean ofLetters;

    private FieldWorld(
            FieldBlocks<E> blocks, Symbol<E> scalar, Symbol<E> entry, ToLongFunction<E> terms, boolean ofLetters) {
        super(blocks, scalar, entry, terms);
        this.blocks = blocks;
        this.ofLetters = ofLetters;
    }

    /** A random point over the prime field. */
    static FieldWorld<RandomPoint.Value> random(RandomPoint point) {
        return new FieldWorld<>(
                new FieldBlocks<>(point), (name, i) -> point.variable(), (name, i) -> point.variable(), _ -> 1, false);
    }

    /** Random rational numbers, small ones. */
    static FieldWorld<BigFraction> rationals(SplittableRandom random) {
        Symbol<BigFraction> any = (name, i) -> new BigFraction(random.nextInt(-9, 10), random.nextInt(1, 10));
        return new FieldWorld<>(new FieldBlocks<>(CommonsMath.RATIONALS), any, any, _ -> 1, false);
    }

    /**
     * Letters some of which have inverses. Not a field: division is by words of letters, and refused by anything else.
     * That is all that the algorithms ask for whose pivots are single letters.
     */
    static FieldWorld<Polynomial> letters() {
        FreeAlgebra ring = new FreeAlgebra();
        return new FieldWorld<>(
                new FieldBlocks<>(new Words(ring)), ring::variable, ring::letter, Polynomial::terms, true);
    }

    @Override
    public FieldBlocks<E> k() {
        return blocks;
    }

    /** The ring of the elements. */
    public Ring<E> ring() {
        return blocks.ring();
    }

    /**
     * An invertible {@code n×n} block of anything: a letter with an inverse among letters, elsewhere the product of a
     * unit lower and an upper triangular matrix.
     */
    public RingMatrix<E> invertible(String name, int n) {
        if (ofLetters) {
            return matrix(name, n, n);
        }
        RingMatrix<E> all = matrix(name, n, n);
        Ring<E> ring = blocks.ring();
        RingMatrix<E> lower = RingMatrix.of(n, n, (i, j) -> i == j ? ring.one() : i > j ? all.get(i, j) : ring.zero());
        RingMatrix<E> upper = RingMatrix.of(n, n, (i, j) -> {
            E e = i <= j ? all.get(i, j) : ring.zero();
            return i == j && ring.isZero(e) ? ring.one() : e;
        });
        return blocks.multiply(lower, upper);
    }

    private record Words(FreeAlgebra algebra) implements Field<Polynomial> {
        @Override
        public Polynomial zero() {
            return algebra.zero();
        }

        @Override
        public Polynomial one() {
            return algebra.one();
        }

        @Override
        public Polynomial add(Polynomial a, Polynomial b) {
            return algebra.add(a, b);
        }

        @Override
        public Polynomial negate(Polynomial a) {
            return algebra.negate(a);
        }

        @Override
        public Polynomial multiply(Polynomial a, Polynomial b) {
            return algebra.multiply(a, b);
        }

        @Override
        public boolean equal(Polynomial a, Polynomial b) {
            return algebra.equal(a, b);
        }

        @Override
        public Polynomial integer(long n) {
            return algebra.integer(n);
        }

        @Override
        public Polynomial invert(Polynomial a) {
            return algebra.invert(a);
        }
    }
}
