package duality.gpu.dense;

import duality.errors.Fault;
import duality.errors.ShapeException;
import duality.gpu.DeviceTensor;

/**
 * A matrix on a device, or a batch of matrices of one shape: a view of a tensor that belongs to somebody else. Entry
 * (i, j) of matrix b lies at {@code at + b·batchStride + i·stride + j}, or with i and j exchanged if it is stored transposed.
 *
 * @param tensor the memory and the type
 * @param at the first entry, in elements from the start of the tensor
 * @param batch the number of matrices
 * @param batchStride the elements from a matrix to the next
 * @param rows the rows, of the matrix itself if it is stored transposed
 * @param columns the columns, likewise
 * @param stride the elements from a row, as stored, to the next
 * @param transposed whether the transpose is stored
 */
public record DeviceMatrix(
        DeviceTensor tensor,
        long at,
        int batch,
        long batchStride,
        int rows,
        int columns,
        long stride,
        boolean transposed) {
    /**
     * Checks that the matrices lie in the tensor.
     *
     * @throws ShapeException if a length or stride is negative, rows overlap, or an entry lies outside
     */
    public DeviceMatrix {
        if (at < 0
                || batch < 0
                || batchStride < 0
                || rows < 0
                || columns < 0
                || stride < (transposed ? rows : columns)) {
            throw outside(tensor, at, batch, batchStride, rows, columns, stride, transposed);
        }
        if (batch > 0 && rows > 0 && columns > 0) {
            long last = Math.addExact(
                    Math.addExact(at, Math.multiplyExact(batchStride, batch - 1L)),
                    Math.addExact(
                            Math.multiplyExact(stride, (transposed ? columns : rows) - 1L),
                            (transposed ? rows : columns) - 1L));
            if (last >= tensor.size()) {
                throw outside(tensor, at, batch, batchStride, rows, columns, stride, transposed);
            }
        }
    }

    private static ShapeException outside(
            DeviceTensor tensor,
            long at,
            int batch,
            long batchStride,
            int rows,
            int columns,
            long stride,
            boolean transposed) {
        return new ShapeException(
                Fault.OUT_OF_RANGE,
                "%d matrices %d×%d%s from element %d of %s, %d apart, with rows %d apart"
                        .formatted(
                                batch,
                                rows,
                                columns,
                                transposed ? " transposed" : "",
                                at,
                                tensor,
                                batchStride,
                                stride));
    }

    /**
     * All of a tensor: the last two axes are rows and columns, the axes before them the batch.
     *
     * @throws ShapeException if it has fewer than two axes
     */
    public static DeviceMatrix of(DeviceTensor tensor) {
        long[] shape = tensor.shape();
        int axes = shape.length;
        if (axes < 2) {
            throw new ShapeException(Fault.WRONG_RANK, tensor + " as matrices: it must have two axes or more");
        }
        int rows = Math.toIntExact(shape[axes - 2]);
        int columns = Math.toIntExact(shape[axes - 1]);
        long batch = 1;
        for (int axis = 0; axis < axes - 2; axis++) {
            batch = Math.multiplyExact(batch, shape[axis]);
        }
        return new DeviceMatrix(
                tensor, 0, Math.toIntExact(batch), (long) rows * columns, rows, columns, columns, false);
    }

    /** The transposes. */
    public DeviceMatrix transpose() {
        return new DeviceMatrix(tensor, at, batch, batchStride, columns, rows, stride, !transposed);
    }

    /**
     * Rows [fromRow, toRow) and columns [fromColumn, toColumn) of every matrix.
     *
     * @throws ShapeException if the matrices have fewer
     */
    public DeviceMatrix block(int fromRow, int toRow, int fromColumn, int toColumn) {
        if (fromRow < 0
                || fromRow > toRow
                || toRow > rows
                || fromColumn < 0
                || fromColumn > toColumn
                || toColumn > columns) {
            throw new ShapeException(
                    Fault.OUT_OF_RANGE,
                    "rows [%d, %d) and columns [%d, %d) of %s".formatted(fromRow, toRow, fromColumn, toColumn, this));
        }
        long first = transposed ? fromColumn * stride + fromRow : fromRow * stride + fromColumn;
        return new DeviceMatrix(
                tensor, at + first, batch, batchStride, toRow - fromRow, toColumn - fromColumn, stride, transposed);
    }

    /**
     * Matrices [from, to) of the batch.
     *
     * @throws ShapeException if there are fewer
     */
    public DeviceMatrix batch(int from, int to) {
        if (from < 0 || from > to || to > batch) {
            throw new ShapeException(Fault.OUT_OF_RANGE, "matrices [%d, %d) of %s".formatted(from, to, this));
        }
        return new DeviceMatrix(
                tensor, at + from * batchStride, to - from, batchStride, rows, columns, stride, transposed);
    }

    /** Whether there is nothing in it. */
    boolean isEmpty() {
        return batch == 0 || rows == 0 || columns == 0;
    }

    /** The rows as stored. */
    int storedRows() {
        return transposed ? columns : rows;
    }

    /** The columns as stored. */
    int storedColumns() {
        return transposed ? rows : columns;
    }

    /** Type, number and size, such as {@code 3 × bfloat16[128, 64]}. */
    @Override
    public String toString() {
        return (batch == 1 ? "" : batch + " × ") + tensor.dtype() + "[" + rows + ", " + columns + "]";
    }
}
