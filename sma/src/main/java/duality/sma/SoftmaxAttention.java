package duality.sma;

import duality.algebra.FloatingBlocks;
import duality.errors.Fault;
import duality.errors.ShapeException;
import duality.errors.ValueException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Softmax attention, {@code Y = softmax(Q Kᵀ · scale) V} row by row, the baseline: its matrix {@code exp(Q Kᵀ)} has no
 * bounded semiseparable rank, so that no finite state computes it (arXiv 2510.04944).
 *
 * <p>In blocks of queries and keys, of which only one pair is in memory at a time: a row keeps its largest score m, the
 * sum of its weights {@code exp(score − m)} and the weighted sum of values, all of which are rescaled when m grows
 * (Milakov and Gimelshein 2018, arXiv 1805.02867; Rabe and Staats 2021, arXiv 2112.05682). No exponent is positive.
 * Memory O(T P) for the outputs and O(Q (Q + N + P)) beside them; work O(T S (N + P)).
 *
 * @param scale what scores are multiplied by, usually 1/√N
 * @param causal whether step t attends to the keys 0 … t alone
 * @param blockLength Q, the queries and keys in a block, at least 1
 */
public record SoftmaxAttention(double scale, boolean causal, int blockLength) {
    /** Checks its arguments. */
    public SoftmaxAttention {
        if (blockLength < 1) {
            throw new ValueException(Fault.OUT_OF_DOMAIN, "block length " + blockLength + ": must be at least 1");
        }
        if (!Double.isFinite(scale)) {
            throw new ValueException(Fault.NOT_FINITE, "scale " + scale);
        }
    }

    /**
     * The outputs.
     *
     * @param ops the operations; the sums of weights are in double precision
     * @param q the queries {@code (T×N)}
     * @param k the keys {@code (S×N)}
     * @param v the values {@code (S×P)}
     * @return {@code (T×P)}
     * @throws ShapeException if the shapes do not fit together, or T ≠ S of causal attention
     * @throws ValueException with {@link Fault#OUT_OF_DOMAIN} if there are queries but no keys, and with {@link
     *     Fault#NOT_FINITE} if the score of a row is not finite
     */
    public <M> M run(FloatingBlocks<M> ops, M q, M k, M v) {
        int queries = ops.rows(q);
        int keys = ops.rows(k);
        if (ops.columns(q) != ops.columns(k) || ops.rows(v) != keys || (causal && queries != keys)) {
            throw ShapeException.mismatch(
                    (causal ? "causal " : "") + "attention with queries " + queries + "x" + ops.columns(q),
                    "keys " + keys + "x" + ops.columns(k) + ", values " + ops.rows(v) + "x" + ops.columns(v),
                    "keys " + (causal ? queries : "S") + "x" + ops.columns(q) + ", values " + (causal ? queries : "S")
                            + "xP");
        }
        if (queries > 0 && keys == 0) {
            throw new ValueException(Fault.OUT_OF_DOMAIN, queries + " queries attend to no keys");
        }
        List<M> y = new ArrayList<>();
        y.add(ops.zeros(0, ops.columns(v)));
        for (int from = 0; from < queries; from += blockLength) {
            int to = Math.min(from + blockLength, queries);
            Rows<M> rows = new Rows<>(ops, from, ops.rows(q, from, to), ops.columns(v));
            int end = causal ? to : keys;
            for (int first = 0; first < end; first += blockLength) {
                int last = Math.min(first + blockLength, end);
                rows.attend(first, ops.rows(k, first, last), ops.rows(v, first, last));
            }
            y.add(rows.outputs());
        }
        return ops.stackRows(y);
    }

    /** A block of queries, and what they have seen. */
    private final class Rows<M> {
        private final FloatingBlocks<M> ops;
        private final int from;
        private final M q;
        private final double[] largest;
        private final double[] sum;
        private M weighted;

        Rows(FloatingBlocks<M> ops, int from, M q, int width) {
            this.ops = ops;
            this.from = from;
            this.q = q;
            this.largest = new double[ops.rows(q)];
            this.sum = new double[ops.rows(q)];
            this.weighted = ops.zeros(ops.rows(q), width);
            Arrays.fill(largest, Double.NEGATIVE_INFINITY);
        }

        void attend(int first, M k, M v) {
            int keys = ops.rows(k);
            double[] weights = ops.toArray(ops.multiplyTransposeRight(q, k));
            double[] correction = new double[sum.length];
            for (int i = 0; i < sum.length; i++) {
                int seen = causal ? Math.clamp(from + i + 1L - first, 0, keys) : keys;
                double before = largest[i];
                for (int j = 0; j < seen; j++) {
                    double score = weights[i * keys + j] * scale;
                    if (!Double.isFinite(score)) {
                        throw new ValueException(
                                Fault.NOT_FINITE,
                                "the score of query " + (from + i) + " and key " + (first + j) + " is " + score);
                    }
                    weights[i * keys + j] = score;
                    largest[i] = Math.max(largest[i], score);
                }
                correction[i] = seen == 0 ? 1 : Math.exp(before - largest[i]);
                double added = 0;
                for (int j = 0; j < keys; j++) {
                    double weight = j < seen ? Math.exp(weights[i * keys + j] - largest[i]) : 0;
                    weights[i * keys + j] = weight;
                    added += weight;
                }
                sum[i] = sum[i] * correction[i] + added;
            }
            M corrected = ops.scaleRows(ops.of(sum.length, 1, correction), weighted);
            weighted = ops.add(corrected, ops.multiply(ops.of(sum.length, keys, weights), v));
        }

        M outputs() {
            double[] reciprocals = Arrays.stream(sum).map(x -> 1 / x).toArray();
            return ops.scaleRows(ops.of(sum.length, 1, reciprocals), weighted);
        }
    }
}
