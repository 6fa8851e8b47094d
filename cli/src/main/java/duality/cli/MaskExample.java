package duality.cli;

import duality.algebra.EjmlBlocks;
import duality.errors.Fault;
import duality.errors.ValueException;
import duality.semiseparable.Hierarchical;
import duality.sma.BandedMask;
import duality.sma.FourierMask;
import duality.sma.HierarchicalMask;
import duality.sma.Mask;
import duality.sma.OneSemiseparableMask;
import duality.sma.SemiseparableMask;
import duality.sma.ToeplitzMask;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;

/** The masks of structured masked attention, with numbers that show what they are like; the same every time. */
enum MaskExample {
    CAUSAL("Causal") {
        @Override
        Mask<DMatrixRMaj> of(int length) {
            return OneSemiseparableMask.causal(K, length);
        }
    },
    DECAY("Decay: γ = 0.8") {
        @Override
        Mask<DMatrixRMaj> of(int length) {
            return OneSemiseparableMask.decay(K, length, K.of(1, 1, new double[] {0.8}));
        }
    },
    ONE_SEMISEPARABLE("1-semiseparable") {
        @Override
        Mask<DMatrixRMaj> of(int length) {
            return OneSemiseparableMask.of(K, random(length, 1, 0.2));
        }
    },
    SEMISEPARABLE("2-semiseparable") {
        @Override
        Mask<DMatrixRMaj> of(int length) {
            return SemiseparableMask.diagonal(K, random(length, 2, -1), random(length, 2, 0.5), random(length, 2, -1));
        }
    },
    BANDED("Banded × 1-semiseparable") {
        @Override
        Mask<DMatrixRMaj> of(int length) {
            return BandedMask.of(K, OneSemiseparableMask.of(K, random(length, 1, 0.2)), random(length, 2, -1));
        }
    },
    TOEPLITZ("Toeplitz") {
        @Override
        Mask<DMatrixRMaj> of(int length) {
            return ToeplitzMask.causal(K, random(length, 1, -1));
        }
    },
    FOURIER("Fourier, real part") {
        @Override
        Mask<DMatrixRMaj> of(int length) {
            return FourierMask.of(K, length, FourierMask.Part.REAL);
        }
    },
    HIERARCHICAL("Hierarchical") {
        @Override
        Mask<DMatrixRMaj> of(int length) {
            int levels = Hierarchical.levels(length) + 1;
            double[] powers = IntStream.range(0, length * levels)
                    .mapToDouble(i -> Math.pow(0.3, i % levels))
                    .toArray();
            return HierarchicalMask.of(K, K.of(length, levels, powers), K.ones(length, 1));
        }
    };

    private static final EjmlBlocks K = EjmlBlocks.INSTANCE;

    private final String heading;

    MaskExample(String heading) {
        this.heading = heading;
    }

    /** The mask of a length. */
    abstract Mask<DMatrixRMaj> of(int length);

    /** What stands above its picture. */
    String heading() {
        return heading;
    }

    /** The name, in lower case with hyphens. */
    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static MaskExample of(String label) {
        return Arrays.stream(values())
                .filter(mask -> mask.label().equals(label))
                .findFirst()
                .orElseThrow(() -> new ValueException(
                        Fault.WRONG_ARGUMENTS,
                        "no mask " + label + "; there are "
                                + Arrays.stream(values())
                                        .map(MaskExample::label)
                                        .collect(Collectors.joining(", "))));
    }

    private static DMatrixRMaj random(int rows, int columns, double least) {
        SplittableRandom random = new SplittableRandom(rows * 31L + columns);
        return K.of(
                rows, columns, random.doubles((long) rows * columns, least, 1).toArray());
    }
}
