package duality.gpu.dense;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import duality.gpu.KernelImages;
import duality.gpu.StandIn;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Dense products by a stand-in for the driver that reads the kernels' arguments, Hopper's tensor maps among them, and
 * multiplies by plain loops: what is launched is described as it lies in memory.
 */
class StandInDenseTest extends DenseLaws {
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    @SuppressWarnings("NullAway.Init") // JUnit's
    static Path folder;

    private static @Nullable String library;
    private static @Nullable DenseProducts products;

    @BeforeEach
    void open() throws Exception {
        KernelImages.absence().ifPresent(reason -> assumeTrue(false, reason));
        if (products == null) {
            library = StandIn.compile(folder, "-DDENSE", "-O2");
            products = DenseProducts.of(StandIn.open(library, 0));
        }
    }

    @AfterAll
    static void everythingIsGivenBack() {
        if (products != null) {
            products.close();
            products = null;
            assertThat(StandIn.count(Objects.requireNonNull(library), "standInLive"))
                    .isZero();
        }
    }

    @Override
    DenseProducts products() {
        return Objects.requireNonNull(products);
    }
}
