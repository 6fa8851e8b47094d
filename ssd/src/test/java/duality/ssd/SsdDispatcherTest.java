package duality.ssd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import duality.errors.UnsupportedRequestException;
import duality.sma.HeadPattern;
import duality.ssd.SsdBackend.Pass;
import duality.tensor.DType;
import duality.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SsdDispatcherTest {
    private static final SsdOptions OPTIONS = SsdOptions.defaults();

    /** A backend that takes so many seconds a step, and writes down what it is asked for. */
    private static final class Fake implements SsdBackend {
        private final String name;
        private final double start;
        private final double each;
        private final double preparation;
        private final @Nullable String absence;
        private final List<String> calls = new ArrayList<>();

        Fake(String name, double start, double each, double preparation, @Nullable String absence) {
            this.name = name;
            this.start = start;
            this.each = each;
            this.preparation = preparation;
            this.absence = absence;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public String description() {
            return "a fake";
        }

        @Override
        public Optional<String> absence() {
            calls.add("absence");
            return Optional.ofNullable(absence);
        }

        @Override
        public Estimate estimate(Pass pass, SsdInputs inputs, SsdOptions options) {
            assertThat(absence).isNull();
            double seconds = (start + each * inputs.time()) * (pass == Pass.BACKWARD ? 3 : 1);
            return new Estimate(seconds, preparation, pass + " by " + name);
        }

        @Override
        public SsdOutputs forward(SsdInputs inputs, SsdOptions options) {
            calls.add("forward");
            return SsdBackends.REFERENCE.forward(inputs, options);
        }

        @Override
        public void forward(SsdInputs inputs, SsdOptions options, SsdOutputs into) {
            calls.add("forward into");
        }

        @Override
        public SsdGradients backward(SsdInputs inputs, Tensor dy, @Nullable Tensor dFinalStates, SsdOptions options) {
            calls.add("backward");
            return new SsdGradients(new LinkedHashMap<>(inputs.arrays()));
        }

        @Override
        public void backward(
                SsdInputs inputs, Tensor dy, @Nullable Tensor dFinalStates, SsdOptions options, SsdGradients into) {
            calls.add("backward into");
        }

        @Override
        public SsdOutputs step(SsdInputs token, SsdOptions options) {
            calls.add("step");
            return SsdBackends.REFERENCE.step(token, options);
        }

        @Override
        public void step(SsdInputs token, SsdOptions options, SsdOutputs into) {
            calls.add("step into");
        }

        List<String> passes() {
            return calls.stream().filter(call -> !call.equals("absence")).toList();
        }
    }

    /** Slow from the start, fast from then on. */
    private final Fake far = new Fake("far", 10, 0.01, 100, null);

    private final Fake near = new Fake("near", 0, 1, 0, null);
    private final Fake nowhere = new Fake("nowhere", 0, 0, 0, "lost");
    private final SsdDispatcher dispatcher = new SsdDispatcher(List.of(near, far, nowhere));

    private static SsdInputs inputs(int time) {
        return new Cases(5)
                .bare(Cases.Shape.of(HeadPattern.GROUPED, 1, time, 2, 1, 3, 4))
                .build();
    }

    @Test
    void theFastestIsTaken() {
        assertThat(dispatcher.choose(Pass.FORWARD, inputs(5), OPTIONS).name()).isEqualTo("near");
        assertThat(dispatcher.choose(Pass.FORWARD, inputs(50), OPTIONS).name()).isEqualTo("far");
        assertThat(dispatcher.estimate(Pass.FORWARD, inputs(50), OPTIONS).seconds())
                .isEqualTo(10.5);
    }

    @Test
    void everyCallGoesThere() {
        SsdInputs small = inputs(1);
        SsdInputs large = inputs(40);
        SsdOutputs into = SsdOutputs.zeros(small, Precision.FLOAT64);
        Tensor dy = Tensor.zeros(DType.FLOAT64, 1, 40, 2, 3);
        dispatcher.forward(small, OPTIONS);
        dispatcher.forward(large, OPTIONS, into);
        dispatcher.backward(large, dy, null, OPTIONS);
        dispatcher.backward(large, dy, null, OPTIONS, new SsdGradients(new LinkedHashMap<>(large.arrays())));
        dispatcher.step(small, OPTIONS);
        dispatcher.step(small, OPTIONS, into);
        assertThat(near.passes()).containsExactly("forward", "step", "step into");
        assertThat(far.passes()).containsExactly("forward into", "backward", "backward into");
        assertThat(nowhere.passes()).isEmpty();
        assertThat(nowhere.calls).as("looked for once").containsExactly("absence");
    }

    @Test
    void namesTellBackendsApart() {
        assertThatThrownBy(() -> new SsdDispatcher(List.of()))
                .isInstanceOf(UnsupportedRequestException.class)
                .hasMessage("a dispatcher of no backends");
        assertThatThrownBy(() -> new SsdDispatcher(List.of(near, far, new Fake("near", 1, 1, 1, null))))
                .isInstanceOf(UnsupportedRequestException.class)
                .hasMessage("two backends are called near");
    }

    @Test
    void aFirstCallPaysForItsPreparation() {
        assertThat(dispatcher
                        .chooseOnce(List.of(Pass.FORWARD), inputs(50), OPTIONS)
                        .name())
                .isEqualTo("near");
        Choice both = dispatcher.chooseOnce(List.of(Pass.FORWARD, Pass.BACKWARD), inputs(50), OPTIONS);
        assertThat(both.name()).as("200 here, 42 and 100 there").isEqualTo("far");
        assertThat(both.toString())
                .isEqualTo("far: estimated 42.0 s and 100 s once (forward by far; backward by far);"
                        + " near: estimated 200 s (forward by near; backward by near); nowhere: absent, lost");
    }

    @Test
    void theFirstOfEqualsIsTaken() {
        Fake twin = new Fake("twin", 0, 1, 0, null);
        assertThat(new SsdDispatcher(List.of(twin, near))
                        .choose(Pass.STEP, inputs(1), OPTIONS)
                        .name())
                .isEqualTo("twin");
        // A backend without an estimate is taken only if there is no other.
        assertThat(new SsdDispatcher(List.of(SsdBackends.REFERENCE, far))
                        .choose(Pass.FORWARD, inputs(1), OPTIONS)
                        .toString())
                .isEqualTo("far: estimated 10.0 s and 100 s once (forward by far); reference: without an estimate");
        assertThat(new SsdDispatcher(List.of(SsdBackends.REFERENCE, nowhere))
                        .choose(Pass.FORWARD, inputs(1), OPTIONS)
                        .name())
                .isEqualTo("reference");
    }

    @Test
    void whatCannotRunOncePartlyCannotRun() {
        Estimate never = Estimate.never("too large");
        Estimate some = new Estimate(1, 2, "work");
        assertThat(some.then(never)).isEqualTo(never);
        assertThat(never.then(some)).isEqualTo(never);
        assertThat(some.then(new Estimate(3, 1, "more"))).isEqualTo(new Estimate(4, 2, "work; more"));
        assertThat(never.toString()).isEqualTo("too large");
    }

    @Test
    void timesAreReadable() {
        assertThat(Estimate.text(0)).isEqualTo("0.0 ms");
        assertThat(Estimate.text(12.3e-6)).isEqualTo("0.012 ms");
        assertThat(Estimate.text(1.26e-3)).isEqualTo("1.3 ms");
        assertThat(Estimate.text(0.0994)).isEqualTo("99 ms");
        assertThat(Estimate.text(0.0997)).isEqualTo("100 ms");
        assertThat(Estimate.text(0.1234)).isEqualTo("123 ms");
        assertThat(Estimate.text(0.9996)).isEqualTo("1.00 s");
        assertThat(Estimate.text(61.2)).isEqualTo("61.2 s");
        assertThat(Estimate.text(999.6)).isEqualTo("1000 s");
    }

    /** The processor's own estimates: more of everything takes longer. */
    @ParameterizedTest
    @EnumSource
    void moreTakesLonger(Pass pass) {
        double before = 0;
        for (int size : new int[] {1, 4, 16, 64}) {
            SsdInputs in = new Cases(1)
                    .bare(Cases.Shape.of(HeadPattern.GROUPED, size, pass == Pass.STEP ? 1 : 8, size, 1, size, size))
                    .build();
            double seconds = SsdBackends.CPU.estimate(pass, in, OPTIONS).seconds();
            assertThat(seconds).isGreaterThan(before).isLessThan(10);
            before = seconds;
        }
    }

    @Test
    void otherFormsTakeLongerThanTheFused() {
        SsdInputs in = inputs(100);
        Estimate fused = SsdBackends.CPU.estimate(Pass.FORWARD, in, OPTIONS);
        Estimate generic = SsdBackends.CPU.estimate(Pass.FORWARD, in, OPTIONS.with(SsdOptions.Algorithm.QUADRATIC));
        assertThat(generic.seconds()).isGreaterThan(fused.seconds());
        Estimate rounded = SsdBackends.CPU.estimate(Pass.FORWARD, in, OPTIONS.with(Precision.BFLOAT16));
        Estimate ready =
                SsdBackends.CPU.estimate(Pass.FORWARD, in.in(Precision.BFLOAT16), OPTIONS.with(Precision.BFLOAT16));
        assertThat(rounded.seconds()).isGreaterThan(ready.seconds());
    }

    @Test
    void autoGivesTheBitsOfItsChoice() {
        SsdInputs in = inputs(30);
        SsdDispatcher auto = SsdBackends.auto();
        assertThat(SsdBackends.named("auto")).isSameAs(auto);
        Choice choice = auto.choose(Pass.FORWARD, in, OPTIONS);
        SsdOutputs expected = SsdBackends.named(choice.name()).forward(in, OPTIONS);
        assertThat(auto.forward(in, OPTIONS).y().contentEquals(expected.y())).isTrue();
    }
}
