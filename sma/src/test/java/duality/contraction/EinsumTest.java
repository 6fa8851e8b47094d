package duality.contraction;

import static org.assertj.core.api.Assertions.assertThat;

import duality.algebra.EjmlBlocks;
import duality.algebra.PrimeField;
import duality.algebra.RingMatrix;
import duality.tensor.DType;
import duality.tensor.Npz;
import duality.tensor.Tensor;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Contraction agrees with NumPy's einsum on the random contractions that make_einsum.py wrote. The numbers are
 * small multiples of powers of two, so that no order of products and sums rounds: equality is exact.
 */
class EinsumTest {
    record Case(String subscripts, List<Tensor> operands, Tensor expected) {
        @Override
        public String toString() {
            return subscripts + " of " + operands;
        }
    }

    static Stream<Case> cases() throws IOException {
        Map<String, Tensor> numbers = Npz.read(path("einsum.npz"));
        double[] operands = Objects.requireNonNull(numbers.get("operands")).toDoubleArray();
        double[] results = Objects.requireNonNull(numbers.get("results")).toDoubleArray();
        int[] read = new int[2];
        List<Case> cases = new ArrayList<>();
        for (String line : Files.readAllLines(path("einsum.txt"))) {
            String[] parts = line.split("; ", -1);
            List<Tensor> tensors = new ArrayList<>();
            for (String shape : parts[1].split(" ", -1)) {
                tensors.add(next(operands, read, 0, shape));
            }
            cases.add(new Case(parts[0], tensors, next(results, read, 1, parts[2])));
        }
        assertThat(cases).hasSizeGreaterThanOrEqualTo(200);
        assertThat(read).containsExactly(operands.length, results.length);
        return cases.stream();
    }

    private static Tensor next(double[] numbers, int[] read, int which, String text) {
        long[] shape = text.equals("scalar")
                ? new long[0]
                : Arrays.stream(text.split("x", -1)).mapToLong(Long::parseLong).toArray();
        int size = Math.toIntExact(Arrays.stream(shape).reduce(1, (a, b) -> a * b));
        int from = read[which];
        read[which] += size;
        return Tensor.of(Arrays.copyOfRange(numbers, from, from + size), shape);
    }

    private static Path path(String name) {
        try {
            return Path.of(EinsumTest.class.getResource(name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void doublePrecision(Case einsum) {
        Tensor actual =
                Contraction.contract(einsum.subscripts(), einsum.operands().toArray(Tensor[]::new));
        assertThat(actual).hasToString(einsum.expected().toString());
        assertThat(actual.toDoubleArray()).isEqualTo(withoutNegativeZero(einsum.expected(), actual));
    }

    /** Both objectives, the interface's default product, and single precision where its 24 bits suffice. */
    @ParameterizedTest
    @MethodSource("cases")
    void otherPlansAndPrecisions(Case einsum) {
        List<NdArray<DMatrixRMaj>> doubles = einsum.operands().stream()
                .map(tensor -> Contraction.array(EjmlBlocks.INSTANCE, tensor))
                .toList();
        Plan frugal = Contraction.plan(einsum.subscripts(), Objective.MEMORY, doubles);
        Tensor actual = Contraction.tensor(
                EjmlBlocks.INSTANCE, frugal.execute(new FloatingOperations<>(EjmlBlocks.INSTANCE), doubles));
        assertThat(actual.toDoubleArray()).isEqualTo(withoutNegativeZero(einsum.expected(), actual));
        if (einsum.operands().size() <= 3) {
            Tensor single = Contraction.contract(
                    einsum.subscripts(),
                    einsum.operands().stream()
                            .map(tensor -> tensor.to(DType.FLOAT32))
                            .toArray(Tensor[]::new));
            assertThat(single.dtype()).isEqualTo(DType.FLOAT32);
            assertThat(single.toDoubleArray()).isEqualTo(withoutNegativeZero(einsum.expected(), single));
        }
    }

    /** The same steps over a field: eighths are integers there, times the inverse of a power of eight. */
    @ParameterizedTest
    @MethodSource("cases")
    void primeField(Case einsum) {
        RingOperations<Long> exact = new RingOperations<>(PrimeField.INSTANCE);
        List<NdArray<RingMatrix<Long>>> arrays = einsum.operands().stream()
                .map(tensor -> integers(exact, tensor, 8))
                .toList();
        NdArray<RingMatrix<Long>> actual =
                Contraction.plan(einsum.subscripts(), Objective.FLOPS, arrays).execute(exact, arrays);
        NdArray<RingMatrix<Long>> expected =
                integers(exact, einsum.expected(), 1L << (3 * einsum.operands().size()));
        assertThat(actual.shape()).isEqualTo(expected.shape());
        assertThat(entries(actual)).isEqualTo(entries(expected));
    }

    private static NdArray<RingMatrix<Long>> integers(RingOperations<Long> exact, Tensor tensor, long unit) {
        double[] values = tensor.toDoubleArray();
        return NdArray.of(
                exact.blocks(),
                RingMatrix.of(1, values.length, (i, j) -> PrimeField.INSTANCE.integer(Math.round(values[j] * unit))),
                tensor.shape());
    }

    private static List<Long> entries(NdArray<RingMatrix<Long>> array) {
        List<Long> entries = new ArrayList<>();
        RingMatrix<Long> block = array.entries();
        for (int i = 0; i < block.rows(); i++) {
            for (int j = 0; j < block.columns(); j++) {
                entries.add(block.get(i, j));
            }
        }
        return entries;
    }

    /** The expected numbers, with zero of the sign that was found: sums of nothing and of −0.0 differ in it. */
    private static double[] withoutNegativeZero(Tensor expected, Tensor actual) {
        double[] values = expected.toDoubleArray();
        double[] found = actual.toDoubleArray();
        assertThat(found).hasSameSizeAs(values);
        for (int i = 0; i < values.length; i++) {
            if (values[i] == 0 && found[i] == 0) {
                values[i] = found[i];
            }
        }
        return values;
    }
}
