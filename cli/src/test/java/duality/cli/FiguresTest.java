package duality.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import duality.errors.Fault;
import duality.errors.ValueException;
import duality.models.Zoo;
import duality.ssd.Cuts;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class FiguresTest {
    /** Where words are, if their letters have the usual width of Helvetica and its likes. */
    private record Box(String words, double left, double top, double right, double bottom) {
        static Box of(Element text) {
            String words = text.getTextContent();
            String size = text.getAttribute("font-size");
            double height = size.isEmpty() ? 14 : Double.parseDouble(size);
            double width = 0.52 * height * words.codePointCount(0, words.length());
            double x = Double.parseDouble(text.getAttribute("x"));
            double y = Double.parseDouble(text.getAttribute("y"));
            double before = switch (text.getAttribute("text-anchor")) {
                case "middle" -> width / 2;
                case "end" -> width;
                default -> 0;
            };
            return text.hasAttribute("transform") // upwards, and in the middle
                    ? new Box(words, x - 0.7 * height, y - width / 2, x, y + width / 2)
                    : new Box(words, x - before, y - 0.7 * height, x - before + width, y);
        }

        boolean meets(Box other) {
            return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
        }
    }

    private static Element parsed(String svg) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(svg)))
                .getDocumentElement();
    }

    private static void requireLegible(String figure) throws Exception {
        Element svg = parsed(figure);
        assertThat(svg.getAttribute("role")).isEqualTo("img");
        for (String words : List.of("title", "desc")) {
            assertThat(svg.getElementsByTagName(words).item(0).getTextContent())
                    .as(words)
                    .isNotBlank();
        }
        NodeList texts = svg.getElementsByTagName("text");
        List<Box> boxes = new ArrayList<>();
        for (int i = 0; i < texts.getLength(); i++) {
            Box box = Box.of((Element) texts.item(i));
            assertThat(box.left()).as(box.toString()).isNotNegative();
            assertThat(box.top()).as(box.toString()).isNotNegative();
            assertThat(box.right()).as(box.toString()).isLessThanOrEqualTo(number(svg, "width"));
            assertThat(box.bottom()).as(box.toString()).isLessThanOrEqualTo(number(svg, "height"));
            assertThat(boxes).as(box.toString()).noneMatch(box::meets);
            boxes.add(box);
        }
    }

    private static double number(Element element, String name) {
        return Double.parseDouble(element.getAttribute(name));
    }

    @ParameterizedTest
    @MethodSource("duality.cli.Figures#names")
    void wordsLieInsideAndNotOnEachOther(String name) throws Exception {
        requireLegible(Figures.of(name));
    }

    @ParameterizedTest
    @EnumSource
    void modelsAreLegibleHoweverTheyAreCut(Zoo zoo) throws Exception {
        requireLegible(Figures.model(zoo, 16, Cuts.every(1)));
        requireLegible(Figures.model(zoo, 1, Cuts.at()));
        requireLegible(Figures.model(zoo, 9, Cuts.at(1, 2, 8)));
    }

    @Test
    void chunksAreLegibleHoweverTheyAreCut() throws Exception {
        requireLegible(Figures.statePassing(256, Cuts.at(1, 2, 200)));
        requireLegible(Figures.statePassing(16, Cuts.every(1)));
        requireLegible(Figures.blocks(256, Cuts.every(3)));
    }

    /** The check above can fail. */
    @Test
    void wordsOnEachOtherAreFound() {
        String words = "<text x=\"%s\" y=\"20\">words</text>";
        String svg = "<svg role=\"img\" width=\"200\" height=\"30\"><title>t</title><desc>d</desc>%s%s</svg>";
        assertThatThrownBy(() -> requireLegible(svg.formatted(words.formatted(5), words.formatted(30))))
                .isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> requireLegible(svg.formatted(words.formatted(5), words.formatted(190))))
                .isInstanceOf(AssertionError.class);
    }

    @Test
    void theSameCallGivesTheSameBytes() {
        assertThat(Figures.of("matrix")).isEqualTo(Figures.of("matrix"));
        assertThat(Figures.of("time")).isEqualTo(Figures.of("time"));
    }

    /** The two forms that the duality is about are two orders of one contraction. */
    @Test
    void theOrdersOfContractionHaveBothFormsOfTheDuality() {
        assertThat(Figures.contractionOrders())
                .contains("15 orders", "linear recurrence takes", "quadratic attention takes");
    }

    @Test
    void anUnknownFigureIsRefusedWithTheNamesThatThereAre() {
        assertThatThrownBy(() -> Figures.of("cat"))
                .isInstanceOfSatisfying(
                        ValueException.class, e -> assertThat(e.fault()).isEqualTo(Fault.WRONG_ARGUMENTS))
                .hasMessageContaining("no figure cat")
                .hasMessageContaining(String.join(", ", Figures.names()));
    }
}
