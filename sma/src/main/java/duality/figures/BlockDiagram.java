package duality.figures;

/**
 * The block decomposition of a lower triangular matrix, the figure of Dao and Gu 2024, section 6: dense blocks on the
 * diagonal, and for each block below it its three factors, the left one upright, the right one lying.
 */
record BlockDiagram(String heading, Boundaries boundaries, int side) implements Panel {
    private static final int TOP = 50;

    private int cell() {
        return Math.max(1, side / Math.max(1, boundaries.length()));
    }

    private int pixels() {
        return cell() * boundaries.length();
    }

    @Override
    public double width() {
        return Math.max(Math.max(Math.max(side, pixels()), BlockPalette.legendWidth()), Svg.width(heading, Svg.SIZE));
    }

    @Override
    public double height() {
        return TOP + pixels() + 12 + BlockPalette.legendHeight();
    }

    @Override
    public String description() {
        return "%s: blocks between the boundaries %s".formatted(heading, boundaries);
    }

    @Override
    public void draw(Svg svg, double x, double y) {
        svg.heading(x, y + 14, heading);
        double top = y + TOP;
        int cell = cell();
        for (int j = 0; j < boundaries.chunks(); j++) {
            for (int i = 0; i <= j; i++) {
                double left = x + boundaries.start(i) * cell;
                double upper = top + boundaries.start(j) * cell;
                int width = boundaries.size(i) * cell;
                int height = boundaries.size(j) * cell;
                if (i == j) {
                    svg.path(
                            "M%s %sv%dh%dz".formatted(Svg.number(left), Svg.number(upper), height, width),
                            "fill=\"%s\"".formatted(BlockPalette.DIAGONAL.colour));
                } else {
                    factors(svg, left, upper, width, height);
                }
                svg.rectangle(left, upper, width, height, Svg.NONE, "#999");
            }
        }
        svg.rectangle(x, top, pixels(), pixels(), Svg.NONE, Svg.FRAME);
        cuts(svg, x, top - 6, cell);
        BlockPalette.legend(svg, x, top + pixels() + 10);
    }

    /** Where the cuts are, as far as there is room to say so. */
    private void cuts(Svg svg, double x, double y, int cell) {
        double free = Double.NEGATIVE_INFINITY;
        for (int i = 0; i <= boundaries.chunks(); i++) {
            String label = String.valueOf(boundaries.start(i));
            double place = x + boundaries.start(i) * cell;
            double half = Svg.width(label, Svg.SMALL) / 2;
            if (place - half > free) {
                svg.text(place, y, Svg.Anchor.MIDDLE, Svg.SMALL, "", label);
                free = place + half + 4;
            }
        }
    }

    /** Centre, left and right factors, in what room there is. */
    private static void factors(Svg svg, double x, double y, int width, int height) {
        int least = Math.min(width, height);
        int rank = Math.max(1, Math.min(20, least / 4));
        int inset = Math.min(5, least / 8);
        int gap = Math.min(4, least / 8);
        int below = rank + gap + inset;
        svg.rectangle(x + inset, y + inset, rank, rank, BlockPalette.CENTRE.colour, Svg.NONE);
        svg.rectangle(
                x + inset, y + below, rank, Math.max(0, height - below - inset), BlockPalette.LEFT.colour, Svg.NONE);
        svg.rectangle(
                x + below, y + inset, Math.max(0, width - below - inset), rank, BlockPalette.RIGHT.colour, "#7fb5a2");
    }
}
