package duality.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import duality.errors.ShapeException;
import duality.tensor.DType;
import duality.tensor.Tensor;
import org.junit.jupiter.api.Test;

class HostMemoryTest {
    private static final long LARGE = 20 << 20;

    @Test
    void isZeroAndCanBeWritten() {
        for (long size : new long[] {0, 1, 1000, LARGE}) {
            Tensor tensor = HostMemory.zeros(DType.BFLOAT16, 1, size);
            assertThat(tensor.shape()).containsExactly(1, size);
            assertThat(tensor.contentEquals(Tensor.zeros(DType.BFLOAT16, 1, size)))
                    .isTrue();
            if (size > 0) {
                tensor.setDouble(size - 1, 3);
                assertThat(tensor.getDouble(size - 1)).isEqualTo(3);
            }
        }
        assertThatThrownBy(() -> HostMemory.zeros(DType.FLOAT32, 3, -1)).isInstanceOf(ShapeException.class);
    }

    /** Much more than fits, one after the other: what is garbage is given back in time. */
    @Test
    void garbageIsGivenBack() throws InterruptedException {
        long before = HostMemory.mapped();
        long most = Runtime.getRuntime().maxMemory();
        long bytes = Math.min(most / 4, 1 << 30);
        for (long total = 0; total < 4 * most; total += bytes) {
            Tensor tensor = HostMemory.zeros(DType.FLOAT64, bytes / 8);
            tensor.setDouble(tensor.size() - 1, 1);
            assertThat(HostMemory.mapped()).isLessThanOrEqualTo(most);
        }
        for (int i = 0; i < 100 && HostMemory.mapped() > before; i++) {
            System.gc();
            Thread.sleep(20);
        }
        assertThat(HostMemory.mapped()).isLessThanOrEqualTo(before);
    }

    @Test
    void whatIsMoreThanTheHeapIsATensors() {
        long before = HostMemory.mapped();
        long tooMany = Runtime.getRuntime().maxMemory() / 8 + 1;
        try {
            HostMemory.zeros(DType.FLOAT64, tooMany);
        } catch (OutOfMemoryError e) {
            assertThat(e).as("a tensor's bound").hasMessageContaining("memory");
        }
        assertThat(HostMemory.mapped()).isLessThanOrEqualTo(before);
    }
}
