package duality.ssd.internal;

import duality.ssd.SsdInputs;
import java.util.ArrayList;
import java.util.List;

/**
 * Neighbouring heads of one sequence that read the same B and C: what one thread walks through, chunk by chunk.
 *
 * @param sequence the sequence
 * @param from the first head
 * @param to the head after the last
 */
record Lane(SsdInputs.Sequence sequence, int from, int to) {
    /** Bytes of states that a lane may keep: a part of the second-level cache. */
    private static final int STATE_BYTES = 400 << 10;

    /** How many heads a lane may have, if the state of each takes so many bytes. */
    static int longest(int stateBytes) {
        return Math.max(1, STATE_BYTES / Math.max(1, stateBytes));
    }

    int heads() {
        return to - from;
    }

    /** All heads of all sequences in lanes of at most {@code longest} heads, in order. */
    static List<Lane> of(SsdInputs in, int longest) {
        return in.sequences().stream()
                .flatMap(sequence -> of(in, sequence, longest).stream())
                .toList();
    }

    /** All heads of one sequence in lanes of at most {@code longest} heads, in order. */
    static List<Lane> of(SsdInputs in, SsdInputs.Sequence sequence, int longest) {
        int group = commonHeads(in);
        int parts = Math.ceilDiv(group, longest);
        List<Lane> lanes = new ArrayList<>();
        for (int first = 0; first < in.heads(); first += group) {
            for (int i = 0; i < parts; i++) {
                lanes.add(new Lane(sequence, first + i * group / parts, first + (i + 1) * group / parts));
            }
        }
        return lanes;
    }

    /** The number of neighbouring heads that read the same B and C. */
    static int commonHeads(SsdInputs in) {
        return in.heads() / Math.max(1, lcm(in.bGroups(), in.cGroups()));
    }

    private static int lcm(int a, int b) {
        int x = a;
        int y = b;
        while (y != 0) {
            int rest = x % y;
            x = y;
            y = rest;
        }
        return x == 0 ? 0 : a / x * b;
    }
}
