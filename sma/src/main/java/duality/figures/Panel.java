package duality.figures;

/** A part of a {@link Figure}: as large as it says, drawn wherever it is put. */
interface Panel {
    /** In pixels, with all that is written. */
    double width();

    /** In pixels, with heading and legend. */
    double height();

    /** Whether it stands in a row of its own. */
    default boolean alone() {
        return false;
    }

    /** Draws it with its upper left corner there. */
    void draw(Svg svg, double x, double y);

    /** What it shows, in words, for those who cannot see it. */
    String description();
}
