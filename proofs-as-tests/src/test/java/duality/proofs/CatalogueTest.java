package duality.proofs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CatalogueTest {
    static Stream<Theorem<?>> theorems() {
        return Catalogue.theorems().stream();
    }

    @ParameterizedTest
    @MethodSource("theorems")
    void isProvenAndRefutesItsMutants(Theorem<?> theorem) {
        Theorem.Outcome outcome = theorem.prove();
        assertThat(outcome.counterexample()).isNull();
        assertThat(outcome.survivors()).isEmpty();
        assertThat(outcome.refuted()).isNotEmpty();
        assertThat(outcome.holds()).isTrue();
        assertThat(outcome.terms()).isPositive();
        assertThat(outcome.falsePass()).isLessThan(1e-6);
        assertThat(outcome.worstRounding())
                .satisfiesAnyOf(
                        worst -> assertThat(worst).isNaN(),
                        worst -> assertThat(worst).isBetween(0.0, 1.0));
    }

    @ParameterizedTest
    @MethodSource("theorems")
    void saysWhatItCovers(Theorem<?> theorem) {
        assertThat(theorem.source()).isNotBlank();
        assertThat(theorem.statement()).isNotBlank();
        assertThat(theorem.formula()).isNotBlank();
        assertThat(theorem.definitions()).isNotEmpty();
        assertThat(theorem.floatingPointNote()).isNotBlank();
        assertThat(theorem.proofs()).isNotEmpty().allSatisfy(proof -> {
            assertThat(proof.quantifiers()).isNotEmpty();
            assertThat(proof.script()).isNotBlank();
        });
        List<Method> methods = theorem.proofs().stream().map(Proof::method).toList();
        assertThat(methods).isSorted();
    }

    @Test
    void namesAreUnique() {
        assertThat(theorems().map(Theorem::name)).doesNotHaveDuplicates();
    }

    /** What the paper states, by the theorem that has it. Where a proof for all sizes exists, it is that kind. */
    @Test
    void everyStatementOfThePaperIsThere() {
        Set<String> names = theorems().map(Theorem::name).collect(Collectors.toSet());
        assertThat(names)
                .contains(
                        "definition-3.1",
                        "state-space",
                        "lemma-3.3",
                        "proposition-3.4",
                        "parameters",
                        "theorem-3.7",
                        "scalar-case",
                        "remark-11",
                        "closure-sum",
                        "closure-product",
                        "closure-inverse",
                        "closure-hadamard",
                        "closure-ranks",
                        "state-passing",
                        "contraction-orders",
                        "linear-attention",
                        "structured-masked-attention",
                        "duality",
                        "autoregression",
                        "masks-absorb",
                        "sum-of-dualities",
                        "softmax-has-no-finite-dual",
                        "normalised-attention",
                        "feature-maps",
                        "decay-mask",
                        "blocks",
                        "chunk-induction",
                        "stable-decays",
                        "variable-length",
                        "padding",
                        "sequence-parallel",
                        "tensor-parallel",
                        "head-patterns",
                        "s6",
                        "gradient",
                        "gradient-operator",
                        "head");
        assertThat(names.stream().filter(name -> name.startsWith("cumprodsum-")))
                .hasSize(6);
        assertThat(names.stream().filter(name -> name.startsWith("model-"))).hasSize(22);
        Set<String> forAllSizes = theorems()
                .filter(theorem -> theorem.proof().method().compareTo(Method.INDUCTION) <= 0)
                .map(Theorem::name)
                .collect(Collectors.toSet());
        assertThat(forAllSizes)
                .contains(
                        "state-space",
                        "state-space-composition",
                        "lemma-3.3",
                        "theorem-3.7",
                        "scalar-case",
                        "remark-11",
                        "closure-sum",
                        "closure-product",
                        "closure-inverse",
                        "state-passing",
                        "linear-attention",
                        "duality",
                        "autoregression",
                        "sum-of-dualities",
                        "blocks",
                        "chunk-induction",
                        "variable-length",
                        "padding",
                        "sequence-parallel",
                        "block-lu",
                        "inverse");
    }

    @Test
    void theRegistryOfMutantsIsLarge() {
        Set<String> mutants = new TreeSet<>();
        theorems().forEach(theorem -> mutants.addAll(theorem.mutants().keySet()));
        assertThat(mutants).hasSizeGreaterThan(150);
    }
}
