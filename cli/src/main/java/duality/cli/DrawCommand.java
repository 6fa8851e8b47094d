package duality.cli;

import duality.algebra.EjmlBlocks;
import duality.errors.Fault;
import duality.errors.ValueException;
import duality.figures.MatrixFigure;
import duality.models.Zoo;
import duality.tensor.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code draw}: pictures of models, masks and of the documentation. */
@Command(
        name = "draw",
        sortOptions = false,
        description = "Draw a sequence model or a mask as a matrix, and its blocks.",
        footer = {
            "",
            "Models have random parameters, the same every time. Those with a recurrence are also drawn in blocks.",
            "Figures of the documentation: blocks, masks."
        })
final class DrawCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli's
    private CommandSpec spec;

    @ArgGroup(multiplicity = "1")
    @SuppressWarnings("NullAway.Init") // picocli's
    private What what;

    /** Exactly one of these. */
    static final class What {
        @Option(names = "--model", paramLabel = "NAME", description = "A model; classify --all shows the names.")
        private @Nullable String model;

        @Option(names = "--mask", paramLabel = "NAME", description = "A mask, such as hierarchical.")
        private @Nullable String mask;

        @Option(names = "--figure", paramLabel = "NAME", description = "A figure of the documentation.")
        private @Nullable String figure;
    }

    @Option(
            names = "--length",
            paramLabel = "T",
            defaultValue = "16",
            description = "Steps of a model or mask, 1 to " + MatrixFigure.LARGEST + ". Default: ${DEFAULT-VALUE}.")
    private int length;

    @Option(
            names = "--chunk",
            paramLabel = "Q",
            defaultValue = "4",
            description = "Chunk length of the blocks of a model. Default: ${DEFAULT-VALUE}.")
    private int chunk;

    @Option(names = "--output", paramLabel = "FILE", description = "The file to write. Default: NAME.svg.")
    private @Nullable Path output;

    @Override
    public Integer call() throws IOException {
        if (length < 1 || length > MatrixFigure.LARGEST) {
            throw new ValueException(
                    Fault.OUT_OF_RANGE, "--length " + length + ": must be 1 to " + MatrixFigure.LARGEST);
        }
        String name = what.model != null ? what.model : what.mask != null ? what.mask : what.figure;
        String svg = what.model != null
                ? Figures.model(Zoo.of(what.model), length, chunk)
                : what.mask != null ? mask(MaskExample.of(what.mask)) : figure(Objects.requireNonNull(what.figure));
        Path file = output == null ? Path.of(name + ".svg") : output;
        AtomicFile.write(file, svg);
        spec.commandLine().getOut().println(file);
        return Main.DONE;
    }

    private String mask(MaskExample mask) {
        return mask.of(length)
                .addTo(new MatrixFigure(mask.heading()), mask.heading(), EjmlBlocks.INSTANCE)
                .svg();
    }

    private static String figure(String name) {
        return switch (name) {
            case "blocks" -> Figures.blocks();
            case "masks" -> Figures.masks();
            default ->
                throw new ValueException(Fault.WRONG_ARGUMENTS, "no figure " + name + "; there are blocks, masks");
        };
    }
}
