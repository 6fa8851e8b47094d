package duality.proofs.laws;

import static org.assertj.core.api.Assertions.assertThat;

import duality.models.Samples;
import duality.models.SequenceModel;
import duality.models.Zoo;
import net.jqwik.api.Arbitrary;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** A law that never saw a kind of case fails, though nothing that it saw was wrong. */
class CoverageTest {
    private static final String KIND = "duality.proofs.laws.left-out";

    /** A right model on which the laws are tried without one kind of case. */
    static class WithoutOneKind extends SequenceModelLaws {
        @Override
        protected <M> SequenceModel<M> model(Samples<M> samples, int length) {
            return Zoo.MAMBA_2.example(samples, length).model();
        }

        @Override
        protected Arbitrary<Draw> draws() {
            String leftOut = System.getProperty(KIND);
            return super.draws().filter(draw -> !draw.chunks().equals(leftOut));
        }
    }

    private static TestExecutionSummary runWithout(String kind) {
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        System.setProperty(KIND, kind);
        try {
            LauncherFactory.create()
                    .execute(
                            LauncherDiscoveryRequestBuilder.request()
                                    .selectors(DiscoverySelectors.selectMethod(
                                            WithoutOneKind.class, "duality", Draw.class.getName()))
                                    .configurationParameter("jqwik.reporting.usejunitplatform", "true")
                                    .configurationParameter("jqwik.database", "")
                                    .build(),
                            listener);
        } finally {
            System.clearProperty(KIND);
        }
        return listener.getSummary();
    }

    @ParameterizedTest
    @ValueSource(strings = {"empty sequence", "one chunk", "equal chunks", "partial last chunk", "ragged chunks"})
    void aLawThatNeverSawOneKindOfCaseFails(String kind) {
        assertThat(runWithout(kind).getFailures())
                .singleElement()
                .satisfies(failure -> assertThat(failure.getException()).hasMessageContaining(kind));
    }

    @ParameterizedTest
    @ValueSource(strings = "no such kind")
    void aLawThatSawThemAllPasses(String kind) {
        TestExecutionSummary summary = runWithout(kind);
        assertThat(summary.getTestsSucceededCount()).isEqualTo(1);
        assertThat(summary.getFailures()).isEmpty();
    }
}
