package duality.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import duality.proofs.Evidence;
import duality.proofs.Method;
import duality.proofs.Proof;
import duality.proofs.Quantifier;
import duality.proofs.Refutation;
import duality.proofs.Theorem;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProveCommandTest {
    /** A theorem that holds for even numbers. */
    private static Theorem<Integer> theorem(int program, Map<String, Integer> mutants) {
        Proof<Integer> proof = new Proof<>(
                Method.EXACT_RATIONAL,
                "by halving",
                List.of(new Quantifier("n", "the one given", "it is halved")),
                number -> {
                    if (number % 2 != 0) {
                        throw new Refutation("n=1: " + number + " is odd");
                    }
                    return new Evidence(1, 7, 0, List.of("even"));
                });
        return new Theorem<>(
                "even",
                "Euclid, Elements, book IX",
                "the number is even",
                "n = 2 m",
                List.of("Integer"),
                program,
                List.of(proof),
                new LinkedHashMap<>(mutants),
                null,
                "nothing to round");
    }

    private static String printed(List<Theorem.Outcome> outcomes) {
        StringWriter text = new StringWriter();
        ProveCommand.print(new PrintWriter(text), outcomes, true);
        return text.toString();
    }

    @Test
    void aTheoremThatFailsShowsItsCounterexampleAndFailsTheCommand(@TempDir Path folder) throws Exception {
        List<Theorem.Outcome> outcomes = List.of(theorem(3, Map.of("odd", 5)).prove());
        assertThat(printed(outcomes)).contains("REFUTED", "even fails at n=1: 3 is odd", "0 of 1 theorems proven");
        assertThatThrownBy(() -> ProveCommand.requireAllHold(outcomes))
                .isInstanceOf(CheckFailedException.class)
                .hasMessage("not proven: even");
        Path page = folder.resolve("page.html");
        ProofReport.write(page, outcomes);
        assertThat(Files.readString(page)).contains("Refuted at <code>n=1: 3 is odd</code>");
    }

    @Test
    void aMutantThatSurvivesFailsTheCommand() {
        List<Theorem.Outcome> outcomes =
                List.of(theorem(2, Map.of("another even number", 4)).prove());
        assertThat(printed(outcomes))
                .contains(
                        "MUTANT SURVIVES",
                        "even does not notice: another even number",
                        "0 of 1 wrong programs refuted");
        assertThatThrownBy(() -> ProveCommand.requireAllHold(outcomes)).isInstanceOf(CheckFailedException.class);
    }

    @Test
    void aTheoremThatHoldsPasses() {
        List<Theorem.Outcome> outcomes = List.of(theorem(2, Map.of("odd", 5)).prove());
        assertThat(printed(outcomes))
                .contains("proven", "exact rational", "n: the one given", "even refutes: odd", "1 of 1 wrong programs");
        ProveCommand.requireAllHold(outcomes);
    }
}
