package duality.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import duality.proofs.Catalogue;
import duality.proofs.FloatingPointLaw;
import duality.proofs.Theorem;
import java.io.StringReader;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class TexMathTest {
    static Stream<String> formulas() {
        return Stream.concat(
                Stream.of(FloatingPointLaw.STATEMENT),
                Catalogue.theorems().stream().map(Theorem::formula));
    }

    @ParameterizedTest
    @MethodSource("formulas")
    void everyFormulaOfTheCatalogueIsWellFormed(String formula) throws Exception {
        Document document = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(TexMath.display(formula))));
        assertThat(document.getDocumentElement().getTagName()).isEqualTo("math");
        assertThat(document.getDocumentElement().getTextContent()).doesNotContain("\\", "{}");
    }

    @Test
    void scriptsFractionsAndGroups() {
        assertThat(TexMath.display("x_{t-1}^2"))
                .contains("<msubsup><mi>x</mi><mrow><mi>t</mi><mo>−</mo><mn>1</mn></mrow><mn>2</mn></msubsup>");
        assertThat(TexMath.display("\\frac{a}{12}"))
                .contains("<mfrac><mrow><mi>a</mi></mrow><mrow><mn>12</mn></mrow></mfrac>");
        assertThat(TexMath.display("\\sum_i a_i")).contains("<munder><mo>∑</mo><mi>i</mi></munder>");
        assertThat(TexMath.display("\\left( C_t^\\top \\right)")).contains("<mo>(</mo>", "<mi>⊤</mi>", "<mo>)</mo>");
        assertThat(TexMath.display("\\mathrm{rank}")).contains("<mi mathvariant=\"normal\">rank</mi>");
        assertThat(TexMath.display("R'")).contains("<msup><mi>R</mi><mo>′</mo></msup>");
    }

    @Test
    void whatIsNotKnownIsRefused() {
        assertThatThrownBy(() -> TexMath.display("\\aleph")).hasMessageContaining("\\aleph");
        assertThatThrownBy(() -> TexMath.display("{a")).hasMessageContaining("does not end");
        assertThatThrownBy(() -> TexMath.display("a}")).hasMessageContaining("unknown }");
        assertThatThrownBy(() -> TexMath.display("\\left( a")).hasMessageContaining("without");
    }
}
