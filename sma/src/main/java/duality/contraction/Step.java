package duality.contraction;

import java.util.List;
import java.util.stream.Collectors;

/**
 * One step of a {@link Plan}.
 *
 * @param method how it is carried out
 * @param operands what it takes: the contraction's operands count from 0, results of steps go on from there;
 *     a matrix product's left factor, or the structured operand, comes first
 * @param result the number of its result
 * @param inputs the indices of what it takes, in the order in which they are stored
 * @param output the indices of its result, in the order in which they are stored
 * @param axes what the indices do
 * @param flops additions and multiplications
 * @param size the numbers in the result
 * @param execution in words
 */
public record Step(
        Method method,
        List<Integer> operands,
        int result,
        List<String> inputs,
        String output,
        Axes axes,
        long flops,
        long size,
        String execution) {

    /**
     * The indices of a step as those of a batched matrix product {@code (batch, rows, summed) × (batch,
     * summed, columns)}, and the products b, m, k and n of their lengths. A {@link Method#REDUCE} keeps its
     * batch and sums the rest; the batch of a {@link Method#MULTIPLY} is empty.
     */
    public record Axes(String batch, String rows, String summed, String columns, long b, long m, long k, long n) {
        /** The order of indices in which the step leaves its result. */
        String result() {
            return batch + rows + columns;
        }

        /** The order of indices in which the step wants its left factor. */
        String left() {
            return batch + rows + summed;
        }

        /** The order of indices in which the step wants its right or only array. */
        String right() {
            return batch + summed + columns;
        }

        /** A product in words. */
        String execution() {
            if (!summed.isEmpty() && rows.isEmpty() && columns.isEmpty()) {
                return text("dot", "b", b, "k", k);
            }
            if (!summed.isEmpty()) {
                return batch.isEmpty()
                        ? text("matmul", "m", m, "k", k, "n", n)
                        : text("batched matmul", "b", b, "m", m, "k", k, "n", n);
            }
            if (rows.isEmpty() && columns.isEmpty()) {
                return text("hadamard", "b", b);
            }
            if (rows.isEmpty() || columns.isEmpty()) {
                return text("scale", "b", b, "n", m * n);
            }
            return batch.isEmpty() ? text("outer", "m", m, "n", n) : text("batched outer", "b", b, "m", m, "n", n);
        }

        private static String text(String name, Object... sizes) {
            StringBuilder text = new StringBuilder(name);
            for (int i = 0; i < sizes.length; i += 2) {
                text.append(i == 0 ? " " : ", ").append(sizes[i]).append('=').append(sizes[i + 1]);
            }
            return text.toString();
        }
    }

    /** The indices as in a contraction of its own, such as {@code SN,SP->SNP}. */
    public String subscripts() {
        return String.join(",", inputs) + "->" + output;
    }

    /** Such as {@code 4 = 1·2}. */
    String name() {
        return operands.stream().map(String::valueOf).collect(Collectors.joining("·", result + " = ", ""));
    }
}
