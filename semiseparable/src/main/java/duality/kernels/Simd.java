package duality.kernels;

import duality.errors.Fault;
import duality.errors.ValueException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Chooses the {@link Kernels}, once: by the Vector API where {@code jdk.incubator.vector} is there and passes a check
 * against plain loops, by these loops otherwise, with one warning that says what to do. The system property {@value
 * #PROPERTY} overrides the choice: {@code off}, {@code 128}, {@code 256}, {@code 512} or {@code auto}.
 */
public final class Simd {
    /** The system property that overrides the choice. */
    public static final String PROPERTY = "duality.simd";

    static final String AUTO = "auto";
    private static final String OFF = "off";

    private static final Choice CHOICE = choose();

    private record Choice(
            Kernels<float[]> floats, Kernels<double[]> doubles, StateKernels states, String description) {}

    private Simd() {}

    /** The kernels in float32. */
    public static Kernels<float[]> floats() {
        return CHOICE.floats();
    }

    /** The kernels in float64. */
    public static Kernels<double[]> doubles() {
        return CHOICE.doubles();
    }

    /** The kernels of recurrences. */
    public static StateKernels states() {
        return CHOICE.states();
    }

    /** One line for people: the width of the vectors, or why there are none. */
    public static String description() {
        return CHOICE.description();
    }

    private static Choice choose() {
        String wanted = System.getProperty(PROPERTY, AUTO);
        if (!List.of(AUTO, OFF, "128", "256", "512").contains(wanted)) {
            throw new ValueException(
                    Fault.WRONG_ARGUMENTS,
                    "system property " + PROPERTY + " = " + wanted + ": must be auto, off, 128, 256 or 512");
        }
        if (wanted.equals(OFF)) {
            return scalar("off by " + PROPERTY);
        }
        Optional<String> absence = VectorModule.load();
        if (absence.isPresent()) {
            warn(absence.get() + ": SSD and matrix products run by plain loops, many times slower. "
                    + "Start Java with --add-modules=jdk.incubator.vector, or say -D" + PROPERTY + "=off.");
            return scalar("off: " + absence.get());
        }
        try {
            return vector();
        } catch (LinkageError | RuntimeException e) {
            warn("the Vector API does not work here (" + e + "): SSD and matrix products run by plain loops.");
            return scalar("off: " + e);
        }
    }

    private static Choice scalar(String reason) {
        return new Choice(new ScalarFloats(), new ScalarDoubles(), new StateKernels(), reason);
    }

    private static Choice vector() {
        Kernels<float[]> floats = VectorKernels.floats();
        Kernels<double[]> doubles = VectorKernels.doubles();
        check(floats, new ScalarFloats());
        check(doubles, new ScalarDoubles());
        int bits = floats.panel() * Float.SIZE / 2;
        return new Choice(
                floats,
                doubles,
                VectorKernels.states(),
                "%d bits: %d lanes of float32, %d of float64".formatted(bits, bits / Float.SIZE, bits / Double.SIZE));
    }

    /** A product and an exponential of small numbers, on which no rounding happens but the exponential's. */
    private static <A> void check(Kernels<A> kernels, Kernels<A> scalar) {
        double[] found = sample(kernels);
        double[] expected = sample(scalar);
        for (int i = 0; i < found.length; i++) {
            if (!(Math.abs(found[i] - expected[i]) <= 4 * kernels.unitRoundoff() * Math.abs(expected[i]))) {
                throw new IllegalStateException(
                        "self-check: " + Arrays.toString(found) + " vs " + Arrays.toString(expected));
            }
        }
    }

    private static <A> double[] sample(Kernels<A> k) {
        int size = 9;
        int w = k.panel();
        A rowMajor = k.allocate(size * size + w);
        for (int i = 0; i < size * size; i++) {
            k.set(rowMajor, i, i % 7 - 3);
        }
        A panels = k.allocate(size * k.padded(size));
        k.pack(size, size, rowMajor, 0, size, panels, 0, size);
        A product = k.allocate(size * k.padded(size));
        k.multiply(
                size,
                size,
                size,
                rowMajor,
                0,
                size,
                Kernels.Part.FULL,
                panels,
                0,
                size * w,
                product,
                0,
                w,
                size * w,
                null,
                0,
                0);
        k.exp(size, rowMajor, 0);
        double[] sample = new double[2 * size]; // every panel has at least 4 columns
        for (int i = 0; i < size; i++) {
            sample[i] = k.get(product, i * w + i % 4);
            sample[size + i] = k.get(rowMajor, i);
        }
        return sample;
    }

    private static void warn(String message) {
        System.getLogger(Simd.class.getName()).log(System.Logger.Level.WARNING, message);
    }
}
