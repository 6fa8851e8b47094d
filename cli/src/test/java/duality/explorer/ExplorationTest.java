package duality.explorer;

import static org.assertj.core.api.Assertions.assertThat;

import duality.algebra.EjmlBlocks;
import duality.algebra.PrimeField;
import duality.algebra.RingMatrix;
import duality.explorer.Exploration.BlockView;
import duality.explorer.Exploration.ChunkView;
import duality.explorer.Exploration.MatrixView;
import duality.explorer.Exploration.StepView;
import duality.explorer.Exploration.Term;
import duality.models.Classification;
import duality.models.Classifier;
import duality.models.ExactSamples;
import duality.models.LinearRecurrence;
import duality.models.ScalarDecay;
import duality.models.Zoo;
import duality.semiseparable.CumProdSum;
import duality.ssd.BlockDecomposition;
import duality.ssd.Recurrence;
import duality.ssd.ScalarSsm;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.assertj.core.api.Assertions;
import org.assertj.core.data.Offset;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.NormOps_DDRM;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the explorer shows is what the library computes in other ways. */
class ExplorationTest {
    private static final EjmlBlocks K = EjmlBlocks.INSTANCE;

    static Stream<String> queries() {
        return Stream.concat(
                Stream.of(
                        "model=scalar-ssm&T=1&N=1&chunk=1",
                        "model=scalar-ssm&T=9&N=2&chunk=3",
                        "model=scalar-ssm&T=10&N=3&P=2&chunk=4&decays=reset",
                        "model=scalar-ssm&T=5&N=8&P=4&cuts=1,4&decays=0.5,0,-1,1,.25",
                        "model=scalar-ssm&T=64&N=4&chunk=16&decays=1&seed=0"),
                ExploredModel.zoo().stream()
                        .flatMap(zoo -> Stream.of("&T=1&chunk=1", "&T=9&chunk=4&P=2", "&T=16&cuts=3,4,11&seed=7")
                                .map(rest -> "model=" + zoo.label() + rest)));
    }

    private static void near(DMatrixRMaj actual, DMatrixRMaj expected) {
        assertThat(actual.numRows).isEqualTo(expected.numRows);
        assertThat(actual.numCols).isEqualTo(expected.numCols);
        for (int i = 0; i < actual.getNumElements(); i++) {
            assertThat(actual.get(i)).isCloseTo(expected.get(i), within(expected.get(i)));
        }
    }

    /** Sums of at most some thousand products of numbers below ten, in another order. */
    private static Offset<Double> within(double value) {
        return Assertions.within(1e-12 * Math.max(1, Math.abs(value)));
    }

    private static LinearRecurrence<DMatrixRMaj> model(Settings settings) {
        return (LinearRecurrence<DMatrixRMaj>)
                settings.model().real(settings.length()).model();
    }

    /** The states of every path lead to the entries of the matrix, and the steps lead from state to state. */
    @ParameterizedTest
    @MethodSource("queries")
    void pathsLeadToEntries(String query) {
        Settings settings = Settings.parse(query);
        MatrixView view = Exploration.of(settings).matrix();
        near(view.matrix(), model(settings).quadratic(K, K.identity(settings.length())));
        for (int i = 0; i < settings.length(); i++) {
            List<DMatrixRMaj> path = view.paths().get(i);
            assertThat(path).hasSize(settings.length() - i);
            near(path.getFirst(), view.steps().get(i).input());
            for (int j = i; j < settings.length(); j++) {
                StepView step = view.steps().get(j);
                if (j > i) {
                    near(path.get(j - i), K.multiply(transition(step), path.get(j - i - 1)));
                    near(K.multiply(step.readout(), path.get(j - i - 1)), K.entry(view.matrix(), j, i));
                }
                if (step.output() != null) {
                    near(K.multiply(step.output(), path.get(j - i)), K.entry(view.matrix(), j, i));
                }
            }
        }
    }

    private static DMatrixRMaj transition(StepView step) {
        if (step.scalar() != null) {
            return K.scale(K.of(1, 1, new double[] {step.scalar()}), K.identity(step.input().numRows));
        }
        DMatrixRMaj diagonal = step.diagonal();
        DMatrixRMaj transition = step.transition();
        return diagonal != null
                ? K.scaleRows(diagonal, K.identity(diagonal.numRows))
                : transition != null ? transition : K.zeros(0, 0);
    }

    @ParameterizedTest
    @MethodSource("queries")
    void attentionTermsAddUpToTheMatrix(String query) {
        MatrixView view = Exploration.of(Settings.parse(query)).matrix();
        if (view.attention() == null) {
            assertThat(view.model()).startsWith("s4");
            return;
        }
        int length = view.matrix().numRows;
        DMatrixRMaj sum = K.zeros(length, length);
        for (Term term : view.attention().terms()) {
            near(K.hadamard(term.scores(), term.mask()), term.product());
            sum = K.add(sum, term.product());
        }
        near(sum, view.matrix());
    }

    /** The four steps, each from what it says it is from, end in the outputs. */
    @ParameterizedTest
    @MethodSource("queries")
    void theFourStepsEndInTheOutputs(String query) {
        Settings settings = Settings.parse(query);
        Exploration exploration = Exploration.of(settings);
        BlockView view = exploration.blocks();
        DMatrixRMaj matrix = exploration.matrix().matrix();
        int[] bounds = view.boundaries();
        near(view.y(), K.multiply(matrix, view.x()));
        assertThat(view.quadraticDifference()).isLessThan(1e-12);
        assertThat(view.blockDifference()).isLessThan(1e-12);
        for (int c = 0; c + 1 < bounds.length; c++) {
            ChunkView chunk = view.chunks().get(c);
            int from = bounds[c];
            int to = bounds[c + 1];
            DMatrixRMaj x = K.rows(view.x(), from, to);
            near(chunk.fromInputs(), K.multiply(K.block(matrix, from, to, from, to), x));
            near(chunk.update(), K.multiply(chunk.right(), x));
            Double scalar = chunk.scalarCentre();
            DMatrixRMaj decayed = scalar != null
                    ? K.scale(K.of(1, 1, new double[] {scalar}), chunk.entering())
                    : K.multiply(Objects.requireNonNull(chunk.centre()), chunk.entering());
            near(chunk.leaving(), K.add(decayed, chunk.update()));
            near(chunk.fromState(), K.multiply(chunk.left(), chunk.entering()));
            near(chunk.y(), K.add(chunk.fromInputs(), chunk.fromState()));
            near(chunk.y(), K.rows(view.y(), from, to));
            if (c > 0) {
                assertThat(chunk.entering()).isSameAs(view.chunks().get(c - 1).leaving());
            }
        }
    }

    /** For the scalar model all of it is also what the SSD operator computes. */
    @Property(tries = 50)
    void theScalarModelIsTheOperator(
            @ForAll @IntRange(min = 1, max = 20) int length,
            @ForAll @IntRange(min = 1, max = 4) int stateSize,
            @ForAll @IntRange(min = 1, max = 3) int channels,
            @ForAll @IntRange(min = 1, max = 20) int chunk,
            @ForAll @IntRange(max = 99) int seed) {
        Settings settings = Settings.parse(
                "model=scalar-ssm&N=%d&seed=%d&T=%d&P=%d&chunk=%d".formatted(stateSize, seed, length, channels, chunk));
        Exploration exploration = Exploration.of(settings);
        ScalarDecay<DMatrixRMaj> model = (ScalarDecay<DMatrixRMaj>) model(settings);
        ScalarSsm<DMatrixRMaj> ssm = ScalarSsm.of(
                K, model.decay(), model.k(), model.q(), exploration.blocks().x(), K.zeros(stateSize, channels));
        near(exploration.matrix().matrix(), ssm.matrix(K));
        near(exploration.blocks().y(), new Recurrence().run(K, ssm).y());
        ScalarSsm.Result<DMatrixRMaj> block =
                new BlockDecomposition(settings.cutting(), CumProdSum.RECURRENT).run(K, ssm);
        near(
                K.stackRows(
                        exploration.blocks().chunks().stream().map(ChunkView::y).toList()),
                block.y());
        near(exploration.blocks().chunks().getLast().leaving(), block.finalState());
    }

    @ParameterizedTest
    @MethodSource("queries")
    void ranksAreThoseOfTheBlocks(String query) {
        MatrixView view = Exploration.of(Settings.parse(query)).matrix();
        int length = view.matrix().numRows;
        for (int i = 0; i < length; i++) {
            int rank = rank(K.block(view.matrix(), i, length, 0, i), view.matrix());
            assertThat(view.ranks().strictlyLower().get(i)).isEqualTo(rank);
            assertThat(rank).isLessThanOrEqualTo(view.ranks().strictOrder());
        }
    }

    private static int rank(DMatrixRMaj block, DMatrixRMaj whole) {
        if (block.getNumElements() == 0) {
            return 0;
        }
        double threshold = Exploration.TOLERANCE * NormOps_DDRM.normF(whole);
        return (int) Arrays.stream(K.svd(block).singularValues())
                .filter(value -> value > threshold)
                .count();
    }

    @Test
    void classesAreThoseOfTheClassifier() {
        for (Zoo zoo : ExploredModel.zoo()) {
            Zoo.Example<RingMatrix<Long>> example = zoo.example(new ExactSamples(5), 128);
            Classification found = Classifier.exact(PrimeField.INSTANCE).classify(example.model(), example.scores());
            assertThat(Exploration.of(Settings.parse("T=4&model=" + zoo.label()))
                            .matrix()
                            .kind()
                            .summary())
                    .isEqualTo(found.summary());
        }
        assertThat(kind("decays=random")).isEqualTo("1-SS mask");
        assertThat(kind("decays=0.9")).isEqualTo("1-SS mask ∩ Toeplitz");
        assertThat(kind("decays=0.9,0.5,0.5,0.5")).isEqualTo("1-SS mask");
        assertThat(kind("decays=reset")).isEqualTo("1-SS mask");
    }

    private static String kind(String decays) {
        return Exploration.of(Settings.parse("T=4&" + decays)).matrix().kind().summary();
    }

    @Test
    void modelsWithoutARecurrenceAreLeftOut() {
        assertThat(ExploredModel.zoo())
                .hasSize(Zoo.values().length - 3)
                .doesNotContain(Zoo.HYENA, Zoo.HYDRA, Zoo.SOFTMAX_ATTENTION);
    }

    @Test
    void theSameSettingsGiveTheSameText() {
        Settings settings = Settings.parse("model=kda&T=16&chunk=5");
        assertThat(Json.of(Exploration.of(settings))).isEqualTo(Json.of(Exploration.of(settings)));
    }
}
