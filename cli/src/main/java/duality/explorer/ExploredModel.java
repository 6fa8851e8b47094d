package duality.explorer;

import duality.algebra.EjmlBlocks;
import duality.algebra.PrimeField;
import duality.algebra.RingMatrix;
import duality.errors.Fault;
import duality.errors.ValueException;
import duality.models.ExactSamples;
import duality.models.LinearRecurrence;
import duality.models.RealSamples;
import duality.models.ScalarDecay;
import duality.models.Zoo;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.ejml.data.DMatrixRMaj;

/** A model with a recurrence, and its parameters. */
sealed interface ExploredModel {
    /** The name of {@link Scalar}. */
    String SCALAR = "scalar-ssm";

    /** The largest state size of {@link Scalar}. */
    int LARGEST_STATE = 8;

    /** The largest seed. */
    int LARGEST_SEED = 999;

    /** The models of the zoo with a recurrence, in its order. */
    static List<Zoo> zoo() {
        return Stream.of(Zoo.values())
                .filter(model -> model.example(new RealSamples(1), 1).model() instanceof LinearRecurrence)
                .toList();
    }

    /** The model that the parameters of a query name. */
    static ExploredModel of(Map<String, String> parameters, int length) {
        String label = parameters.getOrDefault("model", SCALAR);
        int seed = Settings.integer(parameters, "seed", 1, 0, LARGEST_SEED);
        if (label.equals(SCALAR)) {
            DecayFactors decays = new DecayFactors(parameters.getOrDefault("decays", DecayFactors.RANDOM));
            decays.requireLength(length);
            return new Scalar(Settings.integer(parameters, "N", 2, 1, LARGEST_STATE), decays, seed);
        }
        Zoo model = zoo().stream()
                .filter(candidate -> candidate.label().equals(label))
                .findFirst()
                .orElseThrow(() -> new ValueException(
                        Fault.WRONG_ARGUMENTS,
                        "no model '" + label + "' with a recurrence; there are " + SCALAR + ", "
                                + zoo().stream().map(Zoo::label).collect(Collectors.joining(", "))));
        for (String name : List.of("N", "decays")) {
            if (parameters.containsKey(name)) {
                throw new ValueException(Fault.WRONG_ARGUMENTS, label + " brings its own " + name);
            }
        }
        return new OfZoo(model, seed);
    }

    /** The name in queries. */
    String label();

    /** The recurrence. */
    String equation();

    /** Where it is from. */
    String source();

    /** The parameters of a query that name it. */
    SequencedMap<String, String> parameters();

    /** What random parameters are drawn with. */
    int seed();

    /** The model in double precision; the same every time. */
    Zoo.Example<DMatrixRMaj> real(int length);

    /** The model over the prime field, where ranks are exact, with random parameters that stand for all. */
    Zoo.Example<RingMatrix<Long>> exact(int length);

    /**
     * The scalar state space model, the layer of Mamba-2: {@code M = 1SS(a) ∘ (C Bᵀ)}. B and C are quarters from −1 to
     * 1, none zero, so that products can be checked by hand.
     *
     * @param stateSize N
     * @param decays a
     * @param seed of B and C, and of decays that are drawn
     */
    record Scalar(int stateSize, DecayFactors decays, int seed) implements ExploredModel {
        @Override
        public String label() {
            return SCALAR;
        }

        @Override
        public String equation() {
            return "h = a h + B xᵀ, y = Cᵀ h";
        }

        @Override
        public String source() {
            return Zoo.MAMBA_2.source();
        }

        @Override
        public SequencedMap<String, String> parameters() {
            SequencedMap<String, String> all = new LinkedHashMap<>();
            all.put("model", SCALAR);
            all.put("N", String.valueOf(stateSize));
            all.put("decays", decays.text());
            all.put("seed", String.valueOf(seed));
            return all;
        }

        @Override
        public Zoo.Example<DMatrixRMaj> real(int length) {
            EjmlBlocks k = EjmlBlocks.INSTANCE;
            double[] a = decays.of(length, seed).stream()
                    .mapToDouble(BigDecimal::doubleValue)
                    .toArray();
            SplittableRandom random = new SplittableRandom(seed);
            DMatrixRMaj b = quarters(random, length);
            DMatrixRMaj c = quarters(random, length);
            return new Zoo.Example<>(new ScalarDecay<>(k.of(length, 1, a), c, b), k.multiplyTransposeRight(c, b));
        }

        private DMatrixRMaj quarters(SplittableRandom random, int length) {
            DoubleSupplier quarter = () -> (random.nextBoolean() ? 1 : -1) * random.nextInt(1, 5) / 4.0;
            double[] entries = Stream.generate(quarter::getAsDouble)
                    .limit((long) length * stateSize)
                    .mapToDouble(x -> x)
                    .toArray();
            return EjmlBlocks.INSTANCE.of(length, stateSize, entries);
        }

        @Override
        public Zoo.Example<RingMatrix<Long>> exact(int length) {
            ExactSamples samples = new ExactSamples(seed);
            RingMatrix<Long> a = RingMatrix.of(
                    length,
                    1,
                    decays.of(length, seed).stream().map(Scalar::inPrimeField).toList());
            RingMatrix<Long> b = samples.numbers(length, stateSize);
            RingMatrix<Long> c = samples.numbers(length, stateSize);
            return new Zoo.Example<>(
                    new ScalarDecay<>(a, c, b), samples.blocks().multiplyTransposeRight(c, b));
        }

        private static long inPrimeField(BigDecimal value) {
            PrimeField field = PrimeField.INSTANCE;
            long numerator = field.integer(value.unscaledValue().longValueExact());
            return field.divide(numerator, PrimeField.power(10, value.scale()));
        }
    }

    /**
     * A model of the zoo, on parameters drawn as it draws them.
     *
     * @param model one with a recurrence
     * @param seed of its parameters
     */
    record OfZoo(Zoo model, int seed) implements ExploredModel {
        @Override
        public String label() {
            return model.label();
        }

        @Override
        public String equation() {
            return model.equation();
        }

        @Override
        public String source() {
            return model.source();
        }

        @Override
        public SequencedMap<String, String> parameters() {
            SequencedMap<String, String> all = new LinkedHashMap<>();
            all.put("model", label());
            all.put("seed", String.valueOf(seed));
            return all;
        }

        @Override
        public Zoo.Example<DMatrixRMaj> real(int length) {
            return model.example(new RealSamples(seed), length);
        }

        @Override
        public Zoo.Example<RingMatrix<Long>> exact(int length) {
            return model.example(new ExactSamples(seed), length);
        }
    }
}
