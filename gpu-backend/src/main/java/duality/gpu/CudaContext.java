package duality.gpu;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A device's primary context, which all users in the process share. It makes streams, events, memory and modules, and
 * makes itself current on the calling thread before every call of the driver, so any thread may use it.
 *
 * <p>An error that makes the context unusable ({@link CudaException#isSticky}) retires it: later calls fail at once and
 * name that error, and nothing is given back to the driver any more, which would refuse it.
 */
public final class CudaContext implements AutoCloseable {
    private final CudaDriver driver;
    private final int deviceHandle;
    private final CudaDevice device;
    private final long handle;
    private final int multiprocessors;
    private final int sharedBytesPerBlock;
    private final Set<CudaHandle> open =
            Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));
    private volatile @Nullable CudaException retired;
    private boolean closed;

    private CudaContext(CudaDriver driver, int ordinal) {
        this.driver = driver;
        deviceHandle = driver.deviceHandle(ordinal);
        device = driver.device(ordinal);
        multiprocessors = driver.attribute(CudaDriver.MULTIPROCESSORS, deviceHandle);
        sharedBytesPerBlock = driver.attribute(CudaDriver.SHARED_BYTES_PER_BLOCK, deviceHandle);
        handle = driver.retainPrimaryContext(deviceHandle);
        driver.keepFreedMemory(deviceHandle);
    }

    /**
     * Retains the primary context of a device of this machine.
     *
     * @param ordinal the device's number, from 0
     * @throws CudaException if there is no such device; see {@link CudaDriver#probe} for one that does not throw
     */
    public static CudaContext open(int ordinal) {
        return open(CudaDriver.shared(), ordinal);
    }

    static CudaContext open(CudaDriver driver, int ordinal) {
        return new CudaContext(driver, ordinal);
    }

    /** The device. */
    public CudaDevice device() {
        return device;
    }

    /** The number of multiprocessors. */
    public int multiprocessors() {
        return multiprocessors;
    }

    /** The shared memory that a block may ask for, in bytes. */
    public int sharedBytesPerBlock() {
        return sharedBytesPerBlock;
    }

    /** A new stream, which does not wait for the default stream. */
    public CudaStream stream() {
        return opened(CudaDriver::createStream, stream -> new CudaStream(this, stream));
    }

    /** A new event, which can take times. */
    public CudaEvent event() {
        return opened(CudaDriver::createEvent, event -> new CudaEvent(this, event));
    }

    /**
     * Device memory from the pool, allocated and later freed in the order of a stream; what uses it on other streams
     * must wait for that stream. Its contents are undefined.
     *
     * @param bytes its size; 0 gives memory that must not be touched
     */
    public DeviceMemory allocate(long bytes, CudaStream stream) {
        return opened(
                calls -> calls.allocate(Math.max(bytes, 1), stream.handle()),
                memory -> new DeviceMemory(this, memory, bytes, stream));
    }

    /** Host memory that the device copies from and to while the host goes on. Its contents are undefined. */
    public PinnedMemory pinned(long bytes) {
        return opened(calls -> new PinnedMemory(this, calls.allocateHost(Math.max(bytes, 1)), bytes));
    }

    /**
     * Loads a module.
     *
     * @param image a cubin, PTX text or a fat binary of both, from which the driver takes what fits the device
     */
    public CudaModule load(byte[] image) {
        return opened(calls -> CudaModule.load(this, calls, image));
    }

    /** Waits for everything that was launched in the context. */
    public void synchronize() {
        run(CudaDriver::synchronizeContext);
    }

    /** The error that made the context unusable, if one did. */
    public @Nullable CudaException retired() {
        return retired;
    }

    /** What is open, in words. */
    public List<String> openHandles() {
        synchronized (open) {
            return open.stream().map(CudaHandle::toString).sorted().toList();
        }
    }

    /**
     * Gives the context back.
     *
     * @throws IllegalStateException if handles are still open; the message lists them, and with assertions on its
     *     suppressed exceptions show where they were opened
     */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        if (retired == null) {
            driver.releasePrimaryContext(deviceHandle);
        }
        List<String> leaks = openHandles();
        if (!leaks.isEmpty()) {
            IllegalStateException leak = new IllegalStateException("still open: " + String.join(", ", leaks));
            synchronized (open) {
                open.stream().map(CudaHandle::opened).forEach(opened -> {
                    if (opened != null) {
                        leak.addSuppressed(opened);
                    }
                });
            }
            throw leak;
        }
    }

    /** Calls the driver in this context. */
    <R> R call(Function<CudaDriver, R> call) {
        CudaException earlier = retired;
        if (earlier != null) {
            throw new CudaException(earlier);
        }
        try {
            driver.setCurrentContext(handle);
            return call.apply(driver);
        } catch (CudaException e) {
            if (e.isSticky()) {
                retired = e;
            }
            throw e;
        }
    }

    /** Calls the driver in this context. */
    void run(Consumer<CudaDriver> call) {
        call(calls -> {
            call.accept(calls);
            return this;
        });
    }

    private <H extends CudaHandle> H opened(Function<CudaDriver, Long> create, LongFunction<H> wrap) {
        return opened(calls -> wrap.apply(create.apply(calls)));
    }

    <H extends CudaHandle> H opened(Function<CudaDriver, H> create) {
        H created = call(create);
        open.add(created);
        return created;
    }

    /** Takes a handle off the list and releases it, unless the driver would refuse. */
    void closing(CudaHandle closing, Runnable release) {
        open.remove(closing);
        if (retired == null) {
            release.run();
        }
    }

    @Override
    public String toString() {
        return device.name();
    }
}
