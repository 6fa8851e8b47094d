package duality.gpu;

import java.util.List;

/** What {@link CudaDriver#probe()} found. */
public sealed interface CudaProbe {
    /**
     * A driver with at least one device.
     *
     * @param driverVersion the newest CUDA version that the driver supports, such as {@code 13.0}
     * @param devices in the driver's order
     */
    record Present(String driverVersion, List<CudaDevice> devices) implements CudaProbe {
        /** Copies the list. */
        public Present {
            devices = List.copyOf(devices);
        }
    }

    /**
     * No CUDA on this machine.
     *
     * @param reason why, in one line
     */
    record Absent(String reason) implements CudaProbe {}
}
