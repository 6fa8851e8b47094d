// Exercise 2: derive the dual. The problem is in docs/exercises/2-derive-the-dual.md.

import static duality.exercises.Exercise.*;

import duality.algebra.*;
import duality.exercises.*;
import duality.proofs.symbolic.*;
import java.util.*;

// ---- Tools

/** A matrix of symbols that commute: name[i,j], or name[i] for a column. */
RingMatrix<Polynomial> variables(Polynomials ring, String name, int rows, int columns) {
    return RingMatrix.of(rows, columns, (i, j) -> columns == 1 ? ring.variable(name, i) : ring.variable(name, i, j));
}

// ---- a. Unroll the recurrence

/** h = a_t h + B_t x_tᵀ, y_t = C_tᵀ h from h = 0, with a (T×1), B and C (T×N), X (T×P). Returns Y (T×P). */
<M> M recurrent(Blocks<M> k, M a, M b, M c, M x) {
    M h = k.zeros(k.columns(b), k.columns(x));
    List<M> y = new ArrayList<>();
    for (int t = 0; t < k.rows(a); t++) {
        // solution:
        M input = k.multiplyTransposeLeft(k.row(b, t), k.row(x, t)); // B_t x_tᵀ, N×P
        h = k.add(k.scale(k.row(a, t), h), input);
        y.add(k.multiply(k.row(c, t), h));
        // instead: y.add(todo("a. the output of step t; do not forget to update h"));
    }
    return k.stackRows(y);
}

void partA() {
    var ring = new Polynomials();
    var k = new RingBlocks<>(ring);
    var y = recurrent(
            k,
            variables(ring, "a", 3, 1),
            variables(ring, "B", 3, 1),
            variables(ring, "C", 3, 1),
            variables(ring, "x", 3, 1));
    for (int t = 0; t < 3; t++) {
        IO.println("y[" + t + "] = " + y.get(t, 0));
    }
    check("the last output has one term for each input", y.get(2, 0).terms() == 3);
}

// ---- b. Read the sum as attention

/** The mask L = 1SS(a) (T×T), entry by entry. */
<M> M mask(Blocks<M> k, M a) {
    List<M> rows = new ArrayList<>();
    for (int j = 0; j < k.rows(a); j++) {
        List<M> row = new ArrayList<>();
        for (int i = 0; i < k.rows(a); i++) {
            // solution:
            M entry = i > j ? k.zeros(1, 1) : k.ones(1, 1);
            for (int t = i + 1; t <= j; t++) {
                entry = k.multiply(k.row(a, t), entry);
            }
            row.add(entry);
            // instead: row.add(todo("b. the entry of row j and column i of the mask"));
        }
        rows.add(k.stackColumns(row));
    }
    return k.stackRows(rows);
}

/** Y = (L ∘ C Bᵀ) X. */
<M> M attention(Blocks<M> k, M a, M b, M c, M x) {
    // solution:
    return k.multiply(k.hadamard(mask(k, a), k.multiplyTransposeRight(c, b)), x);
    // instead: return todo("b. masked attention with queries C, keys B and values X");
}

void partB() {
    var ring = new Polynomials();
    var k = new RingBlocks<>(ring);
    var a = variables(ring, "a", 3, 1);
    show("L", mask(k, a));
    check("L is the library's 1SS(a)", k.equal(mask(k, a), k.oneSemiseparable(a)));
    var b = variables(ring, "B", 3, 1);
    var c = variables(ring, "C", 3, 1);
    show("L ∘ C Bᵀ", k.hadamard(mask(k, a), k.multiplyTransposeRight(c, b)));
}

// ---- c. Prove that they are one map

void partC() {
    // One polynomial for every entry: equal polynomials are equal for all numbers, at this shape.
    var ring = new Polynomials();
    var k = new RingBlocks<>(ring);
    var a = variables(ring, "a", 6, 1);
    var b = variables(ring, "B", 6, 2);
    var c = variables(ring, "C", 6, 2);
    var x = variables(ring, "x", 6, 2);
    var y = recurrent(k, a, b, c, x);
    check("equal polynomials at T = 6, N = P = 2", k.equal(attention(k, a, b, c, x), y));
    IO.println("the last output has " + y.get(5, 1).terms() + " terms");

    // One letter for every row of B, C and X; letters do not commute, so they may stand for rows of any length.
    var free = new FreeAlgebra();
    var l = new RingBlocks<>(free);
    var decay = RingMatrix.of(6, 1, (t, _) -> free.variable("a", t));
    var rowB = RingMatrix.of(6, 1, (t, _) -> free.letter("B", t));
    var rowC = RingMatrix.of(6, 1, (t, _) -> free.letter("C", t));
    var rowX = RingMatrix.of(6, 1, (t, _) -> free.letter("x", t));
    check(
            "equal words at T = 6, for all N and P",
            l.equal(attention(l, decay, rowB, rowC, rowX), recurrent(l, decay, rowB, rowC, rowX)));
    IO.println("y[1] = " + attention(l, decay, rowB, rowC, rowX).get(1, 0));
}

// ---- d. Which one is cheaper?

/** The multiplications of the recurrence, by a formula. */
long recurrentCost(long length, long stateSize, long headDim) {
    // solution:
    return 3 * length * stateSize * headDim; // a_t h, B_t x_tᵀ and C_tᵀ h
    // instead: return todo("d. the multiplications of the recurrence, from T, N and P");
}

/** The multiplications of attention, by a formula, the mask not counted. */
long attentionCost(long length, long stateSize, long headDim) {
    // solution:
    return length * length * (stateSize + 1 + headDim); // C Bᵀ, ∘ and the product with X
    // instead: return todo("d. the multiplications of attention, from T, N and P");
}

void partD() {
    int size = 8; // N = P
    for (int length : new int[] {4, 8, 16, 32}) {
        RingMatrix<Long> a = RingMatrix.of(length, 1, (_, _) -> 1L);
        RingMatrix<Long> any = RingMatrix.of(length, size, (i, j) -> (long) (i + j));
        var first = new CountingRing<>(PrimeField.INSTANCE);
        RingMatrix<Long> y = recurrent(new RingBlocks<>(first), a, any, any, any);
        var second = new CountingRing<>(PrimeField.INSTANCE);
        var counting = new RingBlocks<>(second);
        RingMatrix<Long> mask = counting.oneSemiseparable(a);
        long before = second.multiplications();
        check(
                "the same outputs at T = " + length,
                counting.equal(
                        counting.multiply(counting.hadamard(mask, counting.multiplyTransposeRight(any, any)), any), y));
        long attention = second.multiplications() - before;
        equal("  multiplications of the recurrence", first.multiplications(), recurrentCost(length, size, size));
        equal("  multiplications of attention", attention, attentionCost(length, size, size));
    }
}

// ---- Run

void main() {
    partA();
    partB();
    partC();
    partD();
}
