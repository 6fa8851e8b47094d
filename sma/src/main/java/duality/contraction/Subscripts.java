package duality.contraction;

import duality.errors.Fault;
import duality.errors.ShapeException;
import duality.errors.ValueException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a contraction multiplies and sums: a string of one-letter indices for each operand and one for the
 * output. An index that occurs twice in an operand takes its diagonal; an index that the output lacks is
 * summed over. Upper and lower case are different indices.
 *
 * @param operands the indices of each operand's axes, in order; at least one operand
 * @param output the indices of the output's axes, each one that an operand has and no two equal
 */
public record Subscripts(List<String> operands, String output) {
    /** Checks the indices of operands and output. */
    public Subscripts {
        operands = List.copyOf(operands);
        String text = String.join(",", operands) + "->" + output;
        if (operands.isEmpty()) {
            throw new ValueException(Fault.WRONG_ARGUMENTS, "a contraction of no operands");
        }
        for (char index : (String.join("", operands) + output).toCharArray()) {
            if (!Character.isLetter(index)) {
                throw new ValueException(
                        Fault.WRONG_ARGUMENTS,
                        text + ": '" + index + "' is no index; indices are letters"
                                + (index == '.' ? ", and an ellipsis is not supported: name every axis" : ""));
            }
        }
        for (int i = 0; i < output.length(); i++) {
            char index = output.charAt(i);
            if (output.indexOf(index) != i) {
                throw new ValueException(
                        Fault.WRONG_ARGUMENTS, text + ": the output " + output + " has index " + index + " twice");
            }
            if (operands.stream().noneMatch(operand -> operand.indexOf(index) >= 0)) {
                throw new ValueException(
                        Fault.WRONG_ARGUMENTS,
                        text + ": index " + index + " of the output " + output + " is in no operand");
            }
        }
        if (text.chars().filter(Character::isLetter).distinct().count() > Long.SIZE) {
            throw new ValueException(Fault.WRONG_ARGUMENTS, text + ": more than " + Long.SIZE + " indices");
        }
    }

    /**
     * Reads {@code "TN,SN,SP,TS->TP"}. Spaces do not count, {@code →} is an arrow too. Without an arrow the
     * output has, in the order of the alphabet, capitals first, the indices that occur exactly once (the
     * implicit output of einsum).
     *
     * @throws ValueException with {@link Fault#WRONG_ARGUMENTS} if the text is not of this form, or the
     *     output repeats an index or has one that no operand has
     */
    public static Subscripts parse(String text) {
        String compact = text.replaceAll("\\s", "").replace("→", "->");
        String[] sides = compact.split("->", -1);
        if (sides.length > 2 || (sides.length == 2 && sides[1].indexOf(',') >= 0)) {
            throw new ValueException(
                    Fault.WRONG_ARGUMENTS, text + ": wants operands separated by commas, an arrow and one output");
        }
        String output = sides.length == 2
                ? sides[1]
                : compact.chars()
                        .filter(index -> index != ',' && compact.indexOf(index) == compact.lastIndexOf(index))
                        .sorted()
                        .mapToObj(Character::toString)
                        .collect(Collectors.joining());
        return new Subscripts(Arrays.asList(sides[0].split(",", -1)), output);
    }

    /**
     * The length of every index, in the order of the alphabet.
     *
     * @param shapes the shape of each operand
     * @throws ShapeException if there are more or fewer shapes than operands, an operand has another number
     *     of axes than indices, or an index has two lengths
     */
    public Map<Character, Long> lengths(List<long[]> shapes) {
        if (shapes.size() != operands.size()) {
            throw new ShapeException(
                    Fault.WRONG_ARGUMENTS, this + ": " + operands.size() + " operands vs " + shapes.size() + " given");
        }
        Map<Character, Long> lengths = new TreeMap<>();
        Map<Character, Integer> first = new TreeMap<>();
        for (int i = 0; i < operands.size(); i++) {
            String operand = operands.get(i);
            long[] shape = shapes.get(i);
            if (shape.length != operand.length()) {
                throw new ShapeException(
                        Fault.WRONG_RANK,
                        this + ": operand " + i + " has " + operand.length() + " indices, " + operand + ", vs "
                                + shape.length + " axes, " + Arrays.toString(shape));
            }
            for (int axis = 0; axis < shape.length; axis++) {
                char index = operand.charAt(axis);
                Long known = lengths.putIfAbsent(index, shape[axis]);
                if (known == null) {
                    first.put(index, i);
                } else if (known != shape[axis]) {
                    int before = first.getOrDefault(index, i);
                    throw ShapeException.mismatch(
                            this + ": index " + index,
                            known + " in operand " + before + " (" + operands.get(before) + ")",
                            shape[axis] + " in operand " + i + " (" + operand + ")");
                }
            }
        }
        return lengths;
    }

    /** The shapes of the operands for given lengths of the indices. */
    List<long[]> shapes(Map<Character, Long> lengths) {
        return operands.stream().map(operand -> shape(operand, lengths)).toList();
    }

    private long[] shape(String operand, Map<Character, Long> lengths) {
        return operand.chars()
                .mapToLong(index -> {
                    Long length = lengths.get((char) index);
                    if (length == null || length < 0) {
                        throw new ShapeException(
                                Fault.WRONG_ARGUMENTS,
                                this + ": index " + (char) index
                                        + (length == null ? " has no length" : " has length " + length));
                    }
                    return length;
                })
                .toArray();
    }

    /** The text that {@link #parse} reads, with an arrow. */
    @Override
    public String toString() {
        return String.join(",", operands) + "->" + output;
    }
}
