package duality.figures;

import java.util.Locale;

/** The elements of a picture, as text. Lengths are whole pixels. */
final class Svg {
    static final String LINE = "#ddd";
    static final String FRAME = "#333";
    static final String NONE = "none";

    private final StringBuilder text = new StringBuilder();

    void rectangle(int x, int y, int width, int height, String fill, String stroke) {
        text.append(String.format(
                Locale.ROOT,
                "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\" stroke=\"%s\"/>\n",
                x,
                y,
                width,
                height,
                fill,
                stroke));
    }

    void path(String d, String attributes) {
        text.append(String.format(Locale.ROOT, "<path d=\"%s\" %s/>\n", d, attributes));
    }

    void text(int x, int y, String attributes, String content) {
        text.append(String.format(
                Locale.ROOT, "<text x=\"%d\" y=\"%d\" %s>%s</text>\n", x, y, attributes, escape(content)));
    }

    private static String escape(String content) {
        return content.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    /** The whole picture on white. */
    String document(String title, int width, int height) {
        return String.format(
                        Locale.ROOT,
                        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %1$d %2$d\" width=\"%1$d\""
                                + " height=\"%2$d\" role=\"img\" font-family=\"Helvetica, Arial, sans-serif\""
                                + " font-size=\"14\">\n<title>%3$s</title>\n"
                                + "<rect width=\"%1$d\" height=\"%2$d\" fill=\"white\"/>\n",
                        width,
                        height,
                        escape(title))
                + text + "</svg>\n";
    }
}
