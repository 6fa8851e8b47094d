package duality.proofs.symbolic;

import duality.algebra.Ring;
import duality.errors.Fault;
import duality.errors.ValueException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A ring of integer combinations of monomials in named symbols, of which each instance has its own.
 * Exact: elements are canonical, and a coefficient that leaves 64 bits is a {@link
 * duality.errors.ValueException} with {@link duality.errors.Fault#OVERFLOW}. Elements of two instances
 * do not mix.
 *
 * <p>Safe to share between threads; the order in which symbols are first asked for is the order in which
 * monomials are sorted and printed.
 */
public abstract sealed class SymbolicRing implements Ring<Polynomial> permits Polynomials, FreeAlgebra {
    private final Symbols symbols = new Symbols();
    private final Polynomial zero = constant(0);
    private final Polynomial one = constant(1);

    SymbolicRing() {}

    /** The symbol of a name that commutes with everything; the same name is the same symbol. */
    public final Polynomial variable(String name) {
        return symbol(name, true);
    }

    /** {@link #variable(String)} of a name with indices: {@code variable("x", 3, 1)} is {@code x[3,1]}. */
    public final Polynomial variable(String name, int... indices) {
        return variable(indexed(name, indices));
    }

    final Polynomial symbol(String name, boolean central) {
        return Polynomial.of(symbols, 1, symbols.monomial(name, central));
    }

    static String indexed(String name, int... indices) {
        return indices.length == 0
                ? name
                : Arrays.stream(indices).mapToObj(Integer::toString).collect(Collectors.joining(",", name + "[", "]"));
    }

    private Polynomial constant(long n) {
        return Polynomial.of(symbols, n, Monomial.ONE);
    }

    /**
     * The value of an element where each symbol stands for an element of another ring. That is a
     * homomorphism of rings if the values of the commuting symbols commute with all values.
     *
     * @param values the value of the symbol of a name, asked for once for each symbol that occurs
     * @throws duality.errors.ValueException with {@link duality.errors.Fault#SINGULAR} if a letter's inverse occurs
     */
    public final <E> E evaluate(Polynomial element, Ring<E> ring, Function<String, E> values) {
        element.requireIn(symbols);
        Map<Integer, E> known = new HashMap<>();
        Function<Integer, E> value = id -> values.apply(symbols.name(id));
        E sum = ring.zero();
        for (int i = 0; i < element.terms(); i++) {
            E term = ring.integer(element.coefficients[i]);
            for (int id : element.monomials[i].central) {
                term = ring.multiply(term, known.computeIfAbsent(id, value));
            }
            for (int id : element.monomials[i].word) {
                if (id < 0) {
                    throw new ValueException(Fault.SINGULAR, "no values for inverses of letters: " + element);
                }
                term = ring.multiply(term, known.computeIfAbsent(id, value));
            }
            sum = ring.add(sum, term);
        }
        return sum;
    }

    @Override
    public final Polynomial zero() {
        return zero;
    }

    @Override
    public final Polynomial one() {
        return one;
    }

    @Override
    public final Polynomial integer(long n) {
        return constant(n);
    }

    @Override
    public final Polynomial add(Polynomial a, Polynomial b) {
        return a.plus(b);
    }

    @Override
    public final Polynomial negate(Polynomial a) {
        return a.negated();
    }

    @Override
    public final Polynomial multiply(Polynomial a, Polynomial b) {
        return a.times(b);
    }

    @Override
    public final boolean equal(Polynomial a, Polynomial b) {
        return a.equals(b);
    }

    @Override
    public final boolean isZero(Polynomial a) {
        return a.terms() == 0;
    }
}
