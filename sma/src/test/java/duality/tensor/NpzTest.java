package duality.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import duality.errors.Fault;
import duality.errors.UnsupportedRequestException;
import duality.errors.ValueException;
import duality.tensor.TensorFormatException.Problem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.SequencedMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NpzTest {
    @TempDir
    Path folder;

    @Test
    void numpys_stored_arrays_are_mapped() throws IOException {
        SequencedMap<String, Tensor> archive = Npz.read(Fixtures.path("stored.npz"));
        Fixtures.assertEqual(archive, Fixtures.archive());
        archive.forEach(
                (name, tensor) -> assertThat(tensor.isReadOnly()).as(name).isEqualTo(!name.equals("fortran")));
    }

    @Test
    void numpys_deflated_arrays_are_inflated() throws IOException {
        SequencedMap<String, Tensor> expected = Fixtures.archive();
        expected.put("large", Tensor.zeros(DType.FLOAT64, 300, 100));
        Fixtures.assertEqual(Npz.read(Fixtures.path("deflated.npz")), expected);
    }

    @Test
    void an_archive_may_be_empty() throws IOException {
        assertThat(Npz.read(Fixtures.path("empty.npz"))).isEmpty();
        Path file = folder.resolve("empty.npz");
        Npz.write(file, Map.of());
        assertThat(Npz.read(file)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void entries_are_written_as_numpy_writes_them(boolean compressed) throws IOException {
        Path file = folder.resolve("written.npz");
        write(file, Fixtures.archive(), compressed);
        Fixtures.assertEqual(Npz.read(file), Fixtures.archive());
        try (ZipFile ours = new ZipFile(file.toFile());
                ZipFile numpys = new ZipFile(Fixtures.path("stored.npz").toFile())) {
            assertThat(Collections.list(ours.entries()))
                    .extracting(ZipEntry::getName)
                    .containsExactlyElementsOf(Collections.list(numpys.entries()).stream()
                            .map(ZipEntry::getName)
                            .toList());
            for (ZipEntry entry : Collections.list(ours.entries())) {
                assertThat(entry.getMethod()).isEqualTo(compressed ? ZipEntry.DEFLATED : ZipEntry.STORED);
                byte[] golden = entry.getName().equals("fortran.npy")
                        ? Fixtures.bytes("float32.npy")
                        : numpys.getInputStream(numpys.getEntry(entry.getName()))
                                .readAllBytes();
                assertThat(ours.getInputStream(entry).readAllBytes())
                        .as(entry.getName())
                        .isEqualTo(golden);
            }
        }
    }

    @Test
    void stored_data_is_aligned_and_the_bytes_are_reproducible() throws IOException {
        Path first = folder.resolve("first.npz");
        Path second = folder.resolve("second.npz");
        Npz.write(first, Fixtures.archive());
        Npz.write(second, Fixtures.archive());
        assertThat(first).hasSameBinaryContentAs(second);
        Npz.read(first)
                .forEach((name, tensor) ->
                        assertThat(tensor.segment().address() % 64).as(name).isZero());
    }

    @Test
    void inflating_stops_at_the_limit() throws IOException {
        Path file = Fixtures.path("deflated.npz");
        long total = 0;
        try (ZipFile zip = new ZipFile(file.toFile())) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                total += entry.getSize();
            }
        }
        assertThat(Npz.read(file, new ReadLimits(total))).hasSize(10);
        long tooLittle = total - 1;
        TensorFormatException refusal =
                catchThrowableOfType(TensorFormatException.class, () -> Npz.read(file, new ReadLimits(tooLittle)));
        assertThat(refusal.problem()).isEqualTo(Problem.LIMIT_EXCEEDED);
        assertThat(refusal).hasMessageContainingAll("entry 'large.npy'", "inflates to 240128", "limit is " + tooLittle);
        assertThat(Npz.read(Fixtures.path("stored.npz"), new ReadLimits(0))).hasSize(9);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void bfloat16_is_refused_with_advice(boolean compressed) {
        assertThatThrownBy(
                        () -> write(folder.resolve("a.npz"), Map.of("a", Fixtures.array(DType.BFLOAT16)), compressed))
                .isInstanceOf(UnsupportedRequestException.class)
                .hasMessageContaining("to(FLOAT32)");
        assertThat(folder).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/a", "../a", "a/../b", "a//b", "./a", "a\\b", "C:/a", "a\nb"})
    void names_that_lead_elsewhere_are_not_written(String name) {
        ValueException refusal = catchThrowableOfType(
                ValueException.class, () -> Npz.write(folder.resolve("a.npz"), Map.of(name, Fixtures.SCALAR)));
        assertThat(refusal.fault()).isEqualTo(Fault.OUT_OF_DOMAIN);
        assertThat(refusal).hasMessageContaining("name '" + name.replace('\n', '?') + "'");
    }

    private static void write(Path file, Map<String, Tensor> tensors, boolean compressed) throws IOException {
        if (compressed) {
            Npz.writeCompressed(file, tensors);
        } else {
            Npz.write(file, tensors);
        }
    }
}
