package duality.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import duality.algebra.EjmlBlocks;
import duality.contraction.Contraction;
import duality.errors.Fault;
import duality.errors.InvalidInputException;
import duality.errors.ShapeException;
import duality.errors.UnsupportedRequestException;
import duality.errors.ValueException;
import duality.figures.Figure.NamedPlan;
import duality.semiseparable.OneSemiseparable;
import duality.semiseparable.StructuredMatrix;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class FigureTest {
    private static final EjmlBlocks K = EjmlBlocks.INSTANCE;

    private static Element parsed(Figure figure) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(figure.svg())))
                .getDocumentElement();
    }

    private static List<Element> all(Element svg, String tag) {
        NodeList nodes = svg.getElementsByTagName(tag);
        return IntStream.range(0, nodes.getLength())
                .mapToObj(i -> (Element) nodes.item(i))
                .toList();
    }

    private static double number(Element element, String name) {
        String text = element.getAttribute(name);
        return text.isEmpty() ? 0 : Double.parseDouble(text);
    }

    private static void requireInside(Element svg) {
        double width = number(svg, "width");
        double height = number(svg, "height");
        for (Element rectangle : all(svg, "rect")) {
            assertThat(number(rectangle, "width")).isNotNegative();
            assertThat(number(rectangle, "height")).isNotNegative();
            assertThat(number(rectangle, "x")).isNotNegative();
            assertThat(number(rectangle, "y")).isNotNegative();
            assertThat(number(rectangle, "x") + number(rectangle, "width")).isLessThanOrEqualTo(width);
            assertThat(number(rectangle, "y") + number(rectangle, "height")).isLessThanOrEqualTo(height);
        }
        for (Element text : all(svg, "text")) {
            assertThat(number(text, "x")).as(text.getTextContent()).isBetween(0.0, width);
            assertThat(number(text, "y")).as(text.getTextContent()).isBetween(0.0, height);
        }
    }

    @Test
    void everythingLiesInsideThePicture() throws Exception {
        for (int length : new int[] {0, 1, 2, 3, 7, 16, 100, 256}) {
            Figure figure = new Figure("a < b & c")
                    .heatMap("M", K.ones(length, length))
                    .heatMap("N", K.zeros(length, length / 2), "zeros\nof two lines")
                    .factors("F", "some", List.of(K.identity(length), K.ones(length, 1)))
                    .scale()
                    .note("a note");
            int[] boundaries =
                    length == 0 ? new int[1] : length < 3 ? new int[] {0, 1} : new int[] {0, 1, 3, length + 1};
            Element svg = parsed(figure.blocks("B", boundaries).statePassing("S", boundaries));
            requireInside(svg);
            assertThat(all(svg, "title").getFirst().getTextContent()).isEqualTo("a < b & c");
            assertThat(all(svg, "desc").getFirst().getTextContent())
                    .contains("M: a %1$dx%1$d matrix".formatted(length), "a note", "between the boundaries [0");
            assertThat(svg.getAttribute("role")).isEqualTo("img");
        }
    }

    @Test
    void noPanelsAndNoCurvesAreFigures() throws Exception {
        requireInside(parsed(new Figure("empty")));
        Plot plot = new Plot("P", Axis.linear("x"), Axis.decimal("y"));
        requireInside(parsed(new Figure("none").plot(plot)));
        requireInside(parsed(new Figure("one").plot(plot.curve("c", new double[] {0}, new double[] {1e-7}))));
        requireInside(parsed(new Figure("no points")
                .plot(plot.curve("c", new double[0], new double[0]).mark(3, "three"))));
    }

    /** Signs by colour and by a minus; zeros are white; the largest entry has the full colour. */
    @Test
    void entriesHaveColoursAndSigns() throws Exception {
        Element svg = parsed(new Figure("t").heatMap("M", K.of(2, 2, new double[] {2, -2, 0, -1e-9}), "c"));
        List<Element> cells = all(svg, "path").stream()
                .filter(path -> path.getAttribute("fill").startsWith("#"))
                .toList();
        assertThat(cells).extracting(path -> path.getAttribute("fill")).containsExactly("#003c82", "#a04600");
        assertThat(cells).allSatisfy(path -> assertThat(path.getAttribute("d")).containsOnlyOnce("M"));
        List<Element> signs = all(svg, "path").stream()
                .filter(path -> path.hasAttribute("stroke-width"))
                .toList();
        assertThat(signs).hasSize(1);
        assertThat(signs.getFirst().getAttribute("d")).containsOnlyOnce("M");
        assertThat(new Figure("t").heatMap("M", K.zeros(3, 3)).svg()).doesNotContain("NaN");
    }

    @Test
    void structuredMatricesAreDrawnByTheirEntries() throws Exception {
        OneSemiseparable matrix = new OneSemiseparable(new double[] {1, 0.5, -0.25});
        assertThat(new Figure("t").heatMap("L", matrix).svg())
                .isEqualTo(new Figure("t").heatMap("L", matrix.toDense()).svg());
        assertThatThrownBy(() -> new Figure("t").heatMap("L", StructuredMatrix.identity(100_000)))
                .isInstanceOf(UnsupportedRequestException.class)
                .hasMessageContaining("100000x100000");
        assertThat(all(parsed(new Figure("t").ranks("R", List.of(0, 1, 2, 1))), "desc")
                        .getFirst()
                        .getTextContent())
                .contains("rank of M[i:, :i] against cut i", "from 0 to 1");
    }

    /** A figure does not follow changes of the matrix that it was given. */
    @Test
    void matricesAreCopied() {
        DMatrixRMaj matrix = K.ones(2, 2);
        Figure figure = new Figure("t").heatMap("M", matrix).factors("F", "", List.of(matrix));
        String before = figure.svg();
        matrix.set(0, 0, 0);
        assertThat(figure.svg()).isEqualTo(before);
    }

    /** One diagonal block for each chunk, three factors for each pair, and as many arrows as steps of the algorithm. */
    @Test
    void blocksAndChunksAreWhatTheCutsMake() throws Exception {
        int[] boundaries = {0, 3, 4, 9};
        Element svg = parsed(new Figure("t").blocks("B", boundaries));
        assertThat(filled(svg, "path", BlockPalette.DIAGONAL)).hasSize(3);
        for (BlockPalette factor : List.of(BlockPalette.RIGHT, BlockPalette.CENTRE, BlockPalette.LEFT)) {
            assertThat(filled(svg, "rect", factor)).hasSize(3);
        }
        Element chunks = parsed(new Figure("t").statePassing("S", boundaries));
        for (BlockPalette step : BlockPalette.values()) {
            assertThat(all(chunks, "path").stream()
                            .filter(path -> path.getAttribute("marker-end")
                                    .equals("url(#arrow-" + step.colour.substring(1) + ")")))
                    .hasSize(3);
        }
        assertThat(all(chunks, "text"))
                .extracting(Element::getTextContent)
                .contains("H₀", "H₃", "X 0…2", "Y 3", "Y 4…8");
    }

    private static List<Element> filled(Element svg, String tag, BlockPalette colour) {
        return all(svg, tag).stream()
                .filter(element -> element.getAttribute("fill").equals(colour.colour))
                .toList();
    }

    @Test
    void contractionOrdersShowEveryStepAndWhatItCosts() throws Exception {
        List<NamedPlan> orders = new ArrayList<>();
        Contraction.allOrders("ij,jk,kl->il", Map.of('i', 10L, 'j', 20L, 'k', 30L, 'l', 4000L))
                .forEach(plan -> orders.add(new NamedPlan(orders.isEmpty() ? "best" : "", plan)));
        assertThat(orders).hasSize(3);
        Element svg = parsed(new Figure("t").contractionOrders("O", List.of("A", "B", "C"), orders));
        requireInside(svg);
        List<String> texts =
                all(svg, "text").stream().map(Element::getTextContent).toList();
        // 2·10·20·30 and 2·10·30·4000; the product first of the left two, which the right one multiplies.
        assertThat(texts).contains("best", "A·B → ik", "12.0 k", "2.40 M", "2.41 M");
        assertThat(texts.stream().filter(text -> text.contains("→ il"))).hasSize(3);
        assertThat(all(svg, "desc").getFirst().getTextContent()).contains("3 orders", "best takes 2.41 M operations");
    }

    @Test
    void amountsHaveThreeDigits() {
        assertThat(LongStream.of(0, 999, 1000, 1499, 99_949, 99_950, 999_499, 999_500, 21_000_000, Long.MAX_VALUE)
                        .mapToObj(ContractionOrders::amount))
                .containsExactly(
                        "0", "999", "1.00 k", "1.50 k", "99.9 k", "100 k", "999 k", "1.00 M", "21.0 M", "9.22 E");
    }

    @Test
    void whatCannotBeDrawnIsRefused() {
        Figure empty = new Figure("t");
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
        assertThatThrownBy(() -> empty.blocks("B")).hasMessageContaining("must begin with 0");
        assertThatThrownBy(() -> empty.statePassing("S", 0, 3, 3))
                .isInstanceOfSatisfying(
                        ShapeException.class, e -> assertThat(e.fault()).isEqualTo(Fault.BAD_OFFSETS))
                .hasMessageContaining("boundary 2 is 3, after 3");
        assertThatThrownBy(() ->
                        empty.statePassing("S", IntStream.rangeClosed(0, 17).toArray()))
                .isInstanceOf(UnsupportedRequestException.class)
                .hasMessageContaining("17 chunks");
        assertThatThrownBy(() -> empty.panels(0, 1)).hasMessageContaining("0 pixels");
    }

    @Test
    void curvesThatCannotBeOnTheirAxesAreRefused() {
        Plot plot = new Plot("P", Axis.binary("T"), Axis.linear("rank"));
        assertThatThrownBy(() -> plot.curve("c", new double[2], new double[3]))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("2 points")
                .hasMessageContaining("3 values");
        assertRefused(plot.curve("c", new double[] {1, 0}, new double[] {1, 1}), Fault.OUT_OF_DOMAIN, "T is 0.0");
        assertRefused(plot.curve("c", new double[] {1}, new double[] {-1}), Fault.OUT_OF_DOMAIN, "rank is -1.0");
        assertRefused(plot.curve("c", new double[] {1}, new double[] {Double.NaN}), Fault.NOT_FINITE, "rank is NaN");
    }

    private static void assertRefused(Plot plot, Fault fault, String message) {
        assertThatThrownBy(() -> new Figure("t").plot(plot))
                .isInstanceOfSatisfying(
                        InvalidInputException.class, e -> assertThat(e.fault()).isEqualTo(fault))
                .hasMessageContaining(message);
    }
}
