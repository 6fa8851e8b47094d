package duality.gpu;

import static java.lang.foreign.ValueLayout.ADDRESS;
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

/**
 * The CUDA driver API, as far as Duality uses it: a method for each of its functions, which throws
 * {@link CudaException} when the driver returns an error.
 *
 * <p>The driver's library is opened on first use and stays open as long as the JVM runs.
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

    private static final int NAME_BYTES = 256;

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
            CudaDriver driver = open(library);
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
    private static CudaDriver open(String library) {
        CudaDriver driver = new CudaDriver(SymbolLookup.libraryLookup(library, Arena.global()));
        driver.check(() -> (int) driver.cuInit.invokeExact(0));
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

    private CudaDevice device(int ordinal) {
        int device = intResult(out -> (int) cuDeviceGet.invokeExact(out, ordinal));
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

    private int attribute(int attribute, int device) {
        return intResult(out -> (int) cuDeviceGetAttribute.invokeExact(out, attribute, device));
    }

    private int intResult(CallWithResult call) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(JAVA_INT);
            check(() -> call.invoke(out));
            return out.get(JAVA_INT, 0);
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
