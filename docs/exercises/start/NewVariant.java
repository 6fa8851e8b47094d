// Exercise 5: make a new variant and classify it. The problem is in docs/exercises/5-new-variant.md.

import static duality.exercises.Exercise.*;

import duality.algebra.*;
import duality.models.*;
import duality.proofs.*;
import duality.ssd.*;
import java.util.*;
import org.apache.commons.math3.fraction.BigFraction;

// ---- a. By hand

FieldBlocks<BigFraction> rational = new FieldBlocks<>(CommonsMath.RATIONALS);

void partA() {
    // The mask of attention that grows with age: L_ts = t − s + 1 for s ≤ t.
    RingMatrix<BigFraction> mask = todo("a. L, 5x5: RingMatrix.of(5, 5, (t, s) -> ...)"); int rank = 0;
    show("L", mask);
    equal("your rank of L[2:, :3]", rank, rational.rank(rational.block(mask, 2, 5, 0, 3)));
}

// ---- b. The recurrence

/** S_t = Σ_{s ≤ t} (t − s + 1) k_s v_sᵀ, o_t = S_tᵀ q_t: two states, S over the plain sum U. */
record Trend<M>(M q, M k) implements LinearRecurrence<M> {
    static <M> Trend<M> sample(Samples<M> s, int length) {
        return new Trend<>(s.numbers(length, 2), s.numbers(length, 2));
    }

    @Override
    public int length(Blocks<M> ops) {
        return ops.rows(k);
    }

    @Override
    public Step<M> step(Blocks<M> ops, int t) {
        M one = ops.identity(1);
        M zero = ops.zeros(1, 1);
        M key = ops.transpose(ops.row(k, t)); // N×1
        M query = ops.row(q, t); // 1×N
        M none = ops.zeros(1, ops.columns(q));
        return todo("b. Step.of(ops, the 2×2 rule ⊗ I, what k adds to (S; U), the readout (q 0))");
    }
}

void partB() {
    var numbers = new ExactSamples(1);
    var f = new FieldBlocks<>(PrimeField.INSTANCE);
    Trend<RingMatrix<Long>> trend = Trend.sample(numbers, 12);
    RingMatrix<Long> mask = RingMatrix.of(12, 12, (t, s) -> s > t ? 0L : t - s + 1L);
    check(
            "the matrix of the recurrence is L ∘ Q Kᵀ",
            f.equal(trend.matrix(f), f.hadamard(mask, f.multiplyTransposeRight(trend.q(), trend.k()))));
    RingMatrix<Long> v = numbers.numbers(12, 3);
    check("in blocks it is the same", f.equal(trend.block(f, v, Cuts.at(1, 5, 7)), trend.quadratic(f, v)));
}

// ---- c. Its class

void partC() {
    var f = new FieldBlocks<>(PrimeField.INSTANCE);
    Trend<RingMatrix<Long>> trend = Trend.sample(new ExactSamples(1), 64);
    String predicted = todo("c. the class, such as \"1-SS mask\" or \"3-SS mask ∩ Toeplitz\"");
    Classification found = Classifier.exact(PrimeField.INSTANCE)
            .classify(trend, f.multiplyTransposeRight(trend.q(), trend.k()));
    IO.println("transition: " + found.transition());
    equal("your class", predicted, found.summary());
    check("it is outside the duality", !found.isOneSemiseparableAttention());
}

// ---- d. Its proof

void partD() {
    Theorem.Outcome outcome = ModelTheorems.of("trend", Trend::sample, 5).prove();
    outcome.refuted().keySet().forEach(wrong -> IO.println("refuted: " + wrong));
    check("all forms are one map, in %d identities".formatted(outcome.identities()), outcome.holds());
}

// ---- e. Your own

/** The weights turn with age: L_ts = cos((t − s)θ), without a decay. */
record Turn<M>(M cosine, M sine, M q, M k) implements LinearRecurrence<M> {
    static <M> Turn<M> sample(Samples<M> s, int length) {
        Samples.Angles<M> angles = s.angles(2); // of 0 and θ
        Blocks<M> ops = s.blocks();
        return new Turn<>(
                ops.row(angles.cosines(), 1), ops.row(angles.sines(), 1), s.numbers(length, 2), s.numbers(length, 2));
    }

    @Override
    public int length(Blocks<M> ops) {
        return ops.rows(k);
    }

    @Override
    public Step<M> step(Blocks<M> ops, int t) {
        M key = ops.transpose(ops.row(k, t));
        M none = ops.zeros(1, ops.columns(q));
        return todo("e. a rotation by θ for the rule; k enters the first state, q reads it");
    }
}

void partE() {
    var f = new FieldBlocks<>(PrimeField.INSTANCE);
    Turn<RingMatrix<Long>> turn = Turn.sample(new ExactSamples(3), 64);
    String predicted = todo("e. its class");
    Classification found = Classifier.exact(PrimeField.INSTANCE)
            .classify(turn, f.multiplyTransposeRight(turn.q(), turn.k()));
    equal("your class", predicted, found.summary());
    check("proven", ModelTheorems.of("turn", Turn::sample, 4).prove().holds());
}

// ---- Run

void main() {
    partA();
    partB();
    partC();
    partD();
    partE();
}
