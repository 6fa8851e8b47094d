package duality.proofs.laws;

import duality.algebra.PrimeField;
import duality.algebra.RingBlocks;
import duality.algebra.RingMatrix;
import java.util.Arrays;
import java.util.function.LongFunction;
import net.jqwik.api.statistics.Statistics;

/** Equality with a message that shows where and what, and coverage. */
final class Check {
    private Check() {}

    /** Requires equal matrices modulo 2⁶¹ − 1; residues above half of it are shown as negative numbers. */
    static void equal(String law, String what, RingMatrix<Long> actual, RingMatrix<Long> expected, Object at) {
        if (actual.rows() != expected.rows() || actual.columns() != expected.columns()) {
            throw new LawViolation(
                    law,
                    "%s is %dx%d, not %dx%d, at %s"
                            .formatted(what, actual.rows(), actual.columns(), expected.rows(), expected.columns(), at));
        }
        for (int i = 0; i < expected.rows(); i++) {
            for (int j = 0; j < expected.columns(); j++) {
                if (actual.get(i, j).longValue() != expected.get(i, j)) {
                    throw new LawViolation(
                            law,
                            "%s[%d,%d] = %d, not %d, at %s"
                                    .formatted(what, i, j, signed(actual.get(i, j)), signed(expected.get(i, j)), at));
                }
            }
        }
    }

    private static long signed(long residue) {
        return residue > PrimeField.MODULUS / 2 ? residue - PrimeField.MODULUS : residue;
    }

    /** Requires equal numbers, bit for bit but for the sign of zero. */
    static void equal(
            String law, String what, double[] actual, double[] expected, LongFunction<long[]> index, Object at) {
        if (actual.length != expected.length) {
            throw new LawViolation(law, what + " has " + actual.length + " entries, not " + expected.length);
        }
        for (int i = 0; i < actual.length; i++) {
            if (!(actual[i] == expected[i]) && !(Double.isNaN(actual[i]) && Double.isNaN(expected[i]))) {
                throw new LawViolation(
                        law,
                        "%s%s = %s, not %s, at %s"
                                .formatted(what, Arrays.toString(index.apply(i)), actual[i], expected[i], at));
            }
        }
    }

    static void holds(String law, boolean holds, String otherwise) {
        if (!holds) {
            throw new LawViolation(law, otherwise);
        }
    }

    /** Requires that cases of each of these kinds were seen; reported by jqwik. */
    static void cover(String label, Object kind, Object... needed) {
        var statistics = Statistics.label(label);
        statistics.collect(kind);
        for (Object each : needed) {
            statistics.coverage(coverage -> coverage.check(each).count(count -> count > 0));
        }
    }

    /** The inner product {@code Σ a_ij b_ij}. */
    static long inner(RingBlocks<Long> k, RingMatrix<Long> a, RingMatrix<Long> b) {
        return k.multiply(k.reshape(a, 1, a.rows() * a.columns()), k.reshape(b, b.rows() * b.columns(), 1))
                .get(0, 0);
    }
}
