/*
 * The gradient of the SSD operator by chunks, on any GPU. After the steps and states of ssd_forward.cu: the gradient of
 * what the gate multiplies; what every chunk adds to the gradient of the state that enters it; those gradients passed
 * from chunk to chunk, backwards; then everything else inside the chunks. With S the state that enters a chunk, G the
 * gradient of the state that leaves it, l, w and a the decays from its start, to its end and through it:
 *
 *   U   = (L o C B^T)^T dY + w o (B G)      the gradient of dt x
 *   dCB = L o (dY X^T)
 *   dB  = dCB^T C + w o (X G^T)
 *   dC  = dCB B + l o (dY S^T)
 *
 * What heads or chunks share is summed in a fixed order, so two runs give the same bits.
 */
#include "ssd_common.cuh"

/* The gradient of what the gate multiplies, dy silu(z). A thread for every entry. */
template <typename T, typename S, typename G>
__device__ void gate(const SsdProblem &p) {
    long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= p.rows * p.heads * p.head_dim) return;
    T dy = at<T, G>(p.dy, i);
    put<T>(p.gated_dy, i, p.z ? dy * silu(at<T, S>(p.z, i)) : dy);
}

/* The gradient of the gate. A thread for every entry. */
template <typename T, typename S, typename G>
__device__ void gate_gradient(const SsdProblem &p) {
    long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= p.rows * p.heads * p.head_dim) return;
    put<S>(p.grad_z, i, at<T, G>(p.dy, i) * silu_slope(at<T, S>(p.z, i)) * at<T, T>(p.ungated_y, i));
}

/*
 * What a chunk adds to the gradient of the state that enters it: the sum over t of (a_t ... a_0) dy_t C_t^T. A block for
 * every chunk, head, and tile of (head_dim, state_size).
 */
template <typename T, typename S>
__device__ void chunk_state_gradients(const SsdProblem &p) {
    __shared__ Stage<T> stage;
    __shared__ T from_start[TILE];
    int columns = (p.state_size + TILE - 1) / TILE, rows = (p.head_dim + TILE - 1) / TILE;
    int n0 = blockIdx.x % columns * TILE, p0 = blockIdx.x / columns % rows * TILE;
    int which = blockIdx.x / (columns * rows);
    Chunk<T> chunk(p, which / p.heads, which % p.heads);
    if (threadIdx.x < TILE) from_start[threadIdx.x] = chunk.per_step(p, p.from_start, threadIdx.x, 0);
    __syncthreads();
    auto dy = chunk.template rows<T>(p.gated_dy, chunk.head, p.heads, p.head_dim, from_start);
    auto c = chunk.template rows<S>(p.C, shared_by(chunk.head, p.heads, p.c_groups), p.c_groups, p.state_size);

    Entries<T> entries;
    multiply_add<true, true, false, EXACT<T, S>>(entries, chunk.length, stage, dy.from(p0), c.from(n0));
    entries.each([&](int i, int j, T entry) {
        int dim = p0 + i, n = n0 + j;
        if (dim < p.head_dim && n < p.state_size)
            put<T>(p.state_gradients, chunk.state(p) + (long long)dim * p.state_size + n, entry);
    });
}

/*
 * From what every chunk adds to the gradient of the state that leaves every chunk, and those of the initial states. A
 * thread for every V entries of the states of every sequence.
 */
template <typename T, int V>
__device__ void pass_state_gradients(const SsdProblem &p) {
    constexpr int AHEAD = 8; /* loads under way at a time */
    long long size = (long long)p.heads * p.head_dim * p.state_size;
    long long index = ((long long)blockIdx.x * blockDim.x + threadIdx.x) * V;
    if (index >= p.sequences * size) return;
    int sequence = index / size;
    long long entry = index % size;
    int head = entry / ((long long)p.head_dim * p.state_size);
    int begin = p.first_chunk[sequence], end = p.first_chunk[sequence + 1];

    typedef Pack<T, V> Entries;
    Entries gradient = {};
    if (p.dfinal_states)
        gradient = *reinterpret_cast<const Entries *>(static_cast<const T *>(p.dfinal_states) + index);
    T *gradients = static_cast<T *>(p.state_gradients) + entry;
    for (int c = end - 1; c >= begin; c -= AHEAD) {
        Entries added[AHEAD];
        T through[AHEAD];
#pragma unroll
        for (int i = 0; i < AHEAD; i++)
            if (c - i >= begin) {
                added[i] = *reinterpret_cast<const Entries *>(gradients + (c - i) * size);
                through[i] = at<T, T>(p.through, (long long)(c - i) * p.heads + head);
            }
#pragma unroll
        for (int i = 0; i < AHEAD; i++)
            if (c - i >= begin) {
                *reinterpret_cast<Entries *>(gradients + (c - i) * size) = gradient;
#pragma unroll
                for (int v = 0; v < V; v++) gradient.v[v] = through[i] * gradient.v[v] + added[i].v[v];
            }
    }
    *reinterpret_cast<Entries *>(static_cast<T *>(p.grad_initial_states) + index) = gradient;
}

/* A sum over the block in a fixed order; thread 0 gets it. */
template <typename T>
__device__ T sum_of_block(T value) {
    __shared__ T warps[THREADS / 32];
#pragma unroll
    for (int lane = 16; lane > 0; lane /= 2) value += __shfl_xor_sync(0xffffffffu, value, lane);
    __syncthreads();
    if (threadIdx.x % 32 == 0) warps[threadIdx.x / 32] = value;
    __syncthreads();
    T sum = 0;
    for (int i = 0; i < THREADS / 32; i++) sum += warps[i];
    return sum;
}

/*
 * The gradients that a head has for itself: of x (if no heads share it, else a part), dt, and parts of those of A, D and
 * dt_bias; for a gate, what it multiplies. A block for every chunk and head.
 *
 * The gradient of a decay's logarithm is summed over the paths that cross its step k. By where a path starts and ends,
 * with M = L o C B^T o dY X^T:
 *
 *   state to output   the sum over t >= k of dy_t . (l_t S C_t)
 *   state to state    a <S, G>
 *   input to state    the sum over s < k of x_s . (w_s G B_s)
 *   input to output   the sum over t >= k and s < k of M_ts
 */
template <typename T, typename S>
__device__ void input_gradients(const SsdProblem &p) {
    extern __shared__ __align__(16) char memory[];
    typedef Stage<T, sizeof(T) == 8> Operands; /* float32's registers are all in use */
    Operands &stage = *reinterpret_cast<Operands *>(memory);
    T(*w)[PITCH] = reinterpret_cast<T(*)[PITCH]>(memory + sizeof(Stage<T>));
    __shared__ Mask<T> mask;
    __shared__ T decay[TILE], from_start[TILE], to_end[TILE], dt[TILE];
    /* each in the shares of two warps */
    __shared__ T state_to_output[2][TILE], input_to_state[2][TILE], dx_x[2][TILE];
    __shared__ T of_skip[4][TILE];
    Chunk<T> chunk(p, blockIdx.x / p.heads, blockIdx.x % p.heads);
    if (threadIdx.x < TILE) {
        int t = threadIdx.x;
        decay[t] = chunk.per_step(p, p.decay, t, 1);
        from_start[t] = chunk.per_step(p, p.from_start, t, 0);
        to_end[t] = chunk.per_step(p, p.to_end, t, 0);
        dt[t] = chunk.per_step(p, p.step, t, 0);
        for (int i = 0; i < 2; i++) state_to_output[i][t] = input_to_state[i][t] = dx_x[i][t] = 0;
    }
    __syncthreads();
    mask.load(decay);
    auto x = chunk.template rows<S>(p.x, shared_by(chunk.head, p.heads, p.x_heads), p.x_heads, p.head_dim);
    auto scaled_x = x;
    scaled_x.scale = dt;
    auto b = chunk.template rows<S>(p.B, shared_by(chunk.head, p.heads, p.b_groups), p.b_groups, p.state_size);
    auto c = chunk.template rows<S>(p.C, shared_by(chunk.head, p.heads, p.c_groups), p.c_groups, p.state_size);
    auto dy = chunk.template rows<T>(p.gated_dy, chunk.head, p.heads, p.head_dim);
    View<T, T> all_of_w(w, 0, PITCH, TILE, TILE);

    Entries<T> gram;
    multiply_add<false, false, EXACT<T, S>, EXACT<T, S>>(gram, p.state_size, stage, c, b);
    gram.each([&](int t, int s, T entry) { w[t][s] = entry * mask.at(t, s); });
    __syncthreads();

    for (int p0 = 0; p0 < p.head_dim; p0 += TILE) {
        auto skip = [&](int dim) {
            return p.D ? at<T, T>(p.D, p.d_per_channel ? chunk.head * p.head_dim + dim : chunk.head) : T(0);
        };
        { /* what the state contributes to the outputs; for a gate, the outputs */
            Entries<T> entries;
            multiply_add<false, false, EXACT<T, S>>(entries, p.state_size, stage, c, chunk.state(p, p.states, p0));
            entries.each([&](int t, int, T &entry) { entry *= from_start[t]; });
            entries.add_row_sums(state_to_output, [&](int t, int j, T entry) { return dy.at(t, p0 + j) * entry; });
            if (p.z) {
                multiply_add<false, true>(entries, chunk.length, stage, all_of_w, scaled_x.from(p0));
                entries.each([&](int t, int j, T entry) {
                    int dim = p0 + j;
                    if (t < chunk.length && dim < p.head_dim)
                        put<T>(p.ungated_y, chunk.offset(t, chunk.head, p.heads, p.head_dim) + dim,
                               entry + skip(dim) * x.at(t, dim));
                });
            }
        }
        /* U */
        Entries<T> entries;
        multiply_add<false, false, EXACT<T, S>>(entries, p.state_size, stage, b, chunk.state(p, p.state_gradients, p0));
        entries.each([&](int s, int, T &entry) { entry *= to_end[s]; });
        entries.add_row_sums(input_to_state, [&](int s, int j, T entry) { return scaled_x.at(s, p0 + j) * entry; });
        multiply_add<true, true>(entries, chunk.length, stage, all_of_w, dy.from(p0));
        entries.add_row_sums(dx_x, [&](int s, int j, T entry) { return x.at(s, p0 + j) * entry; });
        entries.each([&](int s, int j, T entry) {
            int dim = p0 + j;
            if (s >= chunk.length || dim >= p.head_dim) return;
            T dx = dt[s] * entry + skip(dim) * dy.at(s, dim);
            long long target = chunk.offset(s, chunk.head, p.heads, p.head_dim) + dim;
            if (p.part_x)
                put<T>(p.part_x, target, dx);
            else
                put<S>(p.grad_x, target, dx);
        });
        if (p.D) {
            Entries<T>::set_column_sums(of_skip, [&](int t, int j) { return x.at(t, p0 + j) * dy.at(t, p0 + j); });
            __syncthreads();
            int j = threadIdx.x;
            if (j < TILE && p0 + j < p.head_dim)
                put<T>(p.part_D, ((long long)chunk.number * p.heads + chunk.head) * p.head_dim + p0 + j,
                       of_skip[0][j] + of_skip[1][j] + of_skip[2][j] + of_skip[3][j]);
            __syncthreads();
        }
    }

    /* M, in the place of W */
    Entries<T> pairs;
    multiply_add<false, false>(pairs, p.head_dim, stage, dy, scaled_x);
    pairs.each([&](int t, int s, T entry) { w[t][s] *= entry; });
    const T *state = static_cast<const T *>(p.states) + chunk.state(p);
    const T *state_gradient = static_cast<const T *>(p.state_gradients) + chunk.state(p);
    T inner = 0;
    for (int i = threadIdx.x; i < p.head_dim * p.state_size; i += THREADS) inner += state[i] * state_gradient[i];
    inner = sum_of_block(inner); /* has barriers, so W is M now */
    __shared__ T state_to_state;
    if (threadIdx.x == 0)
        state_to_state = at<T, T>(p.through, (long long)chunk.number * p.heads + chunk.head) * inner;

    /* the sums over s < k, in place: W_tk for k <= t */
    if (threadIdx.x < TILE) {
        int t = threadIdx.x;
        T sum = 0;
        for (int s = 0; s <= t; s++) {
            T entry = w[t][s];
            w[t][s] = sum;
            sum += entry;
        }
    }
    __syncthreads();

    T of_dt = 0, of_rate = 0;
    int k = threadIdx.x;
    if (k < chunk.length) {
        T log_decay = state_to_state;
        for (int t = k; t < chunk.length; t++) log_decay += state_to_output[0][t] + state_to_output[1][t] + w[t][k];
        for (int s = 0; s < k; s++) log_decay += input_to_state[0][s] + input_to_state[1][s];
        of_dt = dx_x[0][k] + dx_x[1][k];
        if (log_decay != 0) { /* a reset's gradient is zero even at the rate -inf */
            of_rate = log_decay * dt[k];
            of_dt += log_decay * at<T, T>(p.A, chunk.head);
        }
        of_dt *= T(step_of<T>(p, chunk.first_row + k, chunk.head).slope);
        put<T>(p.grad_dt, chunk.offset(k, chunk.head, p.heads, 1), of_dt);
    }
    T rate = sum_of_block(of_rate);
    T bias = sum_of_block(of_dt);
    if (threadIdx.x == 0) {
        put<T>(p.part_A, (long long)chunk.number * p.heads + chunk.head, rate);
        if (p.dt_bias) put<T>(p.part_dt_bias, (long long)chunk.number * p.heads + chunk.head, bias);
    }
}

/*
 * The gradients of B or of C, summed over the heads of a part. A block for every chunk, part and tile of state_size.
 *
 *   dB_s = sum over t of dCB_ts C_t + w_s G^T x_s,   dC_t = sum over s of dCB_ts B_s + l_t S^T dy_t
 */
template <typename T, typename S, bool OfB>
__device__ void group_gradients(const SsdProblem &p) {
    extern __shared__ __align__(16) char memory[];
    Stage<T> &stage = *reinterpret_cast<Stage<T> *>(memory);
    T(*w)[PITCH] = reinterpret_cast<T(*)[PITCH]>(memory + sizeof(Stage<T>));
    __shared__ Mask<T> mask;
    __shared__ T decay[TILE], edge[TILE], dt[TILE];
    int parts = OfB ? p.b_parts : p.c_parts, heads = p.heads / parts;
    int columns = (p.state_size + TILE - 1) / TILE;
    int n0 = blockIdx.x % columns * TILE, part = blockIdx.x / columns % parts;
    int number = blockIdx.x / (columns * parts);

    Entries<T> sum;
    for (int head = part * heads; head < (part + 1) * heads; head++) {
        Chunk<T> chunk(p, number, head);
        __syncthreads();
        if (threadIdx.x < TILE) {
            int t = threadIdx.x;
            decay[t] = chunk.per_step(p, p.decay, t, 1);
            dt[t] = chunk.per_step(p, p.step, t, 0);
            edge[t] = OfB ? dt[t] * chunk.per_step(p, p.to_end, t, 0) : chunk.per_step(p, p.from_start, t, 0);
        }
        __syncthreads();
        mask.load(decay);
        auto x = chunk.template rows<S>(p.x, shared_by(head, p.heads, p.x_heads), p.x_heads, p.head_dim, dt);
        auto dy = chunk.template rows<T>(p.gated_dy, head, p.heads, p.head_dim);

        Entries<T> entries;
        multiply_add<false, false>(entries, p.head_dim, stage, dy, x);
        entries.each([&](int t, int s, T entry) { w[t][s] = entry * mask.at(t, s); });
        __syncthreads();

        View<T, T> all_of_w(w, 0, PITCH, TILE, TILE);
        if constexpr (OfB) {
            auto c = chunk.template rows<S>(p.C, shared_by(head, p.heads, p.c_groups), p.c_groups, p.state_size);
            multiply_add<true, true, false, EXACT<T, S>>(sum, chunk.length, stage, all_of_w, c.from(n0));
            x.scale = edge;
            multiply_add<false, true>(sum, p.head_dim, stage, x, chunk.state(p, p.state_gradients).from(n0));
        } else {
            auto b = chunk.template rows<S>(p.B, shared_by(head, p.heads, p.b_groups), p.b_groups, p.state_size);
            multiply_add<false, true, false, EXACT<T, S>>(sum, chunk.length, stage, all_of_w, b.from(n0));
            dy.scale = edge;
            multiply_add<false, true>(sum, p.head_dim, stage, dy, chunk.state(p, p.states).from(n0));
        }
    }
    Chunk<T> chunk(p, number, 0);
    void *scratch = OfB ? p.part_B : p.part_C, *direct = OfB ? p.grad_B : p.grad_C;
    sum.each([&](int t, int j, T entry) {
        int n = n0 + j;
        if (t >= chunk.length || n >= p.state_size) return;
        long long target = chunk.offset(t, part, parts, p.state_size) + n;
        if (scratch)
            put<T>(scratch, target, entry);
        else
            put<S>(direct, target, entry);
    });
}

/*
 * target (outer, width) <- the sums over `parts` neighbours of source (outer, parts, width), in order. A thread for every
 * entry of the target.
 */
template <typename T, typename S>
__device__ void sum_parts(const void *source, void *target, long long outer, int parts, int width) {
    long long i = (long long)blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= outer * width) return;
    long long from = i / width * parts * width + i % width;
    T sum = 0;
    for (int part = 0; part < parts; part++) sum += at<T, T>(source, from + (long long)part * width);
    put<S>(target, i, sum);
}

/*
 * target (width) <- the sums over the first and last axis of source (outer, width, inner), in an order that depends on
 * the sizes alone. A block for every entry of the target.
 */
template <typename T>
__device__ void sum_chunks(const void *source, void *target, long long outer, int width, int inner) {
    T sum = 0;
    for (long long i = threadIdx.x; i < outer * inner; i += THREADS)
        sum += at<T, T>(source, (i / inner * width + blockIdx.x) * inner + i % inner);
    sum = sum_of_block(sum);
    if (threadIdx.x == 0) put<T>(target, blockIdx.x, sum);
}

#define GATES(NAME, T, S, G)                                                                                      \
    extern "C" __global__ void __launch_bounds__(THREADS) ssd_gate_##NAME(const __grid_constant__ SsdProblem p) { \
        gate<T, S, G>(p);                                                                                         \
    }                                                                                                             \
    extern "C" __global__ void __launch_bounds__(THREADS)                                                         \
        ssd_gate_gradient_##NAME(const __grid_constant__ SsdProblem p) {                                          \
        gate_gradient<T, S, G>(p);                                                                                \
    }
#define GRADIENTS(NAME, T, S, BLOCKS)                                                                                  \
    extern "C" __global__ void __launch_bounds__(THREADS, BLOCKS)                                                 \
        ssd_chunk_state_gradients_##NAME(const __grid_constant__ SsdProblem p) {                                  \
        chunk_state_gradients<T, S>(p);                                                                           \
    }                                                                                                             \
    extern "C" __global__ void __launch_bounds__(THREADS, BLOCKS)                                                 \
        ssd_pass_state_gradients_##NAME(const __grid_constant__ SsdProblem p) {                                   \
        if (p.head_dim * p.state_size % 4 == 0)                                                                   \
            pass_state_gradients<T, 4>(p);                                                                        \
        else                                                                                                      \
            pass_state_gradients<T, 1>(p);                                                                        \
    }                                                                                                             \
    extern "C" __global__ void __launch_bounds__(THREADS, BLOCKS)                                                 \
        ssd_input_gradients_##NAME(const __grid_constant__ SsdProblem p) {                                        \
        input_gradients<T, S>(p);                                                                                 \
    }                                                                                                             \
    extern "C" __global__ void __launch_bounds__(THREADS, BLOCKS)                                                 \
        ssd_b_gradients_##NAME(const __grid_constant__ SsdProblem p) {                                            \
        group_gradients<T, S, true>(p);                                                                           \
    }                                                                                                             \
    extern "C" __global__ void __launch_bounds__(THREADS, BLOCKS)                                                 \
        ssd_c_gradients_##NAME(const __grid_constant__ SsdProblem p) {                                            \
        group_gradients<T, S, false>(p);                                                                          \
    }                                                                                                             \
    extern "C" __global__ void __launch_bounds__(THREADS) ssd_sum_parts_##NAME(                                   \
        const void *source, void *target, long long outer, int parts, int width) {                                \
        sum_parts<T, S>(source, target, outer, parts, width);                                                     \
    }                                                                                                             \
    extern "C" __global__ void __launch_bounds__(THREADS) ssd_sum_chunks_##NAME(                                  \
        const void *source, void *target, long long outer, int width, int inner) {                                \
        sum_chunks<T>(source, target, outer, width, inner);                                                       \
    }

GATES(float64, double, double, double)
GATES(float32, float, float, float)
GATES(bfloat16, float, bf16, bf16)
GATES(bfloat16_of_float32, float, bf16, float)
/* With so many blocks on a multiprocessor no register spills. */
GRADIENTS(float64, double, double, 1)
GRADIENTS(float32, float, float, 2)
GRADIENTS(bfloat16, float, bf16, 2)
