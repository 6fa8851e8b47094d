package duality.cli;

import duality.errors.Fault;
import duality.errors.ValueException;
import duality.proofs.Catalogue;
import duality.proofs.Quantifier;
import duality.proofs.Theorem;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code prove}: runs the proofs of the catalogue, on the programs that ship and on their mutants. */
@Command(
        name = "prove",
        description = "Prove the theorems, and refute the wrong programs beside them.",
        footer = {
            "Terms, points: how many terms of polynomials, or values at points, were compared.",
            "False pass: a bound on the probability that the proof passes though the statement is false.",
            "Rounding: the largest error in rounded numbers, relative to its derived bound.",
            "Exit code 1 if a theorem fails or a wrong program passes."
        })
final class ProveCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli's
    private CommandSpec spec;

    @Option(names = "--theorem", paramLabel = "NAME", description = "Only this theorem; the table shows the names.")
    private @Nullable String name;

    @Option(names = "--mutants", description = "List the wrong programs, the theorem that refutes each, and where.")
    private boolean showMutants;

    @Option(
            names = "--report",
            paramLabel = "FILE.html",
            description = "Write the statements, proofs, counterexamples and pictures as one page to read offline.")
    private @Nullable Path report;

    @Override
    public void run() {
        PrintWriter out = spec.commandLine().getOut();
        List<Theorem.Outcome> outcomes = prove(chosen());
        print(out, outcomes, showMutants);
        if (report != null) {
            try {
                ProofReport.write(report, outcomes);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            out.println("wrote " + report.toAbsolutePath().normalize());
        }
        requireAllHold(outcomes);
    }

    private List<Theorem<?>> chosen() {
        List<Theorem<?>> all = Catalogue.theorems();
        if (name == null) {
            return all;
        }
        List<Theorem<?>> chosen =
                all.stream().filter(theorem -> theorem.name().equals(name)).toList();
        if (chosen.isEmpty()) {
            throw new ValueException(
                    Fault.WRONG_ARGUMENTS,
                    "no theorem " + name + "; there are "
                            + String.join(", ", all.stream().map(Theorem::name).toList()));
        }
        return chosen;
    }

    /** Runs proofs, with progress on a terminal. */
    static List<Theorem.Outcome> prove(List<Theorem<?>> theorems) {
        List<Theorem.Outcome> outcomes = new ArrayList<>();
        try (Progress progress = Progress.of("Proving", theorems.size())) {
            for (Theorem<?> theorem : theorems) {
                progress.next(theorem.name());
                outcomes.add(theorem.prove());
            }
        }
        return outcomes;
    }

    /** The table of outcomes, and what went wrong. */
    static void print(PrintWriter out, List<Theorem.Outcome> outcomes, boolean showMutants) {
        table(outcomes).print(out);
        for (Theorem.Outcome outcome : outcomes) {
            String theorem = outcome.theorem().name();
            if (outcome.counterexample() != null) {
                out.println(theorem + " fails at " + outcome.counterexample());
            }
            outcome.survivors().forEach(mutant -> out.println(theorem + " does not notice: " + mutant));
            if (showMutants) {
                outcome.refuted()
                        .forEach((mutant, counterexample) ->
                                out.println(theorem + " refutes: " + mutant + "\n    at " + counterexample));
            }
        }
        out.println(summary(outcomes));
    }

    /** One sentence with the counts. */
    static String summary(List<Theorem.Outcome> outcomes) {
        long proven = outcomes.stream().filter(Theorem.Outcome::holds).count();
        SequencedMap<String, List<String>> mutants = refuters(outcomes);
        long refuted = mutants.values().stream().filter(by -> !by.isEmpty()).count();
        return "%d of %d theorems proven; %d of %d wrong programs refuted"
                .formatted(proven, outcomes.size(), refuted, mutants.size());
    }

    /** The registry of wrong programs, each with the theorems that refute it. */
    static SequencedMap<String, List<String>> refuters(List<Theorem.Outcome> outcomes) {
        SequencedMap<String, List<String>> mutants = new LinkedHashMap<>();
        for (Theorem.Outcome outcome : outcomes) {
            for (String mutant : outcome.theorem().mutants().keySet()) {
                List<String> by = mutants.computeIfAbsent(mutant, _ -> new ArrayList<>());
                if (outcome.refuted().containsKey(mutant)) {
                    by.add(outcome.theorem().name());
                }
            }
        }
        return mutants;
    }

    static Table mutantTable(List<Theorem.Outcome> outcomes) {
        Table table = new Table("wrong program", "refuted by");
        refuters(outcomes).forEach((mutant, by) -> table.row(mutant, by.isEmpty() ? "NONE" : String.join(", ", by)));
        return table;
    }

    static Table table(List<Theorem.Outcome> outcomes) {
        Table table = new Table(
                "theorem",
                "result",
                "proof",
                "#terms, points",
                "#false pass",
                "#mutants",
                "#rounding",
                "#ms",
                "for all");
        for (Theorem.Outcome outcome : outcomes) {
            Theorem<?> theorem = outcome.theorem();
            boolean proven = outcome.counterexample() == null;
            table.row(
                    theorem.name(),
                    !proven ? "REFUTED" : outcome.holds() ? "proven" : "MUTANT SURVIVES",
                    theorem.proof().method().toString(),
                    proven ? Long.toString(outcome.terms()) : "–",
                    !proven ? "–" : outcome.falsePass() == 0 ? "0" : "%.0e".formatted(outcome.falsePass()),
                    outcome.refuted().size() + "/" + theorem.mutants().size(),
                    Double.isNaN(outcome.worstRounding()) ? "–" : "%.2f".formatted(outcome.worstRounding()),
                    Long.toString(outcome.time().toMillis()),
                    theorem.proof().quantifiers().stream()
                            .map(Quantifier::toString)
                            .collect(Collectors.joining("; ")));
        }
        return table;
    }

    static void requireAllHold(List<Theorem.Outcome> outcomes) {
        List<String> failed = outcomes.stream()
                .filter(outcome -> !outcome.holds())
                .map(outcome -> outcome.theorem().name())
                .toList();
        if (!failed.isEmpty()) {
            throw new CheckFailedException("not proven: " + String.join(", ", failed));
        }
    }
}
