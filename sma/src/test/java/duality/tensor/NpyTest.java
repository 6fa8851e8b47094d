package duality.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import duality.errors.Fault;
import duality.errors.ShapeException;
import duality.errors.UnsupportedRequestException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class NpyTest {
    @TempDir
    Path folder;

    static Stream<Arguments> golden() {
        return Stream.concat(
                Fixtures.numpyTypes().map(dtype -> Arguments.of(dtype.toString(), Fixtures.array(dtype))),
                Stream.of(
                        Arguments.of("scalar", Fixtures.SCALAR),
                        Arguments.of("vector", Fixtures.VECTOR),
                        Arguments.of("empty", Fixtures.EMPTY)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("golden")
    void numpys_files_are_mapped(String name, Tensor expected) throws IOException {
        Tensor tensor = Npy.read(Fixtures.path(name + ".npy"));
        Fixtures.assertEqual(name, tensor, expected);
        assertThat(tensor.isReadOnly()).isTrue();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("golden")
    void files_are_written_as_numpy_writes_them(String name, Tensor tensor) throws IOException {
        Path file = folder.resolve("written.npy");
        Npy.write(file, tensor);
        assertThat(file).hasBinaryContent(Fixtures.bytes(name + ".npy"));
    }

    @ParameterizedTest
    @MethodSource("duality.tensor.Fixtures#numpyTypes")
    void fortran_order_becomes_row_major(DType dtype) throws IOException {
        Tensor tensor = Npy.read(Fixtures.path(dtype + "_fortran.npy"));
        Fixtures.assertEqual(dtype.toString(), tensor, Fixtures.array(dtype));
        assertThat(tensor.isReadOnly()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void every_version_is_read(int version) throws IOException {
        Fixtures.assertEqual(
                "version " + version,
                Npy.read(Fixtures.path("version" + version + ".npy")),
                Fixtures.array(DType.FLOAT32));
    }

    /** A file with a hole: 4 GiB that take no space. */
    @Test
    void sizes_and_offsets_have_64_bits() throws IOException {
        Path file = folder.resolve("large.npy");
        byte[] header = MalformedFilesTest.npy(
                1, "{'descr': '<f2', 'fortran_order': False, 'shape': (2, 1073741825), }", new byte[0]);
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.SPARSE, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(header));
            channel.write(ByteBuffer.wrap(new byte[] {0, 0x3C}), header.length + (1L << 32) + 2);
        }
        Tensor tensor = Npy.read(file);
        assertThat(tensor.size()).isEqualTo((1L << 31) + 2);
        assertThat(tensor.getDoubleAt(1, 1 << 30)).isEqualTo(1);
        assertThat(tensor.readDoubles(1L << 31, 2)).containsExactly(0, 1);
        assertThatThrownBy(tensor::toDoubleArray)
                .isInstanceOf(UnsupportedRequestException.class)
                .hasMessageContaining("2147483650 elements");
    }

    @Test
    void a_file_can_be_replaced_while_it_is_mapped() throws IOException {
        Path file = folder.resolve("a.npy");
        Npy.write(file, Tensor.of(new double[] {1, 2}, 2));
        Tensor mapped = Npy.read(file);
        Npy.write(file, mapped.reshape(2, 1));
        Npy.write(file, Fixtures.SCALAR);
        assertThat(mapped.toDoubleArray()).containsExactly(1, 2);
        Fixtures.assertEqual("replacement", Npy.read(file), Fixtures.SCALAR);
    }

    @Test
    void a_symbolic_link_keeps_pointing_to_the_file() throws IOException {
        Path file = folder.resolve("a.npy");
        Npy.write(file, Fixtures.VECTOR);
        Path link = Files.createSymbolicLink(folder.resolve("link.npy"), file);
        Npy.write(link, Fixtures.SCALAR);
        assertThat(link).isSymbolicLink();
        Fixtures.assertEqual("target", Npy.read(file), Fixtures.SCALAR);
    }

    @Test
    void a_failed_write_leaves_what_was_there() throws IOException {
        Path file = folder.resolve("a.npy");
        Npy.write(file, Fixtures.SCALAR);
        Tensor broken;
        try (Arena arena = Arena.ofConfined()) {
            broken = Tensor.wrap(DType.FLOAT64, arena.allocate(8), 1);
        }
        assertThatThrownBy(() -> Npy.write(file, broken)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> Npz.writeCompressed(file, Map.of("a", Fixtures.SCALAR, "b", broken)))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> Safetensors.write(file, Map.of("a", broken)))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> Npy.write(folder, Fixtures.SCALAR)).isInstanceOf(IOException.class);
        assertThat(file).hasBinaryContent(Fixtures.bytes("scalar.npy"));
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void bfloat16_is_refused_with_advice() {
        UnsupportedRequestException refusal = catchThrowableOfType(
                UnsupportedRequestException.class,
                () -> Npy.write(folder.resolve("a.npy"), Fixtures.array(DType.BFLOAT16)));
        assertThat(refusal.fault()).isEqualTo(Fault.WRONG_TYPE);
        assertThat(refusal).hasMessageContainingAll("bfloat16[2, 3, 4]", "to(FLOAT32)", ".safetensors");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void more_axes_than_numpy_has_are_refused() throws IOException {
        long[] shape = new long[64];
        Arrays.fill(shape, 1);
        Path file = folder.resolve("a.npy");
        Npy.write(file, Tensor.zeros(DType.INT32, shape));
        assertThat(Npy.read(file).shape()).isEqualTo(shape);
        assertThatThrownBy(() -> Npy.write(file, Tensor.zeros(DType.INT32, Arrays.copyOf(shape, 65))))
                .isInstanceOf(ShapeException.class);
    }
}
