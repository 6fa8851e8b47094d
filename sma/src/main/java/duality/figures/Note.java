package duality.figures;

/** A few words. */
record Note(String words) implements Panel {
    @Override
    public double width() {
        return Svg.width(words, Svg.SMALL);
    }

    @Override
    public double height() {
        return Svg.SMALL + 2;
    }

    @Override
    public boolean alone() {
        return true;
    }

    @Override
    public String description() {
        return words;
    }

    @Override
    public void draw(Svg svg, double x, double y) {
        svg.text(x, y + Svg.SMALL, Svg.SMALL, words);
    }
}
