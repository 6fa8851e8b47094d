package duality.benchmarks;

import duality.semiseparable.ScalarGenerators;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Random scalar generators of a given size. */
final class ScalarCases {
    private ScalarCases() {}

    static double[] draw(SplittableRandom random, int length, double size) {
        double[] values = new double[length];
        for (int i = 0; i < length; i++) {
            values[i] = size * random.nextDouble(-1, 1);
        }
        return values;
    }

    /** Ranks alike on both sides, transitions that neither grow nor vanish fast, a diagonal of 8 to 16. */
    static ScalarGenerators general(int n, int rank, boolean diagonal) {
        SplittableRandom random = new SplittableRandom(1);
        double[] d = draw(random, n, 1);
        for (int i = 0; i < n; i++) {
            d[i] = Math.copySign(8 + 8 * Math.abs(d[i]), d[i]);
        }
        int transitions = diagonal ? n * rank : n * rank * rank;
        double size = diagonal ? 0.95 : 1.5 / Math.sqrt(rank);
        return ScalarGenerators.wrap(
                d,
                draw(random, n * rank, 0.5),
                draw(random, transitions, size),
                draw(random, n * rank, 0.5),
                draw(random, n * rank, 0.5),
                draw(random, transitions, size),
                draw(random, n * rank, 0.5));
    }

    /** The lower half of a positive definite matrix, which is all that Cholesky reads. */
    static ScalarGenerators positive(int n, int rank, boolean diagonal) {
        SplittableRandom random = new SplittableRandom(2);
        double[] d = new double[n];
        Arrays.fill(d, 20);
        int transitions = diagonal ? n * rank : n * rank * rank;
        return ScalarGenerators.wrap(
                d,
                draw(random, n * rank, 0.5),
                draw(random, transitions, diagonal ? 0.9 : 0.4),
                draw(random, n * rank, 0.5),
                new double[0],
                new double[0],
                new double[0]);
    }
}
