package duality.contraction;

import duality.algebra.EjmlBlocks;
import duality.algebra.FloatBlocks;
import duality.algebra.FloatingBlocks;
import duality.errors.Fault;
import duality.errors.ShapeException;
import duality.errors.UnsupportedRequestException;
import duality.errors.ValueException;
import duality.tensor.DType;
import duality.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Contraction of any number of operands, by pairwise steps in the best order.
 *
 * <p>{@code contract("TN,SN,SP,TS->TP", Q, K, V, L)} is {@code Y_tp = Σ_ns Q_tn K_sn V_sp L_ts} (Dao and Gu
 * 2024, equation 12). Subscripts are those of {@link Subscripts#parse}: the paper's or einsum's.
 */
public final class Contraction {
    private static final int SHORTEST_CHUNK = 8;
    private static final int LONGEST_CHUNK = 256;

    private Contraction() {}

    /**
     * Contracts tensors, with the fewest FLOPs. Computes in float32 if every operand is float32; otherwise in
     * float64, to which smaller floating types are converted exactly.
     *
     * @param subscripts such as {@code "TN,SN,SP,TS->TP"}
     * @param operands one tensor for each operand, of floating-point types
     * @return a tensor with the output's axes, float32 or float64
     * @throws ShapeException if shapes do not fit the subscripts; the message names the index and operands
     * @throws ValueException if the subscripts have no meaning
     * @throws UnsupportedRequestException if the type of an operand is an integer's, or a result has more
     *     than 2³¹ − 1 entries
     */
    public static Tensor contract(String subscripts, Tensor... operands) {
        for (int i = 0; i < operands.length; i++) {
            if (!operands[i].dtype().isFloatingPoint()) {
                throw new UnsupportedRequestException(
                        Fault.WRONG_TYPE,
                        subscripts + ": operand " + i + " is " + operands[i]
                                + "; contraction wants floating point, to(FLOAT64) converts");
            }
        }
        List<Tensor> list = List.of(operands);
        boolean single = !list.isEmpty() && list.stream().allMatch(tensor -> tensor.dtype() == DType.FLOAT32);
        return single
                ? contract(subscripts, list, new FloatingOperations<>(FloatBlocks.INSTANCE), FloatBlocks.INSTANCE)
                        .to(DType.FLOAT32)
                : contract(subscripts, list, DoubleOperations.INSTANCE, EjmlBlocks.INSTANCE);
    }

    private static <M> Tensor contract(
            String subscripts, List<Tensor> operands, ArrayOperations<M> operations, FloatingBlocks<M> k) {
        List<NdArray<M>> arrays =
                operands.stream().map(tensor -> array(k, tensor)).toList();
        return tensor(k, contract(operations, subscripts, arrays));
    }

    /**
     * Contracts arrays and structured matrices over any operations, by the plan with the fewest FLOPs. Where
     * that plan multiplies many columns by a matrix that can be cut, the same runs as a {@link
     * ChunkedContraction}, which holds fewer numbers at once and is faster for it.
     *
     * @return an array with the output's axes
     * @throws ShapeException if shapes do not fit the subscripts
     * @throws ValueException if the subscripts have no meaning
     */
    @SafeVarargs
    @SuppressWarnings("varargs") // the array is only read
    public static <M> NdArray<M> contract(ArrayOperations<M> operations, String subscripts, Operand<M>... operands) {
        return contract(operations, subscripts, List.of(operands));
    }

    private static <M> NdArray<M> contract(
            ArrayOperations<M> operations, String subscripts, List<? extends Operand<M>> operands) {
        Plan plan = plan(subscripts, Objective.FLOPS, operands);
        for (Step step : plan.steps()) {
            int matrix = step.operands().getFirst();
            int chunkLength = chunkLength(step);
            if (chunkLength >= SHORTEST_CHUNK
                    && step.axes().m() >= 4L * chunkLength
                    && operands.get(matrix) instanceof ChunkedOperand
                    && ChunkedContraction.canBeCut(plan.subscripts(), matrix)) {
                return new ChunkedContraction<>(operations, subscripts, operands, matrix, chunkLength).execute();
            }
        }
        return plan.execute(operations, operands);
    }

    /**
     * The power of two next below √K for a step on T×K numbers, 0 for other steps: then the T·Q numbers of
     * the chunks' masks and the T/Q·K of their states are as many.
     */
    private static int chunkLength(Step step) {
        boolean multiplies = step.method() == Method.MULTIPLY || step.method() == Method.MULTIPLY_TRANSPOSED;
        return multiplies
                ? Integer.highestOneBit(
                        (int) Math.min(Math.sqrt((double) step.axes().n()), LONGEST_CHUNK))
                : 0;
    }

    /**
     * The best plan for given operands: optimal for at most 12, found step by step (each step the one whose
     * result grows least) for more. The same sizes always give the same plan.
     *
     * @throws ShapeException if shapes do not fit the subscripts
     * @throws ValueException if the subscripts have no meaning
     */
    public static Plan plan(String subscripts, Objective objective, List<? extends Operand<?>> operands) {
        Problem problem = problem(subscripts, operands);
        return Plan.of(problem, Planner.plan(problem, objective));
    }

    /**
     * The best plan for arrays of given sizes.
     *
     * @param lengths the length of every index
     */
    public static Plan plan(String subscripts, Objective objective, Map<Character, Long> lengths) {
        Problem problem = problem(subscripts, lengths);
        return Plan.of(problem, Planner.plan(problem, objective));
    }

    /**
     * Every order of pairwise steps, (2n − 3)!! of them for n operands, least FLOPs first. Orders of
     * independent steps count once, as the one that holds less memory.
     *
     * @throws UnsupportedRequestException for more than 7 operands
     */
    public static List<Plan> allOrders(String subscripts, List<? extends Operand<?>> operands) {
        return allOrders(problem(subscripts, operands));
    }

    /**
     * Every order of pairwise steps on arrays of given sizes, as {@link #allOrders(String, List)}.
     *
     * @param lengths the length of every index
     */
    public static List<Plan> allOrders(String subscripts, Map<Character, Long> lengths) {
        return allOrders(problem(subscripts, lengths));
    }

    private static List<Plan> allOrders(Problem problem) {
        return Planner.all(problem, Objective.FLOPS).stream()
                .map(tree -> Plan.of(problem, tree))
                .toList();
    }

    /** The numbers of a tensor, rounded to the blocks' precision. */
    public static <M> NdArray<M> array(FloatingBlocks<M> k, Tensor tensor) {
        double[] values = tensor.toDoubleArray();
        return NdArray.of(k, k.of(1, values.length, values), tensor.shape());
    }

    /** The numbers of an array as a float64 tensor. */
    public static <M> Tensor tensor(FloatingBlocks<M> k, NdArray<M> array) {
        return Tensor.of(k.toArray(array.entries()), array.shape());
    }

    private static Problem problem(String text, List<? extends Operand<?>> operands) {
        Subscripts subscripts = Subscripts.parse(text);
        List<Optional<MatrixOperand<?>>> matrices = operands.stream()
                .<Optional<MatrixOperand<?>>>map(Contraction::matrix)
                .toList();
        return new Problem(
                subscripts,
                subscripts.lengths(operands.stream().map(Operand::shape).toList()),
                matrices);
    }

    private static Optional<MatrixOperand<?>> matrix(Operand<?> operand) {
        return operand instanceof MatrixOperand<?> matrix ? Optional.of(matrix) : Optional.empty();
    }

    private static Problem problem(String text, Map<Character, Long> lengths) {
        Subscripts subscripts = Subscripts.parse(text);
        Map<Character, Long> used = subscripts.lengths(subscripts.shapes(new TreeMap<>(lengths)));
        List<Optional<MatrixOperand<?>>> none = subscripts.operands().stream()
                .<Optional<MatrixOperand<?>>>map(_ -> Optional.empty())
                .toList();
        return new Problem(subscripts, used, none);
    }
}
