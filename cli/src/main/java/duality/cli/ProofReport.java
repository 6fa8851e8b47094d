package duality.cli;

import duality.models.Zoo;
import duality.proofs.Evidence;
import duality.proofs.FloatingPointLaw;
import duality.proofs.Proof;
import duality.proofs.Quantifier;
import duality.proofs.Theorem;
import duality.tensor.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;

/** The proofs as one page that needs nothing else: statements, scripts, what was compared, mutants, pictures. */
final class ProofReport {
    private static final String BODY = """
            <h1>Proofs</h1>
            <p>@SUMMARY@</p>
            @FIGURE@
            <h2>Theorems</h2>
            @TABLE@
            <h2>Statements, proofs and refutations</h2>
            @THEOREMS@
            <h2>Wrong programs</h2>
            <p>Each must be refuted; a proof that no wrong program fails proves nothing.</p>
            @MUTANTS@
            """;

    private ProofReport() {}

    /** Writes the page. */
    static void write(Path file, List<Theorem.Outcome> outcomes) throws IOException {
        StringBuilder theorems = new StringBuilder();
        outcomes.forEach(outcome -> append(theorems, outcome));
        String body = BODY.replace("@SUMMARY@", Table.escape(ProveCommand.summary(outcomes)))
                .replace("@FIGURE@", Figures.blocks())
                .replace("@TABLE@", ProveCommand.table(outcomes).html())
                .replace("@MUTANTS@", ProveCommand.mutantTable(outcomes).html())
                .replace("@THEOREMS@", theorems);
        AtomicFile.write(file, HtmlPage.of("Duality: proofs", body));
    }

    private static void append(StringBuilder html, Theorem.Outcome outcome) {
        Theorem<?> theorem = outcome.theorem();
        html.append("<h3 id=\"").append(Table.escape(theorem.name())).append("\">");
        html.append(Table.escape(theorem.name())).append("</h3>\n");
        html.append("<p><i>").append(Table.escape(theorem.source())).append(".</i> ");
        html.append(Table.escape(capital(theorem.statement()))).append(".</p>\n");
        formula(html, theorem.formula());
        html.append("<p>Speaks of <code>")
                .append(Table.escape(String.join(", ", theorem.definitions())))
                .append("</code>.</p>\n");
        picture(theorem.name(), html);
        if (outcome.counterexample() != null) {
            html.append("<p class=\"failed\">Refuted at <code>")
                    .append(Table.escape(outcome.counterexample()))
                    .append("</code>.</p>\n");
        }
        for (int i = 0; i < theorem.proofs().size(); i++) {
            Proof<?> proof = theorem.proofs().get(i);
            html.append("<p><b>")
                    .append(capital(proof.method().toString()))
                    .append(":</b> ")
                    .append(Table.escape(proof.script()))
                    .append(".</p>\n<ul>\n");
            for (Quantifier quantifier : proof.quantifiers()) {
                html.append("<li>for ")
                        .append(Table.escape(quantifier.over()))
                        .append(": ")
                        .append(Table.escape(quantifier.range()))
                        .append(" — ")
                        .append(Table.escape(quantifier.because()))
                        .append("</li>\n");
            }
            html.append("</ul>\n");
            if (i < outcome.evidence().size()) {
                lines(html, outcome.evidence().get(i));
            }
        }
        roundedNumbers(html, outcome);
        refutations(html, outcome.refuted(), outcome.survivors());
    }

    private static void formula(StringBuilder html, String tex) {
        html.append("<div class=\"formula\">").append(TexMath.display(tex)).append("</div>\n");
    }

    private static void picture(String theorem, StringBuilder html) {
        if (theorem.startsWith("model-")) {
            html.append("<p>")
                    .append(Figures.model(Zoo.of(theorem.substring("model-".length())), Figures.LENGTH, Figures.CUTS))
                    .append("</p>\n");
        } else if (theorem.equals("blocks")) {
            html.append("<p>").append(Figures.blocks()).append("</p>\n");
        }
    }

    private static void lines(StringBuilder html, Evidence evidence) {
        html.append("<details><summary>")
                .append(String.format(
                        Locale.ROOT,
                        "%d identities, %d terms or points%s; the first of them",
                        evidence.identities(),
                        evidence.terms(),
                        evidence.falsePass() > 0
                                ? String.format(Locale.ROOT, ", false pass ≤ %.1e", evidence.falsePass())
                                : ""))
                .append("</summary>\n<ul>\n");
        evidence.lines()
                .forEach(line ->
                        html.append("<li><code>").append(Table.escape(line)).append("</code></li>\n"));
        html.append("</ul></details>\n");
    }

    private static void roundedNumbers(StringBuilder html, Theorem.Outcome outcome) {
        html.append("<div><b>In rounded numbers:</b> ")
                .append(Table.escape(outcome.theorem().floatingPointNote()))
                .append('.');
        if (outcome.theorem().floatingPoint() != null) {
            formula(html, FloatingPointLaw.STATEMENT);
            html.append(String.format(
                    Locale.ROOT,
                    " The largest error, in double and single precision, was %.2f of its bound.",
                    outcome.worstRounding()));
        }
        html.append("</div>\n");
    }

    private static void refutations(StringBuilder html, SequencedMap<String, String> refuted, List<String> survivors) {
        survivors.forEach(mutant -> html.append("<p class=\"failed\">Not noticed: ")
                .append(Table.escape(mutant))
                .append("</p>\n"));
        html.append("<details><summary>Refutes ").append(refuted.size()).append(" wrong programs</summary>\n<ul>\n");
        refuted.forEach((mutant, counterexample) -> html.append("<li>")
                .append(Table.escape(mutant))
                .append("<br><code>")
                .append(Table.escape(counterexample))
                .append("</code></li>\n"));
        html.append("</ul></details>\n");
    }

    private static String capital(String text) {
        return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
    }
}
