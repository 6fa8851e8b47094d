package duality.gpu.ssd;

import duality.gpu.CudaDevice;
import duality.gpu.CudaDriver;
import duality.gpu.CudaEvent;
import duality.gpu.CudaException;
import duality.gpu.CudaProbe;
import duality.gpu.KernelImages;
import duality.ssd.SsdBackend;
import duality.ssd.SsdGradients;
import duality.ssd.SsdInputs;
import duality.ssd.SsdOptions;
import duality.ssd.SsdOutputs;
import duality.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The SSD operator on the first GPU, for tensors of the host. Copies to the device, kernels and copies back overlap, slab
 * by slab. What a shape needs (memory, arguments, graphs) is kept for the next call of that shape.
 *
 * <p>Evaluates the block form, with chunks of at most {@value SsdShape#LONGEST_CHUNK} steps; for {@link
 * SsdOptions.Algorithm#RECURRENT} they have one step, and {@link SsdOptions.Algorithm#QUADRATIC} takes sequences of one
 * chunk. States always pass in order, whatever {@link SsdOptions#statePassing} says. Sums have a fixed order.
 */
public final class CudaSsdBackend implements SsdBackend {
    /** What a slab copies, in bytes: enough to keep the bus busy, and few enough for many slabs. */
    private static final long SLAB_BYTES = 64 << 20;

    private static final int KEPT_PROBLEMS = 4;

    private static final List<String> ROWS = List.of("x", "dt", "B", "C", "z");

    private final SequencedMap<SsdShape, DeviceSsd> problems = new LinkedHashMap<>();
    private @Nullable CudaSsd device;
    private @Nullable ExecutorService downloader;

    /** The backend; it opens the device when it is first used. */
    public CudaSsdBackend() {}

    @Override
    public String name() {
        return "cuda";
    }

    @Override
    public String description() {
        return switch (CudaDriver.probe()) {
            case CudaProbe.Absent(String reason) -> reason;
            case CudaProbe.Present(String driver, List<CudaDevice> devices) ->
                "%s, compute %s, %.1f GiB, driver for CUDA %s"
                        .formatted(
                                devices.getFirst().name(),
                                devices.getFirst().computeCapability(),
                                devices.getFirst().memoryBytes() / 0x1p30,
                                driver);
        };
    }

    @Override
    public Optional<String> absence() {
        return absence(CudaDriver.probe());
    }

    static Optional<String> absence(CudaProbe probe) {
        return switch (probe) {
            case CudaProbe.Absent(String reason) -> Optional.of(reason);
            case CudaProbe.Present(String driver, List<CudaDevice> devices) ->
                devices.getFirst().computeMajor() < 8
                        ? Optional.of(devices.getFirst().name() + " has compute capability "
                                + devices.getFirst().computeCapability() + "; the kernels need 8.0")
                        : KernelImages.absence();
        };
    }

    @Override
    public synchronized SsdOutputs forward(SsdInputs inputs, SsdOptions options) {
        return run(SsdShape.of(inputs, null, options), problem -> forward(problem, inputs));
    }

    private SsdOutputs forward(DeviceSsd problem, SsdInputs inputs) {
        SsdShape shape = problem.shape();
        long rowBytes = rowBytes(problem);
        List<Chunks.Range> slabs = problem.chunks().slabs(Math.max(1, SLAB_BYTES / Math.max(1, rowBytes)));
        Map<String, Tensor> arrays = inputs.arrays();
        problem.before(device().uploads());
        for (String name : shape.inputs()) {
            if (!ROWS.contains(name)) {
                problem.upload(name, tensor(arrays, name));
            }
        }
        DeviceTensor onDevice = problem.array("y");
        // To take so much memory from the system takes as long as to copy it, so it happens beside the copies.
        CompletableFuture<Tensor> y =
                CompletableFuture.supplyAsync(() -> Tensor.zeros(onDevice.dtype(), onDevice.shape()), downloader());
        List<CudaEvent> computed = new ArrayList<>();
        List<CompletableFuture<Void>> downloads = new ArrayList<>();
        try {
            for (Chunks.Range slab : slabs) {
                long from = problem.chunks().rowsBefore(slab.first());
                long to = problem.chunks().rowsBefore(slab.end());
                for (String name : shape.inputs()) {
                    if (ROWS.contains(name)) {
                        problem.uploadRows(name, tensor(arrays, name), from, to);
                    }
                }
                problem.after(device().uploads());
                if (slabs.size() == 1) {
                    problem.forward();
                } else {
                    problem.forward(slab);
                }
                CudaEvent done = device().context().event();
                computed.add(done);
                done.record(device().stream());
                Staging staging = device().downloads();
                long size = onDevice.rowSize();
                downloads.add(CompletableFuture.runAsync(
                        () -> {
                            staging.stream().await(done);
                            staging.download(onDevice, y.join(), from * size, to * size);
                        },
                        downloader()));
            }
        } finally {
            try {
                join(downloads);
            } finally {
                computed.forEach(CudaEvent::close);
            }
        }
        return new SsdOutputs(y.join(), problem.download("final_states"));
    }

    /** Waits for all, whatever becomes of them, and throws what the first threw that failed. */
    private static void join(List<CompletableFuture<Void>> tasks) {
        try {
            CompletableFuture.allOf(tasks.toArray(CompletableFuture[]::new)).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    /** The bytes of one row of everything that has a time axis. */
    private static long rowBytes(DeviceSsd problem) {
        long bytes = 0;
        for (String name : problem.shape().inputs()) {
            if (ROWS.contains(name)) {
                DeviceTensor array = problem.array(name);
                bytes += array.rowSize() * array.dtype().byteSize();
            }
        }
        DeviceTensor y = problem.array("y");
        return bytes + y.rowSize() * y.dtype().byteSize();
    }

    private static Tensor tensor(Map<String, Tensor> arrays, String name) {
        return Objects.requireNonNull(arrays.get(name), name);
    }

    @Override
    public synchronized SsdGradients backward(
            SsdInputs inputs, Tensor dy, @Nullable Tensor dFinalStates, SsdOptions options) {
        inputs.checkGradients(dy, dFinalStates);
        return run(SsdShape.of(inputs, dy, options), problem -> {
            uploadAll(problem, inputs);
            problem.upload("dy", dy);
            if (dFinalStates != null) {
                problem.upload("dfinal_states", dFinalStates);
            } else if (problem.hasArray("dfinal_states")) { // of an earlier call
                problem.array("dfinal_states").memory().fill((byte) 0, device().stream());
            }
            problem.backward();
            SequencedMap<String, Tensor> gradients = new LinkedHashMap<>();
            for (String name : problem.shape().gradients()) {
                gradients.put(name, problem.download("grad_" + name));
            }
            return new SsdGradients(gradients);
        });
    }

    @Override
    public synchronized SsdOutputs step(SsdInputs token, SsdOptions options) {
        SsdBackend.requireOneStep(token);
        return run(SsdShape.of(token, null, options.with(SsdOptions.Algorithm.RECURRENT)), problem -> {
            uploadAll(problem, token);
            problem.step();
            return new SsdOutputs(problem.download("y"), problem.download("final_states"));
        });
    }

    private static void uploadAll(DeviceSsd problem, SsdInputs inputs) {
        Map<String, Tensor> arrays = inputs.arrays();
        problem.shape().inputs().forEach(name -> problem.upload(name, tensor(arrays, name)));
    }

    /** Runs a task on a problem of that shape. Where memory runs out, other shapes' memory is given up first. */
    private <R> R run(SsdShape shape, Function<DeviceSsd, R> task) {
        try {
            return task.apply(problem(shape));
        } catch (CudaException e) {
            if (device != null && device.context().retired() != null) {
                problems.clear();
                device = null; // a new context is of no use in this process, but its error says so
                throw e;
            }
            close(shape);
            if (!e.isOutOfMemory() || problems.isEmpty()) {
                throw e;
            }
            forgetProblems();
            return task.apply(problem(shape));
        }
    }

    private DeviceSsd problem(SsdShape shape) {
        DeviceSsd problem = problems.remove(shape);
        if (problem == null) {
            while (problems.size() >= KEPT_PROBLEMS) {
                Objects.requireNonNull(problems.pollFirstEntry()).getValue().close();
            }
            problem = device().problem(shape);
        }
        problems.putLast(shape, problem);
        return problem;
    }

    private void close(SsdShape shape) {
        DeviceSsd problem = problems.remove(shape);
        if (problem != null) {
            problem.close();
        }
    }

    private void forgetProblems() {
        problems.values().forEach(DeviceSsd::close);
        problems.clear();
    }

    private CudaSsd device() {
        CudaSsd opened = device;
        if (opened == null) {
            opened = CudaSsd.open(0);
            device = opened;
        }
        return opened;
    }

    private ExecutorService downloader() {
        ExecutorService opened = downloader;
        if (opened == null) {
            opened = Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().daemon().name("cuda-downloads").factory());
            downloader = opened;
        }
        return opened;
    }

    /** Gives the device back; the next call opens it again. For tests and for programs that need its memory. */
    public synchronized void release() {
        forgetProblems();
        if (downloader != null) {
            downloader.close();
            downloader = null;
        }
        if (device != null) {
            device.close();
            device = null;
        }
    }
}
