package duality.gpu.ssd;

import static org.assertj.core.api.Assertions.assertThat;

import duality.gpu.ssd.HopperPlan.Device;
import duality.gpu.ssd.HopperPlan.Part;
import duality.gpu.ssd.HopperPlan.Segment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

class HopperPlanTest {
    /** The blocks of an H200. */
    private static final int BLOCKS = 132;

    private static Part row(int sequence, int length) {
        return new Part(sequence, sequence, 0, length, false);
    }

    private static List<Part> rows(int batch, int length) {
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < batch; i++) {
            parts.add(row(i, length));
        }
        return parts;
    }

    private static HopperPlan plan(List<Part> parts, int sequences, int tiles) {
        return HopperPlan.of(parts, new Device(sequences, tiles, 2, 4, BLOCKS, HopperPlan.Times.BFLOAT16));
    }

    @Test
    void manySequencesAreChained() {
        HopperPlan plan = plan(rows(8, 4096), 8, 80);
        assertThat(plan.chained()).isTrue();
        assertThat(plan.segments()).as("two of 32 chunks fill five rounds").hasSize(16);
        assertThat(plan.segments().get(3)).isEqualTo(new Segment(3, 3, 0, 2048, Segment.STARTS, false));
        assertThat(plan.segments().get(11)).isEqualTo(new Segment(3, 3, 2048, 2048, 3, true));
        assertThat(plan.lastSegments()).containsExactly(8, 9, 10, 11, 12, 13, 14, 15);
    }

    @Test
    void aLongSequenceIsScanned() {
        HopperPlan plan = plan(rows(1, 131072), 1, 80);
        assertThat(plan.chained()).isFalse();
        assertThat(plan.segments().size() * 40).as("blocks are busy").isGreaterThan(BLOCKS / 2);
        assertThat(plan.firstPieces()).containsExactly(0, plan.pieces().size());
    }

    @Test
    void aShortOneIsNotCut() {
        assertThat(plan(rows(1, 100), 1, 2).segments())
                .containsExactly(new Segment(0, 0, 0, 100, Segment.STARTS, true));
        assertThat(plan(rows(1, 0), 1, 2).segments()).containsExactly(new Segment(0, 0, 0, 0, Segment.STARTS, true));
        assertThat(plan(List.of(), 1, 2).segments()).isEmpty();
    }

    @Test
    void aPartMayContinueASequence() {
        Part part = new Part(1, 0, 640, 640, true);
        assertThat(HopperPlan.chained(List.of(part), 6, 2).segments())
                .containsExactly(
                        new Segment(1, 0, 640, 384, Segment.CONTINUES, false), new Segment(1, 0, 1024, 256, 0, true));
        HopperPlan scanned = HopperPlan.scanned(List.of(part), 6, 4, 2);
        assertThat(scanned.segments().getFirst().previous()).isEqualTo(Segment.CONTINUES);
        assertThat(scanned.pieces())
                .containsExactly(
                        new Segment(1, 0, 640, 256, 0, false), new Segment(1, 0, 896, 128, Segment.INSIDE, false));
        assertThat(scanned.firstPieces()).containsExactly(0, 0, 2);
        assertThat(scanned.lastSegments()).containsExactly(-1, 1);
    }

    /** Whatever is drawn, every step is in one segment and, before the last one, in one piece; nothing waits for later. */
    @RepeatedTest(200)
    void segmentsAndPiecesCoverTheParts(RepetitionInfo repetition) {
        SplittableRandom random = new SplittableRandom(repetition.getCurrentRepetition());
        int sequences = random.nextInt(1, 6);
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < sequences; i++) {
            if (random.nextInt(5) > 0) {
                parts.add(new Part(i, i, random.nextInt(3) * 64, random.nextInt(3) * random.nextInt(3000), i % 2 == 1));
            }
        }
        int length = random.nextInt(1, 20);
        for (HopperPlan plan : List.of(
                plan(parts, sequences, random.nextInt(1, 200)),
                HopperPlan.chained(parts, length, sequences),
                HopperPlan.scanned(parts, length, random.nextInt(1, length + 1), sequences))) {
            for (Part part : parts) {
                cover(plan, part);
            }
        }
    }

    private static void cover(HopperPlan plan, Part part) {
        int at = part.from();
        int before = part.continues() ? Segment.CONTINUES : Segment.STARTS;
        int piece = plan.firstPieces()[part.sequence()];
        for (int i = 0; i < plan.segments().size(); i++) {
            Segment segment = plan.segments().get(i);
            if (segment.sequence() != part.sequence()) {
                continue;
            }
            assertThat(segment.from()).isEqualTo(at);
            assertThat(segment.previous()).isEqualTo(before).isLessThan(i);
            if (!plan.chained() && !segment.last()) {
                int inside = at;
                while (inside < at + segment.length()) {
                    Segment next = plan.pieces().get(piece++);
                    assertThat(next.from()).isEqualTo(inside);
                    assertThat(next.previous()).isEqualTo(inside == at ? i : Segment.INSIDE);
                    inside += next.length();
                }
                assertThat(inside).isEqualTo(at + segment.length());
            }
            at += segment.length();
            assertThat(segment.last()).isEqualTo(at == part.from() + part.length());
            before = i;
        }
        assertThat(at).isEqualTo(part.from() + part.length());
        assertThat(plan.lastSegments()[part.sequence()]).isEqualTo(before);
        assertThat(piece).isEqualTo(plan.firstPieces()[part.sequence() + 1]);
    }
}
