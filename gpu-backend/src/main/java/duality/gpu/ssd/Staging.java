package duality.gpu.ssd;

import duality.gpu.CudaContext;
import duality.gpu.CudaEvent;
import duality.gpu.CudaStream;
import duality.gpu.PinnedMemory;
import duality.tensor.DType;
import duality.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.stream.LongStream;

/**
 * Copies between tensors of the host and of the device through pinned memory, piece by piece: while the device copies
 * one piece, the processor prepares the next. Converts types on the way. One thread at a time.
 */
final class Staging implements AutoCloseable {
    private static final int PIECES = 3;
    private static final long PIECE_BYTES = 16 << 20;
    /** What one task of the processor copies. */
    private static final long TASK_BYTES = 1 << 20;
    /** What is converted at a time, in elements. */
    private static final int BLOCK = 1 << 12;

    private record Piece(PinnedMemory memory, CudaEvent free) {}

    private final Deque<Piece> pieces = new ArrayDeque<>();
    private final CudaStream stream;

    /** Staging whose copies run on a stream of their own. */
    Staging(CudaContext context) {
        stream = context.stream();
        for (int i = 0; i < PIECES; i++) {
            Piece piece = new Piece(context.pinned(PIECE_BYTES), context.event());
            piece.free().record(stream);
            pieces.add(piece);
        }
    }

    /** The stream of the copies. */
    CudaStream stream() {
        return stream;
    }

    /** Copies elements [from, to) of a tensor to the same place on the device; returns when the host's are read. */
    void upload(Tensor source, DeviceTensor target, long from, long to) {
        int width = target.dtype().byteSize();
        for (long at = from; at < to; at += PIECE_BYTES / width) {
            long count = Math.min(PIECE_BYTES / width, to - at);
            Piece piece = pieces.remove();
            piece.free().synchronize();
            MemorySegment staged = piece.memory().segment().asSlice(0, count * width);
            copy(source, at, Tensor.wrap(target.dtype(), staged, count), 0, count);
            target.memory().copyFrom(staged, at * width, stream);
            piece.free().record(stream);
            pieces.add(piece);
        }
    }

    /** Copies elements [from, to) of an array of the device to the same place in a tensor; returns when they are there. */
    void download(DeviceTensor source, Tensor target, long from, long to) {
        int width = source.dtype().byteSize();
        long step = PIECE_BYTES / width;
        Deque<Runnable> arriving = new ArrayDeque<>();
        for (long at = from; at < to; at += step) {
            long start = at;
            long count = Math.min(step, to - at);
            Piece piece = pieces.remove();
            MemorySegment staged = piece.memory().segment().asSlice(0, count * width);
            source.memory().copyTo(staged, at * width, stream);
            piece.free().record(stream);
            arriving.add(() -> {
                piece.free().synchronize();
                copy(Tensor.wrap(source.dtype(), staged, count), 0, target, start, count);
                pieces.add(piece);
            });
            if (pieces.isEmpty()) {
                arriving.remove().run();
            }
        }
        arriving.forEach(Runnable::run);
    }

    private static void copy(Tensor source, long from, Tensor target, long to, long count) {
        long step = TASK_BYTES / target.dtype().byteSize();
        LongStream.range(0, Math.ceilDiv(count, step)).parallel().forEach(task -> {
            long start = task * step;
            copyPart(source, from + start, target, to + start, Math.min(step, count - start));
        });
    }

    private static void copyPart(Tensor source, long from, Tensor target, long to, long count) {
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

    @Override
    public void close() {
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
