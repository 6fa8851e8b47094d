package duality.gpu.dense;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import duality.errors.ShapeException;
import duality.errors.UnsupportedRequestException;
import duality.ssd.Choice;
import duality.tensor.DType;
import duality.tensor.Tensor;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The choice between the processor and a GPU, and the processor's products. No GPU is needed. */
class TensorProductsTest {
    private final TensorProducts without = new TensorProducts(Optional.of("no driver"), 0);
    private final TensorProducts with = new TensorProducts(Optional.empty(), 16L << 30);

    private static Tensor square(DType type, int n) {
        return Tensor.zeros(type, n, n);
    }

    @ParameterizedTest
    @EnumSource(names = {"BFLOAT16", "FLOAT32", "FLOAT64"})
    void largeProductsGoToTheGpu(DType type) {
        assertThat(with.choose(square(type, 32), square(type, 32)).name()).isEqualTo("cpu");
        assertThat(with.choose(square(type, 4096), square(type, 4096)).name()).isEqualTo("cuda");
        // A column is copied for as many multiplications as numbers.
        assertThat(with.choose(square(DType.FLOAT32, 2048), Tensor.zeros(DType.FLOAT32, 2048, 1))
                        .name())
                .isEqualTo("cpu");
        Choice small = new TensorProducts(Optional.empty(), 64 << 20).choose(square(type, 4096), square(type, 4096));
        assertThat(small.name()).isEqualTo("cpu");
        assertThat(small.toString()).matches("cpu: .*; cuda: 0\\.\\d+ GiB of memory where there are 0\\.0625");
        Choice none = without.choose(square(type, 4096), square(type, 4096));
        assertThat(none.name()).isEqualTo("cpu");
        assertThat(none.toString()).matches("cpu: estimated .* \\(\\d+ threads?\\); cuda: absent, no driver");
    }

    @ParameterizedTest
    @EnumSource(names = {"BFLOAT16", "FLOAT32", "FLOAT64"})
    void theProcessorMultiplies(DType type) {
        SplittableRandom random = new SplittableRandom(2);
        for (long[][] shapes : new long[][][] {
            {{3, 4}, {4, 5}},
            {{2, 2, 3, 4}, {2, 2, 4, 5}},
            {{3, 4}, {6, 4, 5}},
            {{6, 3, 4}, {4, 5}},
            {{0, 4}, {4, 5}},
            {{3, 0}, {0, 5}},
            {{0, 3, 4}, {4, 5}}
        }) {
            Tensor a = Tensor.generate(() -> random.nextInt(-8, 8), shapes[0]).to(type);
            Tensor b = Tensor.generate(() -> random.nextInt(-8, 8), shapes[1]).to(type);
            Tensor c = without.multiply(a, b);
            assertThat(c.dtype()).isEqualTo(type);
            assertThat(c.shape()).isEqualTo(TensorProducts.shape(a, b));
            int axes = c.rank();
            for (long at = 0; at < c.size(); at++) {
                long[] index = c.index(at);
                double sum = 0;
                for (long p = 0; p < a.length(a.rank() - 1); p++) {
                    long[] left = a.rank() == 2 ? new long[2] : index.clone();
                    left[a.rank() - 2] = index[axes - 2];
                    left[a.rank() - 1] = p;
                    long[] right = b.rank() == 2 ? new long[2] : index.clone();
                    right[b.rank() - 2] = p;
                    right[b.rank() - 1] = index[axes - 1];
                    sum += a.getDoubleAt(left) * b.getDoubleAt(right);
                }
                assertThat(c.getDouble(at)).as("whole numbers, exactly").isEqualTo(sum);
            }
        }
    }

    @Test
    void shapesAndTypesMustFit() {
        assertThatThrownBy(() -> without.multiply(square(DType.FLOAT32, 2), square(DType.FLOAT32, 3)))
                .isInstanceOf(ShapeException.class)
                .hasMessageStartingWith("product of float32[2, 2] and float32[3, 3]: ");
        assertThatThrownBy(() ->
                        without.multiply(Tensor.zeros(DType.FLOAT32, 2, 3, 3), Tensor.zeros(DType.FLOAT32, 3, 3, 3)))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> without.multiply(Tensor.zeros(DType.FLOAT32, 3), square(DType.FLOAT32, 3)))
                .isInstanceOf(ShapeException.class);
        assertThatThrownBy(() -> without.multiply(square(DType.FLOAT32, 3), square(DType.FLOAT64, 3)))
                .isInstanceOf(UnsupportedRequestException.class)
                .hasMessageContaining("float64[3, 3]");
        assertThatThrownBy(() -> without.multiply(square(DType.INT32, 3), square(DType.INT32, 3)))
                .isInstanceOf(UnsupportedRequestException.class);
    }
}
