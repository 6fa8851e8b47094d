package duality.models;

/**
 * A model for parameters from any source: random ones, exact or real, or symbols. What is written once for all of them
 * can be run, classified and proven. A generic method is a family: {@code DeltaRule::sample} of
 *
 * {@snippet :
 * static <M> DeltaRule<M> sample(Samples<M> s, int length) {
 *     return new DeltaRule<>(s.gates(length, 1), s.numbers(length, 4), s.numbers(length, 4));
 * }
 * }
 */
@FunctionalInterface
public interface ModelFamily {
    /** The model of a length with parameters from {@code s}; every call draws new ones. */
    <M> LinearRecurrence<M> model(Samples<M> s, int length);
}
