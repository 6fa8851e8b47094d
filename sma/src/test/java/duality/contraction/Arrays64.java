package duality.contraction;

import duality.algebra.PrimeField;
import duality.algebra.RingMatrix;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Random arrays over the prime field of 61 bits. */
final class Arrays64 {
    static final RingOperations<Long> EXACT = new RingOperations<>(PrimeField.INSTANCE);

    private Arrays64() {}

    static NdArray<RingMatrix<Long>> random(Random random, long... shape) {
        int size = 1;
        for (long length : shape) {
            size *= Math.toIntExact(length);
        }
        return NdArray.of(EXACT.blocks(), RingMatrix.of(1, size, (i, j) -> random.nextLong(PrimeField.MODULUS)), shape);
    }

    static RingMatrix<Long> column(Random random, int length) {
        return RingMatrix.of(length, 1, (i, j) -> random.nextLong(PrimeField.MODULUS));
    }

    static List<NdArray<RingMatrix<Long>>> random(Random random, String subscripts, Map<Character, Long> lengths) {
        return Subscripts.parse(subscripts).shapes(lengths).stream()
                .map(shape -> random(random, shape))
                .toList();
    }

    /** Entries in row-major order. */
    static <E> List<E> entries(NdArray<RingMatrix<E>> array) {
        List<E> entries = new ArrayList<>();
        RingMatrix<E> block = array.entries();
        for (int i = 0; i < block.rows(); i++) {
            for (int j = 0; j < block.columns(); j++) {
                entries.add(block.get(i, j));
            }
        }
        return entries;
    }
}
