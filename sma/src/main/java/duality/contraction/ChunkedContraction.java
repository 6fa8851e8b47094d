package duality.contraction;

import duality.algebra.Blocks;
import duality.errors.Fault;
import duality.errors.ShapeException;
import duality.errors.ValueException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A contraction with one structured matrix, {@code TS}, cut into chunks. Every T becomes a chunk c and a
 * place q in it, every S a chunk d and a place r; then the contraction is a sum of two, each planned:
 *
 * <ul>
 *   <li><em>diagonal</em>, where d = c: the matrix is an array {@code cqr} of small dense blocks;
 *   <li><em>below</em>, where d &lt; c: the matrix is the product of {@code cq}, {@code cd} and {@code dr}.
 * </ul>
 *
 * <p>For {@code TN,SN,SP,TS->TP} and 1SS(a) the steps of these two plans are those of the SSD algorithm (Dao
 * and Gu 2024, section 6): the first one finds quadratic attention inside chunks, the second one chunk
 * states, state passing and outputs from states. It holds TK/Q numbers where the linear order holds TK.
 *
 * @param <M> the type of blocks that hold the numbers
 */
public final class ChunkedContraction<M> {
    private final ArrayOperations<M> operations;
    private final Subscripts subscripts;
    private final Map<Character, Long> lengths;
    private final String matrixIndices;
    private final int chunkLength;
    private final int count;
    private final Part<M> diagonal;
    private final Part<M> below;
    private final Plan diagonalPlan;
    private final Plan belowPlan;

    /** Subscripts and operands that grow together, and their plan. */
    private record Part<M>(List<String> texts, List<Operand<M>> operands) {
        void add(String text, Operand<M> operand) {
            texts.add(text);
            operands.add(operand);
        }

        Plan plan(String output) {
            return Contraction.plan(new Subscripts(texts, output).toString(), Objective.FLOPS, operands);
        }
    }

    /**
     * Cuts the matrix, and plans both parts for the fewest FLOPs.
     *
     * @param text the subscripts
     * @param matrix the number of the structured operand
     * @param chunkLength Q ≥ 1; it need not divide T
     * @throws ShapeException if shapes do not fit the subscripts
     * @throws ValueException with {@link Fault#WRONG_TYPE} if the operand is not one that can be cut, or with
     *     {@link Fault#OUT_OF_DOMAIN} if it is empty, if the output has both of its indices, or if nothing else
     *     has one of them
     */
    public ChunkedContraction(
            ArrayOperations<M> operations,
            String text,
            List<? extends Operand<M>> operands,
            int matrix,
            int chunkLength) {
        this.operations = operations;
        this.subscripts = Subscripts.parse(text);
        this.lengths = subscripts.lengths(operands.stream().map(Operand::shape).toList());
        this.matrixIndices = subscripts.operands().get(matrix);
        this.chunkLength = chunkLength;
        if (!(operands.get(matrix) instanceof ChunkedOperand<M> structured)) {
            throw new ValueException(
                    Fault.WRONG_TYPE,
                    subscripts + ": operand " + matrix + " is " + operands.get(matrix)
                            + ", which cannot be cut into chunks");
        }
        if (chunkLength < 1 || structured.rows() == 0 || !canBeCut(subscripts, matrix)) {
            throw new ValueException(
                    Fault.OUT_OF_DOMAIN,
                    subscripts + ": operand " + matrix + " (" + matrixIndices + ") cannot be cut into chunks of "
                            + chunkLength);
        }
        Blocks<M> k = operations.blocks();
        ChunkedOperand.Chunks<M> chunks = structured.cut(k, chunkLength);
        this.count = chunks.count();
        List<String> fresh = fresh(subscripts);
        String c = fresh.get(0);
        String q = fresh.get(1);
        String d = fresh.get(2);
        String r = fresh.get(3);
        Part<M> same = new Part<>(new ArrayList<>(), new ArrayList<>());
        Part<M> lower = new Part<>(new ArrayList<>(), new ArrayList<>());
        for (int i = 0; i < operands.size(); i++) {
            if (i != matrix) {
                String order = order(subscripts.operands().get(i));
                NdArray<M> array = cut(
                        NdArray.of(k, operands.get(i)), subscripts.operands().get(i), order);
                same.add(rename(order, c + q, c + r), array);
                lower.add(rename(order, c + q, d + r), array);
            }
        }
        same.add(c + q + r, NdArray.of(k, chunks.diagonal(), count, chunkLength, chunkLength));
        lower.add(c + q, NdArray.of(k, chunks.left(), count, chunkLength));
        lower.add(c + d, chunks.centre());
        lower.add(d + r, NdArray.of(k, chunks.right(), count, chunkLength));
        this.diagonal = same;
        this.below = lower;
        this.diagonalPlan = same.plan(rename(subscripts.output(), c + q, c + r));
        this.belowPlan = lower.plan(rename(subscripts.output(), c + q, d + r));
    }

    /** The plan of the part with small dense blocks. */
    public Plan diagonal() {
        return diagonalPlan;
    }

    /** The plan of the part below them. */
    public Plan below() {
        return belowPlan;
    }

    /** Additions and multiplications, those that cut the matrix and add both parts aside. */
    public long flops() {
        return Cost.plus(diagonalPlan.flops(), belowPlan.flops());
    }

    /** The contraction, an array with the output's axes. */
    public NdArray<M> execute() {
        Blocks<M> k = operations.blocks();
        M upper = diagonalPlan.execute(operations, diagonal.operands()).entries();
        M lower = belowPlan.execute(operations, below.operands()).entries();
        int size = k.rows(upper) * k.columns(upper);
        M sum = k.add(k.reshape(upper, 1, size), k.reshape(lower, 1, size));
        String output = subscripts.output();
        int[] cut = new int[output.length()];
        int[] strides = new int[output.length()];
        long[] shape = new long[output.length()];
        int stride = 1;
        for (int axis = output.length() - 1; axis >= 0; axis--) {
            cut[axis] = length(output.charAt(axis));
            strides[axis] = stride;
            shape[axis] = cut[axis];
            stride *= isCut(output.charAt(axis)) ? count * chunkLength : cut[axis];
        }
        return NdArray.of(k, Strides.size(cut) == size ? sum : operations.gather(sum, cut, strides), shape);
    }

    /** Both plans. */
    @Override
    public String toString() {
        return "diagonal: " + diagonalPlan + "below: " + belowPlan;
    }

    /** Whether the output lacks one of the matrix's two indices, and something else has each. */
    static boolean canBeCut(Subscripts subscripts, int matrix) {
        String indices = subscripts.operands().get(matrix);
        StringBuilder others = new StringBuilder(subscripts.output());
        for (int i = 0; i < subscripts.operands().size(); i++) {
            others.append(i == matrix ? "" : subscripts.operands().get(i));
        }
        return indices.charAt(0) != indices.charAt(1)
                && indices.chars().allMatch(index -> others.indexOf(Character.toString(index)) >= 0)
                && !indices.chars().allMatch(index -> subscripts.output().indexOf(index) >= 0);
    }

    /** Four letters that are not in use. */
    private static List<String> fresh(Subscripts subscripts) {
        return "cqdrabefghijklmnopstuvwxyzCQDRABEFGHIJKLMNOPSTUVWXYZ\u03b1\u03b2\u03b3\u03b4"
                .chars()
                .filter(index -> subscripts.toString().indexOf(index) < 0)
                .limit(4)
                .mapToObj(Character::toString)
                .toList();
    }

    private String rename(String indices, String row, String column) {
        return indices.chars()
                .mapToObj(index -> index == matrixIndices.charAt(0)
                        ? row
                        : index == matrixIndices.charAt(1) ? column : Character.toString(index))
                .collect(Collectors.joining());
    }

    private boolean isCut(char index) {
        return matrixIndices.indexOf(index) >= 0;
    }

    private int length(char index) {
        return Math.toIntExact(lengths.getOrDefault(index, 0L));
    }

    /** The order of an operand's axes in which those that must be filled up come first. */
    private String order(String indices) {
        if (length(matrixIndices.charAt(0)) == count * chunkLength) {
            return indices;
        }
        return (matrixIndices + indices)
                .chars()
                .filter(index -> indices.indexOf(index) >= 0)
                .distinct()
                .mapToObj(Character::toString)
                .collect(Collectors.joining());
    }

    /** An operand with its axes T and S filled up with zeros and cut in two. */
    private NdArray<M> cut(NdArray<M> operand, String indices, String order) {
        Blocks<M> k = operations.blocks();
        int filled = count * chunkLength;
        M entries = operand.arrange(operations, indices, order);
        int rows = 1;
        List<Long> shape = new ArrayList<>();
        for (int axis = 0; axis < order.length(); axis++) {
            int length = length(order.charAt(axis));
            if (!isCut(order.charAt(axis))) {
                shape.add((long) length);
                continue;
            }
            shape.addAll(List.of((long) count, (long) chunkLength));
            if (length < filled) {
                int width = k.rows(entries) * k.columns(entries) / (rows * length);
                M table = k.reshape(entries, rows * length, width);
                List<M> parts = new ArrayList<>();
                for (int i = 0; i < rows; i++) {
                    parts.add(k.rows(table, i * length, (i + 1) * length));
                    parts.add(k.zeros(filled - length, width));
                }
                entries = k.stackRows(parts);
            }
            rows *= filled;
        }
        return NdArray.of(k, entries, shape.stream().mapToLong(Long::longValue).toArray());
    }
}
