package duality.figures;

import duality.figures.Svg.Anchor;
import java.util.List;
import org.ejml.data.DMatrixRMaj;

/** A product of sparse matrices by their patterns; entries of one are light and others dark. */
record SparseProduct(String heading, String caption, List<DMatrixRMaj> factors, int side) implements Panel {
    private static final int TOP = 24;
    private static final int GAP = 22;
    private static final String ONE = "#c9c9c9";
    private static final String OTHER = "#a04600";

    /** In the order in which they are applied. */
    SparseProduct {
        factors = factors.stream().map(DMatrixRMaj::copy).toList();
    }

    private int cell(DMatrixRMaj factor) {
        return Math.max(1, side / Math.max(1, Math.max(factor.numRows, factor.numCols)));
    }

    @Override
    public double width() {
        double matrices = -GAP;
        for (DMatrixRMaj factor : factors) {
            matrices += cell(factor) * factor.numCols + GAP;
        }
        return Math.max(matrices, Svg.width(heading, Svg.SIZE) + Svg.width(caption, Svg.SMALL) + 16);
    }

    @Override
    public double height() {
        return TOP + side;
    }

    @Override
    public String description() {
        return "%s, %s: a product of %d sparse matrices".formatted(heading, caption, factors.size());
    }

    @Override
    public void draw(Svg svg, double x, double y) {
        svg.heading(x, y + 14, heading);
        svg.text(x + Svg.width(heading, Svg.SIZE) + 16, y + 14, Svg.SMALL, caption);
        double left = x;
        for (int i = factors.size() - 1; i >= 0; i--) {
            DMatrixRMaj factor = factors.get(i);
            int cell = cell(factor);
            draw(svg, factor, left, y + TOP, cell);
            left += cell * factor.numCols;
            if (i > 0) {
                svg.text(left + GAP / 2.0, y + TOP + side / 2.0 + 4, Anchor.MIDDLE, Svg.SIZE, Svg.BOLD, "·");
            }
            left += GAP;
        }
    }

    private static void draw(Svg svg, DMatrixRMaj factor, double x, double y, int cell) {
        cells(svg, factor, x, y, cell, true);
        cells(svg, factor, x, y, cell, false);
        HeatMap.grid(svg, x, y, factor.numRows, factor.numCols, cell);
        svg.rectangle(x, y, factor.numCols * cell, factor.numRows * cell, Svg.NONE, Svg.FRAME);
    }

    private static void cells(Svg svg, DMatrixRMaj factor, double x, double y, int cell, boolean ones) {
        StringBuilder d = new StringBuilder();
        for (int row = 0; row < factor.numRows; row++) {
            for (int column = 0; column < factor.numCols; column++) {
                double value = factor.get(row, column);
                if (value != 0 && (value == 1) == ones) {
                    d.append("M%s %sv%dh%dv-%dz"
                            .formatted(Svg.number(x + column * cell), Svg.number(y + row * cell), cell, cell, cell));
                }
            }
        }
        if (!d.isEmpty()) {
            svg.path(d.toString(), "fill=\"%s\"".formatted(ones ? ONE : OTHER));
        }
    }
}
