package duality.models;

import duality.algebra.Blocks;
import duality.errors.Fault;
import duality.errors.ValueException;
import duality.sma.Features;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Sequence models of the literature, each with its recurrence or its matrix and its source, and an example of it on
 * random parameters. Scalars and gates come from the models' own parametrisations where these are rational, and as
 * random numbers where they are not (sigmoids, projections of the input).
 *
 * <p>What a model is here does not change with the numbers: over the prime field, where ranks are exact, exponentials
 * and cosines have the stand-ins of {@link ExactSamples}.
 */
public enum Zoo {
    /** Linear attention: cumulative sums of outer products. */
    LINEAR_ATTENTION("Katharopoulos et al. 2020, arXiv 2006.16236", "S = S + k vᵀ, o = Sᵀq") {
        @Override
        public <M> Example<M> example(Samples<M> s, int length) {
            return scalar(s, s.blocks().ones(length, 1), s.numbers(length, 2), s.numbers(length, 2));
        }
    },
    /** Retention: a fixed decay for each head, here that of head 0. */
    RETNET("Sun et al. 2023, arXiv 2307.08621", "S = (1 − 2^(−5−h)) S + k vᵀ, o = Sᵀq") {
        @Override
        public <M> Example<M> example(Samples<M> s, int length) {
            Blocks<M> ops = s.blocks();
            M power = s.half();
            for (int i = 1; i < 5; i++) {
                power = ops.multiply(power, s.half());
            }
            M decay = ops.scale(ops.subtract(ops.identity(1), power), ops.ones(length, 1));
            return scalar(s, decay, s.numbers(length, 2), s.numbers(length, 2));
        }
    },
    /** The scalar decay of the SSD operator, also of simple gated linear attention. A head has P channels. */
    MAMBA_2("Dao and Gu 2024, arXiv 2405.21060", "S = exp(Δ A) S + Δ B xᵀ, y = Sᵀ C") {
        @Override
        public <M> Example<M> example(Samples<M> s, int length) {
            Blocks<M> ops = s.blocks();
            M step = s.exponents(length, 1);
            M decay = s.exp(ops.negate(ops.scale(s.exponents(1, 1), step)));
            return scalar(s, decay, s.numbers(length, 2), ops.scaleRows(step, s.numbers(length, 2)));
        }
    },
    /** The matrix of mLSTM: numerator and denominator are it times V and times ones; see {@link MLstm}. */
    MLSTM("Beck et al. 2024, arXiv 2405.04517", "C = f C + i k vᵀ, n = f n + i k, h = Cᵀq / max(|n·q|, 1)") {
        @Override
        public <M> Example<M> example(Samples<M> s, int length) {
            Blocks<M> ops = s.blocks();
            M q = s.numbers(length, 2);
            M k = s.numbers(length, 2);
            M input = s.exp(s.exponents(length, 1));
            ScalarDecay<M> model = new ScalarDecay<>(s.gates(length, 1), q, ops.scaleRows(input, k));
            return new Example<>(model, ops.multiplyTransposeRight(q, k));
        }
    },
    /** Linear attention on the Taylor features [1, x, x⊗x/√2], whose kernel is 1 + u + u²/2, u = q·k. */
    BASED("Arora et al. 2024, arXiv 2402.18668", "S = S + φ(k) vᵀ, φ(x) = [1, x, x⊗x/√2]") {
        @Override
        public <M> Example<M> example(Samples<M> s, int length) {
            Blocks<M> ops = s.blocks();
            M q = Features.taylor(ops, s.numbers(length, 2), ops.identity(1));
            M k = Features.taylor(ops, s.numbers(length, 2), s.half()); // both factors 1/√2 on one side
            return scalar(s, ops.ones(length, 1), q, k);
        }
    },
    /** Linear attention on the positive features 2^(−1/2) (exp(Wx), exp(−Wx)). */
    PERFORMER("Choromanski et al. 2020, arXiv 2009.14794", "S = S + φ(k) vᵀ, φ(x) = (exp(Wx), exp(−Wx))/√2") {
        @Override
        public <M> Example<M> example(Samples<M> s, int length) {
            Blocks<M> ops = s.blocks();
            M projection = s.exponents(2, 2);
            M q = plusMinus(s, ops.multiply(s.exponents(length, 2), projection));
            M k = plusMinus(s, ops.multiply(s.exponents(length, 2), projection));
            return scalar(s, ops.ones(length, 1), q, ops.scale(s.half(), k));
        }
    },
    /** A cosine of the distance on top of linear attention, by the addition theorem: features x cos(θt), x sin(θt). */
    COSFORMER("Qin et al. 2022, arXiv 2202.08791", "M = QKᵀ ∘ cos(π(t−s)/2T)") {
        @Override
        public <M> Example<M> example(Samples<M> s, int length) {
            Blocks<M> ops = s.blocks();
            Samples.Angles<M> angles = s.angles(length);
            M q = s.numbers(length, 2);
            M k = s.numbers(length, 2);
            ScalarDecay<M> model = new ScalarDecay<>(
                    ops.ones(length, 1),
                    Features.rotated(ops, q, angles.cosines(), angles.sines()),
                    Features.rotated(ops, k, angles.cosines(), angles.sines()));
            return new Example<>(model, ops.multiplyTransposeRight(q, k));
        }
    },
    /** A linear time-invariant model with a general transition. */
    S4("Gu, Goel and Ré 2021, arXiv 2111.00396", "h = A h + B x, y = C h") {
        @Override
        public <M> Example<M> example(Samples<M> s, int length) {
            Blocks<M> ops = s.blocks();
            M a = ops.scale(ops.multiply(s.half(), s.half()), s.numbers(4, 4)); // of norm below one
            return new Example<>(new TimeInvariant<>(length, a, s.numbers(4, 1), s.numbers(1, 4)), null);
        }
    },
    /** A linear time-invariant model with a diagonal transition. */
    S4D("Gu, Gupta, Goel and Ré 2022, arXiv 2206.11893", "h = diag(a) h + B x, y = C h") {
        @Override
        public <M> Example<M> example(Samples<M> s, int length) {
            M a = Assembly.diagonal(s.blocks(), s.gates(4, 1));
            return new Example<>(new TimeInvariant<>(length, a, s.numbers(4, 1), s.numbers(1, 4)), null);
        }
    },
    /** A causal convolution with a long implicit kernel. */
    HYENA("Poli et al. 2023, arXiv 2302.10866", "M_ts = h_(t−s)") {
        @Override
        public <M> Example<M> example(Samples<M> s, int length) {
            return new Example<>(new Convolution<>(s.numbers(length, 1)), null);
        }
    },
    /** S6, the selective model: one channel, with the step size Δ_t and a diagonal A. */
    MAMBA_1("Gu and Dao 2023, arXiv 2312.00752", "h = exp(Δ A) h + Δ B x, y = Cᵀh, A diagonal") {
        @Override
        public <M> Example<M> example(Samples<M> s, int length) {
            Blocks<M> ops = s.blocks();
            M step = s.exponents(length, 1);
            M decay = s.exp(ops.negate(ops.multiply(step, s.exponents(1, 4))));
            return diagonal(s, decay, ops.scaleRows(step, s.numbers(length, 4)));
        }
    },
    /** Gated linear attention: a gate for each row of the state. */
    GLA("Yang et al. 2023, arXiv 2312.06635", "S = diag(α) S + k vᵀ, o = Sᵀq") {
        @Override
        public <M> Example<M> example(Samples<M> s, int length) {
            return diagonal(s, s.gates(length, 4), s.numbers(length, 4));
        }
    },
    /** HGRN2: the key is what the forget gate leaves. */
    HGRN2("Qin et al. 2024, arXiv 2404.07904", "S = diag(f) S + (1 − f) vᵀ, o = Sᵀq") {
        @Override
        public <M> Example<M> example(Samples<M> s, int length) {
            M forget = s.gates(length, 4);
            return diagonal(s, forget, s.blocks().subtract(s.blocks().ones(length, 4), forget));
        }
    },
    /** RWKV-6: the current token has a bonus. */
    RWKV_6("Peng et al. 2024, arXiv 2404.05892", "o = (S + diag(u) k vᵀ)ᵀ q, then S = diag(w) S + k vᵀ") {
        @Override
        public <M> Example<M> example(Samples<M> s, int length) {
            M q = s.numbers(length, 4);
            M k = s.numbers(length, 4);
            Rwkv6<M> model = new Rwkv6<>(s.gates(length, 4), s.numbers(1, 4), q, k);
            return new Example<>(model, s.blocks().multiplyTransposeRight(q, k));
        }
    },
    /** RWKV-7: a general vector for what is erased and another for where to. */
    RWKV_7("Peng et al. 2025, arXiv 2503.14456", "S = (diag(w) + a bᵀ) S + k vᵀ, o = Sᵀq") {
        @Override
        public <M> Example<M> example(Samples<M> s, int length) {
            Blocks<M> ops = s.blocks();
            M q = s.numbers(length, 4);
            M k = s.numbers(length, 4);
            M small = ops.multiply(s.half(), s.half());
            M a = ops.scale(small, s.numbers(length, 4));
            M b = ops.scale(small, s.numbers(length, 4));
            return new Example<>(
                    new DiagonalPlusRankOne<>(s.gates(length, 4), a, b, q, k), ops.multiplyTransposeRight(q, k));
        }
    },
    /** The delta rule as linear attention. */
    DELTANET("Schlag et al. 2021, arXiv 2102.11174; Yang et al. 2024, 2406.06484", "S = (I − b k kᵀ) S + b k vᵀ") {
        @Override
        public <M> Example<M> example(Samples<M> s, int length) {
            return delta(s, s.blocks().ones(length, 1));
        }
    },
    /** The delta rule with a decay. */
    GATED_DELTANET("Yang, Kautz and Hatamizadeh 2024, arXiv 2412.06464", "S = a (I − b k kᵀ) S + b k vᵀ") {
        @Override
        public <M> Example<M> example(Samples<M> s, int length) {
            return delta(s, s.gates(length, 1));
        }
    },
    /** Kimi delta attention: the delta rule with a decay for each row of the state. */
    KDA("Kimi Team 2025, arXiv 2510.26692", "S = (I − b k kᵀ) diag(a) S + b k vᵀ") {
        @Override
        public <M> Example<M> example(Samples<M> s, int length) {
            Blocks<M> ops = s.blocks();
            M q = s.numbers(length, 4);
            M k = ops.scale(s.half(), s.numbers(length, 4)); // of length at most one
            return new Example<>(
                    DiagonalPlusRankOne.kimiDeltaAttention(ops, s.gates(length, 4), s.gates(length, 1), q, k),
                    ops.multiplyTransposeRight(q, k));
        }
    },
    /** The trapezoidal rule with data-dependent weights. */
    MAMBA_3("Mamba-3, ICLR 2026", "h = α h + β B' x' + γ B x, α = exp(Δ A), β = (1−λ) Δ α, γ = λ Δ") {
        @Override
        public <M> Example<M> example(Samples<M> s, int length) {
            Blocks<M> ops = s.blocks();
            M step = s.exponents(length, 1);
            M lambda = s.gates(length, 1);
            M alpha = s.exp(ops.negate(ops.scale(s.exponents(1, 1), step)));
            M gamma = ops.hadamard(lambda, step);
            M beta = ops.hadamard(ops.subtract(step, gamma), alpha);
            M c = s.numbers(length, 2);
            M b = s.numbers(length, 2);
            return new Example<>(new Mamba3<>(alpha, beta, gamma, c, b), ops.multiplyTransposeRight(c, b));
        }
    },
    /** Two state space models, one of them backwards, and a diagonal. */
    HYDRA("Hwang et al. 2024, arXiv 2407.09941", "shift(SS(X)) + flip(shift(SS(flip X))) + diag(δ) X") {
        @Override
        public <M> Example<M> example(Samples<M> s, int length) {
            return new Example<>(new Hydra<>(random(s, length), random(s, length), s.numbers(length, 1)), null);
        }

        private <M> ScalarDecay<M> random(Samples<M> s, int length) {
            return new ScalarDecay<>(s.gates(length, 1), s.numbers(length, 2), s.numbers(length, 2));
        }
    },
    /** A state for each stretch of a Fenwick tree. */
    LOG_LINEAR_ATTENTION("Guo et al. 2025, arXiv 2506.04761", "M = QKᵀ ∘ 1SS(a) ∘ λ_t^(level(t, s))") {
        @Override
        public <M> Example<M> example(Samples<M> s, int length) {
            M q = s.numbers(length, 2);
            M k = s.numbers(length, 2);
            M levels = s.numbers(length, LogLinearAttention.levels(length));
            return new Example<>(
                    new LogLinearAttention<>(s.gates(length, 1), levels, q, k),
                    s.blocks().multiplyTransposeRight(q, k));
        }
    },
    /** Causal softmax attention before its rows are divided by their sums, which changes no rank. */
    SOFTMAX_ATTENTION("Vaswani et al. 2017, arXiv 1706.03762", "M = exp(QKᵀ)") {
        @Override
        public <M> Example<M> example(Samples<M> s, int length) {
            Blocks<M> ops = s.blocks();
            M scores = ops.multiplyTransposeRight(s.exponents(length, 4), s.exponents(length, 4));
            return new Example<>(MaskedAttention.causal(ops, s.exp(scores)), scores);
        }
    };

    private final String source;
    private final String equation;

    Zoo(String source, String equation) {
        this.source = source;
        this.equation = equation;
    }

    /**
     * A model on random parameters.
     *
     * @param model the model
     * @param scores {@code QKᵀ (T×T)}, or null where a model has no queries and keys that pair up
     * @param <M> the type of a block
     */
    public record Example<M>(
            SequenceModel<M> model, @Nullable M scores) {}

    /** The model on random parameters, with a state of a size that tells its class from others (2 or 4). */
    public abstract <M> Example<M> example(Samples<M> s, int length);

    /** The name, in lower case with hyphens. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Authors, year and where to find the paper. */
    public String source() {
        return source;
    }

    /** The recurrence, or the matrix. */
    public String equation() {
        return equation;
    }

    /**
     * The model of a name.
     *
     * @throws ValueException with {@link Fault#WRONG_ARGUMENTS} if there is none; the message has all names
     */
    public static Zoo of(String label) {
        return Arrays.stream(values())
                .filter(model -> model.label().equals(label))
                .findFirst()
                .orElseThrow(() -> new ValueException(
                        Fault.WRONG_ARGUMENTS,
                        "no model " + label + "; there are "
                                + Arrays.stream(values()).map(Zoo::label).collect(Collectors.joining(", "))));
    }

    private static <M> Example<M> scalar(Samples<M> s, M decay, M q, M k) {
        return new Example<>(new ScalarDecay<>(decay, q, k), s.blocks().multiplyTransposeRight(q, k));
    }

    private static <M> Example<M> diagonal(Samples<M> s, M decay, M k) {
        Blocks<M> ops = s.blocks();
        M q = s.numbers(ops.rows(k), ops.columns(k));
        return new Example<>(new DiagonalDecay<>(decay, q, k), ops.multiplyTransposeRight(q, k));
    }

    private static <M> Example<M> delta(Samples<M> s, M decay) {
        Blocks<M> ops = s.blocks();
        int length = ops.rows(decay);
        M q = s.numbers(length, 4);
        M k = ops.scale(s.half(), s.numbers(length, 4)); // of length at most one
        return new Example<>(new GatedDeltaNet<>(decay, s.gates(length, 1), q, k), ops.multiplyTransposeRight(q, k));
    }

    private static <M> M plusMinus(Samples<M> s, M x) {
        return s.blocks().beside(s.exp(x), s.exp(s.blocks().negate(x)));
    }
}
