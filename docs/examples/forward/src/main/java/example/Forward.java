package example;

import duality.algebra.EjmlBlocks;
import duality.figures.Figure;
import duality.ssd.ScalarSsm;
import duality.ssd.SsdBackend;
import duality.ssd.SsdBackends;
import duality.ssd.SsdInputs;
import duality.ssd.SsdOptions;
import duality.ssd.SsdOutputs;
import duality.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;

/** A layer's forward pass by the fastest backend, compared with the definition, and a picture of a small model. */
public final class Forward {
    private Forward() {}

    /** Writes the picture to the file given. */
    public static void main(String[] arguments) throws IOException {
        SplittableRandom random = new SplittableRandom(1);
        DoubleSupplier number = () -> random.nextDouble(-1, 1);
        SsdInputs inputs = SsdInputs.builder(
                        Tensor.generate(number, 2, 100, 4, 16), // x (batch, time, heads, headDim)
                        Tensor.generate(number, 2, 100, 4), // dt (batch, time, heads)
                        Tensor.generate(() -> -random.nextDouble(1, 16), 4), // A (heads)
                        Tensor.generate(number, 2, 100, 1, 8), // B (batch, time, groups, stateSize)
                        Tensor.generate(number, 2, 100, 1, 8)) // C, likewise
                .dtSoftplus(true)
                .build();
        SsdBackend backend = SsdBackends.auto();
        SsdOutputs outputs = backend.forward(inputs, SsdOptions.defaults());
        SsdOutputs definition = SsdBackends.REFERENCE.forward(inputs, SsdOptions.defaults());
        double worst = 0;
        for (long i = 0; i < definition.y().size(); i++) {
            worst = Math.max(
                    worst,
                    Math.abs(outputs.y().getDouble(i) - definition.y().getDouble(i)));
        }
        System.out.println("y: " + outputs.y());
        System.out.println("agrees with the definition to 1e-12: " + (worst < 1e-12));

        EjmlBlocks k = EjmlBlocks.INSTANCE;
        var ssm = ScalarSsm.of(
                k,
                k.of(16, 1, random.doubles(16, 0.6, 1).toArray()),
                k.of(16, 2, random.doubles(32, -1, 1).toArray()),
                k.of(16, 2, random.doubles(32, -1, 1).toArray()),
                k.zeros(16, 1),
                k.zeros(2, 1));
        String svg = new Figure("A state space model as a matrix")
                .heatMap("M = 1SS(a) ∘ (C Bᵀ)", ssm.matrix(k))
                .svg();
        Files.writeString(Path.of(arguments[0]), svg);
    }
}
