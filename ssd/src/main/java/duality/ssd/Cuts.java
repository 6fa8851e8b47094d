package duality.ssd;

import duality.errors.Fault;
import duality.errors.ValueException;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Where to cut a sequence into chunks. */
@FunctionalInterface
public interface Cuts {
    /**
     * The boundaries of the chunks of a sequence: increasing, the first 0 and the last {@code length};
     * {@code [0]} if the length is 0.
     */
    int[] boundaries(int length);

    /**
     * Chunks of a fixed length; the last one may be shorter.
     *
     * @throws ValueException if {@code chunkLength < 1}
     */
    static Cuts every(int chunkLength) {
        if (chunkLength < 1) {
            throw new ValueException(Fault.OUT_OF_DOMAIN, "chunk length " + chunkLength + ": must be at least 1");
        }
        return length -> IntStream.rangeClosed(0, Math.ceilDiv(length, chunkLength))
                .map(i -> (int) Math.min((long) i * chunkLength, length))
                .toArray();
    }

    /**
     * Cuts at the given places, which must be increasing and inside the sequence.
     *
     * @throws ValueException from {@link #boundaries} if they are not
     */
    static Cuts at(int... places) {
        int[] copy = places.clone();
        return length -> {
            for (int i = 0; i < copy.length; i++) {
                if (copy[i] <= (i == 0 ? 0 : copy[i - 1]) || copy[i] >= length) {
                    throw new ValueException(
                            Fault.BAD_OFFSETS,
                            "cut " + i + " of " + Arrays.toString(copy) + ": cuts must increase and lie inside (0, "
                                    + length + ")");
                }
            }
            return length == 0
                    ? new int[] {0}
                    : IntStream.concat(IntStream.of(0), IntStream.concat(Arrays.stream(copy), IntStream.of(length)))
                            .toArray();
        };
    }
}
