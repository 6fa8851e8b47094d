package duality.proofs;

import duality.algebra.Blocks;
import duality.algebra.EjmlBlocks;
import duality.algebra.FloatBlocks;
import duality.algebra.FloatingBlocks;
import duality.algebra.RingBlocks;
import duality.algebra.RingMatrix;
import duality.proofs.symbolic.Approximation;
import duality.proofs.symbolic.RunningErrors;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A claim in rounded numbers: what is equal exactly differs, entry by entry, by at most the sum of the bounds {@code γ_k
 * m} on either side, which come from running the same two programs over {@link RunningErrors}. In double precision
 * with EJML's kernels and in single precision; decays include 0, 1 and its neighbour below.
 *
 * @param claim the claim
 * @param shapes where it is run
 * @param <S> the type of the programs
 */
public record FloatingPointLaw<S>(Claim<S> claim, List<Shape> shapes) {
    private static final int SEEDS = 3;

    /** The law in words and TeX's mathematics. */
    public static final String STATEMENT = "|\\hat y - \\hat y'| \\le \\gamma_k m + \\gamma_{k'} m'";

    /** Copies the shapes. */
    public FloatingPointLaw {
        shapes = List.copyOf(shapes);
    }

    /**
     * Runs the law.
     *
     * @return the largest difference relative to its bound, at most 1
     * @throws Refutation if a difference exceeds its bound
     */
    public double check(S program) {
        double worst = 0;
        for (Shape shape : shapes) {
            for (int seed = 0; seed < SEEDS; seed++) {
                Recorder<RingMatrix<Approximation>> bounds = new Recorder<>(
                        new RingBlocks<>(RunningErrors.INSTANCE),
                        (rows, columns, values) -> RingMatrix.of(
                                rows, columns, (i, j) -> RunningErrors.INSTANCE.exact(values[i * columns + j])),
                        seed);
                claim.at(program, bounds, shape);
                worst = Math.max(worst, check(EjmlBlocks.INSTANCE, program, shape, seed, bounds));
                worst = Math.max(worst, check(FloatBlocks.INSTANCE, program, shape, seed, bounds));
            }
        }
        return worst;
    }

    private <M> double check(
            FloatingBlocks<M> k, S program, Shape shape, int seed, Recorder<RingMatrix<Approximation>> bounds) {
        Recorder<M> rounded = new Recorder<>(k, k::of, seed);
        claim.at(program, rounded, shape);
        double worst = 0;
        for (int n = 0; n < bounds.pairs.size(); n++) {
            Pair<RingMatrix<Approximation>> bound = bounds.pairs.get(n);
            double[] actual = k.toArray(rounded.pairs.get(n).actual());
            double[] expected = k.toArray(rounded.pairs.get(n).expected());
            int columns = bound.actual().columns();
            for (int i = 0; i < actual.length; i++) {
                double allowed = bound(k, bound.actual(), i / columns, i % columns)
                        + bound(k, bound.expected(), i / columns, i % columns);
                double difference = Math.abs(actual[i] - expected[i]);
                if (!(difference <= allowed)) {
                    throw new Refutation("%s in %s: %s[%d,%d] = %s, but %s by the definition, more than %s apart"
                            .formatted(
                                    shape,
                                    k.getClass().getSimpleName(),
                                    bound.what(),
                                    i / columns,
                                    i % columns,
                                    actual[i],
                                    expected[i],
                                    allowed));
                }
                worst = Math.max(worst, difference == 0 ? 0 : difference / allowed);
            }
        }
        return worst;
    }

    private static double bound(FloatingBlocks<?> k, RingMatrix<Approximation> bounds, int row, int column) {
        return RunningErrors.INSTANCE.bound(bounds.get(row, column), k.unitRoundoff());
    }

    private record Pair<M>(String what, M actual, M expected) {}

    /** Makes a block of a given shape from row-major numbers. */
    @FunctionalInterface
    private interface Maker<M> {
        M of(int rows, int columns, double[] rowMajor);
    }

    /** Keeps what a claim compares. Symbols are numbers that depend on the seed and the name alone. */
    private static final class Recorder<M> implements World<M> {
        private final Blocks<M> blocks;
        private final Maker<M> maker;
        private final int seed;
        final List<Pair<M>> pairs = new ArrayList<>();

        Recorder(Blocks<M> blocks, Maker<M> maker, int seed) {
            this.blocks = blocks;
            this.maker = maker;
            this.seed = seed;
        }

        @Override
        public Blocks<M> k() {
            return blocks;
        }

        @Override
        public M scalars(String name, int rows, int columns) {
            SplittableRandom random = random(name);
            return numbers(rows, columns, () -> switch (random.nextInt(8)) {
                case 0 -> 0;
                case 1 -> 1;
                case 2 -> Math.nextDown(1f);
                default -> (float) random.nextDouble();
            });
        }

        @Override
        public M matrix(String name, int rows, int columns) {
            SplittableRandom random = random(name);
            return numbers(rows, columns, () -> (float) random.nextDouble(-2, 2));
        }

        private SplittableRandom random(String name) {
            return new SplittableRandom(31L * name.hashCode() + seed);
        }

        private M numbers(int rows, int columns, java.util.function.DoubleSupplier number) {
            double[] values = new double[rows * columns];
            for (int i = 0; i < values.length; i++) {
                values[i] = number.getAsDouble();
            }
            return maker.of(rows, columns, values);
        }

        @Override
        public void equal(String what, M actual, M expected) {
            pairs.add(new Pair<>(what, actual, expected));
        }
    }
}
