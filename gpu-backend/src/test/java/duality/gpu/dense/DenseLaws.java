package duality.gpu.dense;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import duality.errors.ShapeException;
import duality.errors.UnsupportedRequestException;
import duality.gpu.DeviceTensor;
import duality.tensor.DType;
import duality.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The laws of dense products, on a GPU or a stand-in for one, against sums in float64. */
abstract class DenseLaws {
    private final List<DeviceTensor> open = new ArrayList<>();

    abstract DenseProducts products();

    /** A matrix or a batch inside a larger tensor that is full of NaN elsewhere. */
    private record Placed(double[] values, Tensor host, DeviceMatrix matrix) {
        static Placed of(Tensor host, DeviceMatrix matrix) {
            return new Placed(host.toDoubleArray(), host, matrix);
        }

        int index(int batch, int i, int j) {
            DeviceMatrix m = matrix;
            int row = m.transposed() ? j : i;
            int column = m.transposed() ? i : j;
            return (int) (m.at() + (m.batch() == 1 ? 0 : batch) * m.batchStride() + row * m.stride() + column);
        }

        double at(int batch, int i, int j) {
            return values[index(batch, i, j)];
        }
    }

    private Placed place(
            SplittableRandom random,
            DType type,
            int batch,
            int rows,
            int columns,
            boolean transposed,
            boolean grained) {
        int storedRows = transposed ? columns : rows;
        int storedColumns = transposed ? rows : columns;
        long grain = grained ? 8 : 1;
        long at = random.nextInt(3) * grain;
        long stride = (storedColumns + random.nextInt(3) * grain + grain - 1) / grain * grain;
        long batchStride = (storedRows * stride + random.nextInt(3) * grain + grain - 1) / grain * grain;
        Tensor host = Tensor.zeros(type, at + batch * batchStride + 5);
        for (long i = 0; i < host.size(); i++) {
            host.setDouble(i, Double.NaN);
        }
        for (int b = 0; b < batch; b++) {
            for (int i = 0; i < storedRows; i++) {
                for (int j = 0; j < storedColumns; j++) {
                    host.setDouble(at + b * batchStride + i * stride + j, random.nextDouble(-1, 1) * random.nextInt(4));
                }
            }
        }
        DeviceTensor device = products().upload(host);
        open.add(device);
        return Placed.of(host, new DeviceMatrix(device, at, batch, batchStride, rows, columns, stride, transposed));
    }

    private void multiply(SplittableRandom random, DType type, DType result, int m, int n, int k, boolean grained) {
        int batch = random.nextInt(1, 4);
        boolean add = random.nextBoolean();
        try {
            Placed a = place(random, type, random.nextBoolean() ? 1 : batch, m, k, random.nextBoolean(), grained);
            Placed b = place(random, type, random.nextBoolean() ? 1 : batch, k, n, random.nextBoolean(), grained);
            Placed c = place(random, result, batch, m, n, random.nextInt(4) == 0, random.nextBoolean());
            products().multiply(a.matrix(), b.matrix(), c.matrix(), add);
            Tensor computed = products().download(c.matrix().tensor());
            check(a, b, c, Placed.of(computed, c.matrix()), add, tolerance(type, result, k));
            DeviceTensor again = products().upload(c.host());
            open.add(again);
            DeviceMatrix place = c.matrix();
            products()
                    .multiply(
                            a.matrix(),
                            b.matrix(),
                            new DeviceMatrix(
                                    again,
                                    place.at(),
                                    place.batch(),
                                    place.batchStride(),
                                    place.rows(),
                                    place.columns(),
                                    place.stride(),
                                    place.transposed()),
                            add);
            assertThat(products().download(again).contentEquals(computed))
                    .as("the same bits again")
                    .isTrue();
        } finally {
            open.forEach(DeviceTensor::close);
            open.clear();
        }
    }

    /** Of the norm of |A||B|. */
    private static double tolerance(DType type, DType result, int k) {
        double arithmetic = switch (type) {
            case FLOAT64 -> (k + 2) * 0x1p-53;
            case FLOAT32 -> 1e-5;
            default -> (k + 16) * 0x1p-27;
        };
        return arithmetic + result.unitRoundoff();
    }

    private static void check(Placed a, Placed b, Placed before, Placed after, boolean add, double tolerance) {
        double error = 0;
        double norm = 0;
        DeviceMatrix c = after.matrix();
        boolean[] inside = new boolean[after.values().length];
        for (int batch = 0; batch < c.batch(); batch++) {
            for (int i = 0; i < c.rows(); i++) {
                for (int j = 0; j < c.columns(); j++) {
                    double sum = add ? before.at(batch, i, j) : 0;
                    double magnitude = Math.abs(sum);
                    int k = a.matrix().columns();
                    int left = k == 0 ? 0 : a.index(batch, i, 0);
                    int right = k == 0 ? 0 : b.index(batch, 0, j);
                    int leftStep = a.matrix().transposed() ? (int) a.matrix().stride() : 1;
                    int rightStep =
                            b.matrix().transposed() ? 1 : (int) b.matrix().stride();
                    for (int p = 0; p < k; p++) {
                        double term = a.values()[left + p * leftStep] * b.values()[right + p * rightStep];
                        sum += term;
                        magnitude += Math.abs(term);
                    }
                    double difference = after.at(batch, i, j) - sum;
                    error += difference * difference;
                    norm += magnitude * magnitude;
                    inside[after.index(batch, i, j)] = true;
                }
            }
        }
        assertThat(Math.sqrt(error))
                .as("%s = %s times %s%s", c, a.matrix(), b.matrix(), add ? " added" : "")
                .isLessThanOrEqualTo(tolerance * Math.sqrt(norm));
        assertThat(IntStream.range(0, inside.length).filter(i -> !inside[i] && !Double.isNaN(after.values()[i])))
                .as("elements outside C are left alone")
                .isEmpty();
    }

    static Stream<Arguments> types() {
        return Stream.of(
                Arguments.of(DType.BFLOAT16, DType.BFLOAT16),
                Arguments.of(DType.BFLOAT16, DType.FLOAT32),
                Arguments.of(DType.FLOAT32, DType.FLOAT32),
                Arguments.of(DType.FLOAT64, DType.FLOAT64));
    }

    @ParameterizedTest
    @MethodSource("types")
    void everyLayoutGivesTheProduct(DType type, DType result) {
        SplittableRandom random = new SplittableRandom(7);
        for (int draw = 0; draw < 40; draw++) {
            multiply(
                    random,
                    type,
                    result,
                    random.nextInt(0, 150),
                    random.nextInt(0, 150),
                    random.nextInt(0, 150),
                    random.nextBoolean());
        }
    }

    static Stream<Arguments> sizes() {
        int[][] sizes = {
            {1, 1, 1},
            {128, 256, 64},
            {129, 257, 65},
            {64, 512, 1},
            {300, 1, 200},
            {1, 700, 129},
            {40, 30, 3000},
            {5, 6, 0}
        };
        return Stream.of(sizes)
                .flatMap(size ->
                        types().map(types -> Arguments.of(types.get()[0], types.get()[1], size[0], size[1], size[2])));
    }

    @ParameterizedTest
    @MethodSource("sizes")
    void everySizeGivesTheProduct(DType type, DType result, int m, int n, int k) {
        for (int seed = 0; seed < 4; seed++) {
            multiply(new SplittableRandom(seed), type, result, m, n, k, seed % 2 == 0);
        }
    }

    /** Large enough for the kernels that take float32 in parts. */
    @ParameterizedTest
    @MethodSource("types")
    void largeProducts(DType type, DType result) {
        multiply(new SplittableRandom(1), type, result, 512, 517, 520, true);
    }

    /** Numbers whose parts all have one sign, so that what is left out of their products adds up. */
    @Test
    void partsOfFloatsAreEnough() {
        Tensor a = Tensor.zeros(DType.FLOAT32, 512, 512);
        Tensor b = Tensor.zeros(DType.FLOAT32, 512, 512);
        for (long i = 0; i < a.size(); i++) {
            a.setDouble(i, 1 + 0x1p-8 - 0x1p-16 + 0x1p-20);
            b.setDouble(i, 1 + 0x1p-8 - 0x1p-16 + 0x1p-20);
        }
        double entry = a.getDouble(0);
        assertThat(Arrays.stream(products().multiply(a, b).toDoubleArray())
                        .map(value -> Math.abs(value / (512 * entry * entry) - 1))
                        .max())
                .hasValueCloseTo(0.0, within(1e-5));
    }

    private static Tensor random(DType type, long... shape) {
        SplittableRandom random = new SplittableRandom(shape.length);
        return Tensor.generate(() -> random.nextDouble(-1, 1), shape).to(type);
    }

    /** From the host to the host in one slab or many, by rows or by matrices. */
    @ParameterizedTest
    @MethodSource("types")
    void multipliesTensors(DType type, DType result) {
        assertTensors(random(type, 5, 7), random(type, 7, 3), result);
        assertTensors(random(type, 2, 3, 5, 7), random(type, 2, 3, 7, 3), result);
        assertTensors(random(type, 5, 7), random(type, 4, 7, 3), result);
        assertTensors(random(type, 4, 5, 7), random(type, 7, 3), result);
        assertTensors(random(type, 0, 7), random(type, 7, 3), result);
        assertTensors(random(type, 3, 0), random(type, 0, 3), result);
        assertTensors(random(type, 9000, 2), random(type, 2, 1500), result); // several slabs of rows
        assertTensors(random(type, 30, 700, 2), random(type, 30, 2, 700), result); // and of matrices
    }

    private void assertTensors(Tensor a, Tensor b, DType result) {
        Tensor computed = Tensor.zeros(result, TensorProducts.shape(a, b));
        products().multiply(a, b, computed);
        long batch = IntStream.range(0, computed.rank() - 2)
                .mapToLong(computed::length)
                .reduce(1, (x, y) -> x * y);
        long m = computed.length(computed.rank() - 2);
        long n = computed.length(computed.rank() - 1);
        long k = a.length(a.rank() - 1);
        SplittableRandom random = new SplittableRandom(3);
        double tolerance = tolerance(a.dtype(), result, (int) k);
        for (int sample = 0; sample < Math.min(computed.size(), 2000); sample++) {
            long at = random.nextLong(computed.size());
            long matrix = at / n / m % batch;
            double sum = 0;
            double magnitude = 0;
            for (long p = 0; p < k; p++) {
                double term = a.getDouble((a.rank() == 2 ? 0 : matrix * m * k) + at / n % m * k + p)
                        * b.getDouble((b.rank() == 2 ? 0 : matrix * k * n) + p * n + at % n);
                sum += term;
                magnitude += Math.abs(term);
            }
            assertThat(Math.abs(computed.getDouble(at) - sum))
                    .as("element %d of %s times %s", at, a, b)
                    .isLessThanOrEqualTo(tolerance * magnitude);
        }
        if (result == a.dtype()) {
            assertThat(products().multiply(a, b).contentEquals(computed)).isTrue();
        }
    }

    @Test
    void sizesAndTypesMustFit() {
        DenseProducts products = products();
        try (DeviceTensor a = products.allocate(DType.FLOAT32, 4, 5);
                DeviceTensor b = products.allocate(DType.FLOAT32, 5, 6);
                DeviceTensor c = products.allocate(DType.FLOAT32, 4, 6);
                DeviceTensor wide = products.allocate(DType.FLOAT64, 4, 6);
                DeviceTensor whole = products.allocate(DType.INT32, 4, 5);
                DeviceTensor two = products.allocate(DType.FLOAT32, 2, 4, 5);
                DeviceTensor three = products.allocate(DType.FLOAT32, 3, 4, 6)) {
            DeviceMatrix left = DeviceMatrix.of(a);
            DeviceMatrix right = DeviceMatrix.of(b);
            DeviceMatrix product = DeviceMatrix.of(c);
            assertThatThrownBy(() -> products.multiply(left, right.transpose(), product, false))
                    .isInstanceOf(ShapeException.class)
                    .hasMessage("product: float32[4, 5] times float32[6, 5] into float32[4, 6]");
            assertThatThrownBy(() -> products.multiply(DeviceMatrix.of(two), right, DeviceMatrix.of(three), false))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageStartingWith("product: 2 × float32[4, 5] times float32[5, 6] into 3 × float32[4, 6]");
            DeviceMatrix onOneAnother = new DeviceMatrix(c, 0, 2, 0, 4, 6, 6, false);
            assertThatThrownBy(() -> products.multiply(DeviceMatrix.of(two), right, onOneAnother, false))
                    .isInstanceOf(ShapeException.class);
            assertThatThrownBy(() -> products.multiply(left, right, DeviceMatrix.of(wide), false))
                    .isInstanceOf(UnsupportedRequestException.class)
                    .hasMessageContaining("into float64[4, 6]");
            assertThatThrownBy(() -> products.multiply(DeviceMatrix.of(whole), right, product, false))
                    .isInstanceOf(UnsupportedRequestException.class);
            assertThatThrownBy(() -> left.block(0, 5, 0, 5))
                    .isInstanceOf(ShapeException.class)
                    .hasMessage("rows [0, 5) and columns [0, 5) of float32[4, 5]");
            assertThatThrownBy(() -> new DeviceMatrix(a, 1, 1, 0, 4, 5, 5, false))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("from element 1 of float32[4, 5]");
            assertThatThrownBy(() -> new DeviceMatrix(a, 0, 1, 0, 4, 5, 4, false))
                    .isInstanceOf(ShapeException.class);
            assertThatThrownBy(() -> DeviceMatrix.of(two).batch(1, 3)).isInstanceOf(ShapeException.class);
        }
        Tensor matrix = random(DType.FLOAT32, 2, 3);
        assertThatThrownBy(() -> products.multiply(matrix, matrix))
                .isInstanceOf(ShapeException.class)
                .hasMessageStartingWith("product of float32[2, 3] and float32[2, 3]");
        assertThatThrownBy(() -> products.multiply(matrix, random(DType.FLOAT32, 3, 3), matrix.reshape(3, 2)))
                .isInstanceOf(ShapeException.class);
    }
}
