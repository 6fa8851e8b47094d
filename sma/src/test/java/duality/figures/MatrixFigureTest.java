package duality.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import duality.algebra.EjmlBlocks;
import duality.errors.Fault;
import duality.errors.UnsupportedRequestException;
import duality.errors.ValueException;
import java.io.StringReader;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class MatrixFigureTest {
    private static final EjmlBlocks K = EjmlBlocks.INSTANCE;

    private static Element parsed(MatrixFigure figure) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(figure.svg())))
                .getDocumentElement();
    }

    @Test
    void everythingLiesInsideThePicture() throws Exception {
        for (int length : new int[] {0, 1, 2, 3, 7, 16, 100, 256}) {
            MatrixFigure figure = new MatrixFigure("a < b & c")
                    .heatMap("M", K.ones(length, length))
                    .heatMap("N", K.zeros(length, length / 2), "zeros");
            figure =
                    length == 0 ? figure.blocks("B", 0) : length < 3 ? figure : figure.blocks("B", 0, 1, 3, length + 1);
            Element svg = parsed(figure);
            int width = Integer.parseInt(svg.getAttribute("width"));
            int height = Integer.parseInt(svg.getAttribute("height"));
            NodeList rectangles = svg.getElementsByTagName("rect");
            for (int i = 0; i < rectangles.getLength(); i++) {
                Element rectangle = (Element) rectangles.item(i);
                int w = Integer.parseInt(rectangle.getAttribute("width"));
                int h = Integer.parseInt(rectangle.getAttribute("height"));
                assertThat(w).isNotNegative();
                assertThat(h).isNotNegative();
                assertThat(number(rectangle, "x") + w).isLessThanOrEqualTo(width);
                assertThat(number(rectangle, "y") + h).isLessThanOrEqualTo(height);
            }
            assertThat(svg.getElementsByTagName("title").item(0).getTextContent())
                    .isEqualTo("a < b & c");
        }
    }

    private static int number(Element element, String name) {
        String text = element.getAttribute(name);
        return text.isEmpty() ? 0 : Integer.parseInt(text);
    }

    /** Signs by colour and by a minus; zeros are white; the largest entry has the full colour. */
    @Test
    void entriesHaveColoursAndSigns() {
        String svg = new MatrixFigure("t")
                .heatMap("M", K.of(2, 2, new double[] {2, -2, 0, -1e-9}), "c")
                .svg();
        assertThat(svg).contains("#a04600", "#003c82");
        assertThat(svg.split("stroke-width", -1)).hasSize(2);
        assertThat(svg.split("fill=\"white\" stroke", -1)).hasSize(3);
        assertThat(new MatrixFigure("t").heatMap("M", K.zeros(3, 3)).svg()).doesNotContain("NaN");
    }

    @Test
    void whatCannotBeDrawnIsRefused() {
        MatrixFigure empty = new MatrixFigure("t");
        assertThatThrownBy(() -> empty.heatMap("M", K.zeros(257, 1)))
                .isInstanceOf(UnsupportedRequestException.class)
                .hasMessageContaining("257x1")
                .hasMessageContaining("256");
        assertThatThrownBy(() -> empty.heatMap("M", K.of(1, 2, new double[] {0, Double.POSITIVE_INFINITY})))
                .isInstanceOfSatisfying(
                        ValueException.class, e -> assertThat(e.fault()).isEqualTo(Fault.NOT_FINITE))
                .hasMessageContaining("(0, 1)")
                .hasMessageContaining("Infinity");
        assertThatThrownBy(() -> empty.blocks("B", 1, 2)).hasMessageContaining("must begin with 0");
        assertThatThrownBy(() -> empty.blocks("B", 0, 3, 3)).hasMessageContaining("must increase at 2");
        assertThatThrownBy(() -> empty.panels(0, 1)).hasMessageContaining("0 pixels");
    }
}
