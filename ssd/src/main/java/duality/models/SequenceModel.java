package duality.models;

import duality.algebra.Blocks;
import duality.algebra.EjmlBlocks;
import duality.algebra.FloatingBlocks;
import duality.figures.Figure;

/**
 * One head of a sequence model on one sequence, as the matrix that mixes the rows of its input: {@code Y = M X} with
 * {@code X (T×P)}. The parameters that depend on the input (queries, keys, gates) are given.
 *
 * @param <M> the type of a block
 */
public interface SequenceModel<M> {
    /** T, the number of steps. */
    int length(Blocks<M> k);

    /** The matrix {@code M (T×T)}. */
    M matrix(Blocks<M> k);

    /** The quadratic form: the matrix times the input {@code x (T×P)}. Work O(T²P) beyond that for the matrix. */
    default M quadratic(Blocks<M> k, M x) {
        return k.multiply(matrix(k), x);
    }

    /** The entries of the matrix as a picture. */
    default Figure figure(FloatingBlocks<M> k) {
        M matrix = matrix(k);
        return new Figure("A sequence model as a matrix")
                .heatMap(
                        "The model as a matrix",
                        EjmlBlocks.INSTANCE.of(k.rows(matrix), k.columns(matrix), k.toArray(matrix)));
    }
}
