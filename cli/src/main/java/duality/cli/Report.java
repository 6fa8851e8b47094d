package duality.cli;

import duality.proofs.Theorem;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** The demo's report: one page that needs nothing else, and its figure as a file beside it. */
final class Report {
    private static final String STYLE = """
            body { font: 16px/1.5 Georgia, serif; max-width: 64rem; margin: 2rem auto; padding: 0 1rem; color: #222 }
            h1, h2, table { font-family: Helvetica, Arial, sans-serif }
            table { border-collapse: collapse; font-size: 0.8rem; display: block; overflow-x: auto }
            th, td { text-align: left; padding: 0.2rem 0.6rem; border-bottom: 1px solid #ddd; vertical-align: top }
            .number { text-align: right; font-variant-numeric: tabular-nums }
            svg { max-width: 100%; height: auto }
            details { font-size: 0.85rem } code { font-size: 0.9em }
            """;

    private Report() {}

    /** Writes report.html and blocks.svg and returns the absolute path of the former. */
    static Path write(Path folder, List<Theorem.Outcome> outcomes, Table independent, Table layer) throws IOException {
        String figure = BlockFigure.example();
        store(folder.resolve("blocks.svg"), figure);
        StringBuilder html = new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                + "<meta name=\"viewport\" content=\"width=device-width\">\n<title>Duality</title>\n<style>\n");
        html.append(STYLE).append("</style>\n</head>\n<body>\n<h1>Duality</h1>\n");
        html.append("<p>A state space model <i>h<sub>t</sub> = a<sub>t</sub> h<sub>t−1</sub> + B<sub>t</sub>"
                + " x<sub>t</sub><sup>T</sup></i>, <i>y<sub>t</sub> = C<sub>t</sub><sup>T</sup> h<sub>t</sub></i> is"
                + " multiplication by a semiseparable matrix. The same matrix is masked attention. Cut into blocks, it is"
                + " nearly all matrix products.</p>\n");
        html.append("<h2>The picture</h2>\n").append(figure);
        html.append("<h2>The proofs</h2>\n<p>Each theorem is proven on the program that ships, run over exact rings,"
                + " and refutes wrong programs.</p>\n");
        html.append(ProveCommand.table(outcomes).html());
        outcomes.forEach(outcome -> html.append(details(outcome)));
        html.append("<h2>A case computed by an independent implementation</h2>\n<p>PyTorch in float64, with skip, gate,"
                + " bias, limits and initial states. Errors are against the definition and relative to the largest value;"
                + " the last column compares y with the independent result.</p>\n");
        html.append(independent.html());
        html.append("<h2>A layer of Mamba-2-130m's size</h2>\n<p>24 heads of dimension 64, state size 128, 2048"
                + " steps.</p>\n");
        html.append(layer.html()).append("</body>\n</html>\n");
        Path report = folder.resolve("report.html");
        store(report, html.toString());
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

    /** Writes to a temporary name first, so that a reader never sees half a file. */
    private static void store(Path file, String text) throws IOException {
        Path temporary = Files.createTempFile(file.toAbsolutePath().getParent(), "." + file.getFileName(), ".tmp");
        try {
            Files.writeString(temporary, text);
            try {
                Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
            } catch (AtomicMoveNotSupportedException e) {
                Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
            }
        } finally {
            Files.deleteIfExists(temporary);
        }
    }
}
