package duality.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StagingTest {
    @Test
    void whatIsNotZeroDoesNotBecomeZero() {
        double[] values = {0, -0.0, 1e-300, -1e-46, Float.MIN_VALUE, 1e-40, 0.1, -3, 1e300};
        Staging.keepFromZero(values);
        assertThat(values)
                .containsExactly(0, -0.0, Float.MIN_VALUE, -Float.MIN_VALUE, Float.MIN_VALUE, 1e-40, 0.1, -3, 1e300);
    }
}
