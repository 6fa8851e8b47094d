package duality.contraction;

import duality.algebra.Blocks;
import duality.errors.Fault;
import duality.errors.ShapeException;
import java.util.Arrays;

/**
 * A dense array with any number of axes, its entries those of a block read row by row. Immutable as blocks
 * are. No axes make a single number; an axis may have length 0.
 *
 * @param <M> the type of the block
 */
public final class NdArray<M> implements Operand<M> {
    private final long[] shape;
    private final M entries;

    private NdArray(long[] shape, M entries) {
        this.shape = shape;
        this.entries = entries;
    }

    /**
     * The array of a shape over the entries of a block of any form.
     *
     * @throws ShapeException if the block has more or fewer entries, or a length is negative
     */
    public static <M> NdArray<M> of(Blocks<M> k, M entries, long... shape) {
        long size = 1;
        for (long length : shape) {
            size = Cost.times(size, length);
            if (length < 0) {
                throw new ShapeException(Fault.OUT_OF_RANGE, "no array has shape " + Arrays.toString(shape));
            }
        }
        if (size != (long) k.rows(entries) * k.columns(entries)) {
            throw ShapeException.mismatch(
                    "entries of an array", k.rows(entries) + "x" + k.columns(entries), Arrays.toString(shape));
        }
        return new NdArray<>(shape.clone(), entries);
    }

    /** An array with the operand's entries; a structured matrix is written out. */
    public static <M> NdArray<M> of(Blocks<M> k, Operand<M> operand) {
        return switch (operand) {
            case NdArray<M> array -> array;
            case MatrixOperand<M> matrix -> of(k, matrix.dense(k), matrix.shape());
        };
    }

    /** The entries with axes in another order; an index that occurs twice stands for a diagonal. */
    M arrange(ArrayOperations<M> operations, String from, String to) {
        if (from.equals(to)) {
            return entries;
        }
        int[] strides = new int[to.length()];
        int[] lengths = new int[to.length()];
        int stride = 1;
        for (int axis = from.length() - 1; axis >= 0; axis--) {
            int target = to.indexOf(from.charAt(axis));
            lengths[target] = Math.toIntExact(shape[axis]);
            strides[target] += stride;
            stride *= lengths[target];
        }
        return operations.gather(entries, lengths, strides);
    }

    @Override
    public long[] shape() {
        return shape.clone();
    }

    /** The entries, in a block of any form, row by row. */
    public M entries() {
        return entries;
    }

    /** Such as {@code array[2, 3]}. */
    @Override
    public String toString() {
        return "array" + Arrays.toString(shape);
    }
}
