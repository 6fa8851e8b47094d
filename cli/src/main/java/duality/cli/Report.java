package duality.cli;

import duality.proofs.Theorem;
import duality.tensor.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The demo's report: one page that needs nothing else, and its figure as a file beside it. */
final class Report {
    private static final String BODY = """
            <h1>Duality</h1>
            <p>A state space model <i>h<sub>t</sub> = a<sub>t</sub> h<sub>t−1</sub> + B<sub>t</sub> x<sub>t</sub><sup>T</sup></i>,
            <i>y<sub>t</sub> = C<sub>t</sub><sup>T</sup> h<sub>t</sub></i> is multiplication by a semiseparable matrix. The
            same matrix is masked attention. Cut into blocks, it is nearly all matrix products.</p>
            <h2>The picture</h2>
            @FIGURE@
            <h2>The proofs</h2>
            <p>Each theorem is proven on the program that ships, run over exact rings, and refutes wrong programs.</p>
            @PROOFS@
            <h2>A case computed by an independent implementation</h2>
            <p>PyTorch in float64, with skip, gate, bias, limits and initial states. Errors are against the definition and
            relative to the largest value; the last column compares y with the independent result.</p>
            @INDEPENDENT@
            <h2>A layer of Mamba-2-130m's size</h2>
            <p>24 heads of dimension 64, state size 128, 2048 steps.</p>
            @LAYER@
            """;

    private Report() {}

    /** Writes report.html and blocks.svg and returns the absolute path of the former. */
    static Path write(Path folder, List<Theorem.Outcome> outcomes, Table independent, Table layer) throws IOException {
        String figure = Figures.blocks();
        AtomicFile.write(folder.resolve("blocks.svg"), figure);
        StringBuilder proofs = new StringBuilder(ProveCommand.table(outcomes).html());
        outcomes.forEach(outcome -> proofs.append(details(outcome)));
        String body = BODY.replace("@FIGURE@", figure)
                .replace("@PROOFS@", proofs)
                .replace("@INDEPENDENT@", independent.html())
                .replace("@LAYER@", layer.html());
        Path report = folder.resolve("report.html");
        AtomicFile.write(report, HtmlPage.of("Duality", body));
        return report.toAbsolutePath().normalize();
    }

    private static String details(Theorem.Outcome outcome) {
        StringBuilder html = new StringBuilder();
        Theorem<?> theorem = outcome.theorem();
        html.append("<details><summary><b>")
                .append(Table.escape(theorem.name()))
                .append("</b>: ")
                .append(Table.escape(theorem.statement()))
                .append(" (")
                .append(Table.escape(theorem.source()))
                .append(")</summary>\n<ul>\n");
        outcome.refuted()
                .forEach((mutant, counterexample) -> html.append("<li>refuted: ")
                        .append(Table.escape(mutant))
                        .append("<br><code>")
                        .append(Table.escape(counterexample))
                        .append("</code></li>\n"));
        return html.append("</ul></details>\n").toString();
    }
}
