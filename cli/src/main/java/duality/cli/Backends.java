package duality.cli;

import duality.errors.Fault;
import duality.errors.UnsupportedRequestException;
import duality.gpu.CudaDriver;
import duality.gpu.CudaProbe;
import duality.ssd.SsdBackend;
import duality.ssd.SsdBackends;

/** The backends by the names of the command line, with the reason where one is absent. */
final class Backends {
    private Backends() {}

    static SsdBackend named(String name) {
        if (name.equals("cuda")) {
            throw new UnsupportedRequestException(
                    Fault.UNAVAILABLE, "no backend cuda: " + cudaAbsence(CudaDriver.probe()));
        }
        return SsdBackends.named(name);
    }

    /** Why the operator cannot run on a GPU. */
    static String cudaAbsence(CudaProbe probe) {
        return switch (probe) {
            case CudaProbe.Absent(String reason) -> reason;
            case CudaProbe.Present present ->
                present.devices().size() + " devices are there, but this build has no SSD kernels for them";
        };
    }
}
