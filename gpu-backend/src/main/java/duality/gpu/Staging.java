package duality.gpu;

import duality.tensor.DType;
import duality.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Copies between tensors of the host and of the device through pinned memory, piece by piece: while the device copies
 * some pieces, several threads prepare the next or take away the last. Converts types on the way. One thread at a time
 * may ask for copies.
 */
public final class Staging implements AutoCloseable {
    /** A piece: the device reads it while it is still in the cache of the thread that wrote it. */
    private static final long PIECE_BYTES = 4 << 20;

    /** What is too little to wake up a thread for. */
    private static final long SMALL_BYTES = 128 << 10;
    /** A thread copies 7 to 12 GB/s, the bus to one GPU no more than 60. */
    private static final int MOST_THREADS = 8;
    /** What is converted at a time, in elements. */
    private static final int BLOCK = 1 << 12;

    private record Piece(PinnedMemory memory, CudaEvent free) {}

    /** A piece for every thread that holds one, and as many that the device copies meanwhile; the oldest is taken first. */
    private final Queue<Piece> pieces = new ConcurrentLinkedQueue<>();

    private final CudaStream stream;
    private final ExecutorService threads;

    /**
     * Staging whose copies run on a stream of their own.
     *
     * @param name of its threads
     */
    public Staging(CudaContext context, String name) {
        stream = context.stream();
        int count = threads();
        for (int i = 0; i < 2 * count; i++) {
            Piece piece = new Piece(context.pinned(PIECE_BYTES), context.event());
            piece.free().record(stream);
            pieces.add(piece);
        }
        threads = Executors.newFixedThreadPool(
                count, Thread.ofPlatform().daemon().name(name + "-", 1).factory());
    }

    /** How many threads copy each way. */
    static int threads() {
        return Math.clamp(Runtime.getRuntime().availableProcessors() / 2, 1, MOST_THREADS);
    }

    /** The stream of the copies. */
    public CudaStream stream() {
        return stream;
    }

    /** Copies elements [from, to) of a tensor to the same place on the device; returns when the host's are read. */
    public void upload(Tensor source, DeviceTensor target, long from, long to) {
        join(List.of(startUpload(source, target, from, to)));
    }

    /**
     * Starts to copy elements [from, to) of a tensor to the same place on the device, after the copies that were started
     * before.
     *
     * @return done when the host's elements are read and the rest is on the stream
     */
    public CompletableFuture<Void> startUpload(Tensor source, DeviceTensor target, long from, long to) {
        int width = target.dtype().byteSize();
        long step = PIECE_BYTES / width;
        LongConsumer copy = at -> {
            long count = Math.min(step, to - at);
            Piece piece = pieces.remove();
            try {
                piece.free().synchronize();
                MemorySegment staged = piece.memory().segment().asSlice(0, count * width);
                copy(source, at, Tensor.wrap(target.dtype(), staged, count), 0, count);
                synchronized (stream) {
                    target.memory().copyFrom(staged, at * width, stream);
                    piece.free().record(stream);
                }
            } finally {
                pieces.add(piece);
            }
        };
        if ((to - from) * width <= SMALL_BYTES) {
            copy.accept(from);
            return CompletableFuture.completedFuture(null);
        }
        return start(from, to, step, copy);
    }

    /** Copies elements [from, to) of an array of the device to the same place in a tensor; returns when they are there. */
    public void download(DeviceTensor source, Tensor target, long from, long to) {
        if ((to - from) * source.dtype().byteSize() <= SMALL_BYTES) {
            downloadPiece(source, target, from, to, null);
        } else {
            join(List.of(startDownload(source, target, from, to, null)));
        }
    }

    /**
     * Starts to copy elements [from, to) of an array of the device to the same place in a tensor.
     *
     * @param after the copy waits for it, if it is not null
     * @return done when the elements are there
     */
    public CompletableFuture<Void> startDownload(
            DeviceTensor source, Tensor target, long from, long to, @Nullable CudaEvent after) {
        long step = PIECE_BYTES / source.dtype().byteSize();
        return start(from, to, step, at -> downloadPiece(source, target, at, Math.min(to, at + step), after));
    }

    private void downloadPiece(DeviceTensor source, Tensor target, long from, long to, @Nullable CudaEvent after) {
        int width = source.dtype().byteSize();
        long count = to - from;
        Piece piece = pieces.remove();
        try {
            MemorySegment staged = piece.memory().segment().asSlice(0, count * width);
            synchronized (stream) {
                if (after != null) {
                    stream.await(after);
                }
                source.memory().copyTo(staged, from * width, stream);
                piece.free().record(stream);
            }
            piece.free().synchronize();
            copy(Tensor.wrap(source.dtype(), staged, count), 0, target, from, count);
        } finally {
            pieces.add(piece);
        }
    }

    /** Runs a task for every piece, in order as far as there are threads. */
    private CompletableFuture<Void> start(long from, long to, long step, LongConsumer task) {
        return CompletableFuture.allOf(LongStream.range(0, Math.ceilDiv(to - from, step))
                .mapToObj(i -> CompletableFuture.runAsync(() -> task.accept(from + i * step), threads))
                .toArray(CompletableFuture[]::new));
    }

    /** Waits for copies, whatever becomes of them, and throws what one threw that failed. */
    public static void join(Collection<CompletableFuture<Void>> copies) {
        try {
            CompletableFuture.allOf(copies.toArray(CompletableFuture[]::new)).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    private static void copy(Tensor source, long from, Tensor target, long to, long count) {
        DType type = source.dtype();
        if (type == target.dtype()) {
            MemorySegment.copy(
                    source.segment(),
                    from * type.byteSize(),
                    target.segment(),
                    to * type.byteSize(),
                    count * type.byteSize());
            return;
        }
        for (long done = 0; done < count; done += BLOCK) {
            double[] values = source.readDoubles(from + done, (int) Math.min(BLOCK, count - done));
            if (target.dtype() == DType.FLOAT32) {
                keepFromZero(values);
            }
            target.writeDoubles(to + done, values);
        }
    }

    /**
     * Raises what would become zero in float32 to the smallest number there: a step however short forgets everything at
     * the rate −∞, a step of zero does not.
     */
    static void keepFromZero(double[] values) {
        for (int i = 0; i < values.length; i++) {
            if ((float) values[i] == 0 && values[i] != 0) {
                values[i] = Math.copySign(Float.MIN_VALUE, values[i]);
            }
        }
    }

    /** Waits for the copies and gives everything back. */
    @Override
    public void close() {
        threads.close();
        if (stream.context().retired() == null) {
            stream.synchronize();
        }
        pieces.forEach(piece -> {
            piece.memory().close();
            piece.free().close();
        });
        stream.close();
    }
}
