package duality.proofs.symbolic;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A product of symbols: a commutative part, which is a multiset of central symbols, and a word of
 * letters and inverses of letters, which do not commute with each other. Words are reduced: a letter never
 * stands beside its inverse.
 *
 * <p>The natural order puts higher degrees first, then more central symbols, then compares the central
 * parts and the words lexicographically. It is a monomial order, compatible with multiplication from
 * both sides: between equal lengths, the lexicographic order of ascending arrays says which has more of
 * the first symbol they differ in, and a common factor does not change that. Hence a sorted list of
 * terms times a term is sorted, unless letters cancel.
 */
final class Monomial implements Comparable<Monomial> {
    private static final int[] NONE = {};

    /** The empty product. */
    static final Monomial ONE = new Monomial(NONE, NONE);

    /** Ascending; a power is a repetition. */
    final int[] central;

    /** In the order of multiplication; the inverse of letter {@code i} is {@code ~i}. */
    final int[] word;

    private Monomial(int[] central, int[] word) {
        this.central = central;
        this.word = word;
    }

    static Monomial central(int symbol) {
        return new Monomial(new int[] {symbol}, NONE);
    }

    static Monomial letter(int symbol) {
        return new Monomial(NONE, new int[] {symbol});
    }

    int degree() {
        return central.length + word.length;
    }

    Monomial times(Monomial other) {
        if (degree() == 0) {
            return other;
        }
        if (other.degree() == 0) {
            return this;
        }
        return new Monomial(merge(central, other.central), concatenate(word, other.word));
    }

    private static int[] merge(int[] a, int[] b) {
        if (a.length == 0 || b.length == 0) {
            return a.length == 0 ? b : a;
        }
        int[] result = new int[a.length + b.length];
        int i = 0;
        int j = 0;
        for (int k = 0; k < result.length; k++) {
            result[k] = j == b.length || (i < a.length && a[i] <= b[j]) ? a[i++] : b[j++];
        }
        return result;
    }

    /** The inverse of a word of letters. */
    Monomial inverseWord() {
        int[] inverse = new int[word.length];
        for (int i = 0; i < word.length; i++) {
            inverse[i] = ~word[word.length - 1 - i];
        }
        return new Monomial(NONE, inverse);
    }

    private static int[] concatenate(int[] a, int[] b) {
        if (a.length == 0 || b.length == 0) {
            return a.length == 0 ? b : a;
        }
        int cancelled = 0;
        while (cancelled < Math.min(a.length, b.length) && a[a.length - 1 - cancelled] == ~b[cancelled]) {
            cancelled++;
        }
        int[] result = Arrays.copyOf(a, a.length + b.length - 2 * cancelled);
        System.arraycopy(b, cancelled, result, a.length - cancelled, b.length - cancelled);
        return result;
    }

    @Override
    public int compareTo(Monomial other) {
        int order = Integer.compare(other.degree(), degree());
        if (order == 0) {
            order = Integer.compare(other.central.length, central.length);
        }
        if (order == 0) {
            order = Arrays.compare(central, other.central);
        }
        return order != 0 ? order : Arrays.compare(word, other.word);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Monomial monomial
                && Arrays.equals(central, monomial.central)
                && Arrays.equals(word, monomial.word);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(central) + Arrays.hashCode(word);
    }
}
