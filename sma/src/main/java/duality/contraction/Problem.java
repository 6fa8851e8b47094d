package duality.contraction;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A contraction of given sizes, with sets of indices and of operands as the bits of an integer. It knows the
 * cost of every pairwise step.
 *
 * <p>A step on operands that have indices A and B leaves the indices R that the output or another operand
 * still needs. It costs |A∪B| multiplications and, if it sums, as many additions, where |·| is the product
 * of the lengths (the count of opt_einsum; Smith and Gray 2018).
 */
final class Problem {
    private final Subscripts subscripts;
    private final Map<Character, Long> lengths;
    private final List<Optional<MatrixOperand<?>>> matrices;
    private final String letters;
    private final long[] sizes;
    private final long[] operands;
    private final long output;
    private final long[] needed;

    Problem(Subscripts subscripts, Map<Character, Long> lengths, List<Optional<MatrixOperand<?>>> matrices) {
        this.subscripts = subscripts;
        this.lengths = lengths;
        this.matrices = matrices;
        StringBuilder names = new StringBuilder();
        lengths.keySet().forEach(names::append);
        this.letters = names.toString();
        this.sizes = lengths.values().stream().mapToLong(Long::longValue).toArray();
        this.operands = subscripts.operands().stream().mapToLong(this::set).toArray();
        this.output = set(subscripts.output());
        this.needed = new long[operands.length];
        for (int i = 0; i < operands.length; i++) {
            needed[i] = output;
            for (int j = 0; j < operands.length; j++) {
                needed[i] |= j == i ? 0 : operands[j];
            }
        }
    }

    Subscripts subscripts() {
        return subscripts;
    }

    Map<Character, Long> lengths() {
        return lengths;
    }

    int count() {
        return operands.length;
    }

    Optional<MatrixOperand<?>> matrix(int operand) {
        return matrices.get(operand);
    }

    /** The set of the indices in a string. */
    long set(String indices) {
        long set = 0;
        for (int i = 0; i < indices.length(); i++) {
            set |= 1L << letters.indexOf(indices.charAt(i));
        }
        return set;
    }

    /** The letters of a string that are in a set. */
    String only(String indices, long set) {
        StringBuilder kept = new StringBuilder();
        for (int i = 0; i < indices.length(); i++) {
            char index = indices.charAt(i);
            if ((set >> letters.indexOf(index) & 1) != 0 && kept.indexOf(String.valueOf(index)) < 0) {
                kept.append(index);
            }
        }
        return kept.toString();
    }

    /** The product of the lengths of a set's indices. */
    long size(long set) {
        long size = 1;
        for (long rest = set; rest != 0; rest &= rest - 1) {
            size = Cost.times(size, sizes[Long.numberOfTrailingZeros(rest)]);
        }
        return size;
    }

    /** An operand, reduced to what others or the output need of it. */
    Node leaf(int i) {
        String indices = subscripts.operands().get(i);
        long kept = operands[i] & needed[i];
        boolean whole = indices.length() == Long.bitCount(kept);
        if (whole && operands.length > 1) {
            return new Node(1L << i, kept, Method.REDUCE, 0, 0, 0, matrices.get(i), List.of(), false);
        }
        Optional<MatrixOperand<?>> matrix = matrices.get(i);
        long written = matrix.map(m -> (long) m.rows() * m.columns()).orElse(0L);
        long held = indices.equals(subscripts.output()) ? written : size(kept);
        long sums = kept == operands[i] ? 0 : size(operands[i]);
        return new Node(
                1L << i,
                kept,
                Method.REDUCE,
                Cost.plus(sums, matrix.map(MatrixOperand::denseFlops).orElse(0L)),
                indices.equals(subscripts.output()) ? held : Cost.plus(held, written),
                held,
                Optional.empty(),
                List.of(),
                false);
    }

    /** The best step for two results under an objective. */
    Node join(Node a, Node b, Objective objective) {
        Node best = join(a, b, Method.PRODUCT);
        Optional<Method> left = multiplication(a, b);
        if (left.isPresent()) {
            best = objective.best(best, join(a, b, left.get()));
        }
        Optional<Method> right = multiplication(b, a);
        if (right.isPresent()) {
            best = objective.best(best, join(b, a, right.get()));
        }
        return best;
    }

    /** How a structured operand can multiply another result, if it can. */
    private Optional<Method> multiplication(Node matrix, Node other) {
        if (matrix.matrix().isEmpty()) {
            return Optional.empty();
        }
        String indices = subscripts.operands().get(Long.numberOfTrailingZeros(matrix.members()));
        long row = set(indices.substring(0, 1));
        long column = set(indices.substring(1));
        long summed = matrix.indices() & other.indices() & ~indices(matrix.members() | other.members());
        boolean both = (other.indices() & row) != 0 && (other.indices() & column) != 0;
        if (both || summed == 0) {
            return Optional.empty();
        }
        return Optional.of(summed == column ? Method.MULTIPLY : Method.MULTIPLY_TRANSPOSED);
    }

    private Node join(Node a, Node b, Method method) {
        long members = a.members() | b.members();
        long result = indices(members);
        long size = size(result);
        long flops;
        long written = written(b);
        long setup = setup(b);
        if (method == Method.PRODUCT) {
            long all = size(a.indices() | b.indices());
            boolean sums = (a.indices() & b.indices() & ~result) != 0;
            flops = sums ? Cost.plus(all, all) : all;
            written = Cost.plus(written, written(a));
            setup = Cost.plus(setup, setup(a));
        } else {
            flops = a.matrix().orElseThrow().multiplyFlops(size(b.indices() & ~a.indices()));
        }
        long leftFirst = Math.max(a.peak(), Cost.plus(a.held(), b.peak()));
        long rightFirst = Math.max(b.peak(), Cost.plus(b.held(), a.peak()));
        long during = Cost.plus(Cost.plus(a.held(), b.held()), Cost.plus(written, size));
        long peak = Math.max(during, Math.min(leftFirst, rightFirst));
        return new Node(
                members,
                result,
                method,
                Cost.plus(Cost.plus(flops, setup), Cost.plus(a.flops(), b.flops())),
                peak,
                size,
                Optional.empty(),
                List.of(a, b),
                rightFirst < leftFirst);
    }

    private long written(Node node) {
        return node.matrix().isPresent() ? size(node.indices()) : 0;
    }

    private static long setup(Node node) {
        return node.matrix().map(MatrixOperand::denseFlops).orElse(0L);
    }

    /** The indices that the product of some operands keeps. */
    long indices(long members) {
        long inside = 0;
        long outside = output;
        for (int i = 0; i < operands.length; i++) {
            if ((members >> i & 1) != 0) {
                inside |= operands[i];
            } else {
                outside |= operands[i];
            }
        }
        return inside & outside;
    }
}
