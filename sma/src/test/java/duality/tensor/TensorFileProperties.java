package duality.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import duality.errors.Fault;
import duality.errors.InvalidInputException;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

class TensorFileProperties {
    private static Path folder = Path.of("");

    @BeforeContainer
    static void createFolder() throws IOException {
        folder = Files.createTempDirectory("duality-tensor-files");
    }

    @AfterContainer
    static void deleteFolder() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }

    /** Any type, up to four axes, and any bits: NaN with payloads, infinities and subnormals among them. */
    @Provide
    Arbitrary<Tensor> tensors() {
        return Combinators.combine(
                        Arbitraries.of(DType.class),
                        Arbitraries.longs().between(0, 5).array(long[].class).ofMaxSize(4),
                        Arbitraries.longs())
                .as((dtype, shape, seed) -> {
                    Tensor tensor = Tensor.zeros(dtype, shape);
                    Random random = new Random(seed);
                    long[] special = {0, -1, 1, 0x7FC0, 0x7F800000, 0xFFF0000000000000L, 0x7C01};
                    for (long i = 0; i < tensor.size(); i++) {
                        tensor.setBits(
                                i,
                                random.nextInt(4) == 0 ? special[random.nextInt(special.length)] : random.nextLong());
                    }
                    return tensor;
                });
    }

    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void what_is_written_is_read(
            @ForAll("tensors") Tensor first, @ForAll("tensors") Tensor second, @ForAll boolean compressed)
            throws IOException {
        Path safetensors = folder.resolve("a.safetensors");
        TensorFile.write(safetensors, Map.of("first", first, "second", second));
        Map<String, Tensor> read = TensorFile.read(safetensors);
        Fixtures.assertEqual("first", read.get("first"), first);
        Fixtures.assertEqual("second", read.get("second"), second);
        if (first.dtype() != DType.BFLOAT16) {
            Path npy = folder.resolve("a.npy");
            TensorFile.write(npy, Map.of("any name", first));
            Fixtures.assertEqual(TensorFile.read(npy), Map.of(TensorFile.ARRAY, first));
            Path npz = folder.resolve("a.NPZ");
            if (compressed) {
                Npz.writeCompressed(npz, Map.of("first", first));
            } else {
                TensorFile.write(npz, Map.of("first", first));
            }
            Fixtures.assertEqual(TensorFile.read(npz), Map.of("first", first));
        }
    }

    /** Column-major files, made by listing elements with the first index fastest. */
    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void fortran_order_is_transposed(@ForAll("tensors") Tensor tensor) throws IOException {
        if (tensor.dtype() != DType.BFLOAT16) {
            long[] shape = tensor.shape();
            Tensor columnMajor = Tensor.zeros(tensor.dtype(), tensor.size());
            for (long flat = 0; flat < tensor.size(); flat++) {
                long[] index = new long[shape.length];
                long rest = flat;
                for (int axis = 0; axis < shape.length; axis++) {
                    index[axis] = rest % shape[axis];
                    rest /= shape[axis];
                }
                columnMajor.setBits(flat, tensor.bits(tensor.offset(index)));
            }
            Path file = folder.resolve("fortran.npy");
            byte[] header = NpyHeader.bytes(tensor);
            String text = new String(header, 10, header.length - 10, StandardCharsets.ISO_8859_1);
            byte[] data = columnMajor.segment().toArray(ValueLayout.JAVA_BYTE);
            Files.write(file, MalformedFilesTest.npy(1, text.replace("False", "True"), data));
            Fixtures.assertEqual("transposed", Npy.read(file), tensor);
        }
    }

    @Example
    void unknown_extensions_are_refused() {
        Path file = Path.of("weights.bin");
        InvalidInputException refusal = catchThrowableOfType(InvalidInputException.class, () -> TensorFile.read(file));
        assertThat(refusal.fault()).isEqualTo(Fault.UNAVAILABLE);
        assertThat(refusal).hasMessageContainingAll("weights.bin", ".npy", ".npz", ".safetensors");
        assertThat(catchThrowableOfType(InvalidInputException.class, () -> TensorFile.write(file, Map.of()))
                        .fault())
                .isEqualTo(Fault.UNAVAILABLE);
    }

    @Example
    void an_npy_file_holds_one_tensor() {
        InvalidInputException refusal = catchThrowableOfType(
                InvalidInputException.class, () -> TensorFile.write(folder.resolve("b.npy"), Fixtures.small()));
        assertThat(refusal.fault()).isEqualTo(Fault.WRONG_ARGUMENTS);
        assertThat(refusal).hasMessageContaining("2 tensors [a, b]");
    }
}
