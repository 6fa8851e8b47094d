package duality.proofs;

import static org.assertj.core.api.Assertions.assertThat;

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
    }

    @Test
    void namesAreUnique() {
        assertThat(theorems().map(Theorem::name)).doesNotHaveDuplicates();
    }
}
