package duality.figures;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The elements of a picture, as text. Lengths are pixels and are written to a tenth; nothing is measured by fonts, so
 * that the same calls give the same bytes on every machine.
 */
final class Svg {
    /** What all pictures are drawn with. Every colour has a lightness of its own, so that grey tells them apart. */
    static final String INK = "#222";

    static final String FRAME = "#333";
    static final String MUTED = "#666";
    static final String GRID = "#ddd";
    static final String NONE = "none";

    static final String BOLD = "font-weight=\"bold\"";
    static final double SIZE = 14;
    static final double SMALL = 12;

    private final StringBuilder text = new StringBuilder();
    private final List<String> arrowColours = new ArrayList<>();

    /** Where words stand relative to their place. */
    enum Anchor {
        START,
        MIDDLE,
        END
    }

    static String number(double value) {
        long tenths = Math.round(value * 10);
        return tenths % 10 == 0 ? Long.toString(tenths / 10) : String.format(Locale.ROOT, "%.1f", tenths / 10.0);
    }

    void rectangle(double x, double y, double width, double height, String fill, String stroke) {
        text.append("<rect x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" fill=\"%s\" stroke=\"%s\"/>\n"
                .formatted(number(x), number(y), number(width), number(height), fill, stroke));
    }

    void circle(double x, double y, double radius, String fill, String stroke) {
        text.append("<circle cx=\"%s\" cy=\"%s\" r=\"%s\" fill=\"%s\" stroke=\"%s\"/>\n"
                .formatted(number(x), number(y), number(radius), fill, stroke));
    }

    void path(String d, String attributes) {
        text.append("<path d=\"%s\" %s/>\n".formatted(d, attributes));
    }

    void line(double x1, double y1, double x2, double y2, String attributes) {
        path("M%s %sL%s %s".formatted(number(x1), number(y1), number(x2), number(y2)), attributes);
    }

    /** A path that ends in an arrow's head. */
    void arrow(String d, String colour, double width) {
        if (!arrowColours.contains(colour)) {
            arrowColours.add(colour);
        }
        path(
                d,
                "fill=\"none\" stroke=\"%s\" stroke-width=\"%s\" marker-end=\"url(#%s)\""
                        .formatted(colour, number(width), arrowHead(colour)));
    }

    private static String arrowHeadDefinition(String colour) {
        return """
                <defs><marker id="%s" viewBox="0 0 8 8" refX="7" refY="4" markerUnits="userSpaceOnUse" markerWidth="12" \
                markerHeight="12" orient="auto"><path d="M0.5 1L7.5 4L0.5 7z" fill="%s" stroke="%s" \
                stroke-width="0.6"/></marker></defs>
                """.formatted(arrowHead(colour), colour, FRAME);
    }

    /** The same name means the same head in every picture, so that pictures can stand in one page. */
    private static String arrowHead(String colour) {
        return "arrow-" + colour.replace("#", "");
    }

    void text(double x, double y, Anchor anchor, double size, String attributes, String content) {
        text.append("<text x=\"%s\" y=\"%s\"%s%s%s>%s</text>\n"
                .formatted(
                        number(x),
                        number(y),
                        anchor == Anchor.START
                                ? ""
                                : " text-anchor=\"%s\"".formatted(anchor.name().toLowerCase(Locale.ROOT)),
                        size == SIZE ? "" : " font-size=\"%s\"".formatted(number(size)),
                        attributes.isEmpty() ? "" : " " + attributes,
                        escape(content)));
    }

    void text(double x, double y, double size, String content) {
        text(x, y, Anchor.START, size, "", content);
    }

    void heading(double x, double y, String content) {
        text(x, y, Anchor.START, SIZE, BOLD, content);
    }

    /** Words that read upwards. */
    void upright(double x, double y, double size, String content) {
        text(x, y, Anchor.MIDDLE, size, "transform=\"rotate(-90 %s %s)\"".formatted(number(x), number(y)), content);
    }

    /**
     * About how wide words are, on the wide side: by classes of letters, since fonts differ from machine to machine and
     * layout must not.
     */
    static double width(String content, double size) {
        return size * content.codePoints().mapToDouble(Svg::width).sum();
    }

    private static double width(int letter) {
        if (Character.getType(letter) == Character.NON_SPACING_MARK) {
            return 0;
        }
        if ("iljtfrI.,:;'|!()[]{} /ᵀ⁰¹²³⁴⁵⁶⁷⁸⁹⁻₀₁₂₃₄₅₆₇₈₉".indexOf(letter) >= 0) {
            return 0.4;
        }
        return "mwMW—∩∘→".indexOf(letter) >= 0 ? 0.95 : Character.isUpperCase(letter) ? 0.72 : 0.61;
    }

    private static String escape(String content) {
        return content.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    /** The whole picture on white, so that it can also be read on a dark page. */
    String document(String title, String description, double width, double height) {
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %1$s %2$s\" width=\"%1$s\" height=\"%2$s\""
                        .formatted(number(Math.ceil(width)), number(Math.ceil(height)))
                + " role=\"img\" font-family=\"Helvetica, Arial, sans-serif\" font-size=\"%s\">\n"
                        .formatted(number(SIZE))
                + "<title>%s</title>\n".formatted(escape(title))
                + (description.isEmpty() ? "" : "<desc>%s</desc>\n".formatted(escape(description)))
                + arrowColours.stream().map(Svg::arrowHeadDefinition).collect(Collectors.joining())
                + "<rect width=\"%s\" height=\"%s\" fill=\"white\"/>\n"
                        .formatted(number(Math.ceil(width)), number(Math.ceil(height)))
                + text + "</svg>\n";
    }
}
