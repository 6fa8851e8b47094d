package duality.cli;

import duality.errors.Fault;
import duality.errors.ValueException;
import duality.proofs.Catalogue;
import duality.proofs.Evidence;
import duality.proofs.Theorem;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code prove}: runs the proofs of the catalogue, on the programs that ship and on their mutants. */
@Command(
        name = "prove",
        description = "Prove the theorems, and refute the wrong programs beside them.",
        footer = "Exit code 1 if a theorem fails or a wrong program passes.")
final class ProveCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli's
    private CommandSpec spec;

    @Option(names = "--theorem", paramLabel = "NAME", description = "Only this theorem; the table shows the names.")
    private @Nullable String name;

    @Option(names = "--mutants", description = "Show the counterexample to every wrong program.")
    private boolean showMutants;

    @Override
    public void run() {
        PrintWriter out = spec.commandLine().getOut();
        List<Theorem.Outcome> outcomes = prove(chosen());
        print(out, outcomes, showMutants);
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
    }

    static Table table(List<Theorem.Outcome> outcomes) {
        Table table =
                new Table("theorem", "result", "proof", "#identities", "#terms", "#mutants refuted", "#ms", "covers");
        for (Theorem.Outcome outcome : outcomes) {
            Theorem<?> theorem = outcome.theorem();
            Evidence evidence = outcome.evidence();
            table.row(
                    theorem.name(),
                    evidence == null ? "REFUTED" : outcome.holds() ? "proven" : "MUTANT SURVIVES",
                    theorem.method().toString(),
                    evidence == null ? "–" : Long.toString(evidence.identities()),
                    evidence == null ? "–" : Long.toString(evidence.terms()),
                    outcome.refuted().size() + "/" + theorem.mutants().size(),
                    Long.toString(outcome.time().toMillis()),
                    theorem.covers());
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
