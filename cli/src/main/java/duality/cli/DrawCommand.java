package duality.cli;

import duality.algebra.EjmlBlocks;
import duality.errors.Fault;
import duality.errors.ShapeException;
import duality.errors.ValueException;
import duality.figures.Figure;
import duality.models.Zoo;
import duality.ssd.Cuts;
import duality.tensor.AtomicFile;
import duality.tensor.Npy;
import duality.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.ejml.data.DMatrixRMaj;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code draw}: pictures of models, masks, matrices and of the documentation. */
@Command(
        name = "draw",
        sortOptions = false,
        description = "Draw a sequence model, a mask or a matrix of your own, or a figure of the documentation.",
        footer = {
            "",
            "Models have random parameters, the same every time. Those with a recurrence are also drawn in blocks.",
            "Figures of the documentation: matrix, blocks, masks, models, ranks, contraction-orders, state-passing,",
            "cumprodsum; and from measurements time, memory, error."
        })
final class DrawCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli's
    private CommandSpec spec;

    @Option(names = "--model", paramLabel = "NAME", description = "A model; classify --all shows the names.")
    private @Nullable String model;

    @Option(
            names = "--mask",
            paramLabel = "NAME",
            description = "A mask, such as hierarchical; with --input, over that matrix.")
    private @Nullable String mask;

    @Option(names = "--input", paramLabel = "FILE", description = "A matrix in a .npy file.")
    private @Nullable Path input;

    @Option(names = "--figure", paramLabel = "NAME", description = "A figure of the documentation.")
    private @Nullable String figure;

    @Option(names = "--all", description = "Every figure of the documentation.")
    private boolean all;

    @Option(
            names = "--length",
            paramLabel = "T",
            description = "Steps of a model or mask, 1 to " + Figure.LARGEST + ". Default: 16.")
    private @Nullable Integer length;

    @ArgGroup(multiplicity = "0..1")
    private @Nullable Chunks chunks;

    /** At most one of these. */
    static final class Chunks {
        @Option(names = "--chunk", paramLabel = "Q", description = "Chunk length of the blocks. Default: 4.")
        private @Nullable Integer every;

        @Option(names = "--cuts", paramLabel = "T", split = ",", description = "Where to cut, such as 3,7,12.")
        private int @Nullable [] at;

        Cuts cuts() {
            return at != null ? Cuts.at(at) : Cuts.every(Objects.requireNonNull(every));
        }
    }

    @Option(
            names = "--measure",
            paramLabel = "FILE",
            description = "For time, memory and error: measure on this machine, and write the numbers to a file.")
    private @Nullable Path measure;

    @Option(
            names = "--data",
            paramLabel = "FILE",
            description = "For time, memory and error: draw from the numbers in a file.")
    private @Nullable Path data;

    @Option(
            names = "--output",
            paramLabel = "FILE",
            description = "The file to write, with --all the folder. Default: NAME.svg, the current folder.")
    private @Nullable Path output;

    @Override
    public Integer call() throws IOException {
        if (length != null && (length < 1 || length > Figure.LARGEST)) {
            throw new ValueException(Fault.OUT_OF_RANGE, "--length " + length + ": must be 1 to " + Figure.LARGEST);
        }
        if (figure == null && (measure != null || data != null)) {
            throw new ValueException(
                    Fault.WRONG_ARGUMENTS,
                    "--measure and --data are for --figure " + String.join(", ", Figures.MEASURED));
        }
        requireOne();
        if (model != null) {
            write(model, Figures.model(Zoo.of(model), length(), cuts()));
        } else if (input != null) {
            refuseLength("--input");
            String name = input.getFileName().toString();
            write(
                    name.replaceFirst("\\.npy$", ""),
                    Figures.input(
                            name,
                            read(input),
                            mask == null ? null : MaskExample.of(mask),
                            chunks == null ? null : chunks.cuts()));
        } else if (mask != null) {
            refuseChunks("--mask");
            write(mask, Figures.mask(MaskExample.of(mask), length()));
        } else if (figure != null) {
            write(figure, figure(figure));
        } else {
            refuseChunks("--all");
            refuseLength("--all");
            Path folder = output == null ? Path.of("") : output;
            Files.createDirectories(folder);
            for (String name : Figures.names()) {
                write(folder.resolve(name + ".svg"), Figures.of(name));
            }
        }
        return Main.DONE;
    }

    /** What is drawn is one thing, or a matrix with a mask. */
    private void requireOne() {
        long given =
                Stream.of(model, mask, input, figure).filter(Objects::nonNull).count() + (all ? 1 : 0);
        if (given != 1 && !(given == 2 && mask != null && input != null)) {
            throw new ValueException(
                    Fault.WRONG_ARGUMENTS,
                    "one of --model, --mask, --input, --figure, --all is drawn, or --input with --mask; there are "
                            + given);
        }
    }

    private String figure(String name) throws IOException {
        Figures.require(name);
        if (Figures.MEASURED.contains(name)) {
            refuseChunks(name);
            refuseLength(name);
            return measured(name);
        }
        if (measure != null || data != null) {
            throw new ValueException(
                    Fault.WRONG_ARGUMENTS, name + " is not measured; " + String.join(", ", Figures.MEASURED) + " are");
        }
        return switch (name) {
            case "blocks" -> Figures.blocks(length(), cuts());
            case "state-passing" -> Figures.statePassing(length(), cuts());
            default -> {
                refuseChunks(name);
                refuseLength(name);
                yield Figures.of(name);
            }
        };
    }

    private String measured(String name) throws IOException {
        if (measure != null && data != null) {
            throw new ValueException(Fault.WRONG_ARGUMENTS, "--measure and --data: one of them");
        }
        if (measure != null) {
            Curves curves = new Measurements().of(name);
            AtomicFile.write(measure, curves.text());
            return Figures.measured(name, curves);
        }
        return data == null ? Figures.of(name) : Figures.measured(name, Curves.parse(Files.readString(data)));
    }

    private void write(String name, String svg) throws IOException {
        write(output == null ? Path.of(name + ".svg") : output, svg);
    }

    private void write(Path file, String svg) throws IOException {
        AtomicFile.write(file, svg);
        spec.commandLine().getOut().println(file);
    }

    private int length() {
        return Objects.requireNonNullElse(length, Figures.LENGTH);
    }

    private Cuts cuts() {
        return chunks == null ? Figures.CUTS : chunks.cuts();
    }

    private void refuseChunks(String option) {
        if (chunks != null) {
            throw new ValueException(Fault.WRONG_ARGUMENTS, option + " has no chunks to cut");
        }
    }

    private void refuseLength(String option) {
        if (length != null) {
            throw new ValueException(Fault.WRONG_ARGUMENTS, option + " has a length of its own");
        }
    }

    private static DMatrixRMaj read(Path path) throws IOException {
        Tensor tensor = Npy.read(path);
        if (tensor.rank() != 2 || tensor.size() == 0) {
            throw new ShapeException(
                    Fault.SHAPE_MISMATCH, path + ": " + tensor + ", but a matrix [rows, columns] is drawn");
        }
        if (Math.max(tensor.length(0), tensor.length(1)) > Figure.LARGEST) {
            throw new ShapeException(
                    Fault.OUT_OF_RANGE,
                    "%s: %s, but at most %d rows and columns are drawn".formatted(path, tensor, Figure.LARGEST));
        }
        return EjmlBlocks.INSTANCE.of((int) tensor.length(0), (int) tensor.length(1), tensor.toDoubleArray());
    }
}
