package duality.gpu.dense;

import duality.errors.Fault;
import duality.errors.ShapeException;
import duality.errors.UnsupportedRequestException;
import duality.gpu.CudaCosts;
import duality.gpu.CudaCosts.Copies;
import duality.gpu.CudaDevice;
import duality.gpu.CudaDriver;
import duality.gpu.CudaProbe;
import duality.gpu.KernelImages;
import duality.kernels.DenseMultiply;
import duality.kernels.Parallel;
import duality.kernels.Simd;
import duality.ssd.Choice;
import duality.ssd.Estimate;
import duality.tensor.DType;
import duality.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * Products of tensors of the host: on the first GPU where copies and kernel together should be faster than the processor,
 * else there. The choice depends on types, sizes, the machine and the threads of the caller's pool alone; each place has
 * its own bits. Threads may share it; on the GPU one product runs at a time.
 */
public final class TensorProducts implements AutoCloseable {
    private static final ValueLayout.OfFloat FLOAT =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfDouble DOUBLE =
            ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** Seconds of a thread of a Xeon for a multiplication in float32, with vectors of {@value #LANES} lanes. */
    private static final double CPU_MULTIPLICATION = 85e-12;

    private static final int LANES = 16;
    /** Seconds for a number between a tensor and an array. */
    private static final double CPU_COPY = 1e-9;
    /** The same in bfloat16. */
    private static final double CPU_CONVERSION = 10e-9;

    /* Operations a second of an H200's kernels. */
    private static final double GPU_BFLOAT16 = 600e12;
    private static final double GPU_FLOAT32 = 110e12;
    private static final double GPU_FLOAT64 = 23e12;

    private static final String CPU = "cpu";
    private static final String CUDA = "cuda";

    private final Optional<String> absence;
    private final long memoryBytes;
    private @Nullable DenseProducts device;

    /** Products on this machine. The device is opened when it is first used. */
    public TensorProducts() {
        this(CudaDriver.probe());
    }

    private TensorProducts(CudaProbe probe) {
        this(
                KernelImages.absence(probe),
                probe instanceof CudaProbe.Present(String driver, List<CudaDevice> devices)
                        ? devices.getFirst().memoryBytes()
                        : 0);
    }

    TensorProducts(Optional<String> absence, long memoryBytes) {
        this.absence = absence;
        this.memoryBytes = memoryBytes;
    }

    /**
     * A B: the last two axes are rows and columns; those before them, if there are any, the batch, which must be the same
     * for both or absent from one.
     *
     * @param a (…, m, k), in bfloat16, float32 or float64
     * @param b (…, k, n), of the same type
     * @return (…, m, n), of the same type
     * @throws ShapeException if the shapes do not fit together
     * @throws UnsupportedRequestException if the types do not, or a factor is larger than the processor takes
     */
    public Tensor multiply(Tensor a, Tensor b) {
        if (choose(a, b).name().equals(CPU)) {
            return onCpu(a, b);
        }
        return onGpu(a, b);
    }

    private synchronized Tensor onGpu(Tensor a, Tensor b) {
        DenseProducts opened = device;
        if (opened == null) {
            opened = DenseProducts.open(0);
            device = opened;
        }
        return opened.multiply(a, b);
    }

    /** Where {@link #multiply} multiplies, and why. */
    public Choice choose(Tensor a, Tensor b) {
        Problem problem = Problem.of(a, b);
        SequencedMap<String, Estimate> estimates = new LinkedHashMap<>();
        estimates.put(CPU, problem.onCpu(Parallel.threads()));
        estimates.put(
                CUDA,
                absence.map(reason -> Estimate.never("absent, " + reason)).orElseGet(() -> problem.onGpu(memoryBytes)));
        return Choice.fastest(estimates, false);
    }

    /** What there is to multiply: one product or a batch, of which a factor may have only one matrix. */
    private record Problem(DType type, long batchA, long batchB, long batch, long m, long n, long k) {
        static Problem of(Tensor a, Tensor b) {
            long[] shape = shape(a, b);
            DType type = a.dtype();
            if (b.dtype() != type || !(type == DType.BFLOAT16 || type == DType.FLOAT32 || type == DType.FLOAT64)) {
                throw new UnsupportedRequestException(
                        Fault.WRONG_TYPE,
                        "product of " + a + " and " + b + ": both must be bfloat16, float32 or float64, of one type");
            }
            return new Problem(
                    type,
                    product(a.shape(), a.rank() - 2),
                    product(b.shape(), b.rank() - 2),
                    product(shape, shape.length - 2),
                    a.length(a.rank() - 2),
                    b.length(b.rank() - 1),
                    a.length(a.rank() - 1));
        }

        private static long product(long[] lengths, int count) {
            return Arrays.stream(lengths, 0, count).reduce(1, Math::multiplyExact);
        }

        private double multiplications() {
            return (double) batch * m * n * k;
        }

        private double sizeA() {
            return (double) batchA * m * k;
        }

        private double sizeB() {
            return (double) batchB * k * n;
        }

        private double sizeC() {
            return (double) batch * m * n;
        }

        Estimate onCpu(int threads) {
            double most = Math.max(Math.max(sizeA(), sizeB()), sizeC());
            if (most > Integer.MAX_VALUE - 8) {
                return Estimate.never("%.3g numbers in a Java array".formatted(most));
            }
            double lanes = Simd.floats().panel() / 2.0;
            double each = (type == DType.FLOAT64 ? 2 : 1) * CPU_MULTIPLICATION * LANES / lanes;
            double copies = (sizeA() + sizeB() + sizeC()) * (type == DType.BFLOAT16 ? CPU_CONVERSION : CPU_COPY);
            boolean parallel = multiplications() >= DenseMultiply.PARALLEL;
            return new Estimate(
                    copies + multiplications() * each / (parallel ? threads : 1),
                    0,
                    parallel && threads > 1 ? threads + " threads" : "a thread");
        }

        Estimate onGpu(long memoryBytes) {
            int width = type.byteSize();
            // In float32 the factors may be split into numbers of two bytes.
            double parts = type == DType.FLOAT32 ? 2.0 * DenseProducts.PARTS : 0;
            double needed = (sizeA() + sizeB()) * (width + parts) + sizeC() * width;
            if (needed > memoryBytes) {
                return Estimate.never(
                        "%.3g GiB of memory where there are %.3g".formatted(needed / 0x1p30, memoryBytes / 0x1p30));
            }
            Copies up = new Copies((sizeA() + sizeB()) * width, 0);
            double rate = switch (type) {
                case BFLOAT16 -> GPU_BFLOAT16;
                case FLOAT32 -> GPU_FLOAT32;
                default -> GPU_FLOAT64;
            };
            return CudaCosts.call(up, new Copies(sizeC() * width, 0), 2 * multiplications() / rate, true);
        }
    }

    /**
     * The product on the processor.
     *
     * @throws ShapeException as {@link #multiply}
     * @throws UnsupportedRequestException likewise
     */
    public static Tensor onCpu(Tensor a, Tensor b) {
        Problem p = Problem.of(a, b);
        Estimate estimate = p.onCpu(1);
        if (!estimate.isPossible()) {
            throw new UnsupportedRequestException(
                    Fault.OUT_OF_RANGE, "product of " + a + " and " + b + " on the processor: " + estimate.reason());
        }
        Tensor c = Tensor.zeros(p.type(), shape(a, b));
        int m = Math.toIntExact(p.m());
        int n = Math.toIntExact(p.n());
        int k = Math.toIntExact(p.k());
        int stepA = p.batchA() == p.batch() ? m * k : 0;
        int stepB = p.batchB() == p.batch() ? k * n : 0;
        if (p.type() == DType.FLOAT64) {
            double[] left = a.toDoubleArray();
            double[] right = b.toDoubleArray();
            double[] product = new double[Math.toIntExact(c.size())];
            for (int i = 0; i < p.batch(); i++) {
                DenseMultiply.multiply(
                        m, n, k, left, i * stepA, k, 1, right, i * stepB, n, 1, product, i * m * n, n, false);
            }
            MemorySegment.copy(product, 0, c.segment(), DOUBLE, 0, product.length);
            return c;
        }
        float[] left = floats(a);
        float[] right = floats(b);
        float[] product = new float[Math.toIntExact(c.size())];
        for (int i = 0; i < p.batch(); i++) {
            DenseMultiply.multiply(
                    m, n, k, left, i * stepA, k, 1, right, i * stepB, n, 1, product, i * m * n, n, false);
        }
        if (p.type() == DType.FLOAT32) {
            MemorySegment.copy(product, 0, c.segment(), FLOAT, 0, product.length);
        } else {
            Tensor.of(product, c.shape()).copyTo(c);
        }
        return c;
    }

    private static float[] floats(Tensor tensor) {
        Tensor wide = tensor.dtype() == DType.FLOAT32 ? tensor : tensor.to(DType.FLOAT32);
        float[] values = new float[Math.toIntExact(wide.size())];
        MemorySegment.copy(wide.segment(), FLOAT, 0, values, 0, values.length);
        return values;
    }

    /** The shape of a product. */
    static long[] shape(Tensor a, Tensor b) {
        int axes = Math.max(a.rank(), b.rank());
        boolean fits = a.rank() >= 2 && b.rank() >= 2;
        if (fits) {
            long[] left = a.shape();
            long[] right = b.shape();
            long[] batchA = Arrays.copyOf(left, a.rank() - 2);
            long[] batchB = Arrays.copyOf(right, b.rank() - 2);
            fits = left[a.rank() - 1] == right[b.rank() - 2]
                    && (batchA.length == 0 || batchB.length == 0 || Arrays.equals(batchA, batchB));
            if (fits) {
                long[] shape = Arrays.copyOf(batchA.length == 0 ? right : left, axes);
                shape[axes - 2] = left[a.rank() - 2];
                shape[axes - 1] = right[b.rank() - 1];
                return shape;
            }
        }
        throw new ShapeException(
                Fault.SHAPE_MISMATCH,
                "product of " + a + " and " + b
                        + ": must be (…, m, k) and (…, k, n) with equal batches, or none in one");
    }

    /** Gives the device back, if it was opened. */
    @Override
    public synchronized void close() {
        if (device != null) {
            device.close();
            device = null;
        }
    }
}
