package duality.models;

import duality.algebra.Blocks;
import duality.semiseparable.Generators;
import java.util.ArrayList;
import java.util.List;

/**
 * Hydra (Hwang, Lahoti, Dao and Gu 2024, arXiv 2407.09941), a model that looks both ways: {@code shift(SS(X)) +
 * flip(shift(SS'(flip X))) + diag(δ) X}, where SS is a state space model and shift moves rows down by one. A
 * quasiseparable matrix, with a model on either side of a free diagonal.
 *
 * @param forward SS
 * @param backward SS', in the order of the flipped sequence
 * @param diagonal {@code δ (T×1)}
 * @param <M> the type of a block
 */
public record Hydra<M>(ScalarDecay<M> forward, ScalarDecay<M> backward, M diagonal) implements SequenceModel<M> {
    @Override
    public int length(Blocks<M> ops) {
        return ops.rows(diagonal);
    }

    /** The equation as it stands, on {@code x (T×P)}. */
    public M equation(Blocks<M> ops, M x) {
        M right = shift(ops, forward.recurrent(ops, x));
        M left = ops.reverseRows(shift(ops, backward.recurrent(ops, ops.reverseRows(x))));
        return ops.add(ops.add(right, left), ops.scaleRows(diagonal, x));
    }

    /** The matrix by generators of lower and upper rank N. */
    public Generators<M> generators(Blocks<M> ops) {
        Generators<M> lower = strictlyLower(ops, forward);
        Generators<M> upper = strictlyLower(ops, backward).reverse();
        List<M> d = new ArrayList<>();
        for (int t = 0; t < length(ops); t++) {
            d.add(ops.row(diagonal, t));
        }
        return Generators.of(ops, d, lower.p(), lower.r(), lower.q(), upper.u(), upper.w(), upper.v());
    }

    @Override
    public M matrix(Blocks<M> ops) {
        return generators(ops).dense(ops);
    }

    /** {@code shift(SS(X))}: step t reads what step t − 1 would have read after its update, {@code q_{t−1}ᵀ S_{t−1}}. */
    private static <M> Generators<M> strictlyLower(Blocks<M> ops, ScalarDecay<M> model) {
        List<Step<M>> steps = new ArrayList<>();
        for (int t = 0; t < model.length(ops); t++) {
            Step<M> step = model.step(ops, t);
            M query = ops.row(model.q(), Math.max(0, t - 1)); // the state before step 0 is zero
            steps.add(Step.readingBefore(ops, step.transition(), step.input(), query, ops.zeros(1, 1)));
        }
        return LinearRecurrence.of(steps).generators(ops);
    }

    private static <M> M shift(Blocks<M> ops, M x) {
        int rows = ops.rows(x);
        return rows == 0 ? x : ops.stackRows(List.of(ops.zeros(1, ops.columns(x)), ops.rows(x, 0, rows - 1)));
    }
}
