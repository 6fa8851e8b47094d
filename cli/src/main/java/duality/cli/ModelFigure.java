package duality.cli;

import duality.models.RealSamples;
import duality.models.Zoo;
import java.util.Locale;
import org.ejml.data.DMatrixRMaj;

/** A sequence model on random parameters as its matrix: darker is larger, on a logarithmic scale of three decades. */
final class ModelFigure {
    private static final int LENGTH = 24;
    private static final int CELL = 6;

    private ModelFigure() {}

    static String of(Zoo model) {
        RealSamples samples = new RealSamples(3);
        DMatrixRMaj matrix = model.example(samples, LENGTH).model().matrix(samples.blocks());
        double largest = 0;
        for (int i = 0; i < matrix.getNumElements(); i++) {
            largest = Math.max(largest, Math.abs(matrix.data[i]));
        }
        int side = LENGTH * CELL;
        StringBuilder svg = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\">"
                        + "<title>The matrix of %s on random parameters</title>\n<rect width=\"%d\" height=\"%d\" fill=\"white\"/>\n",
                side,
                side,
                side,
                side,
                Table.escape(model.label()),
                side,
                side));
        for (int row = 0; row < LENGTH; row++) {
            for (int column = 0; column < LENGTH; column++) {
                double value = Math.abs(matrix.get(row, column));
                if (value > 0) {
                    long grey = 255 - Math.round(230 * Math.clamp(1 + Math.log10(value / largest) / 3, 0.06, 1));
                    svg.append(String.format(
                            Locale.ROOT,
                            "<path d=\"M%d %dh%dv%dh-%dz\" fill=\"#%02x%02x%02x\"/>\n",
                            column * CELL,
                            row * CELL,
                            CELL,
                            CELL,
                            CELL,
                            grey,
                            grey,
                            Math.min(255, grey + 20)));
                }
            }
        }
        return svg.append(String.format(
                        Locale.ROOT,
                        "<rect width=\"%d\" height=\"%d\" fill=\"none\" stroke=\"#333\"/>\n</svg>",
                        side,
                        side))
                .toString();
    }
}
