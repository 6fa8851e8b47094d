package duality.figures;

import duality.errors.Fault;
import duality.errors.UnsupportedRequestException;
import duality.errors.ValueException;
import duality.figures.Svg.Anchor;
import java.util.Arrays;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.ejml.data.DMatrixRMaj;

/**
 * The entries of a matrix, relative to the largest, over three decades.
 *
 * @param side the pixels of the longer side, about
 * @param caption a line below the matrix; empty for the scale of colours
 */
record HeatMap(String heading, DMatrixRMaj matrix, int side, String caption) implements Panel {
    private static final int TOP = 30;
    private static final int CAPTION = 22;
    private static final int LINE = 15;

    /** Cells from this size on have room for a sign. */
    private static final int WITH_SIGNS = 4;

    /** Panels from this size on name their axes. */
    private static final int WITH_AXES = 200;

    /** Checks the matrix and copies it. */
    HeatMap {
        requireSize(matrix.numRows, matrix.numCols);
        for (int i = 0; i < matrix.getNumElements(); i++) {
            if (!Double.isFinite(matrix.data[i])) {
                throw new ValueException(
                        Fault.NOT_FINITE,
                        "entry (%d, %d) of a picture is %s"
                                .formatted(i / matrix.numCols, i % matrix.numCols, matrix.data[i]));
            }
        }
        matrix = matrix.copy();
    }

    static void requireSize(int rows, int columns) {
        if (Math.max(rows, columns) > Figure.LARGEST) {
            throw new UnsupportedRequestException(
                    Fault.OUT_OF_RANGE,
                    "a picture of a %dx%d matrix: at most %d rows and columns"
                            .formatted(rows, columns, Figure.LARGEST));
        }
    }

    private int cell() {
        return Math.max(1, side / Math.max(1, Math.max(matrix.numRows, matrix.numCols)));
    }

    private Panel scale() {
        return new Scale(cell() >= WITH_SIGNS);
    }

    private double axes() {
        return side < WITH_AXES ? 0 : 20;
    }

    @Override
    public double width() {
        double below = caption.isEmpty()
                ? scale().width()
                : caption.lines()
                        .mapToDouble(line -> Svg.width(line, Svg.SMALL))
                        .max()
                        .orElse(0);
        return Math.max(
                axes() + Math.max(Math.max(side, cell() * matrix.numCols), below), Svg.width(heading, Svg.SIZE));
    }

    @Override
    public double height() {
        return TOP
                + axes()
                + cell() * matrix.numRows
                + (caption.isEmpty()
                        ? 12 + scale().height()
                        : CAPTION + LINE * (caption.lines().count() - 1));
    }

    @Override
    public String description() {
        return "%s: a %dx%d matrix".formatted(heading, matrix.numRows, matrix.numCols);
    }

    @Override
    public void draw(Svg svg, double x, double y) {
        int cell = cell();
        double left = x + axes();
        double top = y + TOP + axes();
        int width = matrix.numCols * cell;
        int height = matrix.numRows * cell;
        svg.heading(x, y + 14, heading);
        if (axes() > 0) {
            svg.text(left, top - 6, Svg.SMALL, "input step s →");
            svg.upright(left - 8, top + Math.max(50, height / 2.0), Svg.SMALL, "← output step t");
        }
        entries(svg, matrix, left, top, cell);
        svg.rectangle(left, top, width, height, Svg.NONE, Svg.FRAME);
        if (caption.isEmpty()) {
            scale().draw(svg, left, top + height + 12);
        }
        double below = top + height + 18;
        for (String line : caption.lines().toList()) {
            svg.text(left, below, Svg.SMALL, line);
            below += LINE;
        }
    }

    /** The cells, a path for each colour, with a grid and signs where there is room. */
    private static void entries(Svg svg, DMatrixRMaj matrix, double x, double y, int cell) {
        double largest = Arrays.stream(matrix.data, 0, matrix.getNumElements())
                .map(Math::abs)
                .max()
                .orElse(0);
        double unit = largest == 0 ? 1 : largest;
        SequencedMap<String, StringBuilder> cells = new TreeMap<>();
        SequencedMap<String, StringBuilder> signs = new TreeMap<>();
        int dash = Math.max(2, Math.min(6, cell / 2));
        for (int row = 0; row < matrix.numRows; row++) {
            for (int column = 0; column < matrix.numCols; column++) {
                double value = matrix.get(row, column) / unit;
                if (strength(value) == 0) {
                    continue;
                }
                double left = x + column * cell;
                double top = y + row * cell;
                cells.computeIfAbsent(colour(value), _ -> new StringBuilder())
                        .append("M%s %sv%dh%dv-%dz".formatted(Svg.number(left), Svg.number(top), cell, cell, cell));
                if (value < 0 && cell >= WITH_SIGNS) {
                    signs.computeIfAbsent(signColour(value), _ -> new StringBuilder())
                            .append("M%s %sh%d"
                                    .formatted(
                                            Svg.number(left + (cell - dash) / 2.0),
                                            Svg.number(top + cell / 2.0),
                                            dash));
                }
            }
        }
        cells.forEach((colour, d) -> svg.path(d.toString(), "fill=\"%s\"".formatted(colour)));
        if (cell >= 6) {
            grid(svg, x, y, matrix.numRows, matrix.numCols, cell);
        }
        signs.forEach((colour, d) ->
                svg.path(d.toString(), "stroke=\"%s\" stroke-width=\"%s\"".formatted(colour, cell < 8 ? "1" : "1.5")));
    }

    static void grid(Svg svg, double x, double y, int rows, int columns, int cell) {
        StringBuilder lines = new StringBuilder();
        for (int row = 1; row < rows; row++) {
            lines.append("M%s %sh%d".formatted(Svg.number(x), Svg.number(y + row * cell), columns * cell));
        }
        for (int column = 1; column < columns; column++) {
            lines.append("M%s %sv%d".formatted(Svg.number(x + column * cell), Svg.number(y), rows * cell));
        }
        if (!lines.isEmpty()) {
            svg.path(lines.toString(), "stroke=\"%s\"".formatted(Svg.GRID));
        }
    }

    /** From 0 to 1 over three decades, logarithmically. */
    private static double strength(double relative) {
        return Math.clamp(1 + StrictMath.log10(Math.max(Math.abs(relative), 1e-9)) / 3, 0, 1);
    }

    private static String signColour(double relative) {
        return strength(relative) > 0.6 ? "white" : Svg.FRAME;
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

    /**
     * What the colours mean.
     *
     * @param signs whether negative entries bear a minus
     */
    record Scale(boolean signs) implements Panel {
        private static final int SWATCH = 44;
        private static final String[] STEPS = {"−1", "−0.1", "−0.01", "0", "0.01", "0.1", "1"};

        private String note() {
            return "entries relative to the largest" + (signs ? "; − marks negative ones" : "");
        }

        @Override
        public double width() {
            return Math.max(STEPS.length * SWATCH, Svg.width(note(), Svg.SMALL));
        }

        @Override
        public double height() {
            return 52;
        }

        @Override
        public boolean alone() {
            return true;
        }

        @Override
        public String description() {
            return "";
        }

        @Override
        public void draw(Svg svg, double x, double y) {
            for (int i = 0; i < STEPS.length; i++) {
                double value = Double.parseDouble(STEPS[i].replace("−", "-"));
                double left = x + i * SWATCH;
                svg.rectangle(left, y, SWATCH, 14, colour(value), Svg.GRID);
                if (value < 0 && signs) {
                    svg.path(
                            "M%s %sh6".formatted(Svg.number(left + SWATCH / 2.0 - 3), Svg.number(y + 7)),
                            "stroke=\"%s\" stroke-width=\"1.5\"".formatted(signColour(value)));
                }
                svg.text(left + SWATCH / 2.0, y + 28, Anchor.MIDDLE, Svg.SMALL, "", STEPS[i]);
            }
            svg.rectangle(x, y, STEPS.length * SWATCH, 14, Svg.NONE, Svg.FRAME);
            svg.text(x, y + 46, Svg.SMALL, note());
        }
    }
}
