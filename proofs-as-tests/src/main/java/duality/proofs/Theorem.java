package duality.proofs;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A statement about a program.
 *
 * @param name short, for the command line
 * @param source where it is stated in the literature
 * @param statement in words
 * @param method the kind of proof
 * @param covers which values the proof covers, and why those are all it claims
 * @param program the program that ships
 * @param proof runs a program against the definition; throws {@link Refutation} at the first difference,
 *     smallest shapes first
 * @param mutants wrong programs by what is wrong with them; the proof must refute each
 * @param <S> the type of the programs
 */
public record Theorem<S>(
        String name,
        String source,
        String statement,
        Method method,
        String covers,
        S program,
        Function<S, Evidence> proof,
        SequencedMap<String, S> mutants) {

    /** Copies the mutants. */
    public Theorem {
        mutants = new LinkedHashMap<>(mutants);
    }

    /**
     * What came of a proof.
     *
     * @param theorem what was to be proven
     * @param evidence what was compared, or null if the theorem is refuted
     * @param counterexample where it fails, or null if it is proven
     * @param refuted the mutants that were refuted, with the counterexample to each
     * @param survivors the mutants that the proof takes for right, which makes it worthless
     * @param time the time for all of that
     */
    public record Outcome(
            Theorem<?> theorem,
            @Nullable Evidence evidence,
            @Nullable String counterexample,
            SequencedMap<String, String> refuted,
            List<String> survivors,
            Duration time) {
        /** Whether the theorem is proven and every mutant refuted. */
        public boolean holds() {
            return evidence != null && survivors.isEmpty();
        }
    }

    /** Runs the proof on the program and on every mutant. */
    public Outcome prove() {
        long start = System.nanoTime();
        Verdict verdict = judge(program);
        SequencedMap<String, String> refuted = new LinkedHashMap<>();
        List<String> survivors = new ArrayList<>();
        mutants.forEach((wrong, mutant) -> {
            String counterexample = judge(mutant).counterexample();
            if (counterexample == null) {
                survivors.add(wrong);
            } else {
                refuted.put(wrong, counterexample);
            }
        });
        return new Outcome(
                this,
                verdict.evidence(),
                verdict.counterexample(),
                refuted,
                survivors,
                Duration.ofNanos(System.nanoTime() - start));
    }

    /** Evidence or a counterexample. */
    private record Verdict(
            @Nullable Evidence evidence, @Nullable String counterexample) {}

    private Verdict judge(S candidate) {
        try {
            return new Verdict(proof.apply(candidate), null);
        } catch (Refutation refutation) {
            return new Verdict(null, String.valueOf(refutation.getMessage()));
        }
    }
}
