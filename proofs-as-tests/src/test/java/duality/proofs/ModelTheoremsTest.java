package duality.proofs;

import static org.assertj.core.api.Assertions.assertThat;

import duality.algebra.Blocks;
import duality.models.ClosedForm;
import duality.models.LinearRecurrence;
import duality.models.ModelFamily;
import duality.models.RealSamples;
import duality.models.Samples;
import duality.models.Step;
import duality.models.Zoo;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ModelTheoremsTest {
    /** The models of the zoo with a recurrence. */
    static Stream<Zoo> recurrences() {
        return Arrays.stream(Zoo.values())
                .filter(model -> model.example(new RealSamples(1), 2).model() instanceof LinearRecurrence);
    }

    private record OfZoo(Zoo zoo) implements ModelFamily {
        @Override
        public <M> LinearRecurrence<M> model(Samples<M> s, int length) {
            return (LinearRecurrence<M>) zoo.example(s, length).model();
        }
    }

    @ParameterizedTest
    @MethodSource("recurrences")
    void theFormsOfEveryModelAreOneMap(Zoo model) {
        Theorem.Outcome outcome =
                ModelTheorems.of(model.label(), new OfZoo(model), 3).prove();
        assertThat(outcome.counterexample()).isNull();
        assertThat(outcome.survivors()).isEmpty();
        assertThat(outcome.refuted()).hasSize(3);
        assertThat(outcome.holds()).isTrue();
    }

    /** {@code h = a h + b x, y = c h}, and a closed form that is wrong in one entry. */
    private record WrongClosedForm<M>(M a, M b, M c) implements LinearRecurrence<M>, ClosedForm<M> {
        static <M> LinearRecurrence<M> sample(Samples<M> s, int length) {
            return new WrongClosedForm<>(s.gates(length, 1), s.numbers(length, 1), s.numbers(length, 1));
        }

        @Override
        public int length(Blocks<M> ops) {
            return ops.rows(a);
        }

        @Override
        public Step<M> step(Blocks<M> ops, int t) {
            return Step.of(ops, ops.row(a, t), ops.row(b, t), ops.row(c, t));
        }

        @Override
        public M closedForm(Blocks<M> ops) {
            return ops.multiplyTransposeRight(c, b); // the mask is missing
        }
    }

    @Test
    void aWrongClosedFormIsRefuted() {
        Theorem.Outcome outcome =
                ModelTheorems.of("wrong", WrongClosedForm::sample, 3).prove();
        assertThat(outcome.holds()).isFalse();
        assertThat(outcome.counterexample()).contains("T=2 ", "the closed form[0,1]");
    }

    /** {@code y = c x}. */
    private record Memoryless<M>(M c) implements LinearRecurrence<M> {
        static <M> LinearRecurrence<M> sample(Samples<M> s, int length) {
            return new Memoryless<>(s.numbers(length, 1));
        }

        @Override
        public int length(Blocks<M> ops) {
            return ops.rows(c);
        }

        @Override
        public Step<M> step(Blocks<M> ops, int t) {
            return Step.readingBefore(ops, ops.zeros(0, 0), ops.zeros(0, 1), ops.zeros(1, 0), ops.row(c, t));
        }
    }

    /** What cannot tell right from wrong says so. */
    @Test
    void aModelWithoutMemoryHasNothingToProve() {
        Theorem.Outcome outcome =
                ModelTheorems.of("memoryless", Memoryless::sample, 3).prove();
        assertThat(outcome.counterexample()).isNull();
        assertThat(outcome.survivors()).hasSize(2);
        assertThat(outcome.holds()).isFalse();
    }
}
