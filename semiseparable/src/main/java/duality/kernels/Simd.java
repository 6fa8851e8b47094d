package duality.kernels;

import duality.errors.Fault;
import duality.errors.ValueException;
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

    /** A product and exponentials of small numbers, on which no rounding happens but the exponentials'. */
    private static <A> void check(Kernels<A> kernels, Kernels<A> scalar) {
        int columns = 2 * kernels.panel() + 1; // whole panels, two of them side by side, and a part of one
        double[] found = sample(kernels, columns);
        double[] expected = sample(scalar, columns);
        for (int i = 0; i < found.length; i++) {
            if (!(Math.abs(found[i] - expected[i]) <= 4 * kernels.unitRoundoff() * Math.abs(expected[i]))) {
                throw new IllegalStateException("self-check: number " + i + " is " + found[i] + " vs " + expected[i]);
            }
        }
    }

    private static <A> double[] sample(Kernels<A> k, int columns) {
        int rows = 9;
        int inner = 17;
        int w = k.panel();
        A left = k.allocate(rows * inner);
        for (int i = 0; i < rows * inner; i++) {
            k.set(left, i, i % 7 - 3);
        }
        A transposed = k.allocate(columns * inner);
        for (int i = 0; i < columns * inner; i++) {
            k.set(transposed, i, i % 5 - 2);
        }
        A right = k.allocate(inner * columns);
        k.gather(inner, columns, transposed, 0, 1, inner, right, 0, columns);
        A panels = k.allocate(inner * k.padded(columns));
        k.pack(inner, columns, right, 0, columns, panels, 0, inner);
        A product = k.allocate(rows * k.padded(columns));
        k.multiply(
                rows,
                columns,
                inner,
                left,
                0,
                inner,
                Kernels.Part.FULL,
                panels,
                0,
                inner * w,
                product,
                0,
                w,
                rows * w,
                null,
                0,
                0);
        A exponents = k.allocate(inner + w);
        k.copy(left, 0, exponents, 0, inner);
        k.exp(inner, exponents, 0);
        double[] sample = new double[rows * columns + inner];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                sample[i * columns + j] = k.get(product, j / w * rows * w + i * w + j % w);
            }
        }
        for (int i = 0; i < inner; i++) {
            sample[rows * columns + i] = k.get(exponents, i);
        }
        return sample;
    }

    private static void warn(String message) {
        System.getLogger(Simd.class.getName()).log(System.Logger.Level.WARNING, message);
    }
}
