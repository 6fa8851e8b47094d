// Exercise 1: build M and find its rank. The problem is in docs/exercises/1-build-m.md.

import static duality.exercises.Exercise.*;

import duality.algebra.*;
import duality.models.*;
import java.util.*;
import org.apache.commons.math3.fraction.BigFraction;

// ---- Tools

/** Rational numbers: equal means equal. */
FieldBlocks<BigFraction> rational = new FieldBlocks<>(CommonsMath.RATIONALS);

/** A matrix of integers, written row by row. */
RingMatrix<BigFraction> integers(int columns, long... rowByRow) {
    return RingMatrix.of(rowByRow.length / columns, columns, (i, j) -> rational.ring().integer(rowByRow[i * columns + j]));
}

/** The model of part a: state size 1, four steps. */
RingMatrix<BigFraction> a = integers(1, 1, 2, 3, 1);
RingMatrix<BigFraction> b = integers(1, 1, 3, 1, 2);
RingMatrix<BigFraction> c = integers(1, 1, 1, 2, 1);

// ---- a. By hand

/** M, as you found it with pencil and paper. */
RingMatrix<BigFraction> byHand() {
    return todo("a. write M, row by row: integers(4, ...)");
}

/** The recurrence of part a, on one input: h = a h + b x, y = c h. */
RingMatrix<BigFraction> run(RingMatrix<BigFraction> x) {
    Field<BigFraction> f = CommonsMath.RATIONALS;
    BigFraction h = f.zero();
    List<BigFraction> y = new ArrayList<>();
    for (int t = 0; t < x.rows(); t++) {
        h = f.add(f.multiply(a.get(t, 0), h), f.multiply(b.get(t, 0), x.get(t, 0)));
        y.add(f.multiply(c.get(t, 0), h));
    }
    return RingMatrix.of(x.rows(), 1, y);
}

void partA() {
    RingMatrix<BigFraction> m = byHand();
    show("M", m);
    for (RingMatrix<BigFraction> x : List.of(integers(1, 1, 0, 0, 0), integers(1, 0, 1, 0, 0), integers(1, 5, -1, 2, 7))) {
        equal("M x for x = " + rational.transpose(x), rational.multiply(m, x), run(x));
    }
}

// ---- b. Equation 3

/** M from A_t (N×N), B_t (N×1) and C_t (N×1), t = 0 … T−1, over any numbers. */
<M> M equation3(Blocks<M> k, List<M> transitions, List<M> inputs, List<M> outputs) {
    List<M> rows = new ArrayList<>();
    for (int j = 0; j < transitions.size(); j++) {
        List<M> row = new ArrayList<>();
        for (int i = 0; i < transitions.size(); i++) {
            row.add(todo("b. the entry of row j and column i, a 1×1 block"));
        }
        rows.add(k.stackColumns(row));
    }
    return k.stackRows(rows);
}

/** The rows of a T×N matrix, as columns (N×1). */
<M> List<M> steps(Blocks<M> k, M rows) {
    List<M> all = new ArrayList<>();
    for (int t = 0; t < k.rows(rows); t++) {
        all.add(k.transpose(k.row(rows, t)));
    }
    return all;
}

/** A model with random parameters modulo 2⁶¹ − 1: transitions, inputs, outputs. */
List<List<RingMatrix<Long>>> random(int length, int stateSize, long seed) {
    ExactSamples numbers = new ExactSamples(seed);
    List<List<RingMatrix<Long>>> model = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    for (int t = 0; t < length; t++) {
        model.get(0).add(numbers.numbers(stateSize, stateSize));
        model.get(1).add(numbers.numbers(stateSize, 1));
        model.get(2).add(numbers.numbers(stateSize, 1));
    }
    return model;
}

FieldBlocks<Long> modulo = new FieldBlocks<>(PrimeField.INSTANCE);

void partB() {
    equal("M of part a", equation3(rational, steps(rational, a), steps(rational, b), steps(rational, c)), byHand());
    var model = random(8, 2, 1);
    List<Step<RingMatrix<Long>>> steps = new ArrayList<>();
    for (int t = 0; t < 8; t++) {
        steps.add(Step.of(modulo, model.get(0).get(t), model.get(1).get(t), modulo.transpose(model.get(2).get(t))));
    }
    RingMatrix<Long> m = equation3(modulo, model.get(0), model.get(1), model.get(2));
    check("with N = 2, M is the matrix that the library finds", modulo.equal(m, LinearRecurrence.of(steps).matrix(modulo)));
}

// ---- c. Ranks

/** The ranks of M[i:, :i+1], the rows from i on and the columns up to i, for every i. */
<E> List<Integer> ranks(FieldBlocks<E> f, RingMatrix<E> m) {
    List<Integer> ranks = new ArrayList<>();
    for (int i = 0; i < m.rows(); i++) {
        ranks.add(todo("c. the rank of M[i:, :i+1]: f.rank and f.block will help"));
    }
    return ranks;
}

RingMatrix<Long> matrix(List<List<RingMatrix<Long>>> model) {
    return equation3(modulo, model.get(0), model.get(1), model.get(2));
}

void partC() {
    equal("ranks of M of part a", ranks(rational, byHand()), List.of(1, 1, 1, 1));
    for (int stateSize = 1; stateSize <= 5; stateSize++) {
        IO.println("N = " + stateSize + ": ranks " + ranks(modulo, matrix(random(8, stateSize, 1))));
    }
}

// ---- d. What the ranks tell

void partD() {
    // The state is forgotten at step 4: A_4 = 0. What are the ranks now? Predict, then run.
    var model = random(8, 2, 1);
    model.get(0).set(4, modulo.zeros(2, 2));
    List<Integer> predicted = todo("d. the eight ranks when A_4 = 0: List.of(...)");
    equal("your ranks with a reset", predicted, ranks(modulo, matrix(model)));

    // Any lower triangular matrix is the matrix of some state space model. Of which state size?
    RingMatrix<Long> any = new ExactSamples(2).numbers(8, 8);
    RingMatrix<Long> lower = RingMatrix.of(8, 8, (i, j) -> i < j ? 0L : any.get(i, j));
    int stateSize = todo("d. the state size that a general lower triangular 8x8 matrix needs");
    IO.println("ranks of any lower triangular matrix " + ranks(modulo, lower));
    equal("your state size", stateSize, Collections.max(ranks(modulo, lower)));
}

// ---- Run

void main() {
    partA();
    partB();
    partC();
    partD();
}
