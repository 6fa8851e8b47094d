package duality.proofs.symbolic;

import duality.errors.Fault;
import duality.errors.ValueException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * An element of a {@link SymbolicRing}: a finite sum of integer multiples of monomials. Immutable.
 *
 * <p>The terms are kept distinct, non-zero and in monomial order. That form is canonical, so equality is
 * equality of arrays; and it is cheap, since a sum is a merge and multiplication by a single term keeps
 * the order.
 */
public final class Polynomial {
    final Symbols symbols;
    final Monomial[] monomials;
    final long[] coefficients;

    private Polynomial(Symbols symbols, Monomial[] monomials, long[] coefficients) {
        this.symbols = symbols;
        this.monomials = monomials;
        this.coefficients = coefficients;
    }

    static Polynomial of(Symbols symbols, long coefficient, Monomial monomial) {
        return coefficient == 0
                ? new Polynomial(symbols, new Monomial[0], new long[0])
                : new Polynomial(symbols, new Monomial[] {monomial}, new long[] {coefficient});
    }

    /** The number of terms; zero has none. */
    public int terms() {
        return monomials.length;
    }

    /** The total degree: the largest number of symbols in a term, 0 for a constant, −1 for zero. */
    public int degree() {
        return monomials.length == 0 ? -1 : monomials[0].degree();
    }

    /** The names of the symbols in each term, in the terms' order. */
    public List<List<String>> supports() {
        return Arrays.stream(monomials)
                .map(monomial -> IntStream.concat(Arrays.stream(monomial.central), Arrays.stream(monomial.word))
                        .map(id -> id < 0 ? ~id : id)
                        .distinct()
                        .mapToObj(symbols::name)
                        .toList())
                .toList();
    }

    Polynomial plus(Polynomial other) {
        requireIn(other.symbols);
        if (monomials.length == 0 || other.monomials.length == 0) {
            return monomials.length == 0 ? other : this;
        }
        int capacity = Math.addExact(terms(), other.terms());
        Monomial[] sum = new Monomial[capacity];
        long[] factors = new long[capacity];
        int i = 0;
        int j = 0;
        int k = 0;
        while (i < terms() && j < other.terms()) {
            int order = monomials[i].compareTo(other.monomials[j]);
            Monomial monomial = order <= 0 ? monomials[i] : other.monomials[j];
            long a = order <= 0 ? coefficients[i++] : 0;
            long b = order >= 0 ? other.coefficients[j++] : 0;
            long factor = Exact.sum(a, b);
            if (factor != 0) {
                sum[k] = monomial;
                factors[k++] = factor;
            }
        }
        // At most one of the two has terms left, all of them later in the order.
        Polynomial rest = i < terms() ? this : other;
        int from = i < terms() ? i : j;
        System.arraycopy(rest.monomials, from, sum, k, rest.terms() - from);
        System.arraycopy(rest.coefficients, from, factors, k, rest.terms() - from);
        k += rest.terms() - from;
        return k == capacity
                ? new Polynomial(symbols, sum, factors)
                : new Polynomial(symbols, Arrays.copyOf(sum, k), Arrays.copyOf(factors, k));
    }

    Polynomial negated() {
        long[] factors = new long[terms()];
        for (int i = 0; i < factors.length; i++) {
            factors[i] = Exact.product(-1, coefficients[i]);
        }
        return new Polynomial(symbols, monomials, factors);
    }

    /** Halves the shorter factor, so that merging sorts the nm terms of n ≤ m in O(nm log n) comparisons. */
    Polynomial times(Polynomial other) {
        requireIn(other.symbols);
        int n = terms();
        int m = other.terms();
        if (n > 1 && n <= m) {
            return part(0, n / 2).times(other).plus(part(n / 2, n).times(other));
        }
        if (m > 1 && n > 1) {
            return times(other.part(0, m / 2)).plus(times(other.part(m / 2, m)));
        }
        Monomial[] product = new Monomial[n * m];
        long[] factors = new long[n * m];
        boolean cancelled = false;
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < m; j++) {
                Monomial monomial = monomials[i].times(other.monomials[j]);
                cancelled |= monomial.degree() < monomials[i].degree() + other.monomials[j].degree();
                product[i * m + j] = monomial;
                factors[i * m + j] = Exact.product(coefficients[i], other.coefficients[j]);
            }
        }
        return cancelled ? sorted(product, factors) : new Polynomial(symbols, product, factors);
    }

    /** Distinct monomials in order: a group's multiplication keeps them distinct, but cancelling not in order. */
    private Polynomial sorted(Monomial[] unordered, long[] factors) {
        Integer[] order = new Integer[unordered.length];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, Comparator.comparing(i -> unordered[i]));
        Monomial[] ordered = new Monomial[order.length];
        long[] reordered = new long[order.length];
        for (int i = 0; i < order.length; i++) {
            ordered[i] = unordered[order[i]];
            reordered[i] = factors[order[i]];
        }
        return new Polynomial(symbols, ordered, reordered);
    }

    /** The inverse of a word of letters, up to its sign. */
    Polynomial inverse() {
        if (terms() != 1 || monomials[0].central.length > 0 || Math.abs(coefficients[0]) != 1) {
            throw new ValueException(Fault.SINGULAR, "only words of letters have inverses here, not " + this);
        }
        return of(symbols, coefficients[0], monomials[0].inverseWord());
    }

    private Polynomial part(int from, int to) {
        return new Polynomial(
                symbols, Arrays.copyOfRange(monomials, from, to), Arrays.copyOfRange(coefficients, from, to));
    }

    void requireIn(Symbols ring) {
        if (symbols != ring) {
            throw new ValueException(Fault.WRONG_ARGUMENTS, "element of another ring: " + this);
        }
    }

    /** Whether the other is an element of the same ring with the same terms. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Polynomial polynomial
                && symbols == polynomial.symbols
                && Arrays.equals(coefficients, polynomial.coefficients)
                && Arrays.equals(monomials, polynomial.monomials);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(monomials) + Arrays.hashCode(coefficients);
    }

    /** The terms in monomial order, as in {@code 2·a[1]·x[0,0]² − y + 1}. */
    @Override
    public String toString() {
        if (monomials.length == 0) {
            return "0";
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < monomials.length; i++) {
            boolean negative = coefficients[i] < 0;
            text.append(i == 0 ? (negative ? "−" : "") : (negative ? " − " : " + "));
            String magnitude = Long.toUnsignedString(Math.abs(coefficients[i]));
            if (monomials[i].degree() == 0) {
                text.append(magnitude);
            } else {
                String separator = magnitude.equals("1") ? "" : magnitude + "·";
                separator = append(text, separator, monomials[i].central);
                append(text, separator, monomials[i].word);
            }
        }
        return text.toString();
    }

    /** Appends a product of symbols after a separator and returns the separator for what follows. */
    private String append(StringBuilder text, String first, int[] factors) {
        String separator = first;
        for (int i = 0, next; i < factors.length; i = next) {
            next = i + 1;
            while (next < factors.length && factors[next] == factors[i]) {
                next++;
            }
            text.append(separator).append(symbols.name(factors[i] < 0 ? ~factors[i] : factors[i]));
            if (factors[i] < 0) {
                text.append("⁻");
                if (next - i == 1) {
                    text.append("¹");
                }
            }
            if (next - i > 1) {
                Integer.toString(next - i).chars().forEach(digit -> text.append("⁰¹²³⁴⁵⁶⁷⁸⁹".charAt(digit - '0')));
            }
            separator = "·";
        }
        return separator;
    }
}
