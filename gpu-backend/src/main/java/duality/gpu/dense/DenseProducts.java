package duality.gpu.dense;

import duality.errors.Fault;
import duality.errors.ShapeException;
import duality.errors.UnsupportedRequestException;
import duality.gpu.CudaContext;
import duality.gpu.CudaEvent;
import duality.gpu.CudaSession;
import duality.gpu.CudaStream;
import duality.gpu.DeviceMemory;
import duality.gpu.DeviceTensor;
import duality.gpu.Dim3;
import duality.gpu.HostMemory;
import duality.gpu.KernelLaunch;
import duality.gpu.KernelModules;
import duality.gpu.Staging;
import duality.gpu.TensorMap;
import duality.tensor.DType;
import duality.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Products of dense matrices on one device: {@code C ← A B} or {@code C ← C + A B} for one product or a batch, for
 * factors that are stored as they are or transposed, in blocks of larger ones, of every size. One thread at a time.
 *
 * <table>
 * <caption>Types and errors</caption>
 * <tr><th>factors</th><th>C</th><th>sums</th><th>error, relative to |A||B|</th></tr>
 * <tr><td>bfloat16</td><td>bfloat16 or float32</td><td>float32</td><td>k·2⁻²⁷, and what storing C costs</td></tr>
 * <tr><td>float32</td><td>float32</td><td>float32</td><td>10⁻⁵; large ones on Hopper 3·10⁻⁶</td></tr>
 * <tr><td>float64</td><td>float64</td><td>float64</td><td>k·2⁻⁵³</td></tr>
 * </table>
 *
 * <p>Products in float32 are sums of products of parts that the matrix instructions multiply exactly; an infinite factor
 * therefore may give NaN. Sums have a fixed order: the same factors, at the same place in memory up to a multiple of 16
 * bytes, give the same bits on the same kind of GPU.
 */
public final class DenseProducts implements AutoCloseable {
    private static final int THREADS = 256;
    /** The side of a portable tile. */
    private static final int TILE = 64;

    /** Three warp groups, four stages or barriers for more, and room to align. */
    private static final int HOPPER_THREADS = 3 * 128;

    private static final int HOPPER_BYTES = (192 << 10) + 16 * 8 + 1024;
    private static final int HOPPER_ROWS = 128;
    private static final int BOX = 64;
    /** Boxes and strides of the bulk copies are multiples of 16 bytes. */
    private static final int GRAIN = 8;
    /** The matrices in bfloat16 that a float32 matrix is the sum of. */
    static final int PARTS = 3;
    /** The multiplications from which on it pays to write those down. */
    private static final long SPLIT_PAYS = 1L << 27;

    /** What a slab of a product of tensors copies down, in bytes. */
    private static final long SLAB_BYTES = 32 << 20;

    private final CudaSession session;
    private final CudaContext context;
    private final CudaStream stream;
    private final Staging uploads;
    private final Staging downloads;
    private final KernelModules kernels;

    private DenseProducts(CudaSession session) {
        this.session = session;
        context = session.context();
        stream = session.stream();
        uploads = session.uploads();
        downloads = session.downloads();
        kernels = session.kernels();
    }

    /**
     * Opens a device of this machine.
     *
     * @param ordinal its number, from 0
     * @throws duality.gpu.CudaException if there is none
     */
    public static DenseProducts open(int ordinal) {
        return of(CudaContext.open(ordinal));
    }

    /** Products in a context, which is closed with them. */
    static DenseProducts of(CudaContext context) {
        return new DenseProducts(CudaSession.of(context));
    }

    /** The device's context. */
    public CudaContext context() {
        return context;
    }

    /** What runs and allocates, in order. */
    public CudaStream stream() {
        return stream;
    }

    /** A new tensor on the device, with undefined contents. */
    public DeviceTensor allocate(DType dtype, long... shape) {
        return DeviceTensor.allocate(stream, dtype, shape);
    }

    /** A copy of a tensor on the device, of the same type. */
    public DeviceTensor upload(Tensor tensor) {
        DeviceTensor copy = allocate(tensor.dtype(), tensor.shape());
        order(stream, uploads.stream());
        uploads.upload(tensor, copy, 0, copy.size());
        order(uploads.stream(), stream);
        return copy;
    }

    /** A copy on the host, after everything that was launched. */
    public Tensor download(DeviceTensor tensor) {
        Tensor copy = HostMemory.zeros(tensor.dtype(), tensor.shape());
        order(stream, downloads.stream());
        downloads.download(tensor, copy, 0, tensor.size());
        return copy;
    }

    /** What is launched on {@code second} from now on waits for what was launched on {@code first}. */
    private void order(CudaStream first, CudaStream second) {
        try (CudaEvent mark = context.event()) {
            mark.record(first);
            second.await(mark);
        }
    }

    /**
     * Launches {@code C ← A B} or {@code C ← C + A B}.
     *
     * @param a of m×k matrices; a batch of one serves all products
     * @param b of k×n matrices, likewise
     * @param c of m×n matrices; modified. It must share no memory with the factors
     * @param add whether C is added to
     * @throws ShapeException if the sizes do not fit together
     * @throws UnsupportedRequestException if the types are none of the table's
     */
    public void multiply(DeviceMatrix a, DeviceMatrix b, DeviceMatrix c, boolean add) {
        requireFit(a, b, c);
        if (c.transposed()) {
            multiply(b.transpose(), a.transpose(), c.transpose(), add);
            return;
        }
        if (c.isEmpty()) {
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            new Launch(arena, a, b, c, add).run();
        }
    }

    private static void requireFit(DeviceMatrix a, DeviceMatrix b, DeviceMatrix c) {
        boolean sizes = a.columns() == b.rows() && c.rows() == a.rows() && c.columns() == b.columns();
        boolean batches = (a.batch() == c.batch() || a.batch() == 1) && (b.batch() == c.batch() || b.batch() == 1);
        boolean places = c.batch() <= 1 || c.batchStride() > 0; // of C's own, for every product
        if (!sizes || !batches || !places) {
            throw new ShapeException(Fault.SHAPE_MISMATCH, "product: " + a + " times " + b + " into " + c);
        }
        DType type = a.tensor().dtype();
        DType result = c.tensor().dtype();
        boolean floating = type == DType.BFLOAT16 || type == DType.FLOAT32 || type == DType.FLOAT64;
        boolean stored = result == type || (type == DType.BFLOAT16 && result == DType.FLOAT32);
        if (!floating || b.tensor().dtype() != type || !stored) {
            throw new UnsupportedRequestException(
                    Fault.WRONG_TYPE,
                    "product: " + a + " times " + b + " into " + c
                            + "; factors must be bfloat16, float32 or float64, both"
                            + " of one type, and C of that type, or float32 for bfloat16");
        }
    }

    /** One launch, with what it needs before. */
    private final class Launch {
        private final Arena arena;
        private final DeviceMatrix a;
        private final DeviceMatrix b;
        private final DeviceMatrix c;
        private final DType type;
        private final DenseLayout layout;

        Launch(Arena arena, DeviceMatrix a, DeviceMatrix b, DeviceMatrix c, boolean add) {
            this.arena = arena;
            this.a = a;
            this.b = b;
            this.c = c;
            type = a.tensor().dtype();
            layout = new DenseLayout(arena);
            describe("a", a);
            describe("b", b);
            describe("c", c);
            layout.set("m", c.rows());
            layout.set("n", c.columns());
            layout.set("k", a.columns());
            layout.set("batch", c.batch());
            layout.set("add", add);
            layout.set("c_bfloat16", c.tensor().dtype() == DType.BFLOAT16);
            layout.set("a_shared", a.batch() == 1);
            layout.set("b_shared", b.batch() == 1);
        }

        private void describe(String name, DeviceMatrix matrix) {
            layout.set(name, matrix.tensor().memory().address());
            layout.set(name + "_at", matrix.at());
            layout.set(name + "_row", matrix.stride());
            layout.set(name + "_batch", matrix.batch() == 1 ? 0L : matrix.batchStride());
        }

        void run() {
            boolean onHopper = context.device().computeMajor() == 9
                    && a.columns() > 0
                    && (long) c.batch() * Math.ceilDiv(c.rows(), HOPPER_ROWS) * Math.ceilDiv(c.columns(), HOPPER_ROWS)
                            <= Integer.MAX_VALUE;
            if (onHopper && type == DType.BFLOAT16 && copiesInBoxes(a) && copiesInBoxes(b)) {
                layout.set("a_map", map(a));
                layout.set("b_map", map(b));
                hopper(columns());
            } else if (onHopper && type == DType.FLOAT32 && multiplications() >= SPLIT_PAYS) {
                try (DeviceMemory left = split(a);
                        DeviceMemory right = split(b)) {
                    layout.set("a_map", map(a, left));
                    layout.set("b_map", map(b, right));
                    hopper(HOPPER_ROWS);
                }
            } else {
                portable();
            }
        }

        private double multiplications() {
            return (double) c.batch() * c.rows() * c.columns() * a.columns();
        }

        private static boolean copiesInBoxes(DeviceMatrix matrix) {
            return matrix.at() % GRAIN == 0
                    && matrix.stride() % GRAIN == 0
                    && (matrix.batch() == 1 || (matrix.batchStride() > 0 && matrix.batchStride() % GRAIN == 0));
        }

        /** The wider tile is faster where there are enough of them. */
        private int columns() {
            int wide = 2 * HOPPER_ROWS;
            return (long) c.batch() * Math.ceilDiv(c.rows(), HOPPER_ROWS) * Math.ceilDiv(c.columns(), wide)
                            >= context.multiprocessors()
                    ? wide
                    : HOPPER_ROWS;
        }

        /** A matrix as stored, (part, batch, row, column), in boxes of 64 by 64; strides are in elements. */
        private MemorySegment map(DeviceMatrix matrix, long address, long rowStride, long batchStride, int parts) {
            long row = rowStride * Short.BYTES;
            long whole = batchStride * Short.BYTES;
            return TensorMap.tiled(
                    context,
                    arena,
                    TensorMap.Element.BFLOAT16,
                    address,
                    new long[] {matrix.storedColumns(), matrix.storedRows(), matrix.batch(), parts},
                    new long[] {row, whole, whole * matrix.batch()},
                    new int[] {BOX, BOX, 1, 1},
                    TensorMap.Swizzle.BYTES_128,
                    TensorMap.Promotion.BYTES_256);
        }

        private MemorySegment map(DeviceMatrix matrix) {
            long whole = matrix.batch() == 1 ? matrix.stride() * matrix.storedRows() : matrix.batchStride();
            long address = matrix.tensor().memory().address() + matrix.at() * Short.BYTES;
            return map(matrix, address, matrix.stride(), whole, 1);
        }

        private MemorySegment map(DeviceMatrix matrix, DeviceMemory parts) {
            return map(matrix, parts.address(), pitch(matrix), pitch(matrix) * matrix.storedRows(), PARTS);
        }

        private static long pitch(DeviceMatrix matrix) {
            return (long) Math.ceilDiv(matrix.storedColumns(), GRAIN) * GRAIN;
        }

        /** The matrices in bfloat16 whose sum a float32 matrix is. */
        private DeviceMemory split(DeviceMatrix matrix) {
            long entries = matrix.batch() * (long) matrix.storedRows() * pitch(matrix);
            DeviceMemory parts = context.allocate(PARTS * entries * Short.BYTES, stream);
            long blocks = Math.min(Math.ceilDiv(entries, THREADS), 8L * context.multiprocessors());
            KernelLaunch.of(arena, kernels.function("dense", "dense_split"), Dim3.of(blocks), Dim3.of(THREADS))
                    .argument(matrix.tensor().memory().address())
                    .argument(matrix.at())
                    .argument(matrix.stride())
                    .argument(matrix.batchStride())
                    .argument(parts.address())
                    .argument(matrix.storedRows())
                    .argument(matrix.storedColumns())
                    .argument((int) pitch(matrix))
                    .argument(matrix.batch())
                    .build()
                    .on(stream);
            return parts;
        }

        private String layoutName() {
            return (a.transposed() ? "t" : "n") + (b.transposed() ? "t" : "n");
        }

        private void hopper(int columns) {
            long tiles = (long) c.batch() * Math.ceilDiv(c.rows(), HOPPER_ROWS) * Math.ceilDiv(c.columns(), columns);
            String name = "hopper_dense_" + type + "_" + columns + "_" + layoutName();
            KernelLaunch.of(
                            arena,
                            kernels.function("hopper_dense", name),
                            Dim3.of(Math.min(tiles, context.multiprocessors())),
                            Dim3.of(HOPPER_THREADS))
                    .argument(layout.segment())
                    .sharedBytes(HOPPER_BYTES)
                    .build()
                    .on(stream);
        }

        private void portable() {
            String name = type == c.tensor().dtype()
                    ? type.toString()
                    : type + "_" + c.tensor().dtype();
            long tiles = (long) c.batch() * Math.ceilDiv(c.rows(), TILE) * Math.ceilDiv(c.columns(), TILE);
            KernelLaunch.of(
                            arena,
                            kernels.function("dense", "dense_" + name + "_" + layoutName()),
                            Dim3.of(tiles),
                            Dim3.of(THREADS))
                    .argument(layout.segment())
                    .sharedBytes(2 * KernelModules.panelBytes(TILE, type == DType.FLOAT64 ? Double.BYTES : Float.BYTES))
                    .build()
                    .on(stream);
        }
    }

    /**
     * The product of tensors of the host: the last two axes are rows and columns; those before them, if there are any,
     * the batch, which must be the same for both or absent from one. Copies and kernels overlap.
     *
     * @return of the factors' type
     * @throws ShapeException if the shapes do not fit together
     * @throws UnsupportedRequestException if the types are none of the table's
     */
    public Tensor multiply(Tensor a, Tensor b) {
        Tensor product = HostMemory.zeros(a.dtype(), TensorProducts.shape(a, b));
        multiply(a, b, product);
        return product;
    }

    /**
     * The same into a tensor that is there already.
     *
     * @param into of the factors' type, or float32 for bfloat16; modified
     */
    public void multiply(Tensor a, Tensor b, Tensor into) {
        long[] shape = TensorProducts.shape(a, b);
        if (!Arrays.equals(into.shape(), shape)) {
            throw ShapeException.mismatch("product of " + a + " and " + b, into.toString(), Arrays.toString(shape));
        }
        try (DeviceTensor left = allocate(a.dtype(), a.shape());
                DeviceTensor right = allocate(b.dtype(), b.shape());
                DeviceTensor product = allocate(into.dtype(), shape)) {
            new Slabs(new Factor(a, left, true), new Factor(b, right, false), product, into).run();
        }
    }

    /** A factor on the host, and its place on the device and in the product. */
    private record Factor(Tensor host, DeviceTensor device, boolean left) {
        DeviceMatrix matrix() {
            return DeviceMatrix.of(device);
        }
    }

    /** A product of tensors of the host, a few rows or matrices at a time. */
    private final class Slabs {
        private final Factor a;
        private final Factor b;
        private final DeviceTensor product;
        private final Tensor into;
        private final DeviceMatrix c;
        private final boolean byRows;
        private final int units;

        Slabs(Factor a, Factor b, DeviceTensor product, Tensor into) {
            this.a = a;
            this.b = b;
            this.product = product;
            this.into = into;
            c = DeviceMatrix.of(product);
            requireFit(a.matrix(), b.matrix(), c);
            byRows = c.batch() == 1;
            units = byRows ? c.rows() : c.batch();
        }

        /** Whether a factor comes in parts. */
        private boolean sliced(Factor factor) {
            return byRows ? factor.left() : factor.matrix().batch() > 1;
        }

        private long bytesOfUnits() {
            long bytes = into.segment().byteSize();
            for (Factor factor : List.of(a, b)) {
                bytes += sliced(factor) ? factor.host().segment().byteSize() : 0;
            }
            return bytes;
        }

        private void upload(Factor factor, int from, int to) {
            long size = factor.device().size() / units;
            uploads.upload(factor.host(), factor.device(), from * size, to * size);
        }

        private DeviceMatrix slice(DeviceMatrix matrix, boolean sliced, int from, int to) {
            return !sliced ? matrix : byRows ? matrix.block(from, to, 0, matrix.columns()) : matrix.batch(from, to);
        }

        void run() {
            if (c.isEmpty()) {
                return;
            }
            int step = Math.clamp(SLAB_BYTES * units / Math.max(1, bytesOfUnits()), 1, units);
            if (byRows) {
                step = Math.ceilDiv(step, HOPPER_ROWS) * HOPPER_ROWS;
            }
            order(stream, uploads.stream()); // the memory is there
            for (Factor factor : List.of(a, b)) {
                if (!sliced(factor)) {
                    uploads.upload(
                            factor.host(), factor.device(), 0, factor.device().size());
                }
            }
            List<CudaEvent> computed = new ArrayList<>();
            List<CompletableFuture<Void>> copies = new ArrayList<>();
            try {
                for (int from = 0; from < units; from += step) {
                    int to = Math.min(units, from + step);
                    for (Factor factor : List.of(a, b)) {
                        if (sliced(factor)) {
                            upload(factor, from, to);
                        }
                    }
                    order(uploads.stream(), stream);
                    multiply(
                            slice(a.matrix(), sliced(a), from, to),
                            slice(b.matrix(), sliced(b), from, to),
                            slice(c, true, from, to),
                            false);
                    CudaEvent done = context.event();
                    computed.add(done);
                    done.record(stream);
                    long size = product.size() / units;
                    copies.add(downloads.startDownload(product, into, from * size, to * size, done));
                }
            } finally {
                try {
                    Staging.join(copies);
                    if (context.retired() == null) {
                        order(uploads.stream(), stream); // before what the stream frees, whatever happened
                    }
                } finally {
                    computed.forEach(CudaEvent::close);
                }
            }
        }
    }

    /** Waits, and gives everything back but the tensors. */
    @Override
    public void close() {
        session.close();
    }
}
