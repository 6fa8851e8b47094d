package duality.ssd;

import duality.errors.Fault;
import duality.errors.ValueException;
import duality.semiseparable.CumProdSum;
import java.util.Locale;

/**
 * How to compute, as opposed to what.
 *
 * @param algorithm the form of the operator to evaluate
 * @param chunkLength Q of the block form; any value ≥ 1, it need not divide T
 * @param statePassing the algorithm for step 3 of the block form
 * @param precision the numbers to compute with
 */
public record SsdOptions(Algorithm algorithm, int chunkLength, CumProdSum statePassing, Precision precision) {
    /** The form of the operator. */
    public enum Algorithm {
        /** The backend's choice. */
        AUTO,
        /** Step by step: {@link Recurrence}. */
        RECURRENT,
        /** Masked attention: {@link QuadraticDual}. */
        QUADRATIC,
        /** Blocks: {@link BlockDecomposition}. */
        BLOCK;

        /** The name in lower case, as on the command line. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Checks the chunk length.
     *
     * @throws ValueException if {@code chunkLength < 1}
     */
    public SsdOptions {
        if (chunkLength < 1) {
            throw new ValueException(Fault.OUT_OF_DOMAIN, "chunk length " + chunkLength + ": must be at least 1");
        }
    }

    /** The backend's algorithm, chunks of 64, states passed by the recurrence, float64. */
    public static SsdOptions defaults() {
        return new SsdOptions(Algorithm.AUTO, 64, CumProdSum.RECURRENT, Precision.FLOAT64);
    }

    /** The same with another algorithm. */
    public SsdOptions with(Algorithm newAlgorithm) {
        return new SsdOptions(newAlgorithm, chunkLength, statePassing, precision);
    }

    /** The same with another chunk length. */
    public SsdOptions withChunkLength(int newChunkLength) {
        return new SsdOptions(algorithm, newChunkLength, statePassing, precision);
    }

    /** The same with another algorithm for step 3. */
    public SsdOptions with(CumProdSum newStatePassing) {
        return new SsdOptions(algorithm, chunkLength, newStatePassing, precision);
    }

    /** The same in another precision. */
    public SsdOptions with(Precision newPrecision) {
        return new SsdOptions(algorithm, chunkLength, statePassing, newPrecision);
    }
}
