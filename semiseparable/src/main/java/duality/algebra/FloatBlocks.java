package duality.algebra;

import duality.kernels.DenseMultiply;
import java.util.Arrays;
import java.util.List;

/** Block operations in single precision: every operation rounds to float32. */
public enum FloatBlocks implements FloatingBlocks<FloatMatrix> {
    /** The only instance. */
    INSTANCE;

    /** A function of two entries. */
    private interface Entrywise {
        float of(float a, float b);
    }

    @Override
    public int rows(FloatMatrix a) {
        return a.rows;
    }

    @Override
    public int columns(FloatMatrix a) {
        return a.columns;
    }

    @Override
    public FloatMatrix zeros(int rows, int columns) {
        return new FloatMatrix(rows, columns);
    }

    @Override
    public FloatMatrix ones(int rows, int columns) {
        FloatMatrix result = zeros(rows, columns);
        Arrays.fill(result.entries, 1);
        return result;
    }

    @Override
    public FloatMatrix identity(int n) {
        FloatMatrix result = zeros(n, n);
        for (int i = 0; i < n; i++) {
            result.entries[i * n + i] = 1;
        }
        return result;
    }

    @Override
    public FloatMatrix add(FloatMatrix a, FloatMatrix b) {
        return entrywise("sum", a, b, (x, y) -> x + y);
    }

    @Override
    public FloatMatrix subtract(FloatMatrix a, FloatMatrix b) {
        return entrywise("difference", a, b, (x, y) -> x - y);
    }

    @Override
    public FloatMatrix hadamard(FloatMatrix a, FloatMatrix b) {
        return entrywise("Hadamard product", a, b, (x, y) -> x * y);
    }

    @Override
    public FloatMatrix multiply(FloatMatrix a, FloatMatrix b) {
        MatrixShapes.requireProduct(a.rows, a.columns, b.rows, b.columns);
        FloatMatrix result = new FloatMatrix(a.rows, b.columns);
        int k = a.columns;
        int m = b.columns;
        if (DenseMultiply.pays(a.rows, m, k)) {
            DenseMultiply.multiply(a.rows, m, k, a.entries, 0, k, 1, b.entries, 0, m, 1, result.entries, 0, m, false);
            return result;
        }
        for (int i = 0; i < a.rows; i++) {
            for (int p = 0; p < k; p++) {
                addScaledRow(a.entries[i * k + p], b.entries, p * m, result.entries, i * m, m);
            }
        }
        return result;
    }

    @Override
    public FloatMatrix multiplyTransposeLeft(FloatMatrix a, FloatMatrix b) {
        int n = a.columns;
        int m = b.columns;
        if (!DenseMultiply.pays(n, m, a.rows)) {
            return multiply(transpose(a), b);
        }
        MatrixShapes.requireProduct(n, a.rows, b.rows, m);
        FloatMatrix result = new FloatMatrix(n, m);
        DenseMultiply.multiply(n, m, a.rows, a.entries, 0, 1, n, b.entries, 0, m, 1, result.entries, 0, m, false);
        return result;
    }

    @Override
    public FloatMatrix multiplyTransposeRight(FloatMatrix a, FloatMatrix b) {
        int k = a.columns;
        int m = b.rows;
        if (!DenseMultiply.pays(a.rows, m, k)) {
            return multiply(a, transpose(b));
        }
        MatrixShapes.requireProduct(a.rows, k, b.columns, m);
        FloatMatrix result = new FloatMatrix(a.rows, m);
        DenseMultiply.multiply(
                a.rows, m, k, a.entries, 0, k, 1, b.entries, 0, 1, b.columns, result.entries, 0, m, false);
        return result;
    }

    private static void addScaledRow(float factor, float[] from, int offset, float[] to, int toOffset, int length) {
        for (int j = 0; j < length; j++) {
            to[toOffset + j] += factor * from[offset + j];
        }
    }

    @Override
    public FloatMatrix scaleRows(FloatMatrix d, FloatMatrix a) {
        MatrixShapes.requireRowScale(d.rows, d.columns, a.rows, a.columns);
        FloatMatrix result = zeros(a.rows, a.columns);
        for (int i = 0; i < a.rows; i++) {
            addScaledRow(d.entries[i], a.entries, i * a.columns, result.entries, i * a.columns, a.columns);
        }
        return result;
    }

    @Override
    public FloatMatrix transpose(FloatMatrix a) {
        FloatMatrix result = new FloatMatrix(a.columns, a.rows);
        for (int i = 0; i < a.rows; i++) {
            for (int j = 0; j < a.columns; j++) {
                result.entries[j * a.rows + i] = a.entries[i * a.columns + j];
            }
        }
        return result;
    }

    @Override
    public FloatMatrix block(FloatMatrix a, int fromRow, int toRow, int fromColumn, int toColumn) {
        MatrixShapes.requireBlock(a.rows, a.columns, fromRow, toRow, fromColumn, toColumn);
        FloatMatrix result = new FloatMatrix(toRow - fromRow, toColumn - fromColumn);
        for (int i = 0; i < result.rows; i++) {
            System.arraycopy(
                    a.entries,
                    (fromRow + i) * a.columns + fromColumn,
                    result.entries,
                    i * result.columns,
                    result.columns);
        }
        return result;
    }

    @Override
    public FloatMatrix stackRows(List<FloatMatrix> parts) {
        FloatMatrix result = new FloatMatrix(MatrixShapes.requireStack(this, parts), parts.getFirst().columns);
        int offset = 0;
        for (FloatMatrix part : parts) {
            System.arraycopy(part.entries, 0, result.entries, offset, part.entries.length);
            offset += part.entries.length;
        }
        return result;
    }

    @Override
    public FloatMatrix kronecker(FloatMatrix a, FloatMatrix b) {
        int width = Math.multiplyExact(a.columns, b.columns);
        FloatMatrix result = zeros(Math.multiplyExact(a.rows, b.rows), width);
        for (int i = 0; i < result.rows; i++) {
            for (int j = 0; j < a.columns; j++) {
                addScaledRow(
                        a.entries[i / b.rows * a.columns + j],
                        b.entries,
                        i % b.rows * b.columns,
                        result.entries,
                        i * width + j * b.columns,
                        b.columns);
            }
        }
        return result;
    }

    @Override
    public FloatMatrix reshape(FloatMatrix a, int rows, int columns) {
        MatrixShapes.requireReshape(a.rows, a.columns, rows, columns);
        return new FloatMatrix(rows, columns, a.entries);
    }

    @Override
    public FloatMatrix oneSemiseparable(FloatMatrix a) {
        MatrixShapes.requireColumn(a.rows, a.columns);
        int n = a.rows;
        FloatMatrix result = new FloatMatrix(n, n);
        for (int j = 0; j < n; j++) {
            if (j > 0) {
                addScaledRow(a.entries[j], result.entries, (j - 1) * n, result.entries, j * n, j);
            }
            result.entries[j * n + j] = 1;
        }
        return result;
    }

    @Override
    public FloatMatrix of(int rows, int columns, double[] rowMajor) {
        MatrixShapes.requireReshape(1, rowMajor.length, rows, columns);
        FloatMatrix result = new FloatMatrix(rows, columns);
        for (int i = 0; i < rowMajor.length; i++) {
            result.entries[i] = (float) rowMajor[i];
        }
        return result;
    }

    @Override
    public double[] toArray(FloatMatrix a) {
        double[] result = new double[a.entries.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = a.entries[i];
        }
        return result;
    }

    @Override
    public double unitRoundoff() {
        return 0x1p-24;
    }

    private static FloatMatrix entrywise(String what, FloatMatrix a, FloatMatrix b, Entrywise operation) {
        MatrixShapes.requireSame(what, a.rows, a.columns, b.rows, b.columns);
        FloatMatrix result = new FloatMatrix(a.rows, a.columns);
        for (int i = 0; i < result.entries.length; i++) {
            result.entries[i] = operation.of(a.entries[i], b.entries[i]);
        }
        return result;
    }
}
