package duality.gpu;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import duality.tensor.DType;
import duality.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Zeroed memory of the host for large results. {@link Tensor#zeros} touches all of its memory on one thread, and takes
 * longer for that than a GPU for computing and copying what is to be written there: 180 ms for 335 MB. The pages of this
 * memory, large ones where the system has them, come when they are first touched, by the threads that write the results.
 *
 * <p>Like a tensor's, it is freed by the garbage collector. Together it is at most as large as the heap may become;
 * beyond that, and on systems other than Linux, it is {@link Tensor#zeros}.
 */
@SuppressWarnings("restricted") // to call native code is what it is for
public final class HostMemory {
    /** Where it begins to pay. */
    private static final long LEAST_BYTES = 4 << 20;

    private static final int READ_WRITE = 1 | 2;
    private static final int PRIVATE_ANONYMOUS = 2 | 0x20;
    private static final int HUGE_PAGES = 14;
    private static final long FAILED = -1;

    /** How often the garbage collector is asked, and the longest wait for it in milliseconds. */
    private static final int ATTEMPTS = 6;

    private static final AtomicLong MAPPED = new AtomicLong();
    /** How often memory was unmapped, and how often it had been when collections last found too little. */
    private static final AtomicLong UNMAPPINGS = new AtomicLong();

    private static final AtomicLong FRUITLESS = new AtomicLong(-1);

    private HostMemory() {}

    /** The system's functions, looked up on first use. */
    private static final class Calls {
        static final MethodHandle MAP =
                function("mmap", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);
        static final MethodHandle ADVISE = function("madvise", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
        static final MethodHandle UNMAP = function("munmap", JAVA_INT, ADDRESS, JAVA_LONG);

        private static MethodHandle function(String name, MemoryLayout result, MemoryLayout... parameters) {
            Linker linker = Linker.nativeLinker();
            return linker.downcallHandle(
                    linker.defaultLookup().findOrThrow(name), FunctionDescriptor.of(result, parameters));
        }
    }

    /** Zeros, as {@link Tensor#zeros}. */
    public static Tensor zeros(DType dtype, long... shape) {
        long bytes = dtype.byteSize();
        for (long length : shape) {
            bytes = length < 0 ? 0 : Math.multiplyExact(bytes, length); // a tensor says what is wrong with it
        }
        if (bytes < LEAST_BYTES || !isLinux() || !reserve(bytes)) {
            return Tensor.zeros(dtype, shape);
        }
        MemorySegment mapped = map(bytes);
        return mapped == null ? Tensor.zeros(dtype, shape) : Tensor.wrap(dtype, mapped, shape);
    }

    private static boolean isLinux() {
        return System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("linux");
    }

    /** The bytes that are in use. */
    static long mapped() {
        return MAPPED.get();
    }

    /**
     * Counts bytes as mapped, after a collection of garbage if they would be too many. Where that was of no use, the next
     * one waits until something was unmapped.
     */
    private static boolean reserve(long bytes) {
        long most = Runtime.getRuntime().maxMemory();
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            if (MAPPED.addAndGet(bytes) <= most) {
                return true;
            }
            MAPPED.addAndGet(-bytes);
            if (bytes > most || UNMAPPINGS.get() == FRUITLESS.get()) {
                return false;
            }
            System.gc();
            try {
                Thread.sleep(1L << attempt); // what is garbage is unmapped by another thread
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        FRUITLESS.set(UNMAPPINGS.get());
        return false;
    }

    private static @Nullable MemorySegment map(long bytes) {
        try {
            long address = (long) Calls.MAP.invokeExact(0L, bytes, READ_WRITE, PRIVATE_ANONYMOUS, -1, 0L);
            if (address == FAILED) {
                MAPPED.addAndGet(-bytes);
                return null;
            }
            MemorySegment memory = MemorySegment.ofAddress(address).reinterpret(bytes, Arena.ofAuto(), unmapped -> {
                unmap(unmapped);
                MAPPED.addAndGet(-bytes);
                UNMAPPINGS.incrementAndGet();
            });
            int ignored = (int) Calls.ADVISE.invokeExact(memory, bytes, HUGE_PAGES); // no large pages: small ones do
            return memory;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("a downcall throws no checked exception", e);
        }
    }

    private static void unmap(MemorySegment memory) {
        try {
            int ignored = (int) Calls.UNMAP.invokeExact(memory, memory.byteSize());
        } catch (Throwable e) {
            throw new AssertionError("a downcall throws no checked exception", e);
        }
    }
}
