package duality.gpu.ssd;

import duality.gpu.CudaContext;
import duality.gpu.CudaSession;
import duality.gpu.CudaStream;
import duality.gpu.KernelModules;
import duality.gpu.Staging;
import java.util.List;

/**
 * The SSD operator on one device: its kernels, the stream on which they run, and the ways to and from the host. One
 * thread at a time.
 */
public final class CudaSsd implements AutoCloseable {
    private final CudaSession session;
    private final List<SsdKernels> sets;

    private CudaSsd(CudaSession session) {
        this.session = session;
        KernelModules kernels = session.kernels();
        sets = List.of(new HopperKernels(kernels), new PortableKernels(kernels)); // the first that take a shape run
    }

    /**
     * Opens a device of this machine.
     *
     * @param ordinal its number, from 0
     * @throws duality.gpu.CudaException if there is none
     */
    public static CudaSsd open(int ordinal) {
        return new CudaSsd(CudaSession.of(CudaContext.open(ordinal)));
    }

    /** A problem on the device. Its arrays are allocated as they are needed, with undefined contents. */
    public DeviceSsd problem(SsdShape shape) {
        return new DeviceSsd(this, shape);
    }

    /** The device's context. */
    public CudaContext context() {
        return session.context();
    }

    /** What runs and allocates, in order. */
    public CudaStream stream() {
        return session.stream();
    }

    Staging uploads() {
        return session.uploads();
    }

    Staging downloads() {
        return session.downloads();
    }

    List<SsdKernels> kernels() {
        return sets;
    }

    /** Gives everything back; the problems must be closed before. */
    @Override
    public void close() {
        session.close();
    }
}
