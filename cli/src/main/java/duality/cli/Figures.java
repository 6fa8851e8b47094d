package duality.cli;

/** The figures of the documentation, as SVG. The same call gives the same bytes. */
public final class Figures {
    private Figures() {}

    /** A small state space model as its matrix, and the block decomposition of that matrix. */
    public static String blocks() {
        return BlockFigure.example();
    }
}
