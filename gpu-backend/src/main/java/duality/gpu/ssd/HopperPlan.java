package duality.gpu.ssd;

import duality.ssd.SsdInputs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * How sequences are cut for the kernels of {@code hopper_forward.cu}. A block walks one segment for a few heads; the more
 * segments, the better they fill the multiprocessors, and the more often a state goes through memory.
 *
 * <p>Chained segments pass the state on as they end, so a sequence takes as long as its chunks one after another: right
 * for many sequences and heads. Otherwise the changes of state over {@link #pieces} of the segments are computed first,
 * all at once, and scanned: a third more work, but a single long sequence uses the whole device.
 *
 * @param chained whether segments wait for the ones before them
 * @param segments if chained, all sequences' first ones first; else sequence by sequence
 * @param pieces of all segments but the last of each sequence; empty if chained
 * @param firstPieces for every sequence its first piece, and after the last sequence the number of pieces
 * @param lastSegments for every sequence its last segment, or -1 if it has none here
 */
record HopperPlan(
        boolean chained, List<Segment> segments, List<Segment> pieces, int[] firstPieces, int[] lastSegments) {
    /** The steps that a block takes at a time. */
    static final int CHUNK = 64;

    private static final int MOST_SEGMENTS = 64;
    private static final int MOST_PIECES = 32;

    private static final double SCAN_TIME = 3;
    private static final double SCAN_STEP_TIME = 0.3;

    /**
     * What things take in microseconds, measured on one H200 with N = 128.
     *
     * @param chunk a block's chunk
     * @param segment to begin and end a segment
     * @param pieceChunk a chunk whose change of state a block sums
     * @param piece to begin and end a piece
     */
    record Times(double chunk, double segment, double pieceChunk, double piece) {
        /** Of {@code hopper_forward.cu}. */
        static final Times BFLOAT16 = new Times(1.85, 4, 1.5, 6);
        /** Of {@code hopper_forward32.cu}. */
        static final Times FLOAT32 = new Times(3.4, 4, 1.6, 6);

        /** To walk chunks in segments. */
        private double walk(int chunks, int segments) {
            return chunks * chunk + segments * segment;
        }

        /** To sum the changes of state over a piece. */
        private double sum(int chunks) {
            return chunks * pieceChunk + piece;
        }
    }

    /**
     * A stretch of a sequence, {@code HopperSegment} of {@code hopper_problem.h}.
     *
     * @param from the first step in the row
     * @param previous of a segment the one before it, of a piece the segment that it begins, or one of the constants
     * @param last whether the sequence ends here, as far as this plan goes
     */
    record Segment(int sequence, int batch, int from, int length, int previous, boolean last) {
        /** A segment at the start of a sequence. */
        static final int STARTS = -1;
        /** A segment that goes on where an earlier launch ended. */
        static final int CONTINUES = -2;
        /** A piece that does not begin a segment. */
        static final int INSIDE = -3;

        /** The fields in the order of the C structure. */
        IntStream fields() {
            return IntStream.of(sequence, batch, from, length, previous, last ? 1 : 0);
        }
    }

    /**
     * A part of a sequence that is to be computed.
     *
     * @param continues whether its state so far is among the final ones
     */
    record Part(int sequence, int batch, int from, int length, boolean continues) {
        int chunks() {
            return Math.ceilDiv(length, CHUNK);
        }

        /** The parts of sequences that a range of chunks covers; empty sequences belong to the first range. */
        static List<Part> of(SsdShape shape, Chunks chunks, Chunks.Range range) {
            List<Part> parts = new ArrayList<>();
            for (SsdInputs.Sequence sequence : shape.sequences()) {
                int first = chunks.first()[sequence.index()];
                int end = chunks.first()[sequence.index() + 1];
                int low = Math.max(first, range.first());
                int high = Math.min(end, range.end());
                boolean empty = first == end;
                if (low < high || (empty && range.first() == 0)) {
                    long from = sequence.from() + (long) (low - first) * CHUNK;
                    long to = high == end ? sequence.to() : sequence.from() + (long) (high - first) * CHUNK;
                    parts.add(new Part(
                            sequence.index(),
                            (int) sequence.batch(),
                            (int) from,
                            empty ? 0 : (int) (to - from),
                            low > first));
                }
            }
            return parts;
        }
    }

    /**
     * What the plan is for.
     *
     * @param sequences the number of sequences
     * @param tiles the tiles of all heads
     * @param together the tiles that a block walks
     * @param piecesTogether the tiles whose changes of state a block sums
     * @param blocks the blocks that run at a time
     * @param times what their work takes
     */
    record Device(int sequences, int tiles, int together, int piecesTogether, int blocks, Times times) {
        private int rounds(int stretches, int each) {
            return Math.ceilDiv(stretches * Math.ceilDiv(tiles, each), blocks);
        }
    }

    /** A way to cut: the chunks of a segment, and of a piece, or 0 if chained. */
    private record Cut(int segment, int piece, double time) {}

    /** The plan that should be fastest. */
    static HopperPlan of(List<Part> parts, Device device) {
        int longest = parts.stream().mapToInt(Part::chunks).max().orElse(0);
        int[] lengths = IntStream.rangeClosed(1, Math.clamp(longest, 1, MOST_SEGMENTS))
                .map(count -> Math.ceilDiv(Math.max(longest, 1), count))
                .distinct()
                .toArray();
        Cut best = Arrays.stream(lengths)
                .boxed()
                .flatMap(length -> Stream.concat(
                        Stream.of(chained(parts, longest, length, device)), scanned(parts, longest, length, device)))
                .min(Comparator.comparingDouble(Cut::time))
                .orElseThrow();
        return best.piece() == 0
                ? chained(parts, best.segment(), device.sequences())
                : scanned(parts, best.segment(), best.piece(), device.sequences());
    }

    private static int segments(List<Part> parts, int length) {
        return parts.stream()
                .mapToInt(part -> Math.max(1, Math.ceilDiv(part.chunks(), length)))
                .sum();
    }

    private static Cut chained(List<Part> parts, int longest, int length, Device device) {
        double oneAfterAnother = device.times().walk(longest, Math.ceilDiv(longest, length));
        double filled = device.rounds(segments(parts, length), device.together())
                * device.times().walk(length, 1);
        return new Cut(length, 0, Math.max(oneAfterAnother, filled));
    }

    private static Stream<Cut> scanned(List<Part> parts, int longest, int length, Device device) {
        int inner = segments(parts, length) - parts.size();
        if (inner == 0) {
            return Stream.empty();
        }
        double walk = device.rounds(segments(parts, length), device.together())
                * device.times().walk(length, 1);
        return IntStream.rangeClosed(1, Math.min(length, MOST_PIECES))
                .map(count -> Math.ceilDiv(length, count))
                .distinct()
                .mapToObj(piece -> {
                    int pieces = Math.ceilDiv(length, piece);
                    double sums = device.rounds(inner * pieces, device.piecesTogether())
                            * device.times().sum(piece);
                    double scan = SCAN_TIME + Math.ceilDiv(longest, length) * pieces * SCAN_STEP_TIME;
                    return new Cut(length, piece, walk + sums + scan);
                });
    }

    /** Chained segments of {@code length} chunks. */
    static HopperPlan chained(List<Part> parts, int length, int sequences) {
        List<Segment> segments = new ArrayList<>();
        int[] last = none(sequences);
        for (int i = 0; ; i++) {
            int before = segments.size();
            for (Part part : parts) {
                if (i == 0 || i * length < part.chunks()) {
                    segments.add(segment(part, i * length, length, last[part.sequence()]));
                    last[part.sequence()] = segments.size() - 1;
                }
            }
            if (segments.size() == before) {
                return new HopperPlan(true, List.copyOf(segments), List.of(), new int[sequences + 1], last);
            }
        }
    }

    /** Segments of {@code length} chunks, with pieces of {@code pieceLength} chunks. */
    static HopperPlan scanned(List<Part> parts, int length, int pieceLength, int sequences) {
        List<Segment> segments = new ArrayList<>();
        List<Segment> pieces = new ArrayList<>();
        int[] firstPieces = new int[sequences + 1];
        int[] last = none(sequences);
        for (Part part : parts) {
            for (int i = 0; i == 0 || i < part.chunks(); i += length) {
                Segment segment = segment(part, i, length, last[part.sequence()]);
                int index = segments.size();
                segments.add(segment);
                last[part.sequence()] = index;
                int step = pieceLength * CHUNK;
                for (int from = 0; !segment.last() && from < segment.length(); from += step) {
                    pieces.add(new Segment(
                            part.sequence(),
                            part.batch(),
                            segment.from() + from,
                            Math.min(step, segment.length() - from),
                            from == 0 ? index : Segment.INSIDE,
                            false));
                }
            }
            Arrays.fill(firstPieces, part.sequence() + 1, sequences + 1, pieces.size());
        }
        return new HopperPlan(false, List.copyOf(segments), List.copyOf(pieces), firstPieces, last);
    }

    private static int[] none(int sequences) {
        int[] none = new int[sequences];
        Arrays.fill(none, -1);
        return none;
    }

    private static Segment segment(Part part, int firstChunk, int length, int before) {
        int from = firstChunk * CHUNK;
        int end = Math.min(part.length(), from + length * CHUNK);
        int previous = before >= 0 ? before : part.continues() ? Segment.CONTINUES : Segment.STARTS;
        return new Segment(
                part.sequence(), part.batch(), part.from() + from, end - from, previous, end == part.length());
    }
}
