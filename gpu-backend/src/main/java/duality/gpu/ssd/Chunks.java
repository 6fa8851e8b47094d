package duality.gpu.ssd;

import duality.ssd.SsdInputs;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * The chunks of all sequences, in order.
 *
 * @param rows the row of every chunk's first step, counted through the batch
 * @param lengths the steps of every chunk
 * @param first for every sequence its first chunk, and after the last sequence the number of chunks
 */
record Chunks(long[] rows, int[] lengths, int[] first) {
    static Chunks of(SsdShape shape) {
        LongStream.Builder rows = LongStream.builder();
        IntStream.Builder lengths = IntStream.builder();
        IntStream.Builder first = IntStream.builder();
        int count = 0;
        for (SsdInputs.Sequence sequence : shape.sequences()) {
            first.add(count);
            for (long t = sequence.from(); t < sequence.to(); t += shape.chunkLength()) {
                rows.add(sequence.batch() * shape.time() + t);
                lengths.add((int) Math.min(shape.chunkLength(), sequence.to() - t));
                count = Math.addExact(count, 1);
            }
        }
        first.add(count);
        return new Chunks(
                rows.build().toArray(), lengths.build().toArray(), first.build().toArray());
    }

    int count() {
        return rows.length;
    }

    Range all() {
        return new Range(0, count());
    }

    /** The rows before a chunk; for the number of chunks all rows. */
    long rowsBefore(int chunk) {
        return chunk < count() ? rows[chunk] : count() == 0 ? 0 : rows[count() - 1] + lengths[count() - 1];
    }

    /** Neighbouring chunks. */
    record Range(int first, int count) {
        int end() {
            return first + count;
        }
    }

    /** Ranges of about as many rows each, which together are all chunks; at least one. */
    List<Range> slabs(long rowsEach) {
        List<Range> slabs = new ArrayList<>();
        int from = 0;
        for (int to = 1; to <= count(); to++) {
            if (to == count() || rowsBefore(to) - rowsBefore(from) >= rowsEach) {
                slabs.add(new Range(from, to - from));
                from = to;
            }
        }
        return slabs.isEmpty() ? List.of(all()) : slabs;
    }
}
