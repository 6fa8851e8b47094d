package duality.semiseparable;

import duality.algebra.Blocks;
import duality.errors.ShapeException;
import java.util.ArrayList;
import java.util.List;

/**
 * Multiplication by a one-semiseparable matrix, {@code Y = 1SS(a) B} with {@code a (T×1)} and {@code B
 * (T×K)}: the solution of {@code y_t = a_t y_{t−1} + b_t}, {@code y_{−1} = 0}, known as cumprodsum. With
 * a = 1 it is the cumulative sum.
 *
 * <p>Six algorithms, the contractions of one matrix in different orders (Dao and Gu 2024, Appendix B).
 * They agree exactly over every ring in which the factors {@code a_t} commute with everything. Factors
 * stand to the left of what they multiply. No algorithm divides, so zero factors (resets) are exact.
 */
public enum CumProdSum {
    /** The recurrence itself. Work T, depth T. */
    RECURRENT {
        @Override
        <M> M apply(Blocks<M> k, M a, M b) {
            List<M> y = new ArrayList<>();
            y.add(k.row(b, 0));
            for (int t = 1; t < k.rows(a); t++) {
                y.add(k.add(k.scale(k.row(a, t), y.get(t - 1)), k.row(b, t)));
            }
            return k.stackRows(y);
        }
    },

    /**
     * Dilated steps (Hillis and Steele 1986): after step d each row holds the sum over its last 2d
     * inputs, so that 1SS(a) is a product of ⌈log₂ T⌉ sparse factors. Work T log T, depth log T.
     */
    DILATED {
        @Override
        <M> M apply(Blocks<M> k, M a, M b) {
            int length = k.rows(a);
            M factor = a;
            M y = b;
            for (int d = 1; d < length; d *= 2) {
                M late = k.rows(factor, d, length);
                y = k.stackRows(List.of(
                        k.rows(y, 0, d), k.add(k.scaleRows(late, k.rows(y, 0, length - d)), k.rows(y, d, length))));
                factor = k.stackRows(List.of(k.rows(factor, 0, d), k.hadamard(late, k.rows(factor, 0, length - d))));
            }
            return y;
        }
    },

    /**
     * State passing between ⌈√T⌉ chunks: the last output of a chunk enters the first input of the
     * next, {@code [a_k y_{k−1} + b_k, b_{k+1}, …]}, and each chunk is a small dense product. Work
     * T√T here (T for chunks of constant length), depth √T.
     */
    STATE_PASSING {
        @Override
        <M> M apply(Blocks<M> k, M a, M b) {
            int length = k.rows(a);
            int chunk = (int) Math.ceil(Math.sqrt(length));
            List<M> y = new ArrayList<>();
            M state = k.zeros(1, k.columns(b));
            for (int from = 0; from < length; from += chunk) {
                int to = Math.min(from + chunk, length);
                M first = k.add(k.scale(k.row(a, from), state), k.row(b, from));
                M inputs = k.stackRows(List.of(first, k.rows(b, from + 1, to)));
                M outputs = QUADRATIC.apply(k, k.rows(a, from, to), inputs);
                state = k.row(outputs, to - from - 1);
                y.add(outputs);
            }
            return k.stackRows(y);
        }
    },

    /**
     * Two halves and the rank-one block below them: its right factor times the first half's inputs is
     * the first half's last output, its left factor is the decay into the second half. Work T log T,
     * depth log T.
     */
    RECURSIVE {
        @Override
        <M> M apply(Blocks<M> k, M a, M b) {
            int length = k.rows(a);
            if (length == 1) {
                return b;
            }
            int half = length / 2;
            M late = k.rows(a, half, length);
            M first = apply(k, k.rows(a, 0, half), k.rows(b, 0, half));
            M second = apply(k, late, k.rows(b, half, length));
            M lowerLeft = k.multiply(prefixProducts(k, late), k.row(first, half - 1));
            return k.stackRows(List.of(first, k.add(lowerLeft, second)));
        }
    },

    /**
     * The work-efficient scan (Blelloch 1990) of the affine maps y ↦ a_t y + b_t under {@link
     * AffineMap#after}: neighbours are composed, the half as long sequence is scanned, and the places
     * between are filled in. Work T, depth log T.
     */
    ASSOCIATIVE_SCAN {
        @Override
        <M> M apply(Blocks<M> k, M a, M b) {
            List<AffineMap<M>> maps = new ArrayList<>();
            for (int t = 0; t < k.rows(a); t++) {
                maps.add(new AffineMap<>(k.row(a, t), k.row(b, t)));
            }
            return k.stackRows(scan(k, maps).stream().map(AffineMap::offset).toList());
        }
    },

    /** The matrix itself times the input. Work T², depth log T. */
    QUADRATIC {
        @Override
        <M> M apply(Blocks<M> k, M a, M b) {
            return k.multiply(k.oneSemiseparable(a), b);
        }
    };

    /** The algorithm, for T ≥ 1 and shapes that fit. */
    abstract <M> M apply(Blocks<M> k, M a, M b);

    /**
     * {@code 1SS(a) B}.
     *
     * @param k the operations to compute with
     * @param a the factors {@code (T×1)}; the first one multiplies nothing
     * @param b the inputs {@code (T×K)}
     * @return {@code (T×K)}
     * @throws ShapeException if {@code a} is not a column as long as {@code b}
     */
    public final <M> M multiply(Blocks<M> k, M a, M b) {
        if (k.columns(a) != 1 || k.rows(a) != k.rows(b)) {
            throw ShapeException.mismatch(
                    "1SS(a) times b", k.rows(a) + "x" + k.columns(a), k.rows(b) + "x" + k.columns(b));
        }
        return k.rows(a) == 0 ? b : apply(k, a, b);
    }

    /** {@code [a_0, a_1 a_0, …, a_{T−1}…a_0]} of {@code a (T×1)} for T ≥ 1. */
    private static <M> M prefixProducts(Blocks<M> k, M a) {
        List<M> products = new ArrayList<>();
        products.add(k.row(a, 0));
        for (int t = 1; t < k.rows(a); t++) {
            products.add(k.hadamard(k.row(a, t), products.getLast()));
        }
        return k.stackRows(products);
    }

    private static <M> List<AffineMap<M>> scan(Blocks<M> k, List<AffineMap<M>> maps) {
        if (maps.size() <= 1) {
            return maps;
        }
        List<AffineMap<M>> pairs = new ArrayList<>();
        for (int i = 1; i < maps.size(); i += 2) {
            pairs.add(maps.get(i).after(k, maps.get(i - 1)));
        }
        List<AffineMap<M>> odd = scan(k, pairs);
        List<AffineMap<M>> all = new ArrayList<>();
        all.add(maps.getFirst());
        for (int i = 1; i < maps.size(); i++) {
            all.add(i % 2 == 1 ? odd.get(i / 2) : maps.get(i).after(k, odd.get(i / 2 - 1)));
        }
        return all;
    }
}
