package duality.proofs;

import duality.algebra.Blocks;
import duality.semiseparable.CumProdSum;
import duality.ssd.BlockDecomposition;
import duality.ssd.Chunk;
import duality.ssd.Cuts;
import duality.ssd.QuadraticDual;
import duality.ssd.Recurrence;
import duality.ssd.ScalarSsm;
import duality.ssd.SsdAlgorithm;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/** Wrong programs for the scalar state space model, by what is wrong with them. */
final class SsdMutants {
    private SsdMutants() {}

    /** The block algorithm with given cuts and state passing. */
    interface BlockProgram {
        SsdAlgorithm with(Cuts cuts, CumProdSum statePassing);
    }

    /** A wrong model given to the right algorithm is a wrong algorithm. */
    abstract static class WrongModel implements SsdAlgorithm {
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

    static SequencedMap<String, SsdAlgorithm> modelMutants(String program, SsdAlgorithm right) {
        SequencedMap<String, SsdAlgorithm> mutants = new LinkedHashMap<>();
        mutants.put(program + ": B and C swapped", new WrongModel(right) {
            @Override
            <M> ScalarSsm<M> wrong(Blocks<M> k, ScalarSsm<M> ssm) {
                return new ScalarSsm<>(ssm.decay(), ssm.c(), ssm.b(), ssm.x(), ssm.initialState());
            }
        });
        mutants.put(program + ": no decay", new WrongModel(right) {
            @Override
            <M> ScalarSsm<M> wrong(Blocks<M> k, ScalarSsm<M> ssm) {
                return new ScalarSsm<>(k.ones(ssm.length(k), 1), ssm.b(), ssm.c(), ssm.x(), ssm.initialState());
            }
        });
        mutants.put(program + ": decay applied twice", new WrongModel(right) {
            @Override
            <M> ScalarSsm<M> wrong(Blocks<M> k, ScalarSsm<M> ssm) {
                return new ScalarSsm<>(
                        k.hadamard(ssm.decay(), ssm.decay()), ssm.b(), ssm.c(), ssm.x(), ssm.initialState());
            }
        });
        mutants.put(program + ": decay one step late", new WrongModel(right) {
            @Override
            <M> ScalarSsm<M> wrong(Blocks<M> k, ScalarSsm<M> ssm) {
                M late = k.stackRows(List.of(k.ones(1, 1), k.rows(ssm.decay(), 0, ssm.length(k) - 1)));
                return new ScalarSsm<>(late, ssm.b(), ssm.c(), ssm.x(), ssm.initialState());
            }
        });
        return mutants;
    }

    static SequencedMap<String, SsdAlgorithm> recurrenceMutants() {
        SequencedMap<String, SsdAlgorithm> mutants = modelMutants("recurrence", new Recurrence());
        mutants.put("recurrence: the input decays with the state", new WrongModel(new Recurrence()) {
            @Override
            <M> ScalarSsm<M> wrong(Blocks<M> k, ScalarSsm<M> ssm) {
                return new ScalarSsm<>(
                        ssm.decay(), ssm.b(), ssm.c(), k.scaleRows(ssm.decay(), ssm.x()), ssm.initialState());
            }
        });
        mutants.put("recurrence: outputs read before the state is updated", new SsdAlgorithm() {
            @Override
            public <M> ScalarSsm.Result<M> run(Blocks<M> k, ScalarSsm<M> ssm) {
                ScalarSsm.Result<M> right = new Recurrence().run(k, ssm);
                M direct = k.scaleRows(k.rowSums(k.hadamard(ssm.c(), ssm.b())), ssm.x());
                return new ScalarSsm.Result<>(k.subtract(right.y(), direct), right.finalState());
            }
        });
        return mutants;
    }

    static SequencedMap<String, SsdAlgorithm> quadraticMutants() {
        SequencedMap<String, SsdAlgorithm> mutants = modelMutants("dual", new QuadraticDual());
        mutants.put("dual: mask on the wrong side of the diagonal", new SsdAlgorithm() {
            @Override
            public <M> ScalarSsm.Result<M> run(Blocks<M> k, ScalarSsm<M> ssm) {
                ScalarSsm.Result<M> right = new QuadraticDual().run(k, ssm);
                M wrong = k.multiply(
                        k.hadamard(k.transpose(ssm.mask(k)), k.multiplyTransposeRight(ssm.c(), ssm.b())), ssm.x());
                return new ScalarSsm.Result<>(
                        k.add(k.subtract(right.y(), k.multiply(ssm.matrix(k), ssm.x())), wrong), right.finalState());
            }
        });
        mutants.put("dual: diagonal masked out", new SsdAlgorithm() {
            @Override
            public <M> ScalarSsm.Result<M> run(Blocks<M> k, ScalarSsm<M> ssm) {
                ScalarSsm.Result<M> right = new QuadraticDual().run(k, ssm);
                M diagonal = k.scaleRows(k.rowSums(k.hadamard(ssm.c(), ssm.b())), ssm.x());
                return new ScalarSsm.Result<>(k.subtract(right.y(), diagonal), right.finalState());
            }
        });
        mutants.put("dual: initial state forgotten", new WrongModel(new QuadraticDual()) {
            @Override
            <M> ScalarSsm<M> wrong(Blocks<M> k, ScalarSsm<M> ssm) {
                return ssm.slice(
                        k, 0, ssm.length(k), k.zeros(k.rows(ssm.initialState()), k.columns(ssm.initialState())));
            }
        });
        mutants.put("dual: final state transposed in N and P", new SsdAlgorithm() {
            @Override
            public <M> ScalarSsm.Result<M> run(Blocks<M> k, ScalarSsm<M> ssm) {
                ScalarSsm.Result<M> right = new QuadraticDual().run(k, ssm);
                M state = right.finalState();
                return new ScalarSsm.Result<>(
                        right.y(), k.reshape(k.transpose(state), k.rows(state), k.columns(state)));
            }
        });
        mutants.put("dual: the initial state not decayed in the outputs", new SsdAlgorithm() {
            @Override
            public <M> ScalarSsm.Result<M> run(Blocks<M> k, ScalarSsm<M> ssm) {
                ScalarSsm.Result<M> right = new QuadraticDual().run(k, ssm);
                M zero = k.zeros(k.rows(ssm.initialState()), k.columns(ssm.initialState()));
                M fromZero = new QuadraticDual()
                        .run(k, ssm.slice(k, 0, ssm.length(k), zero))
                        .y();
                return new ScalarSsm.Result<>(
                        k.add(fromZero, k.multiply(ssm.c(), ssm.initialState())), right.finalState());
            }
        });
        mutants.put("dual: as printed in equation 9, Y = G V", new SsdAlgorithm() {
            @Override
            public <M> ScalarSsm.Result<M> run(Blocks<M> k, ScalarSsm<M> ssm) {
                ScalarSsm.Result<M> right = new QuadraticDual().run(k, ssm);
                M gram = k.multiplyTransposeRight(ssm.c(), ssm.b());
                M unmasked = k.multiply(k.subtract(gram, ssm.matrix(k)), ssm.x());
                return new ScalarSsm.Result<>(k.add(right.y(), unmasked), right.finalState());
            }
        });
        return mutants;
    }

    static SequencedMap<String, BlockProgram> blockMutants() {
        SequencedMap<String, BlockProgram> mutants = new LinkedHashMap<>();
        mutants.put("blocks, step 1: mask without decay", (cuts, scan) -> new BlockDecomposition(cuts, scan) {
            @Override
            protected <M> M diagonalBlock(Blocks<M> k, Chunk<M> chunk) {
                M causal = k.oneSemiseparable(k.ones(chunk.length(k), 1));
                return k.multiply(k.hadamard(causal, chunk.gram(k)), chunk.x());
            }
        });
        mutants.put("blocks, step 1: mask transposed", (cuts, scan) -> new BlockDecomposition(cuts, scan) {
            @Override
            protected <M> M diagonalBlock(Blocks<M> k, Chunk<M> chunk) {
                return k.multiply(k.hadamard(k.transpose(chunk.mask()), chunk.gram(k)), chunk.x());
            }
        });
        mutants.put(
                "blocks, step 1: as printed in Section 6.3, C and B contracted over Q",
                (cuts, scan) -> new BlockDecomposition(cuts, scan) {
                    @Override
                    protected <M> M diagonalBlock(Blocks<M> k, Chunk<M> chunk) {
                        return k.multiply(
                                k.hadamard(chunk.mask(), k.multiplyTransposeLeft(chunk.c(), chunk.b())), chunk.x());
                    }
                });
        mutants.put("blocks, step 1: B and C swapped", (cuts, scan) -> new BlockDecomposition(cuts, scan) {
            @Override
            protected <M> M diagonalBlock(Blocks<M> k, Chunk<M> chunk) {
                return k.multiply(k.hadamard(chunk.mask(), k.transpose(chunk.gram(k))), chunk.x());
            }
        });
        mutants.put(
                "blocks, step 2: inputs enter the state undecayed", (cuts, scan) -> new BlockDecomposition(cuts, scan) {
                    @Override
                    protected <M> M chunkState(Blocks<M> k, Chunk<M> chunk) {
                        return k.multiplyTransposeLeft(chunk.b(), chunk.x());
                    }
                });
        mutants.put(
                "blocks, step 2: an input decays by its own step too",
                (cuts, scan) -> new BlockDecomposition(cuts, scan) {
                    @Override
                    protected <M> M chunkState(Blocks<M> k, Chunk<M> chunk) {
                        M inclusive = k.hadamard(chunk.decayToEnd(k), chunk.decay());
                        return k.multiplyTransposeLeft(k.scaleRows(inclusive, chunk.b()), chunk.x());
                    }
                });
        mutants.put("blocks, step 2: the last step left out", (cuts, scan) -> new BlockDecomposition(cuts, scan) {
            @Override
            protected <M> M chunkState(Blocks<M> k, Chunk<M> chunk) {
                int last = chunk.length(k) - 1;
                M lastInput = k.multiplyTransposeLeft(k.row(chunk.b(), last), k.row(chunk.x(), last));
                return k.subtract(chunk.stateUpdate(k), lastInput);
            }
        });
        mutants.put("blocks, step 3: states passed on undecayed", (cuts, scan) -> new BlockDecomposition(cuts, scan) {
            @Override
            protected <M> M chunkDecay(Blocks<M> k, Chunk<M> chunk) {
                return k.identity(1);
            }
        });
        mutants.put(
                "blocks, step 3: the decay of a chunk applied twice",
                (cuts, scan) -> new BlockDecomposition(cuts, scan) {
                    @Override
                    protected <M> M chunkDecay(Blocks<M> k, Chunk<M> chunk) {
                        return k.hadamard(chunk.decayThrough(k), chunk.decayThrough(k));
                    }
                });
        mutants.put(
                "blocks, step 3: the first step's decay missing", (cuts, scan) -> new BlockDecomposition(cuts, scan) {
                    @Override
                    protected <M> M chunkDecay(Blocks<M> k, Chunk<M> chunk) {
                        return k.entry(chunk.mask(), chunk.length(k) - 1, 0);
                    }
                });
        mutants.put(
                "blocks, step 4: outputs from undecayed states", (cuts, scan) -> new BlockDecomposition(cuts, scan) {
                    @Override
                    protected <M> M stateOutput(Blocks<M> k, Chunk<M> chunk, M entering) {
                        return k.multiply(chunk.c(), entering);
                    }
                });
        mutants.put("blocks, step 4: decay off by one step", (cuts, scan) -> new BlockDecomposition(cuts, scan) {
            @Override
            protected <M> M stateOutput(Blocks<M> k, Chunk<M> chunk, M entering) {
                M exclusive = k.block(chunk.mask(), 0, chunk.length(k), 0, 1);
                return k.scaleRows(exclusive, k.multiply(chunk.c(), entering));
            }
        });
        mutants.put("blocks, step 4: B in place of C", (cuts, scan) -> new BlockDecomposition(cuts, scan) {
            @Override
            protected <M> M stateOutput(Blocks<M> k, Chunk<M> chunk, M entering) {
                return k.scaleRows(chunk.decayFromStart(k), k.multiply(chunk.b(), entering));
            }
        });
        mutants.put("blocks: the last partial chunk dropped", (cuts, scan) -> new SsdAlgorithm() {
            @Override
            public <M> ScalarSsm.Result<M> run(Blocks<M> k, ScalarSsm<M> ssm) {
                int[] boundaries = cuts.boundaries(ssm.length(k));
                int length = ssm.length(k);
                int chunk = boundaries.length < 2 ? 0 : boundaries[1];
                ScalarSsm.Result<M> right = new BlockDecomposition(cuts, scan).run(k, ssm);
                int whole = chunk == 0 ? 0 : length - length % chunk;
                return new ScalarSsm.Result<>(
                        k.stackRows(
                                List.of(k.rows(right.y(), 0, whole), k.zeros(length - whole, k.columns(right.y())))),
                        right.finalState());
            }
        });
        mutants.put("blocks: the first cut one step early", (cuts, scan) -> new SsdAlgorithm() {
            @Override
            public <M> ScalarSsm.Result<M> run(Blocks<M> k, ScalarSsm<M> ssm) {
                ScalarSsm.Result<M> right = new BlockDecomposition(cuts, scan).run(k, ssm);
                int[] boundaries = cuts.boundaries(ssm.length(k));
                if (boundaries.length < 3) {
                    return right;
                }
                M zero = k.zeros(k.rows(ssm.initialState()), k.columns(ssm.initialState()));
                ScalarSsm<M> lost = ssm.slice(k, boundaries[1] - 1, boundaries[1], zero);
                M state = new Recurrence().run(k, lost).finalState();
                M after = new Recurrence()
                        .run(
                                k,
                                new ScalarSsm<>(
                                        k.rows(ssm.decay(), boundaries[1], ssm.length(k)),
                                        k.rows(ssm.b(), boundaries[1], ssm.length(k)),
                                        k.rows(ssm.c(), boundaries[1], ssm.length(k)),
                                        k.zeros(ssm.length(k) - boundaries[1], k.columns(ssm.x())),
                                        state))
                        .y();
                M none = k.zeros(boundaries[1], k.columns(right.y()));
                return new ScalarSsm.Result<>(
                        k.subtract(right.y(), k.stackRows(List.of(none, after))), right.finalState());
            }
        });
        mutants.put("blocks: the initial state returned for the final one", (cuts, scan) -> new SsdAlgorithm() {
            @Override
            public <M> ScalarSsm.Result<M> run(Blocks<M> k, ScalarSsm<M> ssm) {
                ScalarSsm.Result<M> right = new BlockDecomposition(cuts, scan).run(k, ssm);
                return new ScalarSsm.Result<>(right.y(), ssm.initialState());
            }
        });
        return mutants;
    }
}
