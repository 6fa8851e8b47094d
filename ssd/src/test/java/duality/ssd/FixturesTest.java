package duality.ssd;

import static org.assertj.core.api.Assertions.assertThat;

import duality.ssd.SsdOptions.Algorithm;
import duality.tensor.Tensor;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every backend and every algorithm reproduces an independent implementation, values and gradients, to 1e-10 of
 * the largest magnitude in each array. At T = 130 float64 alone accounts for about 1e-13.
 */
class FixturesTest {
    private static final double TOLERANCE = 1e-10;

    static Stream<Fixture> cases() {
        return Fixture.all();
    }

    private static Stream<SsdOptions> options(Fixture fixture) {
        SsdOptions options = SsdOptions.defaults();
        return Stream.concat(
                Stream.of(options.with(Algorithm.RECURRENT), options.with(Algorithm.QUADRATIC)),
                Stream.of(fixture.chunkLength(), 1, 7, 50).map(options.with(Algorithm.BLOCK)::withChunkLength));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void valuesAreReproduced(Fixture fixture) {
        for (SsdBackend backend : SsdBackends.available()) {
            options(fixture).forEach(options -> {
                SsdOutputs outputs = backend.forward(fixture.inputs(), options);
                assertClose(fixture, "y", outputs.y(), options);
                assertClose(fixture, "final_states", outputs.finalStates(), options);
            });
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void gradientsAreReproduced(Fixture fixture) {
        List<String> names = fixture.arrays().keySet().stream()
                .filter(name -> name.startsWith("grad_"))
                .toList();
        assertThat(names).isNotEmpty();
        for (SsdBackend backend : SsdBackends.available()) {
            options(fixture).forEach(options -> {
                SsdGradients gradients = backend.backward(
                        fixture.inputs(), fixture.array("dy"), fixture.array("dfinal_states"), options);
                for (String name : names) {
                    assertClose(fixture, name, gradients.of(name.substring("grad_".length())), options);
                }
            });
        }
    }

    private static void assertClose(Fixture fixture, String name, Tensor actual, SsdOptions options) {
        Tensor expected = fixture.array(name);
        assertThat(actual.shape()).as(name).isEqualTo(expected.shape());
        double largest = 0;
        double error = 0;
        for (long i = 0; i < expected.size(); i++) {
            largest = Math.max(largest, Math.abs(expected.getDouble(i)));
            double difference = Math.abs(actual.getDouble(i) - expected.getDouble(i));
            error = Double.isNaN(difference) ? Double.POSITIVE_INFINITY : Math.max(error, difference);
        }
        assertThat(error).as("%s of %s by %s", name, fixture, options).isLessThanOrEqualTo(TOLERANCE * largest);
    }
}
