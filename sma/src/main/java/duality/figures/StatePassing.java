package duality.figures;

import duality.errors.Fault;
import duality.errors.UnsupportedRequestException;
import duality.figures.Svg.Anchor;

/**
 * The block decomposition read as chunks (Dao and Gu 2024, section 6.2): inputs below, outputs above, between them the
 * states at the boundaries, and an arrow for each of the four steps.
 */
record StatePassing(String heading, Boundaries boundaries) implements Panel {
    private static final int MOST_CHUNKS = 16;
    private static final int TOP = 40;
    private static final int CELL = 20;
    private static final int LEAST_CELL = 4;
    private static final int LEAST_CHUNK = 64;
    private static final int GAP = 92;
    private static final int RADIUS = 20;
    private static final int OUTPUTS = 20;
    private static final int STATES = 120;
    private static final int INPUTS = 200;
    private static final String NOTE =
            "H₀ is the state before the first step. A state is the one before it, times the decay"
                    + " through the chunk (3), plus what the chunk adds (2).";

    /** Checks the number of chunks. */
    StatePassing {
        if (boundaries.chunks() > MOST_CHUNKS) {
            throw new UnsupportedRequestException(
                    Fault.OUT_OF_RANGE,
                    "a picture of %d chunks: at most %d".formatted(boundaries.chunks(), MOST_CHUNKS));
        }
    }

    private int cell() {
        return Math.clamp(800 / Math.max(1, boundaries.length()), LEAST_CELL, CELL);
    }

    private double chunkWidth(int chunk) {
        return Math.max(LEAST_CHUNK, boundaries.size(chunk) * cell());
    }

    /** The middle of the gap before a chunk, where the state that enters it is. */
    private double boundary(int chunk) {
        double x = 40;
        for (int i = 0; i < chunk; i++) {
            x += GAP + chunkWidth(i);
        }
        return x;
    }

    @Override
    public double width() {
        return Math.max(
                boundary(boundaries.chunks()) + 64, Math.max(BlockPalette.legendWidth(), Svg.width(NOTE, Svg.SMALL)));
    }

    @Override
    public double height() {
        return TOP + INPUTS + CELL + 60 + BlockPalette.legendHeight();
    }

    @Override
    public String description() {
        return "%s: chunks between the boundaries %s; each has inputs, outputs and the states before and after it"
                .formatted(heading, boundaries);
    }

    @Override
    public void draw(Svg svg, double x, double y) {
        svg.heading(x, y + 14, heading);
        double top = y + TOP;
        for (int chunk = 0; chunk < boundaries.chunks(); chunk++) {
            chunk(svg, x, top, chunk);
        }
        for (int i = 0; i <= boundaries.chunks(); i++) {
            double centre = x + boundary(i);
            svg.circle(centre, top + STATES, RADIUS, "white", Svg.FRAME);
            svg.text(centre, top + STATES + 5, Anchor.MIDDLE, Svg.SIZE, "", "H" + subscript(i));
        }
        double below = top + INPUTS + CELL + 36;
        BlockPalette.legend(svg, x, below);
        svg.text(x, below + BlockPalette.legendHeight() + 18, Svg.SMALL, NOTE);
    }

    private void chunk(Svg svg, double x, double top, int chunk) {
        double enters = x + boundary(chunk);
        double leaves = x + boundary(chunk + 1);
        double left = enters + GAP / 2.0;
        double width = chunkWidth(chunk);
        double middle = left + width / 2;
        row(svg, left, top + OUTPUTS, width, chunk);
        row(svg, left, top + INPUTS, width, chunk);
        svg.text(middle, top + OUTPUTS - 8, Anchor.MIDDLE, Svg.SMALL, "", "Y" + steps(chunk));
        svg.text(middle, top + INPUTS + CELL + 18, Anchor.MIDDLE, Svg.SMALL, "", "X" + steps(chunk));

        double states = top + STATES;
        double below = top + OUTPUTS + CELL + 3;
        double above = top + INPUTS - 3;
        arrow(svg, BlockPalette.CENTRE, enters + RADIUS, states, leaves - RADIUS - 2, states, 0.22);
        svg.line(middle, states - 12, middle, states + 12, "stroke=\"white\" stroke-width=\"12\"");
        arrow(svg, BlockPalette.DIAGONAL, middle, above, middle, below, 0.25);
        arrow(svg, BlockPalette.RIGHT, left + width - 10, above, leaves - 12, states + RADIUS - 2, 0.45);
        arrow(svg, BlockPalette.LEFT, enters + 12, states - RADIUS + 2, left + 10, below, 0.55);
    }

    /** The steps of a chunk as a row of cells. */
    private void row(Svg svg, double x, double y, double width, int chunk) {
        svg.rectangle(x, y, width, CELL, "#f2f2f2", Svg.FRAME);
        int size = boundaries.size(chunk);
        if (width / size >= 6) {
            StringBuilder lines = new StringBuilder();
            for (int i = 1; i < size; i++) {
                lines.append("M%s %sv%d".formatted(Svg.number(x + i * width / size), Svg.number(y), CELL));
            }
            svg.path(lines.toString(), "stroke=\"#999\"");
        }
    }

    private static void arrow(Svg svg, BlockPalette block, double x1, double y1, double x2, double y2, double badgeAt) {
        svg.line(x1, y1, x2, y2, "stroke=\"%s\" stroke-width=\"4.5\"".formatted(Svg.FRAME));
        svg.arrow(
                "M%s %sL%s %s".formatted(Svg.number(x1), Svg.number(y1), Svg.number(x2), Svg.number(y2)),
                block.colour,
                3);
        block.badge(svg, x1 + badgeAt * (x2 - x1), y1 + badgeAt * (y2 - y1));
    }

    private String steps(int chunk) {
        int from = boundaries.start(chunk);
        int to = from + boundaries.size(chunk);
        return to - from == 1 ? " " + from : " %d…%d".formatted(from, to - 1);
    }

    private static String subscript(int number) {
        StringBuilder text = new StringBuilder();
        String.valueOf(number).chars().forEach(digit -> text.append((char) (digit - '0' + '₀')));
        return text.toString();
    }
}
