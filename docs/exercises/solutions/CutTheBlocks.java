// Exercise 3: cut the blocks. The problem is in docs/exercises/3-cut-the-blocks.md.

import static duality.exercises.Exercise.*;

import duality.algebra.*;
import duality.exercises.*;
import duality.proofs.symbolic.*;
import duality.ssd.*;
import java.util.*;
import java.util.stream.IntStream;
import org.apache.commons.math3.fraction.BigFraction;

// ---- Tools

FieldBlocks<BigFraction> rational = new FieldBlocks<>(CommonsMath.RATIONALS);

/** A matrix of integers, written row by row. */
RingMatrix<BigFraction> integers(int columns, long... rowByRow) {
    return RingMatrix.of(rowByRow.length / columns, columns, (i, j) -> rational.ring().integer(rowByRow[i * columns + j]));
}

// ---- a. By hand

void partA() {
    // The model of exercise 1: a = (1, 2, 3, 1), b = (1, 3, 1, 2), c = (1, 1, 2, 1).
    var ssm = ScalarSsm.of(
            rational,
            integers(1, 1, 2, 3, 1),
            integers(1, 1, 3, 1, 2),
            integers(1, 1, 1, 2, 1),
            integers(1, 1, 0, 0, 0),
            integers(1, 0));
    RingMatrix<BigFraction> m = ssm.matrix(rational);
    show("M", m);
    RingMatrix<BigFraction> corner = rational.block(m, 2, 4, 0, 2);
    show("M[2:, :2]", corner);
    // solution:
    RingMatrix<BigFraction> left = integers(1, 6, 3); // a_2 c_2 and a_3 a_2 c_3
    RingMatrix<BigFraction> right = integers(2, 2, 3); // a_1 b_0 and b_1
    // instead: RingMatrix<BigFraction> left = todo("a. a column and a row whose product is M[2:, :2]"), right = left;
    equal("left times right", rational.multiply(left, right), corner);
}

// ---- b. Four steps

/** The outputs of a model cut into chunks: Y (T×P). */
<M> M blocks(Blocks<M> k, ScalarSsm<M> ssm, int... cuts) {
    int[] boundaries = Cuts.at(cuts).boundaries(ssm.length(k));
    M state = ssm.initialState(); // H, the state that enters the chunk (N×P)
    List<M> y = new ArrayList<>();
    for (int chunk = 1; chunk < boundaries.length; chunk++) {
        int from = boundaries[chunk - 1];
        int to = boundaries[chunk];
        M a = k.rows(ssm.decay(), from, to);
        M b = k.rows(ssm.b(), from, to);
        M c = k.rows(ssm.c(), from, to);
        M x = k.rows(ssm.x(), from, to);
        M mask = k.oneSemiseparable(a); // L (Q×Q)
        M fromStart = k.scale(k.row(a, 0), k.block(mask, 0, to - from, 0, 1)); // a_t … a_0 for every t (Q×1)
        M toEnd = k.transpose(k.row(mask, to - from - 1)); // a_{Q−1} … a_{s+1} for every s (Q×1)
        M through = k.row(fromStart, to - from - 1); // a_{Q−1} … a_0 (1×1)
        // solution:
        M diagonal = k.multiply(k.hadamard(mask, k.multiplyTransposeRight(c, b)), x); // 1: (L ∘ C Bᵀ) X
        M update = k.multiplyTransposeLeft(k.scaleRows(toEnd, b), x); // 2: Σ_s a_{Q−1} … a_{s+1} B_s x_sᵀ
        M entering = state;
        state = k.add(k.scale(through, entering), update); // 3: the state that leaves
        y.add(k.add(diagonal, k.scaleRows(fromStart, k.multiply(c, entering)))); // 4: a_t … a_0 C_tᵀ H
        // instead: y.add(todo("b. the outputs of the chunk: four steps"));
    }
    return k.stackRows(y);
}

/** A model of letters: decays commute, rows of B, C, X and the state do not. For all N and P. */
ScalarSsm<RingMatrix<Polynomial>> letters(FreeAlgebra ring, int length) {
    return ScalarSsm.of(
            new RingBlocks<>(ring),
            RingMatrix.of(length, 1, (t, _) -> ring.variable("a", t)),
            RingMatrix.of(length, 1, (t, _) -> ring.letter("B", t)),
            RingMatrix.of(length, 1, (t, _) -> ring.letter("C", t)),
            RingMatrix.of(length, 1, (t, _) -> ring.letter("x", t)),
            RingMatrix.of(1, 1, (_, _) -> ring.letter("h")));
}

void partB() {
    var ring = new FreeAlgebra();
    var k = new RingBlocks<>(ring);
    var ssm = letters(ring, 4);
    var y = blocks(k, ssm, 2);
    IO.println("y[3] = " + y.get(3, 0));
    check("cut in the middle, the outputs are those of the recurrence", k.equal(y, new Recurrence().run(k, ssm).y()));
}

// ---- c. Any cuts

void partC() {
    var ring = new FreeAlgebra();
    var k = new RingBlocks<>(ring);
    int length = 8;
    var ssm = letters(ring, length);
    var y = new Recurrence().run(k, ssm).y();
    int ways = 0;
    int right = 0;
    for (int set = 0; set < 1 << (length - 1); set++) { // bit t − 1 of the set says whether to cut before step t
        int chosen = set;
        // solution:
        int[] cuts = IntStream.range(1, length)
                .filter(t -> (chosen >> (t - 1) & 1) != 0)
                .toArray();
        // instead: int[] cuts = todo("c. the places where this set cuts");
        ways++;
        right += k.equal(blocks(k, ssm, cuts), y) ? 1 : 0;
    }
    equal("ways to cut 8 steps", ways, 128);
    equal("of them right", right, 128);
}

// ---- d. How long should a chunk be?

/** The chunk length with the fewest multiplications, by a formula. */
double best(double stateSize, double headDim) {
    // solution:
    return Math.sqrt(stateSize * headDim / (stateSize + headDim + 1.5));
    // instead: return todo("d. the chunk length for which the formula of the sheet is least");
}

void partD() {
    int length = 64;
    int size = 16; // N = P
    RingMatrix<Long> ones = RingMatrix.of(length, 1, (_, _) -> 1L);
    RingMatrix<Long> any = RingMatrix.of(length, size, (i, j) -> (long) (i + j));
    long least = Long.MAX_VALUE;
    int leastAt = 0;
    for (int q = 1; q <= length; q *= 2) {
        var ring = new CountingRing<>(PrimeField.INSTANCE);
        var k = new RingBlocks<>(ring);
        int[] boundaries = Cuts.every(q).boundaries(length);
        blocks(
                k,
                ScalarSsm.of(k, ones, any, any, any, k.zeros(size, size)),
                Arrays.copyOfRange(boundaries, 1, boundaries.length - 1));
        IO.println("Q = %2d: %6d multiplications".formatted(q, ring.multiplications()));
        if (ring.multiplications() < least) {
            least = ring.multiplications();
            leastAt = q;
        }
    }
    double q = best(size, size);
    check("the least is at Q = %d, near %.1f".formatted(leastAt, q), leastAt / 2.0 < q && q < leastAt * 2.0);
}

// ---- Run

void main() {
    partA();
    partB();
    partC();
    partD();
}
