package duality.proofs;

import duality.proofs.symbolic.RandomPoint;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A proof that a machine runs: a claim in a world, at shapes from the smallest on, so that the first counterexample is a
 * smallest one.
 *
 * @param method the kind of proof
 * @param script what is run, in words
 * @param quantifiers what it covers, and why
 * @param run runs it on a program; throws {@link Refutation} at the first difference
 * @param <S> the type of the programs
 */
public record Proof<S>(Method method, String script, List<Quantifier> quantifiers, Function<S, Evidence> run) {
    private static final int RANDOM_POINTS = 3;

    /** Copies the quantifiers. */
    public Proof {
        quantifiers = List.copyOf(quantifiers);
    }

    /** A claim among letters: for matrices of all sizes at once. */
    public static <S> Proof<S> letters(Claim<S> claim, List<Shape> shapes, Quantifier... quantifiers) {
        return new Proof<>(
                Method.DIMENSION_FREE,
                "over the free algebra Z[scalars]⟨letters⟩, at " + text(shapes),
                List.of(quantifiers),
                program -> run(ExactWorld::letters, claim, program, shapes));
    }

    /** A claim among letters about one step or chunk, from which the general case follows by induction. */
    public static <S> Proof<S> induction(
            Claim<S> claim, String argument, List<Shape> shapes, Quantifier... quantifiers) {
        return new Proof<>(
                Method.INDUCTION,
                argument + "; the step over the free algebra Z[scalars]⟨letters⟩, at " + text(shapes),
                List.of(quantifiers),
                program -> run(ExactWorld::letters, claim, program, shapes));
    }

    /** A claim over polynomials, with a variable for every entry. */
    public static <S> Proof<S> polynomials(Claim<S> claim, List<Shape> shapes, Quantifier... quantifiers) {
        return new Proof<>(
                Method.POLYNOMIAL_IDENTITY,
                "over Z[every entry of every input], at " + text(shapes),
                List.of(quantifiers),
                program -> run(ExactWorld::polynomials, claim, program, shapes));
    }

    /** A claim with division among letters some of which have inverses. */
    public static <S> Proof<S> lettersWithInverses(
            Claim.OverFields<S> claim, List<Shape> shapes, Quantifier... quantifiers) {
        return new Proof<>(
                Method.DIMENSION_FREE,
                "over the free algebra Z⟨letters, inverses of the pivots⟩, at " + text(shapes),
                List.of(quantifiers),
                program -> runOverField(FieldWorld::letters, claim, program, shapes));
    }

    /** A claim with division at random rational points. */
    public static <S> Proof<S> rationals(Claim.OverFields<S> claim, List<Shape> shapes, Quantifier... quantifiers) {
        return new Proof<>(
                Method.EXACT_RATIONAL,
                "over the rational numbers, no tolerance, at " + text(shapes),
                List.of(quantifiers),
                program -> runOverField(() -> FieldWorld.rationals(new SplittableRandom(7)), claim, program, shapes));
    }

    /** A claim at random points over the prime field, with the bound of Schwartz and Zippel from counted degrees. */
    public static <S> Proof<S> randomPoints(Claim.OverFields<S> claim, List<Shape> shapes, Quantifier... quantifiers) {
        return new Proof<>(
                Method.RANDOM_IDENTITY,
                "modulo p = 2⁶¹ − 1 at " + RANDOM_POINTS + " random points, at " + text(shapes),
                List.of(quantifiers),
                program -> {
                    long identities = 0;
                    long terms = 0;
                    double falsePass = 1;
                    List<String> lines = new ArrayList<>();
                    for (int seed = 0; seed < RANDOM_POINTS; seed++) {
                        RandomPoint point = new RandomPoint(seed);
                        FieldWorld<RandomPoint.Value> world = FieldWorld.random(point);
                        for (Shape shape : shapes) {
                            world.enter(shape.toString());
                            claim.at(program, world, shape);
                        }
                        identities += world.identities();
                        terms += world.terms();
                        falsePass *= point.risk();
                        lines = world.lines();
                    }
                    return new Evidence(identities, terms, falsePass, lines);
                });
    }

    private static <S, E> Evidence run(
            Supplier<ExactWorld<E>> newWorld, Claim<S> claim, S program, List<Shape> shapes) {
        ExactWorld<E> world = newWorld.get();
        for (Shape shape : shapes) {
            world.enter(shape.toString());
            claim.at(program, world, shape);
        }
        return new Evidence(world.identities(), world.terms(), 0, world.lines());
    }

    private static <S, E> Evidence runOverField(
            Supplier<FieldWorld<E>> newWorld, Claim.OverFields<S> claim, S program, List<Shape> shapes) {
        FieldWorld<E> world = newWorld.get();
        for (Shape shape : shapes) {
            world.enter(shape.toString());
            claim.at(program, world, shape);
        }
        return new Evidence(world.identities(), world.terms(), 0, world.lines());
    }

    private static String text(List<Shape> shapes) {
        return shapes.size() == 1
                ? shapes.getFirst().toString()
                : shapes.size() + " shapes from " + shapes.getFirst() + " to " + shapes.getLast();
    }
}
