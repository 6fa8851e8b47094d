package duality.figures;

import duality.errors.Fault;
import duality.errors.ShapeException;
import duality.errors.UnsupportedRequestException;
import duality.errors.ValueException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.ejml.data.DMatrixRMaj;

/**
 * Panels side by side, each a matrix by its entries or by its blocks. Immutable: what adds a panel returns a new
 * figure. Colours differ in lightness too, and negative entries bear a minus, so that it reads in grey.
 */
public final class MatrixFigure {
    /** Matrices with more rows or columns than this are not drawn entry by entry. */
    public static final int LARGEST = 256;

    private static final int MARGIN = 24;
    private static final int TOP = 48;
    private static final int GAP = 56;
    private static final int FOOTER = 92;
    private static final int CAPTION = 36;

    private static final String BOLD = "font-weight=\"bold\"";
    private static final String SMALL = "font-size=\"12\"";

    private final String title;
    private final int side;
    private final int perRow;
    private final List<Panel> panels;

    /** A part of a figure. */
    private sealed interface Panel {
        String heading();

        int rows();

        int columns();

        /** The height of what stands below the matrix. */
        int footer();

        void draw(Svg svg, int x, int y, int cell);
    }

    private MatrixFigure(String title, int side, int perRow, List<Panel> panels) {
        this.title = title;
        this.side = side;
        this.perRow = perRow;
        this.panels = List.copyOf(panels);
    }

    /** A figure without panels, which have sides of up to 320 pixels, two in a row. */
    public MatrixFigure(String title) {
        this(title, 320, 2, List.of());
    }

    /** The same with another size of panels, and another number of them in a row. */
    public MatrixFigure panels(int pixels, int inARow) {
        if (pixels < 1 || inARow < 1) {
            throw new ValueException(Fault.OUT_OF_DOMAIN, "panels of " + pixels + " pixels, " + inARow + " in a row");
        }
        return new MatrixFigure(title, pixels, inARow, panels);
    }

    /**
     * With a panel for the entries of a matrix, relative to the largest, over three decades.
     *
     * @param caption a line below the matrix; empty for the scale of colours
     * @throws UnsupportedRequestException if the matrix has more than {@link #LARGEST} rows or columns
     * @throws ValueException with {@link Fault#NOT_FINITE} if an entry is not finite; the message names it
     */
    public MatrixFigure heatMap(String heading, DMatrixRMaj matrix, String caption) {
        if (Math.max(matrix.numRows, matrix.numCols) > LARGEST) {
            throw new UnsupportedRequestException(
                    Fault.OUT_OF_RANGE,
                    "a picture of a %dx%d matrix: at most %d rows and columns"
                            .formatted(matrix.numRows, matrix.numCols, LARGEST));
        }
        for (int i = 0; i < matrix.getNumElements(); i++) {
            if (!Double.isFinite(matrix.data[i])) {
                throw new ValueException(
                        Fault.NOT_FINITE,
                        "entry (%d, %d) of a picture is %s"
                                .formatted(i / matrix.numCols, i % matrix.numCols, matrix.data[i]));
            }
        }
        return with(new HeatMap(heading, matrix.copy(), caption));
    }

    /** {@link #heatMap(String, DMatrixRMaj, String)} with the scale of colours. */
    public MatrixFigure heatMap(String heading, DMatrixRMaj matrix) {
        return heatMap(heading, matrix, "");
    }

    /**
     * With a panel for the block decomposition of a lower triangular matrix: dense blocks on the diagonal, three
     * factors for each block below it.
     *
     * @param boundaries where chunks begin and end: increasing, from 0 to the length
     */
    public MatrixFigure blocks(String heading, int... boundaries) {
        if (boundaries.length == 0 || boundaries[0] != 0) {
            throw new ShapeException(
                    Fault.BAD_OFFSETS, "boundaries " + Arrays.toString(boundaries) + ": must begin with 0");
        }
        for (int i = 1; i < boundaries.length; i++) {
            if (boundaries[i] <= boundaries[i - 1]) {
                throw new ShapeException(
                        Fault.BAD_OFFSETS, "boundaries " + Arrays.toString(boundaries) + ": must increase at " + i);
            }
        }
        return with(new BlockStructure(heading, boundaries.clone()));
    }

    private MatrixFigure with(Panel panel) {
        List<Panel> more = new ArrayList<>(panels);
        more.add(panel);
        return new MatrixFigure(title, side, perRow, more);
    }

    /** The picture, a document of its own. */
    public String svg() {
        Svg svg = new Svg();
        int width = 0;
        int top = 0;
        for (int first = 0; first < panels.size(); first += perRow) {
            int left = MARGIN;
            int bottom = 0;
            for (Panel panel : panels.subList(first, Math.min(first + perRow, panels.size()))) {
                int cell = Math.max(1, side / Math.max(1, Math.max(panel.rows(), panel.columns())));
                svg.text(left, top + TOP - 18, BOLD, panel.heading());
                panel.draw(svg, left, top + TOP, cell);
                left += Math.max(side, cell * panel.columns()) + GAP;
                bottom = Math.max(bottom, Math.max(side, cell * panel.rows()) + panel.footer());
            }
            width = Math.max(width, left - GAP + MARGIN);
            top += TOP + bottom;
        }
        return svg.document(title, width, top);
    }

    /** The entries of a matrix. */
    private record HeatMap(String heading, DMatrixRMaj matrix, String caption) implements Panel {
        @Override
        public int rows() {
            return matrix.numRows;
        }

        @Override
        public int columns() {
            return matrix.numCols;
        }

        @Override
        public int footer() {
            return caption.isEmpty() ? FOOTER : CAPTION;
        }

        @Override
        public void draw(Svg svg, int x, int y, int cell) {
            double largest = Arrays.stream(matrix.data, 0, matrix.getNumElements())
                    .map(Math::abs)
                    .max()
                    .orElse(0);
            double unit = largest == 0 ? 1 : largest;
            for (int row = 0; row < matrix.numRows; row++) {
                for (int column = 0; column < matrix.numCols; column++) {
                    double value = matrix.get(row, column) / unit;
                    int left = x + column * cell;
                    int top = y + row * cell;
                    svg.rectangle(left, top, cell, cell, colour(value), cell < 6 ? Svg.NONE : Svg.LINE);
                    if (value < 0 && strength(value) > 0 && cell >= 8) {
                        int half = Math.min(3, cell / 4);
                        svg.path(
                                "M%d %dh%d".formatted(left + cell / 2 - half, top + cell / 2, 2 * half),
                                "stroke=\"%s\" stroke-width=\"1.5\""
                                        .formatted(strength(value) > 0.6 ? "white" : Svg.FRAME));
                    }
                }
            }
            svg.rectangle(x, y, matrix.numCols * cell, matrix.numRows * cell, Svg.NONE, Svg.FRAME);
            int below = y + matrix.numRows * cell + 20;
            if (caption.isEmpty()) {
                scale(svg, x, below);
            } else {
                svg.text(x, below, SMALL, caption);
            }
        }

        private static void scale(Svg svg, int x, int y) {
            String[] steps = {"-1", "-0.1", "-0.01", "0.01", "0.1", "1"};
            for (int i = 0; i < steps.length; i++) {
                svg.rectangle(x + i * 52, y, 52, 14, colour(Double.parseDouble(steps[i])), Svg.LINE);
                svg.text(x + i * 52 + 26, y + 30, "text-anchor=\"middle\" " + SMALL, steps[i].replace("-", "−"));
            }
            svg.text(x, y + 50, SMALL, "entries relative to the largest; minus marks negative ones");
        }

        /** From 0 to 1 over three decades, logarithmically. */
        private static double strength(double relative) {
            return Math.clamp(1 + Math.log10(Math.max(Math.abs(relative), 1e-9)) / 3, 0, 1);
        }

        /** White at nothing; brown for positive and blue for negative entries. */
        private static String colour(double relative) {
            double s = strength(relative);
            int[] full = relative >= 0 ? new int[] {160, 70, 0} : new int[] {0, 60, 130};
            return s == 0
                    ? "white"
                    : String.format(
                            Locale.ROOT,
                            "#%02x%02x%02x",
                            Math.round(255 + s * (full[0] - 255)),
                            Math.round(255 + s * (full[1] - 255)),
                            Math.round(255 + s * (full[2] - 255)));
        }
    }

    /** The block decomposition: the figure of Dao and Gu 2024, section 6. */
    private record BlockStructure(String heading, int[] boundaries) implements Panel {
        private static final String DIAGONAL = "#e8a33d";
        private static final String RIGHT = "#b5e0d0";
        private static final String CENTRE = "#3b1f5b";
        private static final String LEFT = "#3d86bd";

        @Override
        public int rows() {
            return boundaries[boundaries.length - 1];
        }

        @Override
        public int columns() {
            return rows();
        }

        @Override
        public int footer() {
            return FOOTER;
        }

        @Override
        public void draw(Svg svg, int left, int top, int cell) {
            for (int j = 1; j < boundaries.length; j++) {
                for (int i = 1; i <= j; i++) {
                    int x = left + boundaries[i - 1] * cell;
                    int y = top + boundaries[j - 1] * cell;
                    int width = (boundaries[i] - boundaries[i - 1]) * cell;
                    int height = (boundaries[j] - boundaries[j - 1]) * cell;
                    if (i == j) {
                        svg.path("M%d %dv%dh%dz".formatted(x, y, height, width), "fill=\"%s\"".formatted(DIAGONAL));
                    } else {
                        factors(svg, x, y, width, height);
                    }
                    svg.rectangle(x, y, width, height, Svg.NONE, "#999");
                }
            }
            svg.rectangle(left, top, rows() * cell, rows() * cell, Svg.NONE, Svg.FRAME);
            legend(svg, left, top + rows() * cell + 20);
        }

        /** Centre, left and right factors, in what room there is. */
        private static void factors(Svg svg, int x, int y, int width, int height) {
            int least = Math.min(width, height);
            int rank = Math.max(1, Math.min(20, least / 4));
            int inset = Math.min(5, least / 8);
            int gap = Math.min(4, least / 8);
            svg.rectangle(x + inset, y + inset, rank, rank, CENTRE, Svg.NONE);
            svg.rectangle(
                    x + inset,
                    y + inset + rank + gap,
                    rank,
                    Math.max(0, height - rank - gap - 2 * inset),
                    LEFT,
                    Svg.NONE);
            svg.rectangle(
                    x + inset + rank + gap,
                    y + inset,
                    Math.max(0, width - rank - gap - 2 * inset),
                    rank,
                    RIGHT,
                    "#7fb5a2");
        }

        private static void legend(Svg svg, int x, int y) {
            String[][] entries = {
                {DIAGONAL, "1  diagonal blocks: attention inside a chunk"},
                {RIGHT, "2  right factors: inputs into a chunk's state"},
                {CENTRE, "3  centre factors: states from chunk to chunk"},
                {LEFT, "4  left factors: outputs from the state"}
            };
            for (int i = 0; i < entries.length; i++) {
                svg.rectangle(x, y + i * 17, 22, 12, entries[i][0], Svg.NONE);
                svg.text(x + 30, y + i * 17 + 11, SMALL, entries[i][1]);
            }
        }
    }
}
