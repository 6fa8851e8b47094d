package duality.gpu.dense;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import duality.gpu.CudaDriver;
import duality.gpu.KernelImages;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;

/** Dense products on a GPU; skipped by name where there is none. */
class CudaDenseTest extends DenseLaws {
    private static @Nullable DenseProducts products;

    @BeforeEach
    void onAGpu() {
        KernelImages.absence(CudaDriver.probe()).ifPresent(reason -> assumeTrue(false, "no GPU: " + reason));
        if (products == null) {
            products = DenseProducts.open(0);
        }
    }

    /** Throws if a handle of the driver was not given back. */
    @AfterAll
    static void giveTheDeviceBack() {
        if (products != null) {
            products.close();
            products = null;
        }
    }

    @Override
    DenseProducts products() {
        return Objects.requireNonNull(products);
    }
}
