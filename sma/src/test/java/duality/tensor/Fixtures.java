package duality.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import duality.tensor.TensorFormatException.Problem;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The files that make_fixtures.py wrote with the reference libraries, and what they hold. */
final class Fixtures {
    static final Tensor SCALAR = Tensor.of(new double[] {1.5});
    static final Tensor VECTOR = Tensor.of(new int[] {0, 1, 2, 3, 4}, 5);
    static final Tensor EMPTY = Tensor.zeros(DType.FLOAT32, 2, 0, 3);

    private Fixtures() {}

    static Path path(String name) {
        try {
            return Path.of(Fixtures.class.getResource(name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    static byte[] bytes(String name) throws IOException {
        return Files.readAllBytes(path(name));
    }

    static Stream<DType> numpyTypes() {
        return Stream.of(DType.values()).filter(dtype -> dtype != DType.BFLOAT16);
    }

    /** Special values first, then plain ones, as {@code array} in make_fixtures.py. */
    static Tensor array(DType dtype) {
        Tensor array = Tensor.zeros(dtype, 2, 3, 4);
        if (dtype.isFloatingPoint()) {
            double[] special = switch (dtype) {
                case FLOAT64 -> new double[] {0x1p-1074, -0x1p-1022, 0x1.fffffffffffffp1023};
                case FLOAT32 -> new double[] {0x1p-149, -0x1p-126, 0x1.fffffep127};
                case BFLOAT16 -> new double[] {0x1p-133, -0x1p-126, 0x1.fep127};
                default -> new double[] {0x1p-24, -0x1p-14, 0x1.ffcp15};
            };
            array.writeDoubles(
                    0, new double[] {0.0, -0.0, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY});
            array.writeDoubles(5, special);
            for (int k = 8; k < 24; k++) {
                array.setDouble(k, (k - 12) * 0.375);
            }
        } else {
            array.setLong(0, dtype == DType.INT32 ? Integer.MIN_VALUE : Long.MIN_VALUE);
            array.setLong(1, dtype == DType.INT32 ? Integer.MAX_VALUE : Long.MAX_VALUE);
            array.setLong(3, -1);
            for (int k = 4; k < 24; k++) {
                array.setLong(k, (k - 12) * 1001L);
            }
        }
        return array;
    }

    /** What the fixtures' archives hold, in their order. */
    static SequencedMap<String, Tensor> archive() {
        SequencedMap<String, Tensor> archive = new LinkedHashMap<>();
        for (DType dtype : List.of(DType.FLOAT64, DType.FLOAT32, DType.FLOAT16, DType.INT32, DType.INT64)) {
            archive.put(dtype.toString(), array(dtype));
        }
        archive.put("fortran", array(DType.FLOAT32));
        archive.put("scalar", SCALAR);
        archive.put("empty", EMPTY);
        archive.put("layer/β", VECTOR);
        return archive;
    }

    /** Two small tensors that every format can hold, for files that are damaged in all possible ways. */
    static SequencedMap<String, Tensor> small() {
        SequencedMap<String, Tensor> small = new LinkedHashMap<>();
        small.put("a", Tensor.of(new double[] {1, 2, 3}, 3));
        small.put("b", Tensor.of(new int[] {4, 5}, 2, 1));
        return small;
    }

    static void assertEqual(Map<String, Tensor> actual, Map<String, Tensor> expected) {
        assertThat(actual.keySet()).containsExactlyElementsOf(expected.keySet());
        expected.forEach((name, tensor) -> assertEqual(name, actual.get(name), tensor));
    }

    static void assertEqual(String what, @Nullable Tensor actual, Tensor expected) {
        assertThat(actual).as(what).hasToString(expected.toString());
        assertThat(actual != null && actual.contentEquals(expected))
                .as("bits of %s", what)
                .isTrue();
    }

    /** Reading gives the code, and a message with the path and the words. */
    static void assertRefused(Path path, Problem problem, String... words) {
        TensorFormatException refusal = catchThrowableOfType(TensorFormatException.class, () -> TensorFile.read(path));
        assertThat(refusal).as("refusal of %s", path).isNotNull();
        assertThat(refusal.problem()).as(refusal.getMessage()).isEqualTo(problem);
        assertThat(refusal.path()).isEqualTo(path);
        assertThat(refusal).hasMessageStartingWith(path + ": ").hasMessageContainingAll(words);
    }
}
