package duality.proofs;

import duality.algebra.Blocks;
import duality.algebra.Ring;
import duality.algebra.RingBlocks;
import duality.algebra.RingMatrix;
import duality.proofs.symbolic.FreeAlgebra;
import duality.proofs.symbolic.Polynomial;
import duality.proofs.symbolic.Polynomials;
import duality.semiseparable.CumProdSum;
import duality.ssd.BlockDecomposition;
import duality.ssd.Chunk;
import duality.ssd.Cuts;
import duality.ssd.QuadraticDual;
import duality.ssd.Recurrence;
import duality.ssd.ScalarSsm;
import duality.ssd.SsdAlgorithm;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** The duality itself: the recurrence, the quadratic form and the block form are one map. */
final class DualityTheorems {
    private static final int LENGTH = 8;
    private static final int STATE_SIZE = 3;
    private static final int HEAD_DIM = 2;
    private static final int LETTERS = 12;
    private static final int ALL_CUTS = 9;

    private DualityTheorems() {}

    /** The block algorithm with given cuts and state passing. */
    interface BlockProgram {
        SsdAlgorithm with(Cuts cuts, CumProdSum statePassing);
    }

    static List<Theorem<?>> all() {
        return List.of(matrix(), duality(), dualityOfLetters(), blocks(), blocksOfLetters(), chunkInduction());
    }

    private static Theorem<SsdAlgorithm> matrix() {
        return new Theorem<>(
                "matrix",
                "Dao and Gu 2024, equation 3 and Theorem 3.5",
                "the recurrence multiplies by the semiseparable matrix M_ji = C_jᵀ (a_j … a_{i+1}) B_i",
                Method.POLYNOMIAL_IDENTITY,
                shapes() + ", initial state zero",
                new Recurrence(),
                program -> atEveryShape(DualityTheorems::fromZero, at -> {
                    RingMatrix<Polynomial> m = writtenOut(at);
                    at.equal()
                            .require(
                                    at.name(),
                                    "y",
                                    program.run(at.k(), at.ssm()).y(),
                                    at.k().multiply(m, at.ssm().x()));
                    at.equal().require(at.name(), "M", at.ssm().matrix(at.k()), m);
                }),
                algorithmMutants());
    }

    private static ScalarSsm<RingMatrix<Polynomial>> fromZero(
            RingBlocks<Polynomial> k, ScalarSsm<RingMatrix<Polynomial>> ssm) {
        return ssm.slice(k, 0, ssm.length(k), k.zeros(ssm.b().columns(), ssm.x().columns()));
    }

    /** M by the text of equation 3. */
    private static RingMatrix<Polynomial> writtenOut(Case at) {
        Ring<Polynomial> ring = at.k().ring();
        int length = at.ssm().length(at.k());
        return RingMatrix.of(length, length, (j, i) -> {
            Polynomial entry = ring.zero();
            if (j < i) {
                return entry;
            }
            for (int n = 0; n < at.ssm().b().columns(); n++) {
                entry = ring.add(
                        entry,
                        ring.multiply(at.ssm().c().get(j, n), at.ssm().b().get(i, n)));
            }
            for (int t = i + 1; t <= j; t++) {
                entry = ring.multiply(at.ssm().decay().get(t, 0), entry);
            }
            return entry;
        });
    }

    private static Theorem<SsdAlgorithm> duality() {
        return new Theorem<>(
                "duality",
                "Dao and Gu 2024, Corollary 5.1",
                "masked attention (L ∘ C Bᵀ) X with L = 1SS(a) is the recurrence, with any initial state",
                Method.POLYNOMIAL_IDENTITY,
                shapes(),
                new QuadraticDual(),
                program -> atEveryShape((k, ssm) -> ssm, at -> at.requireRecurrence("", program)),
                quadraticMutants());
    }

    private static Theorem<SsdAlgorithm> dualityOfLetters() {
        return new Theorem<>(
                "duality-any-size",
                "Dao and Gu 2024, Corollary 5.1",
                "the same for every state size N and head dimension P at once",
                Method.DIMENSION_FREE,
                "all N and P (letters of a free algebra), T ≤ " + LETTERS,
                new QuadraticDual(),
                program -> atLetters(LETTERS, at -> at.requireRecurrence("", program)),
                quadraticMutants());
    }

    private static Theorem<BlockProgram> blocks() {
        return new Theorem<>(
                "blocks",
                "Dao and Gu 2024, Theorem 6.1",
                "the four steps of the block decomposition are the recurrence, for every chunk length",
                Method.POLYNOMIAL_IDENTITY,
                shapes() + ", every chunk length up to T + 1",
                BlockDecomposition::new,
                program -> atEveryShape((k, ssm) -> ssm, at -> {
                    for (int chunk = 1; chunk <= at.ssm().length(at.k()) + 1; chunk++) {
                        at.requireRecurrence(" Q=" + chunk, program.with(Cuts.every(chunk), CumProdSum.RECURRENT));
                    }
                }),
                blockMutants());
    }

    private static Theorem<BlockProgram> blocksOfLetters() {
        return new Theorem<>(
                "blocks-any-cuts",
                "Dao and Gu 2024, Theorem 6.1",
                "the same for every N and P at once, all ways to cut, and each of the six algorithms for step 3",
                Method.DIMENSION_FREE,
                "all N and P (letters of a free algebra), T ≤ " + ALL_CUTS + ", all 2^(T−1) cuts",
                BlockDecomposition::new,
                program -> atLetters(ALL_CUTS, at -> {
                    int inner = Math.max(0, at.ssm().length(at.k()) - 1);
                    for (int set = 0; set < 1 << inner; set++) {
                        int chosen = set;
                        int[] places = IntStream.rangeClosed(1, inner)
                                .filter(place -> (chosen >> (place - 1) & 1) != 0)
                                .toArray();
                        for (CumProdSum scan : CumProdSum.values()) {
                            at.requireRecurrence(
                                    " cuts " + Arrays.toString(places) + " " + scan,
                                    program.with(Cuts.at(places), scan));
                        }
                    }
                }),
                blockMutants());
    }

    private static Theorem<SsdAlgorithm> chunkInduction() {
        return new Theorem<>(
                "chunk-induction",
                "Dao and Gu 2024, Section 6",
                "from a free entry state, one chunk's outputs and exit state are those of Q recurrent steps; with "
                        + "state-passing, which composes chunks, this is the block algorithm for sequences of any length",
                Method.INDUCTION,
                "all T and all cuts into chunks of Q ≤ " + LETTERS + " (induction over chunks), all N and P (letters)",
                new BlockDecomposition(Cuts.at(), CumProdSum.RECURRENT),
                program -> atLetters(LETTERS, at -> at.requireRecurrence("", program)),
                oneChunkMutants());
    }

    private static SequencedMap<String, SsdAlgorithm> oneChunkMutants() {
        SequencedMap<String, SsdAlgorithm> mutants = new LinkedHashMap<>();
        blockMutants().forEach((name, mutant) -> mutants.put(name, mutant.with(Cuts.at(), CumProdSum.RECURRENT)));
        return mutants;
    }

    /** A symbolic model to prove something at, and what the definition makes of it. */
    private record Case(
            RingBlocks<Polynomial> k,
            String name,
            ScalarSsm<RingMatrix<Polynomial>> ssm,
            ScalarSsm.Result<RingMatrix<Polynomial>> definition,
            Comparisons equal) {
        Case(RingBlocks<Polynomial> k, String name, ScalarSsm<RingMatrix<Polynomial>> ssm, Comparisons equal) {
            this(k, name, ssm, new Recurrence().run(k, ssm), equal);
        }

        void requireRecurrence(String how, SsdAlgorithm program) {
            equal.require(name + how, program.run(k, ssm), definition);
        }
    }

    /** Smallest first, so that the first counterexample is a smallest one. */
    private static Evidence atEveryShape(
            BiFunction<RingBlocks<Polynomial>, ScalarSsm<RingMatrix<Polynomial>>, ScalarSsm<RingMatrix<Polynomial>>>
                    prepare,
            Consumer<Case> claim) {
        Polynomials ring = new Polynomials();
        RingBlocks<Polynomial> k = new RingBlocks<>(ring);
        Comparisons equal = new Comparisons(ring);
        for (int length = 0; length <= LENGTH; length++) {
            for (int stateSize = 1; stateSize <= STATE_SIZE; stateSize++) {
                for (int headDim = 1; headDim <= HEAD_DIM; headDim++) {
                    claim.accept(new Case(
                            k,
                            "T=" + length + " N=" + stateSize + " P=" + headDim,
                            prepare.apply(k, SymbolicModels.ofShape(ring, length, stateSize, headDim)),
                            equal));
                }
            }
        }
        return equal.evidence();
    }

    /** Letters of a free algebra, at every length up to the longest. */
    private static Evidence atLetters(int longest, Consumer<Case> claim) {
        FreeAlgebra ring = new FreeAlgebra();
        RingBlocks<Polynomial> k = new RingBlocks<>(ring);
        Comparisons equal = new Comparisons(ring);
        for (int length = 0; length <= longest; length++) {
            claim.accept(new Case(k, "T=" + length, SymbolicModels.ofLetters(ring, length), equal));
        }
        return equal.evidence();
    }

    private static String shapes() {
        return "T ≤ " + LENGTH + ", N ≤ " + STATE_SIZE + ", P ≤ " + HEAD_DIM;
    }

    // ---- Wrong programs.

    /** A wrong model given to the right algorithm is a wrong algorithm. */
    private abstract static class WrongModel implements SsdAlgorithm {
        private final SsdAlgorithm right;

        WrongModel(SsdAlgorithm right) {
            this.right = right;
        }

        @Override
        public <M> ScalarSsm.Result<M> run(Blocks<M> k, ScalarSsm<M> ssm) {
            return right.run(k, ssm.length(k) == 0 ? ssm : wrong(k, ssm));
        }

        abstract <M> ScalarSsm<M> wrong(Blocks<M> k, ScalarSsm<M> ssm);
    }

    private static SequencedMap<String, SsdAlgorithm> modelMutants(SsdAlgorithm right) {
        SequencedMap<String, SsdAlgorithm> mutants = new LinkedHashMap<>();
        mutants.put("B and C swapped", new WrongModel(right) {
            @Override
            <M> ScalarSsm<M> wrong(Blocks<M> k, ScalarSsm<M> ssm) {
                return new ScalarSsm<>(ssm.decay(), ssm.c(), ssm.b(), ssm.x(), ssm.initialState());
            }
        });
        mutants.put("no decay", new WrongModel(right) {
            @Override
            <M> ScalarSsm<M> wrong(Blocks<M> k, ScalarSsm<M> ssm) {
                return new ScalarSsm<>(k.ones(ssm.length(k), 1), ssm.b(), ssm.c(), ssm.x(), ssm.initialState());
            }
        });
        mutants.put("decay applied twice", new WrongModel(right) {
            @Override
            <M> ScalarSsm<M> wrong(Blocks<M> k, ScalarSsm<M> ssm) {
                return new ScalarSsm<>(
                        k.hadamard(ssm.decay(), ssm.decay()), ssm.b(), ssm.c(), ssm.x(), ssm.initialState());
            }
        });
        mutants.put("decay one step late", new WrongModel(right) {
            @Override
            <M> ScalarSsm<M> wrong(Blocks<M> k, ScalarSsm<M> ssm) {
                M late = k.stackRows(List.of(k.ones(1, 1), k.rows(ssm.decay(), 0, ssm.length(k) - 1)));
                return new ScalarSsm<>(late, ssm.b(), ssm.c(), ssm.x(), ssm.initialState());
            }
        });
        return mutants;
    }

    private static SequencedMap<String, SsdAlgorithm> algorithmMutants() {
        SequencedMap<String, SsdAlgorithm> mutants = modelMutants(new Recurrence());
        mutants.put("the input decays with the state", new WrongModel(new Recurrence()) {
            @Override
            <M> ScalarSsm<M> wrong(Blocks<M> k, ScalarSsm<M> ssm) {
                return new ScalarSsm<>(
                        ssm.decay(), ssm.b(), ssm.c(), k.scaleRows(ssm.decay(), ssm.x()), ssm.initialState());
            }
        });
        mutants.put("outputs read before the state is updated", new SsdAlgorithm() {
            @Override
            public <M> ScalarSsm.Result<M> run(Blocks<M> k, ScalarSsm<M> ssm) {
                ScalarSsm.Result<M> right = new Recurrence().run(k, ssm);
                M direct = k.scaleRows(k.rowSums(k.hadamard(ssm.c(), ssm.b())), ssm.x());
                return new ScalarSsm.Result<>(k.subtract(right.y(), direct), right.finalState());
            }
        });
        return mutants;
    }

    private static SequencedMap<String, SsdAlgorithm> quadraticMutants() {
        SequencedMap<String, SsdAlgorithm> mutants = modelMutants(new QuadraticDual());
        mutants.put("mask on the wrong side of the diagonal", new SsdAlgorithm() {
            @Override
            public <M> ScalarSsm.Result<M> run(Blocks<M> k, ScalarSsm<M> ssm) {
                ScalarSsm.Result<M> right = new QuadraticDual().run(k, ssm);
                M wrong = k.multiply(
                        k.hadamard(k.transpose(ssm.mask(k)), k.multiplyTransposeRight(ssm.c(), ssm.b())), ssm.x());
                return new ScalarSsm.Result<>(
                        k.add(k.subtract(right.y(), k.multiply(ssm.matrix(k), ssm.x())), wrong), right.finalState());
            }
        });
        mutants.put("diagonal masked out", new SsdAlgorithm() {
            @Override
            public <M> ScalarSsm.Result<M> run(Blocks<M> k, ScalarSsm<M> ssm) {
                ScalarSsm.Result<M> right = new QuadraticDual().run(k, ssm);
                M diagonal = k.scaleRows(k.rowSums(k.hadamard(ssm.c(), ssm.b())), ssm.x());
                return new ScalarSsm.Result<>(k.subtract(right.y(), diagonal), right.finalState());
            }
        });
        mutants.put("initial state forgotten", new WrongModel(new QuadraticDual()) {
            @Override
            <M> ScalarSsm<M> wrong(Blocks<M> k, ScalarSsm<M> ssm) {
                return ssm.slice(
                        k, 0, ssm.length(k), k.zeros(k.rows(ssm.initialState()), k.columns(ssm.initialState())));
            }
        });
        return mutants;
    }

    private static SequencedMap<String, BlockProgram> blockMutants() {
        SequencedMap<String, BlockProgram> mutants = new LinkedHashMap<>();
        mutants.put("step 1: mask without decay", (cuts, scan) -> new BlockDecomposition(cuts, scan) {
            @Override
            protected <M> M diagonalBlock(Blocks<M> k, Chunk<M> chunk) {
                M causal = k.oneSemiseparable(k.ones(chunk.length(k), 1));
                return k.multiply(k.hadamard(causal, chunk.gram(k)), chunk.x());
            }
        });
        mutants.put("step 1: mask transposed", (cuts, scan) -> new BlockDecomposition(cuts, scan) {
            @Override
            protected <M> M diagonalBlock(Blocks<M> k, Chunk<M> chunk) {
                return k.multiply(k.hadamard(k.transpose(chunk.mask()), chunk.gram(k)), chunk.x());
            }
        });
        mutants.put("step 1: B and C swapped", (cuts, scan) -> new BlockDecomposition(cuts, scan) {
            @Override
            protected <M> M diagonalBlock(Blocks<M> k, Chunk<M> chunk) {
                return k.multiply(k.hadamard(chunk.mask(), k.transpose(chunk.gram(k))), chunk.x());
            }
        });
        mutants.put("step 2: inputs enter the state undecayed", (cuts, scan) -> new BlockDecomposition(cuts, scan) {
            @Override
            protected <M> M chunkState(Blocks<M> k, Chunk<M> chunk) {
                return k.multiplyTransposeLeft(chunk.b(), chunk.x());
            }
        });
        mutants.put("step 2: an input decays by its own step too", (cuts, scan) -> new BlockDecomposition(cuts, scan) {
            @Override
            protected <M> M chunkState(Blocks<M> k, Chunk<M> chunk) {
                M inclusive = k.hadamard(chunk.decayToEnd(k), chunk.decay());
                return k.multiplyTransposeLeft(k.scaleRows(inclusive, chunk.b()), chunk.x());
            }
        });
        mutants.put("step 2: the last step left out", (cuts, scan) -> new BlockDecomposition(cuts, scan) {
            @Override
            protected <M> M chunkState(Blocks<M> k, Chunk<M> chunk) {
                int last = chunk.length(k) - 1;
                M lastInput = k.multiplyTransposeLeft(k.row(chunk.b(), last), k.row(chunk.x(), last));
                return k.subtract(chunk.stateUpdate(k), lastInput);
            }
        });
        mutants.put("step 3: states passed on undecayed", (cuts, scan) -> new BlockDecomposition(cuts, scan) {
            @Override
            protected <M> M chunkDecay(Blocks<M> k, Chunk<M> chunk) {
                return k.identity(1);
            }
        });
        mutants.put("step 3: the decay of a chunk applied twice", (cuts, scan) -> new BlockDecomposition(cuts, scan) {
            @Override
            protected <M> M chunkDecay(Blocks<M> k, Chunk<M> chunk) {
                return k.hadamard(chunk.decayThrough(k), chunk.decayThrough(k));
            }
        });
        mutants.put("step 3: the first step's decay missing", (cuts, scan) -> new BlockDecomposition(cuts, scan) {
            @Override
            protected <M> M chunkDecay(Blocks<M> k, Chunk<M> chunk) {
                return k.entry(chunk.mask(), chunk.length(k) - 1, 0);
            }
        });
        mutants.put("step 4: outputs from undecayed states", (cuts, scan) -> new BlockDecomposition(cuts, scan) {
            @Override
            protected <M> M stateOutput(Blocks<M> k, Chunk<M> chunk, M entering) {
                return k.multiply(chunk.c(), entering);
            }
        });
        mutants.put("step 4: decay off by one step", (cuts, scan) -> new BlockDecomposition(cuts, scan) {
            @Override
            protected <M> M stateOutput(Blocks<M> k, Chunk<M> chunk, M entering) {
                M exclusive = k.block(chunk.mask(), 0, chunk.length(k), 0, 1);
                return k.scaleRows(exclusive, k.multiply(chunk.c(), entering));
            }
        });
        mutants.put("step 4: B in place of C", (cuts, scan) -> new BlockDecomposition(cuts, scan) {
            @Override
            protected <M> M stateOutput(Blocks<M> k, Chunk<M> chunk, M entering) {
                return k.scaleRows(chunk.decayFromStart(k), k.multiply(chunk.b(), entering));
            }
        });
        return mutants;
    }
}
