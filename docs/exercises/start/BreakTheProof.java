// Exercise 4: break the proof. The problem is in docs/exercises/4-break-the-proof.md.

import static duality.exercises.Exercise.*;

import duality.algebra.*;
import duality.models.*;
import duality.proofs.*;
import duality.ssd.*;
import java.util.*;
import java.util.function.IntFunction;
import org.ejml.data.DMatrixRMaj;

// ---- a. A claim, and its proof

/** What is claimed of a program, in whatever numbers the world has. */
Claim<SsdAlgorithm> isTheRecurrence = new Claim<>() {
    @Override
    public <M> void at(SsdAlgorithm program, World<M> world, Shape shape) {
        ScalarSsm<M> ssm = world.ssm(shape); // a, B, C, x and the state before the first step, all symbols
        todo("a. world.equal(\"\", outputs of the program, outputs of the recurrence)");
    }
};

/** Runs a proof on a program: what it compared, or where it fails. */
String attempt(Proof<SsdAlgorithm> proof, SsdAlgorithm program) {
    try {
        Evidence evidence = proof.run().apply(program);
        return "proven, " + evidence.identities() + " identities in " + evidence.terms() + " terms";
    } catch (Refutation counterexample) {
        return "refuted: " + counterexample.getMessage();
    }
}

/** For rows of any length (letters that do not commute), and T from 0 to 6. */
Proof<SsdAlgorithm> proof = Proof.letters(isTheRecurrence, Shape.upTo(6));

void partA() {
    for (SsdAlgorithm program : List.of(new BlockDecomposition(2), new QuadraticDual())) {
        String result = attempt(proof, program);
        IO.println(program.getClass().getSimpleName() + ": " + result);
        check("it is proven", result.startsWith("proven"));
    }
}

// ---- b. Break it

/** A block algorithm whose step 4 forgets the decay: what is it on paper, and for which numbers does it show? */
SsdAlgorithm noDecay = new BlockDecomposition(2) {
    @Override
    protected <M> M stateOutput(Blocks<M> k, Chunk<M> chunk, M entering) {
        return todo("b. outputs from the state that enters, without its decay");
    }
};

void partB() {
    String result = attempt(proof, noDecay);
    IO.println(result);
    check("the proof refutes it", result.startsWith("refuted"));
    // The counterexample has one step. Its numbers: a = 0, C = h = 1. What does the recurrence give, and what this?
    int recurrence = todo("b. y at a = 0, C = h = 1, x = 0 by the recurrence"), broken = recurrence;
    check(
            "that is %d, but %d".formatted(broken, recurrence),
            result.endsWith("that is %d, but %d".formatted(broken, recurrence)));
}

// ---- c. A wrong program that passes a test

/** A test as one writes it: random numbers, two chunks, no state before the first step, outputs to 12 digits. */
boolean passesTheTest(SsdAlgorithm program) {
    EjmlBlocks k = EjmlBlocks.INSTANCE;
    RealSamples numbers = new RealSamples(4);
    ScalarSsm<DMatrixRMaj> ssm = ScalarSsm.of(
            k,
            numbers.gates(8, 1),
            numbers.numbers(8, 3),
            numbers.numbers(8, 3),
            numbers.numbers(8, 2),
            k.zeros(3, 2));
    DMatrixRMaj difference =
            k.subtract(program.run(k, ssm).y(), new Recurrence().run(k, ssm).y());
    return Arrays.stream(k.toArray(difference)).allMatch(error -> Math.abs(error) < 1e-12);
}

/** Chunks of four: eight steps are two chunks. Override one of the four steps. */
SsdAlgorithm lucky = new BlockDecomposition(4) {
};

void partC() {
    check("the test finds the program of part b", !passesTheTest(noDecay));
    check("the test passes this one", passesTheTest(lucky));
    String result = attempt(proof, lucky);
    if (!result.startsWith("refuted")) {
        todo("c. override a step, so that the test passes and the proof fails");
    }
    IO.println(result);
}

// ---- d. A proof that refutes too much, and one that refutes too little

/** The dual with C Bᵀ computed as (B Cᵀ)ᵀ. Is it right? */
SsdAlgorithm transposed = new SsdAlgorithm() {
    @Override
    public <M> ScalarSsm.Result<M> run(Blocks<M> k, ScalarSsm<M> ssm) {
        M scores = k.transpose(k.multiplyTransposeRight(ssm.b(), ssm.c()));
        M difference = k.subtract(scores, k.multiplyTransposeRight(ssm.c(), ssm.b()));
        ScalarSsm.Result<M> dual = new QuadraticDual().run(k, ssm);
        M more = k.multiply(k.hadamard(ssm.mask(k), difference), ssm.x());
        return new ScalarSsm.Result<>(k.add(dual.y(), more), dual.finalState());
    }
};

/** The proof at one length at a time; without a first state, it compares outputs only. */
IntFunction<Proof<SsdAlgorithm>> proofAt(boolean firstState) {
    Claim<SsdAlgorithm> fromZero = new Claim<>() {
        @Override
        public <M> void at(SsdAlgorithm program, World<M> world, Shape shape) {
            Blocks<M> k = world.k();
            ScalarSsm<M> ssm = world.ssm(shape).slice(k, 0, shape.time(), k.zeros(shape.stateSize(), shape.headDim()));
            world.equal("y", program.run(k, ssm).y(), new Recurrence().run(k, ssm).y());
        }
    };
    return length -> Proof.letters(firstState ? isTheRecurrence : fromZero, List.of(new Shape(length, 1, 1)));
}

int refutedAt(SsdAlgorithm program, IntFunction<Proof<SsdAlgorithm>> proofAt) {
    int length = 0;
    while (length < 20 && attempt(proofAt.apply(length), program).startsWith("proven")) {
        length++;
    }
    return length;
}

void partD() {
    Proof<SsdAlgorithm> polynomials = Proof.polynomials(isTheRecurrence, Shape.upTo(4, 2, 2));
    String letters = attempt(proof, transposed);
    String numbers = attempt(polynomials, transposed);
    IO.println("letters:     " + letters);
    IO.println("polynomials: " + numbers);
    boolean right = todo("d. is the transposed program right, for real numbers?");
    equal("your verdict", right, numbers.startsWith("proven"));

    // What is the least T up to which the proof must look, in order to refute each of the two programs?
    List<Integer> predicted = todo("d. three lengths: of noDecay, of lucky, and of lucky without a first state");
    equal(
            "your lengths",
            predicted,
            List.of(
                    refutedAt(noDecay, proofAt(true)),
                    refutedAt(lucky, proofAt(true)),
                    refutedAt(lucky, proofAt(false))));
}

// ---- Run

void main() {
    partA();
    partB();
    partC();
    partD();
}
