package duality.cli;

import duality.algebra.EjmlBlocks;
import duality.algebra.PrimeField;
import duality.algebra.RingMatrix;
import duality.errors.Fault;
import duality.errors.ShapeException;
import duality.errors.ValueException;
import duality.models.Classification;
import duality.models.Classifier;
import duality.models.ExactSamples;
import duality.models.MatrixProfile;
import duality.models.Zoo;
import duality.tensor.Npy;
import duality.tensor.Tensor;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.ToIntFunction;
import org.ejml.data.DMatrixRMaj;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code classify}: what kind of matrix a sequence model is. */
@Command(
        name = "classify",
        sortOptions = false,
        description = "Tell what kind of matrix a sequence model is, by ranks.",
        footer = {
            "",
            "Models are classified exactly, over the integers modulo 2^61 - 1, with random parameters and states of size"
                    + " 2 or 4. Orders are the largest ranks of blocks on and below the diagonal (lower), below it"
                    + " (strictly lower) and above it (upper); four numbers are those at the lengths T/8, T/4, T/2, T."
                    + " The mask is M / QK^T, entry by entry; its order is the lower one."
        })
final class ClassifyCommand implements Callable<Integer> {
    private static final int LENGTH = 128;
    private static final long SEED = 5;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli's
    private CommandSpec spec;

    @ArgGroup(multiplicity = "1")
    @SuppressWarnings("NullAway.Init") // picocli's
    private What what;

    /** Exactly one of these. */
    static final class What {
        @Option(names = "--model", paramLabel = "NAME", description = "One model; --all shows the names.")
        private @Nullable String model;

        @Option(names = "--all", description = "Every model.")
        @SuppressWarnings("UnusedVariable") // what the other two leave
        private boolean all;

        @Option(names = "--input", paramLabel = "FILE", description = "A square matrix in a .npy file.")
        private @Nullable Path input;
    }

    @Option(
            names = "--tolerance",
            paramLabel = "X",
            description =
                    "For --input: singular values up to X times the Frobenius norm count as zero. Default: 1e-10.")
    private @Nullable Double tolerance;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        if (tolerance != null && what.input == null) {
            throw new ValueException(
                    Fault.WRONG_ARGUMENTS, "--tolerance is for --input; models are classified exactly");
        }
        if (what.input != null) {
            DMatrixRMaj matrix = read(what.input);
            Table table = table("matrix");
            Classifier<DMatrixRMaj> classifier = Classifier.real(Objects.requireNonNullElse(tolerance, 1e-10));
            row(table, what.input.getFileName().toString(), classifier.classify(matrix));
            table.print(out);
        } else if (what.model != null) {
            Zoo model = Zoo.of(what.model);
            out.println(model.equation());
            out.println(model.source());
            out.println();
            models(List.of(model)).print(out);
        } else {
            models(Arrays.asList(Zoo.values())).print(out);
        }
        return Main.DONE;
    }

    /** The class table of some models. */
    static Table models(List<Zoo> models) {
        Table table = table("model");
        Classifier<RingMatrix<Long>> classifier = Classifier.exact(PrimeField.INSTANCE);
        try (Progress progress = Progress.of("Classifying", models.size())) {
            for (Zoo model : models) {
                progress.next(model.label());
                Zoo.Example<RingMatrix<Long>> example = model.example(new ExactSamples(SEED), LENGTH);
                row(table, model.label(), classifier.classify(example.model(), example.scores()));
            }
        }
        return table;
    }

    private static Table table(String what) {
        return new Table(what, "transition", "lower", "strictly lower", "upper", "mask of QKᵀ", "class");
    }

    private static void row(Table table, String name, Classification found) {
        table.row(
                name,
                found.transition() == null ? "–" : found.transition().toString(),
                order(found.matrix(), MatrixProfile::lowerOrder),
                order(found.matrix(), MatrixProfile::strictlyLowerOrder),
                order(found.matrix(), MatrixProfile::upperOrder),
                order(found.mask(), MatrixProfile::lowerOrder),
                found.summary());
    }

    private static String order(@Nullable List<MatrixProfile> profiles, ToIntFunction<MatrixProfile> order) {
        return profiles == null ? "–" : Classification.text(profiles, order);
    }

    private static DMatrixRMaj read(Path path) throws IOException {
        Tensor tensor = Npy.read(path);
        if (tensor.rank() != 2 || tensor.length(0) != tensor.length(1) || tensor.length(0) == 0) {
            throw new ShapeException(
                    Fault.SHAPE_MISMATCH, path + ": " + tensor + ", but a square matrix [T, T], T > 0, is classified");
        }
        int length = Math.toIntExact(tensor.length(0));
        return EjmlBlocks.INSTANCE.of(length, length, tensor.toDoubleArray());
    }
}
