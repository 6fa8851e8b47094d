package duality.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import duality.tensor.DType;
import duality.tensor.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Copies against a stand-in for the driver, whose device memory is the host's. */
class StagingTest {
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path folder;

    @Test
    void whatIsNotZeroDoesNotBecomeZero() {
        double[] values = {0, -0.0, 1e-300, -1e-46, Float.MIN_VALUE, 1e-40, 0.1, -3, 1e300};
        Staging.keepFromZero(values);
        assertThat(values)
                .containsExactly(0, -0.0, Float.MIN_VALUE, -Float.MIN_VALUE, Float.MIN_VALUE, 1e-40, 0.1, -3, 1e300);
    }

    /** Whatever the types and the size, from nothing to many pieces, what went there comes back. */
    @Test
    void copiesThereAndBack() throws Exception {
        String library = StandIn.compile(folder);
        SplittableRandom random = new SplittableRandom(1);
        try (CudaContext context = StandIn.open(library, 0);
                CudaStream stream = context.stream();
                Staging staging = new Staging(context, "test")) {
            for (long size : new long[] {0, 1, 1000, 65_537, 3_000_001}) {
                Tensor host = Tensor.generate(() -> random.nextDouble(-9, 9), size);
                for (DType there : new DType[] {DType.FLOAT64, DType.FLOAT32, DType.BFLOAT16}) {
                    for (DType back : new DType[] {DType.FLOAT64, there}) {
                        try (DeviceTensor device = DeviceTensor.allocate(stream, there, size)) {
                            Tensor result = Tensor.zeros(back, size);
                            staging.upload(host, device, 0, size);
                            staging.download(device, result, 0, size);
                            assertThat(result.contentEquals(host.to(there).to(back)))
                                    .as("%d of %s and %s", size, there, back)
                                    .isTrue();
                        }
                    }
                }
            }
        }
        assertThat(StandIn.count(library, "standInLive")).isZero();
    }

    @Test
    void copiesPartsAtTheSameTime() throws Exception {
        try (CudaContext context = StandIn.open(StandIn.compile(folder), 0);
                CudaStream stream = context.stream();
                CudaEvent event = context.event();
                Staging staging = new Staging(context, "test")) {
            int size = 4_000_000;
            Tensor host = Tensor.zeros(DType.INT32, size);
            for (int i = 0; i < size; i++) {
                host.setLong(i, i);
            }
            try (DeviceTensor device = DeviceTensor.allocate(stream, DType.INT32, size)) {
                staging.upload(Tensor.zeros(DType.INT32, size), device, 0, size);
                List<CompletableFuture<Void>> copies = List.of(
                        staging.startUpload(host, device, 10, 1_000_000),
                        staging.startUpload(host, device, 1_000_000, 3_999_990));
                Staging.join(copies);
                event.record(stream);
                Tensor result = Tensor.zeros(DType.INT32, size);
                Staging.join(List.of(
                        staging.startDownload(device, result, 0, 5, event),
                        staging.startDownload(device, result, 5, 2_000_000, event),
                        staging.startDownload(device, result, 2_000_000, size, event)));
                for (int i = 0; i < size; i++) {
                    host.setLong(i, i < 10 || i >= 3_999_990 ? 0 : i);
                }
                assertThat(result.contentEquals(host)).isTrue();
            }
        }
    }
}
