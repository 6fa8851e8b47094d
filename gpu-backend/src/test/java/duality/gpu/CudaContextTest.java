package duality.gpu;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import duality.errors.ShapeException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Drives a context against stand-ins for the driver's library, which check handles, layouts and the context. */
class CudaContextTest {
    private static final byte[] MODULE = "describe addOne".getBytes(StandardCharsets.US_ASCII);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path folder;

    /** Runs a body in a context that must be left as it was found. */
    private void with(BiConsumer<CudaContext, CudaStream> body, String... macros) throws Exception {
        String library = StandIn.compile(folder, macros);
        try (CudaContext context = CudaContext.open(CudaDriver.open(library), 1);
                CudaStream stream = context.stream()) {
            body.accept(context, stream);
        }
        assertThat(StandIn.count(library, "standInLive")).isZero();
        assertThat(StandIn.count(library, "standInRetained")).isZero();
    }

    @Test
    void describesItsDevice() throws Exception {
        with((context, stream) -> {
            assertThat(context.device().name()).isEqualTo("Stand-in 41");
            assertThat(context.multiprocessors()).isEqualTo(7);
            assertThat(context.sharedBytesPerBlock()).isEqualTo(99 << 10);
        });
    }

    @Test
    void copiesThroughTheDevice() throws Exception {
        with((context, stream) -> {
            try (Arena arena = Arena.ofConfined();
                    DeviceMemory memory = context.allocate(40, stream);
                    DeviceMemory other = context.allocate(48, stream);
                    PinnedMemory pinned = context.pinned(24)) {
                memory.fill((byte) 0xFF, stream);
                memory.copyFrom(arena.allocateFrom(JAVA_LONG, 3, 5, 7), 16, stream);
                memory.copyTo(other, stream);
                other.copyTo(pinned.segment(), 8, stream);
                stream.synchronize();
                assertThat(pinned.segment().toArray(JAVA_LONG)).containsExactly(-1, 3, 5);
                assertThatThrownBy(() -> memory.copyTo(pinned.segment(), 17, stream))
                        .isInstanceOf(IndexOutOfBoundsException.class)
                        .hasMessage("24 bytes from byte 17 of 40 bytes of device memory");
                assertThatThrownBy(() -> other.copyTo(memory, stream)).isInstanceOf(IndexOutOfBoundsException.class);
            }
        });
    }

    @Test
    void launchesAsDescribed() throws Exception {
        with((context, stream) -> {
            try (Arena arena = Arena.ofConfined();
                    CudaModule module = context.load(MODULE);
                    DeviceMemory said = context.allocate(16 * 8, stream)) {
                said.fill((byte) 0, stream);
                KernelLaunch.of(arena, module.function("describe"), new Dim3(9, 8, 7), new Dim3(32, 4, 2))
                        .argument(said.address())
                        .sharedBytes(50_000)
                        .cluster(new Dim3(3, 2, 1))
                        .overlapping()
                        .build()
                        .on(stream);
                assertThat(longs(said, 16, stream))
                        .containsExactly(9, 8, 7, 32, 4, 2, 50_000, 2, 4, 3, 2, 1, 6, 1, 1, 1);
            }
        });
    }

    private static long[] longs(DeviceMemory memory, int count, CudaStream stream) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment host = arena.allocate(JAVA_LONG, count);
            memory.copyTo(host, 0, stream);
            stream.synchronize();
            return host.toArray(JAVA_LONG);
        }
    }

    @Test
    void replaysWhatItCaptured() throws Exception {
        with((context, stream) -> {
            try (Arena arena = Arena.ofConfined();
                    CudaModule module = context.load(MODULE);
                    DeviceMemory numbers = context.allocate(16, stream)) {
                numbers.fill((byte) 0, stream);
                KernelLaunch launch = KernelLaunch.of(arena, module.function("addOne"), Dim3.of(1), Dim3.of(2))
                        .argument(numbers.address())
                        .argument(2)
                        .build();
                try (CudaGraph graph = stream.capture(() -> launch.on(stream))) {
                    assertThat(longs(numbers, 2, stream)).containsExactly(0, 0);
                    graph.launch(stream);
                    graph.launch(stream);
                }
                launch.on(stream);
                assertThat(longs(numbers, 2, stream)).containsExactly(3, 3);
            }
        });
    }

    @Test
    void endsACaptureThatFails() throws Exception {
        with((context, stream) -> assertThatThrownBy(() -> stream.capture(() -> {
                    throw new IllegalArgumentException("no");
                }))
                .isInstanceOf(IllegalArgumentException.class));
    }

    @Test
    void takesTimes() throws Exception {
        with((context, stream) -> {
            try (CudaEvent start = context.event();
                    CudaEvent end = context.event()) {
                start.record(stream);
                end.record(stream);
                stream.await(end);
                end.synchronize();
                assertThat(end.millisecondsSince(start)).isEqualTo(1f);
            }
        });
    }

    @Test
    void asksForFunctionsByName() throws Exception {
        with((context, stream) -> {
            try (CudaModule module = context.load(MODULE)) {
                CudaFunction function = module.function("describe");
                assertThat(function.registers()).isEqualTo(255);
                assertThat(function.localBytes()).isEqualTo(16);
                assertThat(function.residentBlocks(256, 1 << 20)).isEqualTo(7);
                assertThatThrownBy(() -> module.function("absent"))
                        .isInstanceOfSatisfying(
                                CudaException.class,
                                e -> assertThat(e.isSticky()).isFalse())
                        .hasMessage("CUDA_ERROR_NOT_FOUND: named symbol not found");
                assertThatThrownBy(() -> function.allowSharedBytes(100 << 10)).isInstanceOf(CudaException.class);
            }
        });
    }

    @Test
    void describesArraysForBulkCopies() throws Exception {
        with((context, stream) -> {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment map = TensorMap.tiled(
                        context,
                        arena,
                        TensorMap.Element.BFLOAT16,
                        0x7f00_0000_0000L,
                        new long[] {64, 1L << 33},
                        new long[] {128},
                        new int[] {64, 32},
                        TensorMap.Swizzle.BYTES_128,
                        TensorMap.Promotion.BYTES_256);
                assertThat(map.byteSize()).isEqualTo(128);
                assertThat(map.asSlice(0, 96).toArray(JAVA_LONG))
                        .containsExactly(9, 2, 0x7f00_0000_0000L, 64, 1L << 33, 128, 64, 32, 1, 1, 3, 3);
                assertThatThrownBy(() -> TensorMap.tiled(
                                context,
                                arena,
                                TensorMap.Element.FLOAT32,
                                0,
                                new long[] {64, 2},
                                new long[] {},
                                new int[] {64, 32},
                                TensorMap.Swizzle.NONE,
                                TensorMap.Promotion.NONE))
                        .isInstanceOf(ShapeException.class)
                        .hasMessageContaining("lengths [64, 2], strides [], box [64, 32]");
            }
        });
    }

    @Test
    void serveEveryThread() throws Exception {
        with((context, stream) -> {
            AtomicReference<Throwable> failure = new AtomicReference<>();
            Thread thread = Thread.ofPlatform().start(() -> {
                try (DeviceMemory memory = context.allocate(8, stream)) {
                    memory.fill((byte) 1, stream);
                } catch (Throwable e) {
                    failure.set(e);
                }
            });
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            assertThat(failure.get()).isNull();
        });
    }

    @Test
    void namesWhatIsLeftOpen() throws Exception {
        String library = StandIn.compile(folder);
        CudaContext context = CudaContext.open(CudaDriver.open(library), 0);
        CudaStream stream = context.stream();
        context.allocate(8, stream);
        assertThat(context.openHandles()).isEqualTo(List.of("8 bytes of device memory", "stream"));
        assertThatThrownBy(context::close)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("still open: 8 bytes of device memory, stream")
                .satisfies(e -> assertThat(e.getSuppressed()).hasSize(2));
        context.close(); // twice is harmless
    }

    @Test
    void refusesWhatIsClosed() throws Exception {
        with((context, stream) -> {
            DeviceMemory memory = context.allocate(8, stream);
            memory.close();
            memory.close();
            assertThatThrownBy(memory::address)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("8 bytes of device memory is closed");
        });
    }

    @Test
    void lackOfMemoryConcernsOneCall() throws Exception {
        with(
                (context, stream) -> {
                    assertThatThrownBy(() -> context.allocate(8, stream))
                            .isInstanceOfSatisfying(
                                    CudaException.class,
                                    e -> assertThat(e.isOutOfMemory()).isTrue())
                            .hasMessage("CUDA_ERROR_OUT_OF_MEMORY: out of memory");
                    assertThat(context.retired()).isNull();
                    stream.synchronize();
                },
                "-DALLOC_RESULT=2");
    }

    @Test
    void anErrorInAKernelRetiresTheContext() throws Exception {
        String library = StandIn.compile(folder, "-DSYNC_RESULT=700");
        try (CudaContext context = CudaContext.open(CudaDriver.open(library), 0);
                CudaStream stream = context.stream()) {
            assertThatThrownBy(stream::synchronize)
                    .isInstanceOfSatisfying(
                            CudaException.class, e -> assertThat(e.isSticky()).isTrue())
                    .hasMessage("CUDA_ERROR_ILLEGAL_ADDRESS: an illegal memory access was encountered");
            assertThat(context.retired()).isNotNull();
            assertThatThrownBy(context::event)
                    .isInstanceOf(CudaException.class)
                    .hasMessage("the context is retired since an earlier error: "
                            + "CUDA_ERROR_ILLEGAL_ADDRESS: an illegal memory access was encountered");
        }
    }
}
