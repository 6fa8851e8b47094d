package duality.sma;

import duality.algebra.FloatingBlocks;
import duality.errors.ShapeException;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import java.util.random.RandomGenerator;

/**
 * A map ψ of queries and keys to features, whose kernel {@code ψ(q)·ψ(k)} is what attention weighs values by (Dao and
 * Gu 2024, appendix on kernel feature maps). cosFormer is {@link Elementwise#RELU} under the mask {@link
 * SemiseparableMask#cosine}.
 */
public interface FeatureMap {
    /** The features {@code ψ(x) (T×N)} of every row of {@code x (T×d)}. */
    <M> M apply(FloatingBlocks<M> k, M x);

    /** Whether {@code ψ(q)·ψ(k) ≥ 0} for all q and k, which normalised attention needs. */
    boolean hasPositiveKernel();

    /** Maps of single entries, N = d. */
    enum Elementwise implements FeatureMap {
        /** {@code x}. */
        IDENTITY,
        /** {@code x / (1 + e^{−x})}, also called SiLU. */
        SWISH,
        /** {@code e^x}. */
        EXP,
        /** {@code max(x, 0)}. */
        RELU,
        /** {@code x + 1} if x &gt; 0, else {@code e^x} (Katharopoulos et al. 2020, arXiv 2006.16236). */
        ELU_PLUS_ONE;

        private double of(double x) {
            return switch (this) {
                case IDENTITY -> x;
                case SWISH -> x / (1 + Math.exp(-x));
                case EXP -> Math.exp(x);
                case RELU -> Math.max(x, 0);
                case ELU_PLUS_ONE -> x > 0 ? x + 1 : Math.exp(x);
            };
        }

        @Override
        public <M> M apply(FloatingBlocks<M> k, M x) {
            return map(k, x, this::of);
        }

        @Override
        public boolean hasPositiveKernel() {
            return this != IDENTITY && this != SWISH;
        }
    }

    /** {@code [1, x, x⊗x/√2]}, the kernel {@code 1 + u + u²/2} of u = q·k (Based: Arora et al. 2024, arXiv 2402.18668). */
    enum Taylor implements FeatureMap {
        /** To second order. */
        SECOND_ORDER;

        @Override
        public <M> M apply(FloatingBlocks<M> k, M x) {
            return Features.taylor(k, x, k.of(1, 1, new double[] {Math.sqrt(0.5)}));
        }

        @Override
        public boolean hasPositiveKernel() {
            return true; // 1 + u + u²/2 = ((1 + u)² + 1)/2
        }
    }

    /**
     * {@code x̂⊗x̂} of {@code x̂ = γ ∘ norm(x) + β}, the kernel {@code (q̂·k̂)²} (ReBased: Aksenov et al. 2024, arXiv
     * 2402.10644). norm subtracts the mean of a row and divides by the root of its mean square deviation plus {@value
     * #EPSILON}.
     *
     * @param gamma γ, d numbers, copied both ways
     * @param beta β, d numbers, copied both ways
     */
    record Rebased(double[] gamma, double[] beta) implements FeatureMap {
        /** Keeps the norm of a constant row finite. */
        static final double EPSILON = 1e-5;

        /** Copies what is given, and checks it. */
        public Rebased {
            gamma = gamma.clone();
            beta = beta.clone();
        }

        /** A copy. */
        @Override
        public double[] gamma() {
            return gamma.clone();
        }

        /** A copy. */
        @Override
        public double[] beta() {
            return beta.clone();
        }

        @Override
        public <M> M apply(FloatingBlocks<M> k, M x) {
            int width = k.columns(x);
            if (gamma.length != width || beta.length != width) {
                throw ShapeException.mismatch(
                        "gamma and beta of rows of " + width,
                        gamma.length + " and " + beta.length,
                        width + " and " + width);
            }
            double[] values = k.toArray(x);
            for (int from = 0; from < values.length; from += width) {
                double mean = Arrays.stream(values, from, from + width).sum() / width;
                double square = 0;
                for (int j = from; j < from + width; j++) {
                    square += (values[j] - mean) * (values[j] - mean);
                }
                double scale = 1 / Math.sqrt(square / width + EPSILON);
                for (int j = 0; j < width; j++) {
                    values[from + j] = gamma[j] * (values[from + j] - mean) * scale + beta[j];
                }
            }
            M normed = k.of(k.rows(x), width, values);
            return k.khatriRaoRows(normed, normed);
        }

        @Override
        public boolean hasPositiveKernel() {
            return true;
        }
    }

    /** Which features of random projections. */
    enum RandomKind {
        /** {@code (cos Wx, sin Wx)/√m}: on average {@code exp(−|q−k|²/2)} (Rahimi and Recht 2007). N = 2m. */
        FOURIER,
        /** {@code exp(Wx − |x|²/2)/√m}: on average {@code exp(q·k)} (Choromanski et al. 2020, arXiv 2009.14794). N = m. */
        POSITIVE,
        /**
         * {@code (exp(Wx), exp(−Wx)) exp(−|x|²/2)/√2m}: on average {@code exp(q·k)}, with less variance (the same, lemma 1).
         * N = 2m.
         */
        HYPERBOLIC
    }

    /**
     * Features of m random projections, the rows w of W, independent and normal with mean zero and variance one: then
     * the kernel is an unbiased estimate of the one that is named.
     *
     * @param kind which features
     * @param projections {@code W (m×d)}, row by row; copied both ways
     * @param count m, at least 1
     */
    record RandomFeatures(RandomKind kind, double[] projections, int count) implements FeatureMap {
        /** Copies what is given, and checks it. */
        public RandomFeatures {
            projections = projections.clone();
            if (count < 1 || projections.length % count != 0) {
                throw ShapeException.mismatch(
                        "entries of W (m×d)",
                        String.valueOf(projections.length),
                        "a multiple of m = " + count + " ≥ 1");
            }
        }

        /** Projections of rows of d numbers drawn from a generator: the same seed gives the same features. */
        public static RandomFeatures draw(RandomKind kind, int count, int width, RandomGenerator random) {
            double[] projections = new double[Math.multiplyExact(count, width)];
            Arrays.setAll(projections, i -> random.nextGaussian());
            return new RandomFeatures(kind, projections, count);
        }

        /** A copy. */
        @Override
        public double[] projections() {
            return projections.clone();
        }

        @Override
        public <M> M apply(FloatingBlocks<M> k, M x) {
            M projected = k.multiplyTransposeRight(x, k.of(count, projections.length / count, projections));
            return switch (kind) {
                case FOURIER ->
                    k.beside(
                            map(k, projected, z -> Math.cos(z) / Math.sqrt(count)),
                            map(k, projected, z -> Math.sin(z) / Math.sqrt(count)));
                case POSITIVE -> exponentials(k, x, projected, Math.sqrt(count));
                case HYPERBOLIC ->
                    k.beside(
                            exponentials(k, x, projected, Math.sqrt(2.0 * count)),
                            exponentials(k, x, k.negate(projected), Math.sqrt(2.0 * count)));
            };
        }

        /** {@code exp(z − |x|²/2)/divisor}: one exponential, so that neither factor overflows by itself. */
        private <M> M exponentials(FloatingBlocks<M> k, M x, M projected, double divisor) {
            double[] z = k.toArray(projected);
            double[] squares = k.toArray(k.rowSums(k.hadamard(x, x)));
            for (int i = 0; i < z.length; i++) {
                z[i] = Math.exp(z[i] - squares[i / count] / 2) / divisor;
            }
            return k.of(k.rows(x), count, z);
        }

        @Override
        public boolean hasPositiveKernel() {
            return kind != RandomKind.FOURIER;
        }
    }

    private static <M> M map(FloatingBlocks<M> k, M x, DoubleUnaryOperator function) {
        double[] values = k.toArray(x);
        for (int i = 0; i < values.length; i++) {
            values[i] = function.applyAsDouble(values[i]);
        }
        return k.of(k.rows(x), k.columns(x), values);
    }
}
