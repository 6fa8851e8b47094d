package duality.contraction;

import duality.algebra.Blocks;
import duality.errors.Fault;
import duality.errors.ShapeException;
import duality.errors.UnsupportedRequestException;
import duality.errors.ValueException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * How a contraction of given sizes is computed: steps on one or two operands or results, each a reduction, a
 * batched matrix product or the multiplication by a structured operand. It runs over any operations, and
 * prints as a table.
 */
public final class Plan {
    private final Subscripts subscripts;
    private final Map<Character, Long> lengths;
    private final List<Step> steps;
    private final long flops;
    private final long memory;

    private Plan(Subscripts subscripts, Map<Character, Long> lengths, List<Step> steps, long flops, long memory) {
        this.subscripts = subscripts;
        this.lengths = lengths;
        this.steps = steps;
        this.flops = flops;
        this.memory = memory;
    }

    static Plan of(Problem problem, Node tree) {
        Builder builder = new Builder(problem);
        builder.build(tree);
        return new Plan(
                problem.subscripts(),
                Collections.unmodifiableMap(new TreeMap<>(problem.lengths())),
                List.copyOf(builder.steps),
                tree.flops(),
                tree.peak());
    }

    /** What is contracted. */
    public Subscripts subscripts() {
        return subscripts;
    }

    /** The length of every index. */
    public Map<Character, Long> lengths() {
        return lengths;
    }

    /** The steps, in the order in which they run. None if the only operand is the output. */
    public List<Step> steps() {
        return steps;
    }

    /** Additions and multiplications; {@link Long#MAX_VALUE} if there are more. */
    public long flops() {
        return flops;
    }

    /**
     * The most numbers held at once, besides the operands as given: results of steps until they are used, and
     * structured operands written out. Copies that only change the order of axes are not counted.
     */
    public long memory() {
        return memory;
    }

    /**
     * The contraction of the operands.
     *
     * @return an array with the output's axes
     * @throws ShapeException if the operands do not have the plan's sizes
     * @throws ValueException with {@link Fault#WRONG_TYPE} if an operand that the plan multiplies by its own
     *     algorithm is an array
     * @throws UnsupportedRequestException if a result has more than 2³¹ − 1 entries
     */
    public <M> NdArray<M> execute(ArrayOperations<M> operations, List<? extends Operand<M>> operands) {
        Map<Character, Long> given =
                subscripts.lengths(operands.stream().map(Operand::shape).toList());
        if (!given.equals(lengths)) {
            throw ShapeException.mismatch("sizes for a plan of " + subscripts, lengths.toString(), given.toString());
        }
        Map<Integer, Operand<M>> values = new TreeMap<>();
        for (int i = 0; i < operands.size(); i++) {
            values.put(i, operands.get(i));
        }
        Run<M> run = new Run<>(operations, lengths);
        int last = 0;
        for (Step step : steps) {
            if (step.size() > Integer.MAX_VALUE) {
                throw new UnsupportedRequestException(
                        Fault.OVERFLOW, step.subscripts() + ": the result has " + step.size() + " entries");
            }
            List<Operand<M>> factors = new ArrayList<>();
            for (int operand : step.operands()) {
                Operand<M> factor = values.remove(operand);
                if (factor == null) {
                    throw new IllegalStateException("operand " + operand + " is used twice");
                }
                factors.add(factor);
            }
            last = step.result();
            values.put(last, run.step(step, factors));
        }
        Operand<M> result = values.get(last);
        if (result == null) {
            throw new IllegalStateException("no result");
        }
        return run.array(result);
    }

    /** The table of steps: what each takes and gives, its FLOPs, the size of its result, and how it runs. */
    @Override
    public String toString() {
        String sizes = lengths.entrySet().stream().map(Object::toString).collect(Collectors.joining(", "));
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%s%s%n%d FLOPs, memory for %d numbers%n",
                subscripts,
                sizes.isEmpty() ? "" : " with " + sizes,
                flops,
                memory));
        List<String[]> rows = new ArrayList<>();
        rows.add(new String[] {"step", "indices", "FLOPs", "size", "execution"});
        for (Step step : steps) {
            rows.add(new String[] {
                step.name(),
                step.subscripts(),
                String.valueOf(step.flops()),
                String.valueOf(step.size()),
                step.execution()
            });
        }
        int[] widths = new int[5];
        for (String[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        for (String[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                String padding = " ".repeat(widths[i] - row[i].length());
                boolean number = i == 2 || i == 3;
                text.append(i == 0 ? "" : "  ")
                        .append(number ? padding : "")
                        .append(row[i])
                        .append(number || i == 4 ? "" : padding);
            }
            text.append(System.lineSeparator());
        }
        return text.toString().replace(System.lineSeparator(), "\n");
    }

    /** Writes the steps of a tree, factors first. */
    private static final class Builder {
        /** A number and the order of its indices. */
        private record Value(int number, String indices) {}

        private final Problem problem;
        private final List<Step> steps = new ArrayList<>();

        Builder(Problem problem) {
            this.problem = problem;
        }

        Value build(Node node) {
            if (node.factors().isEmpty()) {
                return leaf(node);
            }
            Node left = node.factors().getFirst();
            Node right = node.factors().getLast();
            Value b = node.rightFirst() ? build(right) : null;
            Value a = build(left);
            b = b == null ? build(right) : b;
            b = right.matrix().isPresent() ? dense(b) : b;
            return node.method() == Method.PRODUCT
                    ? product(node, left.matrix().isPresent() ? dense(a) : a, b)
                    : multiply(node, left, a, b);
        }

        private Value leaf(Node node) {
            int operand = Long.numberOfTrailingZeros(node.members());
            Value value = new Value(operand, problem.subscripts().operands().get(operand));
            boolean alone = problem.count() == 1;
            if (node.matrix().isEmpty() && problem.matrix(operand).isPresent()) {
                value = dense(value);
            }
            String output = alone ? problem.subscripts().output() : problem.only(value.indices(), node.indices());
            if (node.matrix().isPresent() || value.indices().equals(output)) {
                return value;
            }
            long all = problem.set(value.indices());
            String summed = problem.only(value.indices(), all & ~node.indices());
            Step.Axes axes = axes(output, "", summed, "");
            String execution = summed.isEmpty()
                    ? output.length() < value.indices().length() ? "diagonal" : "transpose"
                    : "sum n=" + axes.b() + ", k=" + axes.k();
            return add(
                    Method.REDUCE, List.of(value), output, axes, summed.isEmpty() ? 0 : problem.size(all), execution);
        }

        private Value dense(Value value) {
            MatrixOperand<?> matrix = problem.matrix(value.number()).orElseThrow();
            Step.Axes axes = axes(
                    "", value.indices().substring(0, 1), "", value.indices().substring(1));
            return add(Method.DENSE, List.of(value), value.indices(), axes, matrix.denseFlops(), "write out " + matrix);
        }

        private Value multiply(Node node, Node left, Value a, Value b) {
            MatrixOperand<?> matrix = left.matrix().orElseThrow();
            boolean transposed = node.method() == Method.MULTIPLY_TRANSPOSED;
            String row = a.indices().substring(0, 1);
            String column = a.indices().substring(1);
            Step.Axes axes = axes(
                    "",
                    transposed ? column : row,
                    transposed ? row : column,
                    problem.only(b.indices(), ~left.indices()));
            return add(
                    node.method(),
                    List.of(a, b),
                    output(node, axes),
                    axes,
                    matrix.multiplyFlops(axes.n()),
                    (transposed ? "transpose of " : "") + matrix + " times " + axes.k() + "x" + axes.n());
        }

        /** The order of factors that moves fewer numbers; then the one with wider rows. */
        private Value product(Node node, Value a, Value b) {
            Step.Axes straight = product(node, a.indices(), b.indices());
            Step.Axes swapped = product(node, b.indices(), a.indices());
            long moved = moved(node, straight, a, b);
            long movedSwapped = moved(node, swapped, b, a);
            boolean swap = movedSwapped < moved || (movedSwapped == moved && straight.n() < straight.m());
            Step.Axes axes = swap ? swapped : straight;
            long products = problem.size(problem.set(a.indices() + b.indices()));
            return add(
                    Method.PRODUCT,
                    swap ? List.of(b, a) : List.of(a, b),
                    output(node, axes),
                    axes,
                    axes.summed().isEmpty() ? products : Cost.plus(products, products),
                    axes.execution());
        }

        private Step.Axes product(Node node, String a, String b) {
            long inA = problem.set(a);
            long inB = problem.set(b);
            String larger = problem.size(inA) > problem.size(inB) ? a : b;
            return axes(
                    problem.only(larger, inA & inB & node.indices()),
                    problem.only(a, inA & ~inB),
                    problem.only(larger, inA & inB & ~node.indices()),
                    problem.only(b, inB & ~inA));
        }

        /** The entries that change their places. */
        private long moved(Node node, Step.Axes axes, Value a, Value b) {
            long left = a.indices().equals(axes.left()) ? 0 : problem.size(problem.set(a.indices()));
            long right = b.indices().equals(axes.right()) ? 0 : problem.size(problem.set(b.indices()));
            long result = axes.result().equals(output(node, axes)) ? 0 : problem.size(node.indices());
            return Cost.plus(left, Cost.plus(right, result));
        }

        private String output(Node node, Step.Axes axes) {
            boolean last = Long.bitCount(node.members()) == problem.count();
            return last ? problem.subscripts().output() : axes.result();
        }

        private Step.Axes axes(String batch, String rows, String summed, String columns) {
            return new Step.Axes(batch, rows, summed, columns, size(batch), size(rows), size(summed), size(columns));
        }

        private long size(String indices) {
            return problem.size(problem.set(indices));
        }

        private Value add(
                Method method, List<Value> from, String output, Step.Axes axes, long flops, String execution) {
            int result = problem.count() + steps.size();
            long size = Cost.times(axes.b(), Cost.times(axes.m(), axes.n()));
            steps.add(new Step(
                    method,
                    from.stream().map(Value::number).toList(),
                    result,
                    from.stream().map(Value::indices).toList(),
                    output,
                    axes,
                    flops,
                    size,
                    execution));
            return new Value(result, output);
        }
    }

    /** Carries out steps: the same code whatever the numbers are. */
    private record Run<M>(ArrayOperations<M> operations, Map<Character, Long> lengths) {
        NdArray<M> step(Step step, List<Operand<M>> factors) {
            Step.Axes axes = step.axes();
            String left = step.inputs().getFirst();
            String right = step.inputs().getLast();
            M result = switch (step.method()) {
                case DENSE -> array(factors.getFirst()).entries();
                case REDUCE -> sum(arrange(factors.getFirst(), left, axes.batch() + axes.summed()), axes);
                case PRODUCT ->
                    product(
                            arrange(factors.getFirst(), left, axes.left()),
                            arrange(factors.getLast(), right, axes.right()),
                            axes);
                case MULTIPLY, MULTIPLY_TRANSPOSED ->
                    multiply(step, factors.getFirst(), arrange(factors.getLast(), right, axes.right()));
            };
            String stored = step.method() == Method.DENSE ? left : axes.result();
            NdArray<M> array = NdArray.of(operations.blocks(), result, shape(stored));
            return stored.equals(step.output())
                    ? array
                    : NdArray.of(operations.blocks(), arrange(array, stored, step.output()), shape(step.output()));
        }

        NdArray<M> array(Operand<M> operand) {
            return NdArray.of(operations.blocks(), operand);
        }

        private M arrange(Operand<M> operand, String from, String to) {
            return array(operand).arrange(operations, from, to);
        }

        private M sum(M entries, Step.Axes axes) {
            Blocks<M> k = operations.blocks();
            return axes.summed().isEmpty()
                    ? entries
                    : k.rowSums(k.reshape(entries, Math.toIntExact(axes.b()), Math.toIntExact(axes.k())));
        }

        /** A matrix product where one is enough, an entrywise one where nothing is summed, else a batch. */
        private M product(M a, M b, Step.Axes axes) {
            Blocks<M> k = operations.blocks();
            int batch = Math.toIntExact(axes.b());
            int rows = Math.toIntExact(axes.m());
            int summed = Math.toIntExact(axes.k());
            int columns = Math.toIntExact(axes.n());
            if (batch > 1 && rows == 1 && columns == 1) {
                M products = k.hadamard(k.reshape(a, batch, summed), k.reshape(b, batch, summed));
                return summed == 1 ? products : k.rowSums(products);
            }
            if (batch > 1 && summed == 1 && rows == 1) {
                return k.scaleRows(k.reshape(a, batch, 1), k.reshape(b, batch, columns));
            }
            if (batch > 1 && summed == 1 && columns == 1) {
                return k.scaleRows(k.reshape(b, batch, 1), k.reshape(a, batch, rows));
            }
            return operations.multiply(a, b, batch, rows, summed, columns);
        }

        private M multiply(Step step, Operand<M> matrix, M x) {
            if (!(matrix instanceof MatrixOperand<M> structured)) {
                throw new ValueException(
                        Fault.WRONG_TYPE,
                        "operand " + step.operands().getFirst() + " ("
                                + step.inputs().getFirst() + ") is " + matrix + "; the plan wants a structured matrix");
            }
            Blocks<M> k = operations.blocks();
            M columns = k.reshape(
                    x,
                    Math.toIntExact(step.axes().k()),
                    Math.toIntExact(step.axes().n()));
            return step.method() == Method.MULTIPLY
                    ? structured.multiply(k, columns)
                    : structured.multiplyTransposed(k, columns);
        }

        private long[] shape(String indices) {
            return indices.chars().mapToLong(index -> length((char) index)).toArray();
        }

        private int length(char index) {
            return Math.toIntExact(lengths.getOrDefault(index, 0L));
        }
    }
}
