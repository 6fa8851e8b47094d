package duality.cli;

import duality.errors.Fault;
import duality.errors.UnsupportedRequestException;
import duality.gpu.CudaDevice;
import duality.gpu.CudaDriver;
import duality.gpu.CudaProbe;
import duality.ssd.SsdBackend;
import duality.ssd.SsdBackends;
import java.util.List;
import java.util.stream.Collectors;

/** The backends by the names of the command line, with the reason where one is absent. */
final class Backends {
    private Backends() {}

    static SsdBackend named(String name) {
        if (name.equals("cuda")) {
            throw new UnsupportedRequestException(Fault.UNAVAILABLE, "backend cuda is " + cuda(CudaDriver.probe()));
        }
        return SsdBackends.named(name);
    }

    /** Why the operator cannot run on a GPU. */
    static String cuda(CudaProbe probe) {
        return switch (probe) {
            case CudaProbe.Absent(String reason) -> "absent: " + reason;
            case CudaProbe.Present(String driver, List<CudaDevice> devices) ->
                devices.stream()
                        .map(device -> "%s (compute %s, %s)"
                                .formatted(
                                        device.name(),
                                        device.computeCapability(),
                                        InfoCommand.gibibytes(device.memoryBytes())))
                        .collect(Collectors.joining(
                                ", ", "absent: this build has no SSD kernels for ", "; driver for CUDA " + driver));
        };
    }
}
