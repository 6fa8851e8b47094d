package duality.ssd;

import duality.algebra.Blocks;
import duality.semiseparable.CumProdSum;
import java.util.ArrayList;
import java.util.List;

/**
 * The SSD algorithm (Dao and Gu 2024, Section 6, Theorem 6.1). Two readings of the same four steps:
 *
 * <ul>
 *   <li><em>A block factorisation of M.</em> Cut M at the chunk boundaries. A diagonal block is a small
 *       copy of the quadratic form; the block of chunks (j, i), j &gt; i, has rank N and factors as (left
 *       factors of j) · (centre factor, the decay through the chunks between) · (right factors of i).
 *   <li><em>Chunks with state passing.</em> Each chunk computes its outputs as if nothing came before it
 *       (1) and the state it would leave (2); the states are passed along (3); each chunk adds what the
 *       state that entered it contributes (4).
 * </ul>
 *
 * <p>Work O(T Q (N+P) + T N P), memory O(T (N+P) + (T/Q) N P), nearly all of it in matrix products. The
 * cuts may be anywhere. The steps are methods so that a proof can replace one by a wrong one and watch the
 * theorem fail.
 */
public class BlockDecomposition implements SsdAlgorithm {
    private final Cuts cuts;
    private final CumProdSum statePassing;

    /**
     * The algorithm with the given cuts.
     *
     * @param cuts where to cut
     * @param statePassing the algorithm for step 3
     */
    public BlockDecomposition(Cuts cuts, CumProdSum statePassing) {
        this.cuts = cuts;
        this.statePassing = statePassing;
    }

    /** Chunks of a fixed length, states passed by the recurrence. */
    public BlockDecomposition(int chunkLength) {
        this(Cuts.every(chunkLength), CumProdSum.RECURRENT);
    }

    @Override
    public final <M> ScalarSsm.Result<M> run(Blocks<M> k, ScalarSsm<M> ssm) {
        List<Chunk<M>> chunks = cut(k, ssm);
        List<M> states = passStates(k, ssm.initialState(), chunks);
        List<M> y = new ArrayList<>();
        y.add(k.zeros(0, k.columns(ssm.x())));
        for (int i = 0; i < chunks.size(); i++) {
            y.add(k.add(diagonalBlock(k, chunks.get(i)), stateOutput(k, chunks.get(i), states.get(i))));
        }
        return new ScalarSsm.Result<>(k.stackRows(y), states.getLast());
    }

    /** Step 1, diagonal blocks: {@code (L ∘ C Bᵀ) X} inside the chunk. */
    protected <M> M diagonalBlock(Blocks<M> k, Chunk<M> chunk) {
        return chunk.diagonal(k);
    }

    /** Step 2, right factors: the state {@code S_c = Σ_s (a_{Q−1} … a_{s+1}) B_s x_sᵀ} the chunk would leave. */
    protected <M> M chunkState(Blocks<M> k, Chunk<M> chunk) {
        return chunk.stateUpdate(k);
    }

    /** Step 3, centre factors: the decay through the chunk, the factor of {@code H_c = a_{Q−1} … a_0 H_{c−1} + S_c}. */
    protected <M> M chunkDecay(Blocks<M> k, Chunk<M> chunk) {
        return chunk.decayThrough(k);
    }

    /** Step 4, left factors: {@code (a_t … a_0) C_tᵀ H_{c−1}}, the contribution of the state that enters. */
    protected <M> M stateOutput(Blocks<M> k, Chunk<M> chunk, M entering) {
        return chunk.outputsFrom(k, entering);
    }

    /** The chunks between the cuts. */
    final <M> List<Chunk<M>> cut(Blocks<M> k, ScalarSsm<M> ssm) {
        int[] boundaries = cuts.boundaries(ssm.length(k));
        List<Chunk<M>> chunks = new ArrayList<>();
        for (int i = 1; i < boundaries.length; i++) {
            chunks.add(Chunk.of(k, ssm.slice(k, boundaries[i - 1], boundaries[i], ssm.initialState())));
        }
        return chunks;
    }

    /**
     * Step 3: the states (N×P) at all boundaries, from the initial one to the final one. With one flattened
     * state a row this is itself a product with a one-semiseparable matrix, over chunks instead of steps.
     */
    final <M> List<M> passStates(Blocks<M> k, M initialState, List<Chunk<M>> chunks) {
        int rows = k.rows(initialState);
        int columns = k.columns(initialState);
        List<M> decays = new ArrayList<>();
        List<M> updates = new ArrayList<>();
        decays.add(k.identity(1)); // nothing comes before the initial state
        updates.add(k.reshape(initialState, 1, rows * columns));
        for (Chunk<M> chunk : chunks) {
            decays.add(chunkDecay(k, chunk));
            updates.add(k.reshape(chunkState(k, chunk), 1, rows * columns));
        }
        M states = statePassing.multiply(k, k.stackRows(decays), k.stackRows(updates));
        List<M> result = new ArrayList<>();
        for (int i = 0; i <= chunks.size(); i++) {
            result.add(k.reshape(k.row(states, i), rows, columns));
        }
        return result;
    }
}
