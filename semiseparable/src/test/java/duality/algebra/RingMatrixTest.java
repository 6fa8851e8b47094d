package duality.algebra;

import static org.assertj.core.api.Assertions.assertThat;

import duality.errors.Fault;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RingMatrixTest {
    @Test
    void asksForEachEntryOnceRowByRow() {
        List<String> asked = new ArrayList<>();
        RingMatrix<Integer> matrix = RingMatrix.of(2, 3, (i, j) -> {
            asked.add(i + "," + j);
            return 10 * i + j;
        });
        assertThat(asked).containsExactly("0,0", "0,1", "0,2", "1,0", "1,1", "1,2");
        assertThat(matrix).hasToString("2x3 [[0, 1, 2], [10, 11, 12]]");
        assertThat(matrix.get(1, 2)).isEqualTo(12);
    }

    @Test
    void doesNotFollowItsList() {
        List<Integer> entries = new ArrayList<>(List.of(1, 2));
        RingMatrix<Integer> matrix = RingMatrix.of(2, 1, entries);
        entries.set(0, 7);
        assertThat(matrix.get(0, 0)).isEqualTo(1);
    }

    @Test
    void mayBeEmpty() {
        assertThat(RingMatrix.of(0, 0, List.of())).hasToString("0x0 []");
        assertThat(RingMatrix.of(2, 0, List.of())).hasToString("2x0 [[], []]");
        assertThat(RingMatrix.of(0, Integer.MAX_VALUE, List.of()).columns()).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void impossibleShapesAreRefused() {
        RingMatrix.Entry<Integer> zero = (i, j) -> 0;
        Faults.assertFault(Fault.OUT_OF_RANGE, () -> RingMatrix.of(-1, 2, zero), "-1x2");
        Faults.assertFault(Fault.OUT_OF_RANGE, () -> RingMatrix.of(2, -1, zero), "2x-1");
        Faults.assertFault(Fault.OUT_OF_RANGE, () -> RingMatrix.of(1 << 16, 1 << 15, zero), "65536x32768");
        Faults.assertFault(Fault.SHAPE_MISMATCH, () -> RingMatrix.of(2, 2, List.of(1, 2, 3)), "2x2", "3 entries");
        Faults.assertFault(Fault.OUT_OF_RANGE, () -> RingMatrix.of(-1, -3, List.of(1, 2, 3)), "-1x-3");
    }

    @Test
    void entriesOutsideAreRefused() {
        RingMatrix<Integer> matrix = RingMatrix.of(2, 3, (i, j) -> 0);
        Faults.assertFault(Fault.OUT_OF_RANGE, () -> matrix.get(2, 0), "(2, 0)", "2x3");
        Faults.assertFault(Fault.OUT_OF_RANGE, () -> matrix.get(0, 3), "(0, 3)", "2x3");
        Faults.assertFault(Fault.OUT_OF_RANGE, () -> matrix.get(-1, 0), "(-1, 0)", "2x3");
        Faults.assertFault(Fault.OUT_OF_RANGE, () -> matrix.get(0, -1), "(0, -1)", "2x3");
    }
}
