/**
 * The structured state space duality (SSD) operator of Mamba-2 ("Transformers are SSMs", Dao and Gu,
 * arXiv 2405.21060).
 *
 * <p>Two floors. The <em>definition</em> is one head on one sequence, over any ring: {@link
 * duality.ssd.ScalarSsm} holds the generators of the matrix, and three algorithms multiply by it: {@link
 * duality.ssd.Recurrence}, {@link duality.ssd.QuadraticDual} and {@link duality.ssd.BlockDecomposition};
 * {@link duality.ssd.BlockGradient} is its derivative. Read them in that order. The <em>operator</em> is
 * what models call, on tensors with batches, heads, groups, gates and packed sequences: {@link
 * duality.ssd.SsdInputs} goes to an {@link duality.ssd.SsdBackend} and comes back as {@link
 * duality.ssd.SsdOutputs} or {@link duality.ssd.SsdGradients}.
 *
 * <p>Letters are the paper's: T time, N state size, P head dimension, H heads, Q chunk length.
 */
@NullMarked
package duality.ssd;

import org.jspecify.annotations.NullMarked;
