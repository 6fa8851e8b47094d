package duality.proofs.symbolic;

import static org.assertj.core.api.Assertions.assertThat;

import duality.algebra.PrimeField;
import duality.algebra.Ring;
import duality.algebra.RingBlocks;
import duality.algebra.RingMatrix;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Evaluation is a homomorphism, to fields and to matrices, and canonical forms tell elements apart. */
class SymbolicRingProperties {
    @Property(tries = 200)
    void evaluationOfPolynomialsIsAHomomorphism(
            @ForAll Random random, @ForAll @IntRange(max = 9) int terms, @ForAll @IntRange(max = 5) int moreTerms) {
        Polynomials ring = new Polynomials();
        List<Polynomial> symbols = List.of(ring.variable("x"), ring.variable("y"), ring.variable("z"));
        Function<String, Long> point = name -> PrimeField.INSTANCE.integer(31L * name.charAt(0) + 12345678901L);
        assertHomomorphism(
                ring,
                PrimeField.INSTANCE,
                p -> ring.evaluate(p, PrimeField.INSTANCE, point),
                random(ring, symbols, terms, random),
                random(ring, symbols, moreTerms, random));
    }

    @Property(tries = 200)
    void evaluationOfTheFreeAlgebraAtMatricesIsAHomomorphism(
            @ForAll Random random, @ForAll @IntRange(max = 9) int terms, @ForAll @IntRange(max = 5) int moreTerms) {
        FreeAlgebra ring = new FreeAlgebra();
        List<Polynomial> symbols = List.of(ring.variable("a"), ring.letter("X"), ring.letter("Y"));
        SquareMatrices<Long> matrices = new SquareMatrices<>(PrimeField.INSTANCE, 2);
        RingMatrix<Long> a = matrices.blocks().identity(2);
        RingMatrix<Long> x = RingMatrix.of(2, 2, List.of(1L, 2L, 3L, 4L));
        RingMatrix<Long> y = RingMatrix.of(2, 2, List.of(0L, 1L, 5L, 7L));
        assertHomomorphism(
                ring,
                matrices,
                p -> ring.evaluate(p, matrices, name -> name.equals("a") ? a : name.equals("X") ? x : y),
                random(ring, symbols, terms, random),
                random(ring, symbols, moreTerms, random));
    }

    /** A second way to the product: term by term, into a sum. */
    @Property(tries = 200)
    void theProductIsTheSumOfProductsOfTerms(
            @ForAll Random random, @ForAll @IntRange(max = 12) int terms, @ForAll @IntRange(max = 12) int moreTerms) {
        FreeAlgebra ring = new FreeAlgebra();
        List<Polynomial> symbols = List.of(ring.variable("a"), ring.letter("X"), ring.variable("b"), ring.letter("Y"));
        List<Polynomial> p = randomTerms(ring, symbols, terms, random);
        List<Polynomial> q = randomTerms(ring, symbols, moreTerms, random);
        Polynomial sum = ring.zero();
        for (Polynomial termP : p) {
            for (Polynomial termQ : q) {
                sum = ring.add(ring.multiply(termP, termQ), sum);
            }
        }
        assertThat(ring.multiply(sum(ring, p), sum(ring, q))).isEqualTo(sum).hasSameHashCodeAs(sum);
    }

    private static <E> void assertHomomorphism(
            SymbolicRing from, Ring<E> to, Function<Polynomial, E> map, Polynomial p, Polynomial q) {
        assertThat(to.equal(map.apply(from.add(p, q)), to.add(map.apply(p), map.apply(q))))
                .isTrue();
        assertThat(to.equal(map.apply(from.subtract(p, q)), to.subtract(map.apply(p), map.apply(q))))
                .isTrue();
        assertThat(to.equal(map.apply(from.multiply(p, q)), to.multiply(map.apply(p), map.apply(q))))
                .isTrue();
    }

    private static Polynomial random(SymbolicRing ring, List<Polynomial> symbols, int terms, Random random) {
        return sum(ring, randomTerms(ring, symbols, terms, random));
    }

    private static Polynomial sum(SymbolicRing ring, List<Polynomial> terms) {
        return terms.stream().reduce(ring.zero(), ring::add);
    }

    private static List<Polynomial> randomTerms(SymbolicRing ring, List<Polynomial> symbols, int terms, Random random) {
        List<Polynomial> result = new ArrayList<>();
        for (int i = 0; i < terms; i++) {
            Polynomial term = ring.integer(random.nextInt(7) - 3);
            for (int degree = random.nextInt(5); degree > 0; degree--) {
                term = ring.multiply(term, symbols.get(random.nextInt(symbols.size())));
            }
            result.add(term);
        }
        return result;
    }

    /** The ring of n×n matrices. */
    private record SquareMatrices<E>(RingBlocks<E> blocks, int n) implements Ring<RingMatrix<E>> {
        SquareMatrices(Ring<E> ring, int n) {
            this(new RingBlocks<>(ring), n);
        }

        @Override
        public RingMatrix<E> zero() {
            return blocks.zeros(n, n);
        }

        @Override
        public RingMatrix<E> one() {
            return blocks.identity(n);
        }

        @Override
        public RingMatrix<E> add(RingMatrix<E> a, RingMatrix<E> b) {
            return blocks.add(a, b);
        }

        @Override
        public RingMatrix<E> negate(RingMatrix<E> a) {
            return blocks.negate(a);
        }

        @Override
        public RingMatrix<E> multiply(RingMatrix<E> a, RingMatrix<E> b) {
            return blocks.multiply(a, b);
        }

        @Override
        public boolean equal(RingMatrix<E> a, RingMatrix<E> b) {
            return blocks.equal(a, b);
        }
    }
}
