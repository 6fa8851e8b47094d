package duality.figures;

/** The four kinds of blocks and the four steps of the algorithm, in the colours of Dao and Gu 2024, section 6. */
enum BlockPalette {
    DIAGONAL(1, "#e8a33d", Svg.INK, "diagonal blocks: attention inside a chunk"),
    RIGHT(2, "#b5e0d0", Svg.INK, "right factors: inputs into a chunk's state"),
    CENTRE(3, "#3b1f5b", "white", "centre factors: states from chunk to chunk"),
    LEFT(4, "#3d86bd", "white", "left factors: outputs from the state");

    private static final int LINE = 19;

    final int number;
    final String colour;
    final String contrast;
    private final String meaning;

    BlockPalette(int number, String colour, String contrast, String meaning) {
        this.number = number;
        this.colour = colour;
        this.contrast = contrast;
        this.meaning = meaning;
    }

    /** Its number on its colour. */
    void badge(Svg svg, double x, double y) {
        svg.circle(x, y, 9, colour, Svg.FRAME);
        svg.text(
                x,
                y + 4,
                Svg.Anchor.MIDDLE,
                Svg.SMALL,
                Svg.BOLD + " fill=\"%s\"".formatted(contrast),
                String.valueOf(number));
    }

    static double legendHeight() {
        return LINE * values().length;
    }

    static double legendWidth() {
        double width = 0;
        for (BlockPalette block : values()) {
            width = Math.max(width, 30 + Svg.width(block.meaning, Svg.SMALL));
        }
        return width;
    }

    static void legend(Svg svg, double x, double y) {
        for (BlockPalette block : values()) {
            double middle = y + LINE * (block.number - 0.5);
            block.badge(svg, x + 9, middle);
            svg.text(x + 28, middle + 4, Svg.SMALL, block.meaning);
        }
    }
}
