package duality.gpu.ssd;

import duality.gpu.CudaDevice;
import duality.gpu.CudaDriver;
import duality.gpu.CudaEvent;
import duality.gpu.CudaException;
import duality.gpu.CudaProbe;
import duality.gpu.HostMemory;
import duality.gpu.KernelImages;
import duality.gpu.Staging;
import duality.ssd.Estimate;
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
import java.util.function.Consumer;
import java.util.stream.Stream;
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
    private volatile @Nullable CudaProbe probe;
    private @Nullable CudaSsd device;
    /** The error after which the device is of no use to this process, or null. */
    private volatile @Nullable String lost;

    /** The backend; it opens the device when it is first used. */
    public CudaSsdBackend() {}

    /** What the driver found, asked once: every estimate needs it. */
    private CudaProbe probe() {
        CudaProbe found = probe;
        if (found == null) {
            found = CudaDriver.probe();
            probe = found;
        }
        return found;
    }

    @Override
    public String name() {
        return "cuda";
    }

    @Override
    public String description() {
        return switch (probe()) {
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
        return KernelImages.absence(probe());
    }

    @Override
    public Estimate estimate(Pass pass, SsdInputs inputs, SsdOptions options) {
        String error = lost;
        if (error != null) {
            return Estimate.never("lost, " + error);
        }
        return probe() instanceof CudaProbe.Present(String ignored, List<CudaDevice> devices)
                ? SsdCosts.estimate(pass, inputs, options, devices.getFirst())
                : Estimate.never("absent");
    }

    @Override
    public SsdOutputs forward(SsdInputs inputs, SsdOptions options) {
        SsdOutputs results = results(SsdShape.of(inputs, null, options));
        forward(inputs, options, results);
        return results;
    }

    private static SsdOutputs results(SsdShape shape) {
        return new SsdOutputs(result(shape, "y"), result(shape, "final_states"));
    }

    private static Tensor result(SsdShape shape, String name) {
        return HostMemory.zeros(shape.type(name), shape.lengths(name));
    }

    @Override
    public synchronized void forward(SsdInputs inputs, SsdOptions options, SsdOutputs into) {
        into.requireFits(inputs);
        run(SsdShape.of(inputs, null, options), problem -> forward(problem, inputs, into));
    }

    private void forward(DeviceSsd problem, SsdInputs inputs, SsdOutputs into) {
        SsdShape shape = problem.shape();
        List<Chunks.Range> slabs = problem.chunks().slabs(Math.max(1, SLAB_BYTES / Math.max(1, rowBytes(shape))));
        if (slabs.size() == 1) {
            uploadAll(problem, inputs.arrays());
            problem.forward();
            problem.download("y", into.y());
            problem.download("final_states", into.finalStates());
            return;
        }
        Map<String, Tensor> arrays = inputs.arrays();
        shape.inputs().forEach(problem::array); // what is allocated now is there for all copies
        problem.array("y");
        problem.before(device().uploads());
        // All copies at once, in the order of the slabs: the threads that make them never wait for a slab's end.
        List<CompletableFuture<Void>> uploads = new ArrayList<>();
        List<CompletableFuture<Void>> downloads = new ArrayList<>();
        List<CudaEvent> computed = new ArrayList<>();
        try {
            for (String name : shape.inputs()) {
                if (!ROWS.contains(name)) {
                    uploads.add(problem.startUpload(name, tensor(arrays, name)));
                }
            }
            int[] ends = new int[slabs.size()];
            for (int i = 0; i < ends.length; i++) {
                long from = problem.chunks().rowsBefore(slabs.get(i).first());
                long to = problem.chunks().rowsBefore(slabs.get(i).end());
                for (String name : shape.inputs()) {
                    if (ROWS.contains(name)) {
                        uploads.add(problem.startUploadOfRows(name, tensor(arrays, name), from, to));
                    }
                }
                ends[i] = uploads.size();
            }
            long size = shape.rowSize("y");
            for (int i = 0; i < ends.length; i++) {
                Chunks.Range slab = slabs.get(i);
                long from = problem.chunks().rowsBefore(slab.first());
                long to = problem.chunks().rowsBefore(slab.end());
                Staging.join(uploads.subList(i == 0 ? 0 : ends[i - 1], ends[i]));
                problem.after(device().uploads());
                problem.forward(slab);
                CudaEvent done = device().context().event();
                computed.add(done);
                done.record(device().stream());
                downloads.add(problem.startDownload("y", into.y(), from * size, to * size, done));
            }
        } finally {
            try {
                uploads.addAll(downloads);
                Staging.join(uploads);
            } finally {
                computed.forEach(CudaEvent::close);
            }
        }
        problem.download("final_states", into.finalStates());
    }

    /** The bytes of one row of everything that has a time axis. */
    private static long rowBytes(SsdShape shape) {
        return Stream.concat(shape.inputs().stream().filter(ROWS::contains), Stream.of("y"))
                .mapToLong(name -> shape.rowSize(name) * shape.type(name).byteSize())
                .sum();
    }

    private static Tensor tensor(Map<String, Tensor> arrays, String name) {
        return Objects.requireNonNull(arrays.get(name), name);
    }

    @Override
    public synchronized SsdGradients backward(
            SsdInputs inputs, Tensor dy, @Nullable Tensor dFinalStates, SsdOptions options) {
        inputs.checkGradients(dy, dFinalStates);
        SsdShape shape = SsdShape.of(inputs, dy, options);
        SequencedMap<String, Tensor> gradients = new LinkedHashMap<>();
        shape.gradients().forEach(name -> gradients.put(name, result(shape, "grad_" + name)));
        run(shape, problem -> {
            SequencedMap<String, Tensor> sent = inputs.arrays();
            sent.put("dy", dy);
            if (dFinalStates != null) {
                sent.put("dfinal_states", dFinalStates);
            }
            uploadAll(problem, sent);
            if (dFinalStates == null && problem.hasArray("dfinal_states")) { // of an earlier call
                problem.array("dfinal_states").memory().fill((byte) 0, device().stream());
            }
            problem.backward();
            try (CudaEvent done = device().context().event()) {
                done.record(device().stream());
                Staging.join(gradients.entrySet().stream()
                        .map(gradient -> {
                            Tensor target = gradient.getValue();
                            return problem.startDownload("grad_" + gradient.getKey(), target, 0, target.size(), done);
                        })
                        .toList());
            }
        });
        return new SsdGradients(gradients);
    }

    @Override
    public SsdOutputs step(SsdInputs token, SsdOptions options) {
        SsdBackend.requireOneStep(token);
        SsdOutputs results = results(SsdShape.of(token, null, options.with(SsdOptions.Algorithm.RECURRENT)));
        step(token, options, results);
        return results;
    }

    @Override
    public synchronized void step(SsdInputs token, SsdOptions options, SsdOutputs into) {
        SsdBackend.requireOneStep(token);
        into.requireFits(token);
        run(SsdShape.of(token, null, options.with(SsdOptions.Algorithm.RECURRENT)), problem -> {
            uploadAll(problem, token.arrays());
            problem.step();
            problem.download("y", into.y());
            problem.download("final_states", into.finalStates());
        });
    }

    /** Uploads what the problem takes of some arrays. */
    private void uploadAll(DeviceSsd problem, Map<String, Tensor> arrays) {
        List<String> names = arrays.keySet().stream()
                .filter(name -> !name.equals("cu_seqlens"))
                .toList();
        names.forEach(problem::array);
        problem.before(device().uploads());
        List<CompletableFuture<Void>> started = new ArrayList<>();
        try {
            names.forEach(name -> started.add(problem.startUpload(name, tensor(arrays, name))));
        } finally {
            Staging.join(started); // whatever happens: their targets may be freed after it
        }
        problem.after(device().uploads());
    }

    /** Runs a task on a problem of that shape. Where memory runs out, other shapes' memory is given up first. */
    private void run(SsdShape shape, Consumer<DeviceSsd> task) {
        try {
            task.accept(problem(shape));
        } catch (CudaException e) {
            if (device != null && device.context().retired() != null) {
                problems.clear();
                device = null; // a new context is of no use in this process, but its error says so
                lost = e.getMessage();
                throw e;
            }
            close(shape);
            if (!e.isOutOfMemory() || problems.isEmpty()) {
                throw e;
            }
            forgetProblems();
            task.accept(problem(shape));
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

    /** Gives the device back; the next call opens it again. For tests and for programs that need its memory. */
    public synchronized void release() {
        forgetProblems();
        if (device != null) {
            device.close();
            device = null;
        }
    }
}
