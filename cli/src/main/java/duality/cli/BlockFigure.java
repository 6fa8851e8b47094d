package duality.cli;

import duality.algebra.EjmlBlocks;
import duality.ssd.ScalarSsm;
import java.util.Locale;
import java.util.SplittableRandom;
import org.ejml.data.DMatrixRMaj;

/**
 * A state space model as its matrix, and the block decomposition of that matrix: the figure of Dao and Gu 2024,
 * Section 6. Colours differ in lightness too, and negative entries bear a minus, so that it reads in grey.
 */
final class BlockFigure {
    private static final int CELL = 20;
    private static final int MARGIN = 24;
    private static final int TOP = 48;
    private static final int GAP = 56;

    private static final String DIAGONAL = "#e8a33d";
    private static final String RIGHT = "#b5e0d0";
    private static final String CENTRE = "#3b1f5b";
    private static final String LEFT = "#3d86bd";

    private final StringBuilder svg = new StringBuilder();

    private BlockFigure() {}

    /** The figure of a small model that is the same every time, cut at the given boundaries. */
    static String example() {
        int length = 16;
        SplittableRandom random = new SplittableRandom(2405);
        double[] decay = random.doubles(length, 0.6, 1).toArray();
        double[] b = random.doubles(length * 2L, -1, 1).toArray();
        double[] c = random.doubles(length * 2L, -1, 1).toArray();
        EjmlBlocks k = EjmlBlocks.INSTANCE;
        ScalarSsm<DMatrixRMaj> ssm = ScalarSsm.of(
                k, k.of(length, 1, decay), k.of(length, 2, b), k.of(length, 2, c), k.zeros(length, 1), k.zeros(2, 1));
        return of(ssm.matrix(k), new int[] {0, 4, 8, 12, 16});
    }

    /** The figure of a lower triangular matrix. */
    static String of(DMatrixRMaj matrix, int[] boundaries) {
        return new BlockFigure().draw(matrix, boundaries);
    }

    private String draw(DMatrixRMaj matrix, int[] boundaries) {
        int side = matrix.numRows * CELL;
        int width = 2 * side + 2 * MARGIN + GAP;
        int height = TOP + side + 92;
        svg.append(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\""
                        + " role=\"img\" font-family=\"Helvetica, Arial, sans-serif\" font-size=\"14\">\n",
                width,
                height,
                width,
                height));
        svg.append("<title>A state space model is a semiseparable matrix, and its blocks factor</title>\n");
        svg.append(String.format(Locale.ROOT, "<rect width=\"%d\" height=\"%d\" fill=\"white\"/>\n", width, height));
        heading(MARGIN, "The model as a matrix:  M = 1SS(a) ∘ (C Bᵀ)");
        heatMap(matrix, MARGIN);
        int right = MARGIN + side + GAP;
        heading(right, "Cut: dense diagonal, low rank below");
        blocks(boundaries, right);
        scale(MARGIN, TOP + side + 20);
        legend(right, TOP + side + 20);
        return svg.append("</svg>\n").toString();
    }

    private void heading(int x, String text) {
        svg.append(String.format(
                Locale.ROOT, "<text x=\"%d\" y=\"%d\" font-weight=\"bold\">%s</text>\n", x, TOP - 18, text));
    }

    private void heatMap(DMatrixRMaj matrix, int left) {
        double largest = 0;
        for (int i = 0; i < matrix.getNumElements(); i++) {
            largest = Math.max(largest, Math.abs(matrix.data[i]));
        }
        for (int row = 0; row < matrix.numRows; row++) {
            for (int column = 0; column < matrix.numCols; column++) {
                double value = matrix.get(row, column);
                int x = left + column * CELL;
                int y = TOP + row * CELL;
                rectangle(x, y, CELL, CELL, column > row ? "white" : colour(value / largest), "#ddd");
                if (value < 0) {
                    svg.append(String.format(
                            Locale.ROOT,
                            "<path d=\"M%d %dh6\" stroke=\"%s\" stroke-width=\"1.5\"/>\n",
                            x + CELL / 2 - 3,
                            y + CELL / 2,
                            strength(value / largest) > 0.6 ? "white" : "#333"));
                }
            }
        }
        frame(left, matrix.numRows * CELL);
    }

    /** From 0 to 1 over three decades, logarithmically. */
    private static double strength(double relative) {
        return Math.clamp(1 + Math.log10(Math.max(Math.abs(relative), 1e-9)) / 3, 0, 1);
    }

    /** White at nothing; brown for positive and blue for negative entries. */
    private static String colour(double relative) {
        double s = strength(relative);
        int[] full = relative >= 0 ? new int[] {160, 70, 0} : new int[] {0, 60, 130};
        return String.format(
                Locale.ROOT,
                "#%02x%02x%02x",
                Math.round(255 + s * (full[0] - 255)),
                Math.round(255 + s * (full[1] - 255)),
                Math.round(255 + s * (full[2] - 255)));
    }

    private void scale(int x, int y) {
        String[] steps = {"-1", "-0.1", "-0.01", "0.01", "0.1", "1"};
        for (int i = 0; i < steps.length; i++) {
            rectangle(x + i * 52, y, 52, 14, colour(Double.parseDouble(steps[i])), "#ddd");
            svg.append(String.format(
                    Locale.ROOT,
                    "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\" font-size=\"12\">%s</text>\n",
                    x + i * 52 + 26,
                    y + 30,
                    steps[i].replace("-", "−")));
        }
        svg.append(String.format(
                Locale.ROOT,
                "<text x=\"%d\" y=\"%d\" font-size=\"12\">entries relative to the largest; minus marks negative ones</text>\n",
                x,
                y + 50));
    }

    private void blocks(int[] boundaries, int left) {
        for (int j = 1; j < boundaries.length; j++) {
            for (int i = 1; i <= j; i++) {
                int x = left + boundaries[i - 1] * CELL;
                int y = TOP + boundaries[j - 1] * CELL;
                int width = (boundaries[i] - boundaries[i - 1]) * CELL;
                int height = (boundaries[j] - boundaries[j - 1]) * CELL;
                if (i == j) {
                    svg.append(String.format(
                            Locale.ROOT, "<path d=\"M%d %dv%dh%dz\" fill=\"%s\"/>\n", x, y, height, width, DIAGONAL));
                } else {
                    int rank = CELL;
                    int inset = 5;
                    rectangle(x + inset, y + inset, rank, rank, CENTRE, "none");
                    rectangle(x + inset, y + inset + rank + 4, rank, height - rank - 4 - 2 * inset, LEFT, "none");
                    rectangle(x + inset + rank + 4, y + inset, width - rank - 4 - 2 * inset, rank, RIGHT, "#7fb5a2");
                }
                rectangle(x, y, width, height, "none", "#999");
            }
        }
        frame(left, boundaries[boundaries.length - 1] * CELL);
    }

    private void legend(int x, int y) {
        String[][] entries = {
            {DIAGONAL, "1  diagonal blocks: attention inside a chunk"},
            {RIGHT, "2  right factors: inputs into a chunk's state"},
            {CENTRE, "3  centre factors: states from chunk to chunk"},
            {LEFT, "4  left factors: outputs from the state"}
        };
        for (int i = 0; i < entries.length; i++) {
            rectangle(x, y + i * 17, 22, 12, entries[i][0], "none");
            svg.append(String.format(
                    Locale.ROOT,
                    "<text x=\"%d\" y=\"%d\" font-size=\"12\">%s</text>\n",
                    x + 30,
                    y + i * 17 + 11,
                    entries[i][1]));
        }
    }

    private void frame(int left, int side) {
        rectangle(left, TOP, side, side, "none", "#333");
    }

    private void rectangle(int x, int y, int width, int height, String fill, String stroke) {
        svg.append(String.format(
                Locale.ROOT,
                "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\" stroke=\"%s\"/>\n",
                x,
                y,
                width,
                height,
                fill,
                stroke));
    }
}
