package duality.gpu;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import duality.errors.Fault;
import duality.errors.ShapeException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Descriptions of arrays for the bulk copies of compute capability 9.0 and later ({@code CUtensorMap}). A kernel takes
 * one by value, as {@code const __grid_constant__ CUtensorMap}. Elements outside the array read as zero.
 */
public final class TensorMap {
    /** {@code sizeof(CUtensorMap)}. */
    public static final long BYTES = 128;
    /** {@code alignof(CUtensorMap)}. */
    public static final long ALIGNMENT = 64;

    private static final int MOST_AXES = 5;

    /** The type of the elements. */
    public enum Element {
        /** 16 bits, 11 of them precise. */
        FLOAT16(6),
        /** 32 bits. */
        FLOAT32(7),
        /** 64 bits. */
        FLOAT64(8),
        /** 16 bits. */
        BFLOAT16(9),
        /** 32 bits in memory, rounded to 10 bits of precision on the way. */
        TFLOAT32(11);

        private final int code;

        Element(int code) {
            this.code = code;
        }
    }

    /** How 16-byte pieces are placed in shared memory so that a column's pieces fall into different banks. */
    public enum Swizzle {
        /** In order. */
        NONE(0),
        /** Rows of 32 bytes. */
        BYTES_32(1),
        /** Rows of 64 bytes. */
        BYTES_64(2),
        /** Rows of 128 bytes. */
        BYTES_128(3);

        private final int code;

        Swizzle(int code) {
            this.code = code;
        }
    }

    /** How much more than asked for a copy brings into the L2 cache. */
    public enum Promotion {
        /** Nothing. */
        NONE(0),
        /** Lines of 64 bytes. */
        BYTES_64(1),
        /** Lines of 128 bytes. */
        BYTES_128(2),
        /** Lines of 256 bytes. */
        BYTES_256(3);

        private final int code;

        Promotion(int code) {
            this.code = code;
        }
    }

    private TensorMap() {}

    /**
     * The description of an array in device memory, to be copied in boxes.
     *
     * @param arena owns the result
     * @param address of the first element; a multiple of 16
     * @param lengths of the axes in elements, the contiguous one first
     * @param strides of the axes after the first in bytes, each a multiple of 16; one fewer than axes
     * @param box the lengths of a box; its first axis may take no more bytes than the swizzle's rows
     * @return the {@code CUtensorMap}, an argument for {@link KernelLaunch.Builder#argument(MemorySegment)}
     * @throws ShapeException if the numbers of axes do not fit together
     * @throws CudaException if the driver refuses what is asked for
     */
    public static MemorySegment tiled(
            CudaContext context,
            Arena arena,
            Element element,
            long address,
            long[] lengths,
            long[] strides,
            int[] box,
            Swizzle swizzle,
            Promotion promotion) {
        int rank = lengths.length;
        if (rank < 1 || rank > MOST_AXES || strides.length != rank - 1 || box.length != rank) {
            throw new ShapeException(
                    Fault.WRONG_RANK,
                    "tensor map: lengths " + Arrays.toString(lengths) + ", strides " + Arrays.toString(strides)
                            + ", box " + Arrays.toString(box) + "; expected 1 to " + MOST_AXES
                            + " axes, a stride less, and a box of as many");
        }
        int[] steps = new int[rank];
        Arrays.fill(steps, 1);
        MemorySegment map = arena.allocate(BYTES, ALIGNMENT);
        try (Arena call = Arena.ofConfined()) {
            MemorySegment sizes = call.allocateFrom(JAVA_LONG, lengths);
            MemorySegment bytes = call.allocateFrom(JAVA_LONG, strides);
            MemorySegment boxes = call.allocateFrom(JAVA_INT, box);
            MemorySegment ones = call.allocateFrom(JAVA_INT, steps);
            context.run(driver -> driver.encodeTensorMap(
                    map, element.code, rank, address, sizes, bytes, boxes, ones, swizzle.code, promotion.code));
        }
        return map;
    }
}
