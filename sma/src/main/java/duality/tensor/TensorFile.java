package duality.tensor;

import duality.errors.Fault;
import duality.errors.UnsupportedRequestException;
import duality.errors.ValueException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;

/** Files of tensors, whatever the format: the extension {@code .npy}, {@code .npz} or {@code .safetensors} says. */
public final class TensorFile {
    /** The name that the one tensor of a {@code .npy} file gets. */
    public static final String ARRAY = "array";

    private enum Format {
        NPY,
        NPZ,
        SAFETENSORS
    }

    private TensorFile() {}

    /** Reads a file within {@link ReadLimits#DEFAULT}. */
    public static SequencedMap<String, Tensor> read(Path path) throws IOException {
        return read(path, ReadLimits.DEFAULT);
    }

    /**
     * Reads a file as {@link Npy#read}, {@link Npz#read(Path, ReadLimits)} or {@link Safetensors#read} does.
     *
     * @return unmodifiable, name to tensor in the order of the file
     * @throws UnsupportedRequestException when the extension is none of the three
     * @throws TensorFormatException when the file is not as its format asks
     */
    public static SequencedMap<String, Tensor> read(Path path, ReadLimits limits) throws IOException {
        return switch (format(path)) {
            case NPY -> Collections.unmodifiableSequencedMap(new LinkedHashMap<>(Map.of(ARRAY, Npy.read(path))));
            case NPZ -> Npz.read(path, limits);
            case SAFETENSORS -> Safetensors.read(path).tensors();
        };
    }

    /**
     * Whether a file of this name can hold several named tensors: {@code .npz} and {@code .safetensors} can, {@code
     * .npy} cannot.
     *
     * @throws UnsupportedRequestException when the extension is none of the three
     */
    public static boolean holdsNames(Path path) {
        return format(path) != Format.NPY;
    }

    /**
     * Writes a file as {@link Npy#write}, {@link Npz#write} or {@link Safetensors#write(Path, Map)} does.
     *
     * @param tensors name to tensor; exactly one for {@code .npy}, which does not keep the name
     * @throws UnsupportedRequestException when the extension is none of the three, or the format lacks a type
     */
    public static void write(Path path, Map<String, Tensor> tensors) throws IOException {
        switch (format(path)) {
            case NPY -> {
                if (tensors.size() != 1) {
                    throw new ValueException(
                            Fault.WRONG_ARGUMENTS,
                            path + ": " + tensors.size() + " tensors " + tensors.keySet()
                                    + " for .npy, which holds one; use .npz or .safetensors");
                }
                Npy.write(path, tensors.values().iterator().next());
            }
            case NPZ -> Npz.write(path, tensors);
            case SAFETENSORS -> Safetensors.write(path, tensors);
        }
    }

    private static Format format(Path path) {
        String name = path.toString().toLowerCase(Locale.ROOT);
        for (Format format : Format.values()) {
            if (name.endsWith("." + format.name().toLowerCase(Locale.ROOT))) {
                return format;
            }
        }
        throw new UnsupportedRequestException(
                Fault.UNAVAILABLE, path + ": unknown extension; supported are .npy, .npz and .safetensors");
    }
}
