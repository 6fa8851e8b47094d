package duality.ssd;

import duality.algebra.Blocks;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The gradient of {@code Σ y·dy + Σ h_{T−1}·dh_{T−1}} with respect to every generator of a {@link
 * ScalarSsm}, by the same block decomposition as the forward pass: the states are passed forward, their
 * gradients backward, and the rest is products inside each chunk. With chunks of one step it is the adjoint
 * recurrence, with a single chunk the gradient of masked attention. Work and memory as for {@link
 * BlockDecomposition}.
 *
 * <p>The decay's gradient is that of its logarithm, {@code a_t · ∂/∂a_t}: no division, so a reset has
 * gradient zero. It is summed directly over the pairs (t, s) that cross step k, not taken as a difference
 * of two large sums (which loses accuracy).
 */
public final class BlockGradient {
    private final BlockDecomposition forward;

    /** The gradient with the cuts and the state passing of a forward pass. */
    public BlockGradient(BlockDecomposition forward) {
        this.forward = forward;
    }

    /**
     * Gradients, each of the shape of what it is the gradient of.
     *
     * @param logDecay {@code a_t · ∂/∂a_t (T×1)}
     * @param b {@code dB (T×N)}
     * @param c {@code dC (T×N)}
     * @param x {@code dX (T×P)}
     * @param initialState {@code dh_{−1} (N×P)}
     * @param <M> the type of a block
     */
    public record Result<M>(M logDecay, M b, M c, M x, M initialState) {}

    /** The parts of a {@link Result} that belong to one chunk, and the gradient of the state that entered it. */
    private record Part<M>(M logDecay, M b, M c, M x, M entering) {}

    /**
     * The gradients.
     *
     * @param k the operations to compute with; their scalars must commute
     * @param dy gradient of the outputs {@code (T×P)}
     * @param dFinalState gradient of the final state {@code (N×P)}
     */
    public <M> Result<M> run(Blocks<M> k, ScalarSsm<M> ssm, M dy, M dFinalState) {
        List<Chunk<M>> chunks = forward.cut(k, ssm);
        List<M> states = forward.passStates(k, ssm.initialState(), chunks);
        List<Part<M>> parts = new ArrayList<>();
        M leaving = dFinalState;
        int to = ssm.length(k);
        for (int i = chunks.size() - 1; i >= 0; i--) {
            Chunk<M> chunk = chunks.get(i);
            int from = to - chunk.length(k);
            Part<M> part = part(k, chunk, states.get(i), k.rows(dy, from, to), leaving);
            parts.add(part);
            leaving = part.entering();
            to = from;
        }
        Collections.reverse(parts);
        M none = k.zeros(0, k.columns(ssm.b()));
        return new Result<>(
                stack(k, k.zeros(0, 1), parts.stream().map(Part::logDecay).toList()),
                stack(k, none, parts.stream().map(Part::b).toList()),
                stack(k, none, parts.stream().map(Part::c).toList()),
                stack(
                        k,
                        k.zeros(0, k.columns(ssm.x())),
                        parts.stream().map(Part::x).toList()),
                leaving);
    }

    /**
     * One chunk, with the state S that enters it and the gradient G of the state that leaves it. With l, w, α
     * the decay factors from the start, to the end and through the chunk:
     *
     * <pre>
     *   U   = (L ∘ C Bᵀ)ᵀ dY + w ∘ (B G)         = dX
     *   dCB = L ∘ (dY Xᵀ)
     *   dB  = dCBᵀ C + w ∘ (X Gᵀ)
     *   dC  = dCB B + l ∘ (dY Sᵀ)
     *   dS  = α G + (l ∘ C)ᵀ dY
     * </pre>
     */
    private static <M> Part<M> part(Blocks<M> k, Chunk<M> chunk, M s, M dy, M g) {
        M gram = chunk.gram(k);
        M dGram = k.hadamard(chunk.mask(), k.multiplyTransposeRight(dy, chunk.x()));
        M fromState = k.scaleRows(chunk.decayFromStart(k), k.multiplyTransposeRight(dy, s)); // l ∘ (dY Sᵀ)
        M intoState = k.scaleRows(chunk.decayToEnd(k), k.multiplyTransposeRight(chunk.x(), g)); // w ∘ (X Gᵀ)
        return new Part<>(
                logDecay(k, chunk, k.hadamard(dGram, gram), fromState, intoState, s, g),
                k.add(k.multiplyTransposeLeft(dGram, chunk.c()), intoState),
                k.add(k.multiply(dGram, chunk.b()), fromState),
                k.add(
                        k.multiplyTransposeLeft(k.hadamard(chunk.mask(), gram), dy),
                        k.scaleRows(chunk.decayToEnd(k), k.multiply(chunk.b(), g))),
                k.add(
                        k.scale(chunk.decayThrough(k), g),
                        k.multiplyTransposeLeft(k.scaleRows(chunk.decayFromStart(k), chunk.c()), dy)));
    }

    /**
     * The factor a_k is in every path that crosses from before step k to step k or later. By where a path
     * starts and ends:
     *
     * <pre>
     *   state to output     Σ_{t≥k} C_t · (l_t S dy_tᵀ)
     *   state to state      α ⟨S, G⟩
     *   input to state      Σ_{s&lt;k} B_s · (w_s G x_sᵀ)
     *   input to output     Σ_{t≥k} Σ_{s&lt;k} W_ts,   W = L ∘ C Bᵀ ∘ dY Xᵀ
     * </pre>
     *
     * With J = 1SS(1) the sums over t ≥ k are products with Jᵀ, those over s &lt; k with J − I.
     */
    private static <M> M logDecay(Blocks<M> k, Chunk<M> chunk, M w, M fromState, M intoState, M s, M g) {
        int length = chunk.length(k);
        M from = k.oneSemiseparable(k.ones(length, 1));
        M before = k.subtract(from, k.identity(length));
        M stateToOutput = k.multiplyTransposeLeft(from, k.rowSums(k.hadamard(fromState, chunk.c())));
        M inputToState = k.multiply(before, k.rowSums(k.hadamard(intoState, chunk.b())));
        M inputToOutput =
                k.multiplyTransposeLeft(k.hadamard(from, k.multiplyTransposeRight(w, before)), k.ones(length, 1));
        M inner = k.multiply(k.ones(1, k.rows(s)), k.rowSums(k.hadamard(s, g))); // ⟨S, G⟩
        M stateToState = k.multiply(k.ones(length, 1), k.hadamard(chunk.decayThrough(k), inner));
        return k.add(k.add(stateToOutput, stateToState), k.add(inputToState, inputToOutput));
    }

    private static <M> M stack(Blocks<M> k, M empty, List<M> parts) {
        List<M> all = new ArrayList<>();
        all.add(empty);
        all.addAll(parts);
        return k.stackRows(all);
    }
}
