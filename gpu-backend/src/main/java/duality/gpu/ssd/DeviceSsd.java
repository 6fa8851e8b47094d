package duality.gpu.ssd;

import duality.errors.Fault;
import duality.errors.ShapeException;
import duality.errors.UnsupportedRequestException;
import duality.gpu.CudaEvent;
import duality.gpu.CudaGraph;
import duality.gpu.CudaStream;
import duality.gpu.DeviceMemory;
import duality.gpu.DeviceTensor;
import duality.gpu.HostMemory;
import duality.gpu.Staging;
import duality.gpu.ssd.SsdKernels.Pass;
import duality.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An SSD problem whose arrays are on the device. Arrays go by the names of {@link duality.ssd.SsdInputs}' table, y,
 * final_states, dy, dfinal_states, and grad_ with an input's name. Upload the inputs once, run passes as often as needed,
 * download what is wanted; {@link #bind} makes a result of one problem an input of another.
 *
 * <p>Passes return when they are launched, not when they are done. A pass that is repeated becomes a CUDA graph, which a
 * single call launches.
 */
public final class DeviceSsd implements AutoCloseable {
    private final CudaSsd device;
    private final SsdShape shape;
    private final Chunks chunks;
    private final Map<String, DeviceTensor> arrays = new HashMap<>();
    private final Set<String> bound = new HashSet<>();
    private final Map<String, DeviceMemory> scratch = new HashMap<>();
    private final Map<Object, Repeated> passes = new HashMap<>();
    private final CudaEvent mark;
    private final Arena arena = Arena.ofAuto();

    DeviceSsd(CudaSsd device, SsdShape shape) {
        this.device = device;
        this.shape = shape;
        chunks = Chunks.of(shape);
        mark = device.context().event();
    }

    /** What is known of the problem beside its arrays. */
    public SsdShape shape() {
        return shape;
    }

    Chunks chunks() {
        return chunks;
    }

    /** For what the launches point to, which lives as long as they do. */
    Arena arena() {
        return arena;
    }

    /** The array of that name, allocated on first use. */
    public DeviceTensor array(String name) {
        return arrays.computeIfAbsent(
                name, missing -> DeviceTensor.allocate(device.stream(), shape.type(missing), shape.lengths(missing)));
    }

    /** Whether an array was used before. */
    boolean hasArray(String name) {
        return arrays.containsKey(name);
    }

    /**
     * Lets an array of this problem be one that belongs to somebody else, who closes it after this problem.
     *
     * @throws ShapeException if it has another shape
     * @throws UnsupportedRequestException if it has another type
     */
    public void bind(String name, DeviceTensor array) {
        array.requireShape(name, shape.lengths(name));
        if (array.dtype() != shape.type(name)) {
            throw new UnsupportedRequestException(
                    Fault.WRONG_TYPE, name + ": " + array + " where " + shape.type(name) + " is expected");
        }
        forgetPasses();
        DeviceTensor former = arrays.put(name, array);
        if (former != null && !bound.contains(name)) {
            former.close();
        }
        bound.add(name);
    }

    /** Memory that the kernels use as they like; the same name gives the same memory. */
    DeviceMemory scratch(String name, long bytes) {
        DeviceMemory memory = scratch.get(name);
        if (memory == null || memory.byteSize() < bytes) {
            if (memory != null) {
                memory.close();
            }
            memory = device.context().allocate(bytes, device.stream());
            scratch.put(name, memory);
        }
        return memory;
    }

    /** Scratch memory with contents that are copied there on first use; returns its address. */
    long table(String name, Function<Arena, MemorySegment> contents) {
        DeviceMemory memory = scratch.get(name);
        if (memory == null) {
            try (Arena call = Arena.ofConfined()) {
                MemorySegment host = contents.apply(call);
                memory = scratch(name, host.byteSize());
                memory.copyFrom(host, 0, device.stream());
                device.stream().synchronize();
            }
        }
        return memory.address();
    }

    /** Copies a tensor to the device and converts its elements to the array's type; returns when the tensor is read. */
    public void upload(String name, Tensor tensor) {
        DeviceTensor target = array(name);
        target.requireShape(name, tensor.shape());
        before(device.uploads());
        device.uploads().upload(tensor, target, 0, target.size());
        after(device.uploads());
    }

    /** Starts to upload all of an array, as {@link #upload}, in the order of the uploads alone. */
    CompletableFuture<Void> startUpload(String name, Tensor tensor) {
        return startUpload(name, tensor, 0, tensor.size());
    }

    /** Starts to upload rows (batch, time) of an array, likewise. */
    CompletableFuture<Void> startUploadOfRows(String name, Tensor tensor, long from, long to) {
        long size = shape.rowSize(name);
        return startUpload(name, tensor, from * size, to * size);
    }

    private CompletableFuture<Void> startUpload(String name, Tensor tensor, long from, long to) {
        DeviceTensor target = array(name);
        target.requireShape(name, tensor.shape());
        return device.uploads().startUpload(tensor, target, from, to);
    }

    /** A copy of an array on the host. */
    public Tensor download(String name) {
        Tensor target = HostMemory.zeros(shape.type(name), shape.lengths(name));
        download(name, target);
        return target;
    }

    /** Copies an array to a tensor of the host, whose type may be another, and returns when it is there. */
    public void download(String name, Tensor target) {
        DeviceTensor source = array(name);
        source.requireShape(name, target.shape());
        before(device.downloads());
        device.downloads().download(source, target, 0, source.size());
    }

    /** Starts to copy elements of an array to a tensor of the same shape when an event has passed. */
    CompletableFuture<Void> startDownload(String name, Tensor target, long from, long to, CudaEvent after) {
        return device.downloads().startDownload(array(name), target, from, to, after);
    }

    /** What is launched on the staging's stream from now on waits for the passes so far. */
    void before(Staging staging) {
        mark.record(device.stream());
        staging.stream().await(mark);
    }

    /** The passes from now on wait for the copies so far. */
    void after(Staging staging) {
        mark.record(staging.stream());
        device.stream().await(mark);
    }

    /** Computes y and final_states. */
    public void forward() {
        run("forward", () -> first(kernels -> kernels.forward(this, chunks.all())));
    }

    /** Computes y and the states so far from some of the chunks; the ranges must be all, in order. */
    void forward(Chunks.Range range) {
        run(range, () -> first(kernels -> kernels.forward(this, range)));
    }

    /** Computes all gradients, grad_ and an input's name, from dy and, if it was uploaded or bound, dfinal_states. */
    public void backward() {
        run("backward " + hasArray("dfinal_states"), () -> first(kernels -> kernels.backward(this)));
    }

    /**
     * Computes y and final_states of one step.
     *
     * @throws ShapeException if the problem has more than one step a sequence
     */
    public void step() {
        if (shape.time() != 1 || shape.sequences().size() != shape.batch()) {
            throw new ShapeException(
                    Fault.SHAPE_MISMATCH,
                    "a decoding step takes one token a sequence, but the time is " + shape.time());
        }
        run("step", () -> first(kernels -> kernels.step(this)));
    }

    private Pass first(Function<SsdKernels, Optional<Pass>> pass) {
        return device.kernels().stream()
                .flatMap(kernels -> pass.apply(kernels).stream())
                .findFirst()
                .orElseThrow(() -> new UnsupportedRequestException(Fault.UNAVAILABLE, "no kernels for " + shape));
    }

    private void run(Object key, Supplier<Pass> make) {
        Repeated repeated = passes.get(key);
        if (repeated == null) {
            repeated = new Repeated(make.get());
            passes.put(key, repeated);
        }
        repeated.on(device.stream());
    }

    /** A pass that runs as a graph from the second time on. */
    private static final class Repeated {
        private final Pass pass;
        private boolean ran;
        private @Nullable CudaGraph graph;

        Repeated(Pass pass) {
            this.pass = pass;
        }

        void on(CudaStream stream) {
            if (!ran) {
                pass.on(stream);
                ran = true;
                return;
            }
            CudaGraph captured = graph;
            if (captured == null) {
                captured = stream.capture(() -> pass.on(stream));
                graph = captured;
            }
            captured.launch(stream);
        }

        void close() {
            if (graph != null) {
                graph.close();
            }
        }
    }

    private void forgetPasses() {
        passes.values().forEach(Repeated::close);
        passes.clear();
    }

    /** The bytes of the arrays and of the scratch memory. */
    long deviceBytes() {
        return arrays.values().stream()
                        .mapToLong(array -> array.memory().byteSize())
                        .sum()
                + scratch.values().stream().mapToLong(DeviceMemory::byteSize).sum();
    }

    /** Frees the arrays that are not bound. The memory is used again only after what was launched before. */
    @Override
    public void close() {
        if (device.context().retired() == null) {
            after(device.uploads()); // in case one was launched that no pass has waited for
        }
        passes.values().forEach(Repeated::close);
        passes.clear();
        arrays.forEach((name, array) -> {
            if (!bound.contains(name)) {
                array.close();
            }
        });
        scratch.values().forEach(DeviceMemory::close);
        mark.close();
    }
}
