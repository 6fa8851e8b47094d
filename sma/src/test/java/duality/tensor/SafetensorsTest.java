package duality.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import duality.errors.ValueException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsTest {
    private static final Map<String, String> METADATA = Map.of("origin\t", "a \"text\" with β, \u001f and \u007f");

    @TempDir
    Path folder;

    /** In the order of the data. */
    private static SequencedMap<String, Tensor> tensors() {
        SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("int64", Fixtures.array(DType.INT64));
        tensors.put("float64", Fixtures.array(DType.FLOAT64));
        tensors.put("scalar", Fixtures.SCALAR);
        tensors.put("empty", Fixtures.EMPTY);
        tensors.put("float32", Fixtures.array(DType.FLOAT32));
        tensors.put("\"quoted\\name\"\n\u001f", Fixtures.VECTOR);
        tensors.put("int32", Fixtures.array(DType.INT32));
        tensors.put("β", Fixtures.VECTOR);
        tensors.put("bfloat16", Fixtures.array(DType.BFLOAT16));
        tensors.put("float16", Fixtures.array(DType.FLOAT16));
        return tensors;
    }

    @Test
    void reference_files_are_mapped() throws IOException {
        Safetensors file = Safetensors.read(Fixtures.path("tensors.safetensors"));
        Fixtures.assertEqual(file.tensors(), tensors());
        assertThat(file.tensors().values()).allMatch(Tensor::isReadOnly);
        assertThat(file.metadata()).isEmpty();
    }

    @Test
    void metadata_is_kept() throws IOException {
        Safetensors file = Safetensors.read(Fixtures.path("metadata.safetensors"));
        Fixtures.assertEqual(file.tensors(), tensors());
        assertThat(file.metadata()).isEqualTo(METADATA);
    }

    @Test
    void files_are_written_as_the_reference_writes_them() throws IOException {
        Path file = folder.resolve("written.safetensors");
        Safetensors.write(file, tensors().reversed());
        assertThat(file).hasBinaryContent(Fixtures.bytes("tensors.safetensors"));
        Safetensors.write(file, tensors(), METADATA);
        assertThat(file).hasBinaryContent(Fixtures.bytes("metadata.safetensors"));
        Safetensors.write(file, Map.of());
        assertThat(file).hasBinaryContent(Fixtures.bytes("empty.safetensors"));
        assertThat(Safetensors.read(file).tensors()).isEmpty();
    }

    @Test
    void names_are_sorted_as_utf_8() throws IOException {
        Path file = folder.resolve("written.safetensors");
        Safetensors.write(file, Map.of("\uFFFD", Fixtures.SCALAR, "😀", Fixtures.SCALAR));
        assertThat(Safetensors.read(file).tensors().keySet()).containsExactly("\uFFFD", "😀");
    }

    @Test
    void the_header_may_list_tensors_in_any_order() throws IOException {
        Path file = folder.resolve("a.safetensors");
        Files.write(
                file,
                MalformedFilesTest.safetensors(
                        "{\"b\":{\"shape\":[1],\"data_offsets\":[4,8],\"dtype\":\"I32\"},"
                                + "\"a\":{\"dtype\":\"I32\",\"shape\":[1],\"data_offsets\":[0,4]}} \n",
                        "\1\0\0\0\2\0\0\0".getBytes(StandardCharsets.ISO_8859_1)));
        SequencedMap<String, Tensor> expected = new LinkedHashMap<>();
        expected.put("a", Tensor.of(new int[] {1}, 1));
        expected.put("b", Tensor.of(new int[] {2}, 1));
        Fixtures.assertEqual(Safetensors.read(file).tensors(), expected);
    }

    @Test
    void what_the_format_cannot_hold_is_not_written() {
        Path file = folder.resolve("a.safetensors");
        assertThatThrownBy(() -> Safetensors.write(file, Map.of("__metadata__", Fixtures.SCALAR)))
                .isInstanceOf(ValueException.class)
                .hasMessageContaining("__metadata__");
        assertThatThrownBy(() -> Safetensors.write(file, Map.of("\uD800", Fixtures.SCALAR)))
                .isInstanceOf(ValueException.class)
                .hasMessageContaining("surrogate");
        assertThatThrownBy(() -> Safetensors.write(file, Map.of(), Map.of("a", "\uDC00")))
                .isInstanceOf(ValueException.class);
        assertThat(folder).isEmptyDirectory();
    }
}
