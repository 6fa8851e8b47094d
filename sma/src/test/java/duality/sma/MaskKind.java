package duality.sma;

import duality.algebra.Blocks;
import duality.algebra.EjmlBlocks;
import duality.algebra.FieldBlocks;
import duality.algebra.PrimeField;
import duality.algebra.RingMatrix;
import duality.semiseparable.Hierarchical;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;

/** Every mask, with random numbers. */
enum MaskKind {
    CAUSAL {
        @Override
        <M> Mask<M> draw(Numbers<M> numbers, int length) {
            return OneSemiseparableMask.causal(numbers.blocks(), length);
        }
    },
    DECAY {
        @Override
        <M> Mask<M> draw(Numbers<M> numbers, int length) {
            return OneSemiseparableMask.decay(numbers.blocks(), length, numbers.draw(1, 1));
        }
    },
    ONE_SEMISEPARABLE {
        @Override
        <M> Mask<M> draw(Numbers<M> numbers, int length) {
            return OneSemiseparableMask.of(numbers.blocks(), numbers.draw(length, 1));
        }
    },
    SEMISEPARABLE {
        @Override
        <M> Mask<M> draw(Numbers<M> numbers, int length) {
            List<M> a = new ArrayList<>();
            for (int t = 0; t < length; t++) {
                a.add(numbers.draw(3, 3));
            }
            return SemiseparableMask.of(numbers.blocks(), numbers.draw(length, 3), a, numbers.draw(length, 3));
        }
    },
    DIAGONAL {
        @Override
        <M> Mask<M> draw(Numbers<M> numbers, int length) {
            return SemiseparableMask.diagonal(
                    numbers.blocks(), numbers.draw(length, 2), numbers.draw(length, 2), numbers.draw(length, 2));
        }
    },
    COSINE {
        @Override
        <M> Mask<M> draw(Numbers<M> numbers, int length) {
            List<M> turns = numbers.rotations(length, 64);
            return SemiseparableMask.cosine(numbers.blocks(), turns.get(0), turns.get(1));
        }
    },
    BANDED {
        @Override
        <M> Mask<M> draw(Numbers<M> numbers, int length) {
            OneSemiseparableMask<M> decay = OneSemiseparableMask.of(numbers.blocks(), numbers.draw(length, 1));
            return BandedMask.of(numbers.blocks(), decay, numbers.draw(length, 3));
        }
    },
    TOEPLITZ {
        @Override
        <M> Mask<M> draw(Numbers<M> numbers, int length) {
            return ToeplitzMask.of(numbers.blocks(), numbers.draw(Math.max(0, 2 * length - 1), 1));
        }
    },
    CAUSAL_TOEPLITZ {
        @Override
        <M> Mask<M> draw(Numbers<M> numbers, int length) {
            return ToeplitzMask.causal(numbers.blocks(), numbers.draw(length, 1));
        }
    },
    FOURIER_REAL {
        @Override
        <M> Mask<M> draw(Numbers<M> numbers, int length) {
            List<M> turns = numbers.rotations(length, length);
            return FourierMask.of(numbers.blocks(), turns.get(0), turns.get(1), FourierMask.Part.REAL);
        }
    },
    FOURIER_IMAGINARY {
        @Override
        <M> Mask<M> draw(Numbers<M> numbers, int length) {
            List<M> turns = numbers.rotations(length, length);
            return FourierMask.of(numbers.blocks(), turns.get(0), turns.get(1), FourierMask.Part.IMAGINARY);
        }
    },
    HIERARCHICAL {
        @Override
        <M> Mask<M> draw(Numbers<M> numbers, int length) {
            M weights = numbers.draw(length, Hierarchical.levels(length) + 1);
            return HierarchicalMask.of(numbers.blocks(), weights, numbers.draw(length, 1));
        }
    };

    abstract <M> Mask<M> draw(Numbers<M> numbers, int length);

    /** Whether exact numbers have it at this length: the prime field has rotations of the orders 2ⁿ. */
    boolean isExactAt(int length) {
        boolean fourier = this == FOURIER_REAL || this == FOURIER_IMAGINARY;
        return !fourier || length == 0 || Integer.bitCount(length) == 1;
    }

    /** Whether it multiplies by transforms in floating point, with an error that is small normwise only. */
    boolean usesTransforms() {
        return this == TOEPLITZ || this == CAUSAL_TOEPLITZ || this == FOURIER_REAL || this == FOURIER_IMAGINARY;
    }

    /** Where random numbers come from. */
    interface Numbers<M> {
        Blocks<M> blocks();

        M draw(int rows, int columns);

        /** Cosines and sines of 0, 1, …, count − 1 of the {@code order} parts of a turn. */
        List<M> rotations(int count, int order);
    }

    /** Numbers modulo a prime, p ≡ 3 (mod 4), so that the points of the circle are a cyclic group of order p + 1 = 2⁶¹. */
    record Exact(Random random) implements Numbers<RingMatrix<Long>> {
        static final FieldBlocks<Long> BLOCKS = new FieldBlocks<>(PrimeField.INSTANCE);

        @Override
        public FieldBlocks<Long> blocks() {
            return BLOCKS;
        }

        @Override
        public RingMatrix<Long> draw(int rows, int columns) {
            return RingMatrix.of(rows, columns, (i, j) -> random.nextLong(PrimeField.MODULUS));
        }

        private static long[] add(long[] a, long[] b) {
            PrimeField f = PrimeField.INSTANCE;
            return new long[] {
                f.subtract(f.multiply(a[0], b[0]), f.multiply(a[1], b[1])),
                f.add(f.multiply(a[0], b[1]), f.multiply(a[1], b[0]))
            };
        }

        @Override
        public List<RingMatrix<Long>> rotations(int count, int order) {
            long[] turn = {1, 0};
            while (order > 1) { // a random point doubled until its order is the one wanted
                long u = random.nextLong(PrimeField.MODULUS);
                PrimeField f = PrimeField.INSTANCE;
                long norm = f.invert(f.add(1L, f.multiply(u, u)));
                turn = new long[] {f.multiply(f.subtract(1L, f.multiply(u, u)), norm), f.multiply(f.add(u, u), norm)};
                for (long n = 1L << 61; n > order; n /= 2) {
                    turn = add(turn, turn);
                }
                long[] half = turn;
                for (int n = order; n > 2; n /= 2) {
                    half = add(half, half);
                }
                if (half[0] == PrimeField.MODULUS - 1) {
                    break;
                }
            }
            List<long[]> points = new ArrayList<>();
            long[] point = {1, 0};
            for (int i = 0; i < count; i++) {
                points.add(point);
                point = add(point, turn);
            }
            return List.of(
                    RingMatrix.of(count, 1, (i, j) -> points.get(i)[0]),
                    RingMatrix.of(count, 1, (i, j) -> points.get(i)[1]));
        }
    }

    /** Numbers between −1 and 1. */
    record Real(Random random) implements Numbers<DMatrixRMaj> {
        @Override
        public EjmlBlocks blocks() {
            return EjmlBlocks.INSTANCE;
        }

        @Override
        public DMatrixRMaj draw(int rows, int columns) {
            double[] entries = new double[rows * columns];
            Arrays.setAll(entries, i -> random.nextDouble(-1, 1));
            return blocks().of(rows, columns, entries);
        }

        @Override
        public List<DMatrixRMaj> rotations(int count, int order) {
            double part = 2 * Math.PI / order;
            return List.of(
                    blocks().of(
                                    count,
                                    1,
                                    IntStream.range(0, count)
                                            .mapToDouble(i -> Math.cos(part * i))
                                            .toArray()),
                    blocks().of(
                                    count,
                                    1,
                                    IntStream.range(0, count)
                                            .mapToDouble(i -> Math.sin(part * i))
                                            .toArray()));
        }
    }
}
