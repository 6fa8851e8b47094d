package duality.models;

import duality.algebra.Blocks;

/**
 * Random parameters of models, in one kind of numbers: exact ({@link ExactSamples}) or real ({@link RealSamples}). Every
 * call gives new ones.
 *
 * @param <M> the type of a block
 */
public interface Samples<M> {
    /** The operations on the numbers. */
    Blocks<M> blocks();

    /** Any numbers. */
    M numbers(int rows, int columns);

    /** Decays and rates: between 0 and 1 where numbers have an order. */
    M gates(int rows, int columns);

    /** Positive numbers that {@link #exp} takes, and sums of products of them. */
    M exponents(int rows, int columns);

    /** The exponential of every entry, {@code exp(x + y) = exp(x) exp(y)}. */
    M exp(M exponents);

    /** {@code 1/2}, {@code 1×1}. */
    M half();

    /** Cosines and sines {@code (T×1)} of {@code jθ, j = 0 … T−1}, with θ = π/2T where there are angles. */
    Angles<M> angles(int length);

    /** Cosines and sines. */
    record Angles<M>(M cosines, M sines) {}
}
