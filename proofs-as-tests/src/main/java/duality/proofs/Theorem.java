package duality.proofs;

import duality.errors.InvalidInputException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A statement about a program, with the proofs that a machine runs and the wrong programs that they must refute.
 *
 * @param name short, for the command line
 * @param source the name and number where the literature states it
 * @param statement in words
 * @param formula the statement in TeX
 * @param definitions what it speaks of: the classes of the programs
 * @param program the program that ships
 * @param proofs strongest first
 * @param mutants wrong programs by what is wrong with them; each must be refuted
 * @param floatingPoint what holds in rounded numbers, or null where floatingPointNote says why nothing is claimed here
 * @param floatingPointNote what holds in rounded numbers, in words
 * @param <S> the type of the programs
 */
public record Theorem<S>(
        String name,
        String source,
        String statement,
        String formula,
        List<String> definitions,
        S program,
        List<Proof<S>> proofs,
        SequencedMap<String, S> mutants,
        @Nullable FloatingPointLaw<S> floatingPoint,
        String floatingPointNote) {

    /** Copies the lists. */
    public Theorem {
        definitions = List.copyOf(definitions);
        proofs = List.copyOf(proofs);
        mutants = new LinkedHashMap<>(mutants);
    }

    /** The strongest proof. */
    public Proof<S> proof() {
        return proofs.getFirst();
    }

    /**
     * What came of the proofs.
     *
     * @param theorem what was to be proven
     * @param evidence what each proof compared; empty if the theorem is refuted
     * @param worstRounding the largest rounding error relative to its bound, NaN without a law for rounded numbers
     * @param counterexample where it fails, or null if it is proven
     * @param refuted the mutants that were refuted, with the counterexample to each
     * @param survivors the mutants that the proofs take for right, which makes them worthless
     * @param time the time for all of that
     */
    public record Outcome(
            Theorem<?> theorem,
            List<Evidence> evidence,
            double worstRounding,
            @Nullable String counterexample,
            SequencedMap<String, String> refuted,
            List<String> survivors,
            Duration time) {
        /** Whether the theorem is proven and every mutant refuted. */
        public boolean holds() {
            return counterexample == null && survivors.isEmpty();
        }

        /** The number of pairs of matrices that were equal, in all proofs. */
        public long identities() {
            return evidence.stream().mapToLong(Evidence::identities).sum();
        }

        /** The number of terms or points compared, by all proofs. */
        public long terms() {
            return evidence.stream().mapToLong(Evidence::terms).sum();
        }

        /** A bound on the probability that the strongest proof passes though the statement is false. */
        public double falsePass() {
            return evidence.isEmpty() ? 1 : evidence.getFirst().falsePass();
        }
    }

    /** Runs the proofs and the law for rounded numbers on the program, and the proofs on every mutant. */
    public Outcome prove() {
        long start = System.nanoTime();
        List<Evidence> evidence = new ArrayList<>();
        double worst = Double.NaN;
        String counterexample = null;
        try {
            for (Proof<S> proof : proofs) {
                evidence.add(proof.run().apply(program));
            }
            if (floatingPoint != null) {
                worst = floatingPoint.check(program);
            }
        } catch (Refutation | InvalidInputException refutation) {
            counterexample = String.valueOf(refutation.getMessage());
        }
        SequencedMap<String, String> refuted = new LinkedHashMap<>();
        List<String> survivors = new ArrayList<>();
        mutants.forEach((wrong, mutant) -> {
            String refutation = refute(mutant);
            if (refutation == null) {
                survivors.add(wrong);
            } else {
                refuted.put(wrong, refutation);
            }
        });
        return new Outcome(
                this, evidence, worst, counterexample, refuted, survivors, Duration.ofNanos(System.nanoTime() - start));
    }

    private @Nullable String refute(S mutant) {
        try {
            for (Proof<S> proof : proofs) {
                Evidence _ = proof.run().apply(mutant);
            }
            return null;
        } catch (Refutation | InvalidInputException refutation) {
            return String.valueOf(refutation.getMessage());
        }
    }

    /** Starts a theorem about a program. */
    static <S> Builder<S> about(S program, String name) {
        return new Builder<>(program, name);
    }

    /** A theorem with room for its parts. */
    static final class Builder<S> {
        private final S program;
        private final String name;
        private String source = "";
        private String statement = "";
        private String formula = "";
        private List<String> definitions = List.of();
        private final List<Proof<S>> proofs = new ArrayList<>();
        private final SequencedMap<String, S> mutants = new LinkedHashMap<>();
        private @Nullable FloatingPointLaw<S> floatingPoint;
        private String floatingPointNote = "sum of the running error bounds of the two sides";

        private Builder(S program, String name) {
            this.program = program;
            this.name = name;
        }

        Builder<S> from(String newSource) {
            source = newSource;
            return this;
        }

        Builder<S> states(String newStatement, String newFormula) {
            statement = newStatement;
            formula = newFormula;
            return this;
        }

        Builder<S> of(Class<?>... classes) {
            definitions = Arrays.stream(classes).map(Class::getSimpleName).toList();
            return this;
        }

        Builder<S> by(Proof<S> proof) {
            proofs.add(proof);
            return this;
        }

        Builder<S> refuting(String wrong, S mutant) {
            mutants.put(wrong, mutant);
            return this;
        }

        Builder<S> refuting(SequencedMap<String, ? extends S> wrong) {
            mutants.putAll(wrong);
            return this;
        }

        /** The wrong programs of another type that are given to a function to become one of these. */
        <T> Builder<S> refuting(SequencedMap<String, T> wrong, Function<T, S> as) {
            wrong.forEach((what, mutant) -> mutants.put(what, as.apply(mutant)));
            return this;
        }

        Builder<S> rounded(Claim<S> claim, List<Shape> shapes) {
            floatingPoint = new FloatingPointLaw<>(claim, shapes);
            return this;
        }

        Builder<S> rounded(String note) {
            floatingPointNote = note;
            return this;
        }

        Theorem<S> build() {
            return new Theorem<>(
                    name,
                    source,
                    statement,
                    formula,
                    definitions,
                    program,
                    proofs,
                    mutants,
                    floatingPoint,
                    floatingPointNote);
        }
    }
}
