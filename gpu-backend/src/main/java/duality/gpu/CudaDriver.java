package duality.gpu;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The CUDA driver API, as far as Duality uses it: a method for each of its functions, which throws
 * {@link CudaException} when the driver returns an error. Device pointers and the driver's handles, all of them
 * pointers in C, are Java longs.
 *
 * <p>The driver's library is opened on first use and stays open as long as the JVM runs. The methods know nothing of
 * contexts and threads; {@link CudaContext} does.
 */
@SuppressWarnings("restricted") // to call native code is what it is for
public final class CudaDriver {
    private static final String LIBRARY =
            System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows")
                    ? "nvcuda.dll"
                    : "libcuda.so.1";

    /** {@code CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR}. */
    private static final int COMPUTE_MAJOR = 75;
    /** {@code CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR}. */
    private static final int COMPUTE_MINOR = 76;

    /** {@code CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT}. */
    static final int MULTIPROCESSORS = 16;
    /** {@code CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN}. */
    static final int SHARED_BYTES_PER_BLOCK = 97;
    /** {@code CU_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES}. */
    static final int LOCAL_BYTES = 3;
    /** {@code CU_FUNC_ATTRIBUTE_NUM_REGS}. */
    static final int REGISTERS = 4;
    /** {@code CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES}. */
    static final int DYNAMIC_SHARED_BYTES = 8;
    /** {@code CU_FUNC_ATTRIBUTE_NON_PORTABLE_CLUSTER_SIZE_ALLOWED}. */
    static final int LARGE_CLUSTERS = 14;

    /** {@code CU_STREAM_NON_BLOCKING}. */
    private static final int NON_BLOCKING = 1;
    /** {@code CU_STREAM_CAPTURE_MODE_THREAD_LOCAL}. */
    private static final int CAPTURE_THREAD_LOCAL = 1;
    /** {@code CU_MEMPOOL_ATTR_RELEASE_THRESHOLD}. */
    private static final int RELEASE_THRESHOLD = 4;
    /** {@code CU_MEMHOSTALLOC_PORTABLE}. */
    private static final int PORTABLE = 1;

    private static final int NAME_BYTES = 256;

    private static @Nullable CudaDriver shared;

    private final SymbolLookup symbols;
    private final MethodHandle cuInit;
    private final MethodHandle cuDriverGetVersion;
    private final MethodHandle cuDeviceGetCount;
    private final MethodHandle cuDeviceGet;
    private final MethodHandle cuDeviceGetName;
    private final MethodHandle cuDeviceTotalMem;
    private final MethodHandle cuDeviceGetAttribute;
    private final MethodHandle cuGetErrorName;
    private final MethodHandle cuGetErrorString;
    private final MethodHandle cuDevicePrimaryCtxRetain;
    private final MethodHandle cuDevicePrimaryCtxRelease;
    private final MethodHandle cuCtxSetCurrent;
    private final MethodHandle cuCtxSynchronize;
    private final MethodHandle cuStreamCreate;
    private final MethodHandle cuStreamDestroy;
    private final MethodHandle cuStreamSynchronize;
    private final MethodHandle cuStreamWaitEvent;
    private final MethodHandle cuStreamBeginCapture;
    private final MethodHandle cuStreamEndCapture;
    private final MethodHandle cuGraphInstantiateWithFlags;
    private final MethodHandle cuGraphDestroy;
    private final MethodHandle cuGraphLaunch;
    private final MethodHandle cuGraphExecDestroy;
    private final MethodHandle cuEventCreate;
    private final MethodHandle cuEventDestroy;
    private final MethodHandle cuEventRecord;
    private final MethodHandle cuEventSynchronize;
    private final MethodHandle cuEventElapsedTime;
    private final MethodHandle cuDeviceGetDefaultMemPool;
    private final MethodHandle cuMemPoolSetAttribute;
    private final MethodHandle cuMemAllocAsync;
    private final MethodHandle cuMemFreeAsync;
    private final MethodHandle cuMemHostAlloc;
    private final MethodHandle cuMemFreeHost;
    private final MethodHandle cuMemcpyHtoDAsync;
    private final MethodHandle cuMemcpyDtoHAsync;
    private final MethodHandle cuMemcpyDtoDAsync;
    private final MethodHandle cuMemsetD8Async;
    private final MethodHandle cuModuleLoadData;
    private final MethodHandle cuModuleUnload;
    private final MethodHandle cuModuleGetFunction;
    private final MethodHandle cuFuncGetAttribute;
    private final MethodHandle cuFuncSetAttribute;
    private final MethodHandle cuOccupancyMaxActiveBlocks;
    private final MethodHandle cuLaunchKernelEx;
    private final MethodHandle cuTensorMapEncodeTiled;

    private CudaDriver(SymbolLookup symbols) {
        this.symbols = symbols;
        cuInit = function("cuInit", JAVA_INT);
        cuDriverGetVersion = function("cuDriverGetVersion", ADDRESS);
        cuDeviceGetCount = function("cuDeviceGetCount", ADDRESS);
        cuDeviceGet = function("cuDeviceGet", ADDRESS, JAVA_INT);
        cuDeviceGetName = function("cuDeviceGetName", ADDRESS, JAVA_INT, JAVA_INT);
        cuDeviceTotalMem = function("cuDeviceTotalMem_v2", ADDRESS, JAVA_INT);
        cuDeviceGetAttribute = function("cuDeviceGetAttribute", ADDRESS, JAVA_INT, JAVA_INT);
        cuGetErrorName = function("cuGetErrorName", JAVA_INT, ADDRESS);
        cuGetErrorString = function("cuGetErrorString", JAVA_INT, ADDRESS);
        cuDevicePrimaryCtxRetain = function("cuDevicePrimaryCtxRetain", ADDRESS, JAVA_INT);
        cuDevicePrimaryCtxRelease = function("cuDevicePrimaryCtxRelease_v2", JAVA_INT);
        cuCtxSetCurrent = function("cuCtxSetCurrent", JAVA_LONG);
        cuCtxSynchronize = function("cuCtxSynchronize");
        cuStreamCreate = function("cuStreamCreate", ADDRESS, JAVA_INT);
        cuStreamDestroy = function("cuStreamDestroy_v2", JAVA_LONG);
        cuStreamSynchronize = function("cuStreamSynchronize", JAVA_LONG);
        cuStreamWaitEvent = function("cuStreamWaitEvent", JAVA_LONG, JAVA_LONG, JAVA_INT);
        cuStreamBeginCapture = function("cuStreamBeginCapture_v2", JAVA_LONG, JAVA_INT);
        cuStreamEndCapture = function("cuStreamEndCapture", JAVA_LONG, ADDRESS);
        cuGraphInstantiateWithFlags = function("cuGraphInstantiateWithFlags", ADDRESS, JAVA_LONG, JAVA_LONG);
        cuGraphDestroy = function("cuGraphDestroy", JAVA_LONG);
        cuGraphLaunch = function("cuGraphLaunch", JAVA_LONG, JAVA_LONG);
        cuGraphExecDestroy = function("cuGraphExecDestroy", JAVA_LONG);
        cuEventCreate = function("cuEventCreate", ADDRESS, JAVA_INT);
        cuEventDestroy = function("cuEventDestroy_v2", JAVA_LONG);
        cuEventRecord = function("cuEventRecord", JAVA_LONG, JAVA_LONG);
        cuEventSynchronize = function("cuEventSynchronize", JAVA_LONG);
        cuEventElapsedTime = function("cuEventElapsedTime", ADDRESS, JAVA_LONG, JAVA_LONG);
        cuDeviceGetDefaultMemPool = function("cuDeviceGetDefaultMemPool", ADDRESS, JAVA_INT);
        cuMemPoolSetAttribute = function("cuMemPoolSetAttribute", JAVA_LONG, JAVA_INT, ADDRESS);
        cuMemAllocAsync = function("cuMemAllocAsync", ADDRESS, JAVA_LONG, JAVA_LONG);
        cuMemFreeAsync = function("cuMemFreeAsync", JAVA_LONG, JAVA_LONG);
        cuMemHostAlloc = function("cuMemHostAlloc", ADDRESS, JAVA_LONG, JAVA_INT);
        cuMemFreeHost = function("cuMemFreeHost", ADDRESS);
        cuMemcpyHtoDAsync = function("cuMemcpyHtoDAsync_v2", JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG);
        cuMemcpyDtoHAsync = function("cuMemcpyDtoHAsync_v2", ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG);
        cuMemcpyDtoDAsync = function("cuMemcpyDtoDAsync_v2", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
        cuMemsetD8Async = function("cuMemsetD8Async", JAVA_LONG, JAVA_BYTE, JAVA_LONG, JAVA_LONG);
        cuModuleLoadData = function("cuModuleLoadData", ADDRESS, ADDRESS);
        cuModuleUnload = function("cuModuleUnload", JAVA_LONG);
        cuModuleGetFunction = function("cuModuleGetFunction", ADDRESS, JAVA_LONG, ADDRESS);
        cuFuncGetAttribute = function("cuFuncGetAttribute", ADDRESS, JAVA_INT, JAVA_LONG);
        cuFuncSetAttribute = function("cuFuncSetAttribute", JAVA_LONG, JAVA_INT, JAVA_INT);
        cuOccupancyMaxActiveBlocks =
                function("cuOccupancyMaxActiveBlocksPerMultiprocessor", ADDRESS, JAVA_LONG, JAVA_INT, JAVA_LONG);
        cuLaunchKernelEx = function("cuLaunchKernelEx", ADDRESS, JAVA_LONG, ADDRESS, ADDRESS);
        cuTensorMapEncodeTiled = function(
                "cuTensorMapEncodeTiled",
                ADDRESS,
                JAVA_INT,
                JAVA_INT,
                JAVA_LONG,
                ADDRESS,
                ADDRESS,
                ADDRESS,
                ADDRESS,
                JAVA_INT,
                JAVA_INT,
                JAVA_INT,
                JAVA_INT);
    }

    /** Every driver function returns a {@code CUresult}. */
    private MethodHandle function(String name, MemoryLayout... parameters) {
        MemorySegment address = symbols.find(name).orElseThrow(() -> new NoSuchElementException(name));
        return Linker.nativeLinker().downcallHandle(address, FunctionDescriptor.of(JAVA_INT, parameters));
    }

    /** Whether there is a driver with a device that answers; never throws for the lack of one. */
    public static CudaProbe probe() {
        return probe(LIBRARY);
    }

    static CudaProbe probe(String library) {
        try {
            CudaDriver driver = library.equals(LIBRARY) ? shared() : open(library);
            List<CudaDevice> devices = driver.devices();
            return devices.isEmpty()
                    ? new CudaProbe.Absent("the driver sees no device")
                    : new CudaProbe.Present(driver.version(), devices);
        } catch (CudaException e) {
            return new CudaProbe.Absent(Objects.requireNonNull(e.getMessage()));
        } catch (NoSuchElementException e) {
            return new CudaProbe.Absent("the driver is too old: it lacks " + e.getMessage());
        } catch (IllegalArgumentException e) {
            return new CudaProbe.Absent("no driver: cannot open " + library);
        } catch (IllegalCallerException e) {
            return new CudaProbe.Absent("the JVM runs without --enable-native-access");
        }
    }

    /**
     * Opens the driver's library and initialises the driver.
     *
     * @throws IllegalArgumentException if the library cannot be opened
     * @throws NoSuchElementException if it lacks a function; the message is the function's name
     * @throws CudaException if the driver does not start
     */
    static CudaDriver open(String library) {
        CudaDriver driver = new CudaDriver(SymbolLookup.libraryLookup(library, Arena.global()));
        driver.check(() -> (int) driver.cuInit.invokeExact(0));
        return driver;
    }

    /** This machine's driver; throws what {@link #open} throws. */
    static synchronized CudaDriver shared() {
        CudaDriver driver = shared;
        if (driver == null) {
            driver = open(LIBRARY);
            shared = driver;
        }
        return driver;
    }

    /** The newest CUDA version that the driver supports, such as {@code 13.0}. */
    private String version() {
        int version = intResult(out -> (int) cuDriverGetVersion.invokeExact(out));
        return version / 1000 + "." + version % 1000 / 10;
    }

    private List<CudaDevice> devices() {
        int count = intResult(out -> (int) cuDeviceGetCount.invokeExact(out));
        return IntStream.range(0, count).mapToObj(this::device).toList();
    }

    /** The driver's number for the device. */
    int deviceHandle(int ordinal) {
        return intResult(out -> (int) cuDeviceGet.invokeExact(out, ordinal));
    }

    CudaDevice device(int ordinal) {
        int device = deviceHandle(ordinal);
        return new CudaDevice(
                ordinal,
                name(device),
                memory(device),
                attribute(COMPUTE_MAJOR, device),
                attribute(COMPUTE_MINOR, device));
    }

    private String name(int device) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocate(NAME_BYTES);
            check(() -> (int) cuDeviceGetName.invokeExact(name, NAME_BYTES, device));
            return name.getString(0);
        }
    }

    private long memory(int device) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(JAVA_LONG);
            check(() -> (int) cuDeviceTotalMem.invokeExact(bytes, device));
            return bytes.get(JAVA_LONG, 0);
        }
    }

    int attribute(int attribute, int device) {
        return intResult(out -> (int) cuDeviceGetAttribute.invokeExact(out, attribute, device));
    }

    long retainPrimaryContext(int device) {
        return longResult(out -> (int) cuDevicePrimaryCtxRetain.invokeExact(out, device));
    }

    void releasePrimaryContext(int device) {
        check(() -> (int) cuDevicePrimaryCtxRelease.invokeExact(device));
    }

    void setCurrentContext(long context) {
        check(() -> (int) cuCtxSetCurrent.invokeExact(context));
    }

    void synchronizeContext() {
        check(() -> (int) cuCtxSynchronize.invokeExact());
    }

    long createStream() {
        return longResult(out -> (int) cuStreamCreate.invokeExact(out, NON_BLOCKING));
    }

    void destroyStream(long stream) {
        check(() -> (int) cuStreamDestroy.invokeExact(stream));
    }

    void synchronizeStream(long stream) {
        check(() -> (int) cuStreamSynchronize.invokeExact(stream));
    }

    void waitForEvent(long stream, long event) {
        check(() -> (int) cuStreamWaitEvent.invokeExact(stream, event, 0));
    }

    void beginCapture(long stream) {
        check(() -> (int) cuStreamBeginCapture.invokeExact(stream, CAPTURE_THREAD_LOCAL));
    }

    long endCapture(long stream) {
        return longResult(out -> (int) cuStreamEndCapture.invokeExact(stream, out));
    }

    long instantiateGraph(long graph) {
        return longResult(out -> (int) cuGraphInstantiateWithFlags.invokeExact(out, graph, 0L));
    }

    void destroyGraph(long graph) {
        check(() -> (int) cuGraphDestroy.invokeExact(graph));
    }

    void launchGraph(long executable, long stream) {
        check(() -> (int) cuGraphLaunch.invokeExact(executable, stream));
    }

    void destroyExecutableGraph(long executable) {
        check(() -> (int) cuGraphExecDestroy.invokeExact(executable));
    }

    long createEvent() {
        return longResult(out -> (int) cuEventCreate.invokeExact(out, 0));
    }

    void destroyEvent(long event) {
        check(() -> (int) cuEventDestroy.invokeExact(event));
    }

    void recordEvent(long event, long stream) {
        check(() -> (int) cuEventRecord.invokeExact(event, stream));
    }

    void synchronizeEvent(long event) {
        check(() -> (int) cuEventSynchronize.invokeExact(event));
    }

    /** The time between two events in milliseconds. */
    float elapsedTime(long start, long end) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(JAVA_FLOAT);
            check(() -> (int) cuEventElapsedTime.invokeExact(out, start, end));
            return out.get(JAVA_FLOAT, 0);
        }
    }

    /** Lets the device's pool keep all memory that is given back to it. */
    void keepFreedMemory(int device) {
        long pool = longResult(out -> (int) cuDeviceGetDefaultMemPool.invokeExact(out, device));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment everything = arena.allocateFrom(JAVA_LONG, -1L);
            check(() -> (int) cuMemPoolSetAttribute.invokeExact(pool, RELEASE_THRESHOLD, everything));
        }
    }

    long allocate(long bytes, long stream) {
        return longResult(out -> (int) cuMemAllocAsync.invokeExact(out, bytes, stream));
    }

    void free(long memory, long stream) {
        check(() -> (int) cuMemFreeAsync.invokeExact(memory, stream));
    }

    MemorySegment allocateHost(long bytes) {
        long address = longResult(out -> (int) cuMemHostAlloc.invokeExact(out, bytes, PORTABLE));
        return MemorySegment.ofAddress(address).reinterpret(bytes);
    }

    void freeHost(MemorySegment memory) {
        check(() -> (int) cuMemFreeHost.invokeExact(memory));
    }

    void copyToDevice(long target, MemorySegment source, long stream) {
        check(() -> (int) cuMemcpyHtoDAsync.invokeExact(target, source, source.byteSize(), stream));
    }

    void copyToHost(MemorySegment target, long source, long stream) {
        check(() -> (int) cuMemcpyDtoHAsync.invokeExact(target, source, target.byteSize(), stream));
    }

    void copyOnDevice(long target, long source, long bytes, long stream) {
        check(() -> (int) cuMemcpyDtoDAsync.invokeExact(target, source, bytes, stream));
    }

    void fill(long memory, byte value, long bytes, long stream) {
        check(() -> (int) cuMemsetD8Async.invokeExact(memory, value, bytes, stream));
    }

    long loadModule(MemorySegment image) {
        return longResult(out -> (int) cuModuleLoadData.invokeExact(out, image));
    }

    void unloadModule(long module) {
        check(() -> (int) cuModuleUnload.invokeExact(module));
    }

    long function(long module, String name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocateFrom(name);
            return longResult(out -> (int) cuModuleGetFunction.invokeExact(out, module, text));
        }
    }

    int functionAttribute(int attribute, long function) {
        return intResult(out -> (int) cuFuncGetAttribute.invokeExact(out, attribute, function));
    }

    void setFunctionAttribute(long function, int attribute, int value) {
        check(() -> (int) cuFuncSetAttribute.invokeExact(function, attribute, value));
    }

    /** How many blocks of a function run on a multiprocessor at a time. */
    int residentBlocks(long function, int threads, long sharedBytes) {
        return intResult(out -> (int) cuOccupancyMaxActiveBlocks.invokeExact(out, function, threads, sharedBytes));
    }

    /**
     * Launches a kernel.
     *
     * @param config a {@code CUlaunchConfig}
     * @param parameters pointers to the arguments
     */
    void launch(MemorySegment config, long function, MemorySegment parameters) {
        check(() -> (int) cuLaunchKernelEx.invokeExact(config, function, parameters, MemorySegment.NULL));
    }

    /** Writes a {@code CUtensorMap}; see {@link TensorMap}. */
    void encodeTensorMap(
            MemorySegment map,
            int type,
            int rank,
            long address,
            MemorySegment lengths,
            MemorySegment strides,
            MemorySegment box,
            MemorySegment steps,
            int swizzle,
            int promotion) {
        check(() -> (int) cuTensorMapEncodeTiled.invokeExact(
                map, type, rank, address, lengths, strides, box, steps, 0, swizzle, promotion, 0));
    }

    private int intResult(CallWithResult call) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(JAVA_INT);
            check(() -> call.invoke(out));
            return out.get(JAVA_INT, 0);
        }
    }

    private long longResult(CallWithResult call) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(JAVA_LONG);
            check(() -> call.invoke(out));
            return out.get(JAVA_LONG, 0);
        }
    }

    private void check(Call call) {
        int code = invoke(call);
        if (code != 0) {
            throw new CudaException(code, errorText(cuGetErrorName, code), errorText(cuGetErrorString, code));
        }
    }

    /** What the driver calls an error; it knows nothing of codes newer than itself. */
    private static String errorText(MethodHandle function, int code) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ADDRESS);
            invoke(() -> (int) function.invokeExact(code, out));
            MemorySegment text = out.get(ADDRESS, 0);
            return text.equals(MemorySegment.NULL)
                    ? "CUDA error " + code
                    : text.reinterpret(Long.MAX_VALUE).getString(0);
        }
    }

    private static int invoke(Call call) {
        try {
            return call.invoke();
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("a downcall throws no checked exception", e);
        }
    }

    @FunctionalInterface
    private interface Call {
        int invoke() throws Throwable;
    }

    @FunctionalInterface
    private interface CallWithResult {
        int invoke(MemorySegment out) throws Throwable;
    }
}
