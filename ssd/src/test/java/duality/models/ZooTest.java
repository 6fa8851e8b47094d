package duality.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import duality.algebra.Blocks;
import duality.algebra.RingBlocks;
import duality.algebra.RingMatrix;
import duality.errors.ValueException;
import duality.ssd.Cuts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every form of every model is the same map: exactly over the prime field, within the derived bound in double. */
class ZooTest {
    private static final int[] LENGTHS = {1, 2, 3, 5, 8, 13, 21};

    @ParameterizedTest
    @EnumSource
    void allFormsAgreeExactly(Zoo zoo) {
        SplittableRandom random = new SplittableRandom(7);
        for (int length : LENGTHS) {
            ExactSamples s = new ExactSamples(length);
            RingBlocks<Long> k = s.blocks();
            SequenceModel<RingMatrix<Long>> model = zoo.example(s, length).model();
            RingMatrix<Long> x = s.numbers(length, 3);
            RingMatrix<Long> y = model.quadratic(k, x);
            assertThat(model.length(k)).isEqualTo(length);
            if (model instanceof LinearRecurrence<RingMatrix<Long>> recurrence) {
                assertEqual(recurrence.matrix(k), byDefinition(k, recurrence));
                assertEqual(recurrence.recurrent(k, x), y);
                assertEqual(recurrence.block(k, x, Cuts.every(4)), y);
                assertEqual(recurrence.block(k, x, cuts(random, length)), y);
                assertEqual(recurrence.generators(k).multiply(k, x), y);
            }
            if (model instanceof ClosedForm<RingMatrix<Long>> closed) {
                assertEqual(closed.closedForm(k), model.matrix(k));
            }
            if (model instanceof Hydra<RingMatrix<Long>> hydra) {
                assertEqual(hydra.equation(k, x), y);
            }
        }
    }

    private static void assertEqual(RingMatrix<Long> actual, RingMatrix<Long> expected) {
        assertThat(actual).hasToString(expected.toString());
    }

    /** {@code M_ts = P_t A_{t−1} … A_{s+1} B_s}, entry by entry. */
    private static <M> M byDefinition(Blocks<M> k, LinearRecurrence<M> model) {
        int length = model.length(k);
        List<M> rows = new ArrayList<>();
        for (int t = 0; t < length; t++) {
            List<M> row = new ArrayList<>();
            for (int s = 0; s < length; s++) {
                M entry = s == t ? model.step(k, t).direct() : k.zeros(1, 1);
                if (s < t) {
                    M state = model.step(k, s).input();
                    for (int i = s + 1; i < t; i++) {
                        state = k.multiply(model.step(k, i).transition(), state);
                    }
                    entry = k.multiply(model.step(k, t).readout(), state);
                }
                row.add(entry);
            }
            rows.add(k.transpose(k.stackRows(row)));
        }
        return k.stackRows(rows);
    }

    private static Cuts cuts(SplittableRandom random, int length) {
        return Cuts.at(
                IntStream.range(1, length).filter(i -> random.nextInt(3) == 0).toArray());
    }

    /**
     * An output is a sum over paths through the recurrence, each a product of at most T + 1 blocks. Whatever the order
     * of the operations, its error is at most γ_n times the same sum of absolute values with n = (T + 1)(N + 2), a
     * product of blocks being at most N + 1 roundings a factor (Higham 2002, section 3.5). Two forms differ by at most
     * twice that; 2.1 pays for the rounding of the bound itself.
     */
    @ParameterizedTest
    @EnumSource
    void allFormsAgreeWithinTheirBoundInDouble(Zoo zoo) {
        int length = 48;
        RealSamples s = new RealSamples(11);
        Blocks<DMatrixRMaj> k = s.blocks();
        if (zoo.example(s, length).model() instanceof LinearRecurrence<DMatrixRMaj> model) {
            DMatrixRMaj x = s.numbers(length, 3);
            DMatrixRMaj y = model.recurrent(k, x);
            int n = (length + 1) * (k.rows(model.step(k, 0).transition()) + 2) + length;
            double gamma = n * 0x1p-53 / (1 - n * 0x1p-53);
            DMatrixRMaj bound = absolute(k, model).recurrent(k, absolute(x));
            for (DMatrixRMaj other : List.of(
                    model.quadratic(k, x),
                    model.block(k, x, Cuts.every(8)),
                    model.block(k, x, cuts(new SplittableRandom(3), length)),
                    model.generators(k).multiply(k, x))) {
                for (int i = 0; i < y.getNumElements(); i++) {
                    assertThat(Math.abs(y.get(i) - other.get(i))).isLessThanOrEqualTo(2.1 * gamma * bound.get(i));
                }
            }
        }
    }

    private static LinearRecurrence<DMatrixRMaj> absolute(Blocks<DMatrixRMaj> k, LinearRecurrence<DMatrixRMaj> model) {
        List<Step<DMatrixRMaj>> steps = new ArrayList<>();
        for (int t = 0; t < model.length(k); t++) {
            Step<DMatrixRMaj> step = model.step(k, t);
            steps.add(new Step<>(
                    absolute(step.transition()),
                    absolute(step.input()),
                    absolute(step.readout()),
                    absolute(step.direct())));
        }
        return LinearRecurrence.of(steps);
    }

    private static DMatrixRMaj absolute(DMatrixRMaj a) {
        DMatrixRMaj result = a.copy();
        Arrays.setAll(result.data, i -> Math.abs(a.data[i]));
        return result;
    }

    @Test
    void namesAreFoundAndOthersRefused() {
        for (Zoo zoo : Zoo.values()) {
            assertThat(Zoo.of(zoo.label())).isEqualTo(zoo);
            assertThat(zoo.source()).containsPattern("20\\d\\d");
            assertThat(zoo.equation()).isNotEmpty();
        }
        assertThatThrownBy(() -> Zoo.of("hopfield"))
                .isInstanceOf(ValueException.class)
                .hasMessageContaining("hopfield")
                .hasMessageContaining("gated-deltanet");
    }
}
