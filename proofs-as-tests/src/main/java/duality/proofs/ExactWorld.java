package duality.proofs;

import duality.algebra.ExactBlocks;
import duality.algebra.PrimeField;
import duality.algebra.RingBlocks;
import duality.algebra.RingMatrix;
import duality.proofs.symbolic.FreeAlgebra;
import duality.proofs.symbolic.Polynomial;
import duality.proofs.symbolic.Polynomials;
import duality.proofs.symbolic.SymbolicRing;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A world of exact elements. It counts what is compared, and keeps the first lines of it for the report.
 *
 * @param <E> the type of the elements
 */
class ExactWorld<E> implements World<RingMatrix<E>> {
    /** A counterexample longer than this is cut: it is for reading. */
    private static final int LEGIBLE = 160;

    private static final int KEPT_LINES = 12;

    private final ExactBlocks<E> blocks;
    private final Symbol<E> scalar;
    private final Symbol<E> entry;
    private final ToLongFunction<E> terms;
    private final @Nullable SymbolicRing symbolic;
    private final Map<String, RingMatrix<E>> known = new HashMap<>();
    private final Map<String, List<Value<E>>> values = new HashMap<>();
    private final List<String> lines = new ArrayList<>();
    private String place = "";
    private long identities;
    private long compared;

    /** Makes the element that a name and a position stand for. */
    @FunctionalInterface
    interface Symbol<E> {
        E at(String name, int... indices);
    }

    ExactWorld(ExactBlocks<E> blocks, Symbol<E> scalar, Symbol<E> entry, ToLongFunction<E> terms) {
        this.blocks = blocks;
        this.scalar = scalar;
        this.entry = entry;
        this.terms = terms;
        this.symbolic = blocks.ring() instanceof SymbolicRing ring ? ring : null;
    }

    /** Polynomials with integer coefficients: a variable for every entry. */
    static ExactWorld<Polynomial> polynomials() {
        return polynomials(new Polynomials());
    }

    static ExactWorld<Polynomial> polynomials(Polynomials ring) {
        return new ExactWorld<>(new RingBlocks<>(ring), ring::variable, ring::variable, Polynomial::terms);
    }

    /** Random residues: one point, for what is generic. */
    static ExactWorld<Long> residues(SplittableRandom random) {
        Symbol<Long> any = (name, i) -> random.nextLong(1, PrimeField.MODULUS);
        return new ExactWorld<>(new RingBlocks<>(PrimeField.INSTANCE), any, any, _ -> 1);
    }

    /** The free algebra: scalars are central, every entry is a letter. */
    static ExactWorld<Polynomial> letters() {
        FreeAlgebra ring = new FreeAlgebra();
        return new ExactWorld<>(new RingBlocks<>(ring), ring::variable, ring::letter, Polynomial::terms);
    }

    @Override
    public ExactBlocks<E> k() {
        return blocks;
    }

    /** Says where the comparisons that follow are. */
    void enter(String newPlace) {
        place = newPlace;
        known.clear();
        values.clear();
    }

    long identities() {
        return identities;
    }

    long terms() {
        return compared;
    }

    List<String> lines() {
        return lines;
    }

    @Override
    public RingMatrix<E> scalars(String name, int rows, int columns) {
        return known.computeIfAbsent(name, _ -> symbols(scalar, name, rows, columns));
    }

    @Override
    public RingMatrix<E> matrix(String name, int rows, int columns) {
        return known.computeIfAbsent(name, _ -> symbols(entry, name, rows, columns));
    }

    private static <E> RingMatrix<E> symbols(Symbol<E> symbol, String name, int rows, int columns) {
        return RingMatrix.of(
                rows,
                columns,
                (i, j) -> rows * columns == 1
                        ? symbol.at(name)
                        : columns == 1 ? symbol.at(name, i) : symbol.at(name, i, j));
    }

    /**
     * The values of a function, entry by entry, of which nothing is known but its name: equal arguments have equal
     * values, which are symbols of their own. So what is proven holds for every function.
     */
    RingMatrix<E> function(String name, RingMatrix<E> arguments) {
        List<Value<E>> table = values.computeIfAbsent(name, _ -> new ArrayList<>());
        return RingMatrix.of(arguments.rows(), arguments.columns(), (i, j) -> {
            E argument = arguments.get(i, j);
            for (Value<E> value : table) {
                if (blocks.ring().equal(value.argument, argument)) {
                    return value.value;
                }
            }
            E value = scalar.at(name, table.size());
            table.add(new Value<>(argument, value));
            return value;
        });
    }

    private record Value<E>(E argument, E value) {}

    @Override
    public void equal(String what, RingMatrix<E> actual, RingMatrix<E> expected) {
        if (actual.rows() != expected.rows() || actual.columns() != expected.columns()) {
            throw new Refutation("%s: %s is %dx%d, but %dx%d by the definition"
                    .formatted(place, what, actual.rows(), actual.columns(), expected.rows(), expected.columns()));
        }
        identities++;
        long before = compared;
        for (int i = 0; i < actual.rows(); i++) {
            for (int j = 0; j < actual.columns(); j++) {
                E a = actual.get(i, j);
                E b = expected.get(i, j);
                if (!blocks.ring().equal(a, b)) {
                    throw new Refutation("%s: %s[%d,%d] = %s, but %s by the definition%s"
                            .formatted(place, what, i, j, legible(a), legible(b), inNumbers(a, b)));
                }
                compared += terms.applyAsLong(b);
            }
        }
        if (compared > before && lines.size() < KEPT_LINES) {
            int last = expected.rows() - 1;
            int column = expected.columns() - 1;
            lines.add("%s: %s, %dx%d, equal in %d terms; the last entry is %s"
                    .formatted(
                            place,
                            what,
                            expected.rows(),
                            expected.columns(),
                            compared - before,
                            legible(expected.get(last, column))));
        }
    }

    @Override
    public void same(String what, Object actual, Object expected) {
        identities++;
        compared++;
        if (!actual.equals(expected)) {
            throw new Refutation(place + ": " + what + " is " + actual + ", not " + expected);
        }
        if (lines.size() < KEPT_LINES) {
            lines.add(place + ": " + what + " is " + expected);
        }
    }

    private String legible(E element) {
        String text = element.toString();
        return text.length() <= LEGIBLE ? text : text.substring(0, LEGIBLE) + " …";
    }

    private String inNumbers(E actual, E expected) {
        return symbolic != null && actual instanceof Polynomial a && expected instanceof Polynomial b
                ? Counterexample.text(symbolic, a, b)
                : "";
    }
}
