package duality.ssd;

import static org.assertj.core.api.Assertions.assertThat;

import duality.semiseparable.CumProdSum;
import duality.sma.HeadPattern;
import duality.ssd.Cases.Shape;
import duality.ssd.SsdOptions.Algorithm;
import duality.tensor.DType;
import duality.tensor.Tensor;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Whatever the shape, the step sizes and the way of computing, results are within their bounds. */
class SsdOperatorProperties {
    /** Inputs by their sizes; {@code scale} is the size of the step sizes, {@code seed} that of the numbers. */
    record Problem(
            HeadPattern pattern,
            int batch,
            int time,
            int headDim,
            int stateSize,
            double scale,
            boolean packed,
            long seed) {
        SsdInputs inputs() {
            Cases cases = new Cases(seed);
            Shape shape = Shape.of(pattern, packed ? 1 : batch, time, 4, 2, headDim, stateSize);
            int[] offsets = packed
                    ? IntStream.rangeClosed(0, batch).map(i -> i * time / batch).toArray()
                    : null;
            SsdInputs in = cases.full(shape, offsets);
            return SsdInputs.of(in.arrays())
                    .dtSoftplus(seed % 2 == 0)
                    .dtLimit(0, scale)
                    .dtBias(scaled(cases.normal(4), scale))
                    .build();
        }

        private static Tensor scaled(Tensor tensor, double factor) {
            Tensor result = Tensor.zeros(DType.FLOAT64, tensor.shape());
            for (long i = 0; i < tensor.size(); i++) {
                result.setDouble(i, factor * tensor.getDouble(i));
            }
            return result;
        }
    }

    @Provide
    Arbitrary<Problem> problems() {
        return Combinators.combine(
                        Arbitraries.of(HeadPattern.class),
                        Arbitraries.integers().between(1, 3),
                        Arbitraries.integers().between(0, 40),
                        Arbitraries.integers().between(1, 5),
                        Arbitraries.integers().between(1, 6),
                        Arbitraries.of(0.0, 1e-3, 1.0, 30.0, 1e4),
                        Arbitraries.of(true, false),
                        Arbitraries.longs().between(0, 1_000_000))
                .as(Problem::new);
    }

    @Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
    void resultsAreWithinTheirBounds(
            @ForAll("problems") Problem problem,
            @ForAll Algorithm algorithm,
            @ForAll CumProdSum scan,
            @ForAll Precision precision,
            @ForAll @IntRange(min = 1, max = 50) int chunkLength) {
        SsdInputs in = problem.inputs();
        SsdOptions options = new SsdOptions(algorithm, chunkLength, scan, precision);
        SsdCheck check = new SsdCheck(in, precision);
        assertThat(check.forward(SsdBackends.CPU.forward(in, options))).allMatch(SsdCheck.Comparison::passes);
        Cases cases = new Cases(problem.seed() + 1);
        Tensor dy = cases.normal(in.batch(), in.time(), in.heads(), in.headDim());
        Tensor dFinal = cases.normal(in.sequences().size(), in.heads(), in.headDim(), in.stateSize());
        assertThat(check.backward(SsdBackends.CPU.backward(in, dy, dFinal, options), dy, dFinal))
                .allMatch(SsdCheck.Comparison::passes);
    }
}
